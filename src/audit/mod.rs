//! The audit log: what whoever asks later has to find, one line each, under the target [`TARGET`].
//!
//! [`Event`] is what happens in requests, [`Did`] what the command line does, and of signing keys there is what becomes of
//! them. These are closed lists, whose fields are ids, names and numbers: a secret has no place in a line, and neither has
//! what a stranger typed. `docs/people-and-grants.md` has
//! a table of them.

mod change;
mod did;
mod event;
mod key;
mod line;
mod logout;
mod request_notes;

use std::net::IpAddr;

use crate::types::RequestId;

pub use change::{Change, On, write_change};
pub use did::Did;
pub use event::{Event, SessionEnd, SignInFailure};
pub use key::write_key;
pub use logout::write_logout_given_up;
pub use request_notes::{NamedClient, RequestNotes};

/// What the lines stand under in the log. They are written at every `log.level`.
pub const TARGET: &str = "countersign::audit";

/// Where a request came from.
#[derive(Clone, Copy, Debug)]
pub struct Origin {
    /// The id that its line in the request log has.
    pub request_id: RequestId,
    /// The address.
    pub address: IpAddr,
}
