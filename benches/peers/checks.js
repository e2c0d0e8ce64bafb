// What has to be so before anything is measured: the servers do the same work, and what they promise they keep.

import assert from "node:assert/strict";
import { query } from "./support/database.js";
import { refresh, token } from "./support/http.js";

/** Fails if `server` signs otherwise than with RS256, or lets a refresh token be used again. */
export async function check(server) {
  const clientCredentials = await token(server, { grant_type: "client_credentials", scope: "notes.read" });
  assertRs256(clientCredentials.access_token);
  const keys = await (await fetch(server.url + server.paths.jwks)).json();
  assert.ok(keys.keys.some((key) => key.kty === "RSA" && key.n.length === 342), "there is a key of 2048 bits");
  await checkRotation(server);
}

/** Two refreshes, after which the first token is refused and, since it was copied, so is the newest. */
async function checkRotation(server) {
  const first = server.refreshTokens.pop();
  const second = await refreshed(server, first);
  const third = await refreshed(server, second);
  if (server.peer && server.database) await checkRows(server, [first, second, third]);
  for (const value of [first, third]) {
    const refused = await refresh(server, value);
    const reused = `${server.name}: a refresh token was used again`;
    assert.deepEqual([refused.status, refused.error], [400, "invalid_grant"], reused);
  }
}

async function refreshed(server, value) {
  const answer = await refresh(server, value);
  assert.equal(answer.status, 200, JSON.stringify(answer));
  assert.equal(answer.id_token, undefined, "one signature");
  assert.notEqual(answer.refresh_token, value);
  assertRs256(answer.access_token);
  return answer.refresh_token;
}

/** node-oidc-provider's rotation stands in the database: two are consumed, and the third is not. */
async function checkRows(server, values) {
  const statement = "SELECT id, consumed_at FROM oidc_refreshtoken WHERE id = ANY($1)";
  const rows = await query(server.database.url, statement, [values]);
  const consumed = values.map((value) => rows.find((row) => row.id === value)?.consumed_at);
  assert.ok(consumed[0] > 0 && consumed[1] > 0, "used tokens are marked in PostgreSQL");
  assert.strictEqual(consumed[2], null, "the newest is there, and unused");
}

function assertRs256(jwt) {
  const header = JSON.parse(Buffer.from(jwt.split(".")[0], "base64url"));
  assert.equal(header.alg, "RS256");
  assert.equal(Buffer.from(jwt.split(".")[2], "base64url").length, 256);
}
