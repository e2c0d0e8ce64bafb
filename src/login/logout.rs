//! Signing out because an application asks (OpenID Connect RP-Initiated Logout). In this order:
//!
//! 1. the request is read, and every parameter in it proven: what is not is shown on a page, and never answered by a redirect;
//! 2. a hint that names a session of this browser ends it at once, without a hint the person is asked;
//! 3. whoever is signed out goes back to an address that the client registered, or to a page of ours.

use crate::app::App;
use crate::audit::Origin;
use crate::browser::{Accounts, Farewell};
use crate::oauth::redirect_uri::{ProvenRedirectUri, prove_after_logout};
use crate::oauth::{Client, OAuthError, Params};
use crate::oidc::{IdTokenHint, LogoutRequest, subject_for};
use crate::store::{Conn, StoreError, clients, session_clients};

use super::hint::read_hint;
use super::people::People;
use super::session::{SignedOut, sign_out};

/// A logout request that is in order.
#[derive(Clone, Debug, Default)]
pub struct Logout {
    /// Whom it is about.
    pub hint: Option<IdTokenHint>,
    /// The client that asks, where it says so.
    pub client: Option<Client>,
    /// Where the person goes afterwards.
    pub back: Option<ProvenRedirectUri>,
    /// The request as it came.
    pub request: LogoutRequest,
}

/// Why a logout request leads nowhere. It is shown on a page: "the OP MUST NOT perform post-logout redirection" (§3).
#[derive(Debug)]
pub enum LogoutFailure {
    /// It is not in order.
    Invalid(OAuthError),
    /// The database could not answer.
    Store(StoreError),
}

impl From<OAuthError> for LogoutFailure {
    fn from(error: OAuthError) -> Self {
        Self::Invalid(error)
    }
}

impl From<StoreError> for LogoutFailure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// What comes next.
pub enum Next {
    /// The person is asked.
    Ask,
    /// There is nothing to be signed out of any more, if there was; the person goes on.
    Done(SignedOut),
}

impl Logout {
    /// Reads a logout request.
    ///
    /// # Errors
    /// [`LogoutFailure`].
    pub async fn read(app: &App, params: &Params) -> Result<Self, LogoutFailure> {
        let request = LogoutRequest::parse(params)?;
        let hint = request.id_token_hint.as_deref().map(|token| {
            let invalid = || OAuthError::invalid_request("id_token_hint is not an ID token that this server issued");
            read_hint(app, token).ok_or_else(invalid)
        });
        let hint = hint.transpose()?;
        let client = match named_client(&request, hint.as_ref())? {
            Some(id) => {
                let client = app.store.read(move |conn| clients::find(conn, &id)).await?;
                let client = client.filter(|client| !client.disabled);
                Some(client.ok_or_else(|| OAuthError::invalid_request("client_id is not a registered client's"))?)
            }
            None => None,
        };
        let back = back(&request, client.as_ref())?;
        Ok(Self { hint, client, back, request })
    }

    /// What comes next for a browser: a session that the hint names ends here.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next(&self, app: &App, held: &Accounts, people: &People, origin: &Origin) -> Result<Next, StoreError> {
        let Some(hint) = &self.hint else {
            return Ok(if people.is_empty() { Next::Done(SignedOut::nothing(held)) } else { Next::Ask });
        };
        if let Some(sid) = hint.sid() {
            let signed_out = sign_out(app, held, Some(sid), origin).await?;
            if !signed_out.ended.is_empty() {
                return Ok(Next::Done(signed_out));
            }
        }
        // The person may have signed in again since, which the hint does not tell of.
        Ok(if self.is_about_one_of(people) { Next::Ask } else { Next::Done(SignedOut::nothing(held)) })
    }

    fn is_about_one_of(&self, people: &People) -> bool {
        let Some((hint, client)) = self.hint.as_ref().zip(self.client.as_ref()) else { return false };
        people.all().any(|session| subject_for(client, session.user_id, &session.subject_seed) == hint.sub)
    }

    /// What the page afterwards tells of.
    #[must_use]
    pub fn farewell(&self, signed_out: &SignedOut) -> Farewell {
        let used_at = |ended: &super::ending::Ended| {
            let sid = ended.session;
            ended.clients.iter().map(move |client| (sid, client.id.clone())).collect::<Vec<_>>()
        };
        Farewell {
            used_at: signed_out.ended.iter().flat_map(used_at).collect(),
            client_id: self.client.as_ref().map(|client| client.id.clone()),
            back: self.back.as_ref().map(|back| (back.as_str().to_owned(), self.request.state.clone())),
        }
    }
}

/// "When both `client_id` and `id_token_hint` are present, the OP MUST verify that the Client Identifier matches the one used
/// as the audience of the ID Token" (§2).
fn named_client(request: &LogoutRequest, hint: Option<&IdTokenHint>) -> Result<Option<String>, OAuthError> {
    match (request.client_id.as_deref(), hint.map(IdTokenHint::client_id)) {
        (Some(named), Some(hinted)) if named != hinted => {
            Err(OAuthError::invalid_request("client_id is not the client that id_token_hint was issued to"))
        }
        (named, hinted) => Ok(named.or(hinted).map(str::to_owned)),
    }
}

/// "The value MUST have been previously registered with the OP […]. An `id_token_hint` is also RECOMMENDED"; "the OP MUST NOT
/// perform post-logout redirection if the `post_logout_redirect_uri` value supplied does not exactly match one of the previously
/// registered" ones (§3).
fn back(request: &LogoutRequest, client: Option<&Client>) -> Result<Option<ProvenRedirectUri>, OAuthError> {
    let Some(uri) = &request.post_logout_redirect_uri else { return Ok(None) };
    let Some(client) = client else {
        let why =
            "post_logout_redirect_uri is followed for a known client only: send id_token_hint or client_id as well";
        return Err(OAuthError::invalid_request(why));
    };
    let unproven = || OAuthError::invalid_request("post_logout_redirect_uri is not one that the client has registered");
    prove_after_logout(client, uri).map(Some).ok_or_else(unproven)
}

/// The names of the applications that people are signed in to.
///
/// # Errors
/// [`StoreError`].
pub async fn applications(app: &App, people: &People) -> Result<Vec<String>, StoreError> {
    let sids: Vec<_> = people.all().map(|session| session.sid).collect();
    let unit = move |conn: &mut Conn| {
        let mut names = Vec::new();
        for sid in &sids {
            names.extend(session_clients::list(conn, *sid)?.into_iter().map(|client| client.name));
        }
        Ok(names)
    };
    let mut names = app.store.read(unit).await?;
    names.sort();
    names.dedup();
    Ok(names)
}
