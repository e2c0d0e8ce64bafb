// A client of the authorization server that is itself the page: the code grant with PKCE, refresh token rotation, and
// what happens when a refresh token is presented twice. Nothing but the browser is needed.

const settings = document.getElementById("client").dataset;
const log = document.getElementById("log");
const encoder = new TextEncoder();

// What is kept over the redirect: `flow` on the way out, `tokens` on the way back.
const kept = (name) => JSON.parse(sessionStorage.getItem(name) ?? "null");
const keep = (name, value) => sessionStorage.setItem(name, JSON.stringify(value));

// -- The log ---------------------------------------------------------------------------------------------------------

function element(tag, text, className) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function entry(title, status, parts, good) {
  const made = element("div", undefined, "entry");
  const heading = element("h3", title);
  if (status) heading.append(element("span", String(status), `status ${good ? "good" : "bad"}`));
  made.append(heading);
  for (const [name, value] of parts) {
    if (name) made.append(element("p", name));
    made.append(element("pre", typeof value === "string" ? value : JSON.stringify(value, null, 2)));
  }
  log.append(made);
  made.scrollIntoView({ block: "nearest" });
}

function note(text, good) {
  log.append(element("p", `${good ? "✓" : "✗"} ${text}`, good ? "good" : "bad"));
}

function say(text) {
  log.append(element("p", text));
}

// -- Requests --------------------------------------------------------------------------------------------------------

async function call(title, url, options = {}, shown = "") {
  const response = await fetch(url, { cache: "no-store", credentials: "omit", ...options });
  const text = await response.text();
  let body = text;
  try {
    body = JSON.parse(text);
  } catch {
    // Not JSON: shown as it is.
  }
  const parts = [["", `${options.method ?? "GET"} ${url}${shown && `\n\n${shown}`}`]];
  const challenge = response.headers.get("www-authenticate");
  if (challenge) parts.push(["WWW-Authenticate", challenge]);
  if (text) parts.push(["Response", body]);
  entry(title, response.status, parts, response.ok);
  return { ok: response.ok, body };
}

let metadata;

async function discover() {
  metadata ??= (await call("Discovery", `${settings.issuer}/.well-known/openid-configuration`)).body;
  if (metadata.issuer !== settings.issuer) throw new Error(`The metadata names another issuer: ${metadata.issuer}`);
  return metadata;
}

