// Debian's Apache with mod_auth_openidc, unmodified: who is signed out elsewhere is signed out there too, since Countersign
// tells it by back channel.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { apache, site } from "./support/apache.js";
import { application, launch, person, visiting } from "./support/browser.js";
import { serve } from "./support/server.js";

let server;
let alice;
let wiki;
let board;
let httpd;
let browser;

before(async () => {
  server = await serve({ COUNTERSIGN_OUTBOUND__ALLOWED_ADDRESSES: "127.0.0.1" });
  alice = await server.addUser("alice", "a long enough password");
  wiki = await site();
  wiki.page = `${wiki.origin}/app/page.html`;
  const client = await server.addClient("wiki", "--first-party", "--redirect-uri", wiki.redirectUri,
    "--metadata", `backchannel_logout_uri=${wiki.redirectUri}?logout=backchannel`);
  board = await application(server.issuer, "board");
  await server.addClient("board", "--public", "--first-party", "--redirect-uri", board.redirectUri,
    "--scope", "openid notes.read");
  httpd = await apache(wiki, server.issuer, client);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await httpd?.stop();
  board?.stop();
  await server?.stop();
});

const visit = (steps) => visiting(browser, { locale: "en" }, steps);

async function enter(tab) {
  await tab.goto(wiki.page);
  await person(tab).signIn(alice);
  await tab.waitForURL(wiki.page);
}

/** Whether the site has a session for this browser. It is asked without following where it sends somebody who has none. */
const isInside = async (tab) => (await tab.request.get(wiki.page, { maxRedirects: 0 })).status() === 200;

async function untilOutside(tab) {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(100)) {
    if (!await isInside(tab)) return;
  }
  throw new Error(`the site has the session still:\n${server.output}`);
}

test("who signs out at another application is signed out of the site", () => visit(async (tab) => {
  await enter(tab);
  await tab.goto(board.request());
  await tab.waitForURL(/\/callback/);
  const response = await fetch(`${server.issuer}/token`, {
    method: "POST", body: new URLSearchParams(board.exchange(board.answers.at(-1).get("code"))),
  });
  const { id_token } = await response.json();
  assert.ok(await isInside(tab));

  await tab.goto(`${server.issuer}/logout?${new URLSearchParams({ id_token_hint: id_token })}`);
  await person(tab).heading("You are signed out");
  await untilOutside(tab);
}));

test("whom the operator signs out is signed out of the site", () => visit(async (tab) => {
  await enter(tab);
  await server.print(["user", "sign-out", "alice"]);
  await untilOutside(tab);
}));

test("a site that is not told goes on by itself", () => visit(async (tab) => {
  await server.print(["client", "set", "wiki", "--metadata", "backchannel_logout_uri="]);
  await enter(tab);
  await server.print(["user", "sign-out", "alice"]);
  await tab.goto(`${server.issuer}/logout`);
  await person(tab).heading("You are signed out");
  // As long as the server waits before it looks for what a command left to be told.
  await sleep(6_000);
  assert.ok(await isInside(tab));
}));
