// The kinds of work, each as the request that wrk is to send.

import { join } from "node:path";
import { writeFileSync } from "node:fs";

const form = (fields) => new URLSearchParams(fields).toString();
const post = (path, fields, expected) =>
  ({ script: "repeat", METHOD: "POST", path, BODY: form(fields), EXPECTED: expected });

export const WORK = [
  {
    name: "client_credentials",
    request: ({ paths }) =>
      post(paths.token, { grant_type: "client_credentials", scope: "notes.read" }, '"access_token"'),
  },
  {
    name: "refresh",
    request: ({ paths, files }) => ({ script: "refresh", path: paths.token, POOL: pool(files) }),
  },
  {
    name: "introspection",
    request: async ({ paths, accessToken }) =>
      post(paths.introspection, { token: await accessToken() }, '"active":true'),
  },
  {
    name: "JWKS",
    request: ({ paths }) => ({ script: "repeat", METHOD: "GET", path: paths.jwks, EXPECTED: '"keys"' }),
  },
];

const pool = (files) => join(files, "pool");

/** Writes the refresh tokens to where the load takes them from. */
export function fillPool(server) {
  writeFileSync(pool(server.files), server.refreshTokens.join("\n") + "\n");
}
