// A PostgreSQL cluster for one server alone, so that what works in the background is counted to whom it works for.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import pg from "pg";
import { firstLine, start } from "./processes.js";

const SCRIPT = resolve(import.meta.dirname, "../../../tests/postgres.sh");

/** Starts one that waits for the disk: its URL, and the process that all others of it are below. */
export async function database() {
  const args = [SCRIPT, "--durable", "sh", "-c", 'echo "$COUNTERSIGN_TEST_POSTGRES_URL"; exec cat'];
  const child = start("bash", args, { stdio: ["pipe", "pipe", "inherit"] });
  const url = await firstLine(child);
  for (const setting of ["fsync", "synchronous_commit", "full_page_writes"]) {
    const [row] = await query(url, `SHOW ${setting}`);
    assert.equal(row[setting], "on", `${setting} is on`);
  }
  const [{ data_directory: directory }] = await query(url, "SHOW data_directory");
  const pid = Number((await readFile(`${directory}/postmaster.pid`, "utf8")).split("\n")[0]);
  const [{ server_version: version }] = await query(url, "SHOW server_version");
  return { url, pid, version: version.split(" ")[0] };
}

/** The rows of one query, on a connection of its own. */
export async function query(url, text, values) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text, values)).rows;
  } finally {
    await client.end();
  }
}
