//! Password hashing with Argon2id (RFC 9106) on a bounded pool of its own, so that a login storm slows nobody else down.
//! Every password is prepared here by the profile `OpaqueString` (RFC 8265 §4), at the one place that all of them pass.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};
use tokio::sync::oneshot;

use crate::config::Passwords;
use crate::metrics::{Page, PasswordMetrics, Stopwatch, spend, thread_cpu};
use crate::types::{Secret, opaque_password};

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
    /// It is the one, and this is its hash as it is made today: the stored one has other parameters, or is that of the bytes
    /// as they were sent.
    Rehashed(String),
}

/// The memory of a hash, which its thread keeps while people sign in: the pool needs slots × memory, however many they are.
type Memory = Vec<Block>;

/// How long a thread without work keeps its memory.
const IDLE: Duration = Duration::from_secs(5);

type Job = Box<dyn FnOnce(&mut Memory) + Send>;

/// The threads that hash.
#[derive(Clone)]
pub struct PasswordPool {
    queue: Sender<Job>,
    hasher: Arc<Hasher>,
    metrics: Arc<PasswordMetrics>,
}

struct Hasher {
    params: Params,
    /// `$argon2id$v=19$m=…,t=…,p=…$`: how a hash with today's parameters starts.
    prefix: String,
    hashes: AtomicU64,
    /// How many are being computed, and how many were at most.
    running: AtomicUsize,
    most_running: AtomicUsize,
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
        let (queue, jobs) = bounded::<Job>(config.queue);
        let metrics = Arc::new(PasswordMetrics::default());
        for _ in 0..config.hash_slots {
            let (jobs, metrics) = (jobs.clone(), Arc::clone(&metrics));
            let thread = thread::Builder::new().name("passwords".to_owned());
            thread.spawn(move || run_all(&jobs, &metrics)).expect("the operating system starts a thread");
        }
        Ok(Self { queue, hasher: Arc::new(Hasher::new(params, prefix)), metrics })
    }

    /// The PHC string of a password with 16 random bytes of salt.
    ///
    /// # Errors
    /// [`Busy`].
    pub async fn hash(&self, password: Secret, salt: [u8; 16]) -> Result<String, Busy> {
        let hasher = Arc::clone(&self.hasher);
        self.run(move |memory| hasher.hash(&password, &salt, memory)).await
    }

    /// Compares a password with a stored hash, or with nobody's, which takes as long. `salt` serves where the password
    /// has to be hashed again.
    ///
    /// # Errors
    /// [`Busy`].
    pub async fn verify(&self, password: Secret, stored: Option<String>, salt: [u8; 16]) -> Result<Verdict, Busy> {
        let hasher = Arc::clone(&self.hasher);
        self.run(move |memory| hasher.verify(&password, stored.as_deref(), &salt, memory)).await
    }

    /// How many hashes were computed.
    #[must_use]
    pub fn hashes(&self) -> u64 {
        self.hasher.hashes.load(Ordering::Relaxed)
    }

    /// How many hashes were computed at the same time, at most: their memory is all that sign-ins take.
    #[must_use]
    pub fn most_at_once(&self) -> usize {
        self.hasher.most_running.load(Ordering::Relaxed)
    }

    /// Writes the metrics of the pool.
    pub fn write_metrics(&self, page: &mut Page) {
        self.metrics.write(self.queue.len(), page);
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce(&mut Memory) -> T + Send + 'static) -> Result<T, Busy> {
        let (answer, answered) = oneshot::channel();
        let metrics = Arc::clone(&self.metrics);
        let job = Box::new(move |memory: &mut Memory| {
            let (hashing, cpu) = (Stopwatch::start(), thread_cpu());
            let result = work(memory);
            metrics.seconds.observe(hashing.elapsed());
            drop(answer.send((result, thread_cpu().saturating_sub(cpu))));
        });
        if self.queue.try_send(job).is_err() {
            self.metrics.rejected.increment();
            return Err(Busy);
        }
        let (result, cpu) = answered.await.map_err(|_| Busy)?;
        spend(|cost| cost.cpu += cpu);
        Ok(result)
    }
}

