// Starts the real binary, as an operator does, and stops it again.

import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const ROOT = resolve(import.meta.dirname, "../../..");
export const BINARY = resolve(ROOT, process.env.COUNTERSIGN_BIN ?? "target/release/countersign");

/** `countersign serve`, configured by environment variables alone. `prepare` adds clients and people before it starts. */
export async function serve(settings = {}, prepare = async () => {}) {
  const port = await freePort();
  const environment = {
    COUNTERSIGN_ISSUER: `http://localhost:${port}`,
    COUNTERSIGN_LISTEN: `127.0.0.1:${port}`,
    ...settings,
  };
  const prepared = async (server) => {
    await server.print(["migrate"]);
    await prepare(server);
  };
  const server = await start((data) => [["serve"], { ...environment, COUNTERSIGN_DATA_DIR: data }], prepared);
  server.issuer = environment.COUNTERSIGN_ISSUER;
  await ready(server);
  return server;
}

/** `countersign dev` with what it printed: the issuer and the seeded person. */
export async function dev() {
  const server = await start((data) => [["dev", "--listen", "127.0.0.1:0", "--data", data], {}]);
  const printed = await until(server, () => server.output.match(/Ctrl-C stops it/) && server.output);
  [, server.issuer] = printed.match(/runs on (http:\/\/localhost:\d+)/);
  const [, username, password] = printed.match(/sign in as +(\S+) +password +(\S+)/);
  server.alice = { username, password };
  [server.link] = printed.match(/http\S+\/authorize\?\S+/);
  await ready(server);
  return server;
}

async function start(command, prepare = async () => {}) {
  const data = await mkdtemp(join(tmpdir(), "countersign-test-"));
  const [args, settings] = command(data);
  const environment = { ...inherited(), ...settings };
  const server = { output: "" };

  /** Runs an administrative command beside the server, and gives what it prints. */
  server.print = (args, input = "") => new Promise((done, failed) => {
    const options = { cwd: data, env: { ...environment, COUNTERSIGN_DATA_DIR: data } };
    const running = execFile(BINARY, args, options, (error, stdout) => {
      if (error) failed(error); else done(stdout);
    });
    // One that reads no input may have ended already.
    running.stdin.on("error", () => {}).end(input);
  });
  /** The same, for its JSON. */
  server.command = async (args, input) => JSON.parse(await server.print([...args, "--json"], input));
  server.addUser = async (username, password) => {
    const args = ["user", "add", username, "--email", `${username}@countersign.dev`, "--password-stdin"];
    return { ...await server.command(args, `${password}\n`), password };
  };
  server.addResource = (...args) => server.command(["resource", "add", ...args]);
  server.addClient = (...args) => server.command(["client", "add", ...args]);

  await prepare(server);

  const child = spawn(BINARY, args, { cwd: data, env: environment, stdio: ["ignore", "pipe", "pipe"] });
  server.child = child;
  const ended = new Promise((done) => {
    child.on("error", (error) => done(`not started: ${error.message}`));
    child.on("exit", (code, signal) => done(signal ?? code));
  });
  const closed = ended.then((how) => { server.ended = how; });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => { server.output += bytes; });

  /** Stops it as a service manager does. It must end in order and have had no trouble of its own. */
  server.stop = async () => {
    child.kill("SIGTERM");
    await closed;
    await rm(data, { recursive: true, force: true });
    assert.equal(server.ended, 0, server.output);
    assert.doesNotMatch(server.output, /"level":"ERROR"|Z ERROR |panicked at/);
  };
  return server;
}

/** Fails if one of these secrets was logged. */
export function assertNotLogged(server, secrets) {
  assert.ok(server.output.length > 0, "the server logged its requests");
  for (const [name, secret] of Object.entries(secrets)) {
    assert.ok(secret, `${name} is known`);
    assert.ok(!server.output.includes(secret), `${name} is in the log`);
  }
}

/** The variables of this process, without a configuration. */
export function inherited() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("COUNTERSIGN_")));
}

async function ready(server) {
  await until(server, () => fetch(new URL("/health/ready", server.issuer)).then((response) => response.ok, () => false));
}

async function until(server, condition) {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(20)) {
    const value = await condition();
    if (value) return value;
    if (server.ended !== undefined) break;
  }
  server.child.kill("SIGKILL");
  throw new Error(`the server is not ready (ended: ${server.ended}):\n${server.output}`);
}

export function freePort() {
  return new Promise((done, failed) => {
    const probe = createServer().on("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => done(port));
    });
  });
}
