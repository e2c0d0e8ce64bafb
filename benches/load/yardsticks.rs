//! What a request cannot cost less than, measured in the same run: a signature, and a password's hash.

use std::time::Duration;

use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use countersign::config::Passwords;
use countersign::metrics::thread_cpu;

use crate::Outcome;

/// What is signed: as long as the head and the claims of an access token.
const MESSAGE: [u8; 500] = [b'a'; 500];
/// Calls between two looks at the clock, and such batches a thread.
const CALLS: u32 = 16;
const BATCHES: usize = 16;

/// What is measured with.
pub struct Yardsticks {
    rsa: RsaKeyPair,
    argon2id: Argon2<'static>,
    /// One ES256 signature.
    pub es256: Duration,
    /// One `EdDSA` signature.
    pub eddsa: Duration,
}

impl Yardsticks {
    /// Makes keys, and measures what little is compared with. Passwords are hashed as in the configuration.
    pub fn new(passwords: &Passwords) -> Outcome<Self> {
        let (ecdsa, ed25519) = (EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?, Ed25519KeyPair::generate()?);
        let params = Params::new(passwords.memory_kib, passwords.iterations, 1, Some(32))?;
        Ok(Self {
            rsa: RsaKeyPair::generate(KeySize::Rsa2048)?,
            argon2id: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            es256: median(everywhere(CALLS, || (), |()| ecdsa.sign(&SystemRandom::new(), &MESSAGE).is_ok())?),
            eddsa: median(everywhere(CALLS, || (), |()| ed25519.try_sign(&MESSAGE).is_ok())?),
        })
    }

    /// What one Argon2id hash costs now, again and again, on all cores at once.
    pub fn hashes(&self) -> Outcome<Vec<Duration>> {
        let hash = |memory: &mut Vec<Block>| {
            let mut out = [0; 32];
            self.argon2id.hash_password_into_with_memory(&MESSAGE[..28], &[7; 16], &mut out, memory).is_ok()
        };
        everywhere(1, || vec![Block::default(); self.argon2id.params().block_count()], hash)
    }

    /// What one RSA-2048 signature costs now, again and again: as the server signs, and on all cores at once, as under load.
    pub fn signatures(&self) -> Outcome<Vec<Duration>> {
        let sign = |signature: &mut Vec<u8>| {
            self.rsa.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), &MESSAGE, signature).is_ok()
        };
        everywhere(CALLS, || vec![0; self.rsa.public_modulus_len()], sign)
    }
}

/// The processor time of one call, in batches of so many, by a thread on each core at the same time.
fn everywhere<T>(
    calls: u32,
    prepare: impl Fn() -> T + Sync,
    call: impl Fn(&mut T) -> bool + Sync,
) -> Outcome<Vec<Duration>> {
    let cores = std::thread::available_parallelism()?.get();
    let measure = || {
        let mut prepared = prepare();
        let batch = |_| {
            let before = thread_cpu();
            let is_done = (0..calls).all(|_| call(&mut prepared));
            is_done.then(|| thread_cpu().saturating_sub(before) / calls)
        };
        (0..BATCHES).map(batch).collect::<Option<Vec<_>>>()
    };
    let all: Option<Vec<_>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(measure)).collect();
        threads.into_iter().map(|thread| thread.join().ok().flatten()).collect()
    });
    Ok(all.ok_or("a yardstick broke")?.concat())
}

/// The one in the middle.
pub fn median(mut all: Vec<Duration>) -> Duration {
    all.sort_unstable();
    all[all.len() / 2]
}
