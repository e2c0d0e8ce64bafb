// JupyterHub, unmodified, in Chromium: it sends its secret in the body, and lets in who is in one of its groups.

import { test } from "node:test";

import { person } from "./support/browser.js";
import { npm, python, settle, start } from "./support/program.js";
import { freePort } from "./support/server.js";
import { stage } from "./support/stage.js";

let bob;
const on = stage(async ({ server, where }) => {
  await server.command(["role", "add", "scientists"]);
  bob = await server.addUser("bob", "a long enough password");
  await server.command(["user", "set", "alice", "--role", "scientists"]);
  const scope = ["--scope", "openid profile email groups"];
  const client = await server.addClient("hub", "--name", "Hub", "--redirect-uri", `${where.origin}/hub/oauth_callback`, ...scope);
  const env = {
    ISSUER: server.issuer, ORIGIN: where.origin, HUB_PORT: await freePort(), PROXY_PORT: await freePort(),
    PROXY: `${process.execPath} ${npm("configurable-http-proxy")}`,
    CLIENT_ID: client.client_id, CLIENT_SECRET: client.client_secret,
  };
  const folder = await settle("jupyterhub");
  return start([python("programs", "jupyterhub")], { folder, env, address: `${where.origin}/hub/health` });
}, { host: "127.0.0.1" });

async function enter(somebody) {
  const tab = await on.tab();
  await tab.goto(`${on.where.origin}/hub/home`);
  await tab.getByText("Sign in with Countersign").click();
  await person(tab).signIn(somebody);
  await person(tab).allow();
  return tab;
}

test("a person of an allowed group comes to her page", async () => {
  const tab = await enter(on.alice);
  await tab.waitForURL(`${on.where.origin}/hub/home`);
  await tab.locator("#login_widget").getByText("alice").waitFor();
});

test("a person without the group is refused by JupyterHub itself", async () => {
  const tab = await enter(bob);
  await tab.getByText("you are not currently authorized to use this hub").first().waitFor();
});
