//! Answering an authorization request, once the person has signed in and consented.

use crate::app::App;
use crate::oauth::authorization_request::{AuthorizationRequest, AuthorizeError, PageError, RedirectError};
use crate::oauth::grant::{Grant, GrantState};
use crate::oauth::handle;
use crate::oauth::{Client, ErrorCode, OAuthError, Params, Scope, Target};
use crate::oidc::{Circumstances, Interaction, next};
use crate::store::decisions::{self, Decision};
use crate::store::sessions::Session;
use crate::store::{Conn, StoreError, clients, consents, grants, resources};
use crate::types::{Id, Timestamp};

use super::Flow;

/// A request that is in order, with its client.
#[derive(Clone, Debug)]
pub struct Authorization {
    /// The client.
    pub client: Client,
    /// The request.
    pub request: AuthorizationRequest,
}

/// Why there is no answer for the client, or which.
#[derive(Debug)]
pub enum Failure {
    /// See [`AuthorizeError`].
    Authorize(AuthorizeError),
    /// The database could not answer.
    Store(StoreError),
    /// The page was used before.
    AlreadyDecided,
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Reads an authorization request (RFC 6749 §4.1.1).
///
/// # Errors
/// [`Failure::Authorize`], [`Failure::Store`].
pub async fn read(app: &App, params: &Params) -> Result<Authorization, Failure> {
    let page = |error| Failure::Authorize(AuthorizeError::Page(PageError::Client(error)));
    let client_id = params.require("client_id").map_err(page)?.to_owned();
    let client = app.store.read(move |conn| clients::find(conn, &client_id)).await?.filter(|client| !client.disabled);
    let client = client.ok_or_else(|| page(OAuthError::invalid_request("client_id is not a registered client's")))?;
    let request = AuthorizationRequest::parse(params, &client).map_err(Failure::Authorize)?;
    let authorization = Authorization { client, request };
    authorization.check_target(app, params).await?;
    Ok(authorization)
}

impl Authorization {
    /// The resource has to be registered, and to have some of what is asked for: nobody signs in for a request that no token
    /// can answer.
    async fn check_target(&self, app: &App, params: &Params) -> Result<(), Failure> {
        let Some(chosen) = self.request.resource.clone() else { return Ok(()) };
        let uri = chosen.clone();
        let registered = app.store.read(move |conn| resources::find(conn, &uri)).await?;
        let named = Scope::is_named(params.get("scope").ok().flatten());
        let target = Target::new(Some(&chosen), registered);
        target.and_then(|target| target.carry(&self.request.scope, named)).map_err(|error| self.failure(error))?;
        Ok(())
    }

    /// What the person has to do next; `flow` is there once the pages were entered.
    ///
    /// # Errors
    /// [`Failure::Authorize`] with `login_required` or `consent_required`, [`Failure::Store`].
    pub async fn next(
        &self,
        app: &App,
        session: Option<&Session>,
        flow: Option<&Flow>,
    ) -> Result<Interaction, Failure> {
        let known = Circumstances {
            auth_time: session.map(|session| session.auth_time),
            signed_in_for_it: flow.zip(session).is_some_and(|(flow, session)| flow.signed_in == Some(session.sid)),
            consented: self.consented(app, session).await?,
            first_party: self.client.first_party,
        };
        next(&self.request, &known, app.clock.now()).map_err(|error| self.failure(error))
    }

    /// What the person allowed the client before.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn consented(&self, app: &App, session: Option<&Session>) -> Result<Scope, StoreError> {
        let Some(user_id) = session.map(|session| session.user_id) else { return Ok(Scope::default()) };
        let client_id = self.client.id.clone();
        app.store.read(move |conn| consents::find(conn, user_id, &client_id)).await
    }

    /// The address that answers with a code (RFC 6749 §4.1.2), for a person who need not be asked. A flow gets one code,
    /// and the same again while that is unused; a flow that was denied gets none.
    ///
    /// # Errors
    /// [`Failure::AlreadyDecided`], [`Failure::Store`].
    pub async fn grant(&self, app: &App, session: &Session, flow: Option<&Flow>) -> Result<String, Failure> {
        let (grant, now, flow_id) = (self.new_grant(app, session), app.clock.now(), flow.map(|flow| flow.id));
        let granted = app.store.write(move |conn| grant_in_unit(conn, &grant, flow_id, now)).await?;
        granted.map(|grant| self.code_response(app, &grant)).ok_or(Failure::AlreadyDecided)
    }

