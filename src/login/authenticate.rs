//! Authenticating a person by username and password, for the login page and the password grant alike.

use crate::app::App;
use crate::audit::{Event, Origin, SignInFailure};
use crate::metrics::{SignInOutcome, SignInVia};
use crate::passwords::Verdict;
use crate::store::users::{self, User};
use crate::store::{Conn, StoreError};
use crate::throttle::Source;
use crate::types::{Id, MAX_USERNAME, Secret, is_password_too_long, username_key};

/// Seconds after which a full password queue is worth another try.
const QUEUE_RETRY_AFTER: u64 = 2;
/// How often a password is compared that others change, or hash again, meanwhile.
const ATTEMPTS: usize = 3;

/// Why nobody was signed in.
#[derive(Debug)]
pub enum SignInError {
    /// The username or the password is wrong, or the person is disabled: nobody learns which.
    Wrong,
    /// Too many attempts failed.
    Throttled {
        /// Seconds until the next one is free.
        retry_after: u64,
    },
    /// Too many people sign in at once.
    Busy {
        /// Seconds until it may be better.
        retry_after: u64,
    },
    /// The database could not answer.
    Store(StoreError),
}

impl From<StoreError> for SignInError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// The person of a username and password. Unknown and disabled people cost a hash like any other.
///
/// # Errors
/// [`SignInError`].
pub async fn authenticate(
    app: &App,
    via: SignInVia,
    username: &str,
    password: &Secret,
    source: Source<'_>,
    origin: &Origin,
) -> Result<User, SignInError> {
    let result = attempt(app, username, password, source, origin).await;
    app.metrics.tokens.count_sign_in(via, outcome(&result));
    result
}

const fn outcome(result: &Result<User, SignInError>) -> SignInOutcome {
    match result {
        Ok(_) => SignInOutcome::Ok,
        Err(SignInError::Wrong) => SignInOutcome::Wrong,
        Err(SignInError::Throttled { .. }) => SignInOutcome::Throttled,
        Err(SignInError::Busy { .. }) => SignInOutcome::Busy,
        Err(SignInError::Store(_)) => SignInOutcome::Failed,
    }
}

async fn attempt(
    app: &App,
    username: &str,
    password: &Secret,
    source: Source<'_>,
    origin: &Origin,
) -> Result<User, SignInError> {
    let counted = app.throttle.sign_ins.take(username, source, app.clock.now());
    if let Some(limit) = counted.crossed {
        tell_throttled(app, username, source, limit, origin).await;
    }
    if let Some(retry_after) = counted.wait {
        return Err(SignInError::Throttled { retry_after });
    }
    let compared = compare(app, username, password).await;
    // Only a wrong password was a guess.
    if !matches!(compared, Ok(Compared::Wrong(..))) {
        app.throttle.sign_ins.give_back(username, source);
    }
    match compared? {
        Compared::Right(user) => Ok(user),
        Compared::Wrong(user, why) => {
            failed(user, why, origin);
            Err(SignInError::Wrong)
        }
        Compared::ChangedMeanwhile => {
            Err(SignInError::Store(StoreError::Unavailable("a password did not stand still".to_owned())))
        }
    }
}

/// What a password is worth for a person.
enum Compared {
    /// It is theirs.
    Right(User),
    /// It is not, or they may not sign in.
    Wrong(Option<Id>, SignInFailure),
    /// The hash that it was compared with is not the stored one any more.
    ChangedMeanwhile,
}

async fn compare(app: &App, username: &str, password: &Secret) -> Result<Compared, SignInError> {
    if username_key(username).len() > MAX_USERNAME {
        return Ok(Compared::Wrong(None, SignInFailure::UnknownUser));
    }
    if is_password_too_long(password) {
        let user = find(app, username).await?.map(|user| user.id);
        let why = if user.is_some() { SignInFailure::WrongPassword } else { SignInFailure::UnknownUser };
        return Ok(Compared::Wrong(user, why));
    }
    for _ in 0..ATTEMPTS {
        let known = find(app, username).await?;
        let compared = compare_once(app, known, password).await?;
        if !matches!(compared, Compared::ChangedMeanwhile) {
            return Ok(compared);
        }
    }
    Ok(Compared::ChangedMeanwhile)
}

async fn compare_once(app: &App, known: Option<User>, password: &Secret) -> Result<Compared, SignInError> {
    let enabled = known.as_ref().filter(|user| !user.disabled);
    let stored = enabled.map(|user| user.password_hash.clone());
    let verdict = app.passwords.verify(password.clone(), stored, app.rng.bytes()).await;
    let verdict = verdict.map_err(|_| SignInError::Busy { retry_after: QUEUE_RETRY_AFTER })?;
    let Some(mut user) = known else { return Ok(Compared::Wrong(None, SignInFailure::UnknownUser)) };
    match verdict {
        _ if user.disabled => Ok(Compared::Wrong(Some(user.id), SignInFailure::Locked)),
        Verdict::Wrong => Ok(Compared::Wrong(Some(user.id), SignInFailure::WrongPassword)),
        Verdict::Right => {
            renew_keys(app, &user).await?;
            Ok(Compared::Right(user))
        }
        Verdict::Rehashed(new) => {
            let (id, old) = (user.id, std::mem::replace(&mut user.password_hash, new.clone()));
            let replaced = app.store.write(move |conn| users::rehash(conn, id, &old, &new)).await?;
            renew_keys(app, &user).await?;
            Ok(if replaced { Compared::Right(user) } else { Compared::ChangedMeanwhile })
        }
    }
}

/// Rewrites the lookup keys that an older version stored.
async fn renew_keys(app: &App, user: &User) -> Result<(), StoreError> {
    if user.keys_are_current {
        return Ok(());
    }
    let id = user.id;
    app.store.write(move |conn| users::renew_keys(conn, id)).await
}

/// Whether a person may still sign in with the password that was verified a moment ago, outside of this unit. They are held
/// from here on: whoever locks them, or gives them another password, comes before this unit or after it, and not amid it.
///
/// # Errors
/// [`StoreError`].
pub fn still_signs_in(conn: &mut Conn, verified: &User) -> Result<bool, StoreError> {
    let stored = users::hold(conn, verified.id)?;
    Ok(stored.is_some_and(|stored| !stored.disabled && stored.password_hash == verified.password_hash))
}

/// Notes a failed sign-in.
pub fn failed(user: Option<Id>, reason: SignInFailure, origin: &Origin) {
    Event::SignInFailed { user, reason }.write(origin);
}

async fn find(app: &App, username: &str) -> Result<Option<User>, StoreError> {
    let name = username.to_owned();
    app.store.read(move |conn| users::find_by_username(conn, &name)).await
}

/// One event for all attempts that find a limit used up. It names the person, if there is one, and not what was typed.
async fn tell_throttled(app: &App, username: &str, source: Source<'_>, limit: &'static str, origin: &Origin) {
    let user = find(app, username).await.ok().flatten().map(|user| user.id);
    let client = match source {
        Source::Client { id, .. } => Some(id),
        _ => None,
    };
    Event::SignInThrottled { user, client, limit }.write(origin);
}
