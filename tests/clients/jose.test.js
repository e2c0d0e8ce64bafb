// jose, unmodified, as an API that knows only the issuer: it accepts our access tokens and refuses all others.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, generateKeyPair, jwtVerify, SignJWT } from "jose";

import { serve } from "./support/server.js";

const API = "https://notes.countersign.dev";
const OTHER_API = "https://photos.countersign.dev";

let server;
let jwks;
let client;

before(async () => {
  server = await serve({ COUNTERSIGN_TOKENS__ACCESS_TTL: "3s" });
  const metadata = await (await fetch(`${server.issuer}/.well-known/openid-configuration`)).json();
  jwks = createRemoteJWKSet(new URL(metadata.jwks_uri));
  await server.addResource(API);
  await server.addResource(OTHER_API);
  const resources = ["--resource", API, "--resource", OTHER_API];
  client = await server.addClient("job", "--grant", "client_credentials", "--scope", "notes.read", ...resources);
});
after(() => server?.stop());

async function accessToken(resource = API) {
  const credentials = Buffer.from(`${client.client_id}:${client.client_secret}`).toString("base64");
  const response = await fetch(`${server.issuer}/token`, {
    method: "POST",
    headers: { authorization: `Basic ${credentials}` },
    body: new URLSearchParams({ grant_type: "client_credentials", scope: "notes.read", resource }),
  });
  assert.equal(response.status, 200);
  return (await response.json()).access_token;
}

/** What RFC 9068 §4 asks of an API. `key` is the server's JWKS unless a test says otherwise. */
function verify(token, { key = jwks, ...more } = {}) {
  return jwtVerify(token, key, { issuer: server.issuer, audience: API, typ: "at+jwt", algorithms: ["RS256"], ...more });
}

const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const wrongSignature = { code: "ERR_JWS_SIGNATURE_VERIFICATION_FAILED" };

test("an access token is accepted, and says who may do what", async () => {
  const { payload, protectedHeader } = await verify(await accessToken());
  assert.equal(protectedHeader.typ, "at+jwt");
  assert.equal(payload.client_id, client.client_id);
  assert.equal(payload.scope, "notes.read");
  assert.equal(payload.exp - payload.iat, 3);
  assert.ok(payload.jti);
});

test("a token with an altered header is refused", async () => {
  const token = await accessToken();
  const [, payload, signature] = token.split(".");
  const header = { ...decodeProtectedHeader(token), x: 1 };
  await assert.rejects(verify([encode(header), payload, signature].join(".")), wrongSignature);
});

test("a token with an altered payload is refused, for its signature and nothing else", async () => {
  const token = await accessToken();
  const [header, , signature] = token.split(".");
  const claims = { ...decodeJwt(token), scope: "notes.read notes.write" };
  await assert.rejects(verify([header, encode(claims), signature].join(".")), wrongSignature);

  const thief = await generateKeyPair("RS256");
  const forged = await new SignJWT(claims).setProtectedHeader(decodeProtectedHeader(token)).sign(thief.privateKey);
  assert.equal((await verify(forged, { key: thief.publicKey })).payload.scope, claims.scope);
  await assert.rejects(verify(forged), wrongSignature);
});

test("a token with one altered bit in its signature is refused", async () => {
  const [header, payload, signature] = (await accessToken()).split(".");
  const bytes = Buffer.from(signature, "base64url");
  for (const at of [0, bytes.length >> 1, bytes.length - 1]) {
    const altered = Buffer.from(bytes);
    altered[at] ^= 1;
    await assert.rejects(verify([header, payload, altered.toString("base64url")].join(".")), wrongSignature);
  }
  await assert.rejects(verify(`${header}.${payload}.`), wrongSignature);
});

test("a token without a signature algorithm is refused", async () => {
  const [, payload] = (await accessToken()).split(".");
  const none = `${encode({ alg: "none", typ: "at+jwt" })}.${payload}.`;
  await assert.rejects(verify(none), { code: "ERR_JOSE_ALG_NOT_ALLOWED" });
});

test("a token for another API is refused, and accepted there", async () => {
  const token = await accessToken(OTHER_API);
  await assert.rejects(verify(token), { code: "ERR_JWT_CLAIM_VALIDATION_FAILED", claim: "aud" });
  assert.equal((await verify(token, { audience: OTHER_API })).payload.aud, OTHER_API);
});

test("a token is refused by an API that trusts another issuer", async () => {
  const refused = { code: "ERR_JWT_CLAIM_VALIDATION_FAILED", claim: "iss" };
  await assert.rejects(verify(await accessToken(), { issuer: "https://login.countersign.dev" }), refused);
});

test("a token is refused from the second in which it expires", async () => {
  const token = await accessToken();
  const { exp } = decodeJwt(token);
  await verify(token, { currentDate: new Date((exp - 1) * 1000) });
  await assert.rejects(verify(token, { currentDate: new Date(exp * 1000) }), { code: "ERR_JWT_EXPIRED" });
});

test("a token expires by itself", async () => {
  const token = await accessToken();
  await verify(token);
  await sleep(decodeJwt(token).exp * 1000 - Date.now() + 20);
  await assert.rejects(verify(token), { code: "ERR_JWT_EXPIRED" });
});
