//! V11: what the metadata announces works, value by value, and what it does not announce is refused; for an issuer at the root
//! and one with a path. The parameters of the pages are walked in `documents`, logout in `conformance`.

use std::cell::RefCell;

use serde_json::{Value, json};

use crate::support::{
    ALICE, Authorization, Browser, PASSWORD, Response, Server, Signer, VERIFIER, basic, challenge, claims, header,
};

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const OTHER_ALGORITHMS: [&str; 6] = ["none", "HS256", "RS384", "ES384", "ES512", "rs256"];

/// An issuer while it is walked.
struct Walk {
    server: Server,
    /// The path of the issuer.
    base: &'static str,
    metadata: Value,
}

impl Walk {
    fn new(base: &'static str) -> Self {
        let mut settings =
            vec![("REGISTRATION__MODE", "open"), ("KEYS__ID_TOKEN_ALGORITHMS", "RS256,PS256,ES256,EdDSA")];
        settings.extend((!base.is_empty()).then_some(("ISSUER", "https://id.example/tenant")));
        let server = Server::start_with(&settings);
        let metadata = server.get(&format!("{base}/.well-known/openid-configuration")).json();
        Self { server, base, metadata }
    }

    fn announced(&self, name: &str) -> Vec<String> {
        let list = self.metadata[name].as_array().unwrap_or_else(|| panic!("no {name}"));
        list.iter().map(|value| value.as_str().unwrap().to_owned()).collect()
    }

    /// The path of an endpoint, as it is announced.
    fn path(&self, name: &str) -> &str {
        let address = self.metadata[name].as_str().unwrap_or_else(|| panic!("no {name}"));
        let path = address.strip_prefix(self.metadata["issuer"].as_str().unwrap()).expect("it is below the issuer");
        &address[address.len() - path.len() - self.base.len()..]
    }

    fn register(&self, members: &Value) -> Response {
        let mut metadata = json!({ "redirect_uris": ["https://rp.example/cb"] });
        for (name, value) in members.as_object().unwrap() {
            metadata[name] = value.clone();
        }
        let json = [("content-type", "application/json")];
        self.server.send("POST", self.path("registration_endpoint"), &json, Some(metadata.to_string().as_bytes()))
    }

    #[track_caller]
    fn registered(&self, members: &Value) -> Value {
        let answer = self.register(members);
        assert_eq!(answer.status, 201, "{members}: {answer:?}");
        answer.json()
    }

    /// What a client is told that sends this request, in a browser where alice signs in and allows.
    #[track_caller]
    fn authorize(&self, request: &Authorization) -> std::collections::HashMap<String, String> {
        let mut browser = Browser::new(&self.server);
        let query = request.path();
        let page = browser.visit(&format!(
            "{}{}",
            self.path("authorization_endpoint"),
            query.strip_prefix("/authorize").unwrap()
        ));
        if !page.body.contains("name=\"password\"") {
            return page.told();
        }
        let typed = [("username", ALICE), ("password", PASSWORD)];
        let answer = browser.submit(&page, &format!("{}/login", self.base), &typed);
        let page = browser.follow(answer);
        // What was allowed before is not asked again.
        if page.header("location").is_some() {
            return page.told();
        }
        browser.submit(&page, &format!("{}/consent", self.base), &[("decision", "allow")]).told()
    }

    fn request(client: &Value) -> Authorization {
        let request = Authorization::to(client["client_id"].as_str().unwrap(), "https://rp.example/cb");
        let request = request.with("code_challenge", &challenge(VERIFIER)).with("code_challenge_method", "S256");
        request.with("scope", "openid")
    }

