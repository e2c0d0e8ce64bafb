//! Queues of requests: one for each purpose and kind of client. Each has places and a memory of its own, so that slow hosts
//! of one are in nobody's way in another.

use super::rests::Rests;
use super::slots::Slots;

/// Purposes of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Key sets: `jwks_uri`.
    Keys,
    /// Request objects: `request_uri`.
    RequestObject,
    /// Lists of redirect URIs: `sector_identifier_uri`.
    Sector,
    /// Images: `logo_uri`.
    Logo,
    /// Logout tokens: `backchannel_logout_uri`.
    Logout,
}

/// Parties who register clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Registrant {
    /// The operator.
    Operator,
    /// The client itself, which may be anybody's.
    Itself,
}

impl Registrant {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Operator, Self::Itself];

    /// The registrant of a client.
    #[must_use]
    pub const fn of(is_self_registered: bool) -> Self {
        if is_self_registered { Self::Itself } else { Self::Operator }
    }
}

/// The queue of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    /// The purpose of the request.
    pub purpose: Purpose,
    /// The registrant of the client that named the address.
    pub registrant: Registrant,
}

impl Queue {
    /// The queue of a purpose, for a client that the operator registered or that registered itself.
    #[must_use]
    pub const fn new(purpose: Purpose, registrant: Registrant) -> Self {
        Self { purpose, registrant }
    }

    /// Requests at the same time. Each has a thread of its own, so that a slow peer holds no worker of the server.
    #[must_use]
    pub const fn places(self) -> usize {
        match (self.purpose, self.registrant) {
            (Purpose::Keys, _) | (Purpose::RequestObject, Registrant::Operator) => 8,
            (Purpose::RequestObject | Purpose::Sector | Purpose::Logo, _) => 4,
            (Purpose::Logout, Registrant::Operator) => 32,
            // Strangers may name many slow hosts; the others of them still have to be told in time.
            (Purpose::Logout, Registrant::Itself) => 128,
        }
    }

    /// Requests to one host at the same time, fewer than all so that a slow host leaves room for others. Logout tokens are
    /// bounded by client where they are sent.
    const fn to_one_host(self) -> usize {
        match self.purpose {
            Purpose::Logout => self.places(),
            _ => 3,
        }
    }

    const fn index(self) -> usize {
        self.purpose as usize * Registrant::ALL.len() + self.registrant as usize
    }
}

/// State of a queue.
pub(super) struct QueueState {
    pub slots: Slots,
    pub rests: Rests,
}

/// State of all queues.
pub(super) struct Queues(Vec<QueueState>);

impl Queues {
    pub(super) fn new() -> Self {
        let purposes = [Purpose::Keys, Purpose::RequestObject, Purpose::Sector, Purpose::Logo, Purpose::Logout];
        let all =
            purposes.iter().flat_map(|purpose| Registrant::ALL.map(|registrant| Queue::new(*purpose, registrant)));
        let state = |queue: Queue| QueueState {
            slots: Slots::new(queue.places(), queue.to_one_host()),
            rests: Rests::default(),
        };
        Self(all.map(state).collect())
    }

    pub(super) fn of(&self, queue: Queue) -> &QueueState {
        &self.0[queue.index()]
    }
}
