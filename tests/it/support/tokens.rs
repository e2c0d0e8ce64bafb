//! Grants from the client's side.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::http::{basic, form_encode};
use super::{ALICE, Browser, Response, Server, TestClient};

/// A code verifier (RFC 7636 §4.1).
pub const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// The S256 challenge of a verifier.
pub fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes()))
}

/// The header of a JWT.
#[track_caller]
pub fn header(token: &str) -> Value {
    part(token, 0)
}

/// The claims of a JWT, unverified.
#[track_caller]
pub fn claims(token: &str) -> Value {
    part(token, 1)
}

#[track_caller]
fn part(token: &str, at: usize) -> Value {
    let part = token.split('.').nth(at).expect("a JWT has three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("it is base64url")).expect("it is JSON")
}

/// An authorization request that a test may bend.
#[derive(Clone, Debug)]
pub struct Authorization(Vec<(String, String)>);

impl Authorization {
    /// A request that is in order.
    pub fn of(client: TestClient) -> Self {
        Self::to(client.id, client.redirect_uri).with("scope", "openid notes.read")
    }

    /// A request without parameters.
    pub const fn empty() -> Self {
        Self(Vec::new())
    }

    /// The same of a client that is no fixture, for its default scope.
    pub fn to(client_id: &str, redirect_uri: &str) -> Self {
        Self::empty()
            .with("response_type", "code")
            .with("client_id", client_id)
            .with("redirect_uri", redirect_uri)
            .with("state", "xyz")
            .with("code_challenge", &challenge(VERIFIER))
            .with("code_challenge_method", "S256")
    }

    /// With a parameter set to this value.
    pub fn with(self, name: &str, value: &str) -> Self {
        self.without(name).and(name, value)
    }

    /// With a parameter once more.
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.0.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without a parameter.
    pub fn without(mut self, name: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self
    }

    /// The value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The parameters, for a form.
    pub fn pairs(&self) -> Vec<(&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
    }

    /// The address.
    pub fn path(&self) -> String {
        format!("/authorize?{}", form_encode(&self.pairs()))
    }
}

/// A successful token response.
#[derive(Clone, Debug)]
pub struct Tokens(pub Value);

impl Tokens {
    pub fn access_token(&self) -> &str {
        self.0["access_token"].as_str().expect("there is an access token")
    }

    #[track_caller]
    pub fn refresh_token(&self) -> &str {
        self.0["refresh_token"].as_str().expect("there is a refresh token")
    }

    pub fn claims(&self) -> Value {
        claims(self.access_token())
    }
}

impl Response {
    /// The tokens of an answer that must have them.
    #[track_caller]
    pub fn tokens(&self) -> Tokens {
        assert_eq!(self.status, 200, "{self:?}");
        assert_eq!(self.header("cache-control"), Some("no-store"));
        Tokens(self.json())
    }
}

impl Server {
    /// A token request of a client, authenticated as it is registered.
    pub fn token(&self, client: TestClient, form: &[(&str, &str)]) -> Response {
        self.post_as(client, "/token", form)
    }

    /// A form of a client, authenticated as it is registered.
    pub fn post_as(&self, client: TestClient, path: &str, form: &[(&str, &str)]) -> Response {
        let mut form = form.to_vec();
        match client.secret {
            None => form.push(("client_id", client.id)),
            Some(secret) if client.id == "web" => {
                return self.post_with(path, &form, &[("authorization", &basic(client.id, secret))]);
            }
            Some(secret) => form.extend([("client_id", client.id), ("client_secret", secret)]),
        }
        self.post(path, &form)
    }

    /// What a client is told of a token (RFC 7662 §2.2).
    #[track_caller]
    pub fn introspect(&self, client: TestClient, token: &str) -> Value {
        let response = self.post_as(client, "/introspect", &[("token", token)]);
        assert_eq!((response.status, response.header("cache-control")), (200, Some("no-store")), "{response:?}");
        assert_eq!(response.header("content-type"), Some("application/json"));
        response.json()
    }

    /// Revokes a token, or does nothing: the answer is the same (RFC 7009 §2.2).
    #[track_caller]
    pub fn revoke(&self, client: TestClient, token: &str) {
        let response = self.post_as(client, "/revoke", &[("token", token)]);
        assert_eq!((response.status, response.body.as_str()), (200, "{}"), "{response:?}");
        assert_eq!(response.header("content-type"), Some("application/json"));
        assert_eq!(response.header("cache-control"), Some("no-store"));
    }

    /// A code for alice, who signs in and allows.
    #[track_caller]
    pub fn code(&self, client: TestClient) -> String {
        self.code_for(&Authorization::of(client), ALICE)
    }

    /// A code for a request and a person, in a browser of its own.
    #[track_caller]
    pub fn code_for(&self, request: &Authorization, username: &str) -> String {
        let answer = Browser::new(self).authorize(&request.path(), username);
        answer.get("code").unwrap_or_else(|| panic!("no code in {answer:?}")).clone()
    }

    /// Redeems a code with the right verifier.
    pub fn exchange(&self, client: TestClient, code: &str) -> Response {
        let form = [("grant_type", "authorization_code"), ("code", code), ("code_verifier", VERIFIER)];
        self.token(client, &form)
    }

    /// The first tokens of a fresh grant of alice's.
    #[track_caller]
    pub fn sign_in(&self, client: TestClient) -> Tokens {
        self.exchange(client, &self.code(client)).tokens()
    }

    /// Redeems a refresh token.
    pub fn refresh(&self, client: TestClient, refresh_token: &str) -> Response {
        self.token(client, &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)])
    }

    /// Has the ID tokens of a client name the session, as those of clients do that hear of its end.
    pub fn tell_sid(&self, client: TestClient) {
        let member = "backchannel_logout_session_required=true";
        self.command(&["client", "set", client.id, "--metadata", member], "");
    }

    /// What an access token is worth here.
    pub fn userinfo(&self, access_token: &str) -> Response {
        self.get_with("/userinfo", &[("authorization", &format!("Bearer {access_token}"))])
    }
}
