// jose as a client that verifies what it is told: ID tokens by each algorithm that it may choose, and signed UserInfo.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import * as oidc from "openid-client";
import { Person } from "./support/person.js";
import { serve } from "./support/server.js";

const ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"];
const CALLBACK = "https://app.countersign.dev/cb";
const CLAIMS = { id_token: { given_name: null }, userinfo: { birthdate: null } };

let server;
let alice;
let jwks;

before(async () => {
  const settings = { COUNTERSIGN_KEYS__ID_TOKEN_ALGORITHMS: ALGORITHMS.join(",") };
  server = await serve(settings, async (server) => {
    alice = await server.addUser("alice", "correct horse battery staple");
    await server.command(["user", "set", "alice", "--claim", "given_name=Alice", "--claim", "birthdate=1990-04-01"]);
    for (const algorithm of ALGORITHMS) {
      await server.addClient(`client-${algorithm}`, "--public", "--redirect-uri", CALLBACK,
        "--metadata", `id_token_signed_response_alg=${algorithm}`,
        "--metadata", `userinfo_signed_response_alg=${algorithm}`,
        "--metadata", "subject_type=pairwise");
    }
  });
  jwks = createRemoteJWKSet(new URL(`${server.issuer}/.well-known/jwks.json`));
});

after(() => server?.stop());

/** Signs alice in with openid-client, which verifies the ID token and UserInfo by itself as well. */
async function signIn(algorithm) {
  const client = { id_token_signed_response_alg: algorithm, userinfo_signed_response_alg: algorithm };
  const config = await oidc.discovery(new URL(server.issuer), `client-${algorithm}`, client, oidc.None(),
    { execute: [oidc.allowInsecureRequests] });
  oidc.enableNonRepudiationChecks(config);
  const [verifier, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomNonce()];
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: CALLBACK, scope: "openid email", nonce, claims: JSON.stringify(CLAIMS),
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256",
  });
  const answer = await new Person(alice).authorize(url);
  const tokens = await oidc.authorizationCodeGrant(config, answer, { pkceCodeVerifier: verifier, expectedNonce: nonce });
  return { config, tokens };
}

for (const algorithm of ALGORITHMS) {
  test(`${algorithm}: an ID token and UserInfo that the client chose verify`, async () => {
    const { config, tokens } = await signIn(algorithm);
    const expected = { issuer: server.issuer, audience: `client-${algorithm}`, algorithms: [algorithm] };
    const { payload, protectedHeader } = await jwtVerify(tokens.id_token, jwks, { ...expected, typ: "JWT" });
    assert.equal(protectedHeader.alg, algorithm);
    assert.equal(payload.given_name, "Alice");
    assert.equal(payload.acr, "urn:countersign:acr:password");
    assert.equal(payload.email, "alice@countersign.dev");
    assert.equal(payload.birthdate, undefined);
    assert.notEqual(payload.sub, alice.sub);
    assert.equal(decodeProtectedHeader(tokens.access_token).alg, "RS256");

    const told = await oidc.fetchUserInfo(config, tokens.access_token, payload.sub);
    assert.equal(told.email, "alice@countersign.dev");
    assert.equal(told.birthdate, "1990-04-01");
    const headers = { authorization: `Bearer ${tokens.access_token}` };
    const response = await fetch(`${server.issuer}/userinfo`, { headers });
    assert.equal(response.headers.get("content-type"), "application/jwt");
    const signed = await jwtVerify(await response.text(), jwks, expected);
    assert.equal(signed.payload.sub, payload.sub);

    const others = ALGORITHMS.filter((other) => other !== algorithm);
    await assert.rejects(jwtVerify(tokens.id_token, jwks, { ...expected, algorithms: others }), { code: "ERR_JOSE_ALG_NOT_ALLOWED" });
  });
}
