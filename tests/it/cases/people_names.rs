//! Usernames and passwords are the same on every keyboard (RFC 8265), and those of older versions go on working.

use argon2::password_hash::PasswordHasher;
use serde_json::Value;

use super::doctor::doctor;
use super::password::{hashes, sign_in};
use crate::support::database::{execute, text};
use crate::support::{ALICE, Authorization, Browser, Http, Installation, PASSWORD, Response, Server, WEB};

/// One name and one password, as different systems type them.
const COMPOSED: (&str, &str) = ("M\u{fc}ller", "P\u{e4}ssw\u{f6}rter 1");
const DECOMPOSED: (&str, &str) = ("Mu\u{308}ller", "Pa\u{308}sswo\u{308}rter\u{a0}1");

/// The hash that versions made which hashed the bytes as they were sent.
fn former_hash(password: &str) -> String {
    argon2::Argon2::default().hash_password_with_salt(password.as_bytes(), &[7; 16]).expect("it hashes").to_string()
}

#[test]
fn a_name_and_a_password_are_the_same_however_they_are_typed() {
    let server = Server::start();
    for (added, (name, password)) in [("composed", COMPOSED), ("decomposed", DECOMPOSED)] {
        let person = server.command(&["user", "add", name, "--password-stdin"], password);
        assert_eq!(person["username"], COMPOSED.0, "it is shown composed, added {added}");
        let wide = "\u{ff2d}\u{fc}\u{ff4c}\u{ff4c}\u{ff45}\u{ff52}";
        for name in [COMPOSED.0, DECOMPOSED.0, "M\u{dc}LLER", " MU\u{308}LLER ", wide] {
            for password in [COMPOSED.1, DECOMPOSED.1] {
                let claims = sign_in(&server, name, password).tokens().claims();
                assert_eq!(claims["sub"], person["sub"], "{name:?} {password:?}");
                let mut browser = Browser::new(&server);
                let page = browser.visit(&Authorization::of(WEB).path());
                let answer = browser.submit(&page, "/login", &[("username", name), ("password", password)]);
                assert_eq!(answer.status, 303, "{name:?} {password:?}");
            }
        }
        sign_in(&server, "muller", COMPOSED.1).assert_error(400, "invalid_grant");
        sign_in(&server, name, &COMPOSED.1.to_uppercase()).assert_error(400, "invalid_grant");
        sign_in(&server, name, "Passworter 1").assert_error(400, "invalid_grant");
        let set = server.command(&["user", "set-password", DECOMPOSED.0, "--password-stdin"], DECOMPOSED.1);
        assert_eq!(set["sub"], person["sub"]);
        assert_eq!(hashes(&server, || sign_in(&server, COMPOSED.0, COMPOSED.1).status), (1, 200));
        server.command(&["user", "remove", DECOMPOSED.0], "");
    }
}

/// U01, U02: the work of a refusal depends on the bytes that were sent alone.
#[test]
fn u02_unknown_wrong_and_locked_cost_the_same_in_every_form() {
    let server = Server::start();
    server.command(&["user", "add", COMPOSED.0, "--password-stdin"], COMPOSED.1);
    server.command(&["user", "add", "locked", "--password-stdin"], COMPOSED.1);
    server.command(&["user", "lock", "locked"], "");
    for (password, right, cost) in [(COMPOSED.1, COMPOSED.1, 1), (DECOMPOSED.1, DECOMPOSED.1, 2)] {
        let wrong = password.replace('1', "2");
        for (username, password) in [("nobody", right), (COMPOSED.0, wrong.as_str()), ("locked", right)] {
            let (spent, answer) = hashes(&server, || sign_in(&server, username, password));
            answer.assert_error(400, "invalid_grant");
            assert_eq!(spent, cost, "{username} {password:?}");
        }
    }
    assert_eq!(hashes(&server, || sign_in(&server, COMPOSED.0, DECOMPOSED.1).status), (1, 200));
}

#[test]
fn all_spellings_of_a_name_are_counted_as_one() {
    let passed = |names: [&str; 2]| {
        let server = Server::start();
        let statuses: Vec<u16> = (0..60).map(|nth| sign_in(&server, names[nth % 2], "guess").status).collect();
        assert!(statuses.contains(&429), "{statuses:?}");
        statuses.iter().filter(|status| **status == 400).count()
    };
    assert_eq!(passed([COMPOSED.0, DECOMPOSED.0]), passed([ALICE, ALICE]));
}

