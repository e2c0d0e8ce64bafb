//! Signing out because an application asks (OpenID Connect RP-Initiated Logout). In this order:
//!
//! 1. the request is read, and its parameters are proven: a request with a fault leads to no address of an application;
//! 2. a hint that belongs to a session of this browser ends it at once, without a hint or with a fault the person is asked;
//! 3. whoever is signed out goes back to an address that the client registered, or to a page of ours. A client that registered
//!    itself has its address as a link on that page.

use crate::app::App;
use crate::audit::{Origin, RequestNotes};
use crate::browser::{Accounts, Farewell};
use crate::oauth::redirect_uri::{ProvenRedirectUri, loggable, prove_after_logout};
use crate::oauth::{Client, OAuthError, Params, RequestFault};
use crate::oidc::{IdTokenHint, LogoutRequest, subject_for};
use crate::store::sessions::Session;
use crate::store::{Conn, StoreError, session_clients};
use crate::types::Id;

use super::hint::read_hint;
use super::named_client::find_named_client;
use super::people::People;
use super::session::{SignedOut, sign_out};

/// A logout request, proven as far as it can be.
#[derive(Clone, Debug, Default)]
pub struct Logout {
    /// The ID token that says whom the request is about.
    pub hint: Option<IdTokenHint>,
    /// The client that asks, where the request names it.
    pub client: Option<Client>,
    /// The proven address that the person is sent to afterwards. A request with a fault has none.
    pub back: Option<ProvenRedirectUri>,
    /// The first fault of the request. "When an OP detects errors in the RP-Initiated Logout request, it MUST NOT perform
    /// post-logout redirection to an RP" (§4); the person is asked, and may sign out all the same.
    pub fault: Option<RequestFault>,
    /// The request as it came.
    pub request: LogoutRequest,
}

/// Reasons why a logout request cannot be worked on.
#[derive(Debug)]
pub enum LogoutFailure {
    /// The request cannot be read.
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
    /// Reads a logout request, and proves what it says until something is found at fault. The client that it names and the
    /// address that it wants to go on to are noted for the log.
    ///
    /// # Errors
    /// [`LogoutFailure`].
    pub async fn read(app: &App, params: &Params, notes: &RequestNotes) -> Result<Self, LogoutFailure> {
        if let Ok(Some(uri)) = params.get("post_logout_redirect_uri") {
            notes.note_redirect_uri(loggable(uri));
        }
        let request = LogoutRequest::parse(params)?;
        let hint = request.id_token_hint.as_deref().and_then(|token| read_hint(app, token));
        let mut logout = Self { hint, request, ..Self::default() };
        if let Some(id) = logout.named_client() {
            logout.client = find_named_client(app, &id, notes).await?;
        }
        match logout.prove_back() {
            Ok(back) => logout.back = back,
            Err(fault) => logout.fault = Some(fault),
        }
        Ok(logout)
    }

    fn named_client(&self) -> Option<String> {
        let named = self.request.client_id.as_deref();
        named.or(self.hint.as_ref().map(IdTokenHint::client_id)).map(str::to_owned)
    }

    /// "When both `client_id` and `id_token_hint` are present, the OP MUST verify that the Client Identifier matches the one used
    /// as the audience of the ID Token" (§2). "The value MUST have been previously registered with the OP […]. An
    /// `id_token_hint` is also RECOMMENDED"; "the OP MUST NOT perform post-logout redirection if the
    /// `post_logout_redirect_uri` value supplied does not exactly match one of the previously registered" ones (§3).
    fn prove_back(&self) -> Result<Option<ProvenRedirectUri>, RequestFault> {
        if self.hint.is_none() && self.request.id_token_hint.is_some() {
            return Err(RequestFault::UnknownHint);
        }
        let named = self.named_client();
        if self.hint.as_ref().is_some_and(|hint| named.as_deref() != Some(hint.client_id())) {
            return Err(RequestFault::OtherClient);
        }
        match (&self.client, &self.request.post_logout_redirect_uri) {
            (None, _) if named.is_some() => Err(RequestFault::UnknownClient),
            (Some(client), _) if client.disabled => Err(RequestFault::LockedClient),
            (_, None) => Ok(None),
            (None, Some(_)) => Err(RequestFault::UnnamedClient),
            (Some(client), Some(uri)) => {
                prove_after_logout(client, uri).map(Some).ok_or(RequestFault::UnregisteredLogoutUri)
            }
        }
    }

    /// The client that asks, of a request without a fault.
    #[must_use]
    pub fn proven_client(&self) -> Option<&Client> {
        self.client.as_ref().filter(|_| self.fault.is_none())
    }

    /// What comes next for a browser: a session that the hint names ends here, unless the request has a fault.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn next(&self, app: &App, held: &Accounts, people: &People, origin: &Origin) -> Result<Next, StoreError> {
        let Some(hint) = self.hint.as_ref().filter(|_| self.fault.is_none()) else {
            return Ok(if people.is_empty() { Next::Done(SignedOut::nothing(held)) } else { Next::Ask });
        };
        if let Some(sid) = self.session_of(hint, app, people).await? {
            let signed_out = sign_out(app, held, Some(sid), origin).await?;
            if !signed_out.ended.is_empty() {
                return Ok(Next::Done(signed_out));
            }
        }
        // The person may have signed in again since, which the hint does not tell of. A client that nobody vouches for is no
        // reason to send on whoever is signed in.
        let is_question = self.is_about_one_of(people) || (self.is_unvouched() && !people.is_empty());
        Ok(if is_question { Next::Ask } else { Next::Done(SignedOut::nothing(held)) })
    }

    /// The session that a hint was issued in. A token without `sid` stands for the session of its person in this browser, if that
    /// had begun when the token was issued and was used at the client.
    async fn session_of(&self, hint: &IdTokenHint, app: &App, people: &People) -> Result<Option<Id>, StoreError> {
        let Some(client) = self.client.as_ref().filter(|_| hint.sid().is_none()) else { return Ok(hint.sid()) };
        let is_meant = |session: &&Session| {
            session.sid.made_at().seconds() <= hint.iat
                && subject_for(client, session.user_id, &session.subject_seed) == hint.sub
        };
        let Some(sid) = people.all().find(is_meant).map(|session| session.sid) else { return Ok(None) };
        let client_id = client.id.clone();
        let is_used = app.store.read(move |conn| session_clients::contains(conn, sid, &client_id)).await?;
        Ok(is_used.then_some(sid))
    }

    fn is_unvouched(&self) -> bool {
        self.client.as_ref().is_some_and(Client::is_self_registered)
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
            client_id: self.proven_client().map(|client| client.id.clone()),
            back: self.back.as_ref().map(|back| (back.as_str().to_owned(), self.request.state.clone())),
        }
    }
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
