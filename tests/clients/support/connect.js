// The applications of "Connect in five minutes" in docs/clients.md, run as they are printed there, elsewhere than on the ports
// that they name.

import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { freePort } from "./server.js";

const ROOT = resolve(import.meta.dirname, "../../..");
const TOOLS = join(resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target"), "tests");
// What an application imports is found from here.
const PACKAGES = join(import.meta.dirname, "../node_modules");

/** What the section has, for a server and a place of the test's: the command that registers, and a text for each library. */
export async function section(issuer) {
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const page = await readFile(join(ROOT, "docs/clients.md"), "utf8");
  const [, ...text] = page.match(/^## Connect in five minutes\n(.*?)^## /ms);
  const here = text[0].replaceAll("http://localhost:8080", issuer).replaceAll("http://localhost:3000", origin)
    .replaceAll("localhost%3A3000", `localhost%3A${port}`).replaceAll("3000", String(port));
  const [start, ...parts] = here.split(/^(?=\*\*)/m);
  const texts = parts.map((part) => [part.match(/^\*\*([\w-]+)/)[1], code(part)]);
  return { port, origin, add: start.match(/countersign (client add .*)/)[1].split(" "), programs: Object.fromEntries(texts) };
}

/** The indented lines of a text, until the text goes on. */
function code(text) {
  return text.match(/^ {4}.*\n(?:(?: {4}.*)?\n)*/m)[0].replace(/^ {4}/gm, "").trimEnd() + "\n";
}

/** Runs an application until `stop`. `run` gives the command for the folder that it is in. */
async function start({ origin }, secret, [file, text], run) {
  const folder = await mkdtemp(join(PACKAGES, ".connect-"));
  await writeFile(join(folder, file), text);
  const env = { PATH: process.env.PATH, CLIENT_SECRET: secret };
  const child = spawn(...run, { cwd: folder, env, stdio: ["ignore", "pipe", "pipe"] });
  const app = { output: "" };
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => { app.output += bytes; });
  const closed = new Promise((done) => {
    child.on("error", (error) => done(`not started: ${error.message}`));
    child.on("exit", (status, signal) => done(signal ?? status));
  }).then((how) => { app.ended = how; });
  app.stop = async () => {
    child.kill("SIGKILL");
    await closed;
    await rm(folder, { recursive: true, force: true });
  };
  for (const deadline = Date.now() + 20_000; Date.now() < deadline && app.ended === undefined; await sleep(50)) {
    if (await fetch(origin, { redirect: "manual" }).then(() => true, () => false)) return app;
  }
  await app.stop();
  throw new Error(`the application is not ready (ended: ${app.ended}):\n${app.output}`);
}

export const node = (place, secret) =>
  start(place, secret, ["app.mjs", place.programs["openid-client"]], [process.execPath, ["app.mjs"]]);

export const flask = (place, secret) => {
  const run = ["-m", "flask", "run", "--port", String(place.port)];
  return start(place, secret, ["app.py", place.programs.Authlib], [join(TOOLS, "python/bin/python"), run]);
};
