//! Exchanging an authorization code (RFC 6749 §4.1.3), bound to its client, redirect URI and code challenge.

use crate::app::App;
use crate::oauth::grant::{Grant, RevocationReason};
use crate::oauth::handle::{Handle, HandleKind};
use crate::oauth::pkce::{self, VerifierError};
use crate::oauth::token_request::{Asked, AuthorizationCodeRequest};
use crate::oauth::{Client, GrantType, OAuthError, RequestFault, Resource, Target, redirect_uri};
use crate::types::Secret;

use super::issue::Wanted;
use super::redeem::{Check, redeem};
use super::{Claimant, TokenResponse};

/// Answers with the first tokens of a grant. A code has no retry window: its replay ends the grant (RFC 6749 §4.1.2).
pub(super) async fn grant(
    app: &App,
    client: Claimant,
    request: AuthorizationCodeRequest,
) -> Result<TokenResponse, OAuthError> {
    let handle = Handle::parse(HandleKind::AuthorizationCode, request.code.expose());
    let (unit, notes) = (app.clone(), client.notes.clone());
    redeem(app, client, GrantType::AuthorizationCode, handle, move |client, grant, resource| {
        if let Some(sent) = other_redirect_uri(grant, &request) {
            notes.note_redirect_uri(redirect_uri::loggable(sent));
            return faulty("redirect_uri", "redirect_uri is not the one that the code was requested with");
        }
        check(&unit, client, grant, resource, &request)
    })
    .await
}

/// The redirect URI of a token request that is another than that of its grant. One that is left out is none.
fn other_redirect_uri<'a>(grant: &Grant, request: &'a AuthorizationCodeRequest) -> Option<&'a str> {
    request.redirect_uri.as_deref().filter(|sent| grant.redirect_uri.as_deref() != Some(sent))
}

/// Only a well-formed wrong verifier, which no honest client sends, ends the grant; every other fault consumes nothing.
fn check(
    app: &App,
    client: &Client,
    grant: &Grant,
    resource: Option<Resource>,
    request: &AuthorizationCodeRequest,
) -> Check {
    if redirect_uri::prove(client, grant.redirect_uri.as_deref()).is_err() {
        return faulty("redirect_uri", "the code was sent to a redirect URI that the client does not have any more");
    }
    let verifier = request.code_verifier.as_ref().map(Secret::expose);
    match pkce::check(grant.code_challenge.as_deref(), verifier) {
        Ok(()) => {}
        Err(VerifierError::Wrong) => return Check::Revoke(RevocationReason::WrongVerifier),
        Err(VerifierError::Missing) => return faulty("code_verifier", "code_verifier is missing"),
        Err(VerifierError::Unexpected) => {
            return faulty("code_verifier", "code_verifier belongs to a code_challenge, which was not sent");
        }
        Err(VerifierError::Malformed) => {
            return faulty("code_verifier", "code_verifier must be 43 to 128 characters of A-Z a-z 0-9 - . _ ~");
        }
    }
    wanted(app, client, grant, resource, &request.asked).map_or_else(Check::Faulty, Check::Pass)
}

fn wanted(
    app: &App,
    client: &Client,
    grant: &Grant,
    resource: Option<Resource>,
    asked: &Asked,
) -> Result<Wanted, OAuthError> {
    let target = Target::of_grant(client, grant, asked, resource, &app.config.resource_patterns)?;
    let scope = target.carry(&grant.left_to(client)?, false, &app.config.claims)?;
    Ok(Wanted { scope, target, nonce: grant.nonce.clone() })
}

fn faulty(parameter: &'static str, description: &'static str) -> Check {
    Check::Faulty(OAuthError::invalid_grant(description).about(RequestFault::Invalid(parameter)))
}
