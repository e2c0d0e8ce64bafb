//! Reading again what other processes may have changed.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use crate::audit;
use crate::metrics::Stopwatch;
use crate::startup::{self, KeyKeeper, StartError};
use crate::store::{StoreError, admin_events, client_origins, clients};

use super::App;

/// Events of the command line that are taken out of the database at a time.
const ADMIN_EVENTS: i64 = 100;
/// Clients whose origins are written down in one unit of work, and in one [`App::reload`].
const DUE_ORIGINS: i64 = 16;
const DUE_ORIGINS_AT_ONCE: i64 = 4096;
/// A rest between two such units is so many times as long as the one before.
const DUE_ORIGINS_REST: u32 = 9;

impl App {
    /// Rotates the signing keys if it is time, then reads them and what the metadata tells of again: other processes change
    /// them. The origins of the operator's clients are read where one of those has changed. What they did is told to the audit log.
    ///
    /// # Errors
    /// [`StartError::Store`], [`StartError::Keys`]; what was known before stays in use.
    pub async fn reload(&self) -> Result<(), StartError> {
        self.heartbeat.beat().await?;
        let keeper = KeyKeeper::new(&self.store, &self.config, self.keys.seal.clone(), &self.clock, &self.rng);
        if self.heartbeat.is_clock_right()
            && let Err(error) = keeper.keep().await
        {
            // It is due again the next time; meanwhile the keys that are there have to be read, or nothing signs.
            tracing::error!(%error, "the signing keys could not be rotated");
        }
        self.tell_of_administration().await?;
        let ring = keeper.ring().await?;
        let totals = self.store.read(clients::totals).await?;
        let discovery = startup::metadata(&self.config, &self.issuer, &ring, totals);
        startup::log_events(self.keys.ring.current().standing(), ring.standing());
        self.keys.ring.replace(ring);
        *self.discovery.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(discovery);
        if totals.operator_changes != self.operator_changes.load(Ordering::SeqCst) {
            self.browser_origins.replace(startup::operator_origins(&self.store).await?);
            self.operator_changes.store(totals.operator_changes, Ordering::SeqCst);
        }
        self.write_due_origins().await?;
        Ok(())
    }

    /// Writes down the origins of clients that an earlier version wrote.
    async fn write_due_origins(&self) -> Result<(), StoreError> {
        for _ in 0..DUE_ORIGINS_AT_ONCE / DUE_ORIGINS {
            if self.is_stopping() || !self.store.read(client_origins::any_due).await? {
                break;
            }
            let taken = Stopwatch::start();
            self.store.write(|conn| client_origins::write_due(conn, DUE_ORIGINS)).await?;
            tokio::time::sleep(taken.elapsed() * DUE_ORIGINS_REST).await;
        }
        Ok(())
    }

    /// Writes what the command line did to the audit log, each event once, whichever node is first.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn tell_of_administration(&self) -> Result<(), StoreError> {
        while self.store.read(admin_events::any).await? {
            for change in self.store.write_one(|conn| admin_events::take(conn, ADMIN_EVENTS)).await? {
                audit::write_change(&change.event, &change.detail, change.at, change.operator.as_deref());
            }
        }
        Ok(())
    }
}
