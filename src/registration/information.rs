//! What a client is told of its registration (RFC 7591 §3.2.1, RFC 7592 §3).

use serde_json::{Map, Value};

use crate::app::App;
use crate::oauth::{ClaimsInIdToken, Client};
use crate::types::{Secret, Timestamp};

/// A client information response: every member that is registered, also those that the client did not send.
#[derive(Debug)]
pub struct ClientInformation(Map<String, Value>);

impl ClientInformation {
    pub(super) fn new(app: &App, client: &Client, registration_access_token: &Secret) -> Self {
        let metadata = &client.metadata;
        let Ok(Value::Object(mut members)) = serde_json::to_value(metadata) else { unreachable!("it is an object") };
        let grants: Vec<&str> = client.grant_types.iter().map(|grant| grant.as_str()).collect();
        let algorithm = metadata.id_token_signed_response_alg.unwrap_or(app.config.keys.algorithm);
        for (name, value) in [
            ("client_id", client.id.as_str().into()),
            ("client_name", client.name.as_str().into()),
            ("redirect_uris", client.redirect_uris.clone().into()),
            ("grant_types", grants.into()),
            ("response_types", vec!["code"].into()),
            ("scope", client.scope.to_string().into()),
            ("token_endpoint_auth_method", client.authentication.method().into()),
            ("application_type", serde_json::json!(metadata.application_type)),
            ("subject_type", serde_json::json!(metadata.subject_type)),
            ("id_token_signed_response_alg", algorithm.as_str().into()),
            ("registration_access_token", registration_access_token.expose().into()),
            ("registration_client_uri", app.issuer.url(&format!("/register/{}", client.id)).into()),
        ] {
            members.insert(name.to_owned(), value);
        }
        let id_token_claims = client.settings.id_token_claims;
        if id_token_claims != ClaimsInIdToken::default() {
            members.insert("id_token_claims".to_owned(), id_token_claims.as_str().into());
        }
        Self(members)
    }

    /// With the secret that it has from now on. Secrets do not expire: `client_secret_expires_at` is 0.
    pub(super) fn with_secret(mut self, secret: &Secret) -> Self {
        self.0.insert("client_secret".to_owned(), secret.expose().into());
        self.0.insert("client_secret_expires_at".to_owned(), 0.into());
        self
    }

    pub(super) fn issued_at(mut self, now: Timestamp) -> Self {
        self.0.insert("client_id_issued_at".to_owned(), now.seconds().into());
        self
    }

    /// Its members, which hold secrets.
    #[must_use]
    pub const fn members(&self) -> &Map<String, Value> {
        &self.0
    }
}
