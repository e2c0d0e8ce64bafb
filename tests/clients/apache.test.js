// Debian's Apache with mod_auth_openidc, unmodified, in front of a page that only people who signed in may see.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { apache, site } from "./support/apache.js";
import { launch, person, visiting } from "./support/browser.js";
import { assertNotLogged, serve } from "./support/server.js";

let server;
let alice;
let bob;
let client;
let wiki;
let httpd;
let browser;

before(async () => {
  server = await serve({ COUNTERSIGN_TOKENS__ACCESS_TTL: "4s", COUNTERSIGN_OUTBOUND__ALLOWED_ADDRESSES: "127.0.0.1" });
  alice = await server.addUser("alice", "a long enough password");
  bob = await server.addUser("bob", "the password of bob");
  wiki = await site();
  const goodbye = `post_logout_redirect_uris=${wiki.origin}/goodbye.html`;
  client = await server.addClient("wiki", "--name", "Wiki", "--redirect-uri", wiki.redirectUri, "--metadata", goodbye);
  httpd = await apache(wiki, server.issuer, client);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await httpd?.stop();
  await server?.stop();
});

const visit = (steps, refusals = []) => visiting(browser, { locale: "en", refusals }, steps);
const page = () => `${wiki.origin}/app/page.html`;
const greeting = (tab) => tab.getByRole("heading", { level: 1 }).innerText();

async function enter(tab, who = alice) {
  await tab.goto(page());
  await person(tab).signIn(who);
  // Allowed once, it is not asked again.
  await tab.waitForURL(/\/consent|\/app\/page/);
  if (tab.url().includes("/consent")) await person(tab).allow();
  await tab.waitForURL(page());
}

/** What the module holds for this browser. */
const held = async (tab) => (await tab.request.get(`${wiki.redirectUri}?info=json`)).json();

test("who signs in and allows sees the page, with the claims of the person", () => visit(async (tab) => {
  await tab.goto(page());
  await person(tab).heading("Sign in");
  await person(tab).signIn({ ...bob, password: "not the password" });
  await tab.getByRole("alert").waitFor();
  assert.equal(new URL(tab.url()).origin, server.issuer);

  await person(tab).signIn(bob);
  await person(tab).heading("Wiki asks for access");
  await person(tab).allow();
  await tab.waitForURL(page());
  assert.equal(await greeting(tab), "Wiki of bob");
  await tab.getByText("bob@countersign.dev").waitFor();

  const { id_token, userinfo } = await held(tab);
  assert.equal(id_token.sub, bob.sub);
  assert.equal(userinfo.sub, bob.sub);
  assert.equal(id_token.aud, client.client_id);
}, [400]));

test("who denies does not see the page", () => visit(async (tab) => {
  await tab.goto(page());
  await person(tab).signIn(await server.addUser("carol", "the password of carol"));
  await person(tab).deny();
  // What the module writes there differs: 2.4.12 knows an `iss` (RFC 9207) in a code's answer, but not beside an error.
  await tab.waitForURL((url) => url.href.startsWith(wiki.redirectUri) && url.searchParams.get("error") === "access_denied");
  assert.doesNotMatch(await tab.content(), /carol/);
  await tab.goto(page());
  await person(tab).heading("Wiki asks for access");
}));

test("the second visit asks nothing", () => visit(async (tab, context) => {
  await enter(tab);
  const another = await context.newPage();
  await another.goto(page());
  assert.equal(await greeting(another), "Wiki of alice");
}));

test("who signs out of the site alone comes back without a question", () => visit(async (tab, context) => {
  await enter(tab);
  const first = await held(tab);
  const goodbye = new URLSearchParams({ logout: `${wiki.origin}/goodbye.html` });
  const signedOut = await tab.request.get(`${wiki.redirectUri}?${goodbye}`, { maxRedirects: 0 });
  assert.equal(signedOut.status(), 302);
  assert.deepEqual((await context.cookies(wiki.origin)).map(({ name }) => name), []);

  await tab.goto(page());
  assert.equal(await greeting(tab), "Wiki of alice");
  const second = await held(tab);
  assert.equal(second.id_token.sub, first.id_token.sub);
  assert.notEqual(second.id_token.nonce, first.id_token.nonce);
}));

