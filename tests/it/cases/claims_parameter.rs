//! Claims that are asked for by name (OpenID Connect Core §5.5): more than the scope, and never more than the client may have.

use serde_json::{Value, json};

use super::claims::server;
use crate::support::{ALICE, Authorization, Browser, ROPC, SPA, Server, Tokens, WEB, claims};

fn request(asked: &Value) -> Authorization {
    Authorization::of(WEB).with("scope", "openid email").with("claims", &asked.to_string())
}

fn tokens(server: &Server, asked: &Value) -> Tokens {
    server.exchange(WEB, &server.code_for(&request(asked), ALICE)).tokens()
}

fn id_token(tokens: &Tokens) -> Value {
    claims(tokens.0["id_token"].as_str().unwrap())
}

/// Which of these claims there are.
fn known<'a>(told: &Value, names: &[&'a str]) -> Vec<&'a str> {
    names.iter().copied().filter(|name| told.get(name).is_some()).collect()
}

const NAMES: [&str; 8] =
    ["given_name", "name#de", "email", "address", "roles", "department", "preferred_username", "secret"];

#[test]
fn claims_come_where_they_were_asked_for_and_beside_those_of_the_scope() {
    let server = server();
    let asked = json!({
        "userinfo": { "given_name": { "essential": true }, "department": null, "roles": null, "nobody": null, "secret": null },
        "id_token": { "name#de": null, "address": null, "preferred_username": null, "sid": null, "nobody": null },
    });
    let mut tokens = tokens(&server, &asked);
    for _ in 0..2 {
        let told = server.userinfo(tokens.access_token()).json();
        assert_eq!(known(&told, &NAMES), ["given_name", "email", "roles", "department"]);
        let told = id_token(&tokens);
        assert_eq!(known(&told, &NAMES), ["name#de", "address", "preferred_username"]);
        assert_eq!((&told["address"]["country"], &told["aud"]), (&json!("Austria"), &json!("web")));
        // What was asked for is part of the grant, and told anew with each refresh.
        tokens = server.refresh(WEB, tokens.refresh_token()).tokens();
    }
    server.command(&["user", "set", ALICE, "--username", "alicia"], "");
    let refreshed = server.refresh(WEB, tokens.refresh_token()).tokens();
    assert_eq!(id_token(&refreshed)["preferred_username"], "alicia");
}

/// Asking by name opens nothing that the operator did not allow the client.
#[test]
fn a_claim_that_no_scope_of_the_client_opens_is_not_told() {
    let server = server();
    server.command(&["client", "set", WEB.id, "--scope", "openid email notes.read"], "");
    let all: serde_json::Map<String, Value> = NAMES.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
    let asked = json!({ "userinfo": all, "id_token": all });
    let tokens = tokens(&server, &asked);
    assert_eq!(known(&server.userinfo(tokens.access_token()).json(), &NAMES), ["email"]);
    assert_eq!(known(&id_token(&tokens), &NAMES), ["email"]);

    // And what the client loses is lost at once.
    server.command(&["client", "set", WEB.id, "--scope", "openid notes.read"], "");
    assert_eq!(known(&id_token(&server.refresh(WEB, tokens.refresh_token()).tokens()), &NAMES), [""; 0]);
}

/// §5.5.1: a value is a wish. Another one is left out, without an error, unless the scope opens the claim anyway.
#[test]
fn a_claim_with_another_value_than_was_asked_for_is_left_out() {
    let server = server();
    let section = json!({
        "given_name": { "value": "Bob", "essential": true },
        "department": { "values": ["Sales", "R & D"] },
        "email": { "value": "somebody@else.example" },
    });
    let tokens = tokens(&server, &json!({ "userinfo": section, "id_token": section }));
    assert_eq!(known(&server.userinfo(tokens.access_token()).json(), &NAMES), ["email", "department"]);
    assert_eq!(known(&id_token(&tokens), &NAMES), ["department"]);
}

#[test]
fn a_person_is_asked_each_time_about_what_no_scope_covers() {
    let server = server();
    let mut browser = Browser::new(&server);
    let plain = Authorization::of(WEB).with("scope", "openid email");
    browser.authorize(&plain.path(), ALICE);
    let covered = request(&json!({ "userinfo": { "email": null, "nobody": null }, "id_token": { "acr": null } }));
    for silent in [&plain, &covered] {
        assert_eq!(browser.get(&silent.path()).status, 303);
        assert!(browser.get(&silent.path()).location().contains("code="), "nothing is new");
    }
    let more =
        request(&json!({ "userinfo": { "given_name": null, "birthdate": null }, "id_token": { "department": null } }));
    for _ in 0..2 {
        let page = browser.visit(&more.path());
        for told in ["More about you", "<li>Your name</li>", "<li>Your date of birth</li>", "department"] {
            assert!(page.body.contains(told), "{told}: {page:?}");
        }
        assert!(browser.decide(&page, "allow").location().contains("code="));
    }
    browser.refused(&more.clone().with("prompt", "none"), "consent_required");
    server.command(&["client", "set", WEB.id, "--first-party"], "");
    assert!(browser.get(&more.path()).location().contains("code="), "it is the operator's own");
}

#[test]
fn languages_of_claims_are_accepted_and_a_grant_without_the_parameter_tells_what_its_scope_opens() {
    let server = server();
    let asked = Authorization::of(SPA).with("scope", "openid profile").with("claims_locales", "de fr-CA");
    let tokens = server.exchange(SPA, &server.code_for(&asked, ALICE)).tokens();
    assert_eq!(server.userinfo(tokens.access_token()).json()["name#de"], "Alice Beispiel");
    let tokens = super::password::sign_in(&server, ALICE, crate::support::PASSWORD).tokens();
    assert_eq!(tokens.claims()["client_id"], ROPC.id);
    assert_eq!(known(&server.userinfo(tokens.access_token()).json(), &["given_name", "department"]), ["given_name"]);
}
