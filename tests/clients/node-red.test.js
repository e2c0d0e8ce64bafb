// Node-RED with passport-openidconnect, unmodified, in Chromium: its library knows no PKCE, which its client may do without.

import { join } from "node:path";
import { test } from "node:test";

import { person } from "./support/browser.js";
import { npm, settle, start } from "./support/program.js";
import { stage } from "./support/stage.js";

const on = stage(async ({ server, where }) => {
  const redirectUri = `${where.origin}/auth/strategy/callback`;
  const options = ["--name", "Node-RED", "--redirect-uri", redirectUri, "--pkce", "optional"];
  const client = await server.addClient("node-red", ...options);
  const folder = await settle("node-red");
  const env = {
    ISSUER: server.issuer, ORIGIN: where.origin, PORT: where.port, MODULES: join(import.meta.dirname, "node_modules"),
    CLIENT_ID: client.client_id, CLIENT_SECRET: client.client_secret,
  };
  const command = [process.execPath, npm("node-red"), "--settings", join(folder, "settings.cjs"), "--userDir", folder];
  return start(command, { folder, env, address: `${where.origin}/auth/login` });
}, { host: "127.0.0.1" });

test("a person comes to the editor of Node-RED", async () => {
  const tab = await on.tab();
  await tab.goto(on.where.origin);
  await tab.getByText("Sign in with Countersign").click();
  await person(tab).signIn(on.alice);
  await person(tab).allow();
  await tab.waitForURL((url) => url.origin === on.where.origin);
  await tab.locator("#red-ui-header-button-user").click();
  await tab.getByText("alice", { exact: true }).waitFor();
});
