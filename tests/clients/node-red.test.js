// Node-RED with passport-openidconnect, unmodified, in Chromium: its library knows no PKCE, which its client may do without.

import { join } from "node:path";
import { after, before, test } from "node:test";

import { launch, person } from "./support/browser.js";
import { npm, place, settle, start } from "./support/program.js";
import { serve } from "./support/server.js";

let server;
let alice;
let where;
let app;
let browser;

before(async () => {
  [where, server, browser] = await Promise.all([place("127.0.0.1"), serve(), launch()]);
  alice = await server.addUser("alice", "a long enough password");
  const redirectUri = `${where.origin}/auth/strategy/callback`;
  const options = ["--name", "Node-RED", "--redirect-uri", redirectUri, "--pkce", "optional"];
  const client = await server.addClient("node-red", ...options);
  const folder = await settle("node-red");
  const env = {
    ISSUER: server.issuer, ORIGIN: where.origin, PORT: where.port, MODULES: join(import.meta.dirname, "node_modules"),
    CLIENT_ID: client.client_id, CLIENT_SECRET: client.client_secret,
  };
  const command = [process.execPath, npm("node-red"), "--settings", join(folder, "settings.cjs"), "--userDir", folder];
  app = await start(command, { folder, env, address: `${where.origin}/auth/login` });
});
after(async () => {
  await browser?.close();
  await app?.stop();
  await server?.stop();
});

test("a person comes to the editor of Node-RED", async () => {
  const tab = await (await browser.newContext({ locale: "en" })).newPage();
  await tab.goto(where.origin);
  await tab.getByText("Sign in with Countersign").click();
  await person(tab).signIn(alice);
  await person(tab).allow();
  await tab.waitForURL((url) => url.origin === where.origin);
  await tab.locator("#red-ui-header-button-user").click();
  await tab.getByText("alice", { exact: true }).waitFor();
});
