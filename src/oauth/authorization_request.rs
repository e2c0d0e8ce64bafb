//! The authorization request (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1).
//!
//! 1. the client and its redirect URI are proven: what fails before is shown on a page;
//! 2. every other parameter is single, and none that we do not support is present;
//! 3. oxide-auth's machine settles response type, PKCE and scope;
//! 4. resource, prompt and the rest are read: what fails from 2 on is sent to the redirect URI, with `state` and `iss`. To a
//!    client that registered itself, which nobody vouched for, the person has to go by a link on a page.

use std::time::Duration;

use form_urlencoded::byte_serialize;

use super::authorization_response::{ResponseMode, ReturnAddress};
use super::authorize_error::{AuthorizeError, PageError, RedirectError};
use super::claims_request::ClaimsRequest;
use super::prompt::Prompt;
use super::redirect_uri::{self, ProvenRedirectUri};
use super::{
    Client, ClientPolicy, ErrorCode, GrantType, OAuthError, Params, RequestFault, ResourcePatterns, Scope, oxide,
};

/// The longest authorization request, in bytes of its query: 11 kB. Sealed and encoded for the address of a page it takes four
/// thirds of that, which stays below the 16 kB that a query may have here. `state` may fill the request.
pub const MAX_REQUEST: usize = 11 * 1024;

/// What `display` may be (OpenID Connect Core §3.1.2.1): the pages are the same, and fit.
pub const DISPLAY_VALUES: [&str; 4] = ["page", "popup", "touch", "wap"];

/// Parameters that may be present once and mean something to us or to OpenID Connect.
const SINGLE: [&str; 18] = [
    "response_type",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "response_mode",
    "prompt",
    "max_age",
    "login_hint",
    "ui_locales",
    "id_token_hint",
    "acr_values",
    "claims",
    "display",
    "request",
    "request_uri",
    "registration",
];

/// The operator's rules for authorization requests.
#[derive(Clone, Copy, Debug)]
pub struct AuthorizationPolicy<'a> {
    /// The policy that applies to the client.
    pub client: ClientPolicy,
    /// The resources that every client may ask for.
    pub resource_patterns: &'a ResourcePatterns,
}

/// An authorization request that is in order.
#[derive(Clone, Debug)]
pub struct AuthorizationRequest {
    /// Where the answer goes.
    pub return_to: ReturnAddress,
    /// The scope that is granted when the person allows it.
    pub scope: Scope,
    /// Echoed in the `id_token`.
    pub nonce: Option<String>,
    /// The S256 challenge; there is one, unless the operator's rule lets the client do without.
    pub code_challenge: Option<String>,
    /// The resource that access tokens are for.
    pub resource: Option<String>,
    /// How the person is to be asked.
    pub prompt: Prompt,
    /// How long ago the person may have signed in.
    pub max_age: Option<Duration>,
    /// The name to fill into the login page.
    pub login_hint: Option<String>,
    /// The languages that the client prefers for the pages (OpenID Connect Core §3.1.2.1).
    pub ui_locales: Option<String>,
    /// An ID token of ours that says who is expected to be signed in.
    pub id_token_hint: Option<String>,
    /// Claims that are asked for by name.
    pub claims: Option<ClaimsRequest>,
}

impl AuthorizationRequest {
    /// The refusal of a request that was not read, since it is too long or its object is not proven: by the parameters beside
    /// that object.
    #[must_use]
    pub fn refuse_unread(params: &Params, client: &Client, error: OAuthError) -> AuthorizeError {
        match return_address(params, client) {
            Ok(return_to) => AuthorizeError::to_client(params, client, RedirectError { return_to, error }),
            Err(unproven) if unproven.error.fault() == RequestFault::TooLong => {
                AuthorizeError::Page(Box::new(unproven))
            }
            Err(_) => AuthorizeError::page(error),
        }
    }

