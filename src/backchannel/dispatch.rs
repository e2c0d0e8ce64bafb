//! Order of deliveries: those of each kind of client have places of their own, those that were never tried go first, and one
//! client has a few under way at most.

use std::collections::HashMap;
use std::time::Duration;

use tokio::task::{self, JoinSet};

use crate::app::App;
use crate::outbound::{Purpose, Queue, Registrant};
use crate::store::logout_deliveries::{self, LONGEST_PAUSE, LogoutDelivery};
use crate::store::{Conn, StoreError};

use super::tell::tell;

/// Rows that are looked at together.
const ROWS: usize = 256;
/// Deliveries of one client under way at the same time, once it has answered well. Until then there is one: a client that is
/// away costs one request, and not one for each session.
const TO_ONE_CLIENT: usize = 4;
/// The time that a claim lasts longer than a request may take, to write down what came of it.
const LEASE_RESERVE: Duration = Duration::from_secs(5);

/// The deliveries of this node that are under way.
pub(super) struct Dispatcher {
    app: App,
    telling: JoinSet<Result<bool, StoreError>>,
    under_way: HashMap<task::Id, UnderWay>,
    /// Deliveries that a client may have under way, where more than one.
    allowances: HashMap<String, usize>,
}

struct UnderWay {
    client_id: String,
    registrant: Registrant,
}

impl Dispatcher {
    pub(super) fn new(app: App) -> Self {
        Self { app, telling: JoinSet::new(), under_way: HashMap::new(), allowances: HashMap::new() }
    }

    /// Returns whether nothing is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.telling.is_empty()
    }

    /// Begins with all that is due and has a place.
    ///
    /// # Errors
    /// [`StoreError`].
    pub(super) async fn take_due(&mut self) -> Result<(), StoreError> {
        for registrant in Registrant::ALL {
            while self.take_page(registrant).await? {}
        }
        // One that has nothing under way begins anew with one.
        let Self { under_way, allowances, .. } = self;
        allowances.retain(|client_id, _| under_way.values().any(|delivery| delivery.client_id == *client_id));
        Ok(())
    }

    /// Waits until one that is under way has ended; for ever if there is none.
    ///
    /// # Errors
    /// [`StoreError`] of what was under way.
    pub(super) async fn next_end(&mut self) -> Result<(), StoreError> {
        let Some(ended) = self.telling.join_next_with_id().await else { return std::future::pending().await };
        let (id, outcome) = ended.map_or_else(|error| (error.id(), Ok(false)), |(id, outcome)| (id, outcome));
        let Some(UnderWay { client_id, .. }) = self.under_way.remove(&id) else { return Ok(()) };
        if outcome? {
            let allowance = self.allowances.entry(client_id).or_insert(1);
            *allowance = (*allowance * 2).min(TO_ONE_CLIENT);
        } else {
            self.allowances.remove(&client_id);
        }
        Ok(())
    }

    /// Takes what is next, and returns whether there may be more.
    async fn take_page(&mut self, registrant: Registrant) -> Result<bool, StoreError> {
        let places = Queue::new(Purpose::Logout, registrant).places();
        let taken = self.under_way.values().filter(|delivery| delivery.registrant == registrant).count();
        let free = places.saturating_sub(taken);
        if free == 0 || self.app.is_stopping() {
            return Ok(false);
        }
        let (now, busy) = (self.app.clock.now(), self.busy_clients());
        let is_of_itself = registrant == Registrant::Itself;
        let page = move |conn: &mut Conn| logout_deliveries::due(conn, now, is_of_itself, &busy, ROWS);
        let due = self.app.store.read(page).await?;
        let is_full = due.len() == ROWS;
        let wanted = self.within_allowances(due, free);
        if wanted.is_empty() {
            return Ok(false);
        }
        // As long as a request may take, twice, since the clocks of nodes differ.
        let lease = (self.app.config.outbound.timeout * 2 + LEASE_RESERVE).min(LONGEST_PAUSE);
        let until = now.plus(lease);
        let claim = move |conn: &mut Conn| {
            let mut claimed = Vec::new();
            for delivery in &wanted {
                if logout_deliveries::claim(conn, delivery, until)? {
                    claimed.push(delivery.clone());
                }
            }
            Ok(claimed)
        };
        for delivery in self.app.store.write(claim).await? {
            self.begin(delivery, registrant);
        }
        Ok(is_full)
    }

    fn begin(&mut self, delivery: LogoutDelivery, registrant: Registrant) {
        let (app, client_id) = (self.app.clone(), delivery.client_id.clone());
        let begun = self.telling.spawn(async move { tell(&app, delivery).await });
        self.under_way.insert(begun.id(), UnderWay { client_id, registrant });
    }

    fn allowance(&self, client_id: &str) -> usize {
        let under_way = self.under_way.values().filter(|delivery| delivery.client_id == client_id).count();
        self.allowances.get(client_id).copied().unwrap_or(1).saturating_sub(under_way)
    }

    /// The clients that have as much under way as they may.
    fn busy_clients(&self) -> Vec<String> {
        let clients = self.under_way.values().map(|delivery| &delivery.client_id);
        clients.filter(|client_id| self.allowance(client_id) == 0).cloned().collect()
    }

    /// The first of these, as many as there are places, and of each client as many as it may have.
    fn within_allowances(&self, due: Vec<LogoutDelivery>, places: usize) -> Vec<LogoutDelivery> {
        let mut left: HashMap<String, usize> = HashMap::new();
        let may_begin = |delivery: &LogoutDelivery| {
            let left = left.entry(delivery.client_id.clone()).or_insert_with(|| self.allowance(&delivery.client_id));
            let may_begin = *left > 0;
            *left = left.saturating_sub(1);
            may_begin
        };
        due.into_iter().filter(may_begin).take(places).collect()
    }
}
