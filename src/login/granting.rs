//! Making a grant: the one way, for the authorization code and the password grant alike.
//!
//! The caller holds the person first (`users::hold`), so that what is made for one person is made one after the other: the
//! bound on live grants is exact, and whoever locks the person comes before or after.

use crate::app::App;
use crate::audit::{Event, Origin};
use crate::oauth::Scope;
use crate::oauth::bound::{Bound, Evicted, make_room};
use crate::oauth::grant::{Grant, GrantState};
use crate::store::decisions::{self, Decision};
use crate::store::sessions::Session;
use crate::store::{Conn, StoreError, clients, grants, session_clients, sessions, users};
use crate::types::{Id, Timestamp};

/// A new grant of a person with a client that begins at a generation: without a session, a redirect URI or anything that was
/// asked for.
#[must_use]
pub fn begin(app: &App, user_id: Id, client_id: &str, generation: u32) -> Grant {
    let now = app.clock.now();
    Grant {
        id: Id::new(now, &app.rng),
        user_id,
        client_id: client_id.to_owned(),
        sid: None,
        scope: Scope::default(),
        resource: None,
        redirect_uri: None,
        nonce: None,
        code_challenge: None,
        auth_time: now,
        amr: "pwd".to_owned(),
        handle_key: app.keys.handles.current(),
        claims: None,
        seed: app.rng.bytes::<32>().to_vec(),
        state: GrantState::new(generation, now, app.config.tokens.refresh_ttl),
    }
}

/// Stores a grant, and removes those that it takes the place of: a row that stayed would take room until it is purged.
///
/// # Errors
/// [`StoreError`].
pub fn make(conn: &mut Conn, grant: &Grant, bound: &Bound, now: Timestamp) -> Result<Vec<Evicted>, StoreError> {
    let unrevoked = grants::unrevoked(conn, grant.user_id, &grant.client_id)?;
    let evicted = make_room(unrevoked, bound, now);
    for Evicted { id, .. } in &evicted {
        grants::remove(conn, *id)?;
    }
    grants::insert(conn, grant, now)?;
    Ok(evicted)
}

/// Tells of grants that ended for a newer one. Those that had expired are not worth a line.
pub fn tell_evicted(evicted: &[Evicted], newer: &Grant, origin: &Origin) {
    for Evicted { id, .. } in evicted.iter().filter(|evicted| evicted.was_live) {
        Event::GrantEvicted { id: *id, newer }.write(origin);
    }
}

/// What came of an authorization request that a person allowed.
pub(super) enum Granted {
    /// A new grant, and those that it took the place of.
    New(Vec<Evicted>),
    /// The flow has one already, whose code is unused.
    Again(Box<Grant>),
    /// The flow is over: it was denied, its code was used or has expired, or the consent was withdrawn.
    Over,
    /// The session has ended, or the person was locked, since the request came in.
    SignedOut,
    /// The client was locked or removed since the request came in.
    NoClient,
}

/// Stores the grant of an authorization request, which came in `session`; a flow gets one.
///
/// # Errors
/// [`StoreError`].
pub(super) fn grant_in_unit(
    conn: &mut Conn,
    session: &Session,
    grant: &Grant,
    flow_id: Option<Id>,
    bound: &Bound,
    now: Timestamp,
) -> Result<Granted, StoreError> {
    let person = users::hold(conn, session.user_id)?.filter(|person| !person.disabled);
    if person.is_none() || !sessions::hold(conn, session.sid)? {
        return Ok(Granted::SignedOut);
    }
    if clients::hold(conn, &grant.client_id)?.is_none_or(|client| client.disabled) {
        return Ok(Granted::NoClient);
    }
    if let Some(flow_id) = flow_id {
        match decisions::find(conn, flow_id)? {
            None => decisions::insert(conn, flow_id, Decision::Allowed(grant.id), now)?,
            Some(Decision::Allowed(id)) => {
                let known = grants::find(conn, id)?.map(|found| found.grant);
                let unused = |known: &Grant| known.state.generation == 0 && bound.policy.is_live(&known.state, now);
                let known = known.filter(|known| known.user_id == grant.user_id && unused(known));
                return Ok(known.map_or(Granted::Over, |known| Granted::Again(Box::new(known))));
            }
            Some(Decision::Denied) => return Ok(Granted::Over),
        }
    }
    session_clients::add(conn, session.sid, &grant.client_id)?;
    make(conn, grant, bound, now).map(Granted::New)
}
