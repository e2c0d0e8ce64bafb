//! What commands leave for the audit log. A running server writes it there; the command line has no log of its own.

use std::os::unix::fs::MetadataExt;

use crate::audit::Change;
use crate::store::admin_events::{self, AdminEvent};
use crate::store::{Conn, StoreError};
use crate::types::{Clock, Id, Rng};

/// Who runs this command, and when.
#[derive(Clone)]
pub(super) struct Trail {
    operator: Option<String>,
    clock: Clock,
    rng: Rng,
}

impl Trail {
    pub(super) fn new(clock: Clock, rng: Rng) -> Self {
        Self { operator: operator(), clock, rng }
    }

    /// Notes a change, in the unit of work that makes it: either both are there or none.
    pub(super) fn note(&self, conn: &mut Conn, change: &Change) -> Result<(), StoreError> {
        let at = self.clock.now();
        let event = AdminEvent {
            id: Id::new(at, &self.rng),
            at,
            event: change.event().to_owned(),
            detail: change.detail(),
            operator: self.operator.clone(),
        };
        admin_events::insert(conn, &event)
    }

    /// The same, if there was something to change; says so.
    pub(super) fn note_if(&self, conn: &mut Conn, happened: bool, change: &Change) -> Result<bool, StoreError> {
        if happened {
            self.note(conn, change)?;
        }
        Ok(happened)
    }
}

/// The account that this process runs under: its name, or its number where it has none. Nothing that a caller could set.
fn operator() -> Option<String> {
    let number = std::fs::metadata("/proc/self").ok()?.uid().to_string();
    let accounts = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    let mut fields = accounts.lines().map(|line| line.split(':'));
    let name = fields.find_map(|mut fields| Some((fields.next()?, fields.nth(1)?)).filter(|(_, uid)| *uid == number));
    Some(name.map_or(number.clone(), |(name, _)| name.to_owned()))
}
