//! Which scope opens which claims about a person (OpenID Connect Core §5.4): the one table of `UserInfo`, the metadata, the
//! consent page and everything else that tells of people.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::scope::{OFFLINE_ACCESS, in_scope_token};
use super::{GROUPS_SCOPE, ROLES_SCOPE, Scope};

/// The scopes of every installation.
const STANDARD: [(&str, &[&str]); 6] = [
    (
        "profile",
        &[
            "name",
            "family_name",
            "given_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ],
    ),
    ("email", &["email", "email_verified"]),
    ("address", &["address"]),
    ("phone", &["phone_number", "phone_number_verified"]),
    (ROLES_SCOPE, &["roles"]),
    (GROUPS_SCOPE, &["groups"]),
];

/// Scopes that are about a person as well, and open no claim.
const OF_SIGNING_IN: [&str; 2] = ["openid", OFFLINE_ACCESS];

/// What a token or an answer says by itself: nobody can set it for a person.
const PROTOCOL: [&str; 36] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "nbf",
    "jti",
    "nonce",
    "auth_time",
    "acr",
    "amr",
    "azp",
    "at_hash",
    "c_hash",
    "s_hash",
    "sid",
    "events",
    "roles",
    "permissions",
    "client_id",
    "scope",
    "typ",
    "alg",
    "kid",
    "cnf",
    "act",
    "may_act",
    "sub_jwk",
    "txn",
    "toe",
    "active",
    "token_type",
    "vct",
    "org_iss",
    "_claim_names",
    "_claim_sources",
];

/// The longest name of a claim, in bytes.
const MAX_NAME: usize = 100;

/// The table: the standard scopes, and those of the configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeClaims(Arc<[(String, Vec<String>)]>);

impl ScopeClaims {
    /// The standard scopes and these, each written `SCOPE: CLAIM CLAIM`.
    ///
    /// # Errors
    /// One sentence that says what to write.
    pub fn new(lines: &[String]) -> Result<Self, String> {
        let mut custom: Vec<(String, Vec<String>)> = Vec::new();
        for line in lines {
            let (scope, claims) = parse(line)?;
            // Installations had a scope `groups` of their own before there was one.
            if is_standard(&scope) && scope != GROUPS_SCOPE {
                return Err(format!("the scope '{scope}' opens what OpenID Connect says; write another name"));
            }
            if custom.iter().any(|(known, _)| *known == scope) {
                return Err(format!("the scope '{scope}' stands twice; write all of its claims into one text"));
            }
            custom.push((scope, claims));
        }
        Ok(Self(custom.into()))
    }

    /// The scopes of the configuration, as they are written there.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        self.0.iter().map(|(scope, claims)| format!("{scope}: {}", claims.join(" "))).collect()
    }

    /// Whether some token of `scope` opens a claim. One in a language (`name#de`, §5.2) is opened by what opens the claim.
    #[must_use]
    pub fn opens(&self, scope: &Scope, claim: &str) -> bool {
        let claim = without_language(claim);
        STANDARD.iter().any(|(token, claims)| claims.contains(&claim) && scope.contains(token))
            || self.0.iter().any(|(token, claims)| scope.contains(token) && claims.iter().any(|one| one == claim))
    }

    /// The scopes that open claims, the standard ones first.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        let custom = self.0.iter().map(|(scope, _)| scope.as_str()).filter(|scope| !is_standard(scope));
        STANDARD.iter().map(|(scope, _)| *scope).chain(custom)
    }

    /// Every scope that this server knows by itself (`scopes_supported`, OpenID Connect Discovery §3).
    #[must_use]
    pub fn announced(&self) -> Scope {
        ["openid"].into_iter().chain(self.scopes()).chain([OFFLINE_ACCESS]).fold(Scope::default(), Scope::with)
    }

    /// The claims that they open, each once, the standard ones first.
    #[must_use]
    pub fn claims(&self) -> Vec<&str> {
        let standard = STANDARD.iter().flat_map(|(_, claims)| claims.iter().copied());
        let (mut seen, custom) =
            (BTreeSet::new(), self.0.iter().flat_map(|(_, claims)| claims.iter().map(String::as_str)));
        standard.chain(custom).filter(|claim| seen.insert(*claim)).collect()
    }

    /// Whether a scope is about a person, and of this server alone: it has no meaning for a client that acts for itself, and
    /// no resource has to register it.
    #[must_use]
    pub fn is_of_people(&self, token: &str) -> bool {
        OF_SIGNING_IN.contains(&token) || self.scopes().any(|scope| scope == token)
    }
}

