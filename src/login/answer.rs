//! Answering an authorization request, once the person has signed in and was asked.

use crate::app::App;
use crate::audit::{Event, Origin};
use crate::browser::Flow;
use crate::oauth::authorization_response::AuthorizationResponse;
use crate::oauth::grant::Grant;
use crate::oauth::{ErrorCode, OAuthError, handle};
use crate::store::decisions::{self, Decision};
use crate::store::sessions::Session;
use crate::store::{Conn, StoreError, consents};
use crate::types::{Id, Timestamp};

use super::application::Application;
use super::authorize::{Authorization, Failure, unregistered};
use super::granting::{Granted, begin, grant_in_unit, tell_evicted};

/// Whether the person was asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Consent {
    /// There was no need to.
    NotAsked,
    /// And pressed Allow.
    Given,
}

/// Outcomes of Deny and Cancel.
enum Denied {
    Now,
    Before,
    TooLate,
}

impl Authorization {
    /// The response that brings a code (RFC 6749 §4.1.2), for a person who need not be asked. A flow gets one code,
    /// and the same again while that is unused; a flow that was denied gets none.
    ///
    /// # Errors
    /// [`Failure`].
    pub async fn grant(
        &self,
        app: &App,
        session: &Session,
        flow: Option<&Flow>,
        origin: &Origin,
    ) -> Result<AuthorizationResponse, Failure> {
        let grant = self.new_grant(app, session);
        let granted = self.store(app, session, &grant, flow, Consent::NotAsked).await?;
        self.answer(app, grant, granted, origin).map(|(response, _)| response)
    }

    /// The same, for a person who pressed Allow on the page of `flow`, which is remembered.
    ///
    /// # Errors
    /// As [`Authorization::grant`].
    pub async fn allow(
        &self,
        app: &App,
        session: &Session,
        flow: &Flow,
        origin: &Origin,
    ) -> Result<AuthorizationResponse, Failure> {
        let grant = self.new_grant(app, session);
        let granted = self.store(app, session, &grant, Some(flow), Consent::Given).await?;
        let (response, new) = self.answer(app, grant, granted, origin)?;
        if let Some(grant) = new {
            Event::ConsentAllowed { grant: &grant }.write(origin);
        }
        Ok(response)
    }

    async fn store(
        &self,
        app: &App,
        session: &Session,
        grant: &Grant,
        flow: Option<&Flow>,
        consent: Consent,
    ) -> Result<Granted, StoreError> {
        let (now, flow_id, bound) = (app.clock.now(), flow.map(|flow| flow.id), app.bound(&self.client));
        let (session, grant, person) = (session.clone(), grant.clone(), grant.user_id);
        let (stands_on_consent, terms) =
            (consent == Consent::NotAsked && !self.client.first_party, self.consent_terms());
        let unit = move |conn: &mut Conn| {
            // The consent may have been withdrawn since it was read.
            if stands_on_consent && !consents::find(conn, person, &grant.client_id, &terms)?.covers(&grant.scope) {
                return Ok(Granted::Over);
            }
            let granted = grant_in_unit(conn, &session, &grant, flow_id, &bound, now)?;
            if consent == Consent::Given && matches!(granted, Granted::New(_) | Granted::Again(_)) {
                consents::add(conn, grant.user_id, &grant.client_id, &terms, &grant.scope, now)?;
            }
            Ok(granted)
        };
        app.store.write_in_turn(Some(person), unit).await
    }

    /// The response with the code, and the grant if it is new.
    fn answer(
        &self,
        app: &App,
        made: Grant,
        granted: Granted,
        origin: &Origin,
    ) -> Result<(AuthorizationResponse, Option<Grant>), Failure> {
        match granted {
            Granted::New(evicted) => {
                tell_evicted(&evicted, &made, origin);
                Ok((self.code_response(app, &made), Some(made)))
            }
            Granted::Again(known) => Ok((self.code_response(app, &known), None)),
            Granted::Over => Err(self.over(app)),
            Granted::SignedOut => Err(Failure::SignedOut),
            Granted::NoClient => Err(unregistered()),
        }
    }

