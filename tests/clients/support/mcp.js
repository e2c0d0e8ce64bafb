// An MCP server that trusts Countersign, and the storage of an MCP client; the protocol is the SDK's.

import { getOAuthProtectedResourceMetadataUrl } from "@modelcontextprotocol/sdk/server/auth/router.js";
import { requireBearerAuth } from "@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js";
import { InvalidTokenError } from "@modelcontextprotocol/sdk/server/auth/errors.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import express from "express";
import { createRemoteJWKSet, jwtVerify } from "jose";

import { listen } from "./http.js";

/** MCP servers with one tool, `whoami`. `paths` says which scopes the one at each path requires. */
export async function mcpServers(issuer, paths) {
  const app = express().set("env", "test");
  const servers = await listen(app);
  const jwks = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`));
  for (const [path, requiredScopes] of Object.entries(paths)) {
    const resource = servers.origin + path;
    const resourceMetadataUrl = getOAuthProtectedResourceMetadataUrl(new URL(resource));
    const metadata = { resource, authorization_servers: [issuer] };
    const verifier = { verifyAccessToken: (token) => verify(token, jwks, issuer, resource) };
    app.get(new URL(resourceMetadataUrl).pathname, (_, response) => response.json(metadata));
    app.post(path, requireBearerAuth({ verifier, requiredScopes, resourceMetadataUrl }), answer);
    app.get(path, (_, response) => response.sendStatus(405));
  }
  return servers;
}

async function verify(token, jwks, issuer, audience) {
  const { payload } = await jwtVerify(token, jwks, { issuer, audience, typ: "at+jwt" })
    .catch((error) => { throw new InvalidTokenError(error.message); });
  const { client_id: clientId, exp: expiresAt, scope = "", sub } = payload;
  return { token, clientId, expiresAt, scopes: scope.split(" "), extra: { sub } };
}

async function answer(request, response) {
  const mcp = new McpServer({ name: "notes", version: "1.0.0" });
  mcp.registerTool("whoami", {}, ({ authInfo }) => ({ content: [{ type: "text", text: authInfo.extra.sub }] }));
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
  await mcp.connect(transport);
  await transport.handleRequest(request, response);
}

/** What an application keeps for the SDK's OAuth client: it is registered already, and public. */
export class Storage {
  clientMetadata = {};

  constructor(issuer, clientId, redirectUrl) {
    this.redirectUrl = redirectUrl;
    this.client = { client_id: clientId, issuer };
  }

  state = () => "the state";
  clientInformation = () => this.client;
  tokens = () => this.held;
  saveTokens = (tokens) => { this.held = tokens; };
  codeVerifier = () => this.verifier;
  saveCodeVerifier = (verifier) => { this.verifier = verifier; };
  redirectToAuthorization = (url) => { this.asked = url; };
  invalidateCredentials = () => { delete this.held; };
}