/// A claim without the language that it is in (§5.2).
#[must_use]
pub fn without_language(claim: &str) -> &str {
    claim.split_once('#').map_or(claim, |(claim, _)| claim)
}

/// Whether a name can be that of a claim about a person.
///
/// # Errors
/// One sentence that says why not.
pub fn check_claim_name(name: &str) -> Result<(), String> {
    let shown = name.escape_debug();
    if name.is_empty() || name.len() > MAX_NAME || !name.chars().all(in_scope_token) {
        return Err(format!(
            "the claim '{shown}' must be 1 to {MAX_NAME} visible ASCII characters, without spaces, double quotes and backslashes"
        ));
    }
    if PROTOCOL.contains(&without_language(name)) {
        return Err(format!(
            "the claim '{shown}' is the protocol's own, and is told by the server alone; choose another name"
        ));
    }
    Ok(())
}

fn is_standard(scope: &str) -> bool {
    OF_SIGNING_IN.contains(&scope) || STANDARD.iter().any(|(known, _)| *known == scope)
}

fn parse(line: &str) -> Result<(String, Vec<String>), String> {
    let example = || {
        format!(
            "'{}' is no scope with its claims; write for example 'department: department cost_center'",
            line.escape_debug()
        )
    };
    let (scope, claims) = line.trim().split_once(": ").ok_or_else(example)?;
    let claims: Vec<String> = claims.split_whitespace().map(str::to_owned).collect();
    if scope.is_empty() || scope.len() > MAX_NAME || !scope.chars().all(in_scope_token) || claims.is_empty() {
        return Err(example());
    }
    claims.iter().try_for_each(|claim| check_claim_name(claim))?;
    Ok((scope.to_owned(), claims))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(lines: &[&str]) -> Result<ScopeClaims, String> {
        ScopeClaims::new(&lines.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn a_scope_opens_its_claims_and_no_others() {
        let table = table(&["hr:read: department cost_center", "basic: name picture"]).unwrap();
        let opens = |scope: &str, claim| table.opens(&Scope::parse(scope).unwrap(), claim);
        for (scope, claim) in [
            ("profile", "name"),
            ("profile", "name#de"),
            ("email", "email"),
            ("hr:read", "department"),
            ("basic", "name"),
        ] {
            assert!(opens(scope, claim) && !opens("openid", claim), "{scope} {claim}");
        }
        for (scope, claim) in [("profile", "email"), ("basic", "nickname"), ("profile", "department"), ("", "name")] {
            assert!(!opens(scope, claim), "{scope} {claim}");
        }
        assert_eq!(table.claims().iter().filter(|claim| **claim == "name").count(), 1);
        assert!(["openid", "offline_access", "roles", "basic"].iter().all(|scope| table.is_of_people(scope)));
        assert!(!table.is_of_people("notes.read"));
        assert_eq!(table.lines(), ["hr:read: department cost_center", "basic: name picture"]);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (lines, says) in [
            (&["department"][..], "write for example"),
            (&["department: "], "write for example"),
            (&[": name"], "write for example"),
            (&["a b: name"], "write for example"),
            (&["email: department"], "'email' opens"),
            (&["openid: department"], "'openid' opens"),
            (&["a: b", "a: c"], "'a' stands twice"),
            (&["a: sub"], "'sub' is the protocol's own"),
            (&["a: roles"], "'roles' is the protocol's own"),
            (&["a: \"b\""], "visible ASCII"),
        ] {
            assert!(table(lines).unwrap_err().contains(says), "{lines:?}");
        }
    }
}
