//! Browser sessions: server-side, found by the hash of a random cookie, with idle and absolute limits.

use crate::app::App;
use crate::store::sessions::{self, Session};
use crate::store::users::User;
use crate::store::{StoreError, grants};
use crate::types::{Id, Secret, Timestamp, base64url};

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

/// Starts a session for a person who has just authenticated, under a new cookie; the browser's old one ends with what hung
/// on it when it was another person's (session fixation finds nothing to fix).
///
/// # Errors
/// [`StoreError`].
pub async fn start(app: &App, user: &User, old: Option<Secret>) -> Result<(Secret, Session), StoreError> {
    let (now, cookie) = (app.clock.now(), new_cookie(app));
    let fresh = Session {
        sid: Id::new(now, &app.rng),
        user_id: user.id,
        username: user.username.clone(),
        auth_time: now,
        last_seen_at: now,
        expires_at: now.plus(app.config.session.ttl),
    };
    let key = cookie.clone();
    let session = app.store.write(move |conn| {
        let mut session = fresh.clone();
        if let Some(old) = &old {
            match sessions::find(conn, old)? {
                // The same person again: what was bound to the session goes on under its sid.
                Some(known) if known.user_id == session.user_id => {
                    session.sid = known.sid;
                    sessions::remove(conn, old)?;
                }
                _ => end_in_unit(conn, old, now)?,
            }
        }
        sessions::insert(conn, &key, &session)?;
        Ok(session)
    });
    Ok((cookie, session.await?))
}

/// Ends the session of a cookie, and the grants that were bound to it.
///
/// # Errors
/// [`StoreError`].
pub async fn end(app: &App, cookie: Secret) -> Result<(), StoreError> {
    let now = app.clock.now();
    app.store.write(move |conn| end_in_unit(conn, &cookie, now)).await
}

fn end_in_unit(conn: &mut crate::store::Conn, cookie: &Secret, now: Timestamp) -> Result<(), StoreError> {
    if let Some(sid) = sessions::remove(conn, cookie)? {
        grants::revoke_session(conn, sid, now)?;
    }
    Ok(())
}
