// The MCP SDK's client, unmodified, as a public client that is registered already: from a 401 to its token, and on.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import {
  buildDiscoveryUrls, discoverAuthorizationServerMetadata, UnauthorizedError,
} from "@modelcontextprotocol/sdk/client/auth.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { decodeJwt } from "jose";

import { mcpServers, Storage } from "./support/mcp.js";
import { Person } from "./support/person.js";
import { freePort, serve } from "./support/server.js";

const CALLBACK = "http://127.0.0.1:7777/callback";

let server;
let alice;
let servers;
let client;

before(async () => {
  server = await serve({ COUNTERSIGN_TOKENS__ACCESS_TTL: "3s" });
  alice = await server.addUser("alice", "a long enough password");
  servers = await mcpServers(server.issuer, { "/notes": ["notes.read"], "/any-scope": [], "/unregistered": [] });
  const resources = [`${servers.origin}/notes`, `${servers.origin}/any-scope`];
  for (const resource of resources) await server.addResource(resource);
  const may = ["--redirect-uri", CALLBACK, "--scope", "openid notes.read offline_access"];
  client = await server.addClient("agent", "--public", ...may, ...resources.flatMap((uri) => ["--resource", uri]));
});
after(async () => {
  await servers?.stop();
  await server?.stop();
});

/** An application that uses the MCP server at this path. `sent` are the forms that it sent to the token endpoint. */
class Application {
  sent = [];

  constructor(path) {
    this.resource = servers.origin + path;
    this.storage = new Storage(server.issuer, client.client_id, CALLBACK);
  }

  #fetch = async (url, options) => {
    if (String(url) === `${server.issuer}/token`) this.sent.push(Object.fromEntries(new URLSearchParams(options.body)));
    return fetch(url, options);
  };

  /** Connects, and is sent to sign in unless it has tokens. */
  async connect() {
    const options = { authProvider: this.storage, fetch: this.#fetch };
    this.transport = new StreamableHTTPClientTransport(new URL(this.resource), options);
    this.mcp = new Client({ name: "agent", version: "1.0.0" });
    await this.mcp.connect(this.transport);
  }

  /** Connects by way of a person who allows it. */
  async signIn(who) {
    await assert.rejects(this.connect(), UnauthorizedError);
    const answer = await new Person(who).authorize(this.storage.asked);
    assert.equal(answer.searchParams.get("state"), "the state");
    await this.transport.finishAuth(answer.searchParams.get("code"));
    await this.connect();
  }

  async whoami() {
    return (await this.mcp.callTool({ name: "whoami" })).content[0].text;
  }

  async untilExpired() {
    await sleep((decodeJwt(this.storage.held.access_token).exp + 0.1) * 1000 - Date.now());
  }
}

test("it is sent to sign in, and its token is for the MCP server", async () => {
  const application = new Application("/notes");
  await application.signIn(alice);
  assert.equal(await application.whoami(), alice.sub);

  const asked = Object.fromEntries(application.storage.asked.searchParams);
  assert.equal(asked.resource, application.resource);
  assert.equal(asked.code_challenge_method, "S256");
  assert.equal(asked.scope, "notes.read");
  const [exchange] = application.sent;
  assert.equal(exchange.grant_type, "authorization_code");
  assert.equal(exchange.resource, application.resource);
  assert.ok(exchange.code_verifier);
  const claims = decodeJwt(application.storage.held.access_token);
  assert.equal(claims.aud, application.resource);
  assert.equal(claims.client_id, client.client_id);
});

test("it renews its token by itself, for the same MCP server", async () => {
  const application = new Application("/notes");
  await application.signIn(alice);
  for (let time = 1; time <= 2; time += 1) {
    const { access_token, refresh_token } = application.storage.held;
    await application.untilExpired();
    assert.equal(await application.whoami(), alice.sub);
    const sent = application.sent.at(-1);
    assert.deepEqual([sent.grant_type, sent.refresh_token], ["refresh_token", refresh_token]);
    assert.equal(sent.resource, application.resource);
    assert.notEqual(application.storage.held.access_token, access_token);
    assert.notEqual(application.storage.held.refresh_token, refresh_token);
    assert.equal(decodeJwt(application.storage.held.access_token).aud, application.resource);
  }
});

test("it asks without a scope where none is required, and gets its own", async () => {
  const application = new Application("/any-scope");
  await application.signIn(alice);
  assert.equal(application.storage.asked.searchParams.get("scope"), null);
  assert.equal(await application.whoami(), alice.sub);
  assert.match(application.storage.held.scope, /notes\.read/);
  assert.equal(decodeJwt(application.storage.held.access_token).aud, application.resource);
});

test("it starts over when its grant is gone", async () => {
  const bob = await server.addUser("bob", "the password of bob");
  const application = new Application("/notes");
  await application.signIn(bob);
  const first = application.storage.asked;
  await server.command(["user", "remove", "bob"]);
  await application.untilExpired();
  await assert.rejects(application.whoami(), UnauthorizedError);
  assert.equal(application.storage.held, undefined);
  assert.notEqual(application.storage.asked.searchParams.get("code_challenge"), first.searchParams.get("code_challenge"));
});

test("it gets no code for an MCP server that is not its own", async () => {
  const application = new Application("/unregistered");
  await assert.rejects(application.connect(), UnauthorizedError);
  const answer = await new Person(alice).authorize(application.storage.asked);
  assert.equal(answer.searchParams.get("error"), "invalid_target");
  assert.equal(answer.searchParams.get("state"), "the state");
  assert.equal(answer.searchParams.get("code"), null);
});

test("it finds the metadata of an issuer with or without a path", async (t) => {
  const listen = `127.0.0.1:${await freePort()}`;
  const settings = { COUNTERSIGN_ISSUER: `http://${listen}/tenant`, COUNTERSIGN_LISTEN: listen };
  const tenant = await serve(settings);
  t.after(() => tenant.stop());
  for (const { issuer } of [server, tenant]) {
    for (const { url } of buildDiscoveryUrls(issuer)) assert.equal((await fetch(url)).status, 200, url.href);
    const metadata = await discoverAuthorizationServerMetadata(issuer);
    assert.equal(metadata.issuer, issuer);
    assert.ok(metadata.token_endpoint_auth_methods_supported.includes("none"));
  }
});

test("it is told that there is nothing where it looks for other metadata", async () => {
  const elsewhere = `${server.issuer}/elsewhere`;
  const others = ["", "/elsewhere"].map((path) => `${server.issuer}/.well-known/oauth-protected-resource${path}`);
  for (const url of [...buildDiscoveryUrls(elsewhere).map(({ url }) => url), ...others]) {
    assert.equal((await fetch(url)).status, 404, String(url));
  }
  assert.equal(await discoverAuthorizationServerMetadata(elsewhere), undefined);
});
