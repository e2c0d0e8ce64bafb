//! Password hashing with Argon2id (RFC 9106) on a bounded pool of its own, so that a login storm slows nobody else down.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordVerifier, Version};
use crossbeam_channel::{Receiver, Sender, bounded};
use tokio::sync::oneshot;

use crate::config::Passwords;
use crate::types::Secret;

/// The hash of no password, in the shape of today's: verifying it costs what verifying a person's does.
const NOBODY: &str = "AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// More people want to sign in than the pool may keep waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the password queue is full")]
pub struct Busy;

/// What a password is worth against a stored hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is another one.
    Wrong,
    /// It is the one.
    Right,
    /// It is the one, and this is its hash with today's parameters, which the stored one has not.
    Rehashed(String),
}

type Job = Box<dyn FnOnce() + Send>;

/// The threads that hash.
#[derive(Clone)]
pub struct PasswordPool {
    queue: Sender<Job>,
    hasher: Arc<Hasher>,
}

struct Hasher {
    argon2: Argon2<'static>,
    /// `$argon2id$v=19$m=…,t=…,p=…$`: how a hash with today's parameters starts.
    prefix: String,
    hashes: AtomicU64,
}

impl PasswordPool {
    /// Starts as many threads as there are slots.
    ///
    /// # Errors
    /// What is wrong with the parameters.
    ///
    /// # Panics
    /// When the operating system starts no thread.
    pub fn new(config: &Passwords) -> Result<Self, argon2::Error> {
        let params = Params::new(config.memory_kib, config.iterations, 1, Some(32))?;
        let prefix = format!("$argon2id$v=19$m={},t={},p=1$", config.memory_kib, config.iterations);
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let (queue, jobs) = bounded::<Job>(config.queue);
        for _ in 0..config.hash_slots {
            let jobs = jobs.clone();
            let thread = thread::Builder::new().name("passwords".to_owned());
            thread.spawn(move || run_all(&jobs)).expect("the operating system starts a thread");
        }
        Ok(Self { queue, hasher: Arc::new(Hasher { argon2, prefix, hashes: AtomicU64::new(0) }) })
    }

    /// The PHC string of a password with 16 random bytes of salt.
    ///
    /// # Errors
    /// [`Busy`].
    pub async fn hash(&self, password: Secret, salt: [u8; 16]) -> Result<String, Busy> {
        let hasher = Arc::clone(&self.hasher);
        self.run(move || hasher.hash(&password, &salt)).await
    }

    /// Compares a password with a stored hash, or with nobody's, which takes as long. `salt` serves where the password
    /// has to be hashed again.
    ///
    /// # Errors
    /// [`Busy`].
    pub async fn verify(&self, password: Secret, stored: Option<String>, salt: [u8; 16]) -> Result<Verdict, Busy> {
        let hasher = Arc::clone(&self.hasher);
        self.run(move || hasher.verify(&password, stored.as_deref(), &salt)).await
    }

    /// How many hashes were computed.
    #[must_use]
    pub fn hashes(&self) -> u64 {
        self.hasher.hashes.load(Ordering::Relaxed)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Busy> {
        let (answer, answered) = oneshot::channel();
        let job = Box::new(move || drop(answer.send(work())));
        self.queue.try_send(job).map_err(|_| Busy)?;
        answered.await.map_err(|_| Busy)
    }
}

fn run_all(jobs: &Receiver<Job>) {
    for job in jobs {
        // A panic ends its own request, not the thread.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}

impl Hasher {
    fn hash(&self, password: &Secret, salt: &[u8; 16]) -> String {
        self.hashes.fetch_add(1, Ordering::Relaxed);
        let hash = self.argon2.hash_password_with_salt(password.expose().as_bytes(), salt);
        hash.expect("the parameters were checked when the pool was made").to_string()
    }

    fn verify(&self, password: &Secret, stored: Option<&str>, salt: &[u8; 16]) -> Verdict {
        self.hashes.fetch_add(1, Ordering::Relaxed);
        let nobody = format!("{}{NOBODY}", self.prefix);
        let hash = PasswordHash::new(stored.unwrap_or(&nobody));
        let right = hash.is_ok_and(|hash| self.argon2.verify_password(password.expose().as_bytes(), &hash).is_ok());
        match stored {
            Some(stored) if right && !stored.starts_with(&self.prefix) => Verdict::Rehashed(self.hash(password, salt)),
            Some(_) if right => Verdict::Right,
            _ => Verdict::Wrong,
        }
    }
}
