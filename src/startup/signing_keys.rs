//! The signing keys of an installation: made, rotated, and read into a ring. The rules are those of [`crate::keys`]. Several
//! nodes do all of this at the same moment and agree through the store, whose statements name the state that they start
//! from.

use std::time::Duration;

use crate::audit;
use crate::config::Config;
use crate::keys::{
    Algorithm, KeyError, KeyRing, KeyState, MasterKey, Revocation, RotationPolicy, SealKey, Standing, Step, StoredKey,
    due, new_stored_key,
};
use crate::store::signing_keys::{self, Successor};
use crate::store::{Conn, Store, StoreError};
use crate::types::{Clock, Rng};

use super::StartError;
use super::drafts::Drafts;

/// Steps at one go, in case two nodes are configured against each other; the rest waits for the next time.
const MOST_STEPS: usize = 32;

/// All that the keys need to be kept: made ahead, rotated when it is time, and removed in the end.
#[derive(Clone)]
pub struct KeyKeeper {
    store: Store,
    seal: SealKey,
    clock: Clock,
    rng: Rng,
    rsa_bits: u32,
    jwks_max_age: Duration,
    policy: RotationPolicy,
}

impl KeyKeeper {
    /// A keeper by this configuration, which seals new keys under `seal`.
    #[must_use]
    pub fn new(store: &Store, config: &Config, seal: SealKey, clock: &Clock, rng: &Rng) -> Self {
        let (store, clock, rng) = (store.clone(), clock.clone(), rng.clone());
        let (rsa_bits, jwks_max_age) = (config.keys.rsa_bits.bits(), config.keys.jwks_max_age);
        Self { store, seal, clock, rng, rsa_bits, jwks_max_age, policy: rotation_policy(config) }
    }

