// One run of wrk: 32 connections that are kept alive, each with one request under way at any time.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { resolve } from "node:path";
import { cpu, machine, memory, own } from "./proc.js";

const SCRIPTS = resolve(import.meta.dirname, "../load");
export const CONNECTIONS = 32;

/** Drives `server` with `work` for `seconds`, and gives the figures. One failed request is an error. */
export async function drive(server, work, seconds) {
  const { script, path, ...parts } = await work.request(server);
  const { PATH } = process.env;
  const env = { PATH, LUA_PATH: `${SCRIPTS}/?.lua;;`, AUTHORIZATION: server.authorization, ...parts };
  const load = ["-t", "1", "-c", `${CONNECTIONS}`, "-d", `${seconds}s`, "--timeout", "10s"];
  const args = [...load, "-s", `${SCRIPTS}/${script}.lua`, server.url + path];
  const before = used(server);
  const child = spawn("wrk", args, { env, stdio: ["ignore", "pipe", "inherit"] });
  const [printed, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
  const after = used(server);

  const line = printed.split("\n").find((line) => line.startsWith("{"));
  if (code !== 0 || !line) throw new Error(`wrk failed: ${printed}`);
  const result = JSON.parse(line);
  if (result.failed + result.unanswered > 0 || result.requests === 0) {
    throw new Error(`${server.name}, ${work.name}: not every request was answered as it should: ${line}`);
  }
  return {
    rate: result.requests / result.seconds,
    p50: result.p50,
    p99: result.p99,
    cpu: (after.server - before.server) / result.requests,
    databaseCpu: (after.database - before.database) / result.requests,
    memory: memory(server.pid),
    others: others(before, after),
  };
}

function used(server) {
  const database = server.database ? cpu(server.database.pid) : 0;
  return { server: cpu(server.pid), database, own: own(), machine: machine() };
}

/** How much of the machine's work was for neither the server nor the load: what disturbs the figures. */
function others(before, after) {
  const spent = (of) => after[of] - before[of];
  return Math.max(0, 1 - (spent("server") + spent("database") + spent("own")) / spent("machine"));
}
