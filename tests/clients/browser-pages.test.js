// Every page and every state of it, from left to right and from right to left, wide in light and narrow in dark: axe finds
// nothing, the browser complains of nothing, and nothing is cut off. Set SCREENSHOTS to a folder to look at them all.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { application, launch, visiting } from "./support/browser.js";
import { pages, registerClients } from "./support/pages.js";
import { dev, serve } from "./support/server.js";

const axe = await readFile(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8");
const { SCREENSHOTS } = process.env;

const place = {};
let browser;

before(async () => {
  [place.server, place.production] = await Promise.all([dev(), serve()]);
  await registerClients(place.server);
  place.app = await application(place.server.issuer, "dev-public");
  browser = await launch();
});
after(async () => {
  await browser?.close();
  place.app?.stop();
  await place.server?.stop();
  await place.production?.stop();
});

for (const name of Object.keys(pages(place))) {
  describe(name, () => {
    for (const locale of ["en", "ar"]) {
      test(`in ${locale}`, () => look(name, locale));
    }
  });
}

function look(name, locale) {
  const { open, refusals } = pages(place)[name];
  return visiting(browser, { locale, refusals, reducedMotion: "reduce" }, async (page) => {
    await open(page);
    await assertWellFormed(page);
    await page.evaluate(axe);
    await assertAccessible(page);
    await screenshot(page, `${name} ${locale} light`);
    await page.emulateMedia({ colorScheme: "dark" });
    await screenshot(page, `${name} ${locale} dark`);
    await page.setViewportSize({ width: 320, height: 640 });
    await assertAccessible(page);
    await screenshot(page, `${name} ${locale} narrow`);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 320, "it fits 320 pixels");
  });
}

async function assertAccessible(page) {
  // A bar that sticks lies over texts, whose contrast axe cannot tell then: it looks with the bars in their places.
  const { violations, incomplete, passes } = await page.evaluate(async () => {
    const bars = [...document.querySelectorAll("*")].filter((element) => getComputedStyle(element).position === "sticky");
    for (const bar of bars) bar.style.position = "static";
    const results = await window.axe.run();
    for (const bar of bars) bar.style.position = "";
    return results;
  });
  assert.ok(passes.length > 5, "axe has looked");
  const told = (results) => results.flatMap(({ id, nodes }) => nodes.map(({ any, all, none, html }) =>
    `${id}: ${[...any, ...all, ...none].map(({ message }) => message).join(", ")}: ${html}`));
  assert.deepEqual(told(violations), []);
  // It cannot tell what is behind a text whose box a decoration touches.
  const undecided = told(incomplete).filter((text) => !text.includes("could not be determined due to a pseudo element"));
  assert.deepEqual(undecided, []);
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
    await page.goto(`${place.server.issuer}/login`);
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
