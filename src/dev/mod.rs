//! The playground of `countersign dev`: a seeded person, roles, clients and an API. Nothing of it exists under `serve`.

mod seed;

use crate::config::Issuer;
use crate::types::Secret;

pub use seed::{plan, seed};

/// What was seeded.
pub struct Playground {
    /// The password of [`Playground::USERNAME`].
    pub password: Secret,
    /// The clients.
    pub clients: Vec<SeededClient>,
    /// The API's resource identifier (RFC 8707).
    pub api: String,
}

/// A client of the playground.
#[derive(Clone)]
pub struct SeededClient {
    /// The `client_id`.
    pub id: &'static str,
    /// What kind it is.
    pub kind: &'static str,
    /// Its secret, if it is confidential.
    pub secret: Option<Secret>,
    /// What it is for.
    pub note: &'static str,
}

impl Playground {
    /// The person.
    pub const USERNAME: &str = "alice";
    /// The roles, with what they permit at the API.
    pub const ROLES: [(&str, &[&str]); 2] = [("reader", &["notes.read"]), ("editor", &["notes.read", "notes.write"])];
    /// The role that the person has.
    pub const ROLE: &str = "editor";
    /// The public client, which `/dev/client` is.
    pub const PUBLIC_CLIENT: &str = "dev-public";
    /// The confidential client, for web applications and services.
    pub const CONFIDENTIAL_CLIENT: &str = "dev-confidential";
    /// The client with the password grant.
    pub const PASSWORD_CLIENT: &str = "dev-password";
    /// What the public client asks for.
    pub const SCOPE: &str = "openid profile email address phone roles offline_access notes.read notes.write";
    /// The code verifier of the link that is printed: it is public, and only good for this playground.
    pub const VERIFIER: &str = "countersign-dev-link-code-verifier-not-a-secret";

    /// The secret of a client, if it is confidential.
    #[must_use]
    pub fn secret_of(&self, id: &str) -> Option<&Secret> {
        self.clients.iter().find(|client| client.id == id)?.secret.as_ref()
    }

    /// The API of a server with this issuer.
    #[must_use]
    pub fn api_of(issuer: &Issuer) -> String {
        issuer.url("/dev/api")
    }
}
