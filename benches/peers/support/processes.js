// Processes that are started for a run and end with it.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const started = [];
// Whatever ends this process, none of them stays behind.
process.on("exit", () => started.forEach((child) => child.kill()));

/** Starts a process that runs until `stopAll`. `stdio` is as for `spawn`. */
export function start(command, args, options) {
  const child = spawn(command, args, options);
  child.on("error", (error) => { throw error; });
  started.unshift(child);
  return child;
}

/** Ends all of them, the last one first: by closing their input, if they read any, or by SIGTERM. */
export async function stopAll() {
  for (const child of started) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, "exit");
    if (child.stdin) child.stdin.end();
    else child.kill("SIGTERM");
    await ended;
  }
}

/** Runs a command and gives what it printed. */
export async function output(command, args, { input = "", ...options } = {}) {
  const running = promisify(execFile)(command, args, options);
  running.child.stdin.on("error", () => {}).end(input);
  return (await running).stdout;
}

/** The first line that a process prints. */
export async function firstLine(child) {
  for await (const line of createInterface(child.stdout)) return line;
  throw new Error(`${child.spawnargs.join(" ")} ended before it was ready`);
}

/** The first message that a Node process sends. */
export async function firstMessage(child) {
  const ended = once(child, "exit").then(() => {
    throw new Error(`${child.spawnargs.join(" ")} ended before it was ready`);
  });
  // The one that comes later is of no interest.
  ended.catch(() => {});
  const [message] = await Promise.race([once(child, "message"), ended]);
  return message;
}

/** Waits until `url` answers 200. */
export async function ready(url, child) {
  for (const deadline = Date.now() + 30_000; Date.now() < deadline && child.exitCode === null; await sleep(20)) {
    if (await fetch(url).then((response) => response.ok, () => false)) return;
  }
  throw new Error(`nothing answers at ${url}`);
}

export function freePort() {
  return new Promise((found, failed) => {
    const probe = createServer().on("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => found(port));
    });
  });
}
