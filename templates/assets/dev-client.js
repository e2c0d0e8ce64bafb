// Clients of the authorization server that are themselves the page: every grant that the server has, introspection,
// revocation and signing out.

import { begin, clear, entry, note, say } from "./dev-log.js";
import {
  call, challengeOf, clients, discover, keep, kept, post, random, settings, show, token,
} from "./dev-requests.js";
import { refresh, replay, retry } from "./dev-rotation.js";

const RESOURCE = settings.resource ? { resource: settings.resource } : {};

/** Keeps the tokens of a grant of one of the clients, and shows them. */
async function received(body, client) {
  const refresh = body.refresh_token ? [body.refresh_token] : [];
  keep("tokens", { client, access: body.access_token, refresh, id: body.id_token });
  await show("Access token", body.access_token);
  return show("id_token", body.id_token);
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
    ...RESOURCE,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  location.assign(url);
}

// The answer to the authorization request (RFC 6749 section 4.1.2, RFC 9207): first whose it is, then what it says.
async function answered(answer) {
  history.replaceState(null, "", location.pathname);
  entry("Answer of the authorization endpoint", "", [["Answer", Object.fromEntries(answer)]]);
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
  const parameters = {
    grant_type: "authorization_code",
    code: answer.get("code"),
    redirect_uri: settings.redirectUri,
    code_verifier: flow.verifier,
  };
  const { ok, body } = await token("Code for tokens", parameters, clients.public);
  if (!ok) return undefined;
  const claims = await received(body, "public");
  if (claims) note("the id_token is for this client", [claims.aud].flat().includes(settings.clientId));
  if (claims && !pasted) note("the nonce is the one that was sent", claims.nonce === flow.nonce);
  return undefined;
}

// -- Signing out (OpenID Connect RP-Initiated Logout) ----------------------------------------------------------------

async function signOut() {
  const url = new URL((await discover()).end_session_endpoint);
  const state = random();
  keep("bye", state);
  url.searchParams.set("id_token_hint", kept("tokens").id);
  url.searchParams.set("post_logout_redirect_uri", settings.redirectUri);
  url.searchParams.set("state", state);
  location.assign(url);
}

function signedOut(answer) {
  history.replaceState(null, "", location.pathname);
  const state = kept("bye");
  sessionStorage.clear();
  note("signed out, and back with the state that was sent", answer.get("state") === state);
  say("The refresh token has offline_access, so that it outlives the session: Revoke ends it.");
}

// -- Grants without a browser ----------------------------------------------------------------------------------------

async function grantWith(client, parameters) {
  const { ok, body } = await token("Tokens", { ...parameters, ...RESOURCE }, clients[client]);
  if (ok) await received(body, client);
}

const clientCredentials = () => grantWith("confidential", { grant_type: "client_credentials" });

const passwordGrant = () => grantWith("password", {
  grant_type: "password",
  username: settings.username,
  password: settings.password,
  scope: settings.scope,
});

// -- With the tokens -------------------------------------------------------------------------------------------------

const bearer = (title, url) => call(title, url, { headers: { authorization: `Bearer ${kept("tokens").access}` } });

/** The API asks whether an access token is good (RFC 7662); the confidential client is the API's. */
async function introspect() {
  const { introspection_endpoint } = await discover();
  const { body } = await post("Introspection", introspection_endpoint, { token: kept("tokens").access }, clients.confidential);
  say(body.active ? "The access token is active." : "The access token is not active.");
}

/** The client gives its token back (RFC 7009): a refresh token ends the grant, with all access tokens. */
async function revoke() {
  const { refresh: [...refresh], access, client } = kept("tokens");
  const { revocation_endpoint } = await discover();
  const { ok } = await post("Revocation", revocation_endpoint, { token: refresh.at(-1) ?? access }, clients[client]);
  note(refresh.length ? "The refresh token was given back, and its grant has ended." : "The access token was given back.", ok);
  await introspect();
}

const actions = {
  signIn,
  signOut,
  refresh,
  retry,
  replay,
  clientCredentials,
  passwordGrant,
  callApi: () => bearer("Call the API", new URL("/dev/api", location.origin)),
  userinfo: async () => bearer("Userinfo", (await discover()).userinfo_endpoint),
  introspect,
  revoke,
};

// -- The buttons -----------------------------------------------------------------------------------------------------

const buttons = [...document.querySelectorAll("button[data-action]")];

/** Tokens that a button needs: `refresh`, `id` or `access`; the others need none. */
function isUsable({ needs }, tokens) {
  if (!needs) return true;
  return needs === "refresh" ? tokens?.refresh.length > 0 : Boolean(tokens?.[needs]);
}

function enable(busy) {
  const tokens = kept("tokens");
  for (const button of buttons) {
    const usable = isUsable(button.dataset, tokens);
    button.setAttribute("aria-disabled", String(busy || !usable));
    button.disabled = !usable;
  }
}

let busy = false;

async function run(title, action) {
  if (busy) return;
  busy = true;
  enable(true);
  begin(title);
  try {
    await action();
  } catch (error) {
    note(`${error.name}: ${error.message}`, false);
  }
  busy = false;
  enable(false);
}

function press({ textContent, dataset: { action } }) {
  if (action !== "startOver") return run(textContent, actions[action]);
  sessionStorage.clear();
  clear();
  return enable(false);
}

for (const button of buttons) button.addEventListener("click", () => press(button));

const answer = new URLSearchParams(location.search);
if (new URL(settings.issuer).origin !== location.origin) {
  note(`Open this page at ${settings.redirectUri}: the browser keeps other origins apart.`, false);
} else if (!crypto.subtle) {
  note("This address is not a secure context, so the browser offers no cryptography. Use localhost or HTTPS.", false);
} else if (answer.has("code") || answer.has("error")) {
  await run("Back from the sign-in", () => answered(answer));
} else if (answer.has("state")) {
  await run("Back from signing out", () => signedOut(answer));
}
enable(false);
