// Auth.js with Express, unmodified, in Chromium: it asks UserInfo nothing and shows a person by the ID token.

import { createServer } from "node:http";
import { after, before, test } from "node:test";

import { ExpressAuth, getSession } from "@auth/express";
import express from "express";

import { launch, person } from "./support/browser.js";
import { place } from "./support/program.js";
import { serve } from "./support/server.js";

let server;
let alice;
let where;
let app;
let browser;

before(async () => {
  [where, server, browser] = await Promise.all([place(), serve(), launch()]);
  alice = await server.addUser("alice", "a long enough password");
  await server.command(["user", "set", "alice", "--claim", "name=Alice Liddell"]);
  const redirectUri = `${where.origin}/auth/callback/countersign`;
  const client = await server.addClient("blog", "--name", "Blog", "--redirect-uri", redirectUri);
  app = createServer(blog({
    id: "countersign", name: "Countersign", type: "oidc", issuer: server.issuer,
    clientId: client.client_id, clientSecret: client.client_secret,
  }));
  await new Promise((listening) => app.listen(where.port, "localhost", listening));
});
after(async () => {
  await browser?.close();
  app?.close();
  await server?.stop();
});

/** The application of Auth.js' documentation for Express. */
function blog(provider) {
  const config = { providers: [provider], secret: "a secret of the application's own", trustHost: true };
  const site = express();
  // Auth.js takes the path from the first unnamed parameter, which Express 5 has for expressions alone.
  site.use(/^\/auth\/(.*)/, ExpressAuth(config));
  site.get("/", async (request, response) => {
    const { user } = (await getSession(request, config)) ?? {};
    response.send(user ? `Hello, ${user.name} of ${user.email}!` : '<a href="/auth/signin">Sign in</a>');
  });
  return site;
}

test("a person signs in to an application with Auth.js, which knows her by name and address", async () => {
  const tab = await (await browser.newContext({ locale: "en" })).newPage();
  await tab.goto(where.origin);
  await tab.getByRole("link", { name: "Sign in" }).click();
  await tab.getByRole("button", { name: "Sign in with Countersign" }).click();
  await person(tab).signIn(alice);
  await person(tab).allow();
  await tab.waitForURL(`${where.origin}/`);
  await tab.getByText("Hello, Alice Liddell of alice@countersign.dev!").waitFor();
});
