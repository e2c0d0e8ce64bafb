// node-oidc-provider, configured for the same work as Countersign: access tokens are JWTs signed with RS256, refresh
// tokens are used once.

import Provider from "oidc-provider";

const API = "https://api.example.com";
/** Its access tokens are not JWTs: those are the only ones that node-oidc-provider introspects. */
const INTROSPECTED = "https://introspected.example.com";
const SCOPE = "notes.read offline_access";

const resource = (audience, rest) => ({ scope: "notes.read", audience, accessTokenTTL: 300, ...rest });
const RESOURCES = {
  [API]: resource(API, { accessTokenFormat: "jwt", jwt: { sign: { alg: "RS256" } } }),
  [INTROSPECTED]: resource(INTROSPECTED, { accessTokenFormat: "opaque", accessTokenTTL: 3600 }),
};

/** The provider for `{ issuer, secret, jwks }`. The client `bench` stands in the configuration: no look-up finds it. */
export function provider({ issuer, secret, jwks, adapter }) {
  return new Provider(issuer, {
    adapter,
    jwks,
    clients: [{
      client_id: "bench",
      client_secret: secret,
      grant_types: ["authorization_code", "client_credentials", "refresh_token"],
      redirect_uris: ["https://app.example.com/callback"],
      token_endpoint_auth_method: "client_secret_basic",
    }],
    cookies: { keys: [secret] },
    scopes: ["openid", "offline_access"],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => API,
        getResourceServerInfo: (_, indicator) => RESOURCES[indicator],
        useGrantedResource: () => true,
      },
    },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    rotateRefreshToken: true,
    ttl: { AccessToken: 3600, ClientCredentials: 300, Grant: 2_592_000, RefreshToken: 604_800 },
  });
}

/** `count` refresh tokens, each of a grant of its own, and an access token to introspect. */
export async function seed(oidc, count) {
  const client = await oidc.Client.find("bench");
  const refreshTokens = [];
  for (let n = 0; n < count; n += 1) {
    refreshTokens.push(await refreshToken(oidc, client, `person-${n}`));
  }
  return { refreshTokens, accessToken: await accessToken(oidc, client, "person-0") };
}

async function refreshToken(oidc, client, accountId) {
  const grantId = await grant(oidc, accountId, API);
  const of = { accountId, client, grantId, gty: "authorization_code" };
  return new oidc.RefreshToken({ ...of, resource: API, scope: SCOPE }).save();
}

async function accessToken(oidc, client, accountId) {
  const grantId = await grant(oidc, accountId, INTROSPECTED);
  const token = new oidc.AccessToken({ accountId, client, grantId, gty: "authorization_code", scope: "notes.read" });
  token.resourceServer = new oidc.ResourceServer(INTROSPECTED, RESOURCES[INTROSPECTED]);
  return token.save();
}

async function grant(oidc, accountId, indicator) {
  const entity = new oidc.Grant({ accountId, clientId: "bench" });
  entity.addOIDCScope("offline_access");
  entity.addResourceScope(indicator, "notes.read");
  return entity.save();
}