    /// Every stored key.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn list(&self) -> Result<Vec<StoredKey>, StoreError> {
        self.store.read(signing_keys::list).await
    }

    /// Does all that is due, each step in a transaction of its own. What fails is due again the next time.
    ///
    /// # Errors
    /// [`StartError::Store`], [`StartError::Keys`] if a key cannot be made.
    pub async fn keep(&self) -> Result<(), StartError> {
        let mut drafts = Drafts::default();
        for _ in 0..MOST_STEPS {
            let keys = self.list().await?;
            if keys.is_empty() {
                drafts = self.draft();
            }
            let Some(step) = due(&keys, &self.policy, self.clock.now()) else { break };
            match step {
                Step::Make(algorithm, state) => self.make(algorithm, state, &mut drafts).await?,
                step => self.perform(step).await?,
            };
        }
        Ok(())
    }

    /// Begins all keys of a first start at once: RSA keys take up most of it.
    fn draft(&self) -> Drafts {
        let Self { seal, rng, clock, rsa_bits, .. } = self.clone();
        let algorithms = self.policy.also.iter().copied().chain([self.policy.algorithm]).collect();
        let generate = move |algorithm| new_stored_key(algorithm, rsa_bits, KeyState::Next, &seal, &rng, clock.now());
        Drafts::begin(algorithms, generate)
    }

    /// Does one step; whether it was this call that did it, and not another node meanwhile.
    ///
    /// # Errors
    /// As [`KeyKeeper::keep`].
    pub async fn perform(&self, step: Step) -> Result<bool, StartError> {
        let (store, now, ttl) = (&self.store, self.clock.now(), self.policy.token_ttl);
        let done = match step {
            Step::Make(algorithm, state) => return self.make(algorithm, state, &mut Drafts::default()).await,
            Step::Redate(kid) => store.write(move |conn| signing_keys::redate(conn, &kid, now)).await,
            Step::Lengthen(kid) => store.write(move |conn| signing_keys::lengthen(conn, &kid, ttl)).await,
            Step::Promote { next, signing } => {
                store.write(move |conn| signing_keys::promote(conn, &next, signing.as_deref(), now)).await
            }
            Step::Retire(kid) => store.write(move |conn| signing_keys::retire(conn, &kid, now)).await,
            Step::Withdraw { kid, from } => {
                store.write(move |conn| signing_keys::withdraw(conn, &kid, from, now)).await
            }
            Step::Forget(kid) => store.write(move |conn| signing_keys::forget(conn, &kid)).await,
        };
        Ok(done?)
    }

    /// Takes a key away at once; whether it was this call that did it. A key that signed has a successor in the same
    /// transaction.
    ///
    /// # Errors
    /// As [`KeyKeeper::keep`].
    pub async fn revoke(&self, revocation: Revocation) -> Result<bool, StartError> {
        let Revocation { kid, algorithm, from, successor } = revocation;
        let successor = match successor {
            Some(next) => Some(Successor::Next(next)),
            None if from == KeyState::Active => Some(Successor::new(self.generate(algorithm, from).await?)),
            None => None,
        };
        let now = self.clock.now();
        let revoke = move |conn: &mut Conn| signing_keys::revoke(conn, &kid, from, successor.as_ref(), now);
        Ok(self.store.write(revoke).await?)
    }

    /// The ring as the keys lie in the store now.
    ///
    /// # Errors
    /// [`StartError::Store`], and [`StartError::Keys`] for keys that do not open.
    pub async fn ring(&self) -> Result<KeyRing, StartError> {
        let now = self.clock.steady();
        Ok(KeyRing::open(&self.list().await?, &self.seal, now, self.jwks_max_age)?)
    }

    async fn make(&self, algorithm: Algorithm, state: KeyState, drafts: &mut Drafts) -> Result<bool, StartError> {
        let key = match drafts.take(algorithm, state).await {
            Some(draft) => self.as_of_now(draft?),
            None => self.generate(algorithm, state).await?,
        };
        match self.store.write(move |conn| signing_keys::insert(conn, &key)).await {
            Ok(()) => Ok(true),
            // Another node was first: the unique index lets one in, and this key is thrown away.
            Err(StoreError::Exists) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// An RSA key takes its time: neither on a thread that answers requests, nor in a unit of work.
    async fn generate(&self, algorithm: Algorithm, state: KeyState) -> Result<StoredKey, StartError> {
        let Self { seal, rng, clock, rsa_bits, .. } = self.clone();
        let generate = move || new_stored_key(algorithm, rsa_bits, state, &seal, &rng, clock.now());
        let made = tokio::task::spawn_blocking(generate).await.map_err(|_| KeyError::Generate(algorithm))??;
        Ok(self.as_of_now(made))
    }

    /// A key is published from now on, not from when its making began.
    fn as_of_now(&self, made: StoredKey) -> StoredKey {
        let now = self.clock.now();
        let activated_at = (made.state == KeyState::Active).then_some(now);
        StoredKey { created_at: now, activated_at, token_ttl: self.policy.token_ttl, ..made }
    }
}

/// How keys rotate under this configuration.
#[must_use]
pub fn rotation_policy(config: &Config) -> RotationPolicy {
    let (keys, tokens) = (&config.keys, &config.tokens);
    RotationPolicy {
        algorithm: keys.algorithm,
        also: keys.id_token_algorithms.clone(),
        interval: keys.rotation_interval,
        publish_ahead: keys.publish_ahead,
        token_ttl: tokens.access_ttl.max(tokens.id_token_ttl),
        hint_ttl: config.session.ttl.max(tokens.refresh_ttl),
    }
}

/// The key ring of a server that starts: at its first start with a key that signs and one that is next. Keys that are there rotate
/// by a clock that is right.
pub(crate) async fn open_key_ring(
    keeper: &KeyKeeper,
    master: &[MasterKey],
    is_clock_right: bool,
) -> Result<KeyRing, StartError> {
    let stored = keeper.list().await?;
    let before = Standing::of(&stored);
    reseal(keeper, master).await?;
    if is_clock_right || stored.is_empty() {
        keeper.keep().await?;
    }
    let ring = keeper.ring().await?;
    log_events(&before, ring.standing());
    Ok(ring)
}

/// Tells the audit log what happened to the keys since `before`, whoever did it: another node, or the command line.
pub(crate) fn log_events(before: &Standing, after: &Standing) {
    for event in after.events_since(before) {
        audit::write_key(event.what.as_str(), &event.kid, event.algorithm.as_str(), event.revoked);
    }
}

/// The first key whose private half opens with none of the master keys.
pub(crate) fn find_unopenable_key<'a>(stored: &'a [StoredKey], master: &[MasterKey]) -> Option<&'a str> {
    let opens = |key: &StoredKey| key.state == KeyState::Gone || open_with_any(master, &key.kid, &key.sealed).is_some();
    stored.iter().find(|key| !opens(key)).map(|key| key.kid.as_str())
}

fn open_with_any(master: &[MasterKey], kid: &str, sealed: &[u8]) -> Option<Vec<u8>> {
    master.iter().find_map(|key| key.seal_key().open(kid.as_bytes(), sealed))
}

/// Keys that an older master key sealed are sealed again under the current one.
async fn reseal(keeper: &KeyKeeper, master: &[MasterKey]) -> Result<(), StartError> {
    for StoredKey { kid, sealed, state, .. } in keeper.list().await? {
        if state == KeyState::Gone || keeper.seal.open(kid.as_bytes(), &sealed).is_some() {
            continue;
        }
        if let Some(private) = open_with_any(master, &kid, &sealed) {
            let resealed = keeper.seal.seal(&keeper.rng, kid.as_bytes(), &private);
            keeper.store.write(move |conn| signing_keys::reseal(conn, &kid, &sealed, &resealed)).await?;
        }
    }
    Ok(())
}
