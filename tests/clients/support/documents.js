// The commands of the documents, and a reader's shell to run them in.

import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { BINARY, inherited } from "./server.js";

const ROOT = resolve(import.meta.dirname, "../../..");
const TOOLS = join(resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target"), "tests");
const PACKAGES = join(import.meta.dirname, "../node_modules");
const FOLDERS = [".", "docs", "tests", "benches/peers"];

/** The first words of a command, or the assignment of a variable of the shell. */
const WORDS = "bash|cargo|countersign|curl|docker|echo|export(?= [A-Z])|git|install|kubectl|mkdir|node|npm|openssl|pip|psql|python|sudo|systemctl|umask|useradd|tests/\\S+";
const COMMAND = new RegExp(`^(?:\\(?(?:${WORDS})\\s|[A-Z_]+=\\S)`, "m");

/** Every block of every document that has a command in it: its document, its text, and its language where it names one. */
export async function commandBlocks() {
  const all = [];
  for (const folder of FOLDERS) {
    const names = await readdir(join(ROOT, folder));
    for (const name of names.filter((name) => name.endsWith(".md") && name !== "CHANGELOG.md").sort()) {
      const document = join(folder, name);
      const page = await readFile(join(ROOT, document), "utf8");
      all.push(...blocks(page).map((block) => ({ document, ...block })));
    }
  }
  return all;
}

/** The blocks of a page, in order: commands to run, and files that the text before them says to save (`save this as NAME`). */
function blocks(page) {
  const found = [];
  for (const match of page.matchAll(/^```(\w*)\n([^]*?)^```$|(?<=\n\n)(?: {4}.*\n\n*)+/gm)) {
    const before = page.slice(0, match.index).trimEnd().split("\n\n").at(-1);
    const text = match[2] ?? dedent(match[0]);
    const [, file] = before.match(/as\s+`([\w-]+\.(?:mjs|py))`/) ?? [];
    if (file) found.push({ file, text });
    else if (!match[1] && COMMAND.test(text)) found.push({ text });
  }
  return found;
}

function dedent(text) {
  const lines = text.trimEnd().split("\n");
  const margin = Math.min(...lines.filter((line) => line.trim()).map((line) => line.search(/\S/)));
  return lines.map((line) => line.slice(margin)).join("\n") + "\n";
}

/** A shell in a folder like a reader's, with `countersign` at target/release/countersign; `onPath` puts it on the PATH, too. */
export async function shell(variables, { onPath = true } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "countersign-docs-"));
  await mkdir(join(folder, "target/release"), { recursive: true });
  await symlink(BINARY, join(folder, "target/release/countersign"));
  await symlink(PACKAGES, join(folder, "node_modules"));
  const path = [join(TOOLS, "python/bin"), ...onPath ? [join(folder, "target/release")] : [], process.env.PATH];
  const env = { ...inherited(), ...variables, PATH: path.join(":") };
  const bash = spawn("bash", ["--noprofile", "--norc"], { cwd: folder, env, stdio: ["pipe", "pipe", "pipe"], detached: true });
  const reader = { folder, output: "" };
  for (const stream of [bash.stdout, bash.stderr]) stream.on("data", (bytes) => { reader.output += bytes; });
  const closed = new Promise((done) => bash.on("exit", (code) => { reader.ended = code; done(); }));
  bash.stdin.on("error", () => {}).write("set -eo pipefail\n");

  let blocks = 0;
  /** Runs a text to its end, and gives what it printed. Its first command that fails fails the test. */
  reader.run = async (text) => {
    const [name, start] = [`block-${blocks += 1}.sh`, reader.output.length];
    await writeFile(join(folder, name), text);
    bash.stdin.write(`. ./${name}; echo "end of ${name}"\n`);
    await reader.until(() => reader.output.includes(`end of ${name}`), text);
    return reader.output.slice(start).replace(`end of ${name}\n`, "");
  };
  reader.until = async (condition, what) => {
    for (const deadline = Date.now() + 30_000; Date.now() < deadline && reader.ended === undefined; await sleep(20)) {
      if (await condition()) return;
    }
    throw new Error(`ended: ${reader.ended}\n${what}\n${reader.output}`);
  };
  reader.save = (file, text) => writeFile(join(folder, file), text);
  /** Ends the shell and the servers that it started. */
  reader.stop = async () => {
    // Its process group, since a shell that ended at a failure has left its servers behind.
    try {
      process.kill(-bash.pid, "SIGKILL");
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
    }
    await closed;
    await rm(folder, { recursive: true, force: true });
  };
  return reader;
}
