//! The secrets of a confidential client (RFC 6749 §2.3.1): one, and beside it for a while the one before, so that a secret
//! is changed without a moment in which the client cannot authenticate.

use std::time::Duration;

use crate::types::{Secret, Timestamp};

use super::{Client, ClientAuthentication};

/// What is stored of a client's secrets: the SHA-256 of each, which is 256 random bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientSecrets {
    /// The hash of the secret.
    pub current: [u8; 32],
    /// The one before it, if the two overlap.
    pub previous: Option<PreviousSecret>,
}

/// A secret that was replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PreviousSecret {
    /// Its hash.
    pub hash: [u8; 32],
    /// When it ends.
    pub until: Timestamp,
}

impl ClientSecrets {
    /// The first secret of a client.
    #[must_use]
    pub fn new(secret: &Secret) -> Self {
        Self { current: secret.sha256(), previous: None }
    }

    /// A new secret at `now`. The one that it replaces is valid for `overlap` more; one before that ends.
    #[must_use]
    pub fn rotate(&self, new: &Secret, overlap: Duration, now: Timestamp) -> Self {
        let previous = PreviousSecret { hash: self.current, until: now.plus(overlap) };
        Self { current: new.sha256(), previous: Some(previous).filter(|previous| now < previous.until) }
    }

    /// When the secret before this one ends, if it is valid at `now`.
    #[must_use]
    pub fn previous_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.previous.as_ref().map(|previous| previous.until).filter(|until| now < *until)
    }

    /// What a secret that is presented at `now` is compared with: always two hashes. Nothing has the hash of zeros that stands
    /// for a secret that is not there.
    #[must_use]
    pub fn valid_hashes(&self, now: Timestamp) -> [[u8; 32]; 2] {
        let previous = self.previous.as_ref().filter(|previous| now < previous.until);
        [self.current, previous.map_or([0; 32], |previous| previous.hash)]
    }
}

impl Client {
    /// The client with a new secret at `now`; see [`ClientSecrets::rotate`].
    ///
    /// # Errors
    /// One sentence for a public client.
    pub fn rotate_secret(self, new: &Secret, overlap: Duration, now: Timestamp) -> Result<Self, String> {
        self.with_secrets(|secrets| secrets.rotate(new, overlap, now))
    }

    /// The client with one secret, the last that was made.
    ///
    /// # Errors
    /// One sentence for a public client.
    pub fn end_previous_secret(self) -> Result<Self, String> {
        self.with_secrets(|secrets| ClientSecrets { previous: None, ..secrets })
    }

    fn with_secrets(self, rule: impl FnOnce(ClientSecrets) -> ClientSecrets) -> Result<Self, String> {
        match self.authentication {
            ClientAuthentication::Public => Err(format!(
                "client '{id}' is public and has no secret: `countersign client set {id} --confidential` gives it one",
                id = self.id
            )),
            ClientAuthentication::PrivateKeyJwt => {
                Err(format!("client '{}' authenticates by a key of its own and has no secret", self.id))
            }
            ClientAuthentication::Secret { methods, secrets } => {
                let authentication = ClientAuthentication::Secret { methods, secrets: rule(secrets) };
                Ok(Self { authentication, ..self })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(name: &str) -> Secret {
        Secret::new(name)
    }

    #[test]
    fn a_secret_that_was_replaced_ends_with_its_overlap_and_at_the_next_rotation() {
        let (start, hour) = (Timestamp::from_seconds(1_000), Duration::from_secs(3600));
        let first = ClientSecrets::new(&secret("one"));
        assert_eq!(first.valid_hashes(start), [secret("one").sha256(), [0; 32]]);
        let second = first.rotate(&secret("two"), hour, start);
        let last = start.plus(hour).minus(Duration::from_millis(1));
        assert_eq!(second.valid_hashes(last), [secret("two").sha256(), secret("one").sha256()]);
        assert_eq!(
            (second.previous_until(last), second.previous_until(start.plus(hour))),
            (Some(start.plus(hour)), None)
        );
        assert_eq!(second.valid_hashes(start.plus(hour)), [secret("two").sha256(), [0; 32]]);
        let third = second.rotate(&secret("three"), hour, start);
        assert_eq!(third.valid_hashes(start), [secret("three").sha256(), secret("two").sha256()]);
        let at_once = third.rotate(&secret("four"), Duration::ZERO, start);
        assert_eq!(at_once, ClientSecrets::new(&secret("four")));
    }
}
