// "Connect in five minutes" in docs/clients.md, as it is printed there: its command, and its three applications in Chromium.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { apache } from "./support/apache.js";
import { launch, person, visiting } from "./support/browser.js";
import { flask, node, section } from "./support/connect.js";
import { dev } from "./support/server.js";

const APPLICATIONS = {
  "openid-client with Express": { run: node, path: "/", shows: '"preferred_username":"alice"' },
  "Authlib with Flask": { run: flask, path: "/", shows: '"preferred_username":"alice"' },
  "mod_auth_openidc": {
    run: (place, secret, issuer) => apache(place, issuer, { client_secret: secret }, place.programs.mod_auth_openidc),
    path: "/claims.html",
    shows: "alice",
  },
};

let server;
let place;
let secret;
let browser;

before(async () => {
  [server, browser] = await Promise.all([dev(), launch()]);
  place = await section(server.issuer);
  const printed = await server.print(place.add);
  [, secret] = printed.match(/shown this once: (\S+)/);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

for (const [name, { run, path, shows }] of Object.entries(APPLICATIONS)) {
  test(`${name} signs a person in and out`, async () => {
    const app = await run(place, secret, server.issuer);
    try {
      await visiting(browser, { locale: "en" }, async (tab) => {
        await tab.goto(place.origin + path);
        await person(tab).signIn(server.alice);
        await tab.waitForURL((url) => url.origin === place.origin || url.pathname === "/consent");
        // A client on another host, allowed once, is not asked about again.
        if (tab.url().includes("/consent")) await person(tab).allow();
        await tab.waitForURL(place.origin + path);
        assert.ok((await tab.content()).replaceAll(/": "/g, '":"').includes(shows), await tab.content());

        await tab.goto(`${place.origin}/sign-out`);
        await person(tab).heading("Sign in");
        assert.equal(new URL(tab.url()).origin, server.issuer);
      });
    } finally {
      await app.stop();
    }
  });
}
