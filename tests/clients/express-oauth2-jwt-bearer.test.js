// express-oauth2-jwt-bearer, unmodified and strict (RFC 9068), as an API that knows only the issuer.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import express from "express";
import { auth, requiredScopes } from "express-oauth2-jwt-bearer";
import { decodeJwt, decodeProtectedHeader, generateKeyPair, SignJWT } from "jose";

import { listen } from "./support/http.js";
import { serve } from "./support/server.js";

const API = "https://notes.countersign.dev";
const OTHER_API = "https://photos.countersign.dev";

let server;
let client;
let alice;
let api;

before(async () => {
  server = await serve({ COUNTERSIGN_TOKENS__ACCESS_TTL: "4s" });
  alice = await server.addUser("alice", "a long enough password");
  await server.addResource(API);
  await server.addResource(OTHER_API);
  const may = ["--grant", "password", "--scope", "openid notes.read notes.write"];
  client = await server.addClient("app", ...may, "--resource", API, "--resource", OTHER_API);
  api = await listen(express()
    .set("env", "test")
    .use("/notes", protect(API), requiredScopes("notes.read"), answer)
    .use("/app", protect(client.client_id), answer));
});
after(async () => {
  await api?.stop();
  await server?.stop();
});

const protect = (audience) => auth({ issuerBaseURL: server.issuer, audience, strict: true, clockTolerance: 0 });
const answer = ({ auth: { payload } }, response) => response.json(payload);

async function tokens({ resource = API, scope = "openid notes.read" } = {}) {
  const credentials = Buffer.from(`${client.client_id}:${client.client_secret}`).toString("base64");
  const { username, password } = alice;
  const response = await fetch(`${server.issuer}/token`, {
    method: "POST",
    headers: { authorization: `Basic ${credentials}` },
    body: new URLSearchParams({ grant_type: "password", username, password, resource, scope }),
  });
  assert.equal(response.status, 200);
  return response.json();
}

const call = (path, token) => fetch(api.origin + path, { headers: { authorization: `Bearer ${token}` } });

async function assertRefused(token, { path = "/notes", status = 401, error = "invalid_token", why }) {
  const response = await call(path, token);
  assert.equal(response.status, status);
  const challenge = response.headers.get("www-authenticate");
  assert.match(challenge, new RegExp(`^Bearer .*error="${error}"`));
  assert.match(challenge, why);
}

test("an access token is accepted, and says who may do what", async () => {
  const response = await call("/notes", (await tokens()).access_token);
  assert.equal(response.status, 200);
  const claims = await response.json();
  assert.equal(claims.sub, alice.sub);
  assert.equal(claims.client_id, client.client_id);
  assert.match(claims.scope, /notes\.read/);
});

test("no token is refused", async () => {
  const response = await fetch(`${api.origin}/notes`);
  assert.equal(response.status, 401);
  assert.match(response.headers.get("www-authenticate"), /^Bearer (?!.*error)/);
});

test("an access token with too little scope is refused", async () => {
  const { access_token } = await tokens({ scope: "notes.write" });
  await assertRefused(access_token, { status: 403, error: "insufficient_scope", why: /scope="notes\.read"/ });
});

test("an access token for another API is refused", async () => {
  const { access_token } = await tokens({ resource: OTHER_API });
  await assertRefused(access_token, { why: /Unexpected 'aud' value/ });
});

test("an id_token is refused, by the API and where its audience is right", async () => {
  const { id_token } = await tokens();
  await assertRefused(id_token, { why: /Unexpected '(typ|aud)' value/ });
  await assertRefused(id_token, { path: "/app", why: /Unexpected 'typ' value/ });
});

test("an access token is refused once it has expired", async () => {
  const { access_token } = await tokens();
  await sleep((decodeJwt(access_token).exp + 1) * 1000 - Date.now());
  await assertRefused(access_token, { why: /'exp' claim timestamp check failed/ });
});

test("an altered access token is refused", async () => {
  const { access_token } = await tokens();
  const [header, , signature] = access_token.split(".");
  const claims = { ...decodeJwt(access_token), scope: "notes.read notes.write" };
  const altered = [header, Buffer.from(JSON.stringify(claims)).toString("base64url"), signature].join(".");
  await assertRefused(altered, { why: /signature verification failed/ });

  const thief = await generateKeyPair("RS256");
  const forged = await new SignJWT(claims).setProtectedHeader(decodeProtectedHeader(access_token)).sign(thief.privateKey);
  await assertRefused(forged, { why: /signature verification failed/ });
});
