//! Dynamic OP: registration.

use serde_json::{Value, json};

use crate::cases::registration::{register, registered, request_of};
use crate::support::{ALICE, Browser, Peer, Response, Server, Signer, Tokens, Verifier, claims};

/// A server where anybody registers, and that asks peers of the test's.
pub const OPEN: &[(&str, &str)] = &[
    ("REGISTRATION__MODE", "open"),
    ("OUTBOUND__ALLOWED_ADDRESSES", "127.0.0.1"),
    ("AUTHORIZATION__PKCE", "public-clients"),
];

/// A relying party that registers itself and authenticates by a key of its own, as the plan's do.
pub struct Rp {
    pub server: Server,
    pub key: Signer,
    pub client: Value,
}

impl Rp {
    /// Registers with members of its own beside those that every module sends.
    #[track_caller]
    pub fn new(members: &Value) -> Self {
        Self::on(Server::start_with(OPEN), members)
    }

    #[track_caller]
    pub fn on(server: Server, members: &Value) -> Self {
        let key = Signer::rsa("rp-1");
        let jwks = if members.get("jwks_uri").is_some() { Value::Null } else { key.jwks() };
        let client = registered(&server, &metadata(&jwks, members));
        Self { server, key, client }
    }

    pub fn id(&self) -> &str {
        self.client["client_id"].as_str().unwrap()
    }

    pub fn assertion(&self, audience: &str, jti: &str) -> String {
        let now = self.server.clock.now().seconds();
        let claims =
            json!({ "iss": self.id(), "sub": self.id(), "aud": audience, "jti": jti, "iat": now, "exp": now + 60 });
        self.key.sign(&claims)
    }

    pub fn token(&self, form: &[(&str, &str)], assertion: &str) -> Response {
        let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        let assertion = [("client_assertion_type", kind), ("client_assertion", assertion)];
        self.server.post("/token", &[form, &assertion].concat())
    }

    /// Signs alice in for a request, and redeems the code.
    #[track_caller]
    pub fn sign_in(&self, request: &crate::support::Authorization) -> Tokens {
        let told = Browser::new(&self.server).authorize(&request.path(), ALICE);
        let code = told.get("code").unwrap_or_else(|| panic!("no code in {told:?}"));
        let redirect_uri = self.client["redirect_uris"][0].as_str().unwrap();
        let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect_uri)];
        self.token(&form, &self.assertion(&self.server.issuer, code)).tokens()
    }

    pub fn request(&self) -> crate::support::Authorization {
        let request = request_of(&self.client).with("scope", "openid").with("nonce", "n-1");
        request.without("code_challenge").without("code_challenge_method")
    }

    /// The ID token of an answer, verified.
    #[track_caller]
    pub fn id_token(&self, tokens: &Tokens) -> Value {
        let id_token = tokens.0["id_token"].as_str().expect("openid was asked for");
        assert!(Verifier::new(&self.server.clock).accepts(&self.server, id_token));
        assert_eq!(claims(id_token)["aud"], self.id());
        claims(id_token)
    }
}

fn metadata(jwks: &Value, members: &Value) -> Value {
    let mut metadata = json!({
        "redirect_uris": ["https://rp.example/callback"],
        "client_name": "A relying party",
        "token_endpoint_auth_method": "private_key_jwt",
        "grant_types": ["authorization_code"],
        "response_types": ["code"],
        "jwks": jwks,
        "contacts": ["certification@rp.example"],
    });
    for (name, value) in members.as_object().unwrap() {
        metadata[name] = value.clone();
    }
    metadata
}

/// The login page that people of a client with these members see.
fn login_page(members: &Value) -> Response {
    let rp = Rp::new(members);
    Browser::new(&rp.server).visit(&rp.request().path())
}

