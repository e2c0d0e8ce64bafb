// What Linux says of processes.

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

const MICROSECONDS_A_TICK = 1e6 / Number(execFileSync("getconf", ["CLK_TCK"]));

/** Processor time of `root` and all below it in µs, with those that ended and were waited for. */
export function cpu(root) {
  let ticks = 0;
  for (const pid of tree(root)) {
    const fields = stat(pid);
    ticks += fields.user + fields.system;
    if (pid === root) ticks += fields.waitedUser + fields.waitedSystem;
  }
  return ticks * MICROSECONDS_A_TICK;
}

/** That of this process, and of those that it started and that ended, as wrk does. */
export function own() {
  const { user, system, waitedUser, waitedSystem } = stat(process.pid);
  return (user + system + waitedUser + waitedSystem) * MICROSECONDS_A_TICK;
}

/** Processor time of all programs on this machine, in µs. */
export function machine() {
  const ticks = read("/proc/stat").split("\n")[0].split(/ +/).slice(1).map(Number);
  const [user, nice, system, , , irq, softirq, steal] = ticks;
  return (user + nice + system + irq + softirq + steal) * MICROSECONDS_A_TICK;
}

/** Memory of `root` and all below it, in MiB. What several share counts once. */
export function memory(root) {
  const shares = tree(root).map((pid) => {
    const text = read(`/proc/${pid}/smaps_rollup`);
    return Number(text.match(/^Pss: +(\d+) kB/m)?.[1] ?? 0);
  });
  return shares.reduce((sum, share) => sum + share, 0) / 1024;
}

function tree(root) {
  return [root, ...tasks(root).flatMap((task) =>
    read(`/proc/${root}/task/${task}/children`).split(" ").filter(Boolean).flatMap((pid) => tree(Number(pid))))];
}

/** Those of a process that has just ended are none. */
function tasks(pid) {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function stat(pid) {
  const text = read(`/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ").map(Number);
  const [user, system, waitedUser, waitedSystem] = fields.length > 14 ? fields.slice(11, 15) : [0, 0, 0, 0];
  return { user, system, waitedUser, waitedSystem };
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
