//! Authenticating a person by username and password, for the login page and the password grant alike.

use crate::app::App;
use crate::oauth::token_request::MAX_PASSWORD;
use crate::store::StoreError;
use crate::store::users::{self, User};
use crate::throttle::Source;
use crate::types::Secret;

use super::passwords::Verdict;

/// The longest username that is looked up, in bytes.
const MAX_USERNAME: usize = 256;
/// Seconds after which a full password queue is worth another try.
const QUEUE_RETRY_AFTER: u64 = 2;

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
    username: &str,
    password: &Secret,
    source: Source<'_>,
) -> Result<User, SignInError> {
    if username.len() > MAX_USERNAME || password.expose().len() > MAX_PASSWORD {
        return Err(SignInError::Wrong);
    }
    let counted = app.throttle.sign_ins.take(username, source, app.clock.now());
    if let Some(limit) = counted.crossed {
        note_crossed(app, username, source, limit).await;
    }
    if let Some(retry_after) = counted.wait {
        return Err(SignInError::Throttled { retry_after });
    }
    let verified = verify(app, username, password).await;
    // Only a wrong password was a guess.
    if !matches!(verified, Err(SignInError::Wrong)) {
        app.throttle.sign_ins.give_back(username, source);
    }
    verified
}

async fn verify(app: &App, username: &str, password: &Secret) -> Result<User, SignInError> {
    let user = find(app, username).await?.filter(|user| !user.disabled);
    let stored = user.as_ref().map(|user| user.password_hash.clone());
    let verdict = app.passwords.verify(password.clone(), stored, app.rng.bytes()).await;
    let verdict = verdict.map_err(|_| SignInError::Busy { retry_after: QUEUE_RETRY_AFTER })?;

    let Some(user) = user.filter(|_| verdict != Verdict::Wrong) else { return Err(SignInError::Wrong) };
    if let Verdict::Rehashed(new) = verdict {
        let (id, old) = (user.id, user.password_hash.clone());
        app.store.write(move |conn| users::rehash(conn, id, &old, &new)).await?;
    }
    Ok(user)
}

async fn find(app: &App, username: &str) -> Result<Option<User>, StoreError> {
    let name = username.to_owned();
    app.store.read(move |conn| users::find_by_username(conn, &name)).await
}

/// One event for all attempts that find a limit used up. It names the person, if there is one, and not what was typed.
async fn note_crossed(app: &App, username: &str, source: Source<'_>, limit: &'static str) {
    let user = find(app, username).await.ok().flatten().map(|user| user.id.to_string());
    let client = match source {
        Source::Client { id, .. } => Some(id),
        _ => None,
    };
    let address = source.address();
    tracing::warn!(event = "sign_in_throttled", limit, %address, client, user);
}
