//! How many statements a connection has run.

use diesel::Connection;
use diesel::connection::{Instrumentation, InstrumentationEvent};

use super::Conn;

/// Counts the statements of the connection that it is part of.
struct Statements(u64);

impl Instrumentation for Statements {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { .. } = event {
            self.0 += 1;
        }
    }
}

/// Counts the statements of a connection from now on.
pub(super) fn count(conn: &mut impl Connection) {
    conn.set_instrumentation(Statements(0));
}

/// How many statements there were so far.
pub(super) fn counted(conn: &mut Conn) -> u64 {
    conn.instrumentation().downcast_ref::<Statements>().map_or(0, |statements| statements.0)
}
