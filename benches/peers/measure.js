// The whole comparison: starts all servers, checks them, drives them one after the other, prints the table.

import { mkdtemp, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { check } from "./checks.js";
import { countersign } from "./countersign.js";
import { peer } from "./peer.js";
import { report } from "./report.js";
import { save } from "./save.js";
import { stopAll } from "./support/processes.js";
import { CONNECTIONS, drive } from "./support/wrk.js";
import { fillPool, WORK } from "./work.js";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "5" },
    only: { type: "string", default: WORK.map(({ name }) => name).join(",") },
    save: { type: "boolean", default: false },
  },
});
const ROUNDS = Number(options.rounds);
const SECONDS = Number(options.seconds);
const CHOSEN = options.only.split(",").map((name) =>
  WORK.find((work) => work.name === name) ?? fail(`no work is called ${name}`));
const WARM_UP = 3;
/** Each run of wrk loses as many as it has connections, and one more that it builds to try the script. */
const TOKENS = (ROUNDS + 2) * (CONNECTIONS + 1) + 200;

const TMPFS = 0x01021994;
if ((await statfs(tmpdir())).type === TMPFS) fail(`${tmpdir()} is in memory: set TMPDIR to a folder on a disk`);
const folder = await mkdtemp(join(tmpdir(), "countersign-peers-"));
try {
  const servers = await startAll();
  const measured = [];
  for (const work of CHOSEN) measured.push(...await compare(servers, work));
  const text = report(measured, { rounds: ROUNDS, seconds: SECONDS });
  console.log(text);
  if (options.save) await save(text);
} finally {
  await stopAll();
  await rm(folder, { recursive: true, force: true });
}

async function startAll() {
  const all = { tokens: TOKENS, folder };
  const servers = [
    await countersign({ name: "Countersign, SQLite", ...all }),
    await countersign({ name: "Countersign, PostgreSQL", postgres: true, ...all }),
    await peer({ name: "node-oidc-provider, PostgreSQL", postgres: true, ...all }),
    await peer({ name: "node-oidc-provider, PostgreSQL, two processes", postgres: true, processes: 2, ...all }),
    await peer({ name: "node-oidc-provider, in memory", ...all }),
  ];
  for (const server of servers) {
    await check(server);
    fillPool(server);
  }
  return servers;
}

/** One kind of work in rounds, in which each server has its turn. */
async function compare(servers, work) {
  const lines = servers.map((server) => ({ server, work: work.name, runs: [] }));
  for (const { server } of lines) await drive(server, work, WARM_UP);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const line of lines) {
      const run = await drive(line.server, work, SECONDS);
      line.runs.push(run);
      console.error(`${work.name}, ${line.server.name}: ${Math.round(run.rate)}/s, ` +
        `CPU ${Math.round(run.cpu)} + ${Math.round(run.databaseCpu)} µs`);
    }
  }
  return lines;
}

function fail(why) {
  throw new Error(why);
}
