// Callbacks that redirect on to another origin, as brokers and front ends beside their API do: the person arrives after
// every form of ours. Chromium applies a page's policy to the whole chain of redirects after its form.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { application, launch, person, visiting } from "./support/browser.js";
import { listen } from "./support/http.js";
import { dev } from "./support/server.js";

let server;
let browser;
let home;
let api;

const page = (title) => `<!doctype html><title>${title}</title><link rel="icon" href="data:,"><h1>${title}</h1>`;
const shown = (title) => (_, response) => response.setHeader("content-type", "text/html").end(page(title));

before(async () => {
  server = await dev();
  home = await listen(shown("Home"));
  // The callback of an application whose front end is elsewhere. `app` stands for a scheme of the device.
  api = await listen((request, response) => {
    const { pathname, search } = new URL(request.url, "http://127.0.0.1");
    const to = pathname === "/app" ? `com.example.photos:/home${search}` : `${home.origin}/home${search}`;
    response.writeHead(request.method === "POST" ? 303 : 302, { location: to }).end();
  });
  const hops = ["--redirect-uri", at("/hop"), "--redirect-uri", at("/app")];
  await server.addClient("photos", "--public", "--name", "Photos", ...hops);
  await server.addClient("own", "--public", "--first-party", "--name", "Own", ...hops);
  const back = [`frontchannel_logout_uri=${at("/front")}`, `post_logout_redirect_uris=${at("/bye")}`];
  await server.command(["client", "set", "photos", ...back.flatMap((line) => ["--metadata", line])]);
  browser = await launch({ whole: true });
});
after(async () => {
  await browser?.close();
  await home?.stop();
  await api?.stop();
  await server?.stop();
});

const at = (path) => api.origin + path;

/** An authorization request of a client of this file. */
async function request(client_id, more = {}) {
  const app = await application(server.issuer, client_id);
  app.stop();
  return app.request({ scope: "openid", redirect_uri: at("/hop"), ...more });
}

async function arrived(page) {
  await page.getByRole("heading", { name: "Home" }).waitFor();
  return new URL(page.url()).searchParams;
}

async function signIn(page) {
  await page.goto(`${server.issuer}/login`);
  await person(page).signIn(server.alice);
  await person(page).heading("You are signed in");
}

const visit = (steps, more = {}) => visiting(browser, { locale: "en", ...more }, steps);

test("Allow and Deny lead through a callback to the page of another origin", () => visit(async (page) => {
  await page.goto(await request("photos", { prompt: "consent" }));
  await person(page).signIn(server.alice);
  await person(page).deny();
  assert.equal((await arrived(page)).get("error"), "access_denied");
  await page.goto(await request("photos", { prompt: "consent" }));
  await person(page).allow();
  assert.ok((await arrived(page)).get("code"));
}));

test("signing in at an application of the same operator does", () => visit(async (page) => {
  await page.goto(await request("own"));
  await person(page).signIn(server.alice);
  assert.ok((await arrived(page)).get("code"));
}));

test("choosing an account does", () => visit(async (page) => {
  await signIn(page);
  await page.goto(await request("own", { prompt: "select_account" }));
  await page.getByRole("button", { name: server.alice.username, exact: true }).click();
  assert.ok((await arrived(page)).get("code"));
}));

for (const javaScriptEnabled of [true, false]) {
  test(`an answer that is posted does, with JavaScript ${javaScriptEnabled ? "on" : "off"}`, () => visit(async (page) => {
    await page.goto(await request("own", { response_mode: "form_post" }));
    await person(page).signIn(server.alice);
    if (!javaScriptEnabled) await page.getByRole("button", { name: "Continue" }).click();
    await arrived(page);
  }, { javaScriptEnabled }));
}

test("signing out does, and a frame that redirects is loaded", () => visit(async (page, context) => {
  await page.goto(await request("photos", { prompt: "consent" }));
  await person(page).signIn(server.alice);
  await person(page).allow();
  await arrived(page);
  const framed = context.waitForEvent("requestfinished", (request) => request.url().startsWith(`${home.origin}/home?iss=`));
  const back = { client_id: "photos", post_logout_redirect_uri: at("/bye"), state: "the state" };
  await page.goto(`${server.issuer}/logout?${new URLSearchParams(back)}`);
  await page.getByRole("button", { name: "Sign out" }).click();
  await framed;
  assert.equal((await arrived(page)).get("state"), "the state");
}));

test("an IPv6 address is reached", async () => {
  const app = await listen(shown("Home"), "::1");
  try {
    await visit(async (page) => {
      await server.addClient("six", "--public", "--name", "Six", "--redirect-uri", "http://[::1]/cb");
      await page.goto(await request("six", { redirect_uri: `${app.origin}/cb`, prompt: "consent" }));
      await person(page).signIn(server.alice);
      await person(page).allow();
      assert.ok((await arrived(page)).get("code"));
    });
  } finally {
    await app.stop();
  }
});

test("an app on the device is called by its scheme after a callback", async () => {
  const context = await browser.newContext({ locale: "en" });
  try {
    const page = await context.newPage();
    const said = [];
    page.on("console", (message) => said.push(message.text()));
    await page.goto(await request("photos", { redirect_uri: at("/app"), prompt: "consent" }));
    await person(page).signIn(server.alice);
    // There is no such app here, and the browser gives up at its address: that far it may go.
    const called = page.waitForEvent("requestfailed", (request) => request.url().startsWith("com.example.photos:/home?code="));
    await person(page).allow();
    assert.equal((await called).failure().errorText, "net::ERR_ABORTED");
    assert.doesNotMatch(said.join("\n"), /Content Security Policy/);
  } finally {
    await context.close();
  }
});
