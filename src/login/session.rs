//! Browser sessions: server-side, found by the hash of a random cookie, with idle and absolute limits. A browser holds a few
//! of them, of one person each.

use crate::app::App;
use crate::audit::{Event, Origin, SessionEnd, SignInFailure};
use crate::browser::{Accounts, MAX_SESSIONS};
use crate::metrics::SignInVia;
use crate::store::sessions::{self, Session};
use crate::store::users::User;
use crate::store::{Conn, StoreError};
use crate::throttle::Source;
use crate::types::{Id, Secret, base64url};

use super::SignInError;
use super::authenticate::{authenticate, failed, still_signs_in};
use super::ending::{Ended, Ending};
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
/// who is signed in in this browser goes on in that session, another one's session is added. What others left there ends if it
/// is over, with what hung on it, and so does the oldest in a browser that holds too many.
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
        subject_seed: user.subject_seed,
        auth_time: now,
        last_seen_at: now,
        expires_at: now.plus(app.config.session.ttl),
    };
    let (id, start) = (user.id, Start { app: app.clone(), user, held: held.clone(), cookie, fresh });
    let Some((signed_in, gone)) = app.store.write_in_turn(Some(id), move |conn| start.in_unit(conn)).await? else {
        failed(Some(id), SignInFailure::WrongPassword, origin);
        return Err(SignInError::Wrong);
    };
    for (reason, Ended { user, session, grants, .. }) in &gone {
        let (user, session, reason, grants) = (*user, *session, *reason, *grants);
        Event::SessionEnded { user, session, reason, grants }.write(origin);
    }
    wake(app, gone.iter().map(|(_, ended)| ended));
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
    fn in_unit(&self, conn: &mut Conn) -> Result<Option<(SignedIn, Vec<Gone>)>, StoreError> {
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

    /// Ends what is over, and then the sessions of those who signed in first, until there is room for the new one.
    fn make_room(&self, conn: &mut Conn, known: &mut Vec<(&Secret, Session)>) -> Result<Vec<Gone>, StoreError> {
        let (now, mut gone) = (self.fresh.auth_time, Vec::new());
        let ending = Ending::new(now, &self.app.rng);
        let (over, mut live): (Vec<_>, Vec<_>) =
            known.drain(..).partition(|(_, session)| !is_live(&self.app, session, now));
        for (cookie, _) in over {
            gone.extend(ending.of_cookie(conn, cookie)?.map(|ended| (SessionEnd::AnotherPerson, ended)));
        }
        while live.len() >= MAX_SESSIONS {
            let oldest = live.iter().enumerate().rev().min_by_key(|(_, (_, session))| session.auth_time);
            let Some((at, _)) = oldest else { break };
            gone.extend(ending.of_cookie(conn, live.remove(at).0)?.map(|ended| (SessionEnd::Evicted, ended)));
        }
        *known = live;
        Ok(gone)
    }
}

/// A session that ended since somebody signed in.
type Gone = (SessionEnd, Ended);

/// What signing out did.
pub struct SignedOut {
    /// The sessions that ended.
    pub ended: Vec<Ended>,
    /// What the browser holds from now on.
    pub left: Accounts,
}

impl SignedOut {
    /// Nothing ended.
    #[must_use]
    pub fn nothing(held: &Accounts) -> Self {
        Self { ended: Vec::new(), left: held.clone() }
    }
}

/// Ends sessions of a browser: every one that it holds, or the one with this `sid`. The grants that were bound to them end
/// as well.
///
/// # Errors
/// [`StoreError`].
pub async fn sign_out(app: &App, held: &Accounts, only: Option<Id>, origin: &Origin) -> Result<SignedOut, StoreError> {
    let (ending, held) = (Ending::new(app.clock.now(), &app.rng), held.clone());
    let unit = move |conn: &mut Conn| {
        let (mut ended, mut over) = (Vec::new(), Vec::new());
        for cookie in held.all() {
            let wanted = match only {
                Some(sid) => sessions::hold_of_cookie(conn, cookie)?.is_some_and(|(known, _)| known == sid),
                None => true,
            };
            if wanted {
                ended.extend(ending.of_cookie(conn, cookie)?);
                over.push(cookie);
            }
        }
        Ok(SignedOut { ended, left: held.without(|cookie| over.contains(&cookie)) })
    };
    let signed_out = app.store.write_in_turn(None, unit).await?;
    for Ended { user, session, grants, .. } in &signed_out.ended {
        Event::SignOut { user: *user, session: *session, grants: *grants }.write(origin);
    }
    wake(app, signed_out.ended.iter());
    Ok(signed_out)
}

/// What was left for clients is not to wait.
fn wake<'a>(app: &App, mut ended: impl Iterator<Item = &'a Ended>) {
    if ended.any(Ended::is_told) {
        app.wake_logout();
    }
}
