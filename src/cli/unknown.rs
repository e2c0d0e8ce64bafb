//! Names that nothing in the database has.

use std::fmt;

use crate::config::Database;
use crate::keys::KeyRefusal;
use crate::store::{StoreError, clients};
use crate::types::slip;

use super::output::say;
use super::{Admin, CommandResult};

/// A name that nothing in the database has.
#[derive(Debug)]
pub(super) struct Unknown {
    kind: String,
    typed: String,
    advice: String,
    database: String,
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, typed, advice, database } = self;
        write!(f, "there is no {kind} '{}'{database}{advice}", typed.escape_debug())
    }
}

impl std::error::Error for Unknown {}

impl Unknown {
    /// A name of a kind, and what to do about it: the part of the sentence behind the database, with its punctuation.
    pub(super) fn new(kind: &str, typed: &str, advice: String) -> Self {
        Self { kind: kind.to_owned(), typed: typed.to_owned(), advice, database: String::new() }
    }
}

/// A name of a kind that is not among the known ones, with the one that was probably meant.
pub(super) fn unknown<'a>(kind: &str, typed: &str, known: impl IntoIterator<Item = &'a str>) -> Unknown {
    let advice = match slip::closest(typed, known) {
        Some(meant) => format!(", did you mean '{meant}'?"),
        None => format!(": `countersign {kind} list` shows them all"),
    };
    Unknown::new(kind, typed, advice)
}

/// The same about a client, of all that there are.
pub(super) async fn unknown_client<T>(id: &str, admin: &Admin) -> CommandResult<T> {
    let all = admin.store.read(clients::list).await?;
    Err(unknown("client", id, all.iter().map(|client| client.id.as_str())).into())
}

/// Adds the database to the error of a command that did not find a name in it.
pub(super) fn name_database(error: Box<dyn std::error::Error>, database: &Database) -> Box<dyn std::error::Error> {
    let unknown = error.downcast::<Unknown>().map(|unknown| *unknown).or_else(|error| match error.downcast_ref() {
        Some(StoreError::UnknownRole(role)) => {
            let advice = format!(": add it with `countersign role add {role}` first");
            Ok(Unknown::new("role", role, advice))
        }
        _ => Err(error),
    });
    let unknown = unknown.or_else(|error| match error.downcast_ref() {
        Some(KeyRefusal::Unknown(kid)) => Ok(unknown_key(kid)),
        _ => Err(error),
    });
    unknown.map_or_else(
        |error| error,
        |unknown| Unknown { database: format!(" in {}", database.shown()), ..unknown }.into(),
    )
}

fn unknown_key(kid: &str) -> Unknown {
    unknown("key", kid, [])
}

/// Says that a list is empty, and which database was read.
pub(super) fn say_none(kind: &str, admin: &Admin) -> CommandResult {
    say!("No {kind} was found in {}.", admin.config.database.shown())
}
