// Signing in, consenting, denying and signing out in a real browser, with and without JavaScript.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { application, launch, person, visiting } from "./support/browser.js";
import { dev } from "./support/server.js";

let server;
let bob;
let browser;
let app;

before(async () => {
  server = await dev();
  bob = await server.addUser("bob", "the password of bob");
  app = await application(server.issuer, "dev-public");
  const listens = ["--metadata", `frontchannel_logout_uri=${at("/front")}`, "--metadata", `post_logout_redirect_uris=${at("/bye")}`];
  await server.command(["client", "set", "dev-public", ...listens]);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  app?.stop();
  await server?.stop();
});

/** An address of the application. */
const at = (path) => new URL(path, app.redirectUri).href;

async function answerOf(page) {
  await page.waitForURL("http://127.0.0.1:*/callback?*");
  return app.answers.pop();
}

for (const javaScriptEnabled of [true, false]) {
  describe(`with JavaScript ${javaScriptEnabled ? "on" : "off"}`, () => {
    const visit = (refusals, steps) => visiting(browser, { javaScriptEnabled, locale: "en", refusals }, steps);
    const consentTo = { prompt: "consent" };

    test("who signs in and allows is sent back with a code", () => visit([], async (page) => {
      await page.goto(app.request(consentTo));
      await person(page).heading("Sign in");
      await person(page).signIn(server.alice);
      await person(page).heading("Playground asks for access");
      await person(page).allow();
      const answer = await answerOf(page);
      assert.equal(answer.get("state"), "the state");
      assert.equal(answer.get("iss"), server.issuer);
      assert.ok((await app.redeem(answer.get("code"))).sub);
    }));

    test("who denies is sent back with access_denied, state and iss", () => visit([], async (page) => {
      await page.goto(app.request(consentTo));
      await person(page).signIn(server.alice);
      await person(page).deny();
      const answer = await answerOf(page);
      assert.equal(answer.get("error"), "access_denied");
      assert.equal(answer.get("state"), "the state");
      assert.equal(answer.get("iss"), server.issuer);
      assert.equal(answer.get("code"), null);
    }));

    test("who goes back from the sign-in page or the choice of an account is sent with access_denied", () => visit([], async (page) => {
      const back = page.getByRole("button", { name: "Cancel and go back to Playground" });
      await page.goto(app.request(consentTo));
      await page.getByLabel("Username").fill("half a na");
      await back.click();
      const answer = await answerOf(page);
      assert.deepEqual(["error", "state", "iss", "code"].map((name) => answer.get(name)), ["access_denied", "the state", server.issuer, null]);
      await page.goto(`${server.issuer}/login`);
      await person(page).signIn(server.alice);
      await page.goto(app.request({ prompt: "select_account" }));
      await person(page).heading("Choose an account");
      await back.click();
      assert.equal((await answerOf(page)).get("error"), "access_denied");
    }));

    test("Enter signs in, although there is a way back", () => visit([], async (page) => {
      await page.goto(app.request(consentTo));
      await page.getByLabel("Username").fill(server.alice.username);
      await page.getByLabel("Password", { exact: true }).fill(server.alice.password);
      await page.keyboard.press("Enter");
      await person(page).heading("Playground asks for access");
    }));

    test("a wrong password and an unknown name get the same answer, and another try", () => visit([400, 400], async (page) => {
      await page.goto(app.request(consentTo));
      const alerts = [];
      for (const username of [server.alice.username, "nobody"]) {
        await person(page).signIn({ username, password: "not the password" });
        alerts.push(await page.getByRole("alert").innerText());
        assert.match(await page.title(), /^Error: /);
        assert.equal(await page.getByLabel("Username").inputValue(), username);
        assert.equal(await page.getByLabel("Password", { exact: true }).inputValue(), "");
      }
      assert.equal(alerts[0], alerts[1]);
      await person(page).signIn(server.alice);
      await person(page).heading("Playground asks for access");
    }));

    test("who is already signed in is asked about a program on the device again, and sees what was allowed", () => visit([], async (page) => {
      await page.goto(app.request(consentTo));
      await person(page).signIn(server.alice);
      await person(page).allow();
      await answerOf(page);
      await page.goto(app.request());
      await page.getByRole("heading", { name: "Already allowed" }).waitFor();
      await person(page).allow();
      assert.ok((await answerOf(page)).get("code"));
    }));

    test("another account can be used from the consent page, and the first one stays", () => visit([], async (page, context) => {
      await page.goto(app.request(consentTo));
      await person(page).signIn(server.alice);
      const before = await sessionOf(context);
      await page.getByRole("button", { name: "Use another account" }).click();
      await person(page).heading("Choose an account");
      await page.getByRole("button", { name: "Use another account" }).click();
      await person(page).heading("Sign in");
      await person(page).signIn(bob);
      await page.getByText("Signed in as bob").waitFor();
      assert.notEqual(await sessionOf(context), before);
      await page.getByRole("button", { name: "Use another account" }).click();
      await page.getByRole("button", { name: server.alice.username, exact: true }).click();
      await page.getByText(`Signed in as ${server.alice.username}`).waitFor();
      assert.equal(await sessionOf(context), before);
      await page.getByRole("button", { name: "Use another account" }).click();
      await page.getByRole("button", { name: "bob", exact: true }).click();
      await person(page).allow();
      const { sub } = await app.redeem((await answerOf(page)).get("code"));
      assert.equal(sub, bob.sub);
    }));

    test("who signs out is asked first, and the old cookie is worth nothing afterwards", () => visit([], async (page, context) => {
      await page.goto(`${server.issuer}/login`);
      await person(page).signIn(server.alice);
      await person(page).heading("You are signed in");
      const cookies = await context.cookies();

      await page.goto(`${server.issuer}/logout`);
      await person(page).heading("Sign out?");
      await page.getByRole("link", { name: "Stay signed in" }).click();
      await person(page).heading("You are signed in");

      await page.goto(`${server.issuer}/logout`);
      await page.getByRole("button", { name: "Sign out" }).click();
      await person(page).heading("You are signed out");
      assert.equal(await sessionOf(context), undefined);

      await context.addCookies(cookies);
      assert.ok(await sessionOf(context));
      await page.goto(`${server.issuer}/login`);
      await person(page).heading("Sign in");
    }));

    test("signing in gives the session another id", () => visit([], async (page, context) => {
      await page.goto(`${server.issuer}/login`);
      await person(page).signIn(server.alice);
      const first = await sessionOf(context);
      await page.goto(app.request({ prompt: "login" }));
      await page.getByText("asks you to confirm that it is you").waitFor();
      await person(page).signIn(server.alice);
      await page.waitForURL(/\/consent|\/callback/);
      assert.ok(first);
      assert.notEqual(await sessionOf(context), first);
    }));

    test("an application that signs somebody out hears of it in the browser, and gets them back", () => visit([], async (page, context) => {
      await page.goto(app.request(consentTo));
      await person(page).signIn(server.alice);
      await person(page).allow();
      await answerOf(page);
      const heard = context.waitForEvent("request", (request) => request.url().startsWith(at("/front")));
      const back = { client_id: "dev-public", post_logout_redirect_uri: at("/bye"), state: "the state" };
      await page.goto(`${server.issuer}/logout?${new URLSearchParams(back)}`);
      await page.getByRole("button", { name: "Sign out" }).click();
      const told = new URL((await heard).url()).searchParams;
      assert.equal(told.get("iss"), server.issuer);
      assert.match(told.get("sid"), /^[0-9a-f-]{36}$/);
      if (!javaScriptEnabled) {
        await person(page).heading("You are signed out");
        await page.getByRole("link", { name: "Continue to" }).click();
      }
      await page.waitForURL(at("/bye?state=the+state"));
    }));

    test("the language picker turns the page, and Arabic runs from right to left", () => visit([400], async (page) => {
      await page.goto(app.request(consentTo));
      await chooseArabic(page);
      await page.locator("#password").fill("not the password");
      await page.locator("button.main").click();
      await page.getByRole("alert").waitFor();
      assert.deepEqual(await languageOf(page), ["ar", "rtl"], "after a mistake");
    }));

    test("the chosen language is kept from sign-in to consent", () => visit([], async (page) => {
      await page.goto(app.request(consentTo));
      await chooseArabic(page);
      await page.locator("#username").fill(server.alice.username);
      await page.locator("#password").fill(server.alice.password);
      await page.locator("button.main").click();
      await page.locator("button[value=allow]").waitFor();
      assert.deepEqual(await languageOf(page), ["ar", "rtl"]);
    }));

    test("the chosen language is kept from consent to another account", () => visit([], async (page) => {
      await page.goto(app.request(consentTo));
      await person(page).signIn(server.alice);
      await person(page).heading("Playground asks for access");
      await chooseArabic(page);
      await page.locator("button[value=switch]").click();
      await page.locator("button[value=another]").click();
      await page.locator("#password").waitFor();
      assert.deepEqual(await languageOf(page), ["ar", "rtl"]);
    }));

    test("the chosen language is kept through signing out", () => visit([], async (page) => {
      await page.goto(`${server.issuer}/login`);
      await person(page).signIn(server.alice);
      await page.goto(`${server.issuer}/logout`);
      await chooseArabic(page);
      await page.locator("button.main").click();
      await page.locator("main a[href*='/login']").waitFor();
      assert.equal(await page.locator("button.main").count(), 0);
      assert.deepEqual(await languageOf(page), ["ar", "rtl"]);
    }));

    test("the button that shows the password is there if it can work", () => visit([], async (page) => {
      await page.goto(`${server.issuer}/login`);
      assert.equal(await page.getByRole("button", { name: "Show password" }).isVisible(), javaScriptEnabled);
    }));
  });
}

async function sessionOf(context) {
  return (await context.cookies()).find(({ name }) => name.endsWith("countersign_session"))?.value;
}

async function chooseArabic(page) {
  assert.deepEqual(await languageOf(page), ["en", "ltr"]);
  await page.getByLabel("Language").selectOption("ar");
  await page.getByRole("button", { name: "Change" }).click();
  await page.locator("html[lang=ar]").waitFor();
  assert.deepEqual(await languageOf(page), ["ar", "rtl"]);
}

const languageOf = (page) => page.locator("html").evaluate(({ lang, dir }) => [lang, dir]);
