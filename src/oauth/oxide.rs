//! oxide-auth's part: its I/O-free authorization state machine walks each request through bind, extend and negotiate
//! (RFC 6749 §4.1.1), with our redirect rule as its registrar and its `Pkce`, required and S256 only, as its extension.
//! Nothing else imports oxide-auth; `docs/decisions` says why its token flows are not used.

use std::borrow::Cow;

use oxide_auth::code_grant::authorization::{Authorization, Input, Output, Request};
use oxide_auth::code_grant::extensions::Pkce;
use oxide_auth::primitives::grant::Extensions;
use oxide_auth::primitives::registrar::{BoundClient, ExactUrl, PreGrant, RegisteredUrl};

use super::pkce;
use super::redirect_uri::ProvenRedirectUri;
use super::{Client, ClientPolicy, ErrorCode, OAuthError, Params, PkcePolicy, Scope};

/// What the machine settled.
pub struct Negotiated {
    /// The scope of the grant to come.
    pub scope: Scope,
    /// The S256 challenge that its code is bound to.
    pub code_challenge: Option<String>,
}

/// Walks a request whose parameters are single and whose redirect URI is proven through the machine.
///
/// # Errors
/// `unsupported_response_type`, `invalid_scope`, or `invalid_request` about PKCE: all may be sent to the redirect URI.
pub fn negotiate(
    params: &Params,
    client: &Client,
    policy: ClientPolicy,
    redirect_uri: &ProvenRedirectUri,
) -> Result<Negotiated, OAuthError> {
    let request = AuthorizationParams(params);
    let mut machine = Authorization::new(&request);
    let mut input = Input::None;
    let mut scope = Scope::default();
    loop {
        input = match machine.advance(input) {
            Output::Bind { client_id, .. } => {
                Input::Bound { request: &request, bound_client: bind(client_id, redirect_uri)? }
            }
            Output::Extend => Input::Extended(challenge(params, policy.pkce, client)?),
            Output::Negotiate { bound_client, .. } => {
                let (default, allowed) = (client.default_scope(), client.allowed_scope());
                scope = Scope::negotiate(params.get("scope")?, &default, &allowed, policy.unknown_scopes)?;
                Input::Negotiated { pre_grant: pre_grant(bound_client.clone(), &scope)?, state: None }
            }
            Output::Ok { .. } => {
                let code_challenge = params.get("code_challenge")?.map(str::to_owned);
                return Ok(Negotiated { scope, code_challenge });
            }
            Output::Err(_) => return Err(refused(params)),
        };
    }
}

fn bind(client_id: String, redirect_uri: &ProvenRedirectUri) -> Result<BoundClient<'static>, OAuthError> {
    let url = ExactUrl::new(redirect_uri.as_str().to_owned()).map_err(OAuthError::server_error)?;
    Ok(BoundClient { client_id: Cow::Owned(client_id), redirect_uri: Cow::Owned(RegisteredUrl::Exact(url)) })
}

/// "If the server requires Proof Key for Code Exchange by OAuth public clients and the client does not send the
/// `code_challenge` in the request, the authorization endpoint MUST return the authorization error response with the
/// `error` value set to `invalid_request`" (RFC 7636 §4.4.1). One that is sent has to be right, whatever the policy.
fn challenge(params: &Params, policy: PkcePolicy, client: &Client) -> Result<Extensions, OAuthError> {
    let (method, challenge) = (params.get("code_challenge_method")?, params.get("code_challenge")?);
    let challenge = match (policy, method, challenge) {
        (_, _, Some(challenge)) => challenge,
        (PkcePolicy::Optional, None, None) => return Ok(Extensions::new()),
        (PkcePolicy::RequiredByDefault, None, None) => return Err(OAuthError::invalid_request(required(client))),
        _ => return Err(OAuthError::invalid_request("code_challenge is missing")),
    };
    if !pkce::is_s256_challenge(challenge) {
        return Err(OAuthError::invalid_parameter(
            "code_challenge",
            "code_challenge must be the unpadded base64url of a SHA-256 hash, 43 characters",
        ));
    }
    let rule = Pkce::required();
    let value = rule.challenge(method.map(Cow::Borrowed), Some(Cow::Borrowed(challenge)));
    let value = value
        .map_err(|()| OAuthError::invalid_parameter("code_challenge_method", "code_challenge_method must be S256"))?;
    let mut extensions = Extensions::new();
    if let Some(value) = value {
        extensions.set(&rule, value);
    }
    Ok(extensions)
}

/// The way out for an application whose library has no PKCE, which is the operator's to take.
fn required(client: &Client) -> String {
    format!(
        "code_challenge is missing: this client has to use PKCE; if its library has none, the operator can allow that with \
         `countersign client set {} --pkce optional`",
        client.id
    )
}

/// What the machine wants to hear of the negotiation. Its own scope is a set: ours keeps the order.
fn pre_grant(bound: BoundClient<'static>, scope: &Scope) -> Result<PreGrant, OAuthError> {
    let scope = scope.to_string().parse().map_err(|_| invalid_scope())?;
    let (client_id, redirect_uri) = (bound.client_id.into_owned(), bound.redirect_uri.into_owned());
    Ok(PreGrant { client_id, redirect_uri, scope })
}

/// The machine keeps its reasons to itself; these are the two it can have once the redirect URI is proven.
fn refused(params: &Params) -> OAuthError {
    match params.require("response_type") {
        Ok("code") => invalid_scope(),
        Ok(_) => OAuthError::new(ErrorCode::UnsupportedResponseType, "response_type must be code"),
        Err(missing) => missing,
    }
}

fn invalid_scope() -> OAuthError {
    OAuthError::new(ErrorCode::InvalidScope, "scope has a character that is not allowed in it")
}

/// Parameters as the machine reads them. Each was seen to be single before: here a repeated one would become absent.
struct AuthorizationParams<'a>(&'a Params);

impl AuthorizationParams<'_> {
    fn single(&self, name: &str) -> Option<Cow<'_, str>> {
        let mut values = self.0.all(name);
        let first = values.next().filter(|value| !value.is_empty());
        first.filter(|_| values.next().is_none()).map(Cow::Borrowed)
    }
}

impl Request for AuthorizationParams<'_> {
    fn valid(&self) -> bool {
        true
    }

    fn client_id(&self) -> Option<Cow<'_, str>> {
        self.single("client_id")
    }

    fn scope(&self) -> Option<Cow<'_, str>> {
        self.single("scope")
    }

    fn redirect_uri(&self) -> Option<Cow<'_, str>> {
        self.single("redirect_uri")
    }

    fn state(&self) -> Option<Cow<'_, str>> {
        self.single("state")
    }

    fn response_type(&self) -> Option<Cow<'_, str>> {
        self.single("response_type")
    }

    fn extension(&self, key: &str) -> Option<Cow<'_, str>> {
        self.single(key)
    }
}
