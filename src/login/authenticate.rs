//! Authenticating a person by username and password, for the login page and the password grant alike.

use std::net::IpAddr;

use crate::app::App;
use crate::oauth::token_request::MAX_PASSWORD;
use crate::store::StoreError;
use crate::store::users::{self, User};
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

/// The person of a username and password, tried from `peer`. Unknown and disabled people cost a hash like any other.
///
/// # Errors
/// [`SignInError`].
pub async fn authenticate(app: &App, username: &str, password: &Secret, peer: IpAddr) -> Result<User, SignInError> {
    if username.len() > MAX_USERNAME || password.expose().len() > MAX_PASSWORD {
        return Err(SignInError::Wrong);
    }
    let throttled = |retry_after| SignInError::Throttled { retry_after };
    app.throttle.take(username, peer, app.clock.now()).map_err(throttled)?;

    let name = username.to_owned();
    let user = app.store.read(move |conn| users::find_by_username(conn, &name)).await?.filter(|user| !user.disabled);
    let stored = user.as_ref().map(|user| user.password_hash.clone());
    let verdict = app.passwords.verify(password.clone(), stored, app.rng.bytes()).await;
    let verdict = verdict.map_err(|_| SignInError::Busy { retry_after: QUEUE_RETRY_AFTER })?;

    let Some(user) = user.filter(|_| verdict != Verdict::Wrong) else { return Err(SignInError::Wrong) };
    app.throttle.succeeded(username, peer);
    if let Verdict::Rehashed(new) = verdict {
        let (id, old) = (user.id, user.password_hash.clone());
        app.store.write(move |conn| users::rehash(conn, id, &old, &new)).await?;
    }
    Ok(user)
}
