//! The kinds of work.

/// A kind of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A word, from the bare server.
    Hello,
    /// The public keys.
    Jwks,
    /// The same for somebody who has them.
    JwksKnown,
    /// The metadata.
    Discovery,
    /// The same for somebody who has it.
    DiscoveryKnown,
    /// A client's token for itself.
    ClientCredentials,
    /// A refresh with rotation, without `openid`.
    Refresh,
    /// A code for tokens, one of them an ID token.
    Code,
    /// A password for tokens.
    Password,
    /// An API asks what an access token is worth.
    Introspection,
    /// A client gives a refresh token back.
    Revocation,
    /// What an access token opens of its person.
    Userinfo,
    /// 70 % refresh, 10 % code exchange, 10 % introspection, 10 % JWKS.
    Mixed,
}

impl Kind {
    /// Every kind, in the order of the tables.
    pub const ALL: [Self; 13] = [
        Self::Hello,
        Self::Jwks,
        Self::JwksKnown,
        Self::Discovery,
        Self::DiscoveryKnown,
        Self::ClientCredentials,
        Self::Refresh,
        Self::Code,
        Self::Password,
        Self::Introspection,
        Self::Revocation,
        Self::Userinfo,
        Self::Mixed,
    ];

    /// Its name in tables and after `--only`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hello => "hello",
            Self::Jwks => "jwks",
            Self::JwksKnown => "jwks-304",
            Self::Discovery => "discovery",
            Self::DiscoveryKnown => "discovery-304",
            Self::ClientCredentials => "client_credentials",
            Self::Refresh => "refresh",
            Self::Code => "code",
            Self::Password => "password",
            Self::Introspection => "introspection",
            Self::Revocation => "revocation",
            Self::Userinfo => "userinfo",
            Self::Mixed => "mixed",
        }
    }

    /// The path of a document.
    pub const fn document(self) -> Option<&'static str> {
        match self {
            Self::Hello => Some("/hello"),
            Self::Jwks | Self::JwksKnown => Some("/.well-known/jwks.json"),
            Self::Discovery | Self::DiscoveryKnown => Some("/.well-known/openid-configuration"),
            _ => None,
        }
    }
}
