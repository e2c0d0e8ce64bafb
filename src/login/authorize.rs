//! Authorization requests: one that is in order, and the step that its person takes next. `read` reads a request, `answer`
//! answers it.

mod read;

pub(super) use read::unregistered;
pub use read::{read, read_again, refuse_long};

use std::collections::BTreeSet;

use serde_json::Value;

use crate::app::App;
use crate::browser::{Answering, Flow};
use crate::oauth::authorization_request::AuthorizationRequest;
use crate::oauth::authorize_error::{AuthorizeError, RedirectError};
use crate::oauth::{Client, ConsentTerms, Consented, OAuthError, Params, Resource, Scope, Target};
use crate::oidc::{Choice, Circumstances, Interaction, next, subject_for};
use crate::store::sessions::Session;
use crate::store::{StoreError, consents, resources};
use crate::types::{Secret, Timestamp, username_key};

use super::application::Application;
use super::hint::read_hint;
use super::people::People;

/// A request that is in order, with its client.
#[derive(Clone, Debug)]
pub struct Authorization {
    /// The client.
    pub client: Client,
    /// The request.
    pub request: AuthorizationRequest,
    /// Its parameters as they count: those of a request object are among them, and it is not.
    pub params: Params,
    /// Whether that made them other than they came.
    pub had_object: bool,
    /// The time from which on the request object is refused, where it says one.
    pub expires_at: Option<Timestamp>,
    /// The subjects that the request names; a person who answers it has to be each of them.
    pub named: Vec<String>,
}

