//! Registering a client, or changing one: what was asked for becomes a [`Client`] that makes sense, or one sentence that says
//! why not. Both go the same way, so that no change leads to a client that could not be registered.

mod request;
mod typed;

use serde_json::Value;

use crate::types::{Secret, is_showable};

use super::client_secrets::ClientSecrets;
use super::private_scheme::DotlessSchemes;
use super::redirect_uri::check_registration;
use super::{
    Client, ClientAuthentication, ClientMetadata, ClientPkce, ClientSettings, GrantType, Scope, SecretMethods,
    SettingsChange,
};

use typed::{authentication, distinct, grant_types, scope};

pub use request::{Allowed, invalid_metadata, read_request};

/// The longest `client_id`, in bytes.
const MAX_ID: usize = 100;

/// The scope of a client that none was typed for.
const DEFAULT_SCOPE: &str = "openid profile email roles groups";

/// A client as it is asked for.
#[derive(Clone, Debug, Default)]
pub struct NewClient {
    /// The `client_id`.
    pub id: String,
    /// The name that people see; the id if there is none.
    pub name: Option<String>,
    /// Whether it has no credentials.
    pub public: bool,
    /// How it authenticates, by the registered name; a confidential client without it may send its secret by any method.
    pub auth_method: Option<String>,
    /// Its redirect URIs.
    pub redirect_uris: Vec<String>,
    /// Its grants; if there are none `authorization_code` and `refresh_token`, but for an API, which needs no grant.
    pub grant_types: Vec<String>,
    /// Its scope; `openid profile email roles groups` if there is none.
    pub scope: Option<String>,
    /// Its resources, the default first.
    pub resources: Vec<String>,
    /// The resources that it serves.
    pub serves: Vec<String>,
    /// Whether nobody is asked for consent.
    pub first_party: bool,
    /// What it says of itself, by the registered names.
    pub metadata: Vec<(String, Value)>,
    /// Settings other than [`ClientSettings::of_operator`].
    pub settings: SettingsChange,
}

impl NewClient {
    /// The client, with `secret` if it is confidential.
    ///
    /// # Errors
    /// One sentence that says what to change.
    pub fn register(self, secret: &Secret) -> Result<Client, String> {
        check_id(&self.id)?;
        let blank = Client {
            name: self.id.clone(),
            id: self.id.clone(),
            authentication: ClientAuthentication::Secret {
                methods: SecretMethods::Any,
                secrets: ClientSecrets::new(secret),
            },
            redirect_uris: Vec::new(),
            grant_types: self.default_grants(),
            scope: Scope::default(),
            resources: Vec::new(),
            serves: Vec::new(),
            first_party: false,
            disabled: false,
            metadata: ClientMetadata::default(),
            registration: None,
            settings: ClientSettings::of_operator(),
        };
        let change = ClientChange {
            name: self.name,
            public: self.public.then_some(true),
            auth_method: self.auth_method,
            redirect_uris: Some(self.redirect_uris),
            grant_types: Some(self.grant_types).filter(|grants| !grants.is_empty()),
            scope: Some(self.scope.unwrap_or_else(|| DEFAULT_SCOPE.to_owned())),
            resources: Some(self.resources),
            serves: Some(self.serves),
            first_party: Some(self.first_party),
            metadata: self.metadata,
            settings: self.settings,
        };
        change.apply(blank, secret)
    }

    fn default_grants(&self) -> Vec<GrantType> {
        if !self.serves.is_empty() && self.redirect_uris.is_empty() {
            return Vec::new();
        }
        vec![GrantType::AuthorizationCode, GrantType::RefreshToken]
    }
}

/// What is to change about a client. What is `None` stays; a list replaces the whole list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientChange {
    /// The name that people see.
    pub name: Option<String>,
    /// Whether it has no credentials.
    pub public: Option<bool>,
    /// How it authenticates, by the registered name.
    pub auth_method: Option<String>,
    /// Its redirect URIs.
    pub redirect_uris: Option<Vec<String>>,
    /// Its grants.
    pub grant_types: Option<Vec<String>>,
    /// Its scope.
    pub scope: Option<String>,
    /// Its resources, the default first.
    pub resources: Option<Vec<String>>,
    /// The resources that it serves.
    pub serves: Option<Vec<String>>,
    /// Whether nobody is asked for consent.
    pub first_party: Option<bool>,
    /// Members of what it says of itself, by the registered names; `null` takes one away.
    pub metadata: Vec<(String, Value)>,
    /// Settings that the operator decides.
    pub settings: SettingsChange,
}

