//! Resources (D11, T19; RFC 8707): one audience a token, and of the scope what means something there.

use countersign::oauth::registration::NewClient;

use super::refresh::generation;
use crate::support::database::execute;
use crate::support::{
    ALICE, API, API_SERVER, Authorization, Browser, OTHER_API, PASSWORD, ROPC, Response, Server, Tokens, VERIFIER, WEB,
    register, register_resource,
};

const NOTES: &str = "https://notes.example";
const SCOPE: &str = "openid profile notes.read mail.read";

/// A server with an API that knows `notes.read` and `notes.write`, which every client may use beside the others.
fn with_notes() -> Server {
    let server = Server::start();
    server.block_on(register_resource(&server.app, NOTES, "notes.read notes.write"));
    let scope = "openid profile email offline_access roles notes.read notes.write mail.read";
    let change = format!("UPDATE clients SET scope = '{scope}', resources = '{API} {OTHER_API} {NOTES}'");
    execute(&server.data_dir, &change);
    server
}

/// The tokens of a code grant for a resource.
#[track_caller]
fn sign_in(server: &Server, resource: &str, scope: &str) -> Tokens {
    let request = Authorization::of(WEB).with("resource", resource).with("scope", scope);
    server.exchange(WEB, &server.code_for(&request, ALICE)).tokens()
}

fn refresh(server: &Server, token: &str, more: &[(&str, &str)]) -> Response {
    server.token(WEB, &[&[("grant_type", "refresh_token"), ("refresh_token", token)], more].concat())
}

fn credentials(server: &Server, more: &[(&str, &str)]) -> Response {
    server.token(WEB, &[&[("grant_type", "client_credentials")], more].concat())
}

fn password(server: &Server, more: &[(&str, &str)]) -> Response {
    let form = [("grant_type", "password"), ("username", ALICE), ("password", PASSWORD)];
    server.token(ROPC, &[&form[..], more].concat())
}

#[track_caller]
fn assert_scope(tokens: &Tokens, scope: &str) {
    assert_eq!(tokens.claims()["scope"], scope);
    assert_eq!(tokens.0["scope"], scope, "the response says what the token carries");
}

#[test]
fn an_access_token_carries_the_scopes_of_its_resource_and_those_of_openid_connect() {
    let server = with_notes();
    for (resource, carried) in [(NOTES, "openid profile notes.read"), (API, SCOPE)] {
        let tokens = sign_in(&server, resource, SCOPE);
        assert_scope(&tokens, carried);
        assert_eq!(tokens.claims()["aud"], resource);
        assert!(tokens.0["id_token"].is_string());
        let told = server.userinfo(tokens.access_token()).json();
        assert_eq!(told["preferred_username"], ALICE, "UserInfo asks for no audience");
        let next = refresh(&server, tokens.refresh_token(), &[("resource", resource)]).tokens();
        assert_scope(&next, carried);
    }
    let asked = [("resource", NOTES), ("scope", "notes.read mail.read")];
    assert_scope(&credentials(&server, &asked).tokens(), "notes.read");
    let asked = [("resource", NOTES), ("scope", "notes.read mail.read roles")];
    assert_scope(&password(&server, &asked).tokens(), "notes.read roles");
}

/// T06: what an access token carries is less than what was granted, and changes nothing about that.
#[test]
fn a_grant_keeps_the_scope_that_its_access_tokens_do_not_carry() {
    let server = with_notes();
    let first = sign_in(&server, NOTES, SCOPE);
    let narrow = refresh(&server, first.refresh_token(), &[("scope", "notes.read mail.read")]).tokens();
    assert_scope(&narrow, "notes.read");
    let change = format!("UPDATE resources SET scope = 'mail.read' WHERE uri = '{NOTES}'");
    execute(&server.data_dir, &change);
    let whole = refresh(&server, narrow.refresh_token(), &[]).tokens();
    assert_scope(&whole, "openid profile mail.read");
    assert_eq!(server.introspect(WEB, whole.refresh_token())["scope"], SCOPE);
}

#[test]
fn a_scope_of_other_apis_alone_is_refused_on_every_leg_and_consumes_nothing() {
    let server = with_notes();
    let mut browser = Browser::new(&server);
    let request = Authorization::of(WEB).with("resource", NOTES);
    browser.refused(&request.clone().with("scope", "mail.read"), "invalid_scope");
    let foreign = [("resource", NOTES), ("scope", "mail.read")];
    for response in [credentials(&server, &foreign), password(&server, &foreign)] {
        response.assert_error(400, "invalid_scope");
        assert!(response.json()["error_description"].as_str().unwrap().contains("notes.read notes.write"));
    }
    let tokens = sign_in(&server, NOTES, SCOPE);
    refresh(&server, tokens.refresh_token(), &[("scope", "mail.read")]).assert_error(400, "invalid_scope");
    assert_eq!(generation(&server), 1);
    refresh(&server, tokens.refresh_token(), &[("scope", "mail.read openid")]).tokens();
}

