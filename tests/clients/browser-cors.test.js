// A public client in a page on another origin: what the browser lets it read, and what it lets no other page read.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { application, launch, person, visiting } from "./support/browser.js";
import { serve } from "./support/server.js";

let server;
let alice;
let browser;
let app;

before(async () => {
  server = await serve({ COUNTERSIGN_REGISTRATION__MODE: "open" }, async (installation) => {
    app = await application(undefined, "spa");
    alice = await installation.addUser("alice", "the password of alice");
    await installation.addClient("spa", "--public", "--redirect-uri", app.redirectUri, "--scope", "openid notes.read");
  });
  app.issuer = server.issuer;
  browser = await launch();
});
after(async () => {
  await browser?.close();
  app?.stop();
  await server?.stop();
});

/** What a page makes of a request: the status, what it may read, or that the browser kept it from it. */
const fetchIn = (page, path, options = {}) => page.evaluate(async ([url, { form, ...init }]) => {
  const request = form ? { method: "POST", body: new URLSearchParams(form), ...init } : init;
  try {
    const response = await fetch(url, request);
    const challenge = response.headers.get("www-authenticate");
    return { status: response.status, challenge, body: await response.json() };
  } catch (error) {
    return error.name;
  }
}, [`${server.issuer}${path}`, options]);

const bearer = (token) => ({ headers: { authorization: `Bearer ${token}` } });

test("the client's own page runs the whole grant", () => visiting(browser, { refusals: [400, 401] }, async (page) => {
  await page.goto(app.request());
  await person(page).signIn(alice);
  await person(page).allow();
  await page.waitForURL("http://127.0.0.1:*/callback?*");
  const code = app.answers.pop().get("code");

  const metadata = await fetchIn(page, "/.well-known/openid-configuration");
  assert.equal(metadata.body.issuer, server.issuer);
  const tokens = await fetchIn(page, "/token", { form: app.exchange(code) });
  assert.equal(tokens.status, 200);
  const refresh = { grant_type: "refresh_token", refresh_token: tokens.body.refresh_token, client_id: "spa" };
  const refreshed = await fetchIn(page, "/token", { form: refresh, headers: { dpop: "asks for a preflight" } });
  assert.equal(refreshed.status, 200);
  const claims = await fetchIn(page, "/userinfo", bearer(refreshed.body.access_token));
  assert.equal(claims.body.sub, alice.sub);

  const revoked = { token: refreshed.body.refresh_token, client_id: "spa" };
  assert.deepEqual((await fetchIn(page, "/revoke", { form: revoked })).body, {}, "it is read as JSON");

  const refused = await fetchIn(page, "/token", { form: { ...refresh, refresh_token: "x" } });
  assert.deepEqual([refused.status, refused.body.error], [400, "invalid_grant"]);
  const invalid = await fetchIn(page, "/userinfo", bearer("x"));
  assert.equal(invalid.status, 401);
  assert.match(invalid.challenge, /error="invalid_token"/);
}));

test("a page on another origin, or one that sends cookies, reads nothing", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const form = { grant_type: "refresh_token", refresh_token: "x", client_id: "spa" };
  const own = new URL("/", app.redirectUri);
  for (const [origin, credentials] of [[own.href.replace("127.0.0.1", "localhost"), "omit"], [own.href, "include"]]) {
    await page.goto(origin);
    assert.equal(await fetchIn(page, "/token", { form, credentials }), "TypeError", origin);
    assert.equal(await fetchIn(page, "/userinfo", { ...bearer("x"), credentials }), "TypeError", origin);
    assert.equal(await fetchIn(page, "/login", { credentials }), "TypeError", origin);
    assert.equal(await fetchIn(page, "/authorize", { credentials }), "TypeError", origin);
  }
  await context.close();
});

test("every page reads public documents with a header of its own, and registers where anybody may", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  const origin = new URL("/", app.redirectUri).href.replace("127.0.0.1", "localhost");
  await page.goto(origin);
  const headers = { "mcp-protocol-version": "2025-06-18" };
  for (const name of ["openid-configuration", "oauth-authorization-server", "jwks.json"]) {
    assert.equal((await fetchIn(page, `/.well-known/${name}`, { headers })).status, 200, name);
  }
  const metadata = { redirect_uris: [`${origin}callback`], token_endpoint_auth_method: "none" };
  const json = { method: "POST", headers: { ...headers, "content-type": "application/json" } };
  const client = await fetchIn(page, "/register", { ...json, body: JSON.stringify(metadata) });
  assert.equal(client.status, 201);
  const own = new URL(client.body.registration_client_uri).pathname;
  const registration = bearer(client.body.registration_access_token);
  assert.equal((await fetchIn(page, own, registration)).body.client_id, client.body.client_id);
  assert.equal((await fetchIn(page, "/userinfo", bearer("x"))).status, 401, "its origin is known at once");
  await context.close();
});