fn run_all(jobs: &Receiver<Job>, metrics: &PasswordMetrics) {
    let mut memory = Memory::new();
    loop {
        let job = if memory.is_empty() { jobs.recv().map_err(Into::into) } else { jobs.recv_timeout(IDLE) };
        match job {
            Ok(job) => {
                metrics.running.add(1);
                // A panic ends its own request, not the thread.
                drop(catch_unwind(AssertUnwindSafe(|| job(&mut memory))));
                metrics.running.add(-1);
            }
            Err(RecvTimeoutError::Timeout) => memory = Memory::new(),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

impl Hasher {
    const fn new(params: Params, prefix: String) -> Self {
        let (running, most_running) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { params, prefix, hashes: AtomicU64::new(0), running, most_running }
    }

    fn hash(&self, password: &Secret, salt: &[u8; 16], memory: &mut Memory) -> String {
        let hashed = self.phc_string(&opaque_password(password), salt, memory);
        hashed.expect("the parameters were checked when the pool was made")
    }

    fn phc_string(&self, password: &Secret, salt: &[u8], memory: &mut Memory) -> Option<String> {
        let hash = PasswordHash {
            algorithm: Algorithm::Argon2id.ident(),
            version: Some(Version::V0x13.into()),
            params: ParamsString::try_from(&self.params).ok()?,
            salt: Some(Salt::new(salt).ok()?),
            hash: Some(self.counted(self.params.clone(), password, salt, memory)?),
        };
        Some(hash.to_string())
    }

    fn verify(&self, password: &Secret, stored: Option<&str>, salt: &[u8; 16], memory: &mut Memory) -> Verdict {
        let nobody = format!("{}{NOBODY}", self.prefix);
        let (prepared, compared) = (opaque_password(password), stored.unwrap_or(&nobody));
        let mut is_right = |password: &Secret| self.is_right(password, compared, memory) == Some(true);
        let as_prepared = is_right(&prepared);
        // Older versions hashed the bytes as they were sent. Nobody's hash costs this second run as well.
        let right = as_prepared || (prepared != *password && is_right(password));
        match stored {
            Some(stored) if right && !(as_prepared && stored.starts_with(&self.prefix)) => {
                Verdict::Rehashed(self.hash(password, salt, memory))
            }
            Some(_) if right => Verdict::Right,
            _ => Verdict::Wrong,
        }
    }

    /// `None` for a stored hash that is not Argon2id's. Outputs are compared in constant time.
    fn is_right(&self, password: &Secret, stored: &str, memory: &mut Memory) -> Option<bool> {
        let stored = PasswordHash::new(stored).ok().filter(|hash| hash.algorithm == Algorithm::Argon2id.ident())?;
        let params = Params::try_from(&stored).ok()?;
        Some(self.counted(params, password, &stored.salt?, memory)? == stored.hash?)
    }

    fn counted(&self, params: Params, password: &Secret, salt: &[u8], memory: &mut Memory) -> Option<Output> {
        self.hashes.fetch_add(1, Ordering::Relaxed);
        let running = self.running.fetch_add(1, Ordering::Relaxed) + 1;
        self.most_running.fetch_max(running, Ordering::Relaxed);
        let output = argon2id(params, password, salt, memory);
        self.running.fetch_sub(1, Ordering::Relaxed);
        output
    }
}

fn argon2id(params: Params, password: &Secret, salt: &[u8], memory: &mut Memory) -> Option<Output> {
    let (blocks, length) = (params.block_count(), params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN));
    if memory.len() < blocks {
        memory.resize(blocks, Block::default());
    }
    let mut output = [0; Output::MAX_LENGTH];
    let output = output.get_mut(..length)?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(password.expose().as_bytes(), salt, output, &mut memory[..blocks])
        .ok()?;
    Output::new(output).ok()
}

#[cfg(test)]
mod tests;