/// But for the response types that put tokens into addresses, which there are none of here (`docs/conformance.md`).
#[test]
fn oidcc_discovery_endpoint_verification() {
    let server = Server::start_with(OPEN);
    let metadata = server.get("/.well-known/openid-configuration").json();
    assert_eq!(metadata["registration_endpoint"], format!("{}/register", server.issuer));
    assert_eq!(metadata["response_types_supported"], json!(["code"]));
    assert_eq!(metadata["request_uri_parameter_supported"], true);
    let has = |name: &str, value: &str| metadata[name].as_array().is_some_and(|list| list.contains(&value.into()));
    for (name, value) in [
        ("token_endpoint_auth_methods_supported", "private_key_jwt"),
        ("token_endpoint_auth_signing_alg_values_supported", "RS256"),
        ("request_object_signing_alg_values_supported", "RS256"),
        ("userinfo_signing_alg_values_supported", "RS256"),
        ("id_token_signing_alg_values_supported", "RS256"),
        ("subject_types_supported", "pairwise"),
        ("scopes_supported", "offline_access"),
    ] {
        assert!(has(name, value), "{name} has {value}: {metadata}");
    }
}

#[test]
fn oidcc_server() {
    let rp = Rp::new(&json!({}));
    let tokens = rp.sign_in(&rp.request());
    let id_token = rp.id_token(&tokens);
    assert_eq!(rp.server.userinfo(tokens.access_token()).json()["sub"], id_token["sub"]);
}

#[test]
fn oidcc_registration_logo_uri() {
    let page = login_page(&json!({ "logo_uri": "https://rp.example/logo.png" }));
    assert!(page.body.contains("<img class=\"logo\" src=\"/clients/"), "{page:?}");
}

#[test]
fn oidcc_registration_policy_uri() {
    let page = login_page(&json!({ "policy_uri": "https://rp.example/policy" }));
    assert!(page.body.contains("href=\"https://rp.example/policy\""), "{page:?}");
}

#[test]
fn oidcc_registration_tos_uri() {
    let page = login_page(&json!({ "tos_uri": "https://rp.example/tos" }));
    assert!(page.body.contains("href=\"https://rp.example/tos\""), "{page:?}");
}

#[test]
fn oidcc_registration_jwks_uri() {
    let peer = Peer::start();
    let rp = Rp::new(&json!({ "jwks_uri": peer.url("/jwks") }));
    peer.serve("/jwks", rp.key.jwks().to_string());
    rp.id_token(&rp.sign_in(&rp.request()));
    assert_eq!(peer.asked("/jwks").len(), 1);
}

#[test]
fn oidcc_registration_sector_uri() {
    let peer = Peer::start();
    peer.serve("/redirect_uris.json", r#"["https://rp.example/callback"]"#);
    let members = json!({ "subject_type": "pairwise", "sector_identifier_uri": peer.url("/redirect_uris.json") });
    let rp = Rp::new(&members);
    let tokens = rp.sign_in(&rp.request());
    assert_eq!(rp.server.userinfo(tokens.access_token()).json()["sub"], rp.id_token(&tokens)["sub"]);
}

#[test]
fn oidcc_registration_sector_bad() {
    let (server, peer) = (Server::start_with(OPEN), Peer::start());
    peer.serve("/redirect_uris.json", r#"["https://rp.example/other"]"#);
    let members = json!({ "subject_type": "pairwise", "sector_identifier_uri": peer.url("/redirect_uris.json") });
    register(&server, &metadata(&Signer::rsa("rp-1").jwks(), &members), None)
        .assert_error(400, "invalid_client_metadata");
}

#[test]
fn oidcc_redirect_uri_regfrag() {
    let server = Server::start_with(OPEN);
    let members = json!({ "redirect_uris": ["https://rp.example/callback#foobar"] });
    register(&server, &metadata(&Signer::rsa("rp-1").jwks(), &members), None).assert_error(400, "invalid_redirect_uri");
}

#[test]
fn oidcc_server_rotate_keys() {
    let server = Server::start_with(OPEN);
    let kids = || {
        let jwks = server.get("/.well-known/jwks.json").json();
        let kids = jwks["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned());
        kids.collect::<Vec<_>>()
    };
    let before = kids();
    server.advance(server.app.config.keys.rotation_interval);
    let after = kids();
    assert!(after.iter().any(|kid| !before.contains(kid)), "{before:?} {after:?}");
    assert!(before.iter().all(|kid| after.contains(kid)), "{before:?} {after:?}");
}
