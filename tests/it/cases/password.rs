//! The password grant (G) and passwords (Q, U): work is counted in hashes, never by a stopwatch.

use std::time::Duration;

use countersign::store::clients;

use crate::support::database::{execute, text};
use crate::support::{
    ALICE, BOB, Browser, PASSWORD, ROPC, Response, SPA, Server, WEB, add_person, claims, form_encode,
};

/// A sign-in by the password grant.
pub fn sign_in(server: &Server, username: &str, password: &str) -> Response {
    server.token(ROPC, &[("grant_type", "password"), ("username", username), ("password", password)])
}

/// How many hashes the work costs.
pub fn hashes<T>(server: &Server, work: impl FnOnce() -> T) -> (u64, T) {
    let before = server.app.passwords.hashes();
    let result = work();
    (server.app.passwords.hashes() - before, result)
}

fn grant_types(server: &Server) -> Vec<String> {
    let metadata = server.get("/.well-known/openid-configuration").json();
    metadata["grant_types_supported"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

#[test]
fn g01_the_password_grant_is_off_until_a_client_has_it() {
    let server = Server::start();
    assert!(grant_types(&server).contains(&"password".to_owned()));
    for client in [WEB, SPA] {
        let form = [("grant_type", "password"), ("username", ALICE), ("password", PASSWORD)];
        let (cost, response) = hashes(&server, || server.token(client, &form));
        response.assert_error(400, "unauthorized_client");
        assert_eq!(cost, 0, "nobody's password is tried for it");
    }
    server.write(|conn| clients::remove(conn, "ropc"));
    server.advance(Duration::ZERO);
    assert!(!grant_types(&server).contains(&"password".to_owned()));
    let form = [("grant_type", "password"), ("username", ALICE), ("password", PASSWORD)];
    server.token(WEB, &form).assert_error(400, "unauthorized_client");
}

#[test]
fn the_password_grant_gives_the_tokens_of_a_grant() {
    let server = Server::start();
    let tokens = sign_in(&server, ALICE, PASSWORD).tokens();
    assert_eq!(
        tokens.claims()["scope"],
        "openid profile email roles notes.read notes.write",
        "offline_access is asked for"
    );
    let id_token = claims(tokens.0["id_token"].as_str().unwrap());
    assert_eq!((id_token["amr"][0].as_str(), id_token["aud"].as_str()), (Some("pwd"), Some("ropc")));
    assert_eq!((id_token.get("nonce"), id_token.get("sid")), (None, None));
    assert_eq!(server.userinfo(tokens.access_token()).json()["preferred_username"], ALICE);
    assert_eq!(server.userinfo(sign_in(&server, " Alice ", PASSWORD).tokens().access_token()).status, 200);

    let narrow = [("grant_type", "password"), ("username", BOB), ("password", PASSWORD), ("scope", "notes.read")];
    let narrow = server.token(ROPC, &narrow).tokens();
    assert_eq!((narrow.claims()["scope"].as_str(), narrow.0.get("id_token")), (Some("notes.read"), None));
    let wide = [("grant_type", "password"), ("username", BOB), ("password", PASSWORD), ("scope", "openid admin")];
    assert_eq!(server.token(ROPC, &wide).tokens().claims()["scope"], "openid");
    let unknown = [("grant_type", "password"), ("username", BOB), ("password", PASSWORD), ("scope", "admin")];
    server.token(ROPC, &unknown).assert_error(400, "invalid_scope");
}

/// G02: the same answer and the same work.
#[test]
fn g02_unknown_wrong_and_disabled_look_alike_and_cost_one_hash_each() {
    let server = Server::start();
    execute(&server.data_dir, "UPDATE users SET disabled_at = 1 WHERE username = 'bob'");
    let attempts = [("nobody", "guess"), (ALICE, "guess"), (BOB, "guess"), (BOB, PASSWORD), ("' OR 1=1--", "guess")];
    let mut answers = Vec::new();
    for (username, password) in attempts {
        let (cost, response) = hashes(&server, || sign_in(&server, username, password));
        response.assert_error(400, "invalid_grant");
        assert_eq!(cost, 1, "{username}");
        let mut headers: Vec<String> = response.headers.keys().map(ToString::to_string).collect();
        headers.sort();
        answers.push((response.body, headers));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    assert_eq!(hashes(&server, || sign_in(&server, ALICE, PASSWORD).status), (1, 200));
}

#[test]
fn g05_credentials_are_sent_once_in_the_form_and_not_empty() {
    let server = Server::start();
    let grant = ("grant_type", "password");
    let (alice, password) = (("username", ALICE), ("password", PASSWORD));
    let forms: [&[(&str, &str)]; 9] = [
        &[grant],
        &[grant, alice],
        &[grant, password],
        &[grant, alice, ("password", "")],
        &[grant, ("username", ""), password],
        &[grant, alice, alice, password],
        &[grant, alice, password, password],
        &[grant, alice, ("password", "guess"), password],
        &[grant, grant, alice, password],
    ];
    for form in forms {
        let (cost, response) = hashes(&server, || server.token(ROPC, form));
        response.assert_error(400, "invalid_request");
        assert_eq!(cost, 0, "{form:?}");
    }
    let query = format!("/token?{}", form_encode(&[alice, password]));
    let form = [grant, ("client_id", "ropc"), ("client_secret", ROPC.secret.unwrap())];
    let (cost, response) = hashes(&server, || server.post(&query, &form));
    response.assert_error(400, "invalid_request");
    assert_eq!((cost, response.body.contains(PASSWORD)), (0, false));
}

#[test]
fn u09_a_password_over_512_bytes_is_refused_before_it_is_hashed() {
    let server = Server::start();
    for length in [513, 1024, 60_000] {
        let (cost, response) = hashes(&server, || sign_in(&server, ALICE, &"x".repeat(length)));
        response.assert_error(400, "invalid_request");
        assert_eq!(cost, 0, "{length}");
    }
    for length in [70_000, 1 << 20, 10 << 20] {
        let (cost, response) = hashes(&server, || sign_in(&server, ALICE, &"x".repeat(length)));
        assert_eq!((response.status, cost), (413, 0), "{length}");
    }
    let longest = "é".repeat(256);
    assert_eq!(hashes(&server, || sign_in(&server, ALICE, &longest).status), (1, 400));

    let mut browser = Browser::new(&server);
    let page = browser.visit("/login");
    for (length, status) in [(513, 400), (1024, 400), (60_000, 400), (70_000, 413), (1 << 20, 413), (10 << 20, 413)] {
        let password = "x".repeat(length);
        let (cost, answer) =
            hashes(&server, || browser.submit(&page, "/login", &[("username", ALICE), ("password", &password)]));
        assert_eq!((answer.status, cost), (status, 0), "{length}");
    }
}

#[test]
fn u10_a_password_is_taken_as_it_is() {
    let server = Server::start();
    let prefix = "p".repeat(72);
    let (one, other) = (format!("{prefix}1"), format!("{prefix}2"));
    let long: String = ('a'..='z').cycle().take(256).collect();
    let passwords = [
        " leading and trailing ",
        "🐎🔋 correct 🐴 horse",
        "pässwörd",
        "e\u{301}e\u{301}e\u{301}e\u{301}",
        &long,
        &one,
    ];
    for (n, password) in passwords.into_iter().enumerate() {
        let username = format!("person{n}");
        server.block_on(add_person(&server.app, &username, password));
        sign_in(&server, &username, password).tokens();
        let shorter: String = password.chars().take(password.chars().count() - 1).collect();
        for near in [format!("{password}x"), password.to_uppercase(), shorter] {
            sign_in(&server, &username, &near).assert_error(400, "invalid_grant");
        }
    }
    sign_in(&server, "person0", "leading and trailing").assert_error(400, "invalid_grant");
    sign_in(&server, "person3", "éééé").tokens();
    sign_in(&server, "person3", "eeee").assert_error(400, "invalid_grant");
    sign_in(&server, "person5", &other).assert_error(400, "invalid_grant");
    sign_in(&server, "person5", &prefix).assert_error(400, "invalid_grant");
}

/// Q01: RFC 9106 with OWASP's parameters, and a salt of one's own.
#[test]
fn q01_a_password_is_kept_as_argon2id_with_a_salt_of_its_own() {
    let server = Server::start();
    let mut salts = Vec::new();
    for username in ["carol", "dave"] {
        server.block_on(add_person(&server.app, username, "the same password"));
        let hash = stored_hash(&server, username);
        let salt = hash.strip_prefix("$argon2id$v=19$m=19456,t=2,p=1$").unwrap_or_else(|| panic!("{hash}"));
        let (salt, tag) = salt.split_once('$').unwrap();
        // Unpadded base64 of 16 and 32 bytes.
        assert_eq!((salt.len(), tag.len()), (22, 43), "{hash}");
        salts.push(salt.to_owned());
    }
    assert_ne!(salts[0], salts[1]);
}

fn stored_hash(server: &Server, username: &str) -> String {
    text(&server.data_dir, &format!("SELECT password_hash FROM users WHERE username = '{username}'"))
}

#[test]
fn q02_a_sign_in_after_the_parameters_were_raised_hashes_the_password_again() {
    let server = Server::start();
    let (alices, bobs) = (stored_hash(&server, ALICE), stored_hash(&server, BOB));
    let (data_dir, now) = (server.data_dir.clone(), server.clock.now());
    server.stop();
    let server = Server::open(&data_dir, &[("PASSWORDS__ITERATIONS", "3")], now);
    sign_in(&server, ALICE, "guess").assert_error(400, "invalid_grant");
    assert_eq!(stored_hash(&server, ALICE), alices, "a wrong password changes nothing");
    assert_eq!(hashes(&server, || sign_in(&server, ALICE, PASSWORD).status), (2, 200));
    let raised = stored_hash(&server, ALICE);
    assert!(raised.starts_with("$argon2id$v=19$m=19456,t=3,p=1$"), "{raised}");
    assert_eq!(hashes(&server, || sign_in(&server, ALICE, PASSWORD).status), (1, 200));
    assert_eq!(hashes(&server, || sign_in(&server, ALICE, "guess").status), (1, 400));
    assert_eq!((stored_hash(&server, ALICE), stored_hash(&server, BOB)), (raised, bobs));
    std::fs::remove_dir_all(server.stop()).unwrap();
}

/// What is too long for a name or a password is a guess like any other, though it costs no hash.
#[test]
fn names_and_passwords_that_are_too_long_are_counted_as_guesses() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let page = browser.visit("/login");
    let long = "x".repeat(300);
    let mut try_it = || browser.submit(&page, "/login", &[("username", &long), ("password", PASSWORD)]).status;
    let statuses: Vec<u16> = (0..30).map(|_| try_it()).collect();
    assert_eq!((statuses[0], statuses[29]), (400, 429), "{statuses:?}");
}

#[test]
fn u14_what_means_something_to_a_database_is_a_name_like_any_other() {
    let server = Server::start();
    for typed in ["' OR 1=1--", "alice' --", "%", "_____", "ali%", "*", "\\", "a' UNION SELECT 1", "\"alice\""] {
        let answer = sign_in(&server, typed, PASSWORD);
        answer.assert_error(400, "invalid_grant");
        assert!(!answer.body.to_lowercase().contains("sql"), "{answer:?}");
    }
}
