// Starts Countersign with its default configuration.

import { openSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { basic, token } from "./support/http.js";
import { database } from "./support/database.js";
import { freePort, output, ready, start } from "./support/processes.js";

const BINARY = process.env.COUNTERSIGN_BIN;
const API = "https://api.example.com";
/** A person may have 100 grants with a client. */
const GRANTS_A_PERSON = 80;
const PASSWORD = "correct horse battery staple";

/** On SQLite in a file, or with `postgres` on a cluster of its own; `tokens` refresh tokens stand ready. */
export async function countersign({ name, postgres, tokens, folder }) {
  const data = await mkdtemp(join(folder, "countersign-"));
  const port = await freePort();
  const cluster = postgres ? await database() : undefined;
  const env = {
    PATH: process.env.PATH,
    COUNTERSIGN_ISSUER: `http://localhost:${port}`,
    COUNTERSIGN_LISTEN: `127.0.0.1:${port}`,
    COUNTERSIGN_DATA_DIR: data,
    ...(cluster && { COUNTERSIGN_DATABASE__URL: cluster.url }),
  };
  const run = (args, input) => output(BINARY, args, { env, cwd: data, input });
  await run(["migrate"]);
  const secret = await register(run);
  const people = await addPeople(run, Math.ceil(tokens / GRANTS_A_PERSON));

  const log = openSync(join(data, "log"), "w");
  const child = start(BINARY, ["serve"], { env, cwd: data, stdio: ["ignore", log, log] });
  const server = {
    name,
    peer: false,
    pid: child.pid,
    database: cluster,
    url: `http://127.0.0.1:${port}`,
    paths: { token: "/token", introspection: "/introspect", jwks: "/.well-known/jwks.json" },
    authorization: basic("bench", secret),
    files: data,
  };
  await ready(`${server.url}/health/ready`, child);
  server.refreshTokens = await grants(server, people, tokens);
  // A new one for each run: they are valid for five minutes.
  server.accessToken = async () =>
    (await token(server, { grant_type: "client_credentials", scope: "notes.read" })).access_token;
  return server;
}

async function register(run) {
  await run(["resource", "add", API, "--scope", "notes.read"]);
  const grantTypes = ["client_credentials", "password", "refresh_token"].flatMap((grant) => ["--grant", grant]);
  const scope = ["--scope", "notes.read offline_access"];
  const client = await run(["client", "add", "bench", ...grantTypes, ...scope, "--resource", API, "--json"]);
  return JSON.parse(client).client_secret;
}

async function addPeople(run, count) {
  const names = Array.from({ length: count }, (_, n) => `person-${n}`);
  for (const name of names) await run(["user", "add", name, "--password-stdin"], `${PASSWORD}\n`);
  return names;
}

async function grants(server, people, tokens) {
  const refreshTokens = [];
  for (let n = 0; n < tokens; n += 1) {
    const username = people[n % people.length];
    const answer = await token(server, { grant_type: "password", username, password: PASSWORD });
    refreshTokens.push(answer.refresh_token);
  }
  return refreshTokens;
}
