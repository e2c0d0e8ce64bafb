// The settings that `client add` prints for libraries, run as they were printed, by those libraries, unmodified.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import * as oidc from "openid-client";

import { apache, site as siteOfApache } from "./support/apache.js";
import { launch, person, visiting } from "./support/browser.js";
import { Person } from "./support/person.js";
import { serve } from "./support/server.js";
import { bundle, pageSite, register, runCurl, runNode } from "./support/settings.js";

const PASSWORD = "a long enough password";

let server;
let alice;
let site;
let board;

before(async () => {
  site = await pageSite();
  // It is there before the server, which would take a while to learn of a new origin.
  server = await serve({}, async (installation) => {
    board = await register(installation, "board", "--public", "--redirect-uri", site.redirectUri);
  });
  alice = await server.addUser("alice", PASSWORD);
});
after(async () => {
  site?.stop();
  await server?.stop();
});

const visit = (url) => new Person(alice).authorize(url);

for (const method of ["client_secret_basic", "client_secret_post"]) {
  test(`openid-client in a web application with ${method}`, async () => {
    const app = ["--redirect-uri", "http://127.0.0.1:49152/callback", "--auth-method", method];
    const { tokens, claims } = await runNode(await register(server, `web-${method}`, ...app), { visit });
    assert.equal(tokens.claims().sub, alice.sub);
    assert.equal(claims.email, "alice@countersign.dev");
  });

  test(`openid-client and curl in a service with ${method}`, async () => {
    const service = ["--grant", "client_credentials", "--scope", "reports.read", "--auth-method", method];
    const client = await register(server, `service-${method}`, ...service);
    for (const answer of [(await runNode(client)).tokens, await runCurl(client)]) {
      assert.equal(answer.scope, "reports.read");
      assert.ok(answer.access_token);
    }
  });

  test(`curl with a password and ${method}`, async () => {
    const client = await register(server, `password-${method}`, "--grant", "password", "--auth-method", method);
    assert.ok((await runCurl(client, { USERNAME: "alice", PASSWORD })).access_token);
  });
}

test("openid-client in a program on somebody's machine", async () => {
  const program = ["--public", "--redirect-uri", "http://127.0.0.1/callback", "--scope", "openid offline_access"];
  const { config, tokens } = await runNode(await register(server, "native", ...program), { port: 49153, visit });
  assert.equal(tokens.claims().sub, alice.sub);
  assert.notEqual((await oidc.refreshTokenGrant(config, tokens.refresh_token)).refresh_token, tokens.refresh_token);
});

describe("in Chromium", () => {
  const PAGES = {
    "oidc-client-ts": { file: "oidc-client-ts.js", names: "manager" },
    "react-oidc-context": { file: "react-oidc-context.jsx", names: "AuthProvider, settings" },
    "angular-auth-oidc-client": { file: "angular-auth-oidc-client.js" },
  };
  let browser;
  const consent = async (page) => {
    await page.waitForURL(/\/consent|\/callback/);
    if (page.url().includes("/consent")) await person(page).allow();
  };

  before(async () => {
    browser = await launch();
  });
  after(() => browser?.close());

  for (const [library, { file, names }] of Object.entries(PAGES)) {
    test(`${library} signs in, refreshes, and is signed in after a reload`, async () => {
      site.script = await bundle(file, board.settings[library], names);
      await visiting(browser, { locale: "en" }, async (page) => {
        await page.goto(site.origin);
        await page.getByText("Signed out").waitFor();
        await page.evaluate("void window.signIn()");
        await person(page).signIn(alice);
        await consent(page);
        await page.getByText("Signed in as alice").waitFor();

        const refreshed = page.waitForResponse(`${server.issuer}/token`);
        const requests = [];
        page.on("request", (request) => requests.push(request.url()));
        await page.evaluate("window.refresh()");
        assert.equal((await refreshed).status(), 200);
        assert.ok(!requests.some((url) => url.startsWith(`${server.issuer}/authorize`)), "it needs no hidden frame");
        await page.goto(site.origin);
        await page.getByText("Signed in as alice").waitFor();
      });
    });
  }

  test("mod_auth_openidc guards a site and passes the claims on", async () => {
    const place = await siteOfApache();
    place.redirectUri = `${place.origin}/callback`;
    const { secret, settings } = await register(server, "apache", "--redirect-uri", place.redirectUri);
    const client = { client_id: "apache", client_secret: secret };
    const httpd = await apache(place, server.issuer, client, settings.mod_auth_openidc);
    try {
      await visiting(browser, { locale: "en" }, async (page) => {
        await page.goto(`${place.origin}/claims.html`);
        await person(page).signIn(alice);
        await person(page).allow();
        await page.getByText(`${alice.sub} alice alice@countersign.dev`).waitFor();
      });
    } finally {
      await httpd.stop();
    }
  });
});
