//! By which subject a client knows a person (OpenID Connect Core §8).

use ring::hmac;

use crate::oauth::{Client, SubjectType};
use crate::types::{Id, base64url};

/// The `sub` of a person in every token and answer of a client: the id itself, or for a client that registered
/// `subject_type=pairwise` a value that no other sector sees.
///
/// "The Subject Identifier value MUST NOT be reversible by any party other than the OpenID Provider" (§8.1): it is keyed with
/// random bytes of the person, so that even whoever knows their id learns nothing.
#[must_use]
pub fn subject_for(client: &Client, user_id: Id, seed: &[u8; 32]) -> String {
    match client.metadata.subject_type {
        SubjectType::Public => user_id.to_string(),
        SubjectType::Pairwise => {
            // A pairwise client is not registered without a sector; one that has none shares its subjects with nobody.
            let sector = client.sector().unwrap_or_else(|_| client.id.clone());
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, seed), sector.as_bytes());
            base64url::encode(tag.as_ref())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::ClientMetadata;
    use crate::oauth::registration::NewClient;
    use crate::types::{Rng, Secret, Timestamp};

    fn client(id: &str, uris: &[&str], members: &[&str]) -> Result<Client, String> {
        let new = NewClient {
            id: id.to_owned(),
            redirect_uris: uris.iter().map(ToString::to_string).collect(),
            metadata: ClientMetadata::typed(&members.iter().map(ToString::to_string).collect::<Vec<_>>())?,
            ..NewClient::default()
        };
        new.register(&Secret::new("secret"))
    }

    #[test]
    fn clients_of_one_sector_know_a_person_by_the_same_subject_and_others_by_another() {
        let (id, seed) = (Id::new(Timestamp::from_seconds(1), &Rng::system()), [7; 32]);
        let sub = |client: Result<Client, String>| subject_for(&client.unwrap(), id, &seed);
        let pairwise = &["subject_type=pairwise"];
        let one = sub(client("one", &["https://app.example/a", "https://app.example:8443/b"], pairwise));
        assert_eq!(one, sub(client("two", &["https://app.example/c"], pairwise)));
        let sector = ["subject_type=pairwise", "sector_identifier_uri=https://app.example/uris.json"];
        assert_eq!(one, sub(client("three", &["https://other.example/c", "com.example.app:/cb"], &sector)));
        assert_ne!(one, sub(client("four", &["https://other.example/c"], pairwise)));
        assert_ne!(one, subject_for(&client("one", &["https://app.example/a"], pairwise).unwrap(), id, &[8; 32]));
        assert_eq!(sub(client("five", &["https://app.example/a"], &[])), id.to_string());
    }

    /// "If there are multiple hostnames in the registered `redirect_uris`, the Client MUST register a
    /// `sector_identifier_uri`" (§8.1).
    #[test]
    fn a_pairwise_client_has_one_sector() {
        for uris in [
            &["https://app.example/a", "https://other.example/b"][..],
            &["com.example.app:/cb"],
            &["http://127.0.0.1/cb"],
            &["http://localhost:3000/cb", "https://app.example/a"],
        ] {
            let refused = client("web", uris, &["subject_type=pairwise"]).unwrap_err();
            assert!(refused.contains("sector_identifier_uri"), "{refused}");
        }
    }
}
