//! Who is signed in in a browser.

use std::time::Duration;

use crate::app::App;
use crate::browser::Accounts;
use crate::store::sessions::{self, Session};
use crate::store::{Conn, StoreError};
use crate::types::{Id, Secret, Timestamp};

/// How often the last use is written down; the idle limit is exact to within this.
const TOUCH_EVERY: Duration = Duration::from_secs(60);

/// The live sessions of a browser.
#[derive(Debug, Default)]
pub struct People {
    /// That of the person who signed in, or was chosen, last.
    current: Option<(Secret, Session)>,
    /// Those of others.
    others: Vec<(Secret, Session)>,
}

impl People {
    /// Reads them.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn find(app: &App, held: &Accounts) -> Result<Self, StoreError> {
        if held.is_empty() {
            return Ok(Self::default());
        }
        let (wanted, now) = (held.clone(), app.clock.now());
        let unit = move |conn: &mut Conn| wanted.all().map(|cookie| sessions::find(conn, cookie)).collect();
        let found: Vec<Option<Session>> = app.store.read(unit).await?;
        let mut people = Self::default();
        for (cookie, session) in held.all().cloned().zip(found) {
            let Some(session) = session.filter(|session| is_live(app, session, now)) else { continue };
            if held.current.as_ref() == Some(&cookie) {
                people.current = Some((cookie, session));
            } else {
                people.others.push((cookie, session));
            }
        }
        Ok(people)
    }

    /// Whether there is nobody.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.current.is_none() && self.others.is_empty()
    }

    /// The current session.
    #[must_use]
    pub fn current(&self) -> Option<&Session> {
        self.current.as_ref().map(|(_, session)| session)
    }

    /// All sessions, the current one first.
    pub fn all(&self) -> impl Iterator<Item = &Session> {
        self.held().map(|(_, session)| session)
    }

    /// The cookie of a session.
    #[must_use]
    pub fn cookie(&self, sid: Id) -> Option<&Secret> {
        self.held().find(|(_, session)| session.sid == sid).map(|(cookie, _)| cookie)
    }

    fn held(&self) -> impl Iterator<Item = &(Secret, Session)> {
        self.current.iter().chain(&self.others)
    }
}

/// Notes that a session is used.
///
/// # Errors
/// [`StoreError`].
pub async fn touch(app: &App, session: &Session) -> Result<(), StoreError> {
    let (now, sid) = (app.clock.now(), session.sid);
    if now.since(session.last_seen_at) >= TOUCH_EVERY {
        app.store.write(move |conn| sessions::touch(conn, sid, now)).await?;
    }
    Ok(())
}

/// Whether neither limit of a session is reached.
pub(super) fn is_live(app: &App, session: &Session, now: Timestamp) -> bool {
    now < session.expires_at && now.since(session.last_seen_at) < app.config.session.idle_ttl
}
