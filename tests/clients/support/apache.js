// Debian's Apache with mod_auth_openidc: an instance of its own. All that it reads and writes is in one folder.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { freePort } from "./server.js";

const FILES = join(import.meta.dirname, "../apache");
// Apache needs no rights of root's: where the tests run as root, it runs as nobody.
const NOBODY = process.getuid() === 0 ? { uid: 65534, gid: 65534 } : {};

/** Where a site will be. Its redirect URI has to be registered before it starts. */
export async function site() {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  return { port, origin, redirectUri: `${origin}/app/callback` };
}

/** Starts Apache there, as the relying party `client` of `issuer`, with printed `settings` or those of apache.conf. */
export async function apache({ port, origin, redirectUri }, issuer, client, settings) {
  const folder = await settle(settings);
  const environment = {
    MODULES: "/usr/lib/apache2/modules", DIR: folder, PORT: port, ISSUER: issuer, REDIRECT_URI: redirectUri,
    CLIENT_ID: client.client_id, CLIENT_SECRET: client.client_secret, PASSPHRASE: randomBytes(32).toString("base64url"),
  };
  const args = ["-D", "FOREGROUND", "-d", folder, "-f", join(folder, settings ? "printed.conf" : "apache.conf")];
  const options = { cwd: folder, env: environment, stdio: ["ignore", "pipe", "pipe"], ...NOBODY };
  const child = spawn("/usr/sbin/apache2", args, options);
  const httpd = { child, output: "" };
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (bytes) => { httpd.output += bytes; });
  const ended = new Promise((done) => {
    child.on("error", (error) => done(`not started: ${error.message}`));
    child.on("exit", (code, signal) => done(signal ?? code));
  });
  const closed = ended.then((how) => { httpd.ended = how; });

  httpd.log = () => readFile(join(folder, "error.log"), "utf8").catch(() => "");
  httpd.stop = async () => {
    child.kill("SIGTERM");
    await closed;
    const log = await httpd.log();
    await rm(folder, { recursive: true, force: true });
    assert.equal(httpd.ended, 0, httpd.output + log);
  };
  await ready(httpd, `${origin}/goodbye.html`);
  return httpd;
}

/** A folder with the configuration and the pages, which is Apache's own. */
async function settle(settings) {
  const folder = await mkdtemp(join(tmpdir(), "countersign-apache-"));
  await cp(FILES, folder, { recursive: true });
  if (settings) await writeFile(join(folder, "settings.conf"), settings);
  for (const path of ["", ...await readdir(folder, { recursive: true })]) {
    if (NOBODY.uid) await chown(join(folder, path), NOBODY.uid, NOBODY.gid);
  }
  return folder;
}

async function ready(httpd, address) {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline && httpd.ended === undefined; await sleep(20)) {
    // A guarded page answers a program with 401.
    if (await fetch(address).then(({ ok, status }) => ok || status === 401, () => false)) return;
  }
  httpd.child.kill("SIGKILL");
  throw new Error(`Apache is not ready (ended: ${httpd.ended}):\n${httpd.output}${await httpd.log()}`);
}