/// Why there is no answer for the client, or which.
#[derive(Debug)]
pub enum Failure {
    /// See [`AuthorizeError`].
    Authorize(AuthorizeError),
    /// The database could not answer.
    Store(StoreError),
    /// There is no code to be had here any more: the page was used before and its code is used or has expired, or the request
    /// is too old to begin again. The way on starts at the application.
    Over(Application),
    /// The session ended while the request was answered: the person signs in again.
    SignedOut,
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Authorization {
    /// The resource has to be registered, and to have some of what is asked for: nobody signs in for a request that no token
    /// can answer.
    async fn check_target(&self, app: &App) -> Result<(), Failure> {
        let Some(chosen) = self.request.resource.clone() else { return Ok(()) };
        let uri = chosen.clone();
        let registered = app.store.read(move |conn| resources::find(conn, &uri)).await?;
        let named = Scope::is_named(self.params.get("scope").ok().flatten());
        let target = Target::new(Some(&chosen), registered, &app.config.resource_patterns);
        target
            .and_then(|target| target.carry(&self.request.scope, named, &app.config.claims))
            .map_err(|error| self.refusal(error))?;
        Ok(())
    }

    /// What the person has to do next; `flow` is there once the pages were entered.
    ///
    /// # Errors
    /// [`Failure::Authorize`] with `login_required` or `consent_required`, [`Failure::Store`].
    pub async fn next(&self, app: &App, people: &People, flow: Option<&Flow>) -> Result<Interaction, Failure> {
        let session = self.session(people, flow);
        let known = Circumstances {
            auth_time: session.map(|session| session.auth_time),
            signed_in_for_it: flow.zip(session).is_some_and(|(flow, session)| flow.signed_in == Some(session.sid)),
            choice: self.choice(people, session, flow),
            is_somebody_else: session.is_some_and(|session| !self.is_named(session)),
            consented: self.consented(app, session).await?,
            asks_for_more: !self.more_claims(app).is_empty(),
            can_be_impersonated: self.client.can_be_impersonated(&self.request.return_to.redirect_uri),
            first_party: self.client.first_party,
        };
        next(&self.request, &known, app.clock.now()).map_err(|error| self.failure(error))
    }

    /// The session that answers, of those of the browser: the one that the flow says, or else that of the person whom the
    /// request names, or else the current one.
    #[must_use]
    pub fn session<'a>(&self, people: &'a People, flow: Option<&Flow>) -> Option<&'a Session> {
        match flow.map(|flow| flow.answering).unwrap_or_default() {
            Answering::Session(sid) => people.all().find(|session| session.sid == sid),
            Answering::Another => None,
            Answering::Unsaid if !self.named.is_empty() => people.all().find(|session| self.is_named(session)),
            Answering::Unsaid => {
                let hinted = self.request.login_hint.as_deref().map(username_key);
                let is_hinted = |session: &&Session| hinted.as_ref() == Some(&username_key(&session.username));
                people.all().find(is_hinted).or(people.current())
            }
        }
    }

    fn choice(&self, people: &People, session: Option<&Session>, flow: Option<&Flow>) -> Choice {
        match flow.map(|flow| flow.answering).unwrap_or_default() {
            Answering::Another => Choice::Made,
            Answering::Session(_) if session.is_some() => Choice::Made,
            _ if people.is_empty() => Choice::Nobody,
            // Whom the request names is not among them.
            _ if session.is_none() && !self.named.is_empty() => Choice::Nobody,
            _ => Choice::Open,
        }
    }

    /// Whether a person is whom the request names, if it names anybody.
    fn is_named(&self, session: &Session) -> bool {
        let subject = subject_for(&self.client, session.user_id, &session.subject_seed);
        self.named.iter().all(|named| *named == subject)
    }

    /// Whom the request names: by `id_token_hint`, or by a value for `sub` in `claims` (OpenID Connect Core §5.5.1).
    fn whom(&self, app: &App) -> Result<Vec<String>, OAuthError> {
        let hint = self.request.id_token_hint.as_deref().map(|token| {
            let hint = read_hint(app, token).filter(|hint| hint.client_id() == self.client.id);
            hint.map(|hint| hint.sub).ok_or_else(|| {
                let description = "id_token_hint is not an ID token that this server issued to the client";
                OAuthError::invalid_parameter("id_token_hint", description)
            })
        });
        let wish = self.request.claims.as_ref().and_then(|claims| claims.of_id_token("sub"));
        let wanted = wish.and_then(|wish| wish.value.as_ref()).map(|value| match value {
            Value::String(sub) => Ok(sub.clone()),
            _ => Err(OAuthError::invalid_parameter("claims", "claims has a value for sub that is no string")),
        });
        hint.into_iter().chain(wanted).collect()
    }

    /// The claims that are asked for by name, and that the client may be told although the scope of the request opens none of
    /// them.
    #[must_use]
    pub fn more_claims(&self, app: &App) -> Vec<String> {
        let (Some(asked), table) = (&self.request.claims, &app.config.claims) else { return Vec::new() };
        let names: BTreeSet<&String> = asked.userinfo.keys().chain(asked.id_token.keys()).collect();
        let is_more = |name: &&String| table.opens(&self.client.scope, name) && !table.opens(&self.request.scope, name);
        names.into_iter().filter(is_more).cloned().collect()
    }

    /// The API that is asked for, where it is registered.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn resource(&self, app: &App) -> Result<Option<Resource>, StoreError> {
        let Some(uri) = self.request.resource.clone() else { return Ok(None) };
        app.store.read(move |conn| resources::find(conn, &uri)).await
    }

    /// Reads the person's earlier consent to the client, on the terms of this request.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn consented(&self, app: &App, session: Option<&Session>) -> Result<Consented, StoreError> {
        let Some(user_id) = session.map(|session| session.user_id) else { return Ok(Consented::default()) };
        let (client_id, terms) = (self.client.id.clone(), self.consent_terms());
        app.store.read(move |conn| consents::find(conn, user_id, &client_id, &terms)).await
    }

    /// The terms on which the person is asked.
    #[must_use]
    pub fn consent_terms(&self) -> ConsentTerms {
        ConsentTerms::of(&self.client, &self.request.return_to.redirect_uri, self.request.resource.as_deref())
    }

    /// A hash of all that the consent page shows of the request. Allow counts for that alone: the client may have changed since.
    #[must_use]
    pub fn consent_digest(&self, app: &App) -> [u8; 32] {
        let ConsentTerms { client_name, redirect_host, resource } = self.consent_terms();
        let shown = (client_name, redirect_host, resource, self.request.scope.to_string(), self.more_claims(app));
        Secret::new(format!("{shown:?}")).sha256()
    }

    /// An error of the request itself, whoever sent it.
    fn refusal(&self, error: OAuthError) -> Failure {
        Failure::Authorize(AuthorizeError::to_client(&self.params, &self.client, self.redirect_error(error)))
    }

    /// An error that goes to the client, since its redirect URI is proven: what came of asking the person.
    #[must_use]
    pub fn failure(&self, error: OAuthError) -> Failure {
        Failure::Authorize(AuthorizeError::Redirect(Box::new(self.redirect_error(error))))
    }

    pub(super) fn redirect_error(&self, error: OAuthError) -> RedirectError {
        RedirectError { return_to: self.request.return_to.clone(), error }
    }
}
