// The pages without a mouse.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { application, launch, person, visiting } from "./support/browser.js";
import { dev } from "./support/server.js";

let server;
let browser;
let app;

before(async () => {
  server = await dev();
  app = await application(server.issuer, "dev-public");
  browser = await launch();
});
after(async () => {
  await browser?.close();
  app?.stop();
  await server?.stop();
});

const visit = (steps) => visiting(browser, { locale: "en" }, steps);

/** Presses Tab until the control with this name has the focus, and fails where one on the way shows no focus. */
async function tabTo(page, name) {
  const passed = [];
  while (passed.length < 20) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const label = element.labels?.[0]?.textContent ?? element.textContent;
      return { label: label.trim(), visible: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 };
    });
    passed.push(focused.label);
    assert.ok(focused.visible, `the focus is visible on "${focused.label}"`);
    if (focused.label === name) return passed;
  }
  throw new Error(`"${name}" is not reached: ${passed.join(", ")}`);
}

test("a person signs in and allows by keyboard alone", () => visit(async (page) => {
  await page.goto(app.request());
  assert.equal(await page.evaluate(() => document.activeElement.id), "username", "the first field has the focus");
  await page.keyboard.type(server.alice.username);
  await tabTo(page, "Password");
  await page.keyboard.type(server.alice.password);
  await page.keyboard.press("Enter");
  await person(page).heading("Playground asks for access");
  await tabTo(page, "Allow");
  await page.keyboard.press("Enter");
  await page.waitForURL("http://127.0.0.1:*/callback?*");
  assert.ok(app.answers.pop().get("code"));
}));

test("Allow does not have the focus, and Deny comes right after it", () => visit(async (page) => {
  await page.goto(app.request({ prompt: "consent" }));
  await person(page).signIn(server.alice);
  await person(page).heading("Playground asks for access");
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "BODY");
  const passed = await tabTo(page, "Deny");
  assert.deepEqual(passed.slice(-2), ["Allow", "Deny"]);
  await page.keyboard.press("Space");
  await page.waitForURL("http://127.0.0.1:*/callback?*");
  assert.equal(app.answers.pop().get("error"), "access_denied");
}));

test("the first stop leads past the header", () => visit(async (page) => {
  await page.goto(`${server.issuer}/logout`);
  assert.deepEqual(await tabTo(page, "Skip to content"), ["Skip to content"]);
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
}));

test("the password is shown while the button says so, and hidden again", () => visit(async (page) => {
  await page.goto(`${server.issuer}/login`);
  await page.keyboard.type(server.alice.username);
  await tabTo(page, "Show password");
  const state = () => page.evaluate(() => [
    document.activeElement.getAttribute("aria-pressed"), document.getElementById("password").type,
  ]);
  assert.deepEqual(await state(), ["false", "password"]);
  await page.keyboard.press("Space");
  assert.deepEqual(await state(), ["true", "text"]);
  await page.keyboard.press("Space");
  assert.deepEqual(await state(), ["false", "password"]);
}));

test("a person signs out by keyboard alone", () => visit(async (page) => {
  await page.goto(`${server.issuer}/login`);
  await person(page).signIn(server.alice);
  await person(page).heading("You are signed in");
  await tabTo(page, "Sign out");
  await page.keyboard.press("Enter");
  await person(page).heading("You are signed out");
}));

test("the language is chosen by keyboard alone", () => visit(async (page) => {
  await page.goto(`${server.issuer}/login`);
  await tabTo(page, "Language");
  await page.keyboard.type("Deutsch");
  await tabTo(page, "Change");
  await page.keyboard.press("Enter");
  await page.locator("html[lang=de]").waitFor();
}));
