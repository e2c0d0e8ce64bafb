// JupyterHub, unmodified, in Chromium: it sends its secret in the body, and lets in who is in one of its groups.

import { after, before, test } from "node:test";

import { launch, person } from "./support/browser.js";
import { npm, place, python, settle, start } from "./support/program.js";
import { freePort, serve } from "./support/server.js";

let server;
let app;
let browser;
let where;
const people = {};

before(async () => {
  [where, server, browser] = await Promise.all([place("127.0.0.1"), serve(), launch()]);
  await server.command(["role", "add", "scientists"]);
  for (const name of ["alice", "bob"]) people[name] = await server.addUser(name, "a long enough password");
  await server.command(["user", "set", "alice", "--role", "scientists"]);
  const scope = ["--scope", "openid profile email groups"];
  const client = await server.addClient("hub", "--name", "Hub", "--redirect-uri", `${where.origin}/hub/oauth_callback`, ...scope);
  const env = {
    ISSUER: server.issuer, ORIGIN: where.origin, HUB_PORT: await freePort(), PROXY_PORT: await freePort(),
    PROXY: `${process.execPath} ${npm("configurable-http-proxy")}`,
    CLIENT_ID: client.client_id, CLIENT_SECRET: client.client_secret,
  };
  const folder = await settle("jupyterhub");
  app = await start([python("programs", "jupyterhub")], { folder, env, address: `${where.origin}/hub/health` });
});
after(async () => {
  await browser?.close();
  await app?.stop();
  await server?.stop();
});

async function enter(name) {
  const tab = await (await browser.newContext({ locale: "en" })).newPage();
  await tab.goto(`${where.origin}/hub/home`);
  await tab.getByText("Sign in with Countersign").click();
  await person(tab).signIn(people[name]);
  await person(tab).allow();
  return tab;
}

test("a person of an allowed group comes to her page", async () => {
  const tab = await enter("alice");
  await tab.waitForURL(`${where.origin}/hub/home`);
  await tab.locator("#login_widget").getByText("alice").waitFor();
});

test("a person without the group is refused by JupyterHub itself", async () => {
  const tab = await enter("bob");
  await tab.getByText("you are not currently authorized to use this hub").first().waitFor();
});
