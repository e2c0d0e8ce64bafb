// Every page, in light and dark, from left to right and from right to left: axe finds nothing, the browser complains of
// nothing, and nothing is cut off on a narrow screen. Set SCREENSHOTS to a folder to look at them all.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { application, launch, visiting } from "./support/browser.js";
import { dev, serve } from "./support/server.js";

const axe = await readFile(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8");
const { SCREENSHOTS } = process.env;

let server;
let production;
let browser;
let app;

before(async () => {
  [server, production] = await Promise.all([dev(), serve()]);
  app = await application(server.issuer, "dev-public");
  browser = await launch();
});
after(async () => {
  await browser?.close();
  app?.stop();
  await server?.stop();
  await production?.stop();
});

const at = (path) => (page) => page.goto(server.issuer + path);
const asking = (more) => (page) => page.goto(app.request(more));

async function fill(page, username, password) {
  await page.locator("#username").fill(username);
  await page.locator("#password").fill(password);
  await page.locator("button.main").click();
}

const signedIn = (next) => async (page) => {
  await at("/login")(page);
  await fill(page, server.alice.username, server.alice.password);
  await page.locator("form[action$='/logout']").waitFor();
  await next(page);
};

const mistaken = (username, password) => async (page) => {
  await asking()(page);
  await fill(page, username, password);
  await page.getByRole("alert").waitFor();
};

const SCOPE = "openid profile email offline_access notes.read notes.write";
const PAGES = {
  "home of the playground": { open: at("/") },
  "test client": { open: at("/dev/client") },
  "test client after a grant": {
    open: signedIn(async (page) => {
      await page.goto(server.link);
      await page.waitForURL(/\/consent|\/dev\/client/);
      if (page.url().includes("/consent")) await page.locator("button[value=allow]").click();
      await page.getByText("✓ the id_token is for this client").waitFor();
    }),
  },
  "sign-in": { open: asking({ login_hint: "alice" }) },
  "sign-in without an application": { open: at("/login") },
  "sign-in after a mistake": { open: mistaken("alice", "not the password"), refusals: [400] },
  "sign-in without a username": { open: mistaken("", "not the password"), refusals: [400] },
  "sign-in without a password": { open: mistaken("alice", ""), refusals: [400] },
  "sign-in again": { open: signedIn(asking({ prompt: "login" })) },
  "consent to keep or change the account": { open: signedIn(asking({ prompt: "select_account" })) },
  "consent": { open: signedIn(asking({ prompt: "consent", scope: SCOPE })) },
  "signed in": { open: signedIn(async () => {}) },
  "sign-out": { open: signedIn(at("/logout")) },
  "signed out": { open: at("/logout") },
  "error: unknown client": { open: at("/authorize?response_type=code&client_id=nobody"), refusals: [400] },
  "error: unproven redirect URI": { open: asking({ redirect_uri: "http://evil.example/" }), refusals: [400] },
  "error under serve": { open: (page) => page.goto(`${production.issuer}/authorize?client_id=nobody`), refusals: [400] },
  "error: foreign flow": { open: at("/consent?flow=made-up"), refusals: [403] },
  "error: no such page": { open: at("/no-such-page"), refusals: [404] },
};
for (const [name, { open, refusals }] of Object.entries(PAGES)) {
  describe(name, () => {
    for (const locale of ["en", "ar"]) {
      test(`in ${locale}`, () => visiting(browser, { locale, refusals, reducedMotion: "reduce" }, async (page) => {
        await open(page);
        await assertWellFormed(page);
        for (const colorScheme of ["light", "dark"]) {
          await page.emulateMedia({ colorScheme });
          await assertAccessible(page);
          await screenshot(page, `${name} ${locale} ${colorScheme}`);
        }
        await page.setViewportSize({ width: 320, height: 640 });
        await screenshot(page, `${name} ${locale} narrow`);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 320, "it fits 320 pixels");
      }));
    }
  });
}

async function assertAccessible(page) {
  await page.evaluate(axe);
  const { violations, passes } = await page.evaluate(() => window.axe.run());
  assert.ok(passes.length > 5, "axe has looked");
  const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" ")}`);
  assert.deepEqual(found, []);
}

async function assertWellFormed(page) {
  assert.equal(await page.locator("h1").count(), 1);
  assert.match(await page.title(), /\S – \S/);
  const { size, tokens, targets } = await page.evaluate(() => ({
    size: document.documentElement.outerHTML.length,
    tokens: [...document.querySelectorAll("input:not([type=hidden]), select")].map((input) => input.autocomplete),
    targets: [...document.querySelectorAll("button, input:not([type=hidden]), select, a.button")]
      .filter((element) => element.checkVisibility() && element.getBoundingClientRect().height < 44)
      .map((element) => element.outerHTML),
  }));
  assert.ok(size < 30_000, `${size} bytes`);
  assert.ok(tokens.every((token) => ["username", "current-password", "off"].includes(token)), String(tokens));
  assert.deepEqual(targets, [], "each target is 44 pixels high");
}

async function screenshot(page, name) {
  if (!SCREENSHOTS) return;
  await page.screenshot({ path: join(SCREENSHOTS, `${name.replaceAll(/[^\w]+/g, "-")}.png`), fullPage: true });
}

test("a page runs no script and takes no style but its own, and these tests would notice", async () => {
  const complained = visiting(browser, { locale: "en" }, async (page) => {
    await at("/login")(page);
    await page.evaluate(() => {
      document.body.append(Object.assign(document.createElement("script"), { textContent: "window.foreign = true" }));
      document.body.append(Object.assign(document.createElement("style"), { textContent: "body { color: red }" }));
    });
    assert.equal(await page.evaluate(() => window.foreign), undefined);
  });
  await assert.rejects(complained, (error) => {
    const [script, style, ...more] = error.actual;
    return /script-src/.test(script) && /style-src/.test(style) && more.length === 0;
  });
});
