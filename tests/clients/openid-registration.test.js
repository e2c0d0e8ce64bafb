// openid-client and jose, unmodified, as a program that knows only the issuer: it registers itself with a key of its own, signs
// people in by signed requests whose answers are posted, and out again; every kind of token that comes of it is verified.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { createRemoteJWKSet, exportJWK, generateKeyPair, jwtVerify } from "jose";
import * as oidc from "openid-client";

import { listen } from "./support/http.js";
import { Person } from "./support/person.js";
import { serve } from "./support/server.js";

const CALLBACK = "https://photos.countersign.dev/callback";
const AFTERWARDS = "https://photos.countersign.dev/bye";
const SCOPE = "openid profile email offline_access";
const LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout";
const ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"];

let server;
let alice;
let photos;
let jwks;

before(async () => {
  server = await serve({
    COUNTERSIGN_REGISTRATION__MODE: "open",
    COUNTERSIGN_KEYS__ID_TOKEN_ALGORITHMS: ALGORITHMS.join(","),
    COUNTERSIGN_OUTBOUND__ALLOWED_ADDRESSES: "127.0.0.1",
  });
  alice = await server.addUser("alice", "a long enough password");
  photos = await receiver();
  jwks = createRemoteJWKSet(new URL("/.well-known/jwks.json", server.issuer));
});
after(async () => {
  await server?.stop();
  await photos?.stop();
});

/** The web server of the program, which is told of sessions that ended. */
async function receiver() {
  const waiting = [];
  const told = [];
  const web = await listen(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    const token = new URLSearchParams(body).get("logout_token");
    if (waiting.length > 0) waiting.shift()(token); else told.push(token);
    response.end();
  });
  const next = () => (told.length > 0 ? Promise.resolve(told.shift()) : new Promise((heard) => waiting.push(heard)));
  return { uri: `${web.origin}/logout-token`, next, stop: web.stop };
}

/** A program that has registered itself, and signs and verifies by one algorithm. */
async function register(alg, more = {}) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const key = { key: privateKey, kid: "1" };
  const metadata = {
    client_name: `Photos ${alg}`,
    redirect_uris: [CALLBACK],
    post_logout_redirect_uris: [AFTERWARDS],
    backchannel_logout_uri: photos.uri,
    backchannel_logout_session_required: true,
    scope: SCOPE,
    token_endpoint_auth_method: "private_key_jwt",
    token_endpoint_auth_signing_alg: alg,
    request_object_signing_alg: alg,
    require_signed_request_object: true,
    id_token_signed_response_alg: alg,
    userinfo_signed_response_alg: alg,
    jwks: { keys: [{ ...await exportJWK(publicKey), kid: "1", alg, use: "sig" }] },
    ...more,
  };
  const options = { execute: [oidc.allowInsecureRequests] };
  const config = await oidc.dynamicClientRegistration(new URL(server.issuer), metadata, oidc.PrivateKeyJwt(key), options);
  // It has the library verify signatures that came straight from the server too.
  oidc.enableNonRepudiationChecks(config);
  return { config, key };
}

/** Signs somebody in with a signed request, whose answer the browser posts. */
async function signIn({ config, key }, person, { maxAge, ...more } = {}) {
  const checks = {
    pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
    expectedState: oidc.randomState(),
    expectedNonce: oidc.randomNonce(),
    idTokenExpected: true,
    ...maxAge === undefined ? {} : { maxAge },
  };
  const parameters = {
    redirect_uri: CALLBACK,
    response_mode: "form_post",
    scope: SCOPE,
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: "S256",
    ...maxAge === undefined ? {} : { max_age: String(maxAge) },
    ...more,
  };
  const answer = await person.authorize(await oidc.buildAuthorizationUrlWithJAR(config, parameters, key));
  assert.ok(answer instanceof Request, "the answer was posted");
  return oidc.authorizationCodeGrant(config, answer, checks);
}

for (const alg of ALGORITHMS) {
  describe(`a program with a key for ${alg}`, () => {
    let program;

    before(async () => {
      program = await register(alg);
    });

    test("is told what was registered", () => {
      const client = program.config.clientMetadata();
      assert.match(client.client_id, /./);
      assert.equal(client.client_secret, undefined);
      assert.equal(client.token_endpoint_auth_signing_alg, alg);
      assert.equal(client.request_object_signing_alg, alg);
      assert.deepEqual(client.post_logout_redirect_uris, [AFTERWARDS]);
    });

    test("signs a person in by a signed request, and out again", async () => {
      const person = new Person(alice);
      const tokens = await signIn(program, person);
      const { sub, sid } = tokens.claims();
      assert.equal(sub, alice.sub);
      const issuer = server.issuer;
      const audience = program.config.clientMetadata().client_id;
      await jwtVerify(tokens.id_token, jwks, { issuer, audience, algorithms: [alg], typ: "JWT" });
      await jwtVerify(tokens.access_token, jwks, { issuer, algorithms: ["RS256"], typ: "at+jwt" });
      const claims = await oidc.fetchUserInfo(program.config, tokens.access_token, sub);
      assert.equal(claims.email, "alice@countersign.dev");

      const leave = { id_token_hint: tokens.id_token, post_logout_redirect_uri: AFTERWARDS, state: "st-1" };
      const afterwards = await person.leave(oidc.buildEndSessionUrl(program.config, leave));
      assert.equal(afterwards.href, `${AFTERWARDS}?state=st-1`);

      const requiredClaims = ["iat", "exp", "jti", "events"];
      const expected = { issuer, audience, algorithms: [alg], typ: "logout+jwt", requiredClaims };
      const { payload } = await jwtVerify(await photos.next(), jwks, expected);
      assert.deepEqual([payload.sub, payload.sid, payload.nonce], [sub, sid, undefined]);
      assert.deepEqual(payload.events, { [LOGOUT_EVENT]: {} });

      await assert.rejects(signIn(program, person, { prompt: "none" }), { error: "login_required" });
    });
  });
}

test("who signed in too long ago signs in again, and the library sees that in auth_time", async () => {
  const program = await register("ES256");
  const person = new Person(alice);
  const first = (await signIn(program, person)).claims();
  const within = (await signIn(program, person, { maxAge: 3600 })).claims();
  assert.equal(within.auth_time, first.auth_time);
  await sleep(2_100);
  const again = (await signIn(program, person, { maxAge: 1 })).claims();
  assert.ok(again.auth_time > first.auth_time);
});

test("a program that registered a default_max_age is told of auth_time without asking", async () => {
  const program = await register("ES256", { default_max_age: 3600, require_auth_time: true });
  assert.equal(program.config.clientMetadata().default_max_age, 3600);
  assert.ok(Number.isInteger((await signIn(program, new Person(alice))).claims().auth_time));
});

test("a program that promised to sign its requests is refused without", async () => {
  const { config } = await register("ES256");
  const plain = oidc.buildAuthorizationUrl(config, { redirect_uri: CALLBACK, scope: SCOPE, state: "st-1" });
  const response = await fetch(plain, { redirect: "manual" });
  assert.equal(response.status, 400);
  assert.match(await response.text(), /send\+a\+signed\+request\+object/);
});