async function token(title, parameters) {
  const { token_endpoint } = await discover();
  const form = new URLSearchParams({ ...parameters, client_id: settings.clientId });
  const shown = [...form].map(([name, value]) => `${name}=${value}`).join("\n");
  return call(title, token_endpoint, { method: "POST", body: form }, shown);
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

const random = () => encode(crypto.getRandomValues(new Uint8Array(32)));
const challengeOf = async (verifier) => encode(await crypto.subtle.digest("SHA-256", encoder.encode(verifier)));

function parse(jwt) {
  const [header, claims] = jwt.split(".", 2).map((part) => JSON.parse(new TextDecoder().decode(decode(part))));
  return { header, claims };
}

let keys = [];

async function verified(jwt, { header }) {
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
  note(right ? "signature verified" : "signature wrong", right);
}

async function show(name, jwt) {
  if (!jwt) return undefined;
  const parsed = parse(jwt);
  entry(name, "", [["Header", parsed.header], ["Claims", parsed.claims]]);
  await verified(jwt, parsed);
  note(`issued by ${parsed.claims.iss}`, parsed.claims.iss === settings.issuer);
  return parsed.claims;
}

// -- The code grant --------------------------------------------------------------------------------------------------

async function signIn() {
  const { authorization_endpoint } = await discover();
  const flow = { verifier: random(), state: random(), nonce: random() };
  keep("flow", flow);
  const url = new URL(authorization_endpoint);
  const parameters = {
    response_type: "code",
    client_id: settings.clientId,
    redirect_uri: settings.redirectUri,
    scope: settings.scope,
    state: flow.state,
    nonce: flow.nonce,
    code_challenge: await challengeOf(flow.verifier),
    code_challenge_method: "S256",
  };
  if (settings.resource) parameters.resource = settings.resource;
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  location.assign(url);
}

// The answer to the authorization request (RFC 6749 §4.1.2, RFC 9207): first whose it is, then what it says.
async function answered(answer) {
  history.replaceState(null, "", location.pathname);
  entry("Answer of the authorization endpoint", "", [["", Object.fromEntries(answer)]]);
  const pasted = answer.get("state") === "paste";
  const flow = pasted ? { verifier: settings.pasteVerifier } : kept("flow");
  sessionStorage.removeItem("flow");
  if (!pasted && answer.get("state") !== flow?.state) {
    return note("The state is not the one that was sent: this answer belongs to someone else, and is dropped.", false);
  }
  note(pasted ? "state is “paste”: the printed verifier is used" : "state is the one that was sent", true);
  if (answer.get("iss") !== settings.issuer) {
    return note("iss is not our issuer: this answer is dropped (RFC 9207).", false);
  }
  note("iss is our issuer", true);
  if (answer.has("error")) {
    const description = answer.get("error_description");
    return note(`${answer.get("error")}${description ? `: ${description}` : ""}`, false);
  }
  const { ok, body } = await token("Code for tokens", {
    grant_type: "authorization_code",
    code: answer.get("code"),
    redirect_uri: settings.redirectUri,
    code_verifier: flow.verifier,
  });
  if (!ok) return undefined;
  keep("tokens", { access: body.access_token, refresh: body.refresh_token ? [body.refresh_token] : [] });
  await show("Access token", body.access_token);
  const claims = await show("id_token", body.id_token);
  if (claims) note("the id_token is for this client", [claims.aud].flat().includes(settings.clientId));
  if (claims && !pasted) note("the nonce is the one that was sent", claims.nonce === flow.nonce);
  return undefined;
}

// -- Refresh tokens --------------------------------------------------------------------------------------------------

const refreshWith = (title, refresh_token) => token(title, { grant_type: "refresh_token", refresh_token });

async function refresh() {
  const tokens = kept("tokens");
  const { ok, body } = await refreshWith("Refresh", tokens.refresh.at(-1));
  if (!ok) return false;
  tokens.access = body.access_token;
  if (body.refresh_token !== tokens.refresh.at(-1)) tokens.refresh.push(body.refresh_token);
  keep("tokens", tokens);
  note(`refresh token number ${tokens.refresh.length} of this sign-in`, true);
  return true;
}

async function atLeast(count) {
  while (kept("tokens").refresh.length < count) {
    say("There is no such refresh token yet, so this refreshes first.");
    if (!await refresh()) return false;
  }
  return true;
}

async function retry() {
  if (!await atLeast(2)) return;
  const tokens = kept("tokens");
  say("The token that was used just before is presented again, as if its response had been lost.");
  const { ok, body } = await refreshWith("Retry the previous refresh token", tokens.refresh.at(-2));
  if (!ok) {
    note("Refused: the 20 seconds for a retry are over, so this counts as reuse and the grant is revoked.", false);
    return;
  }
  const same = body.refresh_token === tokens.refresh.at(-1);
  note(same ? "The same refresh token came back as the first time: a lost response logs nobody out."
    : "Another refresh token came back: there would be two successors.", same);
  tokens.access = body.access_token;
  keep("tokens", tokens);
}

async function replay() {
  if (!await atLeast(3)) return;
  const [oldest, ...later] = kept("tokens").refresh;
  say("The oldest refresh token is presented, as a thief would. Expected: invalid_grant.");
  const { ok, body } = await refreshWith("Replay an old refresh token", oldest);
  note(ok ? "It was accepted, and must not be." : `Refused with ${body.error}.`, !ok && body.error === "invalid_grant");
  say("Reuse revokes the whole family, so the current refresh token is dead as well. Expected: invalid_grant.");
  const current = await refreshWith("The current refresh token", later.at(-1));
  note(current.ok ? "It still works, and must not." : "It is dead too. Sign in again to go on.", !current.ok);
}

// -- With the access token -------------------------------------------------------------------------------------------

async function bearer(title, url) {
  const authorization = `Bearer ${kept("tokens").access}`;
  await call(title, url, { headers: { authorization } }, "authorization: Bearer (the access token)");
}

const actions = {
  signIn,
  refresh,
  retry,
  replay,
  callApi: () => bearer("Call the API", new URL("/dev/api", location.origin)),
  userinfo: async () => bearer("Userinfo", (await discover()).userinfo_endpoint),
  startOver: () => {
    sessionStorage.clear();
    log.replaceChildren();
  },
};

// -- The buttons -----------------------------------------------------------------------------------------------------

const buttons = [...document.querySelectorAll("button[data-action]")];

function enable(busy) {
  const tokens = kept("tokens");
  const needs = { refresh: 1, retry: 1, replay: 1 };
  for (const button of buttons) {
    const { action } = button.dataset;
    const free = action === "signIn" || action === "startOver";
    const usable = free || (tokens && tokens.refresh.length >= (needs[action] ?? 0));
    button.setAttribute("aria-disabled", String(busy || !usable));
    button.disabled = !usable;
  }
}

let busy = false;

async function run(action) {
  if (busy) return;
  busy = true;
  enable(true);
  try {
    await action();
  } catch (error) {
    note(`${error.name}: ${error.message}`, false);
  }
  busy = false;
  enable(false);
}

for (const button of buttons) button.addEventListener("click", () => run(actions[button.dataset.action]));

const answer = new URLSearchParams(location.search);
if (new URL(settings.issuer).origin !== location.origin) {
  note(`Open this page at ${settings.redirectUri}: the browser keeps other origins apart.`, false);
} else if (!crypto.subtle) {
  note("This address is not a secure context, so the browser offers no cryptography. Use localhost or HTTPS.", false);
} else if (answer.has("code") || answer.has("error")) {
  await run(() => answered(answer));
}
enable(false);
