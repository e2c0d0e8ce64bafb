// Django with django-allauth, unmodified, in Chromium: its secret goes into the body, and it believes a verified address.

import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

import { person } from "./support/browser.js";
import { python, settle, start } from "./support/program.js";
import { stage } from "./support/stage.js";

const on = stage(async ({ server, where }) => {
  await server.command(["user", "set", "alice", "--email-verified"]);
  const redirectUri = `${where.origin}/accounts/oidc/countersign/login/callback/`;
  const client = await server.addClient("shop", "--name", "Shop", "--redirect-uri", redirectUri);
  const folder = await settle("allauth");
  const env = { ISSUER: server.issuer, CLIENT_ID: client.client_id, CLIENT_SECRET: client.client_secret };
  const manage = [python("programs", "python"), "manage.py"];
  await promisify(execFile)(manage[0], [manage[1], "migrate"], { cwd: folder, env });
  const command = [...manage, "runserver", "--noreload", `localhost:${where.port}`];
  return start(command, { folder, env, address: where.origin });
});

test("a person signs in to a Django site, which takes over her verified address", async () => {
  const tab = await on.tab();
  await tab.goto(`${on.where.origin}/accounts/oidc/countersign/login/`);
  await tab.getByRole("button", { name: "Continue" }).click();
  await person(tab).signIn(on.alice);
  await person(tab).allow();
  await tab.waitForURL(`${on.where.origin}/`);
  await tab.getByText("Hello, alice: alice@countersign.dev (verified: True)").waitFor();
});
