// The settings that `client add` prints, and what runs them as they were printed.

import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";

import { build } from "esbuild";
import * as oidc from "openid-client";

const PAGES = join(import.meta.dirname, "../pages");
const AsyncFunction = (async () => {}).constructor;

/** Registers a client as a developer does: its secret, and its settings by the name of the library. */
export async function register(server, ...args) {
  const printed = await server.print(["client", "add", ...args]);
  const [, secret] = printed.match(/shown this once: (\S+)/) ?? [];
  const settings = printed.split("\n--- ").slice(1).map((text) => {
    const [name, ...rest] = text.split("\n\n");
    return [name.split(/[ ,]/)[0], rest.join("\n\n")];
  });
  return { secret, settings: Object.fromEntries(settings) };
}

/** Runs settings for openid-client. `visit` brings an address to a browser, and gives the one that it came back to. */
export async function runNode({ secret, settings }, { port, visit } = {}) {
  const [library, ...lines] = settings["openid-client"].split("\n");
  if (library !== 'import * as oidc from "openid-client";') throw new Error(`another import: ${library}`);
  const comesBack = /^\/\/ (At the redirect URI|With the URL).*$/m;
  const body = lines.join("\n")
    .replace(comesBack, "const currentUrl = await visit(url);")
    .replace(/^\/\/ Who signed in: (.*)$/m, "claims = $1;");
  const text = `let claims;\n${body}\nreturn { config, tokens, claims };`;
  const run = new AsyncFunction("oidc", "process", "port", "visit", text);
  return run(oidc, { env: { CLIENT_SECRET: secret } }, port, visit);
}

/** Runs settings for curl in a shell, and gives the answer. */
export async function runCurl({ secret, settings }, more = {}) {
  const env = { PATH: process.env.PATH, CLIENT_SECRET: secret, ...more };
  const { stdout } = await promisify(execFile)("sh", ["-c", settings.curl], { env });
  return JSON.parse(stdout);
}

/** The script of a page: the file `name` of `pages`, in which "settings" are those that were printed. */
export async function bundle(name, settings, names) {
  const contents = names ? `${settings}\nexport { ${names} };` : settings;
  const printed = {
    name: "settings",
    setup({ onLoad, onResolve }) {
      onResolve({ filter: /^settings$/ }, ({ path }) => ({ path, namespace: "settings" }));
      onLoad({ filter: /.*/, namespace: "settings" }, () => ({ contents, loader: "ts", resolveDir: PAGES }));
    },
  };
  const options = { bundle: true, format: "esm", jsx: "automatic", write: false, logLevel: "error" };
  const define = { "process.env.NODE_ENV": '"production"' };
  const { outputFiles } = await build({ entryPoints: [join(PAGES, name)], plugins: [printed], define, ...options });
  return outputFiles[0].text;
}

/** A site of one page, whatever the path; `script` may be set later. */
export async function pageSite() {
  const site = { script: "" };
  const html = '<!doctype html><title>Board</title><link rel="icon" href="data:,"><app-root id="root"></app-root>'
    + '<script type="module" src="/page.js"></script>';
  const server = createServer((request, response) => {
    const [type, body] = request.url === "/page.js" ? ["text/javascript", site.script] : ["text/html", html];
    response.setHeader("content-type", `${type}; charset=utf-8`).end(body);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  site.origin = `http://localhost:${server.address().port}`;
  site.redirectUri = `${site.origin}/callback`;
  site.stop = () => server.close();
  return site;
}
