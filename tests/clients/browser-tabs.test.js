// Several tabs of one browser, as people leave them: with and without JavaScript, every one of them leads on.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { application, launch, person, visiting } from "./support/browser.js";
import { serve } from "./support/server.js";

const ALICE = { username: "alice", password: "correct horse battery staple" };
const BOB = { username: "bob", password: "another long password of bob's" };
const applications = {};
let server;
let browser;

before(async () => {
  for (const id of ["photos", "notes"]) applications[id] = await application(undefined, id);
  server = await serve({}, async (prepared) => {
    for (const { username, password } of [ALICE, BOB]) await prepared.addUser(username, password);
    for (const [id, { redirectUri }] of Object.entries(applications)) {
      await prepared.addClient(id, "--public", "--name", name(id), "--redirect-uri", redirectUri, "--scope", "openid notes.read");
    }
  });
  for (const app of Object.values(applications)) app.issuer = server.issuer;
  browser = await launch({ whole: true });
});
after(async () => {
  await browser?.close();
  for (const app of Object.values(applications)) app.stop();
  await server?.stop();
});

const name = (id) => `The application ${id}`;
const consentOf = (page, id) => person(page).heading(`${name(id)} asks for access`);
const arrived = (page) => page.waitForURL(/\/callback\?/);
const codes = (page) => new URL(page.url()).searchParams.getAll("code");
const at = (path) => server.issuer + path;

async function opened(context, id, more) {
  const page = await context.newPage();
  await page.goto(applications[id].request(more));
  return page;
}

async function signOut(page) {
  await page.goto(at("/logout"));
  await page.getByRole("button", { name: "Sign out" }).click();
  await person(page).heading("You are signed out");
}

async function redeemed(page, id) {
  const [code] = codes(page);
  return (await applications[id].redeem(code)).sub;
}

for (const javaScriptEnabled of [true, false]) {
  describe(`with${javaScriptEnabled ? "" : "out"} JavaScript`, () => {
    const visit = (refusals, test) => visiting(browser, { locale: "en", javaScriptEnabled, refusals }, test);

    test("two applications ask for sign-in, and both get an answer", () => visit([], async (_, context) => {
      const tabs = {};
      for (const id of ["photos", "notes"]) tabs[id] = await opened(context, id, { prompt: "consent" });
      for (const [id, page] of Object.entries(tabs)) {
        await person(page).signIn(ALICE);
        await consentOf(page, id);
        await person(page).allow();
        await arrived(page);
        await redeemed(page, id);
      }
    }));

    test("after signing out in another tab, Allow signs in again and goes on", () => visit([], async (page, context) => {
      await page.goto(applications.photos.request({ prompt: "consent" }));
      await person(page).signIn(ALICE);
      await consentOf(page, "photos");
      await signOut(await context.newPage());
      await person(page).allow();
      await person(page).signIn(ALICE);
      await consentOf(page, "photos");
      await person(page).allow();
      await arrived(page);
      await redeemed(page, "photos");
    }));

    test("three tabs of two people are answered by whom they name", () => visit([], async (_, context) => {
      const first = await opened(context, "photos", { prompt: "login consent" });
      const second = await opened(context, "photos", { prompt: "login consent" });
      const third = await opened(context, "notes", { prompt: "login consent" });
      await person(first).signIn(ALICE);
      await person(second).signIn(BOB);
      await person(third).signIn(ALICE);
      const subjects = [];
      for (const [page, id, { username }] of [[second, "photos", BOB], [first, "photos", ALICE], [third, "notes", ALICE]]) {
        await consentOf(page, id);
        await page.getByText(`Signed in as ${username}`).waitFor();
        await person(page).allow();
        await arrived(page);
        subjects.push(await redeemed(page, id));
      }
      const [bob, alice, again] = subjects;
      assert.ok(bob !== alice && alice === again, String(subjects));
    }));

    test("Back after each step leads on", () => visit([400], async (page) => {
      await page.goto(applications.photos.request({ prompt: "consent" }));
      await person(page).signIn(BOB);
      await consentOf(page, "photos");
      await page.goBack();
      if (await page.locator("#password").count()) await person(page).signIn(BOB);
      await consentOf(page, "photos");
      await person(page).allow();
      await arrived(page);
      await redeemed(page, "photos");
      await page.goBack();
      if (await page.getByRole("button", { name: "Allow" }).count()) await person(page).allow();
      await page.getByRole("link", { name: `Continue to ${name("photos")}` }).click();
      await page.waitForURL(new URL("/", applications.photos.redirectUri).href);
    }));

    test("a double click never ends on an error page", () => visit([], async (page) => {
      await page.goto(applications.notes.request({ prompt: "login consent" }));
      await page.getByLabel("Username").fill(ALICE.username);
      await page.getByLabel("Password", { exact: true }).fill(ALICE.password);
      await page.getByRole("button", { name: "Sign in" }).dblclick();
      await consentOf(page, "notes");
      await page.getByRole("button", { name: "Allow" }).dblclick();
      await arrived(page);
      assert.equal(codes(page).length, 1);
      await page.goto(at("/logout"));
      await page.getByRole("button", { name: "Sign out" }).dblclick();
      await person(page).heading("You are signed out");
    }));

    test("a tab that is restored in a browser that forgot its cookies goes on", () => visit([], async (page, context) => {
      await page.goto(applications.photos.request({ prompt: "login consent" }));
      await context.clearCookies();
      await page.reload();
      await page.getByText(name("photos")).first().waitFor();
      await person(page).signIn(ALICE);
      await consentOf(page, "photos");
      await context.clearCookies();
      await page.reload();
      await person(page).signIn(ALICE);
      await consentOf(page, "photos");
      await person(page).allow();
      await arrived(page);
      await redeemed(page, "photos");
    }));

    test("a form whose cookie is gone asks again, and then goes on", () => visit([403, 403], async (page, context) => {
      await page.goto(applications.photos.request({ prompt: "consent" }));
      await context.clearCookies();
      await person(page).signIn(ALICE);
      await page.getByRole("alert").waitFor();
      assert.equal(await page.getByLabel("Username").inputValue(), ALICE.username);
      await page.getByText(name("photos")).first().waitFor();
      await person(page).signIn(ALICE);
      await consentOf(page, "photos");
      await context.clearCookies();
      await person(page).allow();
      await person(page).signIn(ALICE);
      await consentOf(page, "photos");
      await person(page).allow();
      await arrived(page);
      await redeemed(page, "photos");
    }));
  });
}