    /// The same, for a person who pressed Allow on the page of `flow`, which is remembered.
    ///
    /// # Errors
    /// [`Failure::AlreadyDecided`], [`Failure::Store`].
    pub async fn allow(&self, app: &App, session: &Session, flow: &Flow) -> Result<String, Failure> {
        let (grant, now, flow_id) = (self.new_grant(app, session), app.clock.now(), flow.id);
        let granted = app.store.write(move |conn| {
            let granted = grant_in_unit(conn, &grant, Some(flow_id), now)?;
            if granted.is_some() {
                consents::add(conn, grant.user_id, &grant.client_id, &grant.scope, now)?;
            }
            Ok(granted)
        });
        granted.await?.map(|grant| self.code_response(app, &grant)).ok_or(Failure::AlreadyDecided)
    }

    /// The address that answers with `access_denied`, for a person who pressed Deny.
    ///
    /// # Errors
    /// [`Failure::AlreadyDecided`] after Allow, [`Failure::Store`].
    pub async fn deny(&self, app: &App, flow: &Flow) -> Result<String, Failure> {
        let (now, flow_id) = (app.clock.now(), flow.id);
        let denied = app.store.write(move |conn| match decisions::find(conn, flow_id)? {
            None => decisions::insert(conn, flow_id, Decision::Denied, now).map(|()| true),
            Some(decision) => Ok(decision == Decision::Denied),
        });
        if !denied.await? {
            return Err(Failure::AlreadyDecided);
        }
        let error = OAuthError::new(ErrorCode::AccessDenied, "the person denied the request");
        Ok(error_response(app, &self.redirect_error(error)))
    }

    /// An error that goes to the client, since its redirect URI is proven.
    #[must_use]
    pub fn failure(&self, error: OAuthError) -> Failure {
        Failure::Authorize(AuthorizeError::Redirect(Box::new(self.redirect_error(error))))
    }

    fn redirect_error(&self, error: OAuthError) -> RedirectError {
        RedirectError { redirect_uri: self.request.redirect_uri.clone(), state: self.request.state.clone(), error }
    }

    fn new_grant(&self, app: &App, session: &Session) -> Grant {
        let (now, request) = (app.clock.now(), &self.request);
        Grant {
            id: Id::new(now, &app.rng),
            user_id: session.user_id,
            client_id: self.client.id.clone(),
            sid: Some(session.sid),
            scope: request.scope.clone(),
            resource: request.resource.clone(),
            redirect_uri: Some(request.redirect_uri.as_str().to_owned()),
            nonce: request.nonce.clone(),
            code_challenge: Some(request.code_challenge.clone()),
            auth_time: session.auth_time,
            amr: "pwd".to_owned(),
            handle_key: app.keys.handles.current(),
            seed: app.rng.bytes::<32>().to_vec(),
            state: GrantState::new(0, now, app.config.tokens.refresh_ttl),
        }
    }

    fn code_response(&self, app: &App, grant: &Grant) -> String {
        let key = app.keys.handles.get(grant.handle_key).expect("a grant that was just made has the current key");
        let code = handle::mint(key, grant.id, 0, &grant.seed);
        let mut parameters = vec![("code", code.as_str())];
        parameters.extend(self.request.state.as_deref().map(|state| ("state", state)));
        parameters.push(("iss", app.issuer.as_str()));
        self.request.redirect_uri.with_query(&parameters)
    }
}

fn grant_in_unit(
    conn: &mut Conn,
    grant: &Grant,
    flow_id: Option<Id>,
    now: Timestamp,
) -> Result<Option<Grant>, StoreError> {
    if let Some(flow_id) = flow_id {
        match decisions::find(conn, flow_id)? {
            None => decisions::insert(conn, flow_id, Decision::Allowed(grant.id), now)?,
            Some(Decision::Allowed(id)) => {
                let known = grants::find(conn, id)?.map(|(known, _)| known);
                return Ok(known.filter(|known| known.user_id == grant.user_id && known.state.generation == 0));
            }
            Some(Decision::Denied) => return Ok(None),
        }
    }
    grants::insert(conn, grant, now)?;
    Ok(Some(grant.clone()))
}

/// The address that answers with an error (RFC 6749 §4.1.2.1), with `iss` (RFC 9207 §2).
#[must_use]
pub fn error_response(app: &App, failed: &RedirectError) -> String {
    let mut parameters = vec![("error", failed.error.code.as_str()), ("error_description", failed.error.description())];
    parameters.extend(failed.state.as_deref().map(|state| ("state", state)));
    parameters.push(("iss", app.issuer.as_str()));
    failed.redirect_uri.with_query(&parameters)
}
