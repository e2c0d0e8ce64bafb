//! What an access token is for: one registered resource (RFC 8707 §2), or this server's own `UserInfo`.
//!
//! 1. a request chooses a URI: the one that it names, or the default;
//! 2. that URI has to be registered;
//! 3. of the granted scope, the token carries what means something there.

use std::borrow::Cow;

use super::grant::Grant;
use super::resource::{Resource, check_registration};
use super::token_request::Asked;
use super::{Client, ErrorCode, OAuthError, ResourcePatterns, Scope, ScopeClaims};

/// What an access token is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// This server: a client without resources gets tokens for `UserInfo`.
    Issuer,
    /// A registered resource.
    Resource(Resource),
}

impl Target {
    /// The resource of the URI that was chosen, if it is `registered`, by itself or by a pattern.
    ///
    /// # Errors
    /// `invalid_target` for one that is not: "The requested resource is invalid, missing, unknown, or malformed" (RFC 8707 §2).
    pub fn new(
        chosen: Option<&str>,
        registered: Option<Resource>,
        patterns: &ResourcePatterns,
    ) -> Result<Self, OAuthError> {
        let Some(uri) = chosen else { return Ok(Self::Issuer) };
        let registered = registered.filter(|resource| resource.uri == uri).or_else(|| patterns.resource(uri));
        registered.map(Self::Resource).ok_or_else(|| unregistered(uri))
    }

    /// The target of a grant's next access token, which a request may name again (RFC 8707 §2.2).
    ///
    /// # Errors
    /// `invalid_target` for any other, for two, or for one that the client may not use any more.
    pub fn of_grant(
        client: &Client,
        grant: &Grant,
        asked: &Asked,
        registered: Option<Resource>,
        patterns: &ResourcePatterns,
    ) -> Result<Self, OAuthError> {
        match asked.resources.as_slice() {
            [] => {}
            [only] if grant.resource.as_ref() == Some(only) => {}
            [_] => return Err(invalid_target("resource is not the one that was granted")),
            _ => return Err(two_resources()),
        }
        if grant.resource.as_ref().is_some_and(|granted| !client.may_use_resource(granted, patterns)) {
            return Err(invalid_target("the client may not use the granted resource any more"));
        }
        Self::new(grant.resource.as_deref(), registered, patterns)
    }

    /// What an access token for it carries of `scope`: the scopes of OpenID Connect, and those that the resource
    /// registered; those that are about a person (`people`) have their meaning at this server. `named` says that the request
    /// asked for this scope, and did not leave the choice to us.
    ///
    /// # Errors
    /// `invalid_scope` when nothing is left of what was asked for.
    pub fn carry(&self, scope: &Scope, named: bool, people: &ScopeClaims) -> Result<Scope, OAuthError> {
        let Self::Resource(Resource { scope: registered, .. }) = self else { return Ok(scope.clone()) };
        if registered.is_empty() {
            return Ok(scope.clone());
        }
        let carried = scope.filter(|token| people.is_of_people(token) || registered.contains(token));
        if named && carried.is_empty() && !scope.is_empty() {
            let description = format!("scope names nothing that the resource has, which is '{registered}'");
            return Err(OAuthError::new(ErrorCode::InvalidScope, description));
        }
        Ok(carried)
    }

    /// The scope that the resource registered; `None` without a resource.
    #[must_use]
    pub fn registered_scope(&self) -> Option<&Scope> {
        match self {
            Self::Issuer => None,
            Self::Resource(resource) => Some(&resource.scope),
        }
    }

    /// The URI of the resource.
    #[must_use]
    pub fn into_uri(self) -> Option<String> {
        match self {
            Self::Issuer => None,
            Self::Resource(resource) => Some(resource.uri),
        }
    }
}

impl Client {
    /// Whether a resource is one of the client's own, or of those that every client may use.
    fn may_use_resource(&self, uri: &str, patterns: &ResourcePatterns) -> bool {
        self.resources.iter().any(|known| known == uri) || patterns.resource(uri).is_some()
    }

    /// The URI that a request gets: the one it asks for, or the client's default.
    ///
    /// # Errors
    /// `invalid_target` (RFC 8707 §2) for two resources, or one that the client may not use.
    pub fn negotiate_resource<'a>(
        &self,
        mut asked: impl Iterator<Item = &'a str>,
        patterns: &ResourcePatterns,
    ) -> Result<Option<String>, OAuthError> {
        match (asked.next().filter(|resource| !resource.is_empty()), asked.next()) {
            (_, Some(_)) => Err(two_resources()),
            (None, None) => Ok(self.resources.first().cloned()),
            (Some(resource), None) if self.may_use_resource(resource, patterns) => Ok(Some(resource.to_owned())),
            (Some(resource), None) => Err(self.lacks_resource(resource)),
        }
    }
}

