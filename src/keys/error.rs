//! What can go wrong with keys. None of these ever carries key material.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

use super::{Algorithm, KeyState};
use crate::types::Timestamp;

/// Why there is no master key: one sentence that says what to do instead. The value itself is never repeated.
#[derive(Debug, Error)]
pub enum MasterKeyError {
    /// Not 32 bytes in an encoding that is understood.
    #[error("a master key is 32 random bytes in base64 or hexadecimal: write the output of `openssl rand -base64 32`")]
    Malformed,
    /// 32 times the same byte.
    #[error(
        "this master key is one byte repeated, which is guessed first: write the output of `openssl rand -base64 32`"
    )]
    Weak,
    /// The file's mode gives others access ([`crate::types::FileAccess`]): one sentence that says what to do.
    #[error("{0}")]
    OpenToOthers(String),
    /// The value of a key of the configuration is no usable master key.
    #[error("{key}: {problem}")]
    InSetting {
        /// The key of the configuration.
        key: &'static str,
        /// The problem with its value.
        problem: Box<Self>,
    },
    /// The file holds no usable master key.
    #[error("{}: {problem}", path.display())]
    InFile {
        /// The master key's file.
        path: PathBuf,
        /// What is wrong with its content.
        problem: Box<Self>,
    },
    /// The file can be neither read nor made.
    #[error("cannot {action} the master key's file {}: {cause}", path.display())]
    Io {
        /// `read` or `create`.
        action: &'static str,
        /// The master key's file.
        path: PathBuf,
        /// What the operating system said.
        cause: io::Error,
    },
}

/// Why a signing key or the ring cannot be used.
#[derive(Debug, Error)]
pub enum KeyError {
    /// An RSA key of another size was asked for.
    #[error("an RSA key of {0} bits is not supported: write 2048, 3072 or 4096")]
    RsaBits(u32),
    /// The cryptographic library made no key.
    #[error("generating the {} key failed", .0.as_str())]
    Generate(Algorithm),
    /// A private key that is not PKCS#8 for its algorithm, or is too weak.
    #[error("not a usable private key for {}", .0.as_str())]
    PrivateKey(Algorithm),
    /// A public key that must not verify anything.
    #[error("not a usable public key: {0}")]
    PublicKey(&'static str),
    /// The sealed private half does not open.
    #[error("the key {kid} does not open under this master key: give back the master key it was sealed with")]
    WrongMasterKey {
        /// The key's id.
        kid: String,
    },
    /// The stored row contradicts itself: its id, its public half and its private half are not of one key.
    #[error("the stored key {kid} does not match its own {part}")]
    Mismatch {
        /// The key's id.
        kid: String,
        /// The part that differs.
        part: &'static str,
    },
    /// Two keys that sign with the same algorithm at the same time.
    #[error("two {} keys for {} at once", KeyState::Active.as_str(), .0.as_str())]
    TwoActive(Algorithm),
    /// A ring that could sign nothing.
    #[error("there is no {} signing key", KeyState::Active.as_str())]
    NoActiveKey,
    /// The ring has no active key for this algorithm.
    #[error("there is no {} key for {}", KeyState::Active.as_str(), .0.as_str())]
    NoKeyFor(Algorithm),
    /// The clock of this node differs too much from that of the database.
    #[error("the clock of this node differs too much from that of the database")]
    ClockOff,
    /// The ring was read too long ago to know which key is active.
    #[error("the key ring was not refreshed for more than {} seconds", super::MAX_RING_AGE.as_secs())]
    Stale,
    /// The token could not be encoded or signed.
    #[error("the token could not be signed")]
    Sign(#[from] jsonwebtoken::errors::Error),
}

/// Why something is not done to a key by hand: one sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum KeyRefusal {
    /// Nothing signs yet.
    #[error("there are no signing keys yet: `countersign serve` makes them at its first start")]
    NoKeys,
    /// There is no key to promote.
    #[error("there is no {} {} key: a running server makes one within 15 seconds, run this again then",
        KeyState::Next.as_str(), .0.as_str())]
    NoNext(Algorithm),
    /// Verifiers may not know the next key yet.
    #[error(
        "the key '{kid}' was not published for long enough, verifiers know it from {at} on: run this again then, or add \
         --early and have new tokens refused by those that do not know it yet"
    )]
    Early {
        /// The next key.
        kid: String,
        /// From when on it may sign.
        at: Timestamp,
    },
    /// No key has this `kid`.
    #[error("there is no key '{0}': `countersign key list` shows them all")]
    Unknown(String),
    /// It was retired by hand before.
    #[error("the key '{0}' was retired by hand before, nothing that it signed is accepted any more")]
    Revoked(String),
}

/// Why a token is not accepted. It is for the log: to whoever presented the token, all of these are the same answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum VerifyError {
    /// Longer than [`super::MAX_TOKEN_LEN`].
    #[error("the token is too long")]
    TooLong,
    /// Not three base64url segments with a JSON header (RFC 7515 §7.1).
    #[error("the token is not a signed JWT")]
    Malformed,
    /// The header brings a key of its own, or extensions that must be understood (RFC 7515 §4.1).
    #[error("the header has a jwk, jku, x5u, x5c or crit parameter")]
    UnsafeHeader,
    /// No `kid`, or none that is known; of a client's: no key that fits.
    #[error("there is no such key")]
    UnknownKey,
    /// `alg` is `none`: anybody can have written it (RFC 7518 §3.6).
    #[error("the token is not signed")]
    Unsigned,
    /// `alg` is not the algorithm of that key, or none that is accepted (RFC 8725 §3.1).
    #[error("the algorithm is not the one that is accepted")]
    WrongAlgorithm,
    /// `typ` is not the kind of token that was expected (RFC 8725 §3.11).
    #[error("the token is of another type")]
    WrongType,
    /// The signature is not by that key.
    #[error("the signature is wrong")]
    WrongSignature,
    /// Signed, yet the claims are not what was expected.
    #[error("the claims do not have the expected form")]
    Claims,
}
