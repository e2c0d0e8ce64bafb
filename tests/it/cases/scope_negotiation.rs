//! Scope (D03, RFC 6749 §3.3): a value that a client may not have is left out, and the response says what was granted.

use serde_json::json;

use super::registration::{registered, request_of};
use crate::support::{
    ALICE, Authorization, BOB, Browser, NATIVE, PASSWORD, ROPC, Response, SPA, Server, TestClient, Tokens, VERIFIER,
    WEB, register,
};
use countersign::oauth::registration::NewClient;

/// The scope that popular clients ask for, whatever they may have.
const WIDE: &str = "openid email phone unheard.of offline_access notes.read notes.admin";
const GRANTED: &str = "openid email offline_access notes.read";
const REFUSE: &[(&str, &str)] = &[("AUTHORIZATION__UNKNOWN_SCOPES", "refuse"), ("REGISTRATION__MODE", "open")];

/// A public client that registered `openid` and `notes.read` alone, and may use these grants.
const NARROW: TestClient = TestClient { id: "narrow", redirect_uri: "https://narrow.example/cb", ..SPA };

fn with_narrow(settings: &[(&str, &str)], grants: &[&str]) -> Server {
    let server = Server::start_with(settings);
    let grant_types = grants.iter().map(|grant| (*grant).to_owned()).collect();
    let scope = Some("openid notes.read".to_owned());
    server.block_on(register(&server.app, NewClient { grant_types, scope, ..NARROW.registration() }, None));
    server
}

fn refresh(server: &Server, client: TestClient, tokens: &Tokens, scope: &str) -> Response {
    let form = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh_token()), ("scope", scope)];
    server.token(client, &form)
}

#[track_caller]
fn assert_scope(tokens: &Tokens, scope: &str) {
    assert_eq!((tokens.0["scope"].as_str(), tokens.claims()["scope"].as_str()), (Some(scope), Some(scope)));
}

#[test]
fn d03_what_a_client_may_not_have_is_left_out_and_the_rest_is_said() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let login = browser.visit(&Authorization::of(SPA).with("scope", WIDE).path());
    let consent = browser.sign_in(&login, ALICE);
    for left_out in ["unheard.of", "notes.admin"] {
        assert!(!consent.body.contains(left_out), "{consent:?}");
    }
    assert!(consent.body.contains("notes.read"), "{consent:?}");
    let told = browser.decide(&consent, "allow").told();
    assert_eq!((told.get("error"), told["state"].as_str()), (None, "xyz"));
    let tokens = server.exchange(SPA, &told["code"]).tokens();
    assert_scope(&tokens, GRANTED);
    assert_eq!(server.introspect(crate::support::API_SERVER, tokens.access_token())["scope"], GRANTED);
    assert!(!browser.visit(&Authorization::of(SPA).with("scope", WIDE).path()).location().contains("error"));

    let form = [("grant_type", "client_credentials"), ("scope", WIDE)];
    assert_scope(&server.token(WEB, &form).tokens(), "notes.read");
    let form = [("grant_type", "password"), ("username", BOB), ("password", PASSWORD), ("scope", WIDE)];
    assert_scope(&server.token(ROPC, &form).tokens(), GRANTED);
}

/// RFC 6749 §6: a client that repeats its first request at each refresh goes on, and gets no more than was granted.
#[test]
fn d03_a_refresh_leaves_out_what_the_first_request_left_out() {
    let server = Server::start();
    let tokens = server.exchange(SPA, &server.code_for(&Authorization::of(SPA).with("scope", WIDE), ALICE)).tokens();
    let again = refresh(&server, SPA, &tokens, WIDE).tokens();
    assert_scope(&again, GRANTED);
    refresh(&server, SPA, &again, &format!("{WIDE} notes.write")).assert_error(400, "invalid_scope");
    refresh(&server, SPA, &again, "unheard.of").assert_error(400, "invalid_scope");
    assert_scope(&refresh(&server, SPA, &again, WIDE).tokens(), GRANTED);
}

