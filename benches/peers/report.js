// The figures as Markdown.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, release, totalmem } from "node:os";

/** The most that a refresh may cost, server and database, as a part of node-oidc-provider's on PostgreSQL. */
const TARGETS = { "Countersign, SQLite": 0.30, "Countersign, PostgreSQL": 0.50 };

/** The table, with what it was measured on and whether a refresh costs as little as it should. */
export function report(lines, { rounds, seconds }) {
  const compared = lines.map((line) => ({ ...line, ...median(line.runs, total), ratio: ratio(line, lines) }));
  return [origin(lines, rounds, seconds), table(compared), verdicts(compared)].join("\n\n");
}

/** Of the values, the one in the middle by `size`. */
function median(values, size = Number) {
  return values.toSorted((a, b) => size(a) - size(b))[(values.length - 1) >> 1];
}

const total = ({ cpu, databaseCpu }) => cpu + databaseCpu;

/** Of the processor time of node-oidc-provider on PostgreSQL, with one process or two, whichever took less. */
function ratio(line, lines) {
  if (line.server.peer) return undefined;
  const peers = lines.filter(({ server, work }) => server.peer && server.database && work === line.work);
  const rounds = line.runs.map((run, round) => total(run) / Math.min(...peers.map(({ runs }) => total(runs[round]))));
  return median(rounds);
}

function table(lines) {
  const rows = lines.map(({ work, server, rate, p50, p99, cpu, databaseCpu, memory, ratio }) => [
    work, server.name, rate.toFixed(0), `${p50.toFixed(1)} / ${p99.toFixed(1)}`, cpu.toFixed(0),
    server.database ? databaseCpu.toFixed(0) : "", memory.toFixed(0), ratio?.toFixed(2) ?? "",
  ]);
  const head = ["work", "server", "requests/s", "p50 / p99 ms", "server CPU µs", "database CPU µs", "memory MiB",
    "of node-oidc-provider's CPU on PostgreSQL"];
  const rule = ["---", "---", "--:", "--:", "--:", "--:", "--:", "--:"];
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function verdicts(lines) {
  const refreshes = lines.filter(({ work, server }) => work === "refresh" && server.name in TARGETS);
  return refreshes.map(({ server, ratio }) => {
    const target = TARGETS[server.name];
    return `* A refresh by ${server.name}: ${ratio.toFixed(2)} of node-oidc-provider's processor time on PostgreSQL, ` +
      `at most ${target.toFixed(2)} is the target: **${ratio <= target ? "met" : "not met"}**.`;
  }).join("\n");
}

function origin(lines, rounds, seconds) {
  const postgres = lines.find(({ server }) => server.database).server.database.version;
  const version = (name) => createRequire(import.meta.url)(`${name}/package.json`).version;
  const git = { cwd: import.meta.dirname, encoding: "utf8" };
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], git).trim();
  const model = cpus()[0].model.trim();
  const programs = `node-oidc-provider ${peerVersion()}, pg ${version("pg")}, Node ${process.versions.node}`;
  return `${new Date().toISOString().slice(0, 10)}, Countersign at ${commit}, ${programs}, PostgreSQL ${postgres}; ` +
    `${cpus().length} cores (${model}), ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}. ` +
    `32 connections; the median of ${rounds} rounds of ${seconds} s. ` +
    `Other programs did ${Math.round(100 * others(lines))} % of what the machine did meanwhile.`;
}

function others(lines) {
  const shares = lines.flatMap(({ runs }) => runs.map((run) => run.others));
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

/** It exports no package.json. */
function peerVersion() {
  return JSON.parse(readFileSync(new URL("node_modules/oidc-provider/package.json", import.meta.url))).version;
}
