//! Sign-ins with a wrong password.
//!
//! An attempt from a browser in which the person signed in before is counted for that browser alone, so that whoever
//! guesses elsewhere cannot keep the owner out. All others are counted by address, by account and address, and by account (decision 10 has the numbers).
//! An account that is guessed at from many addresses is still open from each of them, more slowly: there is no number of
//! failures that closes it.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::types::{Timestamp, username_key};

use super::buckets::{Buckets, Limit};
use super::{Counted, network, seconds, site};

/// Where a sign-in comes from.
#[derive(Clone, Copy, Debug)]
pub enum Source<'a> {
    /// A browser in which this very account signed in before, by the id that it got then.
    Device {
        /// That id.
        id: [u8; 16],
        /// Its address.
        address: IpAddr,
    },
    /// An address.
    Address(IpAddr),
    /// A confidential client, which has authenticated and passes on what people typed.
    Client {
        /// The `client_id`.
        id: &'a str,
        /// Its address.
        address: IpAddr,
    },
}

impl Source<'_> {
    /// The address that it comes from.
    #[must_use]
    pub const fn address(&self) -> IpAddr {
        match self {
            Self::Device { address, .. } | Self::Address(address) | Self::Client { address, .. } => *address,
        }
    }
}

/// What attempts are counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Budget {
    /// One account in a browser that it signed in with before.
    Device,
    /// One account from one address.
    AccountFromAddress,
    /// All accounts from one address, which many people may share.
    Address,
    /// All accounts from one address of a client, which stands between us and all of its people.
    Client,
    /// One account from everywhere. It refuses nothing itself: used up, it puts the next one in force.
    Account,
    /// One account from one site, while it is guessed at from many.
    AccountSlowed,
}

impl Budget {
    const ALL: [Self; 6] =
        [Self::Device, Self::AccountFromAddress, Self::Address, Self::Client, Self::Account, Self::AccountSlowed];

    /// Its name in the log.
    const fn name(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::AccountFromAddress => "account_from_address",
            Self::Address => "address",
            Self::Client => "client",
            Self::Account => "account",
            Self::AccountSlowed => "account_slowed",
        }
    }

    const fn limit(self) -> Limit {
        let (burst, refill) = match self {
            Self::Device | Self::AccountFromAddress => (10, Duration::from_secs(30)),
            Self::Address => (100, Duration::from_secs(3)),
            Self::Client => (1000, Duration::from_millis(100)),
            Self::Account => (100, Duration::from_secs(60)),
            Self::AccountSlowed => (3, Duration::from_secs(60)),
        };
        Limit { burst, refill }
    }

    /// How many keys are remembered.
    const fn capacity(self) -> usize {
        match self {
            Self::Client => 1 << 10,
            Self::Device => 1 << 14,
            Self::Address | Self::Account => 1 << 16,
            Self::AccountFromAddress | Self::AccountSlowed => 1 << 17,
        }
    }
}

/// Counts attempts before they are verified, so that a burst cannot outrun the count; a success gives its own back.
/// A username is counted as it is looked up, and whether it exists or not.
pub struct SignIns {
    hasher: RandomState,
    budgets: Mutex<[Buckets; Budget::ALL.len()]>,
}

impl Default for SignIns {
    fn default() -> Self {
        let budgets = Budget::ALL.map(|budget| Buckets::new(budget.limit(), budget.capacity()));
        Self { hasher: RandomState::new(), budgets: Mutex::new(budgets) }
    }
}

impl SignIns {
    /// Takes an attempt. One that is too many takes nothing.
    #[must_use]
    pub fn take(&self, username: &str, source: Source<'_>, now: Timestamp) -> Counted {
        let keys = self.keys(username, source);
        let mut budgets = self.lock();
        let mut wait = |&(budget, key): &(Budget, u64)| budgets[budget as usize].wait(key, now);
        let used_up: Vec<_> = keys.iter().map(|key| (*key, wait(key))).filter(|(_, wait)| !wait.is_zero()).collect();
        let slowed = used_up.iter().find(|((budget, _), _)| *budget == Budget::Account);
        let in_force = |budget| match budget {
            Budget::Account => false,
            Budget::AccountSlowed => slowed.is_some(),
            _ => true,
        };
        let refusing = used_up.iter().filter(|((budget, _), _)| in_force(*budget)).max_by_key(|(_, wait)| *wait);

        let mut noticed = [slowed, refusing].into_iter().flatten().map(|(key, _)| *key);
        let crossed = noticed.find(|&(budget, key)| budgets[budget as usize].report(key));
        let crossed = crossed.map(|(budget, _)| budget.name());
        if refusing.is_none() {
            for (budget, key) in keys {
                budgets[budget as usize].take(key, now);
            }
        }
        Counted { wait: refusing.map(|(_, wait)| seconds(*wait)), crossed }
    }

    /// Gives back what an attempt took that was no guess: it succeeded, or was not verified.
    pub fn give_back(&self, username: &str, source: Source<'_>) {
        let mut budgets = self.lock();
        for (budget, key) in self.keys(username, source) {
            budgets[budget as usize].give_back(key);
        }
    }

    /// What an attempt is counted by.
    fn keys(&self, username: &str, source: Source<'_>) -> Vec<(Budget, u64)> {
        let (address, crowd) = match source {
            Source::Device { id, .. } => return vec![(Budget::Device, self.hasher.hash_one(id))],
            Source::Address(address) => (address, (Budget::Address, self.hasher.hash_one(network(address)))),
            Source::Client { id, address } => (address, (Budget::Client, self.hasher.hash_one((id, network(address))))),
        };
        let account = username_key(username);
        vec![
            (Budget::AccountFromAddress, self.hasher.hash_one((&account, network(address)))),
            crowd,
            (Budget::AccountSlowed, self.hasher.hash_one((&account, site(address)))),
            (Budget::Account, self.hasher.hash_one(account)),
        ]
    }

    fn lock(&self) -> MutexGuard<'_, [Buckets; Budget::ALL.len()]> {
        self.budgets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
