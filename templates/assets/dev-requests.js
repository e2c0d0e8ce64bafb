// Requests of the test client, and what comes back: shown in the log, verified where it is a token.

import { entry, note, say } from "./dev-log.js";

export const settings = document.getElementById("client").dataset;

/** The clients of the playground, by what they are used for. */
export const clients = {
  public: { id: settings.clientId },
  confidential: { id: settings.confidentialId, secret: settings.confidentialSecret, basic: true },
  password: { id: settings.passwordId, secret: settings.passwordSecret },
};

// Kept over redirects: `flow` and `bye` on the way out, `tokens` on the way back.
export const kept = (name) => JSON.parse(sessionStorage.getItem(name) ?? "null");
export const keep = (name, value) => sessionStorage.setItem(name, JSON.stringify(value));

const encoder = new TextEncoder();

// -- Requests --------------------------------------------------------------------------------------------------------

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

function curl(url, { headers = {}, form }) {
  const words = ["curl", quoted(String(url))];
  for (const [name, value] of Object.entries(headers)) words.push("-H", quoted(`${name}: ${value}`));
  for (const [name, value] of form ?? []) words.push("--data-urlencode", quoted(`${name}=${value}`));
  return words.join(" ");
}

/** Sends a request, with a form if there is one, and shows both sides. */
export async function call(title, url, { headers, form } = {}) {
  const method = form ? "POST" : "GET";
  const options = { cache: "no-store", credentials: "omit", method, headers, body: form };
  const response = await fetch(url, options);
  const text = await response.text();
  let body = text;
  try {
    body = JSON.parse(text);
  } catch {
    // Not JSON: shown as it is.
  }
  const lines = [`${method} ${url}`];
  for (const [name, value] of Object.entries(headers ?? {})) lines.push(`${name}: ${value}`);
  if (form) lines.push("", ...[...form].map(([name, value]) => `${name}=${value}`));
  const parts = [["Request", lines.join("\n")]];
  const challenge = response.headers.get("www-authenticate");
  if (challenge) parts.push(["WWW-Authenticate", challenge]);
  if (text) parts.push(["Response", body]);
  entry(title, response.status, parts, response.ok, curl(url, { headers, form }));
  return { ok: response.ok, body };
}

let metadata;

export async function discover() {
  metadata ??= (await call("Discovery", `${settings.issuer}/.well-known/openid-configuration`)).body;
  if (metadata.issuer !== settings.issuer) throw new Error(`The metadata names another issuer: ${metadata.issuer}`);
  return metadata;
}

/** Sends a form as a client, which authenticates if it has a secret (RFC 6749 section 2.3.1). */
export async function post(title, url, parameters, client) {
  const form = new URLSearchParams(parameters);
  if (client.basic) {
    const pair = [client.id, client.secret].map(encodeURIComponent).join(":");
    return call(title, url, { form, headers: { authorization: `Basic ${btoa(pair)}` } });
  }
  form.set("client_id", client.id);
  if (client.secret) form.set("client_secret", client.secret);
  return call(title, url, { form });
}

export async function token(title, parameters, client) {
  return post(title, (await discover()).token_endpoint, parameters, client);
}

// -- Base64url, PKCE and JWTs ----------------------------------------------------------------------------------------

function encode(bytes) {
  const text = btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function decode(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

export const random = () => encode(crypto.getRandomValues(new Uint8Array(32)));
export const challengeOf = async (verifier) => encode(await crypto.subtle.digest("SHA-256", encoder.encode(verifier)));

function parse(jwt) {
  const [header, claims] = jwt.split(".", 2).map((part) => JSON.parse(new TextDecoder().decode(decode(part))));
  return { header, claims };
}

let keys = [];

async function verify(jwt, { header }) {
  if (header.alg !== "RS256") return say(`${header.alg} is not verified here, only RS256 is.`);
  const known = () => keys.find((key) => key.kid === header.kid);
  if (!known()) keys = (await call("Keys", (await discover()).jwks_uri)).body.keys;
  const jwk = known();
  if (!jwk) return note(`signature not verified: the JWKS has no key ${header.kid}`, false);
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("jwk", jwk, algorithm, false, ["verify"]);
  const end = jwt.lastIndexOf(".");
  const signature = decode(jwt.slice(end + 1));
  const right = await crypto.subtle.verify(algorithm, key, signature, encoder.encode(jwt.slice(0, end)));
  return note(right ? "signature verified" : "signature wrong", right);
}

/** Shows and verifies a JWT, and gives back its claims. */
export async function show(name, jwt) {
  if (!jwt) return undefined;
  const parsed = parse(jwt);
  entry(name, "", [["Header", parsed.header], ["Claims", parsed.claims]]);
  await verify(jwt, parsed);
  note(`issued by ${parsed.claims.iss}`, parsed.claims.iss === settings.issuer);
  return parsed.claims;
}
