// Chromium, and an application that it comes back to.

import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { createServer } from "node:http";

import { chromium } from "playwright-core";

const ARGUMENTS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];

const BROWSER = process.env.CHROMIUM ?? "/usr/bin/chromium";
// The same engine without a browser around it, for half the CPU.
const ENGINE = process.env.CHROMIUM_ENGINE ?? "/usr/bin/chromium-headless-shell";

/** Starts Chromium: its engine alone where there is one, or the `whole` browser, for tests of windows and of ways out of a page. */
export function launch({ whole = false } = {}) {
  const executablePath = !whole && existsSync(ENGINE) ? ENGINE : BROWSER;
  return chromium.launch({ executablePath, args: ARGUMENTS });
}

/**
 * Runs `visit` in a browser of its own. Whatever the browser complains of fails the test: an exception, a violated
 * policy, an error in the console. `refusals` are the statuses of 400 and more that the test provokes, in order.
 */
export async function visiting(browser, options, visit) {
  const { refusals = [], ...settings } = options;
  const context = await browser.newContext(settings);
  const complaints = [];
  const refused = [];
  context.on("weberror", (error) => complaints.push(String(error.error())));
  context.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  context.on("response", (response) => {
    if (response.status() >= 400) refused.push(response.status());
  });
  context.setDefaultTimeout(10_000);
  try {
    await visit(await context.newPage(), context);
  } finally {
    await context.close();
  }
  assert.deepEqual(refused, refusals, "the answers of 400 and more");
  const unexpected = complaints.filter((text) => !/^Failed to load resource: the server responded with/.test(text));
  assert.deepEqual(unexpected, [], "what the browser complained of");
}

/**
 * An application on another origin: it asks for authorization, and keeps the answers that the browser brings. Its `issuer`
 * may be set later, where the application is there first.
 */
export async function application(issuer, clientId) {
  const answers = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url, "http://127.0.0.1");
    if (url.pathname === "/callback") answers.push(url.searchParams);
    const icon = '<link rel="icon" href="data:,">';
    response.setHeader("content-type", "text/html").end(`<!doctype html><title>The application</title>${icon}`);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const redirectUri = `http://127.0.0.1:${server.address().port}/callback`;
  const verifier = randomBytes(32).toString("base64url");
  const challenge = createHash("sha256").update(verifier).digest("base64url");

  const app = {
    issuer,
    answers,
    redirectUri,
    /** The parameters that a code of its own is redeemed with. */
    exchange: (code) => ({
      grant_type: "authorization_code", code, client_id: clientId, redirect_uri: redirectUri, code_verifier: verifier,
    }),
    stop: () => server.close(),
    /** The address of an authorization request. */
    request: (more = {}) => `${app.issuer}/authorize?${new URLSearchParams({
      response_type: "code",
      client_id: clientId,
      redirect_uri: redirectUri,
      scope: "openid notes.read",
      state: "the state",
      code_challenge: challenge,
      code_challenge_method: "S256",
      ...more,
    })}`,
    /** Whom a code is for: the claims of the id_token that it is redeemed for. */
    redeem: async (code) => {
      const response = await fetch(`${app.issuer}/token`, { method: "POST", body: new URLSearchParams(app.exchange(code)) });
      assert.equal(response.status, 200);
      const { id_token } = await response.json();
      return JSON.parse(Buffer.from(id_token.split(".")[1], "base64url"));
    },
  };
  return app;
}

/** The pages as a person uses them: by what is written on them, in English. */
export const person = (page) => ({
  async signIn({ username, password }) {
    await page.getByLabel("Username").fill(username);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
  },
  allow: () => page.getByRole("button", { name: "Allow" }).click(),
  deny: () => page.getByRole("button", { name: "Deny" }).click(),
  heading: async (text) => page.getByRole("heading", { level: 1, name: text }).waitFor(),
});
