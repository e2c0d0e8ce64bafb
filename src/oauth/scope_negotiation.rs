//! The scope that a request gets of the scope that it asks for (RFC 6749 §3.3, §6).

use serde::Deserialize;

use super::scope::OFFLINE_ACCESS;
use super::{ErrorCode, OAuthError, Scope};

/// Treatment of scope values that a client asks for and may not have, or that the server does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum UnknownScopes {
    /// They are left out, and the response says the scope that was granted.
    #[default]
    #[serde(rename = "ignore")]
    Ignore,
    /// The request is refused.
    #[serde(rename = "refuse")]
    Refuse,
}

impl UnknownScopes {
    /// Every name, as [`UnknownScopes::as_str`] gives them.
    pub const NAMES: [&str; 2] = ["ignore", "refuse"];

    /// The spelling in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ignore => "ignore",
            Self::Refuse => "refuse",
        }
    }
}

impl Scope {
    /// The scope that a request gets: the part of the requested scope that `allowed` has, or `default` for a request that
    /// names no scope. "The authorization server MAY fully or partially ignore the scope requested by the client" (RFC 6749
    /// §3.3), and "scope values used that are not understood by an implementation SHOULD be ignored" (OpenID Connect Core
    /// §3.1.2.1).
    ///
    /// # Errors
    /// `invalid_scope` for malformed text, when nothing is left, and for each value beyond `allowed` when `unknown` refuses
    /// them. `offline_access` alone is never refused for that: a server "MUST ignore" one that cannot be had (OpenID Connect
    /// Core §11).
    pub fn negotiate(
        asked: Option<&str>,
        default: &Self,
        allowed: &Self,
        unknown: UnknownScopes,
    ) -> Result<Self, OAuthError> {
        let Some(asked) = Self::parse_named(asked)? else { return Ok(default.clone()) };
        let beyond = asked.beyond(allowed);
        let refused = match unknown {
            UnknownScopes::Ignore => Self::default(),
            UnknownScopes::Refuse => beyond.without(OFFLINE_ACCESS),
        };
        asked.without_refused(&beyond, &refused, "which this client does not have")
    }

    /// The scope of a refreshed access token: all that was `granted`, or the named part of that. "The requested scope MUST NOT
    /// include any scope not originally granted by the resource owner" (RFC 6749 §6): a value that the client may have
    /// (`of_client`) and that was not granted is refused. A value that the client may not have was left out of the grant, and
    /// is left out again when the client repeats its first request.
    ///
    /// # Errors
    /// As [`Scope::negotiate`].
    pub fn narrow(
        asked: Option<&str>,
        granted: &Self,
        of_client: &Self,
        unknown: UnknownScopes,
    ) -> Result<Self, OAuthError> {
        let Some(asked) = Self::parse_named(asked)? else { return Ok(granted.clone()) };
        let beyond = asked.beyond(granted);
        let refused = match unknown {
            UnknownScopes::Ignore => beyond.within(of_client),
            UnknownScopes::Refuse => beyond.clone(),
        };
        asked.without_refused(&beyond, &refused, "which this grant does not have")
    }

    /// The requested scope; `None` when the request names none.
    fn parse_named(asked: Option<&str>) -> Result<Option<Self>, OAuthError> {
        Ok(asked.map(Self::parse).transpose()?.filter(|scope| !scope.is_empty()))
    }

    /// The tokens without those `beyond`; an error that names the `refused` ones, or all when nothing is left.
    fn without_refused(&self, beyond: &Self, refused: &Self, why: &str) -> Result<Self, OAuthError> {
        let left = self.beyond(beyond);
        let named = if left.is_empty() { beyond } else { refused };
        if named.is_empty() {
            return Ok(left);
        }
        Err(OAuthError::new(ErrorCode::InvalidScope, format!("scope asks for '{named}', {why}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(text: &str) -> Scope {
        Scope::parse(text).expect("it is a scope")
    }

    /// The requested scope, the granted one or "" for a refusal, by policy.
    const NEGOTIATED: [(&str, &str, &str); 8] = [
        ("openid email", "openid email", "openid email"),
        ("", "openid", "openid"),
        ("openid unknown", "openid", ""),
        ("openid offline_access", "openid", "openid"),
        ("unknown", "", ""),
        ("offline_access", "", ""),
        ("OPENID", "", ""),
        ("openid \u{e9}", "", ""),
    ];

    #[test]
    fn a_value_beyond_the_allowed_ones_is_left_out_or_refused_and_never_granted() {
        let (default, allowed) = (scope("openid"), scope("openid email"));
        for (asked, ignored, refused) in NEGOTIATED {
            for (unknown, expected) in [(UnknownScopes::Ignore, ignored), (UnknownScopes::Refuse, refused)] {
                let granted = Scope::negotiate(Some(asked), &default, &allowed, unknown);
                let granted = granted.map_or(String::new(), |granted| granted.to_string());
                assert_eq!(granted, expected, "{asked} {unknown:?}");
            }
        }
    }

    #[test]
    fn a_refresh_leaves_out_what_the_client_may_not_have_and_refuses_what_was_not_granted() {
        let (granted, of_client) = (scope("openid email"), scope("openid email profile"));
        for (asked, ignored, refused) in [
            ("openid email groups", "openid email", ""),
            ("email", "email", "email"),
            ("", "openid email", "openid email"),
            ("openid profile", "", ""),
            ("groups", "", ""),
        ] {
            for (unknown, expected) in [(UnknownScopes::Ignore, ignored), (UnknownScopes::Refuse, refused)] {
                let narrowed = Scope::narrow(Some(asked), &granted, &of_client, unknown);
                let narrowed = narrowed.map_or(String::new(), |narrowed| narrowed.to_string());
                assert_eq!(narrowed, expected, "{asked} {unknown:?}");
            }
        }
    }
}
