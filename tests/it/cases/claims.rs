//! What is known of a person, and what a scope opens of it (OpenID Connect Core §5.1, §5.3, §5.4).

use serde_json::{Value, json};

use super::password::sign_in;
use crate::support::{
    ALICE, Authorization, BOB, Browser, Installation, PASSWORD, SPA, Server, Tokens, WEB, claims, register_resource,
};

const ADDRESS: &str = r#"{"street_address": "Ringstrasse 1", "country": "Austria"}"#;
/// Everything that a person may be asked about.
pub const PEOPLE: &str = "openid profile email address phone roles groups department";
pub const CUSTOM: (&str, &str) = ("CLAIMS__SCOPES", "department: department cost_center");

/// A server with a scope of its own, where much is known of alice, and where the clients may have all of it, but in ID tokens
/// only the claims that a request names.
pub fn server() -> Server {
    let server = Server::start_with(&[CUSTOM]);
    let known = [
        "given_name=Alice",
        "name#de=Alice Beispiel",
        "birthdate=1990-04-01",
        "email_verified=true",
        "phone_number=+436601234567",
        "department=R & D",
        "cost_center=42",
        "secret=x",
    ];
    let mut set = vec!["user", "set", ALICE, "--claim", "address="];
    let address = format!("address={ADDRESS}");
    set[4] = &address;
    set.extend(known.iter().flat_map(|claim| ["--claim", *claim]));
    server.command(&set, "");
    for client in [WEB, SPA] {
        server.command(
            &[
                "client",
                "set",
                client.id,
                "--id-token-claims",
                "requested",
                "--scope",
                &format!("{PEOPLE} offline_access notes.read notes.write"),
            ],
            "",
        );
    }
    server
}

/// The tokens of alice for a scope.
pub fn tokens(server: &Server, scope: &str) -> Tokens {
    let request = Authorization::of(WEB).with("scope", scope);
    server.exchange(WEB, &server.code_for(&request, ALICE)).tokens()
}

/// What `UserInfo` tells of alice for a scope, but for her subject.
fn told(server: &Server, scope: &str) -> Value {
    let mut told = server.userinfo(tokens(server, scope).access_token()).json();
    assert!(told.as_object_mut().unwrap().remove("sub").is_some());
    told
}

#[test]
fn each_scope_opens_its_claims_and_no_others() {
    let server = server();
    let now = server.command(&["user", "show", ALICE], "");
    assert_eq!((&now["claims"]["cost_center"], &now["claims"]["email_verified"]), (&json!(42), &json!(true)));
    let address: Value = serde_json::from_str(ADDRESS).unwrap();
    let mut profile = told(&server, "openid profile");
    assert!(profile.as_object_mut().unwrap().remove("updated_at").unwrap().is_i64());
    assert_eq!(
        profile,
        json!({ "preferred_username": ALICE, "given_name": "Alice", "name#de": "Alice Beispiel", "birthdate": "1990-04-01" })
    );
    for (scope, expected) in [
        ("openid", json!({})),
        ("openid email", json!({ "email": "alice@people.example", "email_verified": true })),
        ("openid address", json!({ "address": address })),
        ("openid phone", json!({ "phone_number": "+436601234567", "phone_number_verified": false })),
        ("openid roles", json!({ "roles": [] })),
        ("openid groups", json!({ "groups": [] })),
        ("openid department", json!({ "department": "R & D", "cost_center": 42 })),
    ] {
        assert_eq!(told(&server, scope), expected, "{scope}");
    }
    assert_eq!(told(&server, PEOPLE).as_object().unwrap().len(), 14, "all but the claim that no scope opens");
}

/// "The Claims requested by the `profile`, `email`, `address`, and `phone` scope values are returned from the `UserInfo` Endpoint
/// […] when a `response_type` value is used that results in an Access Token being issued" (§5.4).
#[test]
fn an_id_token_stays_small_whatever_the_scope_where_requests_name_its_claims() {
    let server = server();
    let [all, little] = [PEOPLE, "openid"].map(|scope| claims(tokens(&server, scope).0["id_token"].as_str().unwrap()));
    let names = |claims: &Value| claims.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&all), names(&little));
    assert_eq!(all["acr"], "urn:countersign:acr:password");
}

#[test]
fn the_metadata_names_every_scope_and_claim() {
    let server = server();
    let metadata = server.get("/.well-known/openid-configuration").json();
    let scopes =
        json!(["openid", "profile", "email", "address", "phone", "roles", "groups", "department", "offline_access"]);
    assert_eq!(metadata["scopes_supported"], scopes);
    let names = metadata["claims_supported"].as_array().unwrap();
    for name in ["sub", "acr", "given_name", "address", "phone_number_verified", "groups", "department", "cost_center"]
    {
        assert_eq!(names.iter().filter(|known| **known == name).count(), 1, "{name}");
    }
    assert!(!names.contains(&json!("secret")));
    assert_eq!(
        (&metadata["claims_parameter_supported"], &metadata["acr_values_supported"]),
        (&json!(true), &json!(["urn:countersign:acr:password"]))
    );
}

/// It is this server's own: every token carries it, whatever its resource registered, and a client for itself never has it.
#[test]
fn a_scope_of_the_configuration_is_about_people_everywhere() {
    let server = server();
    let api = "https://narrow.example";
    server.block_on(register_resource(&server.app, api, "notes.read"));
    server.command(&["client", "set", WEB.id, "--resource", api], "");
    let scope = tokens(&server, "openid department notes.read notes.write").claims()["scope"].clone();
    assert_eq!(scope, "openid department notes.read");
    for scope in ["department", "phone", "address"] {
        let form = [("grant_type", "client_credentials"), ("scope", scope)];
        server.token(WEB, &form).assert_error(400, "invalid_scope");
    }
    let mut browser = Browser::new(&server);
    let request = Authorization::of(SPA).with("scope", "openid department address phone");
    let login = browser.visit(&request.path());
    let html = browser.sign_in(&login, ALICE);
    assert!(html.body.contains("<code dir=\"ltr\">department</code>"), "{html:?}");
    assert!(html.body.contains("See your postal address") && html.body.contains("See your phone number"));
}

