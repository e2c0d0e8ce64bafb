//! The claims that a scope opens (OpenID Connect Core §5.4).

use serde::Serialize;

use crate::oauth::{ROLES_SCOPE, Scope};
use crate::types::Timestamp;

/// What is known of a person.
#[derive(Clone, Debug)]
pub struct Person {
    /// The subject.
    pub sub: String,
    /// The username.
    pub username: String,
    /// The address.
    pub email: Option<String>,
    /// The names of the roles, where they were read.
    pub roles: Option<Vec<String>>,
    /// When any of it last changed.
    pub updated_at: Timestamp,
}

/// A `UserInfo` response (OpenID Connect Core §5.3.2).
#[derive(Clone, Debug, Serialize)]
pub struct UserInfo {
    /// The subject, equal to that of the `id_token`.
    pub sub: String,
    /// With scope `profile`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_username: Option<String>,
    /// With scope `profile`; seconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<i64>,
    /// With scope `email`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// With scope `roles`; empty for somebody who has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
}

impl UserInfo {
    /// What an access token with `scope` may read of a person.
    #[must_use]
    pub fn new(person: Person, scope: &Scope) -> Self {
        let profile = scope.contains("profile");
        Self {
            preferred_username: profile.then_some(person.username),
            updated_at: profile.then_some(person.updated_at.seconds()),
            email: person.email.filter(|_| scope.contains("email")),
            roles: person.roles.filter(|_| scope.contains(ROLES_SCOPE)),
            sub: person.sub,
        }
    }
}
