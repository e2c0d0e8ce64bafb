//! Locking a client (R25): at once, on every node, and nothing comes back.

use std::time::Duration;

use serde_json::json;

use super::nodes::{beside, process_beside};
use super::refresh::assert_ended;
use crate::support::database::number;
use crate::support::{
    ALICE, Authorization, BOB, Browser, EVIL, Http, Installation, PASSWORD, SPA, Server, Tokens, VERIFIER, WEB, basic,
};

#[test]
fn r25_a_locked_client_gets_nothing_on_any_node_and_unlocking_revives_nothing() {
    let server = Server::start();
    let other = beside(&server);
    let (tokens, code, evils) = (server.sign_in(WEB), server.code(WEB), server.sign_in(EVIL));
    let mut browser = Browser::new(&server);
    let login = browser.visit(&Authorization::of(WEB).path());
    let consent = browser.sign_in(&login, BOB);
    let locked = server.command(&["client", "lock", "web"], "");
    assert_eq!(locked, json!({ "client_id": "web", "disabled": true, "ended_grants": 2 }));
    for node in [&server, &other] {
        node.token(WEB, &[("grant_type", "client_credentials")]).assert_error(401, "invalid_client");
        node.refresh(WEB, tokens.refresh_token()).assert_error(401, "invalid_client");
        node.exchange(WEB, &code).assert_error(401, "invalid_client");
        assert_eq!(node.userinfo(tokens.access_token()).status, 401);
        node.get(&Authorization::of(WEB).path()).assert_error_page(400);
    }
    browser.submit(&consent, "/consent", &[("decision", "allow")]).assert_error_page(400);
    browser.get(&format!("/consent?flow={}", consent.hidden("flow"))).assert_error_page(400);
    browser.get(&format!("/login?flow={}", consent.hidden("flow"))).assert_error_page(400);
    assert_eq!(server.command(&["client", "lock", "web"], "")["ended_grants"], 0);
    assert_eq!(server.command(&["client", "show", "web"], "")["disabled"], true);

    assert_eq!(server.command(&["client", "unlock", "web"], ""), json!({ "client_id": "web", "disabled": false }));
    assert_ended(&other, WEB, &tokens);
    other.exchange(WEB, &code).assert_error(400, "invalid_grant");
    other.refresh(EVIL, evils.refresh_token()).tokens();
    let tokens = other.sign_in(WEB);
    server.refresh(WEB, tokens.refresh_token()).tokens();
    assert_eq!(number(&server.data_dir, "SELECT COUNT(*) FROM grants WHERE revoked_reason = 'client_locked'"), 2);
}

/// What was left over when locking was stopped, or came in amid it, ends before the client is unlocked.
#[test]
fn r25_unlocking_ends_what_locking_left() {
    let server = Server::start();
    let tokens = server.sign_in(SPA);
    crate::support::database::execute(&server.data_dir, "UPDATE clients SET disabled_at = 1 WHERE id = 'spa'");
    server.command(&["client", "unlock", "spa"], "");
    assert_ended(&server, SPA, &tokens);
    // Nothing was locked here, so that nothing ends.
    let tokens = server.sign_in(SPA);
    server.command(&["client", "unlock", "spa"], "");
    server.refresh(SPA, tokens.refresh_token()).tokens();
}

#[test]
fn r25_locking_counts_at_once_in_every_process() {
    let installation = Installation::new();
    let secret = installation.add_tool("tool");
    let service = ["client", "add", "service", "--grant", "client_credentials", "--scope", "notes.read"];
    let service = installation.json(&service, "")["client_secret"].as_str().unwrap().to_owned();
    installation.run(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    let nodes = [installation.serve(&[]), process_beside(&installation)];
    let sign_in = |node: &Http| {
        let tool = [("client_id", "tool"), ("client_secret", &secret)];
        let person = [("grant_type", "password"), ("username", ALICE), ("password", PASSWORD)];
        node.post("/token", &[&tool[..], &person].concat())
    };
    let credentials = |node: &Http| {
        let header = basic("service", &service);
        node.post_with("/token", &[("grant_type", "client_credentials")], &[("authorization", &header)])
    };
    let tokens = sign_in(&nodes[0]).tokens();
    let own = credentials(&nodes[1]).tokens();
    let is_active = |tokens: &Tokens| {
        let (form, header) = ([("token", tokens.access_token())], basic("service", &service));
        nodes[0].post_with("/introspect", &form, &[("authorization", &header)]).json()["active"] == true
    };
    assert!(is_active(&own));
    let bearer = format!("Bearer {}", tokens.access_token());
    installation.run(&["client", "lock", "tool"], "");
    installation.run(&["client", "lock", "service"], "");
    for node in &nodes {
        sign_in(node).assert_error(401, "invalid_client");
        credentials(node).assert_error(401, "invalid_client");
        assert_eq!(node.get_with("/userinfo", &[("authorization", &bearer)]).status, 401);
    }
    assert!(
        installation
            .run(&["client", "show", "tool"], "")
            .lines()
            .any(|line| line.starts_with("locked ") && line.contains(" yes"))
    );
    assert!(installation.run(&["client", "unlock", "tool"], "").contains("Unlocked client tool."));
    assert!(installation.run(&["client", "unlock", "tool"], "").contains("was not locked"));
    for node in &nodes {
        sign_in(node).tokens();
        credentials(node).assert_error(401, "invalid_client");
        assert_eq!(node.get_with("/userinfo", &[("authorization", &bearer)]).status, 401);
    }
    installation.run(&["client", "unlock", "service"], "");
    assert!(!is_active(&own), "what a client had for itself does not come back either");
    // The times of tokens have whole seconds.
    std::thread::sleep(Duration::from_millis(1100));
    assert!(is_active(&credentials(&nodes[0]).tokens()));
    for command in ["lock", "unlock"] {
        let sentence = installation.refused(&[], &["client", command, "nobody"], "");
        assert!(sentence.contains("'nobody'") && sentence.contains("client list"), "{sentence}");
    }
}

/// A code that was on its way when its client was locked is worth nothing, with the right verifier as well.
#[test]
fn r25_a_public_client_that_is_locked_redeems_nothing() {
    let server = Server::start();
    let code = server.code(SPA);
    server.command(&["client", "lock", "spa"], "");
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "spa"),
        ("code", code.as_str()),
        ("code_verifier", VERIFIER),
    ];
    server.post("/token", &form).assert_error(401, "invalid_client");
    server.command(&["client", "unlock", "spa"], "");
    server.post("/token", &form).assert_error(400, "invalid_grant");
}
