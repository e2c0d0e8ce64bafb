// Signing in and out in a popup, by unmodified libraries and by a window of one's own: the opener sees the popup until it closes it.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { launch, person, visiting } from "./support/browser.js";
import { serve } from "./support/server.js";
import { bundle, pageSite, register } from "./support/settings.js";

let server;
let alice;
let site;
let board;
let browser;

before(async () => {
  site = await pageSite();
  const back = ["--metadata", `post_logout_redirect_uris=${site.origin}/bye`];
  server = await serve({}, async (installation) => {
    board = await register(installation, "board", "--public", "--redirect-uri", site.redirectUri);
    await installation.command(["client", "set", "board", ...back]);
  });
  alice = await server.addUser("alice", "a long enough password");
  browser = await launch({ whole: true });
});
after(async () => {
  await browser?.close();
  site?.stop();
  await server?.stop();
});

/** Signs alice in, in the popup that `open` opens, after a mistake; its opener closes it. */
async function signInByPopup(page, open) {
  const popups = page.waitForEvent("popup");
  await page.evaluate(open);
  const popup = await popups;
  await person(popup).heading("Sign in");
  await person(popup).signIn({ ...alice, password: "not the password" });
  await popup.getByRole("alert").waitFor();
  const closed = popup.waitForEvent("close");
  await person(popup).signIn(alice);
  // Who allowed the application before is not asked again, and the popup closes at once.
  await Promise.race([closed, person(popup).allow().catch(() => {})]);
  await closed;
}

const PAGES = {
  "oidc-client-ts": { file: "oidc-client-ts-popup.js", names: "manager" },
  "angular-auth-oidc-client": { file: "angular-popup.js" },
};

describe("a popup of", () => {
  for (const [library, { file, names }] of Object.entries(PAGES)) {
    test(`${library} signs in`, async () => {
      site.script = await bundle(file, board.settings[library], names);
      await visiting(browser, { locale: "en", refusals: [400] }, async (page) => {
        await page.goto(site.origin);
        await page.getByText("Signed out").waitFor();
        await signInByPopup(page, "void window.signIn()");
        await page.getByText("Signed in as alice").waitFor();
      });
    });
  }

  test("oidc-client-ts signs out", async () => {
    site.script = await bundle("oidc-client-ts-popup.js", board.settings["oidc-client-ts"], "manager");
    await visiting(browser, { locale: "en", refusals: [400] }, async (page) => {
      await page.goto(site.origin);
      await signInByPopup(page, "void window.signIn()");
      await page.getByText("Signed in as alice").waitFor();
      const popups = page.waitForEvent("popup");
      await page.evaluate("void window.signOut()");
      const popup = await popups;
      if (!popup.isClosed()) await popup.waitForEvent("close");
      await page.getByText("Signed out").waitFor();
    });
  });

  test("a page that watches its window", async () => {
    site.script = "";
    await visiting(browser, { locale: "en", refusals: [400] }, async (page) => {
      await page.goto(site.origin);
      // As libraries do that poll: closed means that the person gave up, an address that can be read is the answer.
      await page.evaluate(() => {
        window.watch = (url) => new Promise((answer, givenUp) => {
          const popup = window.open(url);
          const timer = setInterval(() => {
            let address = "";
            try {
              address = popup.location.href;
            } catch {
              // The popup is at another origin still.
            }
            if (popup.closed) givenUp(new Error("the popup was closed"));
            if (popup.closed || address.includes("code=")) clearInterval(timer);
            if (address.includes("code=")) answer([address, popup.opener === window, popup.close()]);
          }, 20);
        });
      });
      const query = new URLSearchParams({
        response_type: "code", client_id: "board", redirect_uri: site.redirectUri, scope: "openid", prompt: "consent",
        code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method: "S256",
      });
      const open = `void (window.answer = window.watch("${server.issuer}/authorize?${query}"))`;
      await signInByPopup(page, open);
      const [address, hasOpener] = await page.evaluate("window.answer");
      assert.ok(address.startsWith(`${site.redirectUri}?code=`), address);
      assert.equal(hasOpener, true);
    });
  });
});