impl ClientChange {
    /// The client as it is afterwards, with `secret` if it is confidential and was public.
    ///
    /// # Errors
    /// One sentence that says what to change.
    pub fn apply(self, client: Client, secret: &Secret) -> Result<Client, String> {
        let current = client.authentication;
        let metadata =
            self.metadata.into_iter().try_fold(client.metadata, |known, (name, value)| known.with(&name, value))?;
        let changed = Client {
            name: self.name.unwrap_or(client.name),
            authentication: authentication(current, self.public, self.auth_method.as_deref(), secret)?,
            redirect_uris: self.redirect_uris.map_or(client.redirect_uris, distinct),
            grant_types: self.grant_types.map_or(Ok(client.grant_types), |typed| grant_types(&typed))?,
            scope: self.scope.map_or(Ok(client.scope), |typed| scope(&typed))?,
            resources: self.resources.map_or(client.resources, distinct),
            serves: self.serves.map_or(client.serves, distinct),
            first_party: self.first_party.unwrap_or(client.first_party),
            id: client.id,
            disabled: client.disabled,
            metadata,
            registration: client.registration,
            settings: self.settings.apply(client.settings),
        };
        check(&changed)?;
        Ok(changed)
    }
}

fn check_id(id: &str) -> Result<(), String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    if id.is_empty() || id.len() > MAX_ID || !id.bytes().all(allowed) {
        return Err("the client id must be 1 to 100 characters of A-Z a-z 0-9 - _ . ~".to_owned());
    }
    Ok(())
}

/// RFC 9700 §2.1.1 leaves the choice for confidential clients alone.
fn check_pkce(client: &Client) -> Result<(), String> {
    if client.settings.pkce == ClientPkce::Required || client.may_omit_pkce() {
        return Ok(());
    }
    Err(if client.is_public() {
        "PKCE cannot be optional for a public client, whose codes nothing else protects: write --pkce required"
            .to_owned()
    } else {
        "PKCE cannot be optional for a client that registered itself: write --pkce required, or add a client of your own for it"
            .to_owned()
    })
}

fn check(client: &Client) -> Result<(), String> {
    if client.name.trim().is_empty() || client.name.len() > 200 || !is_showable(&client.name) {
        return Err("the name must be 1 to 200 bytes without control and invisible characters".to_owned());
    }
    client.redirect_uris.iter().try_for_each(|uri| check_registration(uri, DotlessSchemes::All))?;
    client.metadata.check()?;
    client.check_sector()?;
    let has_keys = client.metadata.jwks.is_some() || client.metadata.jwks_uri.is_some();
    if client.authentication == ClientAuthentication::PrivateKeyJwt && !has_keys {
        return Err("private_key_jwt needs the client's public keys: set the metadata jwks_uri or jwks".to_owned());
    }
    for resource in client.resources.iter().chain(&client.serves) {
        if url::Url::parse(resource).is_err() || resource.contains(['#', ' ']) {
            return Err(format!("resource '{}' must be an absolute URI without a fragment", resource.escape_debug()));
        }
    }
    check_pkce(client)?;
    if client.is_public() && !client.serves.is_empty() {
        return Err("an API has to authenticate to introspect tokens: leave out --public, or --serves".to_owned());
    }
    let has = |grant| client.has_grant(grant);
    if has(GrantType::AuthorizationCode) && client.redirect_uris.is_empty() {
        return Err("the grant authorization_code needs a redirect URI: add --redirect-uri, or choose other grants with --grant".to_owned());
    }
    if has(GrantType::ClientCredentials) && client.is_public() {
        return Err(
            "the grant client_credentials needs a confidential client: leave out --public, add --confidential to a \
                    client that is public, or choose other grants with --grant"
                .to_owned(),
        );
    }
    if has(GrantType::RefreshToken) && !has(GrantType::AuthorizationCode) && !has(GrantType::Password) {
        return Err("the grant refresh_token needs authorization_code or password beside it".to_owned());
    }
    Ok(())
}
