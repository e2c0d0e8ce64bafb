//! The modules of the certification plans of the OpenID Foundation, each as a test of its name (`docs/conformance.md`). They
//! are written anew from what the modules check; like the suite they send no code challenge but in the module about it.

mod basic;
mod basic_claims;
mod basic_requests;
mod config;
mod dynamic;
mod dynamic_requests;
mod initiated_login;
mod logout;
mod rp_initiated_logout;

use std::collections::HashMap;

use serde_json::Value;

use crate::support::{ALICE, Authorization, Browser, Response, Server, TestClient, Tokens, Verifier, claims};

/// A plan while it runs: a server, and how answers come back.
struct Plan {
    server: Server,
    /// `response_mode` of every request; the Basic plan sends none.
    mode: Option<&'static str>,
}

/// What a relying party ends up with.
struct SignedIn {
    tokens: Tokens,
    id_token: Value,
}

impl Plan {
    fn basic() -> Self {
        Self::with(None, &[])
    }

    fn form_post() -> Self {
        Self::with(Some("form_post"), &[])
    }

    fn with(mode: Option<&'static str>, settings: &[(&str, &str)]) -> Self {
        let settings = [&[("AUTHORIZATION__PKCE", "public-clients")], settings].concat();
        Self { server: Server::start_with(&settings), mode }
    }

    /// The request that most modules send.
    fn request(&self, client: TestClient) -> Authorization {
        self.bare(client).with("scope", "openid").with("nonce", "n-0S6_WzA2Mj")
    }

    fn bare(&self, client: TestClient) -> Authorization {
        let request = Authorization::to(client.id, client.redirect_uri);
        let request = request.without("code_challenge").without("code_challenge_method");
        match self.mode {
            Some(mode) => request.with("response_mode", mode),
            None => request,
        }
    }

    /// Sends a request in a browser where alice signs in and allows whatever is asked; what the client is told.
    #[track_caller]
    fn authorize(&self, browser: &mut Browser, request: &Authorization) -> HashMap<String, String> {
        let told = browser.authorize(&request.path(), ALICE);
        assert_eq!(told.get("state").map(String::as_str), request.get("state"), "{told:?}");
        assert_eq!(told["iss"], self.server.issuer, "RFC 9207");
        told
    }

    /// The whole way: the request, the code, the tokens, and an ID token that is verified as a relying party does.
    #[track_caller]
    fn sign_in(&self, browser: &mut Browser, client: TestClient, request: &Authorization) -> SignedIn {
        let told = self.authorize(browser, request);
        let code = told.get("code").unwrap_or_else(|| panic!("no code in {told:?}"));
        self.redeem(client, request, code)
    }

    #[track_caller]
    fn redeem(&self, client: TestClient, request: &Authorization, code: &str) -> SignedIn {
        let redirect_uri = request.get("redirect_uri").unwrap_or(client.redirect_uri);
        let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect_uri)];
        let tokens = self.server.token(client, &form).tokens();
        assert_eq!(tokens.0["token_type"], "Bearer");
        let id_token = self.verified(client, request, tokens.0["id_token"].as_str().expect("openid was asked for"));
        SignedIn { tokens, id_token }
    }

    /// OpenID Connect Core §3.1.3.7.
    #[track_caller]
    fn verified(&self, client: TestClient, request: &Authorization, id_token: &str) -> Value {
        assert!(Verifier::new(&self.server.clock).accepts(&self.server, id_token), "{id_token}");
        let (told, now) = (claims(id_token), self.server.clock.now().seconds());
        assert_eq!((&told["iss"], &told["aud"]), (&self.server.issuer.as_str().into(), &client.id.into()));
        assert_eq!(told["iat"], now);
        assert!(told["exp"].as_i64() > Some(now) && told["sub"].as_str().is_some_and(|sub| sub.len() <= 255));
        assert_eq!(told.get("nonce").and_then(Value::as_str), request.get("nonce"));
        told
    }

    /// What `UserInfo` answers, which is about the person of the ID token.
    #[track_caller]
    fn userinfo(&self, signed_in: &SignedIn) -> Value {
        let response = self.server.userinfo(signed_in.tokens.access_token());
        assert_userinfo(&response, signed_in)
    }
}

#[track_caller]
fn assert_userinfo(response: &Response, signed_in: &SignedIn) -> Value {
    assert_eq!((response.status, response.header("content-type")), (200, Some("application/json")), "{response:?}");
    assert_eq!(response.json()["sub"], signed_in.id_token["sub"]);
    response.json()
}
