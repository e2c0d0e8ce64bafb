//! What is allowed and rarely meant.

use std::time::Duration;

use crate::oauth::pkce::PkceRule;

use super::{Config, Issuer, RegistrationMode};

impl Config {
    /// What is allowed but rarely meant, a sentence each.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let is_local = self.issuer.as_ref().is_some_and(|issuer| !issuer.is_https());
        let is_public = self.issuer.as_ref().is_some_and(Issuer::is_https);
        let found = [
            (
                is_public && self.proxies.trusted.is_empty(),
                "trusted_proxies: everybody who comes through the TLS proxy counts as one address, so that one who guesses \
                 passwords slows down all; write the address that the proxy connects from, such as [\"127.0.0.1\"]",
            ),
            (
                is_local && !self.listen.ip().is_loopback(),
                "issuer: it is http on this machine, but listen lets others in; write https, or listen on 127.0.0.1",
            ),
            (
                self.management.is_some_and(|management| !management.ip().is_loopback()),
                "management.listen: whoever reaches it reads the metrics; write a loopback address, or keep others away from it",
            ),
            (
                self.pkce == PkceRule::PublicClients,
                "authorization.pkce: a code that leaks is bound to nothing but the client's secret; write always",
            ),
            (
                self.registration.mode == RegistrationMode::Open,
                "registration.mode: anybody may register a client and ask people for their data; write token",
            ),
            (
                self.tokens.refresh_retry_window.is_zero(),
                "tokens.refresh_retry_window: with 0s a client that loses one response has to sign in again; write 1m",
            ),
            (
                self.tokens.access_ttl > Duration::from_secs(3600),
                "tokens.access_ttl: APIs accept a stolen token for all that time; write 5m and let clients refresh",
            ),
            (
                self.tokens.id_token_ttl > self.tokens.access_ttl,
                "tokens.id_token_ttl: it is longer than tokens.access_ttl, and libraries that ask UserInfo for as long as the ID \
                 token is valid are then refused; write the same time for both",
            ),
            (
                self.keys.rotation_interval < Duration::from_secs(86_400),
                "keys.rotation_interval: old keys are kept for as long as people stay signed in, and will be many; write 90d",
            ),
        ];
        let found = found.into_iter().filter(|(holds, _)| *holds).map(|(_, warning)| warning.to_owned());
        self.source_warnings.iter().cloned().chain(found).collect()
    }
}
