//! The authorization request (RFC 6749 §4.1.1, OpenID Connect Core §3.1.2.1).
//!
//! 1. the client and its redirect URI are proven: what fails before is shown on a page;
//! 2. every other parameter is single, and none that we do not support is present;
//! 3. oxide-auth's machine settles response type, PKCE and scope;
//! 4. resource and prompt are read: what fails from 2 on is sent to the redirect URI, with `state` and `iss`.

use std::time::Duration;

use super::claims_request::ClaimsRequest;
use super::redirect_uri::{self, ProvenRedirectUri, Unproven};
use super::{Client, ErrorCode, GrantType, OAuthError, Params, Scope, oxide};

/// The longest `state`, in bytes, that is echoed.
const MAX_STATE: usize = 4096;

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

/// An authorization request that is in order.
#[derive(Clone, Debug)]
pub struct AuthorizationRequest {
    /// Where the answer goes.
    pub redirect_uri: ProvenRedirectUri,
    /// What is asked for.
    pub scope: Scope,
    /// Echoed in the answer.
    pub state: Option<String>,
    /// Echoed in the `id_token`.
    pub nonce: Option<String>,
    /// The S256 challenge.
    pub code_challenge: String,
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
    /// The authentication contexts that would do, the best first.
    pub acr_values: Vec<String>,
    /// Claims that are asked for by name.
    pub claims: Option<ClaimsRequest>,
}

/// `prompt` (OpenID Connect Core §3.1.2.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "the parameter is a set of these four values")]
pub struct Prompt {
    /// No page may be shown.
    pub none: bool,
    /// The person signs in again.
    pub login: bool,
    /// The person consents again.
    pub consent: bool,
    /// The person chooses the account.
    pub select_account: bool,
}

/// Why a request is not in order. "No redirect before the redirect URI is proven" is this type.
#[derive(Debug)]
pub enum AuthorizeError {
    /// Shown on a page: nobody has proven where a redirect would lead.
    Page(PageError),
    /// Sent to the client's redirect URI.
    Redirect(Box<RedirectError>),
}

/// What a page says about a request that leads nowhere.
#[derive(Debug)]
pub enum PageError {
    /// `client_id` is missing, sent twice, or no client's.
    Client(OAuthError),
    /// `redirect_uri` was sent twice.
    RedirectUri(OAuthError),
    /// The redirect URI is not the client's.
    Unproven {
        /// How it is not.
        unproven: Unproven,
        /// For the developer, in `dev` only.
        diagnosis: String,
    },
}

/// An error that goes to the client.
#[derive(Debug)]
pub struct RedirectError {
    /// Where it goes.
    pub redirect_uri: ProvenRedirectUri,
    /// The request's `state`.
    pub state: Option<String>,
    /// What went wrong.
    pub error: OAuthError,
}

impl AuthorizationRequest {
    /// Reads and checks a request of `client`.
    ///
    /// # Errors
    /// [`AuthorizeError`], which knows where it may be shown.
    pub fn parse(params: &Params, client: &Client) -> Result<Self, AuthorizeError> {
        let redirect_uri = prove_redirect_uri(params, client).map_err(AuthorizeError::Page)?;
        let state = params.get("state").ok().flatten().filter(|state| state.len() <= MAX_STATE).map(str::to_owned);
        Self::parse_rest(params, client, redirect_uri.clone(), state.clone())
            .map_err(|error| AuthorizeError::Redirect(Box::new(RedirectError { redirect_uri, state, error })))
    }

    fn parse_rest(
        params: &Params,
        client: &Client,
        redirect_uri: ProvenRedirectUri,
        state: Option<String>,
    ) -> Result<Self, OAuthError> {
        for name in SINGLE {
            params.get(name)?;
        }
        if params.get("state")?.is_some_and(|state| state.len() > MAX_STATE) {
            return Err(OAuthError::invalid_request("state is longer than 4096 bytes"));
        }
        client.require_grant(GrantType::AuthorizationCode)?;
        refuse_unsupported(params)?;
        let oxide::Negotiated { scope, code_challenge } = oxide::negotiate(params, client, &redirect_uri)?;
        let scope = if client.has_grant(GrantType::RefreshToken) { scope } else { scope.without("offline_access") };
        let owned = |name| params.get(name).map(|value| value.map(str::to_owned));
        Ok(Self {
            scope,
            state,
            nonce: owned("nonce")?,
            code_challenge,
            resource: client.negotiate_resource(params.all("resource"))?,
            prompt: Prompt::parse(params.get("prompt")?)?,
            max_age: max_age(params.get("max_age")?)?,
            login_hint: owned("login_hint")?,
            ui_locales: owned("ui_locales")?,
            id_token_hint: owned("id_token_hint")?,
            acr_values: params.get("acr_values")?.map_or_else(Vec::new, words),
            claims: params.get("claims")?.map(ClaimsRequest::parse).transpose()?.filter(|claims| !claims.is_empty()),
            redirect_uri,
        })
    }
}

/// "If an authorization request fails validation due to a missing, invalid, or mismatching redirection URI, the
/// authorization server […] MUST NOT automatically redirect the user agent to the invalid redirection URI"
/// (OAuth 2.1 §4.1.2.1).
fn prove_redirect_uri(params: &Params, client: &Client) -> Result<ProvenRedirectUri, PageError> {
    let sent = params.get("redirect_uri").map_err(PageError::RedirectUri)?;
    redirect_uri::prove(client, sent).map_err(|unproven| {
        let diagnosis = redirect_uri::diagnose(client, &unproven);
        PageError::Unproven { unproven, diagnosis }
    })
}

/// What we do not support is refused by its own name where the specification has one (OpenID Connect Core §3.1.2.6).
fn refuse_unsupported(params: &Params) -> Result<(), OAuthError> {
    for (name, code) in [
        ("request", ErrorCode::RequestNotSupported),
        ("request_uri", ErrorCode::RequestUriNotSupported),
        ("registration", ErrorCode::RegistrationNotSupported),
    ] {
        if params.get(name)?.is_some() {
            return Err(OAuthError::new(code, format!("{name} is not supported, send plain parameters")));
        }
    }
    match params.get("response_mode")? {
        None | Some("query") => Ok(()),
        Some(_) => Err(OAuthError::invalid_request("response_mode must be query, or be left out")),
    }
}

impl Prompt {
    fn parse(text: Option<&str>) -> Result<Self, OAuthError> {
        let mut prompt = Self::default();
        let mut values = 0;
        for value in text.unwrap_or_default().split(' ').filter(|value| !value.is_empty()) {
            values += 1;
            match value {
                "none" => prompt.none = true,
                "login" => prompt.login = true,
                "consent" => prompt.consent = true,
                "select_account" => prompt.select_account = true,
                _ => return Err(OAuthError::invalid_request("prompt must be of none, login, consent, select_account")),
            }
        }
        if prompt.none && values > 1 {
            return Err(OAuthError::invalid_request("prompt=none cannot be combined with another value"));
        }
        Ok(prompt)
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn max_age(text: Option<&str>) -> Result<Option<Duration>, OAuthError> {
    let parse = |text: &str| text.parse::<u32>().map(|seconds| Duration::from_secs(u64::from(seconds)));
    text.map(parse).transpose().map_err(|_| OAuthError::invalid_request("max_age must be a whole number of seconds"))
}
