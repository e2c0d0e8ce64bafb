//! Browser sessions: server-side, found by the hash of a random cookie, with idle and absolute limits.

use crate::app::App;
use crate::audit::{Event, Origin, SessionEnd, SignInFailure};
use crate::metrics::SignInVia;
use crate::store::sessions::{self, Session};
use crate::store::users::User;
use crate::store::{Conn, StoreError, grants};
use crate::throttle::Source;
use crate::types::{Id, Secret, Timestamp, base64url};

use super::SignInError;
use super::authenticate::{authenticate, failed, still_signs_in};

/// How often the last use is written down; the idle limit is exact to within this.
const TOUCH_EVERY: std::time::Duration = std::time::Duration::from_secs(60);

/// A new random value for a cookie: 256 bits.
#[must_use]
pub fn new_cookie(app: &App) -> Secret {
    Secret::new(base64url::encode(app.rng.bytes::<32>()))
}

/// The live session of a cookie.
///
/// # Errors
/// [`StoreError`].
pub async fn current(app: &App, cookie: Option<&Secret>) -> Result<Option<Session>, StoreError> {
    let Some(cookie) = cookie.cloned() else { return Ok(None) };
    let now = app.clock.now();
    let Some(session) = app.store.read(move |conn| sessions::find(conn, &cookie)).await? else { return Ok(None) };
    if !is_live(app, &session, now) {
        return Ok(None);
    }
    if now.since(session.last_seen_at) >= TOUCH_EVERY {
        let sid = session.sid;
        app.store.write(move |conn| sessions::touch(conn, sid, now)).await?;
    }
    Ok(Some(session))
}

fn is_live(app: &App, session: &Session, now: Timestamp) -> bool {
    now < session.expires_at && now.since(session.last_seen_at) < app.config.session.idle_ttl
}

/// Signs a person in: a session under a new cookie. The browser's old session ends, with what hung on it when it was another
/// person's (session fixation finds nothing to fix).
///
/// # Errors
/// [`SignInError`].
pub async fn sign_in(
    app: &App,
    username: &str,
    password: &Secret,
    source: Source<'_>,
    old: Option<Secret>,
    origin: &Origin,
) -> Result<(Secret, Session), SignInError> {
    let user = authenticate(app, SignInVia::Page, username, password, source, origin).await?;
    let (now, cookie) = (app.clock.now(), new_cookie(app));
    let fresh = Session {
        sid: Id::new(now, &app.rng),
        user_id: user.id,
        username: user.username.clone(),
        auth_time: now,
        last_seen_at: now,
        expires_at: now.plus(app.config.session.ttl),
    };
    let (key, id) = (cookie.clone(), user.id);
    let unit = move |conn: &mut Conn| start_in_unit(conn, &user, old.as_ref(), &key, &fresh);
    let started = app.store.write_in_turn(Some(id), unit).await?;
    let Some((session, ended)) = started else {
        failed(Some(id), SignInFailure::WrongPassword, origin);
        return Err(SignInError::Wrong);
    };
    if let Some(Ended { user, session, grants }) = ended {
        Event::SessionEnded { user, session, reason: SessionEnd::AnotherPerson, grants }.write(origin);
    }
    Event::SignIn { user: id, session: Some(session.sid), client: None }.write(origin);
    Ok((cookie, session))
}

/// `None` when the person was locked, or got another password, since theirs was verified.
fn start_in_unit(
    conn: &mut Conn,
    user: &User,
    old: Option<&Secret>,
    cookie: &Secret,
    fresh: &Session,
) -> Result<Option<(Session, Option<Ended>)>, StoreError> {
    if !still_signs_in(conn, user)? {
        return Ok(None);
    }
    let (mut session, mut ended) = (fresh.clone(), None);
    if let Some(old) = old {
        match sessions::find(conn, old)? {
            // The same person again: what was bound to the session goes on under its sid.
            Some(known) if known.user_id == session.user_id => {
                session.sid = known.sid;
                sessions::remove(conn, old)?;
            }
            _ => ended = end_in_unit(conn, old, fresh.auth_time)?,
        }
    }
    sessions::insert(conn, cookie, &session)?;
    Ok(Some((session, ended)))
}

/// A session that ended.
struct Ended {
    user: Id,
    session: Id,
    grants: usize,
}

/// Signs out: the session of a cookie ends, and the grants that were bound to it.
///
/// # Errors
/// [`StoreError`].
pub async fn sign_out(app: &App, cookie: Secret, origin: &Origin) -> Result<(), StoreError> {
    if let Some(Ended { user, session, grants }) = end(app, cookie).await? {
        Event::SignOut { user, session, grants }.write(origin);
    }
    Ok(())
}

/// The same, to let somebody else sign in.
///
/// # Errors
/// [`StoreError`].
pub async fn switch(app: &App, cookie: Secret, origin: &Origin) -> Result<(), StoreError> {
    if let Some(Ended { user, session, grants }) = end(app, cookie).await? {
        Event::SessionEnded { user, session, reason: SessionEnd::Switched, grants }.write(origin);
    }
    Ok(())
}

async fn end(app: &App, cookie: Secret) -> Result<Option<Ended>, StoreError> {
    let now = app.clock.now();
    app.store.write_in_turn(None, move |conn| end_in_unit(conn, &cookie, now)).await
}

/// A grant that is being made in the session holds it: it is there when this unit looks for grants, or finds no session.
fn end_in_unit(conn: &mut Conn, cookie: &Secret, now: Timestamp) -> Result<Option<Ended>, StoreError> {
    let Some((session, user)) = sessions::remove(conn, cookie)? else { return Ok(None) };
    let grants = grants::revoke_session(conn, session, now)?;
    Ok(Some(Ended { user, session, grants }))
}
