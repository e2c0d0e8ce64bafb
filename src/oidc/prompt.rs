//! Whether a person has to be asked anything before an authorization request is answered (OpenID Connect Core §3.1.2.3,
//! §3.1.2.4).

use crate::oauth::authorization_request::AuthorizationRequest;
use crate::oauth::{Consented, ErrorCode, OAuthError};
use crate::types::Timestamp;

/// What has to happen before the request is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Interaction {
    /// Nothing.
    None,
    /// The person says which of the accounts that are signed in is to be used, or that it is another.
    Choose,
    /// The person signs in.
    SignIn(Option<AskedAgain>),
    /// The person consents.
    Consent,
}

/// Why somebody who is signed in has to sign in again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedAgain {
    /// The application wants it (`prompt=login`).
    ByApplication,
    /// The last time is too long ago for the application (`max_age`).
    TooLongAgo,
}

/// What is known about the person in front of the browser.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Circumstances {
    /// When the person of the session authenticated, if there is a session.
    pub auth_time: Option<Timestamp>,
    /// Whether the person signed in for this very request.
    pub signed_in_for_it: bool,
    /// Whether there is an account to choose.
    pub choice: Choice,
    /// Whether the request names somebody else than the person of the session (`id_token_hint`, `claims`).
    pub is_somebody_else: bool,
    /// The person's earlier consent to this client, on the terms of the request.
    pub consented: Consented,
    /// Whether claims are asked for by name beside what the scope opens: no consent to a scope covers them.
    pub asks_for_more: bool,
    /// Another program could have sent the request, so that an earlier consent is asked for again.
    pub can_be_impersonated: bool,
    /// Whether the client is the operator's own.
    pub first_party: bool,
}

/// Whether the person says whose account is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// There is nobody to choose: no session in this browser.
    Nobody,
    /// There is, and nothing was chosen for this request.
    Open,
    /// Chosen for this very request, or signed in for it.
    Made,
}

/// What has to happen next.
///
/// # Errors
/// `login_required` or `consent_required` where a page would be needed and `prompt=none` forbids it; `login_required` also
/// where somebody else signed in, or was chosen, than the request names: "If the End-User identified by the ID Token is already
/// logged in or is logged in as a result of the request […] then the Authorization Server returns a positive response;
/// otherwise, it MUST return an error" (§3.1.2.1).
pub fn next(request: &AuthorizationRequest, known: &Circumstances, now: Timestamp) -> Result<Interaction, OAuthError> {
    if known.is_somebody_else {
        let description = "the person who is signed in is not the one whom the request names";
        return Err(OAuthError::new(ErrorCode::LoginRequired, description));
    }
    let interaction = match known.auth_time {
        _ if needs_choice(request, known) => Interaction::Choose,
        None => Interaction::SignIn(None),
        Some(auth_time) => match asked_again(request, auth_time, known.signed_in_for_it, now) {
            Some(why) => Interaction::SignIn(Some(why)),
            None if needs_consent(request, known) => Interaction::Consent,
            None => Interaction::None,
        },
    };
    match interaction {
        Interaction::SignIn(_) | Interaction::Choose if request.prompt.none => Err(OAuthError::new(
            ErrorCode::LoginRequired,
            "the person is not signed in, and prompt=none forbids to ask",
        )),
        Interaction::Consent if request.prompt.none => Err(OAuthError::new(
            ErrorCode::ConsentRequired,
            "the person has not consented, and prompt=none forbids to ask",
        )),
        interaction => Ok(interaction),
    }
}

fn asked_again(
    request: &AuthorizationRequest,
    auth_time: Timestamp,
    signed_in_for_it: bool,
    now: Timestamp,
) -> Option<AskedAgain> {
    if signed_in_for_it {
        return None;
    }
    if request.prompt.login {
        return Some(AskedAgain::ByApplication);
    }
    let too_long = request.max_age.is_some_and(|max_age| max_age.is_zero() || now.since(auth_time) > max_age);
    too_long.then_some(AskedAgain::TooLongAgo)
}

/// "The Authorization Server SHOULD prompt the End-User to select a user account" (§3.1.2.1); once, and where there is one to
/// select. Whoever signed out while others stayed signed in is asked as well: nobody says which of them it is now.
fn needs_choice(request: &AuthorizationRequest, known: &Circumstances) -> bool {
    known.choice == Choice::Open && (request.prompt.select_account || known.auth_time.is_none())
}

fn needs_consent(request: &AuthorizationRequest, known: &Circumstances) -> bool {
    let is_new = known.asks_for_more || known.can_be_impersonated || !known.consented.covers(&request.scope);
    request.prompt.consent || (is_new && !known.first_party)
}
