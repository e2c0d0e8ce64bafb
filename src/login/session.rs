//! Browser sessions: server-side, found by the hash of a random cookie, with idle and absolute limits. A browser holds a few
//! of them, of one person each.

use crate::app::App;
use crate::audit::{Event, Origin, SessionEnd, SignInFailure};
use crate::browser::{Accounts, MAX_SESSIONS};
use crate::metrics::SignInVia;
use crate::store::sessions::{self, Session};
use crate::store::users::User;
use crate::store::{Conn, StoreError, grants};
use crate::throttle::Source;
use crate::types::{Id, Secret, Timestamp, base64url};

use super::SignInError;
use super::authenticate::{authenticate, failed, still_signs_in};
use super::people::is_live;

/// A new random value for a cookie: 256 bits.
#[must_use]
pub fn new_cookie(app: &App) -> Secret {
    Secret::new(base64url::encode(app.rng.bytes::<32>()))
}

/// Somebody who has just signed in.
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// What the browser holds from now on; the session is the current one.
    pub accounts: Accounts,
}

/// Signs a person in, under a new cookie whatever the browser brought along (session fixation finds nothing to fix). A person
/// who is signed in in this browser goes on in that session, another one's session is added; a browser that holds too many
/// loses the oldest, with what hung on it.
///
/// # Errors
/// [`SignInError`].
pub async fn sign_in(
    app: &App,
    username: &str,
    password: &Secret,
    source: Source<'_>,
    held: &Accounts,
    origin: &Origin,
) -> Result<SignedIn, SignInError> {
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
    let (id, start) = (user.id, Start { app: app.clone(), user, held: held.clone(), cookie, fresh });
    let Some((signed_in, ended)) = app.store.write_in_turn(Some(id), move |conn| start.in_unit(conn)).await? else {
        failed(Some(id), SignInFailure::WrongPassword, origin);
        return Err(SignInError::Wrong);
    };
    for Ended { user, session, grants } in ended {
        Event::SessionEnded { user, session, reason: SessionEnd::Evicted, grants }.write(origin);
    }
    Event::SignIn { user: id, session: Some(signed_in.session.sid), client: None }.write(origin);
    Ok(signed_in)
}

/// A session that is about to start.
struct Start {
    app: App,
    user: User,
    held: Accounts,
    cookie: Secret,
    fresh: Session,
}

impl Start {
    /// `None` when the person was locked, or got another password, since theirs was verified.
    fn in_unit(&self, conn: &mut Conn) -> Result<Option<(SignedIn, Vec<Ended>)>, StoreError> {
        if !still_signs_in(conn, &self.user)? {
            return Ok(None);
        }
        let mut known = Vec::new();
        for cookie in self.held.all() {
            known.extend(sessions::find(conn, cookie)?.map(|session| (cookie, session)));
        }
        let own = known.iter().position(|(_, session)| session.user_id == self.user.id).map(|at| known.remove(at));
        let mut session = self.fresh.clone();
        match own {
            Some((old, own)) if sessions::renew(conn, old, &self.cookie, &session)? => session.sid = own.sid,
            _ => sessions::insert(conn, &self.cookie, &session)?,
        }
        let ended = self.make_room(conn, &mut known)?;
        let stays = |cookie: &Secret| known.iter().any(|(known, _)| *known == cookie);
        let accounts = self.held.without(|cookie| !stays(cookie)).with_current(self.cookie.clone());
        Ok(Some((SignedIn { session, accounts }, ended)))
    }

    /// Ends sessions until there is room for the new one: first those that are over, then those of whoever signed in first.
    fn make_room(&self, conn: &mut Conn, known: &mut Vec<(&Secret, Session)>) -> Result<Vec<Ended>, StoreError> {
        let (now, mut ended) = (self.fresh.auth_time, Vec::new());
        while known.len() >= MAX_SESSIONS {
            let oldest = known
                .iter()
                .enumerate()
                .rev()
                .min_by_key(|(_, (_, session))| (is_live(&self.app, session, now), session.auth_time));
            let Some((at, _)) = oldest else { break };
            ended.extend(end_in_unit(conn, known.remove(at).0, now)?);
        }
        Ok(ended)
    }
}

/// A session that ended.
struct Ended {
    user: Id,
    session: Id,
    grants: usize,
}

/// Signs out: every session that the browser holds ends, and the grants that were bound to it.
///
/// # Errors
/// [`StoreError`].
pub async fn sign_out(app: &App, held: &Accounts, origin: &Origin) -> Result<(), StoreError> {
    let (now, held) = (app.clock.now(), held.clone());
    let unit = move |conn: &mut Conn| {
        let ended = held.all().map(|cookie| end_in_unit(conn, cookie, now));
        ended.filter_map(Result::transpose).collect::<Result<Vec<_>, StoreError>>()
    };
    for Ended { user, session, grants } in app.store.write_in_turn(None, unit).await? {
        Event::SignOut { user, session, grants }.write(origin);
    }
    Ok(())
}

/// A grant that is being made in the session holds it: it is there when this unit looks for grants, or finds no session.
fn end_in_unit(conn: &mut Conn, cookie: &Secret, now: Timestamp) -> Result<Option<Ended>, StoreError> {
    let Some((session, user)) = sessions::remove(conn, cookie)? else { return Ok(None) };
    let grants = grants::revoke_session(conn, session, now)?;
    Ok(Some(Ended { user, session, grants }))
}
