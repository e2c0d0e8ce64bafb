// The playground's clients, /dev/client, which show every grant in the browser.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { after, before, test } from "node:test";
import { promisify } from "node:util";

import { launch, person, visiting } from "./support/browser.js";
import { dev, serve } from "./support/server.js";

const run = promisify(execFile);

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

const press = (page, name) => page.locator(".actions").getByRole("button", { name, exact: true }).click();
const newest = (page) => page.locator("#log > details").first();
const says = (page, text) => newest(page).getByText(text).last().waitFor();
/** Opens an entry of the newest exchange. */
const open = (page, title) => newest(page).locator(".entry > summary", { hasText: title }).last().click();

async function arrive(page) {
  await person(page).signIn(server.alice);
  // A client on another host, allowed once, is not asked about again.
  await page.waitForURL(/\/consent|\/dev\/client/);
  if (page.url().includes("/consent")) await person(page).allow();
}

async function signIn(page) {
  await page.goto(`${server.issuer}/dev/client`);
  await press(page, "Sign in (code grant)");
  await arrive(page);
  await says(page, "✓ the nonce is the one that was sent");
}

test("the code grant ends with two verified tokens", () => visiting(browser, {}, async (page) => {
  await signIn(page);
  assert.equal(await page.getByText("✓ signature verified").count(), 2);
  assert.equal(await page.getByText("✓ iss is our issuer").count(), 1);
  assert.equal(await page.locator("#log .bad").count(), 0);
  assert.equal(new URL(page.url()).search, "", "the code does not stay in the address");
}));

test("the tokens are good for the API, for UserInfo and by introspection", () => visiting(browser, {}, async (page) => {
  await signIn(page);
  await press(page, "Call the API");
  await open(page, "Call the API");
  await says(page, '"verified": true');
  await press(page, "UserInfo");
  await open(page, "Userinfo");
  await says(page, '"preferred_username": "alice"');
  await press(page, "Introspect");
  await says(page, "The access token is active.");
}));

test("a retried refresh token brings the same successor", () => visiting(browser, {}, async (page) => {
  await signIn(page);
  await press(page, "Refresh");
  await says(page, "✓ refresh token number 2 of this sign-in");
  await press(page, "Retry the previous");
  await says(page, "✓ The same refresh token came back as the first time");
}));

test("a replayed refresh token revokes the family", () => visiting(browser, { refusals: [400, 400] }, async (page) => {
  await signIn(page);
  await press(page, "Replay an old one");
  await says(page, "✓ Refused with invalid_grant.");
  await says(page, "✓ It is dead too.");
}));

test("the grants without a browser end with tokens", () => visiting(browser, {}, async (page) => {
  await page.goto(`${server.issuer}/dev/client`);
  await press(page, "Client credentials");
  await says(page, "✓ signature verified");
  assert.equal(await page.getByRole("button", { name: "Refresh", exact: true }).isDisabled(), true, "there is none");
  await press(page, "Call the API");
  await open(page, "Call the API");
  await says(page, '"client_id": "dev-confidential"');
  await press(page, "Password grant");
  await says(page, "✓ signature verified");
  await press(page, "Refresh");
  await says(page, "✓ refresh token number 2 of this sign-in");
}));

test("a token that was given back is not active", () => visiting(browser, { refusals: [400] }, async (page) => {
  await signIn(page);
  await press(page, "Revoke");
  await says(page, "✓ The refresh token was given back, and its grant has ended.");
  await says(page, "The access token is not active.");
  await press(page, "Refresh");
  await says(page, '"error": "invalid_grant"');
}));

test("signing out ends the session and comes back", () => visiting(browser, {}, async (page) => {
  await signIn(page);
  await press(page, "Sign out");
  await says(page, "✓ signed out, and back with the state that was sent");
  assert.equal(new URL(page.url()).search, "");
  await press(page, "Sign in (code grant)");
  await page.waitForURL(/\/login/);
}));

test("the newest exchange is on top and open, and the buttons stay in view", async () => {
  for (const viewport of [{ width: 1280, height: 800 }, { width: 390, height: 700 }]) {
    await visiting(browser, {}, async (page) => {
      await page.setViewportSize(viewport);
      await signIn(page);
      for (const name of ["Refresh", "Call the API", "UserInfo", "Introspect"]) {
        await press(page, name);
        await page.locator("#log > details").first().locator("summary", { hasText: name }).first().waitFor();
      }
      const exchanges = page.locator("#log > details");
      const titles = await exchanges.locator("> summary").allTextContents();
      assert.deepEqual(titles.slice(0, 3), ["Introspect", "UserInfo", "Call the API"]);
      assert.deepEqual(await exchanges.evaluateAll((all) => all.map(({ open }) => open)), [true, false, false, false, false]);
      await exchanges.evaluateAll((all) => all.forEach((exchange) => {
        for (const details of [exchange, ...exchange.querySelectorAll("details")]) details.open = true;
      }));
      await page.evaluate(() => scrollTo({ top: document.body.scrollHeight / 2 }));
      const { height } = await page.evaluate(() => ({ height: document.body.scrollHeight }));
      assert.ok(height > viewport.height * 3, `there is something to scroll: ${height}`);
      for (const name of ["Sign in (code grant)", "Refresh"]) {
        const box = await page.locator(".actions").getByRole("button", { name, exact: true }).boundingBox();
        assert.ok(box.y >= 0 && box.y + box.height <= viewport.height, `${name} is in view: ${JSON.stringify(box)}`);
      }
    });
  }
});

test("bodies and tokens are folded", () => visiting(browser, {}, async (page) => {
  await signIn(page);
  assert.equal(await newest(page).locator(".entry[open]").count(), 0);
  await open(page, "Code for tokens");
  const token = newest(page).locator(".entry[open] .long").last();
  const full = token.locator("> code");
  assert.equal(await full.isVisible(), false, "a long value is folded in an open body");
  await token.locator("summary").click();
  assert.equal(await full.isVisible(), true);
}));

test("requests are copied as curl, and run in a shell", async () => {
  await visiting(browser, {}, async (page) => {
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.goto(`${server.issuer}/dev/client`);
    for (const name of ["Client credentials", "Password grant"]) {
      await press(page, name);
      await says(page, "✓ signature verified");
      await open(page, "Tokens");
      await newest(page).locator(".entry[open]").getByRole("button", { name: "Copy as curl" }).click();
      await newest(page).getByRole("button", { name: "Copied" }).waitFor();
      const command = await page.evaluate(() => navigator.clipboard.readText());
      const { stdout } = await run("bash", ["-c", `${command} -s`]);
      assert.ok(JSON.parse(stdout).access_token, stdout);
      await newest(page).locator(".entry[open]").getByRole("button", { name: "Copy response" }).click();
      await newest(page).getByRole("button", { name: "Copied" }).last().waitFor();
      const copied = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
      assert.equal(copied.access_token.split(".").length, 3, "what is folded is copied in full");
    }
  });
});

test("the printed link is a code grant to open in the browser", () => visiting(browser, {}, async (page) => {
  await page.goto(server.link);
  await arrive(page);
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
