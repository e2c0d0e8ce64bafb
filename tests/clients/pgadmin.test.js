// pgAdmin 4, unmodified, in Chromium: an application with people of its own, who sign in at Countersign, and out of both.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, person } from "./support/browser.js";
import { pgadmin, place } from "./support/pgadmin.js";
import { serve } from "./support/server.js";

let server;
let alice;
let where;
let app;
let browser;

before(async () => {
  [where, server, browser] = await Promise.all([place(), serve(), launch()]);
  alice = await server.addUser("alice", "a long enough password");
  const metadata = ["--metadata", `post_logout_redirect_uris=${where.afterwards}`];
  const client = await server.addClient("pgadmin", "--name", "pgAdmin", "--redirect-uri", where.redirectUri, ...metadata);
  app = await pgadmin(where, server.issuer, client);
});
after(async () => {
  await browser?.close();
  await app?.stop();
  await server?.stop();
});

test("a person signs in to pgAdmin, and out of it and of Countersign", async () => {
  const context = await browser.newContext({ locale: "en" });
  // Its pages are large.
  context.setDefaultTimeout(60_000);
  const tab = await context.newPage();
  const enter = () => tab.getByRole("button", { name: "Countersign" }).click();
  await tab.goto(where.origin);
  await enter();
  await person(tab).signIn(alice);
  await person(tab).allow();
  await tab.waitForURL(`${where.origin}/browser/`);
  await tab.getByText("alice (countersign)").click();

  await tab.getByText("Logout", { exact: true }).click();
  await tab.waitForURL((url) => url.origin === where.origin && url.pathname.startsWith("/login"));
  await enter();
  await person(tab).heading("Sign in");
  assert.equal(new URL(tab.url()).origin, server.issuer);
});
