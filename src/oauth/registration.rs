//! Registering a client: what was asked for becomes a [`Client`] that makes sense, or one sentence that says why not.

use crate::types::Secret;

use super::redirect_uri::check_registration;
use super::{Client, ClientAuthentication, GrantType, Scope, SecretMethod};

/// The longest `client_id`, in bytes.
const MAX_ID: usize = 100;

/// A client as it is asked for.
#[derive(Clone, Debug, Default)]
pub struct NewClient {
    /// The `client_id`.
    pub id: String,
    /// The name that people see; the id if there is none.
    pub name: Option<String>,
    /// Whether it has no credentials.
    pub public: bool,
    /// `client_secret_basic` unless it says otherwise.
    pub auth_method: Option<String>,
    /// Its redirect URIs.
    pub redirect_uris: Vec<String>,
    /// Its grants; if there are none `authorization_code` and `refresh_token`, but for an API, which needs no grant.
    pub grant_types: Vec<String>,
    /// Its scope; `openid profile email roles` if there is none.
    pub scope: Option<String>,
    /// Its resources, the default first.
    pub resources: Vec<String>,
    /// The resources that it serves.
    pub serves: Vec<String>,
    /// Whether nobody is asked for consent.
    pub first_party: bool,
}

impl NewClient {
    /// The client, with `secret` if it is confidential.
    ///
    /// # Errors
    /// One sentence that says what to change.
    pub fn register(self, secret: &Secret) -> Result<Client, String> {
        check_id(&self.id)?;
        let grant_types = match grant_types(&self.grant_types)? {
            typed if !typed.is_empty() => typed,
            _ if !self.serves.is_empty() && self.redirect_uris.is_empty() => Vec::new(),
            _ => vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
        };
        let authentication = authentication(self.public, self.auth_method.as_deref(), secret)?;
        let client = Client {
            name: self.name.unwrap_or_else(|| self.id.clone()),
            id: self.id,
            authentication,
            redirect_uris: self.redirect_uris,
            grant_types,
            scope: scope(self.scope.as_deref())?,
            resources: self.resources,
            serves: self.serves,
            first_party: self.first_party,
            disabled: false,
        };
        check(&client)?;
        Ok(client)
    }
}

fn check_id(id: &str) -> Result<(), String> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~');
    if id.is_empty() || id.len() > MAX_ID || !id.bytes().all(allowed) {
        return Err("the client id must be 1 to 100 characters of A-Z a-z 0-9 - _ . ~".to_owned());
    }
    Ok(())
}

fn grant_types(typed: &[String]) -> Result<Vec<GrantType>, String> {
    let known = || GrantType::ALL.map(GrantType::as_str).join(", ");
    let parse = |name: &String| {
        GrantType::parse(name).ok_or_else(|| format!("grant '{name}' is unknown, write one of {}", known()))
    };
    let mut grants: Vec<GrantType> = Vec::new();
    for name in typed {
        let grant = parse(name)?;
        if !grants.contains(&grant) {
            grants.push(grant);
        }
    }
    Ok(grants)
}

fn authentication(public: bool, method: Option<&str>, secret: &Secret) -> Result<ClientAuthentication, String> {
    let method = match (public, method) {
        (true, None | Some("none")) | (false, Some("none")) => return Ok(ClientAuthentication::Public),
        (true, Some(method)) => {
            return Err(format!("a public client has no secret: leave out --auth-method {method}, or --public"));
        }
        (false, None | Some("client_secret_basic")) => SecretMethod::Basic,
        (false, Some("client_secret_post")) => SecretMethod::Post,
        (false, Some(other)) => {
            return Err(format!(
                "auth method '{other}' is unknown, write client_secret_basic, client_secret_post or none"
            ));
        }
    };
    Ok(ClientAuthentication::Secret { method, hash: secret.sha256() })
}

fn scope(typed: Option<&str>) -> Result<Scope, String> {
    let scope = Scope::parse(typed.unwrap_or("openid profile email roles"));
    scope.map_err(|error| format!("{}: separate its values by spaces", error.description()))
}

fn check(client: &Client) -> Result<(), String> {
    if client.name.trim().is_empty() || client.name.len() > 200 || client.name.chars().any(char::is_control) {
        return Err("the name must be 1 to 200 bytes without control characters".to_owned());
    }
    client.redirect_uris.iter().try_for_each(|uri| check_registration(uri))?;
    for resource in client.resources.iter().chain(&client.serves) {
        if url::Url::parse(resource).is_err() || resource.contains(['#', ' ']) {
            return Err(format!("resource '{}' must be an absolute URI without a fragment", resource.escape_debug()));
        }
    }
    if client.is_public() && !client.serves.is_empty() {
        return Err("an API has to authenticate to introspect tokens: leave out --public, or --serves".to_owned());
    }
    let has = |grant| client.has_grant(grant);
    if has(GrantType::AuthorizationCode) && client.redirect_uris.is_empty() {
        return Err("the grant authorization_code needs a redirect URI: add --redirect-uri, or choose other grants with --grant".to_owned());
    }
    if has(GrantType::ClientCredentials) && client.is_public() {
        return Err("the grant client_credentials needs a confidential client: leave out --public".to_owned());
    }
    if has(GrantType::RefreshToken) && !has(GrantType::AuthorizationCode) && !has(GrantType::Password) {
        return Err("the grant refresh_token needs authorization_code or password beside it".to_owned());
    }
    Ok(())
}