impl Client {
    /// The refusal of a resource that the client may not use.
    fn lacks_resource(&self, uri: &str) -> OAuthError {
        let Some(uri) = quotable(uri) else { return not_an_identifier() };
        let id = &self.id;
        invalid_target(format!(
            "resource {uri} is not one that this client may use, compare it character by character; the operator can register it \
             with `countersign resource add {uri}`, and allow it by `countersign client set {id} --resource {uri}`, with the \
             client's other resources beside it"
        ))
    }
}

fn unregistered(uri: &str) -> OAuthError {
    let Some(uri) = quotable(uri) else { return not_an_identifier() };
    invalid_target(format!(
        "resource {uri} is not registered at this server; the operator can add it with `countersign resource add {uri}`"
    ))
}

/// A resource as it may stand in a command that an operator copies: nothing in it means anything to a shell.
fn quotable(uri: &str) -> Option<String> {
    let is_plain = uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:/%@+,=?&".contains(&byte));
    (is_plain && check_registration(uri).is_ok()).then(|| format!("'{uri}'"))
}

fn not_an_identifier() -> OAuthError {
    invalid_target("resource must be an absolute URI that is registered, such as https://api.example.com")
}

fn two_resources() -> OAuthError {
    invalid_target("resource was sent twice: a token has one audience, ask for one at a time")
}

fn invalid_target(description: impl Into<Cow<'static, str>>) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidTarget, description)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::resource::ScopeWords;

    const API: &str = "https://api.example";

    fn scope(text: &str) -> Scope {
        Scope::parse(text).expect("it is a scope")
    }

    fn target(registered: &str) -> Target {
        let resource = Resource {
            uri: API.to_owned(),
            name: API.to_owned(),
            scope: scope(registered),
            words: ScopeWords::default(),
        };
        Target::new(Some(API), Some(resource), &ResourcePatterns::default()).expect("it is registered")
    }

    #[test]
    fn a_token_carries_what_its_resource_registered_and_the_scopes_of_openid_connect() {
        let people = ScopeClaims::new(&["department: department".to_owned()]).unwrap();
        let granted = "openid profile email address phone offline_access roles department notes.read mail.read";
        for (registered, carried) in [
            ("", granted),
            ("notes.read", "openid profile email address phone offline_access roles department notes.read"),
            ("mail.read notes.read notes.write", granted),
            ("unheard.of", "openid profile email address phone offline_access roles department"),
        ] {
            assert_eq!(
                target(registered).carry(&scope(granted), true, &people).unwrap(),
                scope(carried),
                "{registered}"
            );
        }
        assert_eq!(Target::Issuer.carry(&scope(granted), true, &people).unwrap(), scope(granted));
    }

    #[test]
    fn nothing_is_left_only_where_nothing_was_asked_for_by_name() {
        let (notes, people) = (target("notes.read"), ScopeClaims::default());
        let error = notes.carry(&scope("mail.read mail.send"), true, &people).unwrap_err();
        assert_eq!(error.code, ErrorCode::InvalidScope);
        assert!(error.description().contains("notes.read"), "{error}");
        assert!(notes.carry(&scope("mail.read mail.send"), false, &people).unwrap().is_empty());
        assert!(notes.carry(&Scope::default(), true, &people).unwrap().is_empty());
    }

    #[test]
    fn a_refused_resource_stands_in_a_command_only_where_a_shell_reads_nothing_into_it() {
        let named = unregistered("https://api.example/v1?a=b&c=d");
        assert!(
            named.description().ends_with("`countersign resource add 'https://api.example/v1?a=b&c=d'`"),
            "{named}"
        );
        for uri in ["notes", "https://a.example/';reboot'", "https://a.example/`id`", "https://a.example/$(id)", "a\nb"]
        {
            let error = unregistered(uri);
            assert!(!error.description().contains(uri) && !error.description().contains("countersign"), "{error}");
        }
    }

    #[test]
    fn only_a_registered_resource_is_a_target() {
        let none = ResourcePatterns::default();
        assert_eq!(Target::new(None, None, &none).unwrap(), Target::Issuer);
        let Target::Resource(other) = target("") else { unreachable!("it is a resource") };
        for registered in [None, Some(other)] {
            let error = Target::new(Some("https://api.example/"), registered, &none).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidTarget);
        }
    }
}
