// openid-client, unmodified: discovery, the code grant with PKCE, userinfo, and refresh token rotation.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import * as oidc from "openid-client";

import { Person } from "./support/person.js";
import { assertNotLogged, serve } from "./support/server.js";

const CALLBACK = "http://127.0.0.1/callback";
const API = "https://notes.countersign.dev";
const SCOPE = "openid profile email offline_access notes.read";

const METHODS = {
  none: { add: ["--public"], authentication: () => oidc.None() },
  client_secret_basic: { add: [], authentication: oidc.ClientSecretBasic },
  client_secret_post: { add: ["--auth-method", "client_secret_post"], authentication: oidc.ClientSecretPost },
};

let server;
let alice;

before(async () => {
  server = await serve();
  alice = await server.addUser("alice", "a long enough password");
  await server.addResource(API);
});
after(() => server?.stop());

for (const [method, { add, authentication }] of Object.entries(METHODS)) {
  describe(`a client with ${method}`, () => {
    let client;
    let config;

    before(async () => {
      const grants = ["--redirect-uri", CALLBACK, "--resource", API, "--scope", SCOPE];
      client = await server.addClient(`app-${method}`, "--name", "Photos", ...grants, ...add);
      config = await discover(authentication(client.client_secret));
    });

    const discover = (auth) => {
      const options = { execute: [oidc.allowInsecureRequests] };
      return oidc.discovery(new URL(server.issuer), client.client_id, undefined, auth, options);
    };

    /** The client's half of an authorization: what it sends, and what it expects of the answer. */
    const begin = async (more = {}) => {
      const checks = {
        pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
        expectedState: oidc.randomState(),
        expectedNonce: oidc.randomNonce(),
        idTokenExpected: true,
      };
      const url = oidc.buildAuthorizationUrl(config, {
        redirect_uri: CALLBACK,
        scope: SCOPE,
        state: checks.expectedState,
        nonce: checks.expectedNonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
        code_challenge_method: "S256",
        ...more,
      });
      return { checks, url };
    };
    const authorize = async ({ decision, ...more } = {}) => {
      const { checks, url } = await begin(more);
      return { checks, answer: await new Person(alice).authorize(url, decision) };
    };
    const signIn = async () => {
      const { checks, answer } = await authorize();
      return oidc.authorizationCodeGrant(config, answer, checks);
    };
    const refresh = (token) => oidc.refreshTokenGrant(config, token);

    test("is told by discovery that the server does what it needs", () => {
      const metadata = config.serverMetadata();
      assert.equal(metadata.issuer, server.issuer);
      assert.equal(metadata.supportsPKCE(), true);
      assert.equal(metadata.authorization_response_iss_parameter_supported, true);
      assert.ok(metadata.token_endpoint_auth_methods_supported.includes(method));
    });

    test("gets tokens and the person's claims", async () => {
      const tokens = await signIn();
      const claims = tokens.claims();
      assert.equal(claims.sub, alice.sub);
      assert.equal(claims.aud, client.client_id);
      assert.equal(tokens.token_type, "bearer");
      assert.equal(tokens.expiresIn() > 290, true);
      const person = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
      assert.equal(person.preferred_username, "alice");
      assert.equal(person.email, "alice@countersign.dev");
    });

    test("is not logged with its secrets", async () => {
      const { checks, answer } = await authorize();
      const tokens = await oidc.authorizationCodeGrant(config, answer, checks);
      const secrets = {
        code: answer.searchParams.get("code"),
        verifier: checks.pkceCodeVerifier,
        access: tokens.access_token,
        refresh: tokens.refresh_token,
        password: alice.password,
      };
      if (client.client_secret) secrets.secret = client.client_secret;
      assertNotLogged(server, secrets);
    });

    test("hears of a denial, with state and iss", async () => {
      const { checks, answer } = await authorize({ decision: "deny", prompt: "consent" });
      assert.equal(answer.searchParams.get("state"), checks.expectedState);
      assert.equal(answer.searchParams.get("iss"), server.issuer);
      const denied = { code: "OAUTH_AUTHORIZATION_RESPONSE_ERROR", error: "access_denied" };
      await assert.rejects(oidc.authorizationCodeGrant(config, answer, checks), denied);
    });

    test("refuses an answer with another or no iss, or another state", async () => {
      for (const [name, value] of [["iss", "https://evil.example"], ["iss", undefined], ["state", "another"]]) {
        const { checks, answer } = await authorize();
        if (value) answer.searchParams.set(name, value); else answer.searchParams.delete(name);
        await assert.rejects(oidc.authorizationCodeGrant(config, answer, checks), { code: "OAUTH_INVALID_RESPONSE" });
      }
    });

    test("refuses an id_token with another nonce", async () => {
      const { checks, answer } = await authorize();
      const grant = oidc.authorizationCodeGrant(config, answer, { ...checks, expectedNonce: "another" });
      await assert.rejects(grant, { code: "OAUTH_JWT_CLAIM_COMPARISON_FAILED" });
    });

    test("gets nothing for a code with another verifier, nor afterwards with the right one", async () => {
      const { checks, answer } = await authorize();
      const wrong = { ...checks, pkceCodeVerifier: oidc.randomPKCECodeVerifier() };
      await assert.rejects(oidc.authorizationCodeGrant(config, answer, wrong), { error: "invalid_grant" });
      await assert.rejects(oidc.authorizationCodeGrant(config, answer, checks), { error: "invalid_grant" });
    });

    test("gets nothing for a code that was used, and its first tokens end", async () => {
      const { checks, answer } = await authorize();
      const tokens = await oidc.authorizationCodeGrant(config, answer, checks);
      await assert.rejects(oidc.authorizationCodeGrant(config, answer, checks), { error: "invalid_grant" });
      await assert.rejects(refresh(tokens.refresh_token), { error: "invalid_grant" });
    });

    test("without PKCE is refused by the server", async () => {
      const { checks, url } = await begin();
      url.searchParams.delete("code_challenge");
      url.searchParams.delete("code_challenge_method");
      const answer = await new Person(alice).authorize(url);
      await assert.rejects(oidc.authorizationCodeGrant(config, answer, checks), { error: "invalid_request" });
    });

    test("rotates its refresh token, and a lost response logs nobody out", async () => {
      const first = await signIn();
      const second = await refresh(first.refresh_token);
      assert.notEqual(second.refresh_token, first.refresh_token);
      assert.equal(second.claims().sub, alice.sub);
      const repeated = await refresh(first.refresh_token);
      assert.equal(repeated.refresh_token, second.refresh_token);
      const third = await refresh(second.refresh_token);
      assert.notEqual(third.refresh_token, second.refresh_token);
      await oidc.fetchUserInfo(config, third.access_token, alice.sub);
    });

    test("loses the family when an old refresh token comes back after its successor was used", async () => {
      const first = await signIn();
      const second = await refresh(first.refresh_token);
      const third = await refresh(second.refresh_token);
      await oidc.fetchUserInfo(config, third.access_token, alice.sub);
      await assert.rejects(refresh(first.refresh_token), { error: "invalid_grant" });
      await assert.rejects(refresh(third.refresh_token), { error: "invalid_grant" });
      await assert.rejects(oidc.fetchUserInfo(config, third.access_token, alice.sub), { status: 401 });
    });

    if (method !== "none") {
      test("with a wrong secret gets nothing, and the refresh token stays good", async () => {
        const tokens = await signIn();
        const thief = await discover(authentication("cs_cs_wrong"));
        await assert.rejects(oidc.refreshTokenGrant(thief, tokens.refresh_token), { status: 401 });
        assert.ok((await refresh(tokens.refresh_token)).access_token);
      });
    }
  });
}
