//! What a client says of itself beside what every client has (RFC 7591 §2, OpenID Connect Dynamic Client Registration §2, and
//! the logout specifications), under the registered names. The operator sets it on the command line, a client that registers
//! itself sends it: both go through [`ClientMetadata::with`], so that one rule holds.

mod check;
mod typed;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::types::Algorithm;

/// The metadata of a client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "the registered members are booleans")]
pub struct ClientMetadata {
    /// Whether it runs on a web server or on a person's device.
    #[serde(skip_serializing_if = "is_default")]
    pub application_type: ApplicationType,
    /// Its home page.
    #[serde(skip_serializing_if = "is_default")]
    pub client_uri: Option<String>,
    /// Its logo. Pages never load it: that would tell the host who signs in.
    #[serde(skip_serializing_if = "is_default")]
    pub logo_uri: Option<String>,
    /// How it uses what it learns of people.
    #[serde(skip_serializing_if = "is_default")]
    pub policy_uri: Option<String>,
    /// Its terms of service.
    #[serde(skip_serializing_if = "is_default")]
    pub tos_uri: Option<String>,
    /// Addresses of people responsible for it.
    #[serde(skip_serializing_if = "is_default")]
    pub contacts: Vec<String>,
    /// Where its public keys are.
    #[serde(skip_serializing_if = "is_default")]
    pub jwks_uri: Option<String>,
    /// Its public keys, as a JWK Set (RFC 7517 §5).
    #[serde(skip_serializing_if = "is_default")]
    pub jwks: Option<Value>,
    /// Where the redirect URIs are listed of all clients that know a person by the same subject (OpenID Connect Core §8.1).
    #[serde(skip_serializing_if = "is_default")]
    pub sector_identifier_uri: Option<String>,
    /// By which subject it knows people.
    #[serde(skip_serializing_if = "is_default")]
    pub subject_type: SubjectType,
    /// What its ID tokens are signed with, and its logout tokens; `keys.algorithm` where it is not set.
    #[serde(skip_serializing_if = "is_default")]
    pub id_token_signed_response_alg: Option<Algorithm>,
    /// What `UserInfo` is signed with for it; plain JSON where it is not set.
    #[serde(skip_serializing_if = "is_default")]
    pub userinfo_signed_response_alg: Option<Algorithm>,
    /// What its request objects must be signed with.
    #[serde(skip_serializing_if = "is_default")]
    pub request_object_signing_alg: Option<Algorithm>,
    /// What its client assertions must be signed with.
    #[serde(skip_serializing_if = "is_default")]
    pub token_endpoint_auth_signing_alg: Option<Algorithm>,
    /// `max_age` of a request that says none, in seconds.
    #[serde(skip_serializing_if = "is_default")]
    pub default_max_age: Option<u32>,
    /// Whether it wants `auth_time`, which every ID token has.
    #[serde(skip_serializing_if = "is_default")]
    pub require_auth_time: bool,
    /// `acr_values` of a request that says none.
    #[serde(skip_serializing_if = "is_default")]
    pub default_acr_values: Vec<String>,
    /// Where others may send people to sign in to it (OpenID Connect Core §4).
    #[serde(skip_serializing_if = "is_default")]
    pub initiate_login_uri: Option<String>,
    /// Where its request objects are.
    #[serde(skip_serializing_if = "is_default")]
    pub request_uris: Vec<String>,
    /// Whether it makes no request but by a request object (RFC 9101 §10.5).
    #[serde(skip_serializing_if = "is_default")]
    pub require_signed_request_object: bool,
    /// Where people may be sent after they signed out.
    #[serde(skip_serializing_if = "is_default")]
    pub post_logout_redirect_uris: Vec<String>,
    /// Where it is told that a session has ended (OpenID Connect Back-Channel Logout §2.2).
    #[serde(skip_serializing_if = "is_default")]
    pub backchannel_logout_uri: Option<String>,
    /// Whether it needs to be told which; every logout token says it.
    #[serde(skip_serializing_if = "is_default")]
    pub backchannel_logout_session_required: bool,
    /// What a browser loads when a session has ended (OpenID Connect Front-Channel Logout §2).
    #[serde(skip_serializing_if = "is_default")]
    pub frontchannel_logout_uri: Option<String>,
    /// Whether it needs to be told which.
    #[serde(skip_serializing_if = "is_default")]
    pub frontchannel_logout_session_required: bool,
    /// Which software it is.
    #[serde(skip_serializing_if = "is_default")]
    pub software_id: Option<String>,
    /// Which version of it.
    #[serde(skip_serializing_if = "is_default")]
    pub software_version: Option<String>,
}