test("who signs out of the site signs out at Countersign, and comes back", () => visit(async (tab, context) => {
  await enter(tab);
  const goodbye = `${wiki.origin}/goodbye.html`;
  await tab.goto(`${wiki.redirectUri}?${new URLSearchParams({ logout: goodbye })}`);
  await tab.waitForURL(goodbye);
  assert.deepEqual((await context.cookies(server.issuer)).filter(({ name }) => name.endsWith("session")), []);
  await tab.goto(page());
  await person(tab).heading("Sign in");
}));

test("signing out at Countersign ends the session of a site that listens, at once", () => visit(async (tab) => {
  const told = await site();
  const listens = `backchannel_logout_uri=${told.redirectUri}?logout=backchannel`;
  const added = await server.addClient("told", "--name", "Told", "--redirect-uri", told.redirectUri, "--metadata", listens);
  const another = await apache(told, server.issuer, added);
  try {
    await tab.goto(`${told.origin}/app/page.html`);
    await person(tab).signIn(alice);
    await person(tab).allow();
    await tab.waitForURL(`${told.origin}/app/page.html`);
    await tab.goto(`${server.issuer}/logout`);
    await tab.getByRole("button", { name: "Sign out" }).click();
    await person(tab).heading("You are signed out");
    let entered = true;
    for (let time = 0; entered && time < 20; time += 1) {
      await sleep(100);
      entered = (await tab.request.get(`${told.origin}/app/page.html`, { maxRedirects: 0 })).status() === 200;
    }
    assert.equal(entered, false);
  } finally {
    await another.stop();
  }
}));

test("a refresh token rotates each time that the site asks", () => visit(async (tab) => {
  await enter(tab);
  const seen = [await held(tab)];
  for (let time = 1; time <= 3; time += 1) {
    const refresh = new URLSearchParams({ refresh: page(), access_token: seen.at(-1).access_token });
    await tab.goto(`${wiki.redirectUri}?${refresh}`);
    assert.equal(tab.url(), page(), "without an error");
    seen.push(await held(tab));
  }
  for (const token of ["access_token", "refresh_token"]) {
    assert.equal(new Set(seen.map((info) => info[token])).size, seen.length, token);
  }
  const secrets = Object.fromEntries(seen.flatMap((info, at) => [
    [`access token ${at}`, info.access_token], [`refresh token ${at}`, info.refresh_token],
  ]));
  assertNotLogged(server, { ...secrets, secret: client.client_secret, password: alice.password });
}));

test("requests that refresh at the same time sign nobody out", () => visit(async (tab) => {
  await enter(tab);
  for (let round = 1; round <= 2; round += 1) {
    const before = await held(tab);
    const logged = server.output.length;
    await untilRenewal(before);
    const statuses = await tab.evaluate(async (address) => {
      const requests = Array.from({ length: 6 }, (_, n) => fetch(`${address}?${n}`, { redirect: "error" }));
      return Promise.all(requests.map(async (response) => (await response).status));
    }, page());
    assert.deepEqual(statuses, Array(6).fill(200));
    assert.notEqual((await held(tab)).refresh_token, before.refresh_token);
    const answers = server.output.slice(logged).split("\n").filter((line) => line.includes('"refresh_token"'));
    assert.ok(answers.length > 0 && answers.every((line) => line.includes('"status":200')), answers.join("\n"));
  }
}));

test("signing out at Countersign ends the session of the site when it next refreshes", () => visit(async (tab) => {
  await enter(tab);
  const before = await held(tab);
  await tab.goto(`${server.issuer}/logout`);
  await tab.getByRole("button", { name: "Sign out" }).click();
  await person(tab).heading("You are signed out");

  await untilRenewal(before);
  await tab.goto(page());
  assert.doesNotMatch(await tab.content(), /alice/);
  await tab.goto(page());
  await person(tab).heading("Sign in");
}));

/** Waits until the module renews this access token at the next request (OIDCRefreshAccessTokenBeforeExpiry). */
async function untilRenewal({ access_token }) {
  const { exp } = JSON.parse(Buffer.from(access_token.split(".")[1], "base64url"));
  await sleep(Math.max(0, (exp - 2) * 1000 - Date.now()) + 1_100);
}
