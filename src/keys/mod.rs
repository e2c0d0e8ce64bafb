//! Keys: the master key, what is derived from it, and the signing keys with their public halves. No HTTP, no database:
//! the store reads and writes [`StoredKey`] rows, and everything else here works on values.
//!
//! | file | what it holds | specification |
//! |---|---|---|
//! | `master.rs`, `master_file.rs` | the 32 bytes that everything secret is derived from, and their file | RFC 5869 |
//! | `seal.rs` | authenticated encryption of what is stored or handed to a browser | NIST SP 800-38D |
//! | `algorithm.rs` | RS256, PS256, ES256, `EdDSA` and nothing else, as `jsonwebtoken` calls them | RFC 7518 §3.1, RFC 8037 §3.1 |
//! | `jwk.rs`, `der.rs` | a public key as JSON, its checks and its thumbprint | RFC 7517, RFC 7518 §6, RFC 7638 |
//! | `signing_key.rs` | a private key, parsed once | RFC 7518 §3, RFC 8037 §3.1 |
//! | `registry.rs` | which private key a `kid` means in this process: the one global | |
//! | `provider.rs`, `key_utils.rs` | the cryptography that `jsonwebtoken` calls | RFC 7515 §5 |
//! | `stored.rs` | a key as it lies in the store: state, public half, sealed private half | RFC 7517 §4 |
//! | `jwks.rs` | the document that resource servers fetch | RFC 7517 §5 |
//! | `ring.rs`, `shared.rs` | an immutable snapshot of all keys, which signs; and the place where nodes swap it | RFC 7515 §5.1 |
//! | `rotation.rs`, `by_hand.rs` | when a key moves on: a rule | |
//! | `standing.rs` | what changed about keys, for the log | |
//! | `client_key.rs`, `client_signed.rs` | the public keys of a client, and what it signs with them | RFC 7517 §5, RFC 7515 §5.2 |
//! | `verify.rs` | the checks on a token that comes back | RFC 7515 §5.2, RFC 8725 §3 |
//!
//! A key lives `next → active → retiring → gone` ([`KeyState`]). One key has one algorithm, and its `kid` is its
//! RFC 7638 thumbprint.

mod algorithm;
mod by_hand;
mod client_key;
mod client_signed;
mod der;
mod error;
mod handle_keys;
mod jwk;
mod jwks;
mod key_utils;
mod master;
mod master_file;
mod provider;
mod registry;
mod ring;
mod rotation;
mod seal;
mod shared;
mod signing_key;
mod standing;
mod stored;
mod verify;

#[cfg(test)]
mod tests;

pub use by_hand::{Revocation, promotion, revocation};
pub use client_key::{ClientKeySet, validate_jwks};
pub use client_signed::ClientSigned;
pub use error::{KeyError, KeyRefusal, MasterKeyError, VerifyError};
pub use handle_keys::HandleKeys;
pub use jwk::PublicJwk;
pub use jwks::JwksDocument;
pub use master::MasterKey;
pub use master_file::{MasterKeyFile, create_master_key, load_master_key};
pub use provider::install;
pub use ring::{KeyRing, MAX_RING_AGE};
pub use rotation::{RotationPolicy, Step, due, signing_key};
pub use seal::SealKey;
pub use shared::SharedRing;
pub use signing_key::SigningKey;
pub use standing::{Happened, KeyEvent, Standing};
pub use stored::{KeyState, StoredKey, new_stored_key};
pub use verify::MAX_TOKEN_LEN;

pub use crate::types::Algorithm;
