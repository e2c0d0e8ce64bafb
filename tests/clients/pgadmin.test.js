// pgAdmin 4, unmodified, in Chromium: an application with people of its own, who sign in at Countersign, and out of both.

import assert from "node:assert/strict";
import { test } from "node:test";

import { person } from "./support/browser.js";
import { afterwards, pgadmin, redirectUri } from "./support/pgadmin.js";
import { stage } from "./support/stage.js";

const on = stage(async ({ server, where }) => {
  const metadata = ["--metadata", `post_logout_redirect_uris=${afterwards(where)}`];
  const client = await server.addClient("pgadmin", "--name", "pgAdmin", "--redirect-uri", redirectUri(where), ...metadata);
  return pgadmin(where, server.issuer, client);
}, { host: "127.0.0.1" });

test("a person signs in to pgAdmin, and out of it and of Countersign", async () => {
  const tab = await on.tab();
  const enter = () => tab.getByRole("button", { name: "Countersign" }).click();
  await tab.goto(on.where.origin);
  await enter();
  await person(tab).signIn(on.alice);
  await person(tab).allow();
  await tab.waitForURL(`${on.where.origin}/browser/`);
  await tab.getByText("alice (countersign)").click();

  await tab.getByText("Logout", { exact: true }).click();
  await tab.waitForURL((url) => url.origin === on.where.origin && url.pathname.startsWith("/login"));
  await enter();
  await person(tab).heading("Sign in");
  assert.equal(new URL(tab.url()).origin, on.server.issuer);
});
