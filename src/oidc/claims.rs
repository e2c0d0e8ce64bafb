//! What is told of a person (OpenID Connect Core §5).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::oauth::claims_request::Wish;
use crate::oauth::{ClaimsInIdToken, Scope, ScopeClaims};
use crate::types::Timestamp;

/// The scopes whose claims an ID token may have: what applications show of a person and decide by. Roles stand in the access
/// token, for APIs.
const ID_TOKEN_SCOPES: [&str; 3] = ["profile", "email", "groups"];

/// The longest claims of scopes in an ID token together, in bytes of JSON: applications keep the token in a cookie, and send
/// it in the address of a logout request.
const MAX_ID_TOKEN_CLAIMS: usize = 2048;

/// What is known of a person.
#[derive(Clone, Debug)]
pub struct Person {
    /// The username.
    pub username: String,
    /// The address.
    pub email: Option<String>,
    /// The names of the roles, where they were read: the claims `roles` and `groups`.
    pub roles: Option<Vec<String>>,
    /// When any of it last changed.
    pub updated_at: Timestamp,
    /// All else, by the names of claims.
    pub claims: Map<String, Value>,
}

/// Which claims a client is told.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'a> {
    /// Which scope opens which claims.
    pub table: &'a ScopeClaims,
    /// The scope whose claims are told unasked.
    pub scope: Option<&'a Scope>,
    /// Everything that the client may ask for.
    pub client: &'a Scope,
    /// The claims that are asked for by name (§5.5).
    pub asked: Option<&'a BTreeMap<String, Option<Wish>>>,
}

impl Opening<'_> {
    /// Whether a claim may be told that is asked for by name: asking opens nothing that no scope of the client would.
    #[must_use]
    pub fn is_asked(&self, name: &str) -> bool {
        self.asked.is_some_and(|asked| asked.contains_key(name)) && self.table.opens(self.client, name)
    }

    /// Whether any claim may be told, by the scope or since it is asked for by name.
    #[must_use]
    pub fn asks(&self) -> bool {
        self.scope.is_some_and(|scope| !scope.is_empty())
            || self.asked.is_some_and(|asked| asked.keys().any(|name| self.table.opens(self.client, name)))
    }

    /// The claims of an ID token, without the longest where those of scopes are too long for one: `UserInfo` has them. Those
    /// that are asked for by name stay.
    #[must_use]
    pub fn fit_id_token(&self, mut claims: Map<String, Value>) -> Map<String, Value> {
        let length = |name: &str, value: &Value| name.len() + value.to_string().len();
        loop {
            let of_scopes = || claims.iter().filter(|(name, _)| !self.is_asked(name));
            if of_scopes().map(|(name, value)| length(name, value)).sum::<usize>() <= MAX_ID_TOKEN_CLAIMS {
                return claims;
            }
            let longest = of_scopes().max_by_key(|(name, value)| length(name, value)).map(|(name, _)| name.clone());
            let Some(longest) = longest else { return claims };
            claims.remove(&longest);
        }
    }

    /// A claim with a value that the client did not ask for is left out (§5.5.1).
    fn opens(&self, name: &str, value: &Value) -> bool {
        let wish = || self.asked.and_then(|asked| asked.get(name)).and_then(Option::as_ref);
        self.scope.is_some_and(|scope| self.table.opens(scope, name))
            || self.is_asked(name) && wish().is_none_or(|wish| wish.accepts(value))
    }
}

/// Claims that can be verified, with those that say so: `false` where an operator said nothing (§5.1), since applications
/// read an absent one in either way.
const VERIFIABLE: [(&str, &str); 2] = [("email", "email_verified"), ("phone_number", "phone_number_verified")];
/// The part of an access token's scope whose claims the ID token beside it has.
#[must_use]
pub fn id_token_scope(policy: ClaimsInIdToken, scope: &Scope) -> Scope {
    match policy {
        ClaimsInIdToken::Requested => Scope::default(),
        ClaimsInIdToken::Scopes => scope.filter(|token| ID_TOKEN_SCOPES.contains(&token)),
    }
}

impl Person {
    /// What `opening` opens. What is not known is left out: "If a Claim is not returned, that Claim Name SHOULD be omitted"
    /// (§5.3.2).
    #[must_use]
    pub fn tell(self, opening: &Opening<'_>) -> Map<String, Value> {
        let Self { username, email, roles, updated_at, mut claims } = self;
        claims.insert("preferred_username".to_owned(), username.into());
        claims.insert("updated_at".to_owned(), updated_at.seconds().into());
        claims.extend(email.map(|email| ("email".to_owned(), email.into())));
        for (claim, verified) in VERIFIABLE {
            if claims.contains_key(claim) {
                claims.entry(verified).or_insert(false.into());
            } else {
                claims.remove(verified);
            }
        }
        if let Some(roles) = roles {
            // Groups that an operator set for the person go before the names of the roles.
            claims.entry("groups").or_insert_with(|| roles.clone().into());
            claims.insert("roles".to_owned(), roles.into());
        }
        claims.retain(|name, value| opening.opens(name, value));
        claims
    }
}
