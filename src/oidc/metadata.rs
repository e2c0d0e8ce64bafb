//! The metadata documents (RFC 8414 §2, OpenID Connect Discovery §3), generated from what is on.

use serde::Serialize;

use crate::oauth::authorization_request::DISPLAY_VALUES;
use crate::oauth::authorization_response::ResponseMode;
use crate::oauth::{GrantType, ScopeClaims};
use crate::types::Algorithm;

use super::ACR_VALUES;

/// How clients authenticate; `none` is a public client.
const METHODS: [&str; 4] = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];
/// How those authenticate that have credentials.
const CONFIDENTIAL_METHODS: [&str; 3] = ["client_secret_basic", "client_secret_post", "private_key_jwt"];

/// What an ID token says of an authentication.
const OF_AUTHENTICATION: [&str; 11] =
    ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "acr", "amr", "sid"];

/// What is on in this server, as far as metadata tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Features {
    /// Whether a client has the password grant.
    pub password_grant: bool,
    /// Whether clients may register themselves.
    pub registration: bool,
    /// The algorithms that have a signing key.
    pub signing_algorithms: Vec<&'static str>,
    /// Which scope opens which claims.
    pub claims: ScopeClaims,
}

/// One document for both well-known addresses: "authorization servers […] MAY publish" both (RFC 8414 §5).
#[derive(Clone, Debug, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the registered members are booleans")]
pub struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: String,
    introspection_endpoint: String,
    revocation_endpoint: String,
    end_session_endpoint: String,
    jwks_uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_endpoint: Option<String>,
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 2],
    grant_types_supported: Vec<&'static str>,
    subject_types_supported: [&'static str; 2],
    acr_values_supported: [&'static str; 1],
    id_token_signing_alg_values_supported: Vec<&'static str>,
    userinfo_signing_alg_values_supported: Vec<&'static str>,
    scopes_supported: Vec<String>,
    claims_supported: Vec<String>,
    prompt_values_supported: [&'static str; 4],
    display_values_supported: [&'static str; 4],
    token_endpoint_auth_methods_supported: [&'static str; 4],
    token_endpoint_auth_signing_alg_values_supported: [&'static str; 4],
    introspection_endpoint_auth_methods_supported: [&'static str; 3],
    introspection_endpoint_auth_signing_alg_values_supported: [&'static str; 4],
    revocation_endpoint_auth_methods_supported: [&'static str; 4],
    revocation_endpoint_auth_signing_alg_values_supported: [&'static str; 4],
    code_challenge_methods_supported: [&'static str; 1],
    ui_locales_supported: Vec<&'static str>,
    authorization_response_iss_parameter_supported: bool,
    claims_parameter_supported: bool,
    request_parameter_supported: bool,
    request_uri_parameter_supported: bool,
    require_request_uri_registration: bool,
    request_object_signing_alg_values_supported: [&'static str; 4],
    backchannel_logout_supported: bool,
    backchannel_logout_session_supported: bool,
    frontchannel_logout_supported: bool,
    frontchannel_logout_session_supported: bool,
}

impl Metadata {
    /// The document of the issuer whose endpoints `url` gives.
    #[must_use]
    pub fn new(issuer: &str, url: impl Fn(&str) -> String, features: &Features, locales: Vec<&'static str>) -> Self {
        let on = |grant: &GrantType| features.password_grant || *grant != GrantType::Password;
        Self {
            issuer: issuer.to_owned(),
            authorization_endpoint: url("/authorize"),
            token_endpoint: url("/token"),
            userinfo_endpoint: url("/userinfo"),
            introspection_endpoint: url("/introspect"),
            revocation_endpoint: url("/revoke"),
            end_session_endpoint: url("/logout"),
            jwks_uri: url("/.well-known/jwks.json"),
            registration_endpoint: features.registration.then(|| url("/register")),
            response_types_supported: ["code"],
            response_modes_supported: ResponseMode::ALL.map(ResponseMode::as_str),
            grant_types_supported: GrantType::ALL
                .iter()
                .filter(|grant| on(grant))
                .map(|grant| grant.as_str())
                .collect(),
            subject_types_supported: ["public", "pairwise"],
            acr_values_supported: ACR_VALUES,
            id_token_signing_alg_values_supported: features.signing_algorithms.clone(),
            userinfo_signing_alg_values_supported: features.signing_algorithms.clone(),
            scopes_supported: features.claims.announced().iter().map(str::to_owned).collect(),
            claims_supported: claims(&features.claims),
            prompt_values_supported: ["none", "login", "consent", "select_account"],
            display_values_supported: DISPLAY_VALUES,
            token_endpoint_auth_methods_supported: METHODS,
            token_endpoint_auth_signing_alg_values_supported: Algorithm::NAMES,
            introspection_endpoint_auth_methods_supported: CONFIDENTIAL_METHODS,
            introspection_endpoint_auth_signing_alg_values_supported: Algorithm::NAMES,
            revocation_endpoint_auth_methods_supported: METHODS,
            revocation_endpoint_auth_signing_alg_values_supported: Algorithm::NAMES,
            code_challenge_methods_supported: ["S256"],
            ui_locales_supported: locales,
            authorization_response_iss_parameter_supported: true,
            claims_parameter_supported: true,
            request_parameter_supported: true,
            request_uri_parameter_supported: true,
            require_request_uri_registration: true,
            request_object_signing_alg_values_supported: Algorithm::NAMES,
            backchannel_logout_supported: true,
            backchannel_logout_session_supported: true,
            frontchannel_logout_supported: true,
            frontchannel_logout_session_supported: true,
        }
    }
}

fn claims(table: &ScopeClaims) -> Vec<String> {
    OF_AUTHENTICATION.into_iter().chain(table.claims()).map(str::to_owned).collect()
}
