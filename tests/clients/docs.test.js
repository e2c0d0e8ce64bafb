// Every block of commands in README.md and docs: run in order from a folder like a reader's, compared with `--help`, or named here
// with the reason why it is not run.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";

import { commandBlocks, shell } from "./support/documents.js";
import { Person } from "./support/person.js";
import { BINARY, freePort } from "./support/server.js";

const BUILDS = "compiles the program, which tests/run.sh does";
const SYSTEM = "changes the system: accounts, services, a database server";

/** Blocks that are not run, by document and beginning. */
const NOT_RUN = {
  "README.md": { "cargo run --release -- dev": BUILDS, "bash tests/run.sh": "runs all tests" },
  "CONTRIBUTING.md": { "cargo run -- dev": BUILDS },
  "tests/README.md": { "bash tests/run.sh": "runs all tests" },
  "benches/peers/README.md": { "bash benches/peers/run.sh": "measures other servers" },
  "docs/performance.md": { "cargo bench": "measures for minutes; tests/run.sh runs it briefly" },
  "docs/telemetry.md": { "cargo build --release --features otel": BUILDS },
  "docs/clients.md": {
    "curl -s https://login.example.com/token": "is among the printed settings: settings.test.js",
    "curl https://login.example.com/register": "needs a token for registration: openid-registration.test.js",
  },
  "docs/operating.md": {
    "useradd --system": SYSTEM,
    "sudo -u countersign countersign --config /etc/countersign/countersign.toml config check": SYSTEM,
    "sudo -u countersign countersign --config /etc/countersign/countersign.toml doctor": SYSTEM,
    "psql -c \"CREATE ROLE": SYSTEM,
  },
  "docs/resource-servers.md": { "curl -s -u web:$SECRET": "is about a client of the reader's" },
};

/** Lists of commands with their options, by document and beginning: compared with `--help`. */
const LISTS = {
  "README.md": ["countersign dev [--listen ADDR]"],
  "docs/operating.md": ["countersign key list "],
  "docs/people-and-grants.md": [
    "countersign user add USERNAME", "countersign client lock ID", "countersign grant list [", "countersign consent list [",
  ],
};

/** What a reader of a document has before the first block, and what differs on the machine of a test. */
const READERS = {
  "README.md": {
    edit: (text, { folder }) => text.replace(/^(cargo build|install -m 755) .*\n/gm, "")
      .replaceAll("/var/lib/countersign", join(folder, "var")),
  },
  "docs/applications.md": { begin: (reader) => reader.run("countersign migrate\n") },
  "docs/clients.md": {
    onPath: false,
    async begin(reader, port) {
      await reader.run(`target/release/countersign dev --listen 127.0.0.1:${port} > dev.log &`);
      const log = () => readFile(join(reader.folder, "dev.log"), "utf8");
      await reader.until(async () => (await log()).includes("Ctrl-C"), "dev");
      const [, username, password] = (await log()).match(/sign in as +(\S+) +password +(\S+)/);
      const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const key = { ...publicKey.export({ format: "jwk" }), kid: "2026-1", alg: "ES256", use: "sig" };
      await reader.save("public-jwks.json", JSON.stringify({ keys: [key] }));
      return new Person({ username, password });
    },
  },
  "docs/operating.md": {
    begin: (reader) => reader.run("countersign migrate\n"),
    edit: (text, { folder }) => `mkdir -p etc\n${text.replaceAll("/etc/countersign", join(folder, "etc"))}
      COUNTERSIGN_ISSUER=https://login.example.com countersign config check\n`,
  },
  "docs/people-and-grants.md": { begin: (reader) => reader.run("countersign migrate\ncountersign user add alice\n") },
};

const all = await commandBlocks();
const begins = (text) => (beginning) => text.startsWith(beginning);
const isListed = ({ document, text }) => LISTS[document]?.some(begins(text));
const isNotRun = ({ document, text }) => Object.keys(NOT_RUN[document] ?? {}).some(begins(text));

test("what is named here is in the documents", () => {
  const named = [NOT_RUN, LISTS].flatMap((table) => Object.entries(table).flatMap(([document, beginnings]) =>
    (Array.isArray(beginnings) ? beginnings : Object.keys(beginnings)).map((beginning) => [document, beginning])));
  for (const [document, beginning] of named) {
    const found = all.filter((block) => block.document === document && block.text.startsWith(beginning));
    assert.equal(found.length, 1, `${document}: ${beginning}`);
  }
});