/// A row of a version that lowered case alone and hashed the bytes that it got.
#[test]
fn a_row_of_an_older_version_works_and_is_rewritten_at_the_next_sign_in() {
    let server = Server::start();
    let hash = former_hash(DECOMPOSED.1);
    execute(
        &server.data_dir,
        &format!(
            "UPDATE users SET username = '{name}', username_key = '{key}', password_hash = '{hash}',
             email = 'MU\u{308}LLER@people.example', email_key = NULL WHERE username = '{ALICE}'",
            name = DECOMPOSED.0,
            key = DECOMPOSED.0.to_lowercase(),
        ),
    );
    let key = || {
        text(
            &server.data_dir,
            "SELECT username_key || ' ' || coalesce(email_key, '') FROM users WHERE username <> 'bob'",
        )
    };
    sign_in(&server, COMPOSED.0, "guess").assert_error(400, "invalid_grant");
    assert_eq!(key(), "mu\u{308}ller ", "a wrong password changes nothing");
    // Two to find that the hash is that of the bytes, one to make today's.
    assert_eq!(hashes(&server, || sign_in(&server, COMPOSED.0, DECOMPOSED.1).status), (3, 200));
    assert_eq!(key(), "m\u{fc}ller m\u{fc}ller@people.example");
    for (name, password) in [COMPOSED, DECOMPOSED] {
        assert_eq!(hashes(&server, || sign_in(&server, name, password).status), (1, 200), "{name:?}");
    }
}

fn tool_sign_in(node: &Http, secret: &str, username: &str) -> Response {
    let form = [
        ("grant_type", "password"),
        ("client_id", "tool"),
        ("client_secret", secret),
        ("username", username),
        ("password", PASSWORD),
    ];
    node.post("/token", &form)
}

#[test]
fn two_people_of_an_older_version_with_one_name_keep_theirs_until_one_is_renamed() {
    let installation = Installation::new();
    let secret = installation.add_tool("tool");
    let add = |name: &str| installation.json(&["user", "add", name, "--password-stdin"], PASSWORD)["sub"].clone();
    let (one, other) = (add(COMPOSED.0), add("other"));
    let [one, other] = [&one, &other].map(|sub: &Value| sub.as_str().unwrap());
    let sentence = installation.refused(&[], &["user", "add", DECOMPOSED.0, "--password-stdin"], PASSWORD);
    assert!(sentence.contains("already"), "{sentence}");
    execute(
        &installation.data_dir,
        &format!(
            "UPDATE users SET username = '{}', username_key = '{}' WHERE username = 'other'",
            DECOMPOSED.0,
            DECOMPOSED.0.to_lowercase()
        ),
    );
    let server = installation.serve(&[]);
    for _ in 0..2 {
        assert_eq!(tool_sign_in(&server, &secret, COMPOSED.0).tokens().claims()["sub"], one);
        assert_eq!(tool_sign_in(&server, &secret, DECOMPOSED.0).tokens().claims()["sub"], other);
    }
    let (success, findings) = doctor(&installation, &[]);
    let (verdict, detail) = &findings["usernames"];
    assert!(success && verdict == "warning" && detail.contains(one) && detail.contains(other), "{findings:?}");
    for name in ["M\u{dc}LLER", DECOMPOSED.0] {
        let sentence = installation.refused(&[], &["user", "add", name, "--password-stdin"], PASSWORD);
        assert!(sentence.contains("already"), "{sentence}");
    }
    installation.json(&["user", "set", other, "--email", "other@people.example"], "");
    installation.json(&["user", "lock", other], "");
    installation.json(&["user", "unlock", other], "");
    assert_eq!(tool_sign_in(&server, &secret, DECOMPOSED.0).tokens().claims()["sub"], other);
    installation.json(&["user", "set", other, "--username", "Mu\u{308}ller 2"], "");
    assert_eq!(tool_sign_in(&server, &secret, "m\u{fc}ller 2").tokens().claims()["sub"], other);
    assert_eq!(tool_sign_in(&server, &secret, DECOMPOSED.0).tokens().claims()["sub"], one);
    assert_eq!(doctor(&installation, &[]).1["usernames"].0, "ok");
}

#[test]
fn a_new_name_or_password_that_breaks_the_profile_is_refused() {
    let installation = Installation::new();
    installation.run(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    let long = "\u{e9}".repeat(257);
    let cases = [
        ("\u{ff21}\u{ff2c}\u{ff29}\u{ff23}\u{ff25}", PASSWORD, "already"),
        ("a\u{200b}b", PASSWORD, "U+200B"),
        ("\u{1f40e}", PASSWORD, "U+1F40E"),
        ("a\u{5d3}", PASSWORD, "direction"),
        ("bob", "e\u{301}e\u{301}e\u{301}e\u{301}", "at least 8 characters"),
        ("bob", "eight\tand more", "control characters"),
        ("bob", long.as_str(), "at most 512 bytes"),
    ];
    for (name, password, part) in cases {
        let sentence = installation.refused(&[], &["user", "add", name, "--password-stdin"], password);
        assert!(sentence.contains(part), "{name:?}: {sentence}");
    }
    // 512 bytes composed are 768 as some systems type them.
    installation.run(&["user", "add", "bob", "--password-stdin"], &"e\u{301}".repeat(256));
}
