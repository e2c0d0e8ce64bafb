//! The documents that everybody reads (V11, X19): metadata and JWKS, and that what they promise is true.

use super::tokens::{header, jwks};
use crate::support::{ALICE, Authorization, Browser, EVIL, PASSWORD, ROPC, SPA, Server, Signer, WEB, claims, query_of};
use serde_json::Value;

const METADATA: [&str; 2] = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"];

const JWKS: &str = "/.well-known/jwks.json";

fn metadata(server: &Server) -> Value {
    server.get(METADATA[0]).json()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

#[test]
fn x19_the_documents_may_be_kept_for_a_while_and_say_when_they_changed() {
    let server = Server::start();
    for (path, cache, content_type) in [
        (METADATA[0], "public, max-age=300", "application/json"),
        (METADATA[1], "public, max-age=300", "application/json"),
        (JWKS, "public, max-age=600", "application/jwk-set+json"),
    ] {
        let response = server.get(path);
        assert_eq!((response.status, response.header("cache-control")), (200, Some(cache)));
        assert_eq!((response.header("content-type"), response.header("set-cookie")), (Some(content_type), None));
        assert_eq!(response.header("access-control-allow-origin"), Some("*"), "they are public");
        let etag = response.header("etag").unwrap().to_owned();
        assert!(etag.starts_with('"') && etag.ends_with('"'), "a strong tag: {etag}");
        assert_eq!(server.get(path).header("etag"), Some(etag.as_str()));
        for known in [etag.clone(), format!("W/{etag}"), format!("\"x\", {etag}"), "*".to_owned()] {
            let unchanged = server.get_with(path, &[("if-none-match", &known)]);
            assert_eq!((unchanged.status, unchanged.body.as_str()), (304, ""), "{known}");
            assert_eq!(
                (unchanged.header("etag"), unchanged.header("cache-control")),
                (Some(etag.as_str()), Some(cache))
            );
        }
        for unknown in ["\"x\"", "", etag.trim_matches('"')] {
            assert_eq!(server.get_with(path, &[("if-none-match", unknown)]).status, 200, "{unknown}");
        }
        let head = server.send("HEAD", path, &[], None);
        assert_eq!((head.status, head.body.as_str(), head.header("etag")), (200, "", Some(etag.as_str())));
        assert_eq!(head.header("content-length"), response.header("content-length"));
    }
}

#[test]
fn the_etag_of_the_metadata_changes_with_what_is_on() {
    let server = Server::start();
    let before = server.get(METADATA[0]);
    server.write(|conn| countersign::store::clients::remove(conn, "ropc"));
    server.advance(std::time::Duration::ZERO);
    let after = server.get_with(METADATA[0], &[("if-none-match", before.header("etag").unwrap())]);
    assert_eq!(after.status, 200);
    assert_ne!(after.header("etag"), before.header("etag"));
}

/// RFC 8414 §2, §3.3; OpenID Connect Discovery §3.
#[test]
fn v11_the_metadata_names_the_issuer_and_endpoints_below_it() {
    let server = Server::start();
    let metadata = metadata(&server);
    assert_eq!(server.get(METADATA[1]).json(), metadata, "one document for both addresses");
    assert_eq!(metadata["issuer"], server.issuer);
    for (name, value) in metadata.as_object().unwrap() {
        if name.ends_with("_endpoint") || name == "jwks_uri" {
            let address = value.as_str().unwrap();
            let path = address.strip_prefix(&server.issuer).unwrap_or_else(|| panic!("{name} is {address}"));
            assert_ne!(server.get(path).status, 404, "{name}");
        }
        assert_ne!(*value, Value::Null, "{name}: what is off is left out");
        assert_ne!(*value, serde_json::json!([]), "{name}: a list that is there is not empty");
    }
    for required in [
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "introspection_endpoint",
        "revocation_endpoint",
        "jwks_uri",
        "response_types_supported",
        "subject_types_supported",
        "id_token_signing_alg_values_supported",
        "scopes_supported",
        "grant_types_supported",
    ] {
        assert!(metadata.get(required).is_some(), "{required}");
    }
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
    for path in ["/par", "/register", "/device_authorization", "/device", "/metrics"] {
        let name = format!("{}_endpoint", path.trim_start_matches('/'));
        assert!(metadata.get(&name).is_some() || server.get(path).status == 404, "{path} is there and not announced");
    }
}

/// V11: each grant that is announced works, and no other.
#[test]
fn v11_the_announced_grants_and_methods_are_those_that_work() {
    let server = Server::start();
    let metadata = metadata(&server);
    let tokens = server.sign_in(WEB);
    let password = [("grant_type", "password"), ("username", ALICE), ("password", PASSWORD)];
    let mut works = vec!["authorization_code"];
    for (name, response) in [
        ("refresh_token", server.refresh(WEB, tokens.refresh_token())),
        ("client_credentials", server.token(WEB, &[("grant_type", "client_credentials")])),
        ("password", server.token(ROPC, &password)),
    ] {
        response.tokens();
        works.push(name);
    }
    assert_eq!(texts(&metadata["grant_types_supported"]), works);
    for other in
        ["implicit", "urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:jwt-bearer"]
    {
        server.token(WEB, &[("grant_type", other)]).assert_error(400, "unsupported_grant_type");
    }
    let mut methods = texts(&metadata["token_endpoint_auth_methods_supported"]);
    methods.sort();
    assert_eq!(methods, ["client_secret_basic", "client_secret_post", "none", "private_key_jwt"]);
    assert_eq!(texts(&metadata["id_token_signing_alg_values_supported"]), ["RS256"]);
    assert!(jwks(&server).iter().all(|key| key["alg"] == "RS256"));
    assert_eq!(header(tokens.access_token())["alg"], "RS256");
}

/// V11: how clients authenticate where tokens come back.
#[test]
fn v11_the_announced_methods_of_introspection_and_revocation_are_those_that_work() {
    let server = Server::start();
    let (metadata, signer) = (metadata(&server), Signer::ed25519("1"));
    server.add_signer(&[("jwks", signer.jwks())]);
    for (name, path) in [("introspection", "/introspect"), ("revocation", "/revoke")] {
        assert_eq!(metadata[format!("{name}_endpoint")], format!("{}{path}", server.issuer));
        let token = [("token", "x")];
        let answers = [
            ("client_secret_basic", server.post_as(WEB, path, &token)),
            ("client_secret_post", server.post_as(EVIL, path, &token)),
            ("private_key_jwt", server.post_signed(&signer, path, &token)),
            ("none", server.post_as(SPA, path, &token)),
        ];
        let works = answers.iter().filter(|(_, answer)| answer.status == 200).map(|(method, _)| *method);
        let works: Vec<&str> = works.collect();
        assert_eq!(texts(&metadata[format!("{name}_endpoint_auth_methods_supported")]), works, "{name}");
    }
}

/// V11: the parameters of an authorization request.
#[test]
fn v11_the_announced_parameters_are_those_that_work() {
    let server = Server::start();
    let metadata = metadata(&server);
    let all = format!("{} notes.read", texts(&metadata["scopes_supported"]).join(" "));
    server.command(&["client", "set", SPA.id, "--scope", &all], "");
    let mut browser = Browser::new(&server);
    browser.authorize(&Authorization::of(SPA).path(), ALICE);
    let mut ask = |name: &str, value: &str| browser.visit(&Authorization::of(SPA).with(name, value).path());
    for (name, list, others) in [
        ("response_type", "response_types_supported", ["token", "id_token", "code id_token"]),
        ("response_mode", "response_modes_supported", ["FORM_POST", "fragment", "jwt"]),
        ("code_challenge_method", "code_challenge_methods_supported", ["plain", "S512", "s256"]),
    ] {
        for value in texts(&metadata[list]) {
            let answer = ask(name, &value);
            assert!(answer.told().contains_key("code"), "{name}={value}: {answer:?}");
        }
        for value in others {
            assert!(query_of(ask(name, value).location()).contains_key("error"), "{name}={value}");
        }
    }
    for prompt in texts(&metadata["prompt_values_supported"]) {
        let answer = ask("prompt", &prompt);
        let refused = answer.header("location").is_some_and(|location| location.contains("error="));
        assert!(!refused, "prompt={prompt}: {answer:?}");
    }
    assert!(ask("prompt", "create").location().contains("error=invalid_request"));
    for scope in texts(&metadata["scopes_supported"]) {
        let page = ask("scope", &scope);
        assert!(page.status == 200 || page.location().contains("code="), "scope={scope}: {page:?}");
    }
    for flag in ["request", "request_uri"] {
        let supported = &metadata[format!("{flag}_parameter_supported")];
        let answer = ask(flag, "https://app.example/request");
        assert_eq!(*supported, Value::Bool(!answer.location().contains(&format!("error={flag}_not_supported"))));
    }
    for locale in texts(&metadata["ui_locales_supported"]) {
        let page = Browser::new(&server).visit(&Authorization::of(SPA).with("ui_locales", &locale).path());
        assert!(page.body.contains(&format!("<html lang=\"{locale}\"")), "{locale}");
    }
}

#[test]
fn v11_every_claim_that_is_told_is_announced() {
    let server = Server::start();
    let everything = [
        "name=A",
        "family_name=A",
        "given_name=A",
        "middle_name=A",
        "nickname=A",
        "gender=a",
        "profile=https://a.example",
        "picture=https://a.example",
        "website=https://a.example",
        "birthdate=1990",
        "zoneinfo=Europe/Vienna",
        "locale=en",
        "email_verified=true",
        "phone_number=+43",
        "phone_number_verified=true",
        "address={\"country\": \"A\"}",
    ];
    server.command(
        &[vec!["user", "set", ALICE], everything.iter().flat_map(|claim| ["--claim", *claim]).collect()].concat(),
        "",
    );
    let scope = "openid profile email address phone roles groups";
    server.command(&["client", "set", WEB.id, "--scope", scope], "");
    server.tell_sid(WEB);
    let announced = texts(&metadata(&server)["claims_supported"]);
    let request = Authorization::of(WEB).with("scope", scope).with("nonce", "n-1");
    let tokens = server.exchange(WEB, &server.code_for(&request, ALICE)).tokens();
    let told = [claims(tokens.0["id_token"].as_str().unwrap()), server.userinfo(tokens.access_token()).json()];
    let mut names: Vec<String> = told.iter().flat_map(|claims| claims.as_object().unwrap().keys().cloned()).collect();
    names.sort();
    names.dedup();
    let mut sorted = announced.clone();
    sorted.sort();
    assert_eq!(sorted, names);
}
