//! What an access token is for: one registered resource (RFC 8707 §2), or this server's own `UserInfo`.
//!
//! 1. a request chooses a URI: the one that it names, or the default;
//! 2. that URI has to be registered;
//! 3. of the granted scope, the token carries what means something there.

use super::grant::Grant;
use super::resource::Resource;
use super::token_request::Asked;
use super::{Client, ErrorCode, OAuthError, Scope, ScopeClaims};

/// What an access token is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// This server: a client without resources gets tokens for `UserInfo`.
    Issuer,
    /// A registered resource.
    Resource(Resource),
}

impl Target {
    /// The resource of the URI that was chosen, if it is `registered`.
    ///
    /// # Errors
    /// `invalid_target` for one that is not: "The requested resource is invalid, missing, unknown, or malformed" (RFC 8707 §2).
    pub fn new(chosen: Option<&str>, registered: Option<Resource>) -> Result<Self, OAuthError> {
        match (chosen, registered) {
            (None, _) => Ok(Self::Issuer),
            (Some(uri), Some(resource)) if resource.uri == uri => Ok(Self::Resource(resource)),
            (Some(_), _) => Err(invalid_target("resource is not registered at this server, its operator can add it")),
        }
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
    ) -> Result<Self, OAuthError> {
        match asked.resources.as_slice() {
            [] => {}
            [only] if grant.resource.as_ref() == Some(only) => {}
            [_] => return Err(invalid_target("resource is not the one that was granted")),
            _ => return Err(two_resources()),
        }
        if grant.resource.as_ref().is_some_and(|granted| !client.resources.contains(granted)) {
            return Err(invalid_target("the client may not use the granted resource any more"));
        }
        Self::new(grant.resource.as_deref(), registered)
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
    /// The URI that a request gets: the one it asks for, or the client's default.
    ///
    /// # Errors
    /// `invalid_target` (RFC 8707 §2) for two resources, or one that the client may not use.
    pub fn negotiate_resource<'a>(
        &self,
        mut asked: impl Iterator<Item = &'a str>,
    ) -> Result<Option<String>, OAuthError> {
        match (asked.next().filter(|resource| !resource.is_empty()), asked.next()) {
            (_, Some(_)) => Err(two_resources()),
            (None, None) => Ok(self.resources.first().cloned()),
            (Some(resource), None) if self.resources.iter().any(|known| known == resource) => {
                Ok(Some(resource.to_owned()))
            }
            (Some(_), None) => {
                Err(invalid_target("resource is not one that this client may use, compare it character by character"))
            }
        }
    }
}

fn two_resources() -> OAuthError {
    invalid_target("resource was sent twice: a token has one audience, ask for one at a time")
}

fn invalid_target(description: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidTarget, description)
}

#[cfg(test)]
mod tests {
    use super::*;

    const API: &str = "https://api.example";

    fn scope(text: &str) -> Scope {
        Scope::parse(text).expect("it is a scope")
    }

    fn target(registered: &str) -> Target {
        let resource = Resource { uri: API.to_owned(), name: API.to_owned(), scope: scope(registered) };
        Target::new(Some(API), Some(resource)).expect("it is registered")
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
    fn only_a_registered_resource_is_a_target() {
        assert_eq!(Target::new(None, None).unwrap(), Target::Issuer);
        let Target::Resource(other) = target("") else { unreachable!("it is a resource") };
        for registered in [None, Some(other)] {
            let error = Target::new(Some("https://api.example/"), registered).unwrap_err();
            assert_eq!(error.code, ErrorCode::InvalidTarget);
        }
    }
}