#[test]
fn d03_nothing_that_is_left_is_an_error() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    let told = browser.refused(&Authorization::of(WEB).with("scope", "unheard.of notes.admin"), "invalid_scope");
    assert!(told["error_description"].contains("unheard.of notes.admin"), "{told:?}");
    let form = [("grant_type", "client_credentials"), ("scope", "unheard.of openid")];
    server.token(WEB, &form).assert_error(400, "invalid_scope");
}

/// OpenID Connect Core §11.
#[test]
fn offline_access_is_had_with_the_refresh_token_grant_and_left_out_without() {
    let server = with_narrow(&[], &["authorization_code", "refresh_token"]);
    let request = Authorization::of(NARROW).with("scope", "openid offline_access");
    let mut browser = Browser::new(&server);
    let login = browser.visit(&request.path());
    let consent = browser.sign_in(&login, ALICE);
    assert!(consent.body.contains("even after you sign out"), "{consent:?}");
    let code = browser.decide(&consent, "allow").told().remove("code").expect("a code");
    let tokens = server.exchange(NARROW, &code).tokens();
    assert_scope(&tokens, "openid offline_access");
    assert_scope(&server.refresh(NARROW, tokens.refresh_token()).tokens(), "openid offline_access");
    // The default scope stays without it.
    let default = server.code_for(&Authorization::of(NARROW).without("scope"), ALICE);
    assert_scope(&server.exchange(NARROW, &default).tokens(), "openid notes.read");

    for settings in [&[][..], REFUSE] {
        let server = with_narrow(settings, &["authorization_code"]);
        let tokens = server.exchange(NARROW, &server.code_for(&request, ALICE)).tokens();
        assert_scope(&tokens, "openid");
        assert_eq!(tokens.0.get("refresh_token"), None);
    }
}

#[test]
fn d03_an_operator_who_wants_strictness_has_it_everywhere() {
    let server = Server::start_with(REFUSE);
    let mut browser = Browser::of_alice(&server, NATIVE);
    let request = Authorization::of(NATIVE);
    let told = browser.refused(&request.clone().with("scope", WIDE), "invalid_scope");
    assert!(told["error_description"].contains("'phone unheard.of notes.admin'"), "{told:?}");
    let code = browser.authorize(&request.with("scope", "openid offline_access notes.read").path(), ALICE);
    let form = [("grant_type", "authorization_code"), ("code", &code["code"]), ("code_verifier", VERIFIER)];
    let tokens = server.token(NATIVE, &form).tokens();
    for scope in ["openid unheard.of", "openid notes.write"] {
        refresh(&server, NATIVE, &tokens, scope).assert_error(400, "invalid_scope");
    }
    assert_scope(&refresh(&server, NATIVE, &tokens, "openid").tokens(), "openid");
    let form = [("grant_type", "client_credentials"), ("scope", "notes.read unheard.of")];
    server.token(WEB, &form).assert_error(400, "invalid_scope");
    let person = [("username", BOB), ("password", PASSWORD)];
    let form = [&person[..], &[("grant_type", "password"), ("scope", "openid unheard.of")]].concat();
    server.token(ROPC, &form).assert_error(400, "invalid_scope");
    let metadata = json!({ "redirect_uris": ["https://rp.example/cb"], "scope": "openid unheard.of" });
    super::registration::register(&server, &metadata, None).assert_error(400, "invalid_client_metadata");
}

#[test]
fn d03_a_client_that_registers_itself_gets_the_allowed_part_of_its_scope() {
    let server = Server::start_with(super::registration::OPEN);
    let metadata = json!({ "redirect_uris": ["https://rp.example/cb"], "scope": "openid email unheard.of" });
    let client = registered(&server, &metadata);
    assert_eq!(client["scope"], "openid email");
    let told = Browser::new(&server).authorize(&request_of(&client).with("scope", WIDE).path(), ALICE);
    let basic = crate::support::basic(client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
    let form = [("grant_type", "authorization_code"), ("code", &told["code"]), ("code_verifier", VERIFIER)];
    let tokens = server.post_with("/token", &form, &[("authorization", &basic)]).tokens();
    assert_scope(&tokens, "openid email");
    let nothing = json!({ "redirect_uris": ["https://rp.example/cb"], "scope": "unheard.of" });
    super::registration::register(&server, &nothing, None).assert_error(400, "invalid_client_metadata");
}