    /// Reads and checks a request of `client`.
    ///
    /// # Errors
    /// [`AuthorizeError`], which knows where it may be shown.
    pub fn parse(params: &Params, client: &Client, policy: &AuthorizationPolicy<'_>) -> Result<Self, AuthorizeError> {
        let return_to = return_address(params, client).map_err(|error| AuthorizeError::Page(Box::new(error)))?;
        let mode = ResponseMode::parse(params);
        mode.and_then(|_| Self::parse_rest(params, client, policy, return_to.clone()))
            .map_err(|error| AuthorizeError::to_client(params, client, RedirectError { return_to, error }))
    }

    fn parse_rest(
        params: &Params,
        client: &Client,
        policy: &AuthorizationPolicy<'_>,
        return_to: ReturnAddress,
    ) -> Result<Self, OAuthError> {
        for name in SINGLE {
            params.get(name)?;
        }
        client.require_grant(GrantType::AuthorizationCode)?;
        refuse_unsupported(params)?;
        let oxide::Negotiated { scope, code_challenge } =
            oxide::negotiate(params, client, policy.client, &return_to.redirect_uri)?;
        let owned = |name| params.get(name).map(|value| value.map(str::to_owned));
        Ok(Self {
            scope,
            nonce: owned("nonce")?,
            code_challenge,
            resource: client.negotiate_resource(params.all("resource"), policy.resource_patterns)?,
            prompt: Prompt::parse(params.get("prompt")?)?,
            max_age: max_age(params.get("max_age")?)?.or_else(|| client.default_max_age()),
            login_hint: owned("login_hint")?,
            ui_locales: owned("ui_locales")?,
            id_token_hint: owned("id_token_hint")?,
            claims: params.get("claims")?.map(ClaimsRequest::parse).transpose()?.filter(|claims| !claims.is_empty()),
            return_to,
        })
    }
}

/// Where the answer goes, as far as parameters say it; a mode that is none is the default.
fn return_address(params: &Params, client: &Client) -> Result<ReturnAddress, PageError> {
    let redirect_uri = prove_redirect_uri(params, client)?;
    let state = params.get("state").ok().flatten().map(str::to_owned);
    if state.as_ref().is_some_and(|state| byte_serialize(state.as_bytes()).map(str::len).sum::<usize>() > MAX_REQUEST) {
        // A client that does not get its state back could not tell which request was answered.
        let description = format!("state is longer than {MAX_REQUEST} bytes when it is encoded");
        return Err(PageError::of(OAuthError::invalid_request(description).about(RequestFault::TooLong)));
    }
    Ok(ReturnAddress { redirect_uri, mode: ResponseMode::parse(params).unwrap_or_default(), state })
}

/// "If an authorization request fails validation due to a missing, invalid, or mismatching redirection URI, the
/// authorization server […] MUST NOT automatically redirect the user agent to the invalid redirection URI"
/// (OAuth 2.1 §4.1.2.1).
fn prove_redirect_uri(params: &Params, client: &Client) -> Result<ProvenRedirectUri, PageError> {
    let sent = params.get("redirect_uri").map_err(PageError::of)?;
    redirect_uri::prove(client, sent).map_err(|unproven| {
        let diagnosis = redirect_uri::diagnose(client, &unproven);
        PageError { error: unproven.fault().into(), diagnosis }
    })
}

/// What we do not support is refused by its own name where the specification has one (OpenID Connect Core §3.1.2.6).
fn refuse_unsupported(params: &Params) -> Result<(), OAuthError> {
    if params.get("registration")?.is_some() {
        let description = "registration is not supported, send plain parameters";
        return Err(OAuthError::new(ErrorCode::RegistrationNotSupported, description));
    }
    match params.get("display")? {
        Some(display) if !DISPLAY_VALUES.contains(&display) => {
            Err(OAuthError::invalid_parameter("display", "display must be one of page, popup, touch, wap"))
        }
        _ => Ok(()),
    }
}

fn max_age(text: Option<&str>) -> Result<Option<Duration>, OAuthError> {
    let parse = |text: &str| text.parse::<u32>().map(|seconds| Duration::from_secs(u64::from(seconds)));
    let invalid = || OAuthError::invalid_parameter("max_age", "max_age must be a whole number of seconds");
    text.map(parse).transpose().map_err(|_| invalid())
}
