//! Changing people on the command line, and what it says to a slip of the finger.

use serde_json::json;

use super::password::sign_in;
use crate::support::{ALICE, BOB, Installation, PASSWORD, Server};

/// A person as a command prints them, without the time of the last change, which is there.
#[track_caller]
fn person(server: &Server, arguments: &[&str]) -> serde_json::Value {
    let mut printed = server.command(arguments, "");
    let changed = printed.as_object_mut().and_then(|members| members.remove("changed"));
    assert!(changed.is_some_and(|changed| changed.is_string()), "{printed}");
    printed
}

#[test]
fn a_persons_name_and_address_change_and_their_subject_stays() {
    let server = Server::start();
    let tokens = sign_in(&server, ALICE, PASSWORD).tokens();
    let sub = tokens.claims()["sub"].as_str().unwrap().to_owned();
    let before =
        json!({ "sub": sub, "username": ALICE, "email": "alice@people.example", "roles": [], "disabled": false });
    for typed in [ALICE, " Alice ", &sub] {
        assert_eq!(person(&server, &["user", "show", typed]), before);
    }
    let changed = person(&server, &["user", "set", ALICE, "--username", " Alice.B ", "--email", "a@b.example"]);
    assert_eq!(
        changed,
        json!({ "sub": sub, "username": "Alice.B", "email": "a@b.example", "roles": [], "disabled": false })
    );
    let claims = server.userinfo(tokens.access_token()).json();
    assert_eq!(
        (claims["preferred_username"].as_str(), claims["email"].as_str()),
        (Some("Alice.B"), Some("a@b.example"))
    );
    sign_in(&server, ALICE, PASSWORD).assert_error(400, "invalid_grant");
    assert_eq!(sign_in(&server, "alice.b", PASSWORD).tokens().claims()["sub"], sub);
    server.refresh(crate::support::ROPC, tokens.refresh_token()).tokens();

    let without = person(&server, &["user", "set", &sub, "--no-email"]);
    assert_eq!(without, json!({ "sub": sub, "username": "Alice.B", "roles": [], "disabled": false }));
    assert_eq!(server.userinfo(tokens.access_token()).json().get("email"), None);
    let back = server.command(&["user", "set", "alice.b", "--username", "ALICE"], "");
    assert_eq!(back["username"], "ALICE", "the case of a name may change");
    assert_eq!(server.command(&["user", "remove", &sub], ""), json!({ "removed": sub }));
    sign_in(&server, ALICE, PASSWORD).assert_error(400, "invalid_grant");
    sign_in(&server, BOB, PASSWORD).tokens();
}

#[test]
fn a_person_who_is_locked_is_shown_as_locked() {
    let installation = Installation::new();
    installation.run(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    assert!(installation.run(&["user", "show", ALICE], "").contains("locked    no"));
    installation.run(&["user", "lock", ALICE], "");
    assert!(installation.run(&["user", "lock", ALICE], "").contains("was locked before"));
    assert!(installation.run(&["user", "show", ALICE], "").contains("locked    yes"));
    assert_eq!(installation.json(&["user", "list"], "")[0]["disabled"], true);
    assert!(installation.run(&["user", "list"], "").lines().nth(1).unwrap().ends_with("yes"));
    assert!(installation.run(&["user", "unlock", ALICE], "").contains("can sign in again"));
    assert!(installation.run(&["user", "unlock", ALICE], "").contains("was not locked"));
}

#[test]
fn a_change_that_makes_no_sense_is_refused_and_nothing_is_changed() {
    let installation = Installation::new();
    installation.run(&["user", "add", ALICE, "--email", "alice@people.example", "--password-stdin"], PASSWORD);
    installation.run(&["user", "add", BOB, "--password-stdin"], PASSWORD);
    let before = installation.json(&["user", "list"], "");
    let stdin = "--password-stdin";
    let cases: [(&[&str], &str, &[&str]); 9] = [
        (&["user", "set", ALICE], "", &["--username", "--email", "--no-email"]),
        (&["user", "set", ALICE, "--username", " BOB "], "", &["'BOB'", "already"]),
        (&["user", "set", ALICE, "--username", "  "], "", &["username"]),
        (&["user", "set", ALICE, "--username", "new\nline"], "", &["username"]),
        (&["user", "set", ALICE, "--email", "nobody"], "", &["name@domain"]),
        (&["user", "set-password", ALICE, stdin], "short", &["at least 8 characters"]),
        (&["user", "set-password", ALICE, stdin], "", &["at least 8 characters"]),
        (&["user", "lock", "00000000-0000-7000-8000-000000000000"], "", &["there is no user", "user list"]),
        (&["user", "lock", ""], "", &["there is no user ''", "user list"]),
    ];
    for (arguments, input, words) in cases {
        let sentence = installation.refused(&[], arguments, input);
        for word in words {
            assert!(sentence.contains(word), "{arguments:?} says: {sentence}");
        }
    }
    assert_eq!(installation.json(&["user", "list"], ""), before);
}

#[test]
fn a_slip_in_a_username_is_answered_with_those_that_are_near() {
    let installation = Installation::new();
    for username in ["alice", "alicia", "bob"] {
        installation.run(&["user", "add", username, "--password-stdin"], PASSWORD);
    }
    let rest: [&[&str]; 7] =
        [&["show"], &["lock"], &["unlock"], &["set-password"], &["sign-out"], &["remove"], &["set"]];
    for command in rest {
        let sentence = installation.refused(&[], &[&["user"], command, &["Alicea"]].concat(), "");
        let is_helpful =
            sentence.starts_with("there is no user 'Alicea' in ") && sentence.ends_with(", did you mean 'alice'?");
        assert!(is_helpful, "{command:?} says: {sentence}");
    }
    let sentence = installation.refused(&[], &["grant", "list", "--user", "bobb"], "");
    assert!(sentence.contains("did you mean 'bob'?"), "{sentence}");
    let sentence = installation.refused(&[], &["user", "show", "zacharias"], "");
    assert!(!sentence.contains("did you mean") && sentence.contains("user list"), "{sentence}");
}
