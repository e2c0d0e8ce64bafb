//! A registered client (RFC 6749 §2), as the rules see it.

use std::time::Duration;

use super::client_secrets::ClientSecrets;
use super::scope::OFFLINE_ACCESS;
use super::{ClientMetadata, ClientSettings, ErrorCode, GROUPS_SCOPE, OAuthError, ROLES_SCOPE, Scope};

/// A client and what it may do.
#[derive(Clone, Debug)]
pub struct Client {
    /// The `client_id`.
    pub id: String,
    /// Its name, as people see it.
    pub name: String,
    /// How it authenticates.
    pub authentication: ClientAuthentication,
    /// Its redirect URIs, compared as strings.
    pub redirect_uris: Vec<String>,
    /// The grants it may use.
    pub grant_types: Vec<GrantType>,
    /// The registered scope; [`Client::allowed_scope`] is what it may ask for.
    pub scope: Scope,
    /// The resources (RFC 8707) it may ask for; the first is its default.
    pub resources: Vec<String>,
    /// The resources that it serves: it may introspect their tokens (RFC 7662 §2.1).
    pub serves: Vec<String>,
    /// Whether it belongs to the operator, so that no person is asked for consent.
    pub first_party: bool,
    /// Whether it is switched off.
    pub disabled: bool,
    /// What it says of itself.
    pub metadata: ClientMetadata,
    /// The SHA-256 of its registration access token (RFC 7592 §3), if it registered itself.
    pub registration: Option<[u8; 32]>,
    /// Settings that the operator decides.
    pub settings: ClientSettings,
}

/// How a client authenticates. A confidential client cannot exist without the hash of its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientAuthentication {
    /// A public client (RFC 6749 §2.1).
    Public,
    /// A secret, kept as its SHA-256.
    Secret {
        /// How it may be sent.
        methods: SecretMethods,
        /// The secret, and for a while the one before.
        secrets: ClientSecrets,
    },
    /// A JWT that it signs with a key of its own (RFC 7523 §2.2).
    PrivateKeyJwt,
}

/// Where a client secret is sent (RFC 6749 §2.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretMethod {
    /// In the `Authorization` header.
    Basic,
    /// In the form.
    Post,
}

impl SecretMethod {
    /// The registered name (RFC 7591 §2, `token_endpoint_auth_method`).
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Basic => "client_secret_basic",
            Self::Post => "client_secret_post",
        }
    }
}

/// The ways in which a client may send its secret. "The client MUST NOT use more than one authentication method in each
/// request" (RFC 6749 §2.3), whichever it may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretMethods {
    /// Either way, since no method was named for the client.
    Any,
    /// The method that was named for the client.
    Only(SecretMethod),
}

impl SecretMethods {
    /// Whether the client may send its secret this way.
    #[must_use]
    pub fn accepts(self, method: SecretMethod) -> bool {
        self == Self::Any || self == Self::Only(method)
    }

    /// The one method that stands for them where a registration names one. "If unspecified or omitted, the default is
    /// `client_secret_basic`" (RFC 7591 §2).
    #[must_use]
    pub const fn registered(self) -> SecretMethod {
        match self {
            Self::Any => SecretMethod::Basic,
            Self::Only(method) => method,
        }
    }

    /// The registered names, for people.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Any => "client_secret_basic or client_secret_post",
            Self::Only(method) => method.as_str(),
        }
    }
}

impl ClientAuthentication {
    /// The registered name (RFC 7591 §2, `token_endpoint_auth_method`).
    #[must_use]
    pub const fn method(&self) -> &'static str {
        match self {
            Self::Public => "none",
            Self::Secret { methods, .. } => methods.registered().as_str(),
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }

    /// The ways in which the secret may be sent, if there is one.
    #[must_use]
    pub const fn secret_methods(&self) -> Option<SecretMethods> {
        match self {
            Self::Public | Self::PrivateKeyJwt => None,
            Self::Secret { methods, .. } => Some(*methods),
        }
    }

    /// The registered names of all methods that it may use, for people.
    #[must_use]
    pub const fn describe(&self) -> &'static str {
        match self {
            Self::Secret { methods, .. } => methods.describe(),
            Self::Public | Self::PrivateKeyJwt => self.method(),
        }
    }

    /// The secrets, if there are any.
    #[must_use]
    pub const fn secrets(&self) -> Option<&ClientSecrets> {
        match self {
            Self::Public | Self::PrivateKeyJwt => None,
            Self::Secret { secrets, .. } => Some(secrets),
        }
    }
}

/// The grants of the token endpoint, by their `grant_type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GrantType {
    /// RFC 6749 §4.1.
    AuthorizationCode,
    /// RFC 6749 §6.
    RefreshToken,
    /// RFC 6749 §4.4.
    ClientCredentials,
    /// RFC 6749 §4.3, which RFC 9700 §2.4 forbids and a client must be given by name.
    Password,
}

impl GrantType {
    /// Every grant.
    pub const ALL: [Self; 4] = [Self::AuthorizationCode, Self::RefreshToken, Self::ClientCredentials, Self::Password];

    /// The `grant_type` on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
            Self::Password => "password",
        }
    }

    /// The grant of a `grant_type`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grant| grant.as_str() == text)
    }
}

impl Client {
    /// Whether it has no credentials (RFC 6749 §2.1).
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.authentication == ClientAuthentication::Public
    }

    /// Whether nobody vouched for it: it registered itself (RFC 7591).
    #[must_use]
    pub const fn is_self_registered(&self) -> bool {
        self.registration.is_some()
    }

    /// Whether the operator may let it leave out PKCE: it has credentials, and somebody vouches for it.
    #[must_use]
    pub fn may_omit_pkce(&self) -> bool {
        !self.is_public() && !self.is_self_registered()
    }

    /// How long ago a person may have signed in where a request does not say (OpenID Connect Dynamic Client Registration §2).
    #[must_use]
    pub fn default_max_age(&self) -> Option<Duration> {
        self.metadata.default_max_age.map(|seconds| Duration::from_secs(u64::from(seconds)))
    }

    /// The scope that an application is set up to ask for: all that it may have, but for `groups` beside `roles`, which says
    /// the same under another name.
    #[must_use]
    pub fn usual_scope(&self) -> Scope {
        if self.scope.contains(ROLES_SCOPE) { self.scope.without(GROUPS_SCOPE) } else { self.scope.clone() }
    }

    /// The scope of a request that names none: [`Client::usual_scope`] but for `offline_access`, which has to be asked for.
    #[must_use]
    pub fn default_scope(&self) -> Scope {
        self.usual_scope().without(OFFLINE_ACCESS)
    }

    /// Every scope that it may have: the registered one, and `offline_access` with the refresh token grant alone, whether it
    /// was registered or not.
    #[must_use]
    pub fn allowed_scope(&self) -> Scope {
        let allowed = self.scope.without(OFFLINE_ACCESS);
        if self.has_grant(GrantType::RefreshToken) { allowed.with(OFFLINE_ACCESS) } else { allowed }
    }

    /// Whether it has a grant.
    #[must_use]
    pub fn has_grant(&self, grant: GrantType) -> bool {
        self.grant_types.contains(&grant)
    }

    /// The client must have been given the grant.
    ///
    /// # Errors
    /// `unauthorized_client` (RFC 6749 §5.2).
    pub fn require_grant(&self, grant: GrantType) -> Result<(), OAuthError> {
        if self.has_grant(grant) {
            return Ok(());
        }
        let description = format!("this client may not use grant_type={}, its operator can allow it", grant.as_str());
        Err(OAuthError::new(ErrorCode::UnauthorizedClient, description))
    }
}
