// openid-client, unmodified, with a key instead of a secret: client assertions, signed requests, and jose's keys that it
// publishes itself.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";

import { CompactEncrypt, SignJWT, exportJWK, generateKeyPair } from "jose";
import * as oidc from "openid-client";

import { Person } from "./support/person.js";
import { serve } from "./support/server.js";

const CALLBACK = "http://127.0.0.1/callback";
const SCOPE = "openid profile email offline_access";

let server;
let alice;
let published;

before(async () => {
  server = await serve({ COUNTERSIGN_OUTBOUND__ALLOWED_ADDRESSES: "127.0.0.1" });
  alice = await server.addUser("alice", "a long enough password");
  published = await publisher();
});
after(async () => {
  await server?.stop();
  published?.close();
});

/** A web server of the client's: what it has by path. */
async function publisher() {
  const documents = new Map();
  const web = createServer((request, response) => {
    const body = documents.get(request.url);
    response.writeHead(body ? 200 : 404).end(body);
  });
  await new Promise((done) => web.listen(0, "127.0.0.1", done));
  const url = (path) => `http://127.0.0.1:${web.address().port}${path}`;
  return { url, put: (path, body) => documents.set(path, body), close: () => web.close() };
}

async function newKey(alg, kid) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, key: privateKey, jwk: { ...await exportJWK(publicKey), kid, use: "sig" } };
}

const discover = (id, { key, kid }) => {
  const options = { execute: [oidc.allowInsecureRequests] };
  return oidc.discovery(new URL(server.issuer), id, undefined, oidc.PrivateKeyJwt({ key, kid }), options);
};

/** The parameters of a request, and what is expected of the answer. */
async function begin() {
  const checks = { pkceCodeVerifier: oidc.randomPKCECodeVerifier(), expectedState: oidc.randomState() };
  const parameters = {
    redirect_uri: CALLBACK,
    scope: SCOPE,
    state: checks.expectedState,
    code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: "S256",
  };
  return { checks, parameters };
}

for (const alg of ["RS256", "PS256", "ES256", "EdDSA"]) {
  describe(`a client with a key for ${alg}`, () => {
    const id = `app-${alg.toLowerCase()}`;
    let key;
    let config;

    before(async () => {
      key = await newKey(alg, "1");
      published.put(`/${id}`, JSON.stringify({ keys: [key.jwk] }));
      const keys = ["--auth-method", "private_key_jwt", "--metadata", `jwks_uri=${published.url(`/${id}`)}`];
      await server.addClient(id, "--redirect-uri", CALLBACK, "--scope", SCOPE, ...keys);
      config = await discover(id, key);
    });

    test("signs in, refreshes, introspects and revokes", async () => {
      const { checks, parameters } = await begin();
      const answer = await new Person(alice).authorize(oidc.buildAuthorizationUrl(config, parameters));
      const tokens = await oidc.authorizationCodeGrant(config, answer, checks);
      assert.equal(tokens.claims().sub, alice.sub);
      const next = await oidc.refreshTokenGrant(config, tokens.refresh_token);
      assert.equal((await oidc.tokenIntrospection(config, next.access_token)).active, true);
      await oidc.tokenRevocation(config, next.refresh_token);
      assert.equal((await oidc.tokenIntrospection(config, next.access_token)).active, false);
    });

    test("signs its request as a whole", async () => {
      const { checks, parameters } = await begin();
      const url = await oidc.buildAuthorizationUrlWithJAR(config, parameters, { key: key.key, kid: key.kid });
      assert.deepEqual([...url.searchParams.keys()].sort(), ["client_id", "request"]);
      const answer = await new Person(alice).authorize(url);
      const tokens = await oidc.authorizationCodeGrant(config, answer, checks);
      assert.equal(tokens.claims().sub, alice.sub);
    });

    test("with another key gets nothing", async () => {
      const thief = await discover(id, await newKey(alg, "1"));
      await assert.rejects(oidc.clientCredentialsGrant(thief), { status: 401 });
    });
  });
}

test("a client keeps its request where it said that it would", async () => {
  const key = await newKey("ES256", "1");
  const uri = published.url("/request.jwt");
  const keys = ["--auth-method", "private_key_jwt", "--metadata", `jwks=${JSON.stringify({ keys: [key.jwk] })}`];
  await server.addClient("kept", "--redirect-uri", CALLBACK, "--scope", SCOPE, ...keys, "--metadata", `request_uris=${uri}`);
  const config = await discover("kept", key);
  const { checks, parameters } = await begin();
  const object = new SignJWT({ ...parameters, response_type: "code", client_id: "kept" })
    .setProtectedHeader({ alg: "ES256", kid: "1", typ: "oauth-authz-req+jwt" })
    .setIssuer("kept").setAudience(server.issuer).setIssuedAt().setExpirationTime("1m");
  published.put("/request.jwt", await object.sign(key.key));
  const url = oidc.buildAuthorizationUrl(config, { client_id: "kept", request_uri: uri, redirect_uri: CALLBACK });
  const answer = await new Person(alice).authorize(url);
  assert.equal((await oidc.authorizationCodeGrant(config, answer, checks)).claims().sub, alice.sub);
});

test("an encrypted object is refused by its name", async () => {
  const key = await newKey("ES256", "1");
  const keys = ["--auth-method", "private_key_jwt", "--metadata", `jwks=${JSON.stringify({ keys: [key.jwk] })}`];
  await server.addClient("sealed", "--redirect-uri", CALLBACK, "--scope", SCOPE, ...keys);
  const sealed = await new CompactEncrypt(new TextEncoder().encode("{}"))
    .setProtectedHeader({ alg: "dir", enc: "A256GCM" }).encrypt(new Uint8Array(32));
  const url = new URL("/authorize", server.issuer);
  url.search = new URLSearchParams({ client_id: "sealed", redirect_uri: CALLBACK, request: sealed });
  const response = await fetch(url, { redirect: "manual" });
  assert.match(response.headers.get("location"), /error=invalid_request_object/);
});