    /// Signs in and redeems the code, as a client that authenticates by `client_secret_basic`.
    #[track_caller]
    fn sign_in(&self, client: &Value, request: &Authorization) -> Value {
        let told = self.authorize(request);
        let code = told.get("code").unwrap_or_else(|| panic!("no code: {told:?}"));
        let header = basic(client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
        let form = [("grant_type", "authorization_code"), ("code", code), ("code_verifier", VERIFIER)];
        self.server.post_with(self.path("token_endpoint"), &form, &[("authorization", &header)]).tokens().0
    }

    /// Registers with each of the announced values, and with others, which are refused by name.
    #[track_caller]
    fn register_each(&self, list: &str, member: &str, others: &[&str], works: impl Fn(&Value, &str)) {
        for value in self.announced(list) {
            works(&self.registered(&json!({ member: value })), &value);
        }
        for value in others {
            let refused = self.register(&json!({ member: value }));
            refused.assert_error(400, "invalid_client_metadata");
            assert!(refused.body.contains(member), "{refused:?}");
        }
    }
}

fn both(walk: impl Fn(&Walk)) {
    for base in ["", "/tenant"] {
        walk(&Walk::new(base));
    }
}

#[test]
fn v11_the_announced_algorithms_sign_what_a_client_is_told() {
    both(|walk| {
        let (id_token, userinfo) = ("id_token_signed_response_alg", "userinfo_signed_response_alg");
        walk.register_each(
            "id_token_signing_alg_values_supported",
            id_token,
            &OTHER_ALGORITHMS,
            |client, algorithm| {
                let tokens = walk.sign_in(client, &Walk::request(client));
                assert_eq!(header(tokens["id_token"].as_str().unwrap())["alg"], algorithm);
            },
        );
        walk.register_each(
            "userinfo_signing_alg_values_supported",
            userinfo,
            &OTHER_ALGORITHMS,
            |client, algorithm| {
                let tokens = walk.sign_in(client, &Walk::request(client));
                let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
                let told = walk.server.get_with(walk.path("userinfo_endpoint"), &[("authorization", &bearer)]);
                assert_eq!(header(&told.body)["alg"], algorithm);
            },
        );
    });
}

#[test]
fn v11_the_announced_subject_types_scopes_and_classes_are_those_that_there_are() {
    both(|walk| {
        let subjects = RefCell::new(Vec::new());
        walk.register_each("subject_types_supported", "subject_type", &["private", "PUBLIC"], |client, _| {
            let tokens = walk.sign_in(client, &Walk::request(client));
            subjects.borrow_mut().push(claims(tokens["id_token"].as_str().unwrap())["sub"].clone());
        });
        let subjects = subjects.into_inner();
        assert!(subjects.len() == 2 && subjects[0] != subjects[1], "{subjects:?}");
        let client = walk.registered(&json!({ "grant_types": ["authorization_code", "refresh_token"] }));
        let registered: Vec<&str> = client["scope"].as_str().unwrap().split(' ').collect();
        let announced = walk.announced("scopes_supported");
        assert_eq!(registered, announced, "a client that registers itself may have all that is announced");
        for scope in registered {
            assert!(walk.authorize(&Walk::request(&client).with("scope", scope)).contains_key("code"), "{scope}");
        }
        let silent = |request: Authorization| walk.authorize(&request.with("prompt", "none"))["error"].clone();
        let tokens = walk.sign_in(&client, &Walk::request(&client).with("scope", "openid telephone"));
        assert_eq!(tokens["scope"], "openid", "what is not announced is left out");
        assert_eq!(silent(Walk::request(&client).with("scope", "telephone")), "invalid_scope");
        let class = |value: &str| format!(r#"{{"id_token":{{"acr":{{"essential":true,"value":"{value}"}}}}}}"#);
        for value in walk.announced("acr_values_supported") {
            let tokens = walk.sign_in(&client, &Walk::request(&client).with("claims", &class(&value)));
            assert_eq!(claims(tokens["id_token"].as_str().unwrap())["acr"], value);
        }
        let other = Walk::request(&client).with("claims", &class("phr"));
        assert_eq!(silent(other), "unmet_authentication_requirements");
    });
}

/// A key for an algorithm, and the name of the algorithm in the header.
fn signer(algorithm: &str) -> Signer {
    match algorithm {
        "RS256" | "PS256" => Signer::rsa("k"),
        "ES256" => Signer::p256("k"),
        "EdDSA" => Signer::ed25519("k"),
        other => panic!("who signs by {other}?"),
    }
}

#[test]
fn v11_clients_authenticate_by_the_announced_methods_and_algorithms() {
    both(|walk| {
        for name in ["token", "introspection", "revocation"] {
            let algorithms = format!("{name}_endpoint_auth_signing_alg_values_supported");
            let path = walk.path(&format!("{name}_endpoint"));
            for algorithm in walk.announced(&algorithms) {
                let key = signer(&algorithm);
                let client =
                    walk.registered(&json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": key.jwks() }));
                let (id, now) = (&client["client_id"], walk.server.clock.now().seconds());
                let said =
                    json!({ "iss": id, "sub": id, "aud": walk.metadata["issuer"], "jti": algorithm, "exp": now + 60 });
                let assertion = key.sign_with(&json!({ "alg": algorithm, "kid": "k" }), &said);
                let form = [
                    ("client_assertion_type", JWT_BEARER),
                    ("client_assertion", &assertion),
                    ("token", "x"),
                    ("grant_type", "client_credentials"),
                ];
                assert_ne!(walk.server.post(path, &form).status, 401, "{name} {algorithm}");
                assert_eq!(walk.server.post(path, &form).status, 401, "{name} {algorithm}: once");
            }
        }
        for method in walk.announced("token_endpoint_auth_methods_supported") {
            walk.registered(&json!({ "token_endpoint_auth_method": method, "jwks": signer("RS256").jwks() }));
        }
        for method in ["client_secret_jwt", "tls_client_auth", "self_signed_tls_client_auth"] {
            walk.register(&json!({ "token_endpoint_auth_method": method }))
                .assert_error(400, "invalid_client_metadata");
        }
    });
}

#[test]
fn v11_request_objects_are_signed_by_the_announced_algorithms() {
    both(|walk| {
        for algorithm in walk.announced("request_object_signing_alg_values_supported") {
            let key = signer(&algorithm);
            let client = walk.registered(&json!({ "jwks": key.jwks(), "request_object_signing_alg": algorithm }));
            let said = json!({ "iss": client["client_id"], "aud": walk.metadata["issuer"], "state": "inside" });
            let object = key.sign_with(&json!({ "alg": algorithm, "kid": "k" }), &said);
            let told = walk.authorize(&Walk::request(&client).with("request", &object));
            assert_eq!((told["state"].as_str(), told.contains_key("code")), ("inside", true), "{algorithm}: {told:?}");
        }
        for algorithm in OTHER_ALGORITHMS {
            let refused = walk.register(&json!({ "request_object_signing_alg": algorithm }));
            refused.assert_error(400, "invalid_client_metadata");
        }
    });
}

/// Whoever adds a member says here which test walks it.
#[test]
fn v11_every_member_of_the_metadata_is_walked_by_some_test() {
    let here = [
        "acr_values_supported",
        "id_token_signing_alg_values_supported",
        "introspection_endpoint_auth_signing_alg_values_supported",
        "registration_endpoint",
        "request_object_signing_alg_values_supported",
        "revocation_endpoint_auth_signing_alg_values_supported",
        "scopes_supported",
        "subject_types_supported",
        "token_endpoint_auth_signing_alg_values_supported",
        "userinfo_signing_alg_values_supported",
    ];
    let in_documents = [
        "authorization_endpoint",
        "authorization_response_iss_parameter_supported",
        "claims_supported",
        "code_challenge_methods_supported",
        "grant_types_supported",
        "introspection_endpoint",
        "introspection_endpoint_auth_methods_supported",
        "issuer",
        "jwks_uri",
        "prompt_values_supported",
        "request_parameter_supported",
        "request_uri_parameter_supported",
        "response_modes_supported",
        "response_types_supported",
        "revocation_endpoint",
        "revocation_endpoint_auth_methods_supported",
        "token_endpoint",
        "token_endpoint_auth_methods_supported",
        "ui_locales_supported",
        "userinfo_endpoint",
    ];
    let in_conformance = [
        "backchannel_logout_session_supported",
        "backchannel_logout_supported",
        "end_session_endpoint",
        "frontchannel_logout_session_supported",
        "frontchannel_logout_supported",
    ];
    // `claims_parameter`, `response_modes`, `request_uris`.
    let elsewhere = ["claims_parameter_supported", "display_values_supported", "require_request_uri_registration"];
    let mut walked = [&here[..], &in_documents, &in_conformance, &elsewhere].concat();
    walked.sort_unstable();
    let metadata = Walk::new("").metadata;
    let members: Vec<&str> = metadata.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, walked);
}
