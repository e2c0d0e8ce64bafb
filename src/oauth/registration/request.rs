//! A registration request (RFC 7591 §2, §3.1; OpenID Connect Dynamic Client Registration §2), member by member.
//!
//! 1. what promises a client something that we do not have is refused, not ignored: a token that it takes for encrypted is not;
//! 2. redirect URIs, grants, scope and how it authenticates become a [`NewClient`];
//! 3. every other member that we know goes through [`ClientMetadata::with`]; "the authorization server MUST ignore any client
//!    metadata sent by the client that it does not understand" (§2).

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::oauth::private_scheme::DotlessSchemes;
use crate::oauth::redirect_uri::check_registration;
use crate::oauth::{
    ClaimsInIdToken, ClientMetadata, ErrorCode, GrantType, OAuthError, Scope, SettingsChange, UnknownScopes,
};

use super::NewClient;
use super::typed::ANY_SECRET_METHOD;

/// More redirect URIs than any client has.
const MOST_REDIRECT_URIS: usize = 50;
/// The grants of clients that register themselves. They get no token without a person.
const GRANTS: [GrantType; 2] = [GrantType::AuthorizationCode, GrantType::RefreshToken];
/// Members that ask for what there is not: asking for nothing (`false`) is fine.
const NOT_THERE: [&str; 11] = [
    "id_token_encrypted_response_alg",
    "userinfo_encrypted_response_alg",
    "request_object_encryption_alg",
    "authorization_signed_response_alg",
    "authorization_encrypted_response_alg",
    "introspection_signed_response_alg",
    "tls_client_certificate_bound_access_tokens",
    "dpop_bound_access_tokens",
    "require_pushed_authorization_requests",
    "backchannel_token_delivery_mode",
    "use_mtls_endpoint_aliases",
];

/// The longest metadata of a client that registers itself, in bytes of JSON without spaces.
const MAX_METADATA: usize = 16 * 1024;

/// What clients that register themselves may have.
#[derive(Clone, Copy, Debug)]
pub struct Allowed<'a> {
    /// All scopes that they may ask for.
    pub scope: &'a Scope,
    /// The resources that their access tokens may be for.
    pub resources: &'a [String],
    /// The schemes without a dot that their redirect URIs may have.
    pub private_schemes: &'a [String],
    /// Treatment of requested scope values that are not among them.
    pub unknown_scopes: UnknownScopes,
}

/// The client that a request asks for, under an id that the server chose.
///
/// # Errors
/// `invalid_redirect_uri`, `invalid_client_metadata`, `unapproved_software_statement` (RFC 7591 §3.2.2).
pub fn read_request(id: String, members: &Map<String, Value>, allowed: &Allowed<'_>) -> Result<NewClient, OAuthError> {
    check_size(members)?;
    refuse_what_is_not_there(members)?;
    let redirect_uris = redirect_uris(members, allowed)?;
    check_addresses_after_logout(members, allowed)?;
    let auth_method = auth_method(members)?;
    let name = text(members, "client_name")?.or_else(|| host(&redirect_uris));
    Ok(NewClient {
        id,
        name,
        public: auth_method == "none",
        auth_method: Some(auth_method),
        grant_types: grant_types(members)?.iter().map(|grant| grant.as_str().to_owned()).collect(),
        redirect_uris,
        scope: Some(scope(members, allowed)?.to_string()),
        resources: allowed.resources.to_vec(),
        serves: Vec::new(),
        first_party: false,
        metadata: ClientMetadata::NAMES
            .iter()
            .filter_map(|name| Some(((*name).to_owned(), members.get(*name)?.clone())))
            .collect(),
        settings: settings(members)?,
    })
}

/// One registered method. "If unspecified or omitted, the default is `client_secret_basic`" (RFC 7591 §2).
fn auth_method(members: &Map<String, Value>) -> Result<String, OAuthError> {
    match text(members, "token_endpoint_auth_method")? {
        None => Ok("client_secret_basic".to_owned()),
        Some(method) if method == ANY_SECRET_METHOD => Err(invalid_metadata(
            "token_endpoint_auth_method must be client_secret_basic, client_secret_post, private_key_jwt or none",
        )),
        Some(method) => Ok(method),
    }
}

/// A client that registers itself may ask for the claims of its scope in ID tokens: people allow it that scope, and it can read
/// the claims from `UserInfo` anyway. All other settings are the operator's.
fn settings(members: &Map<String, Value>) -> Result<SettingsChange, OAuthError> {
    let claims = text(members, "id_token_claims")?.map(|typed| typed.parse::<ClaimsInIdToken>());
    let claims = claims.transpose().map_err(|instead| invalid_metadata(format!("id_token_claims: {instead}")))?;
    Ok(SettingsChange { id_token_claims: Some(claims.unwrap_or_default()), ..SettingsChange::default() })
}

