//! What clients never heard.

use crate::types::Id;

use super::line::{self, Facts, Source, text};

/// Writes that a client was not told of the end of a session, although it was tried for a day: whoever signed out may be
/// signed in there still. `sub` is the person as that client knows them.
pub fn write_logout_given_up(client: &str, sub: &str, session: Id) {
    let (client, sub) = (Some(client.to_owned()), Some(sub.to_owned()));
    let facts = Facts { client, sub, session: text(Some(session)), ..Facts::default() };
    line::write(true, "logout_given_up", &facts, &Source::default());
}