    /// The response that says `access_denied`, for a person who pressed Deny.
    ///
    /// # Errors
    /// [`Failure::Over`] after Allow, [`Failure::Store`].
    pub async fn deny(
        &self,
        app: &App,
        session: &Session,
        flow: &Flow,
        origin: &Origin,
    ) -> Result<AuthorizationResponse, Failure> {
        let (now, flow_id) = (app.clock.now(), flow.id);
        let unit = move |conn: &mut Conn| deny_in_unit(conn, flow_id, now);
        match app.store.write_in_turn(Some(session.user_id), unit).await? {
            Denied::TooLate => return Err(self.over(app)),
            Denied::Before => {}
            Denied::Now => {
                let (user, scope, client) = (session.user_id, &self.request.scope, self.client.id.as_str());
                Event::ConsentDenied { user, scope, client }.write(origin);
            }
        }
        Ok(self.access_denied(app, "the person denied the request"))
    }

    /// The same, for a person who went back before it was known who answers. The flow gives no code afterwards.
    ///
    /// # Errors
    /// As [`Authorization::deny`].
    pub async fn cancel(&self, app: &App, flow: &Flow) -> Result<AuthorizationResponse, Failure> {
        let (now, flow_id) = (app.clock.now(), flow.id);
        match app.store.write(move |conn| deny_in_unit(conn, flow_id, now)).await? {
            Denied::TooLate => Err(self.over(app)),
            Denied::Before | Denied::Now => Ok(self.access_denied(app, "the person went back without signing in")),
        }
    }

    fn access_denied(&self, app: &App, description: &'static str) -> AuthorizationResponse {
        let error = OAuthError::new(ErrorCode::AccessDenied, description);
        self.request.return_to.error(&error, app.issuer.as_str())
    }

    /// Whether a flow was answered before: its request does not begin again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn is_decided(app: &App, flow_id: Id) -> Result<bool, StoreError> {
        app.store.read(move |conn| decisions::find(conn, flow_id)).await.map(|decision| decision.is_some())
    }

    /// The request cannot be answered here any more.
    #[must_use]
    pub fn over(&self, app: &App) -> Failure {
        let redirect_uri = &self.request.return_to.redirect_uri;
        Failure::Over(Application::of_request(&self.client, redirect_uri, app.issuer.as_str()))
    }

    fn new_grant(&self, app: &App, session: &Session) -> Grant {
        let request = &self.request;
        Grant {
            sid: Some(session.sid),
            scope: request.scope.clone(),
            resource: request.resource.clone(),
            redirect_uri: Some(request.return_to.redirect_uri.as_str().to_owned()),
            nonce: request.nonce.clone(),
            code_challenge: request.code_challenge.clone(),
            auth_time: session.auth_time,
            claims: request.claims.clone(),
            ..begin(app, session.user_id, &self.client.id, 0)
        }
    }

    fn code_response(&self, app: &App, grant: &Grant) -> AuthorizationResponse {
        let key = app.keys.handles.get(grant.handle_key).expect("a grant that was just made has the current key");
        let code = handle::mint(key, grant.id, 0, &grant.seed);
        self.request.return_to.code(code, app.issuer.as_str())
    }
}

/// Notes that a flow was denied, unless it was allowed before.
fn deny_in_unit(conn: &mut Conn, flow_id: Id, now: Timestamp) -> Result<Denied, StoreError> {
    match decisions::find(conn, flow_id)? {
        None => decisions::insert(conn, flow_id, Decision::Denied, now).map(|()| Denied::Now),
        Some(Decision::Denied) => Ok(Denied::Before),
        Some(Decision::Allowed(_)) => Ok(Denied::TooLate),
    }
}
