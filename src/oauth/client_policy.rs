//! The policy that applies to a client: its own settings, its kind and the server's settings, resolved in one place.

use super::pkce::PkceRule;
use super::{ClaimsInIdToken, Client, ClientPkce, Profile, SecretMethods, UnknownScopes};

/// Server-wide settings that a client's policy depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServerPolicy {
    /// The profile of the configuration.
    pub profile: Profile,
    /// `authorization.pkce` of the configuration.
    pub pkce: PkceRule,
    /// `authorization.unknown_scopes` of the configuration.
    pub unknown_scopes: UnknownScopes,
}

/// The policy that applies to a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientPolicy {
    /// Whether the profile of the client or of the server is strict.
    pub is_strict: bool,
    /// Whether its authorization requests need a code challenge.
    pub pkce: PkcePolicy,
    /// How it may send its secret, if it has one.
    pub secret_methods: Option<SecretMethods>,
    /// Which claims about the person its ID tokens have.
    pub id_token_claims: ClaimsInIdToken,
    /// Treatment of requested scope values that it may not have.
    pub unknown_scopes: UnknownScopes,
}

/// Whether authorization requests need a code challenge (RFC 7636).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PkcePolicy {
    /// They do, and no setting of the client changes that.
    Required,
    /// They do, until the operator makes it optional for the client.
    RequiredByDefault,
    /// They do not.
    Optional,
}

impl ServerPolicy {
    /// Treatment of scope values that a client which registers may not have.
    #[must_use]
    pub const fn unknown_scopes(self) -> UnknownScopes {
        match self.profile {
            Profile::Strict => UnknownScopes::Refuse,
            Profile::Standard => self.unknown_scopes,
        }
    }
}

impl ClientPolicy {
    /// Resolves the policy. In the columns *public* is a client without credentials, *self-registered* one that nobody vouched
    /// for, *confidential* any other:
    ///
    /// | | strict, of server or client | public | self-registered | confidential |
    /// |---|---|---|---|---|
    /// | PKCE | required | required | by `authorization.pkce` | by `authorization.pkce`; the client's `optional` makes it so |
    /// | secret | the named method, else Basic | | the registered method | the named method, else Basic or body |
    /// | ID token | requested claims | the client's setting | the client's setting | the client's setting |
    /// | unknown scopes | refused | by `authorization.unknown_scopes` | the same | the same |
    #[must_use]
    pub fn resolve(server: ServerPolicy, client: &Client) -> Self {
        let secret_methods = client.authentication.secret_methods();
        if server.profile == Profile::Strict || client.settings.profile == Profile::Strict {
            return Self {
                is_strict: true,
                pkce: PkcePolicy::Required,
                secret_methods: secret_methods.map(|methods| SecretMethods::Only(methods.registered())),
                id_token_claims: ClaimsInIdToken::Requested,
                unknown_scopes: UnknownScopes::Refuse,
            };
        }
        Self {
            is_strict: false,
            pkce: pkce(server.pkce, client),
            secret_methods,
            id_token_claims: client.settings.id_token_claims,
            unknown_scopes: server.unknown_scopes,
        }
    }
}

/// "Public clients MUST use PKCE" (RFC 9700 §2.1.1). A client that registered itself gets no exception of its own, since
/// nobody knows whether its code keeps the `nonce`.
fn pkce(rule: PkceRule, client: &Client) -> PkcePolicy {
    if client.is_public() {
        return PkcePolicy::Required;
    }
    let is_optional = client.settings.pkce == ClientPkce::Optional && client.may_omit_pkce();
    match rule {
        PkceRule::PublicClients => PkcePolicy::Optional,
        PkceRule::Always if is_optional => PkcePolicy::Optional,
        PkceRule::Always if client.may_omit_pkce() => PkcePolicy::RequiredByDefault,
        PkceRule::Always => PkcePolicy::Required,
    }
}
