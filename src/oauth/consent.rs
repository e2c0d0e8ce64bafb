//! Consent: what a person allowed a client, and the terms that the consent page showed with it.

use super::redirect_uri::ProvenRedirectUri;
use super::{Client, Scope};

/// Terms of a consent: what the consent page shows beside the scope. A consent counts for the same terms alone, so that a
/// client which changes its name or its address, or asks for another resource, is asked about again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentTerms {
    /// The client's name.
    pub client_name: String,
    /// The host that the answer goes to; `None` for a program on the person's own device.
    pub redirect_host: Option<String>,
    /// The resource that the access is for (RFC 8707); `None` without one.
    pub resource: Option<String>,
}

impl ConsentTerms {
    /// The terms of a request.
    #[must_use]
    pub fn of(client: &Client, redirect_uri: &ProvenRedirectUri, resource: Option<&str>) -> Self {
        Self {
            client_name: client.name.clone(),
            redirect_host: redirect_uri.shown_host(),
            resource: resource.map(str::to_owned),
        }
    }
}

impl Client {
    /// Returns true if any program on the person's device can take this client's place at a redirect URI: nothing proves that a public
    /// client is the one that it was, and nobody owns a loopback port or a private-use scheme. "The authorization server SHOULD
    /// NOT process authorization requests automatically without user consent or interaction, except when the identity of the
    /// client can be assured" (RFC 8252 §8.6).
    #[must_use]
    pub fn can_be_impersonated(&self, redirect_uri: &ProvenRedirectUri) -> bool {
        self.is_public() && redirect_uri.shown_host().is_none()
    }
}

/// A person's consent on the terms of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consented(pub Option<Scope>);

impl Consented {
    /// Returns true if all of a scope is allowed. A person who was never asked has allowed nothing, an empty scope included.
    #[must_use]
    pub fn covers(&self, scope: &Scope) -> bool {
        self.0.as_ref().is_some_and(|allowed| allowed.covers(scope))
    }

    /// The scope that is allowed.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.0.clone().unwrap_or_default()
    }
}
