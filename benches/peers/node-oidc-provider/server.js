// The process of the peer: it reads SETTINGS, serves, and sends what it seeded to who started it. With `processes`
// above 1 it starts as many of itself, which share the port.

import cluster from "node:cluster";
import { createServer } from "node:http";
import * as memory from "./memory.js";
import * as postgres from "./postgres.js";
import { provider, seed } from "./provider.js";

const settings = JSON.parse(process.env.SETTINGS);
const { port, database, processes, connections, tokens } = settings;

const pool = database && postgres.open(database, connections / processes);
const adapter = pool ? postgres.adapter(pool) : memory.adapter;
const oidc = provider({ ...settings, adapter });
oidc.on("server_error", (_, error) => console.error(error));

if (cluster.isPrimary) {
  if (pool) await postgres.createTables(pool);
  const seeded = await seed(oidc, tokens);
  if (processes === 1) await serve();
  else await Promise.all(Array.from({ length: processes }, fork));
  process.send(seeded);
} else {
  await serve();
}

function fork() {
  const worker = cluster.fork();
  return new Promise((listening) => worker.on("listening", listening));
}

function serve() {
  const server = createServer(oidc.callback());
  return new Promise((listening) => server.listen(port, "127.0.0.1", listening));
}
