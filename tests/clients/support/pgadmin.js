// pgAdmin 4: an instance of its own, in a Python environment of its own. All that it reads and writes is in one folder.

import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { freePort } from "./server.js";

const ROOT = resolve(import.meta.dirname, "../../..");
const ENVIRONMENT = join(resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target"), "tests/pgadmin");
const CONFIGURATION = join(import.meta.dirname, "../pgadmin");
// The first start compiles it.
const PATIENCE = 120_000;

/** Where it will be. Its addresses have to be registered before it starts. */
export async function place() {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  return { port, origin, redirectUri: `${origin}/oauth2/authorize`, afterwards: `${origin}/` };
}

/** Starts pgAdmin there, as the client `client` of `issuer`. */
export async function pgadmin({ port, origin }, issuer, client) {
  const folder = await mkdtemp(join(tmpdir(), "countersign-pgadmin-"));
  const [python] = await readdir(join(ENVIRONMENT, "lib")).catch(() => {
    throw new Error(`there is no pgAdmin in ${ENVIRONMENT}: tests/run.sh installs it`);
  });
  const program = join(ENVIRONMENT, "lib", python, "site-packages/pgadmin4/pgAdmin4.py");
  const environment = {
    PATH: process.env.PATH, HOME: folder, PYTHONPATH: CONFIGURATION, DIR: folder, PORT: port, ISSUER: issuer,
    CLIENT_ID: client.client_id, CLIENT_SECRET: client.client_secret,
    PGADMIN_SETUP_EMAIL: "operator@countersign.dev", PGADMIN_SETUP_PASSWORD: "the password of nobody",
  };
  const options = { cwd: folder, env: environment, stdio: ["ignore", "pipe", "pipe"] };
  const child = spawn(join(ENVIRONMENT, "bin/python"), [program], options);
  const app = { output: "" };
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => { app.output += bytes; });
  const ended = new Promise((done) => {
    child.on("error", (error) => done(`not started: ${error.message}`));
    child.on("exit", (code, signal) => done(signal ?? code));
  });
  const closed = ended.then((how) => { app.ended = how; });

  app.stop = async () => {
    child.kill("SIGTERM");
    await closed;
    await rm(folder, { recursive: true, force: true });
  };
  for (const deadline = Date.now() + PATIENCE; Date.now() < deadline && app.ended === undefined; await sleep(100)) {
    if (await fetch(`${origin}/misc/ping`).then(({ ok }) => ok, () => false)) return app;
  }
  await app.stop();
  throw new Error(`pgAdmin is not ready (ended: ${app.ended}):\n${app.output}`);
}
