// Starts node-oidc-provider.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { basic } from "./support/http.js";
import { database } from "./support/database.js";
import { firstMessage, freePort, ready, start } from "./support/processes.js";

const PROGRAM = join(import.meta.dirname, "node-oidc-provider/server.js");
/** In all its processes: as many as Countersign has on two cores. */
const CONNECTIONS = 8;

/** In memory, or with `postgres` on a cluster of its own; `tokens` refresh tokens stand ready. */
export async function peer({ name, postgres, processes = 1, tokens, folder }) {
  const files = await mkdtemp(join(folder, "node-oidc-provider-"));
  const port = await freePort();
  const cluster = postgres ? await database() : undefined;
  const secret = randomBytes(32).toString("base64url");
  const settings = {
    issuer: `http://localhost:${port}`,
    port,
    secret,
    jwks: { keys: [signingKey()] },
    database: cluster?.url,
    connections: CONNECTIONS,
    processes,
    tokens,
  };
  const env = { PATH: process.env.PATH, NODE_ENV: "production", SETTINGS: JSON.stringify(settings) };
  const child = start(process.execPath, [PROGRAM], { env, stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const { refreshTokens, accessToken } = await firstMessage(child);
  const server = {
    name,
    peer: true,
    pid: child.pid,
    database: cluster,
    url: `http://127.0.0.1:${port}`,
    paths: { token: "/token", introspection: "/token/introspection", jwks: "/jwks" },
    authorization: basic("bench", secret),
    files,
    refreshTokens,
    accessToken: async () => accessToken,
  };
  await ready(server.url + server.paths.jwks, child);
  return server;
}

function signingKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: "bench" };
}