/// `invalid_client_metadata` (RFC 7591 §3.2.2).
#[must_use]
pub fn invalid_metadata(description: impl Into<Cow<'static, str>>) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidClientMetadata, description)
}

/// Whatever is registered is stored, and read again with each request of the client.
fn check_size(members: &Map<String, Value>) -> Result<(), OAuthError> {
    let length = serde_json::to_string(members).map_or(usize::MAX, |text| text.len());
    if length > MAX_METADATA {
        return Err(invalid_metadata(format!("the metadata of a client is at most {MAX_METADATA} bytes of JSON")));
    }
    Ok(())
}

fn refuse_what_is_not_there(members: &Map<String, Value>) -> Result<(), OAuthError> {
    let is_asked =
        |name: &&&str| members.get(**name).is_some_and(|value| !matches!(value, Value::Null | Value::Bool(false)));
    if is_asked(&&"software_statement") {
        let description = "software_statement is not accepted here, send the metadata itself";
        return Err(OAuthError::new(ErrorCode::UnapprovedSoftwareStatement, description));
    }
    match NOT_THERE.iter().find(is_asked) {
        Some(name) => Err(invalid_metadata(format!("{name} is not supported, leave it out"))),
        None => Ok(()),
    }
}

fn redirect_uris(members: &Map<String, Value>, allowed: &Allowed<'_>) -> Result<Vec<String>, OAuthError> {
    let wrong = |sentence: String| OAuthError::new(ErrorCode::InvalidRedirectUri, sentence);
    let uris = texts(members, "redirect_uris").map_err(|error| wrong(error.description().to_owned()))?;
    let uris = uris.filter(|uris| !uris.is_empty() && uris.len() <= MOST_REDIRECT_URIS);
    let uris = uris.ok_or_else(|| wrong(format!("redirect_uris must be a list of 1 to {MOST_REDIRECT_URIS} URIs")))?;
    let schemes = DotlessSchemes::Listed(allowed.private_schemes);
    uris.iter().try_for_each(|uri| check_registration(uri, schemes)).map_err(wrong)?;
    Ok(uris)
}

/// The rule of redirect URIs for the addresses after signing out, which `ClientMetadata` checks as an operator's.
fn check_addresses_after_logout(members: &Map<String, Value>, allowed: &Allowed<'_>) -> Result<(), OAuthError> {
    let name = "post_logout_redirect_uris";
    let schemes = DotlessSchemes::Listed(allowed.private_schemes);
    let uris = texts(members, name)?.unwrap_or_default();
    let checked = uris.iter().try_for_each(|uri| check_registration(uri, schemes));
    checked.map_err(|why| invalid_metadata(format!("{name}: {why}")))
}

/// Those of the grants that there are for such clients; `authorization_code` must be one, since it is the only way in.
/// "The authorization server MAY […] replace any of the client's requested metadata values" (§3.2.1).
fn grant_types(members: &Map<String, Value>) -> Result<Vec<GrantType>, OAuthError> {
    let code = texts(members, "response_types")?.is_none_or(|types| types.iter().any(|kind| kind == "code"));
    let asked =
        texts(members, "grant_types")?.unwrap_or_else(|| vec![GrantType::AuthorizationCode.as_str().to_owned()]);
    let granted: Vec<GrantType> =
        GRANTS.into_iter().filter(|grant| asked.iter().any(|name| name == grant.as_str())).collect();
    if !code {
        return Err(invalid_metadata("response_types must have code, tokens are fetched from the token endpoint"));
    }
    if !granted.contains(&GrantType::AuthorizationCode) {
        return Err(invalid_metadata("grant_types must have authorization_code; refresh_token may stand beside it"));
    }
    Ok(granted)
}

/// The part of the requested scope that is allowed; all of it when the request names none.
fn scope(members: &Map<String, Value>, allowed: &Allowed<'_>) -> Result<Scope, OAuthError> {
    let asked = text(members, "scope")?;
    let granted = Scope::negotiate(asked.as_deref(), allowed.scope, allowed.scope, allowed.unknown_scopes);
    granted.map_err(|error| invalid_metadata(format!("{}: it may have '{}'", error.description(), allowed.scope)))
}

fn host(redirect_uris: &[String]) -> Option<String> {
    let url = url::Url::parse(redirect_uris.first()?).ok()?;
    Some(url.host_str().unwrap_or(url.scheme()).to_owned())
}

fn text(members: &Map<String, Value>, name: &str) -> Result<Option<String>, OAuthError> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(invalid_metadata(format!("{name} must be a text"))),
    }
}

fn texts(members: &Map<String, Value>, name: &str) -> Result<Option<Vec<String>>, OAuthError> {
    let wrong = || invalid_metadata(format!("{name} must be a list of texts"));
    let Some(value) = members.get(name).filter(|value| !value.is_null()) else { return Ok(None) };
    let items = value.as_array().ok_or_else(wrong)?;
    items.iter().map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong)).collect::<Result<_, _>>().map(Some)
}