/// Nobody asked for a scope by name: there is none, and no error.
#[test]
fn a_default_scope_that_means_nothing_to_the_resource_leaves_none() {
    let server = with_notes();
    execute(&server.data_dir, "UPDATE clients SET scope = 'mail.read' WHERE id = 'web'");
    for scope in [None, Some(""), Some(" ")] {
        let scope: Vec<_> = scope.map(|scope| ("scope", scope)).into_iter().collect();
        let tokens = credentials(&server, &[&[("resource", NOTES)][..], &scope].concat()).tokens();
        assert_eq!((tokens.0.get("scope"), tokens.claims().get("scope")), (None, None));
    }
    assert_eq!(
        server.introspect(WEB, credentials(&server, &[("resource", NOTES)]).tokens().access_token()).get("scope"),
        None
    );
}

/// D11: unknown, written otherwise, registered yet not the client's, or two.
#[test]
fn d11_another_resource_than_the_clients_own_is_refused_on_every_leg() {
    let server = Server::start();
    server.block_on(register_resource(&server.app, NOTES, ""));
    let mut browser = Browser::new(&server);
    let targets: [&[&str]; 7] = [
        &["https://evil.example"],
        &["https://api.example/"],
        &["HTTPS://api.example"],
        &["x"],
        &[NOTES],
        &[API, API],
        &[API, OTHER_API],
    ];
    for target in targets {
        let more: Vec<_> = target.iter().map(|resource| ("resource", *resource)).collect();
        let request = target.iter().fold(Authorization::of(WEB), |request, target| request.and("resource", target));
        browser.refused(&request, "invalid_target");
        credentials(&server, &more).assert_error(400, "invalid_target");
        password(&server, &more).assert_error(400, "invalid_target");
        let code = server.code(WEB);
        let form = [("grant_type", "authorization_code"), ("code", &code), ("code_verifier", VERIFIER)];
        server.token(WEB, &[&form[..], &more].concat()).assert_error(400, "invalid_target");
        server.exchange(WEB, &code).tokens();
    }
}

/// A client's row that names what is not registered: by an older program, or by hand.
#[test]
fn d11_a_resource_that_is_not_registered_is_refused_on_every_leg_and_consumes_nothing() {
    let server = Server::start();
    let (code, tokens) = (server.code(WEB), server.sign_in(WEB));
    execute(&server.data_dir, &format!("DELETE FROM resources WHERE uri = '{API}'"));
    Browser::new(&server).refused(&Authorization::of(WEB), "invalid_target");
    for more in [&[][..], &[("resource", API)]] {
        credentials(&server, more).assert_error(400, "invalid_target");
        password(&server, more).assert_error(400, "invalid_target");
        refresh(&server, tokens.refresh_token(), more).assert_error(400, "invalid_target");
        let form = [("grant_type", "authorization_code"), ("code", &code), ("code_verifier", VERIFIER)];
        server.token(WEB, &[&form[..], more].concat()).assert_error(400, "invalid_target");
    }
    assert_eq!(credentials(&server, &[("resource", OTHER_API)]).tokens().claims()["aud"], OTHER_API);
    server.block_on(register_resource(&server.app, API, ""));
    server.exchange(WEB, &code).tokens();
    assert_eq!(refresh(&server, tokens.refresh_token(), &[]).tokens().claims()["aud"], API);
}

/// T19: what a client lost since is gone.
#[test]
fn t19_a_resource_that_the_client_may_not_use_any_more_is_refused() {
    let server = Server::start();
    let tokens = server.sign_in(WEB);
    execute(&server.data_dir, &format!("UPDATE clients SET resources = '{OTHER_API}' WHERE id = 'web'"));
    for more in [&[][..], &[("resource", API)], &[("resource", OTHER_API)]] {
        refresh(&server, tokens.refresh_token(), more).assert_error(400, "invalid_target");
    }
    assert_eq!(generation(&server), 1);
}

/// A client without resources gets tokens for this server's own `UserInfo`, whatever it asks for.
#[test]
fn a_client_without_resources_gets_tokens_for_the_issuer() {
    let server = Server::start();
    let plain = NewClient { id: "plain".to_owned(), resources: Vec::new(), public: true, ..WEB.registration() };
    let plain = NewClient { auth_method: None, grant_types: Vec::new(), ..plain };
    server.block_on(register(&server.app, plain, None));
    let request = Authorization::of(WEB).with("client_id", "plain");
    let code = server.code_for(&request, ALICE);
    let form =
        [("grant_type", "authorization_code"), ("code", &code), ("code_verifier", VERIFIER), ("client_id", "plain")];
    let tokens = server.post("/token", &form).tokens();
    assert_eq!(tokens.claims()["aud"], server.issuer);
    assert_scope(&tokens, "openid notes.read");
    assert_eq!(server.userinfo(tokens.access_token()).status, 200);
    Browser::new(&server).refused(&request.with("resource", &server.issuer), "invalid_target");
    assert_eq!(server.introspect(API_SERVER, tokens.access_token())["active"], false, "it is not for the API");
}
