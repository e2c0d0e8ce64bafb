//! The policy that the configuration gives a client.

use crate::oauth::{Client, ClientPolicy, ServerPolicy};

use super::Config;

impl Config {
    /// The policy that applies to a client: see [`ClientPolicy::resolve`].
    #[must_use]
    pub fn client_policy(&self, client: &Client) -> ClientPolicy {
        ClientPolicy::resolve(self.server_policy(), client)
    }

    /// The settings that every client's policy depends on.
    #[must_use]
    pub const fn server_policy(&self) -> ServerPolicy {
        ServerPolicy { profile: self.profile, pkce: self.pkce, unknown_scopes: self.unknown_scopes }
    }
}
