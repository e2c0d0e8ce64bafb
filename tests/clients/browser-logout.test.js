// Applications that sign people out: by a form on another site, and with requests that are not in order.

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
  await server.command(["client", "set", "dev-public", "--metadata", `post_logout_redirect_uris=${at("/bye")}`]);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  app?.stop();
  await server?.stop();
});

const at = (path) => new URL(path, app.redirectUri).href;

/** Signs alice in at the application; gives the ID token. */
async function signIn(page) {
  await page.goto(app.request({ prompt: "consent" }));
  await person(page).signIn(server.alice);
  await person(page).allow();
  await page.waitForURL("http://127.0.0.1:*/callback?*");
  const form = new URLSearchParams(app.exchange(app.answers.pop().get("code")));
  const response = await fetch(`${server.issuer}/token`, { method: "POST", body: form });
  return (await response.json()).id_token;
}

const isSignedIn = async (page) => {
  await page.goto(app.request({ prompt: "none" }));
  await page.waitForURL("http://127.0.0.1:*/callback?*");
  return app.answers.pop().get("error") !== "login_required";
};

test("a form on another site signs out, and its ID token is in no address", () => visiting(browser, { locale: "en" }, async (page) => {
  const hint = await signIn(page);
  const addresses = [];
  page.on("request", (request) => addresses.push(request.url()));
  await page.evaluate(([action, fields]) => {
    const form = Object.assign(document.createElement("form"), { action, method: "post" });
    for (const [name, value] of fields) form.append(Object.assign(document.createElement("input"), { name, value }));
    document.body.append(form);
    form.submit();
  }, [`${server.issuer}/logout`, [["id_token_hint", hint], ["post_logout_redirect_uri", at("/bye")], ["state", "the state"]]]);
  await page.waitForURL(`${at("/bye")}?state=the+state`);
  assert.ok(addresses.length >= 3, "the form, our redirect, the application");
  assert.deepEqual(addresses.filter((url) => url.includes(hint.split(".")[1])), []);
  assert.equal(await isSignedIn(page), false);
}));

for (const [what, request] of Object.entries({
  "an address of nobody's": () => ({ post_logout_redirect_uri: at("/bye") }),
  "an address that is not registered": () => ({ client_id: "dev-public", post_logout_redirect_uri: at("/other") }),
  "a hint that is none": () => ({ id_token_hint: "x.y.z", post_logout_redirect_uri: at("/bye") }),
  "an unknown client": () => ({ client_id: "nobody" }),
})) {
  test(`${what} does not keep the person signed in`, () => visiting(browser, { locale: "en" }, async (page) => {
    await signIn(page);
    await page.goto(`${server.issuer}/logout?${new URLSearchParams(request())}`);
    await person(page).heading("Sign out?");
    await page.getByText("The mistake is the application’s, not yours.").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await person(page).heading("You are signed out");
    assert.equal(new URL(page.url()).origin, server.issuer);
    assert.equal(await isSignedIn(page), false);
  }));
}
