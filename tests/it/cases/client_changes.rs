//! `client set` and what people granted before: what the client lost is gone at the next use, and nothing else is.

use crate::support::database::number;
use crate::support::program::{administer, run};
use crate::support::{API, Authorization, NATIVE, Response, SPA, Server, VERIFIER, WEB};

/// Changes a client beside the running server, with the program.
#[track_caller]
fn set(server: &Server, arguments: &[&str]) {
    let output = run(administer(&server.data_dir, 1, &[], &[&["client", "set"], arguments].concat()), "");
    assert!(output.status.success(), "{arguments:?}: {output:?}");
}

fn generation(server: &Server) -> i64 {
    number(&server.data_dir, "SELECT max(generation) FROM grants")
}

/// A refusal that consumes nothing.
#[track_caller]
fn assert_kept(server: &Server, answer: &Response, error: &str) {
    answer.assert_error(400, error);
    assert_eq!(generation(server), 1, "it was consumed: {answer:?}");
}

/// T06.
#[test]
fn t06_a_scope_that_the_client_lost_is_gone_at_the_next_refresh() {
    let server = Server::start();
    let tokens = server.sign_in(WEB);
    assert_eq!(tokens.claims()["scope"], "openid notes.read");
    set(&server, &["web", "--scope", "email notes.write"]);
    assert_kept(&server, &server.refresh(WEB, tokens.refresh_token()), "invalid_scope");
    set(&server, &["web", "--scope", "notes.read notes.write"]);
    let asked = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh_token()), ("scope", "openid")];
    assert_kept(&server, &server.token(WEB, &asked), "invalid_scope");
    let narrower = server.refresh(WEB, tokens.refresh_token()).tokens();
    assert_eq!((narrower.claims()["scope"].as_str(), narrower.0.get("id_token")), (Some("notes.read"), None));
    set(&server, &["web", "--scope", "openid notes.read"]);
    let back = server.refresh(WEB, narrower.refresh_token()).tokens();
    assert_eq!(back.claims()["scope"], "openid notes.read", "what the person allowed was not forgotten");
}

/// T14.
#[test]
fn t14_a_client_that_lost_the_refresh_grant_uses_no_refresh_token() {
    let server = Server::start();
    let tokens = server.sign_in(SPA);
    set(&server, &["spa", "--grant", "authorization_code"]);
    assert_kept(&server, &server.refresh(SPA, tokens.refresh_token()), "unauthorized_client");
    let once = server.sign_in(SPA);
    assert_eq!(once.0.get("refresh_token"), None);
    set(&server, &["spa", "--grant", "authorization_code", "--grant", "refresh_token"]);
    server.refresh(SPA, tokens.refresh_token()).tokens();
}

#[test]
fn a_resource_that_the_client_lost_gets_no_more_tokens() {
    let server = Server::start();
    let tokens = server.sign_in(WEB);
    assert_eq!(tokens.claims()["aud"], API);
    let waiting = server.code(WEB);
    set(&server, &["web", "--resource", "https://other.example/api"]);
    server.refresh(WEB, tokens.refresh_token()).assert_error(400, "invalid_target");
    server.exchange(WEB, &waiting).assert_error(400, "invalid_target");
    let credentials = [("grant_type", "client_credentials"), ("resource", API)];
    server.token(WEB, &credentials).assert_error(400, "invalid_target");
    assert_eq!(server.sign_in(WEB).claims()["aud"], "https://other.example/api");
    set(&server, &["web", "--resource", ""]);
    assert_eq!(server.sign_in(WEB).claims()["aud"], server.issuer);
    set(&server, &["web", "--resource", API]);
    assert_eq!(server.exchange(WEB, &waiting).tokens().claims()["aud"], API, "nothing was consumed");
    server.refresh(WEB, tokens.refresh_token()).tokens();
}

#[test]
fn a_redirect_uri_that_the_client_lost_gets_no_code_and_its_codes_are_worth_nothing() {
    let server = Server::start();
    let (web, native) = (server.code(WEB), server.code_for(&Authorization::of(NATIVE), "alice"));
    let ported = Authorization::of(NATIVE).with("redirect_uri", "http://127.0.0.1:51234/cb");
    let ported = server.code_for(&ported, "alice");
    set(&server, &["web", "--redirect-uri", "https://app.example/new"]);
    server.get(&Authorization::of(WEB).path()).assert_error_page(400);
    server.exchange(WEB, &web).assert_error(400, "invalid_grant");
    let new = Authorization::of(WEB).with("redirect_uri", "https://app.example/new");
    server.exchange(WEB, &server.code_for(&new, "alice")).tokens();
    // Another one beside it changes nothing, and a native app's port is still free.
    set(&server, &["native", "--redirect-uri", "com.example.native:/cb", "--redirect-uri", NATIVE.redirect_uri]);
    for code in [native, ported] {
        server.exchange(NATIVE, &code).tokens();
    }
    set(&server, &["web", "--redirect-uri", WEB.redirect_uri]);
    server.exchange(WEB, &web).tokens();
}

#[test]
fn a_scope_that_the_client_lost_is_asked_for_in_vain() {
    let server = Server::start();
    set(&server, &["spa", "--scope", "openid"]);
    assert_eq!(server.sign_in(SPA).claims()["scope"], "openid");
    let answer = server.get(&Authorization::of(SPA).with("scope", "notes.read").path());
    assert!(answer.location().contains("error=invalid_scope"), "{answer:?}");
}

#[test]
fn a_client_that_became_confidential_needs_its_secret_for_what_it_got_as_a_public_one() {
    let server = Server::start();
    let tokens = server.sign_in(SPA);
    let output = run(administer(&server.data_dir, 1, &[], &["client", "set", "spa", "--confidential", "--json"]), "");
    let changed: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it prints JSON");
    let secret = changed["client_secret"].as_str().expect("it has a secret now");
    server.refresh(SPA, tokens.refresh_token()).assert_error(401, "invalid_client");
    assert_eq!(generation(&server), 1);
    let authorization = crate::support::basic("spa", secret);
    let form = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh_token())];
    server.post_with("/token", &form, &[("authorization", &authorization)]).tokens();

    set(&server, &["spa", "--public"]);
    server.post_with("/token", &form, &[("authorization", &authorization)]).assert_error(401, "invalid_client");
    assert_eq!(number(&server.data_dir, "SELECT count(secret_hash) FROM clients WHERE id = 'spa'"), 0);
    let code = server.code(SPA);
    let form = [("grant_type", "authorization_code"), ("code", &code), ("code_verifier", VERIFIER)];
    server.post("/token", &[&form[..], &[("client_id", "spa")]].concat()).tokens();
}