#[test]
fn a_change_of_what_is_known_counts_at_once() {
    let server = server();
    let tokens = tokens(&server, PEOPLE);
    let told = || server.userinfo(tokens.access_token()).json();
    let bob = sign_in(&server, BOB, PASSWORD).tokens();
    let changed_at = || server.userinfo(bob.access_token()).json()["updated_at"].clone();
    let before = changed_at();
    server.command(&["user", "set", BOB, "--claim", "nickname=Bobby"], "");
    assert_ne!(changed_at(), before);
    let changed = server.command(
        &[
            "user",
            "set",
            ALICE,
            "--claim",
            "given_name=Alicia",
            "--no-claim",
            "birthdate",
            "--email",
            "new@people.example",
        ],
        "",
    );
    assert_eq!(changed["claims"].get("email_verified"), None, "nobody has verified the new address");
    let after = told();
    assert_eq!((&after["given_name"], &after["email"]), (&json!("Alicia"), &json!("new@people.example")));
    assert_eq!((after.get("birthdate"), &after["email_verified"]), (None, &json!(false)));
    let same = ["user", "set", ALICE, "--email", "new@people.example", "--email-verified"];
    server.command(&same, "");
    server.command(&same[..5], "");
    assert_eq!(told()["email_verified"], true, "the address is the same");
    server.command(&["user", "set", ALICE, "--no-email", "--claim", "email_verified=true"], "");
    assert_eq!([told().get("email"), told().get("email_verified")], [None, None]);
}

#[test]
fn a_claim_that_makes_no_sense_is_refused_in_a_sentence_and_changes_nothing() {
    let installation = Installation::new();
    let add = ["user", "add", BOB, "--password-stdin", "--claim", "given_name=Bob", "--claim", "department=Sales"];
    assert_eq!(installation.json(&add, PASSWORD)["claims"], json!({ "given_name": "Bob", "department": "Sales" }));
    assert!(installation.run(&["user", "show", BOB], "").contains("claim     department = \"Sales\""));
    let before = installation.json(&["user", "list"], "");
    let long = format!("a={}", "x".repeat(5000));
    for (arguments, word) in [
        (&["--claim", "given_name"][..], "NAME=VALUE"),
        (&["--claim", "sub=x"], "the protocol's own"),
        (&["--claim", "email=b@people.example"], "--email"),
        (&["--claim", "updated_at=1"], "by itself"),
        (&["--claim", "birthdate=yesterday"], "YYYY-MM-DD"),
        (&["--claim", "a=1", "--claim", "a=2"], "twice"),
        (&["--claim", &long], "4096"),
        (&["--no-claim", "departmend"], "did you mean department?"),
    ] {
        let sentence = installation.refused(&[], &[&["user", "set", BOB], arguments].concat(), "");
        assert!(sentence.contains(word), "{arguments:?} says: {sentence}");
    }
    for wrong in ["email: x", "department", "a: sub"] {
        let sentence = installation.refused(&[("CLAIMS__SCOPES", wrong)], &["user", "list"], "");
        assert!(sentence.starts_with("claims.scopes"), "{sentence}");
    }
    assert_eq!(installation.json(&["user", "list"], ""), before);
}

/// "True if the End-User's e-mail address has been verified; otherwise false" (§5.1): applications read an absent claim in
/// either way.
#[test]
fn a_verified_address_is_told_as_true_and_any_other_as_false() {
    let server = Server::start();
    let tokens = tokens(&server, "openid email");
    let told = || server.userinfo(tokens.access_token()).json()["email_verified"].clone();
    assert_eq!(told(), false);
    let set = |option: &str| server.command(&["user", "set", ALICE, option], "");
    assert_eq!((set("--email-verified")["claims"]["email_verified"].clone(), told()), (json!(true), json!(true)));
    assert_eq!((set("--email-unverified")["claims"]["email_verified"].clone(), told()), (json!(false), json!(false)));
    set("--email-verified");
    server.command(&["user", "set", ALICE, "--email", "other@people.example"], "");
    assert_eq!(told(), false, "another address is not the one that was verified");
    server.command(&["user", "set", ALICE, "--email", "third@people.example", "--email-verified"], "");
    assert_eq!(told(), true);
    set("--no-email");
    assert_eq!(told(), Value::Null);
    let added = ["user", "add", "carol", "--password-stdin", "--email", "carol@people.example", "--email-verified"];
    assert_eq!(server.command(&added, PASSWORD)["claims"]["email_verified"], true);

    let installation = Installation::new();
    installation.run(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    for (arguments, part) in [
        (vec!["user", "set", ALICE, "--email-verified"], "no address"),
        (vec!["user", "add", "dave", "--password-stdin", "--email-verified"], "no address"),
        (
            vec!["user", "set", ALICE, "--email", "a@b.example", "--email-verified", "--claim", "email_verified=false"],
            "twice",
        ),
    ] {
        let input = if arguments.contains(&"--password-stdin") { PASSWORD } else { "" };
        let sentence = installation.refused(&[], &arguments, input);
        assert!(sentence.contains(part), "{arguments:?}: {sentence}");
    }
}