/// `application_type` (OpenID Connect Dynamic Client Registration §2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ApplicationType {
    /// Runs on a web server.
    #[default]
    Web,
    /// Runs on the device of its person.
    Native,
}

/// `subject_type` (OpenID Connect Core §8).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SubjectType {
    /// The same subject for every client.
    #[default]
    Public,
    /// Another subject for each sector, so that clients cannot compare whom they know.
    Pairwise,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl ClientMetadata {
    /// Every member, by its registered name.
    pub const NAMES: [&str; 27] = [
        "application_type",
        "client_uri",
        "logo_uri",
        "policy_uri",
        "tos_uri",
        "contacts",
        "jwks_uri",
        "jwks",
        "sector_identifier_uri",
        "subject_type",
        "id_token_signed_response_alg",
        "userinfo_signed_response_alg",
        "request_object_signing_alg",
        "token_endpoint_auth_signing_alg",
        "default_max_age",
        "require_auth_time",
        "default_acr_values",
        "initiate_login_uri",
        "request_uris",
        "require_signed_request_object",
        "post_logout_redirect_uris",
        "backchannel_logout_uri",
        "backchannel_logout_session_required",
        "frontchannel_logout_uri",
        "frontchannel_logout_session_required",
        "software_id",
        "software_version",
    ];

    /// The same with one member replaced, or taken away by `null`.
    ///
    /// # Errors
    /// One sentence that names the member and says what to write.
    pub fn with(self, name: &str, value: Value) -> Result<Self, String> {
        let Value::Object(mut members) = serde_json::to_value(&self).unwrap_or_default() else { return Ok(self) };
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.to_owned(), value);
        }
        Self::read(members).map_err(|error| format!("{name} is not right: {error}"))
    }

    /// Whether every member makes sense, alone and beside the others.
    ///
    /// # Errors
    /// One sentence that names the member and says what to write.
    pub fn check(&self) -> Result<(), String> {
        check::check(self)
    }

    /// Whether its ID tokens have `sid`: it hears of the end of sessions, or registered that it needs to be told which session
    /// has ended.
    #[must_use]
    pub const fn receives_sid(&self) -> bool {
        self.backchannel_logout_uri.is_some()
            || self.frontchannel_logout_uri.is_some()
            || self.backchannel_logout_session_required
            || self.frontchannel_logout_session_required
    }

    /// What it chose to have signed for it, by the names of the members.
    #[must_use]
    pub fn chosen_algorithms(&self) -> Vec<(&'static str, Algorithm)> {
        let chosen = [
            ("id_token_signed_response_alg", self.id_token_signed_response_alg),
            ("userinfo_signed_response_alg", self.userinfo_signed_response_alg),
        ];
        chosen.into_iter().filter_map(|(name, algorithm)| Some((name, algorithm?))).collect()
    }

    /// Whether everything that it chose to have signed for it can be, by keys for the algorithms `offered`.
    ///
    /// # Errors
    /// One sentence that names the member and says what to do.
    pub fn check_algorithms(&self, offered: &[Algorithm]) -> Result<(), String> {
        let missing = self.chosen_algorithms().into_iter().find(|(_, algorithm)| !offered.contains(algorithm));
        let Some((name, algorithm)) = missing else { return Ok(()) };
        let (algorithm, offered) = (algorithm.as_str(), offered.iter().map(|one| one.as_str()).collect::<Vec<_>>());
        Err(format!(
            "{name} {algorithm} has no key that signs yet, write one of {}: the operator offers it with \
             keys.id_token_algorithms, and it can be chosen once its key was published for keys.publish_ahead",
            offered.join(", ")
        ))
    }

    fn read(members: Map<String, Value>) -> Result<Self, serde_json::Error> {
        serde_json::from_value(Value::Object(members))
    }
}
