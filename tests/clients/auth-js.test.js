// Auth.js with Express, unmodified, in Chromium: it asks UserInfo nothing and shows a person by the ID token.

import { createServer } from "node:http";
import { test } from "node:test";

import { ExpressAuth, getSession } from "@auth/express";
import express from "express";

import { person } from "./support/browser.js";
import { stage } from "./support/stage.js";

const on = stage(async ({ server, where }) => {
  await server.command(["user", "set", "alice", "--claim", "name=Alice Liddell"]);
  const redirectUri = `${where.origin}/auth/callback/countersign`;
  const client = await server.addClient("blog", "--name", "Blog", "--redirect-uri", redirectUri);
  const app = createServer(blog({
    id: "countersign", name: "Countersign", type: "oidc", issuer: server.issuer,
    clientId: client.client_id, clientSecret: client.client_secret,
  }));
  await new Promise((listening) => app.listen(where.port, "localhost", listening));
  return { stop: () => app.close() };
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
  const tab = await on.tab();
  await tab.goto(on.where.origin);
  await tab.getByRole("link", { name: "Sign in" }).click();
  await tab.getByRole("button", { name: "Sign in with Countersign" }).click();
  await person(tab).signIn(on.alice);
  await person(tab).allow();
  await tab.waitForURL(`${on.where.origin}/`);
  await tab.getByText("Hello, Alice Liddell of alice@countersign.dev!").waitFor();
});
