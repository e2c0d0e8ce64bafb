// A consent page with forty scopes: Allow and Deny stay in reach on a phone. Set SCREENSHOTS to a folder to look at it.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { application, launch, visiting } from "./support/browser.js";
import { dev } from "./support/server.js";

const axe = await readFile(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8");
const { SCREENSHOTS } = process.env;
const RESOURCE = "https://forty.example";
const SCOPES = Array.from({ length: 40 }, (_, nth) => `forty.scope${nth}`);

let server;
let browser;
let app;

before(async () => {
  server = await dev();
  const words = SCOPES.flatMap((scope, nth) => ["--scope", `${scope}=Do the ${nth}th thing with all of your things`]);
  await server.addResource(RESOURCE, "--name", "Forty things", ...words);
  const scope = `openid ${SCOPES.join(" ")}`;
  await server.addClient("forty", "--public", "--redirect-uri", "http://127.0.0.1/callback", "--scope", scope,
    "--resource", RESOURCE);
  app = await application(server.issuer, "forty");
  browser = await launch();
});
after(async () => {
  await browser?.close();
  app?.stop();
  await server?.stop();
});

/** Both buttons are in the window, and nothing lies over them. */
async function assertInReach(page, when) {
  for (const decision of ["allow", "deny"]) {
    const reached = await page.locator(`button[value=${decision}]`).evaluate((button) => {
      const { top, bottom, left, right } = button.getBoundingClientRect();
      const above = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      return { above: above === button, inside: top >= 0 && bottom <= window.innerHeight };
    });
    assert.deepEqual(reached, { above: true, inside: true }, `${decision} ${when}`);
  }
}

for (const [locale, width, height] of [["en", 360, 640], ["ar", 360, 640], ["de", 640, 360], ["en", 1280, 720]]) {
  test(`in ${locale} at ${width} by ${height}`, () => visiting(browser, { locale, viewport: { width, height } }, async (page) => {
    await page.goto(app.request({ scope: `openid ${SCOPES.join(" ")}`, prompt: "consent" }));
    await page.locator("#username").fill(server.alice.username);
    await page.locator("#password").fill(server.alice.password);
    await page.keyboard.press("Enter");
    await page.locator("button[value=allow]").waitFor();
    assert.equal(await page.locator(".scopes li").count(), 41);
    await page.locator(".scopes li").last().scrollIntoViewIfNeeded();
    await assertInReach(page, "at the end of the list");
    await page.locator(".scopes li").nth(20).scrollIntoViewIfNeeded();
    await assertInReach(page, "amid the list");
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() => window.axe.run());
    assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), []);
    if (SCREENSHOTS) await page.screenshot({ path: join(SCREENSHOTS, `consent forty ${locale} ${width}.png`) });
    // By keyboard, a control never stays behind the buttons.
    await page.evaluate(() => window.scrollTo(0, 0));
    for (let nth = 0; nth < 12; nth += 1) {
      await page.keyboard.press("Tab");
      const hidden = await page.evaluate(() => {
        const { top, bottom, left, right } = document.activeElement.getBoundingClientRect();
        const above = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
        return document.activeElement.contains(above) || above === null ? "" : document.activeElement.outerHTML;
      });
      assert.equal(hidden, "");
    }
    await page.locator("button[value=deny]").click();
    await page.waitForURL("http://127.0.0.1:*/callback?*");
    assert.equal(app.answers.pop().get("error"), "access_denied");
  }));
}
