//! What the configuration allows clients.

use crate::config::RegistrationMode;
use crate::oauth::Client;
use crate::oauth::bound::Bound;
use crate::oauth::redeem::RedeemPolicy;

use super::App;

impl App {
    /// Whether clients may register themselves, with a token or without.
    #[must_use]
    pub fn is_registration_open(&self) -> bool {
        self.config.registration.mode != RegistrationMode::Off
    }

    /// True when clients may register themselves without a token.
    #[must_use]
    pub fn is_registration_for_everybody(&self) -> bool {
        self.config.registration.mode == RegistrationMode::Open
    }

    /// How many live grants a person may have with a client, and when one is.
    #[must_use]
    pub fn bound(&self, client: &Client) -> Bound {
        Bound { limit: self.config.tokens.grants_per_client, policy: self.redeem_policy(client) }
    }

    /// The lifetimes that apply to a client's handles. A public client's retry window is shorter, since whoever stole its
    /// refresh token needs nothing else.
    #[must_use]
    pub fn redeem_policy(&self, client: &Client) -> RedeemPolicy {
        let tokens = &self.config.tokens;
        let window = if client.is_public() { tokens.refresh_retry_window_public } else { tokens.refresh_retry_window };
        RedeemPolicy { code_ttl: tokens.code_ttl, idle_ttl: tokens.refresh_idle_ttl, retry_window: window }
    }
}
