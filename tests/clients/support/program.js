// A program of somebody else, unmodified, as a process of its own: started, waited for, stopped. All that it writes is in one folder.

import { spawn } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { freePort } from "./server.js";

const ROOT = resolve(import.meta.dirname, "../../..");
const TOOLS = join(resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target"), "tests");

/** A command of the Python environment `name` that tests/run.sh makes. */
export const python = (name, command) => join(TOOLS, name, "bin", command);

/** A command of an npm package. */
export const npm = (command) => join(import.meta.dirname, "../node_modules/.bin", command);

/** The place where a program will be: its addresses are registered before it starts. */
export async function place(host = "localhost") {
  const port = await freePort();
  return { port, origin: `http://${host}:${port}` };
}

/** A folder of its own, with a copy of what is in `programs/NAME`. */
export async function settle(name) {
  const folder = await mkdtemp(join(tmpdir(), `countersign-${name}-`));
  await cp(join(import.meta.dirname, "../programs", name), folder, { recursive: true });
  return folder;
}

/** Starts a program in `folder` and waits until `address` answers; `stop` ends it and removes the folder. */
export async function start([command, ...args], { folder, env, address, patience = 120_000 }) {
  const environment = { PATH: process.env.PATH, HOME: folder, ...env };
  const child = spawn(command, args, { cwd: folder, env: environment, stdio: ["ignore", "pipe", "pipe"] });
  const program = { output: "" };
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => { program.output += bytes; });
  const ended = new Promise((done) => {
    child.on("error", (error) => done(`not started: ${error.message}`));
    child.on("exit", (code, signal) => done(signal ?? code));
  });
  const closed = ended.then((how) => { program.ended = how; });
  program.stop = async () => {
    child.kill("SIGTERM");
    await closed;
    await rm(folder, { recursive: true, force: true });
  };
  for (const deadline = Date.now() + patience; Date.now() < deadline && program.ended === undefined; await sleep(100)) {
    if (await fetch(address).then(({ ok }) => ok, () => false)) return program;
  }
  await program.stop();
  throw new Error(`${command} is not ready (ended: ${program.ended}):\n${program.output}`);
}
