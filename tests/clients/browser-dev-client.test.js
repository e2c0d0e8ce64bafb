// The playground's client, /dev/client, which shows a whole grant in the browser.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { launch, person, visiting } from "./support/browser.js";
import { dev, serve } from "./support/server.js";

let server;
let browser;

before(async () => {
  server = await dev();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const press = (page, name) => page.getByRole("button", { name }).click();
const says = (page, text) => page.getByText(text).last().waitFor();

async function signIn(page) {
  await page.goto(`${server.issuer}/dev/client`);
  await press(page, "1 Sign in");
  await person(page).signIn(server.alice);
  // Allowed once, it is not asked again.
  await page.waitForURL(/\/consent|\/dev\/client/);
  if (page.url().includes("/consent")) await person(page).allow();
  await says(page, "✓ the nonce is the one that was sent");
}

test("the code grant ends with two verified tokens", () => visiting(browser, {}, async (page) => {
  await signIn(page);
  assert.equal(await page.getByText("✓ signature verified").count(), 2);
  assert.equal(await page.getByText("✓ iss is our issuer").count(), 1);
  assert.equal(await page.locator("#log .bad").count(), 0);
  assert.equal(new URL(page.url()).search, "", "the code does not stay in the address");
}));

test("the tokens are good for the API and for userinfo", () => visiting(browser, {}, async (page) => {
  await signIn(page);
  await press(page, "Call the API");
  await says(page, '"verified": true');
  await press(page, "Userinfo");
  await says(page, '"preferred_username": "alice"');
}));

test("a retried refresh token brings the same successor", () => visiting(browser, {}, async (page) => {
  await signIn(page);
  await press(page, "2 Refresh");
  await says(page, "✓ refresh token number 2 of this sign-in");
  await press(page, "3 Retry");
  await says(page, "✓ The same refresh token came back as the first time");
}));

test("a replayed refresh token revokes the family", () => visiting(browser, { refusals: [400, 400] }, async (page) => {
  await signIn(page);
  await press(page, "4 Replay");
  await says(page, "✓ Refused with invalid_grant.");
  await says(page, "✓ It is dead too.");
}));

test("the printed link is a code grant to open in the browser", () => visiting(browser, {}, async (page) => {
  await page.goto(server.link);
  await person(page).signIn(server.alice);
  await page.waitForURL(/\/consent|\/dev\/client/);
  if (page.url().includes("/consent")) await person(page).allow();
  await says(page, "✓ the id_token is for this client");
  assert.equal(await page.getByText("✓ signature verified").count(), 2);
}));

test("every link of the playground leads somewhere", () => visiting(browser, {}, async (page) => {
  const links = new Set();
  for (const path of ["/", "/dev/client"]) {
    await page.goto(server.issuer + path);
    for (const link of await page.locator("a[href]").all()) links.add(await link.evaluate(({ href }) => href));
  }
  assert.ok(links.size > 3);
  for (const link of links) assert.equal((await fetch(link)).status, 200, link);
}));

test("nothing of the playground is reachable under serve", async (t) => {
  const production = await serve();
  t.after(() => production.stop());
  for (const path of ["/dev/client", "/dev/api", "/dev"]) {
    assert.equal((await fetch(production.issuer + path)).status, 404, path);
  }
});
