//! How sessions end by somebody's will: with the grants that hang on them, and with a word to the clients that they were used
//! at (OpenID Connect Back-Channel Logout §2.5). All of it happens in the unit of work that ends the session; what clients
//! are told waits in the database from then on, until they have heard it.

use crate::oauth::Client;
use crate::oidc::subject_for;
use crate::store::logout_deliveries::{self, LogoutDelivery};
use crate::store::sessions;
use crate::store::users;
use crate::store::{Conn, StoreError, clients, grants, session_clients};
use crate::types::{Id, Rng, Secret, Timestamp};

/// When sessions end, and what the rows of it are named by.
#[derive(Clone)]
pub struct Ending {
    now: Timestamp,
    rng: Rng,
}

/// A session that ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Whose it was.
    pub user: Id,
    /// Its `sid`.
    pub session: Id,
    /// How many grants ended with it.
    pub grants: usize,
    /// The clients that it was used at.
    pub clients: Vec<Client>,
}

impl Ending {
    /// Ends sessions now.
    #[must_use]
    pub fn new(now: Timestamp, rng: &Rng) -> Self {
        Self { now, rng: rng.clone() }
    }

    /// When.
    #[must_use]
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// Ends the session of a cookie, and the grants that were bound to it. A grant that is being made in the session holds
    /// it: it is there when this unit looks for grants, or finds no session.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn of_cookie(&self, conn: &mut Conn, cookie: &Secret) -> Result<Option<Ended>, StoreError> {
        let Some((session, user)) = sessions::hold_of_cookie(conn, cookie)? else { return Ok(None) };
        let clients = self.tell(conn, session, user)?;
        sessions::remove(conn, cookie)?;
        let grants = grants::revoke_session(conn, session, self.now)?;
        Ok(Some(Ended { user, session, grants, clients }))
    }

    /// Ends every session of a person, who is held, and says how many there were. Their grants are the caller's.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn of_person(&self, conn: &mut Conn, user: Id) -> Result<usize, StoreError> {
        for session in sessions::hold_all(conn, user)? {
            self.tell(conn, session, user)?;
        }
        sessions::remove_all(conn, user)
    }

    /// Leaves word for the clients of a session that want to hear of its end, and gives back all of them.
    fn tell(&self, conn: &mut Conn, sid: Id, user: Id) -> Result<Vec<Client>, StoreError> {
        let clients = session_clients::list(conn, sid)?;
        let mut listening = clients.iter().filter(|client| client.metadata.backchannel_logout_uri.is_some()).peekable();
        if listening.peek().is_none() {
            return Ok(clients);
        }
        let Some(user) = users::find(conn, user)? else { return Ok(clients) };
        for client in listening {
            // One that is removed meanwhile has nothing to hear.
            if clients::hold(conn, &client.id)?.is_none() {
                continue;
            }
            let delivery = LogoutDelivery {
                id: Id::new(self.now, &self.rng),
                client_id: client.id.clone(),
                sub: subject_for(client, user.id, &user.subject_seed),
                sid,
                due_at: self.now,
                attempts: 0,
                created_at: self.now,
            };
            logout_deliveries::insert(conn, &delivery)?;
        }
        Ok(clients)
    }
}

impl Ended {
    /// Whether a client is to be told.
    #[must_use]
    pub fn is_told(&self) -> bool {
        self.clients.iter().any(|client| client.metadata.backchannel_logout_uri.is_some())
    }
}