for (const document of new Set(all.filter((block) => !isListed(block) && !isNotRun(block)).map((block) => block.document))) {
  test(`the commands of ${document} run as they stand`, async () => {
    const { onPath, edit = (text) => text, begin = async () => {} } = READERS[document] ?? {};
    const port = await freePort();
    const here = (text) => text.replaceAll(/(localhost|127\.0\.0\.1):80[89]0/g, `$1:${port}`);
    const reader = await shell({ COUNTERSIGN_LISTEN: `127.0.0.1:${port}` }, { onPath });
    try {
      const person = await begin(reader, port);
      for (const block of all.filter((block) => block.document === document && !isListed(block) && !isNotRun(block))) {
        if (block.file) await reader.save(block.file, here(block.text));
        else await run(reader, edit(here(block.text), reader), person, port);
      }
    } finally {
      await reader.stop();
    }
  });
}

/** Runs a block, line by line where the reader fills something in: `cs_cs_…` is the secret that was printed last, and so on. */
async function run(reader, text, person, port) {
  const background = text.replace(/^countersign serve$/gm, "countersign serve &");
  for (const part of background.split(/^(?=\w+.*…$)/m)) {
    const printed = await reader.run(await filled(part, reader, person));
    assert.doesNotMatch(printed, /"error":/, part);
  }
  if (background.includes("countersign serve &")) {
    const ready = () => fetch(`http://localhost:${port}/health/ready`).then(({ ok }) => ok, () => false);
    await reader.until(ready, text);
  }
}

async function filled(part, reader, person) {
  const last = (pattern) => [...reader.output.matchAll(pattern)].at(-1)?.[0];
  if (part.includes("cs_ac_…")) {
    const answer = await person.authorize(last(/http\S+\/authorize\?\S+/g));
    return part.replace("cs_ac_…", answer.searchParams.get("code"));
  }
  return part.replace("cs_cs_…", last(/cs_cs_[\w-]+/g)).replace("cs_rt_…", last(/cs_rt_[\w-]+/g))
    .replace("eyJ…", last(/(?<="access_token":")[^"]+/g));
}

test("the lists of commands are those of --help", async () => {
  for (const { text, document } of all.filter(isListed)) {
    for (const line of text.trimEnd().split(/\n(?=\S)/)) {
      for (const [path, options] of named(line)) {
        const page = await help(path);
        for (const option of options) assert.ok(page.includes(option), `${document}: ${path.join(" ")} has no ${option}`);
      }
    }
  }
});

test("the list of the README has every command", async () => {
  const [list] = all.filter((block) => block.document === "README.md" && isListed(block));
  const listed = list.text.trimEnd().split(/\n(?=\S)/).flatMap((line) => named(line).map(([path]) => path.join(" ")));
  assert.deepEqual((await leaves([])).filter((command) => !listed.includes(command)), []);
});

/** The commands that a line of a list names, each with the options that stand behind it. */
function named(line) {
  const synopsis = line.split("\n").map((part) => part.trim().split(/ {2,}/)[0]).join(" ").replace(/^countersign /, "");
  const commands = [];
  for (const part of synopsis.split(/ \| (?![^[(]*[\])])/)) {
    const words = part.split(" ");
    const length = words.findIndex((word) => !/^[a-z][a-z-]*$/.test(word));
    const path = words.slice(0, length < 0 ? words.length : length);
    const options = part.match(/--[a-z-]+/g) ?? [];
    if (commands.length === 0) commands.push([path, options]);
    else if (path.length > 0) commands.push([[...commands[0][0].slice(0, -1), ...path], options]);
    else commands.at(-1)[1].push(...options);
  }
  return commands;
}

async function leaves(path) {
  const [, below] = (await help(path)).split("\nCommands:\n");
  if (!below) return [path.join(" ")];
  const names = below.split("\n\n")[0].match(/^ {2}\w[\w-]*/gm).map((name) => name.trim()).filter((name) => name !== "help");
  return (await Promise.all(names.map((name) => leaves([...path, name])))).flat();
}

const runFile = promisify(execFile);
const help = async (path) => (await runFile(BINARY, [...path, "--help"])).stdout;
