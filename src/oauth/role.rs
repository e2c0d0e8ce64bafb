//! Roles: names for lists of permissions. People have them, and access tokens tell of them (RFC 9068 §2.2.3.1).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Scope;
use super::scope::in_scope_token;

/// The scope that opens roles and permissions.
pub const ROLES_SCOPE: &str = "roles";
/// The scope that opens the names of the roles under the name that many applications read, `groups`.
pub const GROUPS_SCOPE: &str = "groups";

/// The longest name of a role or a permission, in characters.
const MAX_NAME: usize = 64;
/// More permissions than a role has.
const MAX_PERMISSIONS: usize = 200;
/// More roles than a person has.
const MAX_ROLES: usize = 100;
/// What roles and permissions together may take in an access token, in bytes of JSON: many servers read no header above 8 KiB,
/// and base64url makes four characters of three.
const MAX_CLAIMS: usize = 4096;

/// A role and what it permits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// The name.
    pub name: String,
    /// The permissions, sorted and distinct.
    pub permissions: Vec<String>,
}

impl Role {
    /// A role as it is asked for.
    ///
    /// # Errors
    /// One sentence that says what to change.
    pub fn new(name: String, permissions: Vec<String>) -> Result<Self, String> {
        check_name("role", &name)?;
        let permissions = distinct("permission", permissions)?;
        if permissions.len() > MAX_PERMISSIONS {
            return Err(format!("a role has at most {MAX_PERMISSIONS} permissions: make two roles of it"));
        }
        Ok(Self { name, permissions })
    }
}

/// The names of the roles that a person is to have, sorted and distinct.
///
/// # Errors
/// One sentence that says what to change.
pub fn assigned_roles(names: Vec<String>) -> Result<Vec<String>, String> {
    let names = distinct("role", names)?;
    if names.len() > MAX_ROLES {
        return Err(format!("a person has at most {MAX_ROLES} roles: make one role of several"));
    }
    Ok(names)
}

fn distinct(what: &str, names: Vec<String>) -> Result<Vec<String>, String> {
    names.iter().try_for_each(|name| check_name(what, name))?;
    Ok(names.into_iter().collect::<BTreeSet<_>>().into_iter().collect())
}

/// Names are written like scope tokens (RFC 6749 §3.3): lists of them are separated by spaces, and a permission may be the
/// scope of a resource.
fn check_name(what: &str, name: &str) -> Result<(), String> {
    if name.is_empty() || name.len() > MAX_NAME || !name.chars().all(in_scope_token) {
        let name = name.escape_debug();
        return Err(format!(
            "the {what} '{name}' must be 1 to {MAX_NAME} visible ASCII characters, without spaces, double quotes and backslashes"
        ));
    }
    Ok(())
}

/// The claims of a token about a person's roles (RFC 9068 §2.2.3.1). Each is absent where the scope does not open it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleClaims {
    /// The names of all roles, sorted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
    /// The same names, for applications that read `groups`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<String>>,
    /// The permissions of all roles together, sorted and distinct; also absent where they were too many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Vec<String>>,
}

/// Says whether a scope opens a claim about roles.
#[must_use]
pub fn opens_roles(scope: &Scope) -> bool {
    scope.contains(ROLES_SCOPE) || scope.contains(GROUPS_SCOPE)
}

impl RoleClaims {
    /// The claims that `scope` opens of a person who has `roles`, for a resource with the scope `registered`: permissions of
    /// other resources are left out. A resource that has no scope registered gets all, and so does a token for no resource.
    #[must_use]
    pub fn new(roles: &[Role], scope: &Scope, registered: Option<&Scope>) -> Self {
        let registered = registered.filter(|scope| !scope.is_empty());
        let concerns = |permission: &&String| registered.is_none_or(|scope| scope.contains(permission));
        let names: BTreeSet<&String> = roles.iter().map(|role| &role.name).collect();
        let permissions: BTreeSet<&String> = roles.iter().flat_map(|role| &role.permissions).filter(concerns).collect();
        let owned = |names: &BTreeSet<&String>| names.iter().map(|name| (*name).clone()).collect::<Vec<String>>();
        let (tells_roles, tells_groups) = (scope.contains(ROLES_SCOPE), scope.contains(GROUPS_SCOPE));
        Self {
            roles: tells_roles.then(|| owned(&names)),
            groups: tells_groups.then(|| owned(&names)),
            permissions: tells_roles.then(|| owned(&permissions)),
        }
    }

    /// The claims as they fit into an access token, which travels in a header: without the permissions where they are too
    /// long, and without the second list of names where both are. No permissions at all are better than some, which an API
    /// could not tell from all.
    #[must_use]
    pub fn fit_for_header(self) -> Self {
        let length = |names: &[String]| names.iter().map(|name| name.len() + r#""","#.len()).sum::<usize>();
        let of = |names: &Option<Vec<String>>| names.as_deref().map_or(0, length);
        let (first, both) = (of(&self.roles), of(&self.roles) + of(&self.groups));
        let groups = self.groups.filter(|_| first == 0 || both <= MAX_CLAIMS);
        let room = MAX_CLAIMS.saturating_sub(first + of(&groups));
        Self { permissions: self.permissions.filter(|permissions| length(permissions) <= room), groups, ..self }
    }
}

#[cfg(test)]
mod tests;
