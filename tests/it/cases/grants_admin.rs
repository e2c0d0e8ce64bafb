//! Grants on the command line: what is listed, and what is revoked while the server goes on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::scope;
use std::time::Duration;

use serde_json::{Value, json};

use super::password::sign_in;
use super::refresh::assert_ended;
use crate::support::database::{bytes, execute, number, text};
use crate::support::program::{administer, run};
use crate::support::{ALICE, API, Authorization, BOB, Installation, PASSWORD, ROPC, SPA, Server, Tokens, WEB};

/// The id of the grant of an access token.
fn id_of(tokens: &Tokens) -> String {
    let claims = tokens.claims();
    let id = countersign::oauth::access_token::TokenId::parse(claims["jti"].as_str().unwrap());
    let Some(countersign::oauth::access_token::TokenId::Grant(id)) = id else { panic!("{claims}") };
    id.to_string()
}

fn ids(listed: &Value) -> Vec<&str> {
    listed.as_array().unwrap().iter().map(|grant| grant["id"].as_str().unwrap()).collect()
}

/// Ids in order: the clock of a test stands still, and ids of the same millisecond are in any order.
fn step(server: &Server) {
    server.advance(Duration::from_millis(1));
}

#[test]
fn grants_are_listed_newest_first_with_all_that_an_operator_asks_for() {
    let server = Server::start();
    let first = server.sign_in(WEB);
    step(&server);
    let programs = sign_in(&server, BOB, PASSWORD).tokens();
    step(&server);
    let code = server.code_for(&Authorization::of(SPA).with("scope", "openid offline_access"), BOB);
    let all = server.command(&["grant", "list"], "");
    assert_eq!(all.as_array().unwrap().len(), 3, "{all}");
    assert_eq!(ids(&all)[1..], [id_of(&programs), id_of(&first)]);
    assert_eq!((all[0]["client_id"].as_str(), all[0]["username"].as_str()), (Some("spa"), Some(BOB)));
    assert_eq!((all[0].get("last_used_at"), all[0]["state"].as_str()), (None, Some("live")), "it was never redeemed");

    let of = &all[2];
    let keys: Vec<&String> = of.as_object().unwrap().keys().collect();
    let expected = [
        "client_id",
        "created_at",
        "expires_at",
        "id",
        "last_used_at",
        "resource",
        "scope",
        "state",
        "sub",
        "username",
    ];
    assert_eq!(keys, expected);
    assert_eq!(of["sub"], first.claims()["sub"]);
    let words = ["username", "client_id", "scope", "resource", "state"].map(|key| of[key].as_str().unwrap());
    assert_eq!(words, [ALICE, "web", "openid notes.read", API, "live"]);
    let times = ["created_at", "last_used_at", "expires_at"].map(|key| of[key].as_str().unwrap());
    assert_eq!(times, ["2027-01-15T08:00:00.000Z", "2027-01-15T08:00:00.000Z", "2027-01-22T08:00:00.000Z"]);

    let listed = |filter: &[&str]| server.command(&[&["grant", "list"], filter].concat(), "");
    assert_eq!(ids(&listed(&["--user", "BOB"])), ids(&all)[..2]);
    let sub = programs.claims()["sub"].as_str().unwrap().to_owned();
    assert_eq!(ids(&listed(&["--user", &sub, "--client", "ropc"])), ids(&all)[1..2]);
    assert_eq!(ids(&listed(&["--client", "web"])), ids(&all)[2..]);
    assert_eq!(listed(&["--client", "evil"]), json!([]));

    server.exchange(SPA, &code).tokens();
    server.exchange(SPA, &code).assert_error(400, "invalid_grant");
    let ended = &listed(&["--client", "spa"])[0];
    assert_eq!((ended["state"].as_str(), ended["reason"].as_str()), (Some("revoked"), Some("reuse")), "{ended}");
    assert!(ended["revoked_at"].is_string() && ended["last_used_at"].is_string(), "{ended}");
    execute(&server.data_dir, "UPDATE grants SET rotated_at = 1000 WHERE client_id = 'web'");
    let expired = &listed(&["--client", "web"])[0];
    assert_eq!((expired["state"].as_str(), expired.get("reason")), (Some("expired"), None), "{expired}");
}

#[test]
fn a_long_list_is_cut_and_says_so() {
    let server = Server::start();
    for _ in 0..3 {
        sign_in(&server, ALICE, PASSWORD).tokens();
    }
    let printed = |arguments: &[&str]| {
        let output = run(administer(&server.data_dir, 1, &[], arguments), "");
        assert!(output.status.success(), "{output:?}");
        [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap())
    };
    let [cut, said] = printed(&["grant", "list", "--limit", "2"]);
    assert_eq!((cut.lines().count(), said.as_str()), (4, ""), "{cut}");
    assert!(cut.starts_with("ID ") && cut.lines().last().unwrap().contains("newest 2; there are more"), "{cut}");
    let [whole, _] = printed(&["grant", "list", "--limit", "3"]);
    assert!(whole.lines().count() == 4 && !whole.contains("there are more"), "{whole}");
    let [json, said] = printed(&["grant", "list", "--limit", "2", "--json"]);
    assert_eq!(serde_json::from_str::<Value>(&json).unwrap().as_array().unwrap().len(), 2);
    assert!(said.contains("there are more"), "{said}");
}

#[test]
fn one_grant_is_revoked_at_once_and_no_other() {
    let server = Server::start();
    let (tokens, other) = (server.sign_in(WEB), server.sign_in(WEB));
    let id = id_of(&tokens);
    assert_eq!(server.command(&["grant", "revoke", &id], ""), json!({ "revoked": 1 }));
    assert_ended(&server, WEB, &tokens);
    assert_eq!(server.command(&["grant", "revoke", &id], ""), json!({ "revoked": 0 }), "it had ended");
    server.refresh(WEB, other.refresh_token()).tokens();
    assert_eq!(text(&server.data_dir, "SELECT MAX(revoked_reason) FROM grants"), "administrator");
}

#[test]
fn the_grants_of_a_person_of_a_client_and_of_both_are_revoked() {
    let server = Server::start();
    let everything = || {
        let bobs = server.exchange(SPA, &server.code_for(&Authorization::of(SPA), BOB)).tokens();
        [(WEB, server.sign_in(WEB)), (SPA, server.sign_in(SPA)), (SPA, bobs)]
    };
    let cases: [(&[&str], [bool; 3]); 5] = [
        (&["--user", ALICE], [true, true, false]),
        (&["--client", "spa"], [false, true, true]),
        (&["--user", "Alice", "--client", "spa"], [false, true, false]),
        (&["--user", BOB, "--client", "web"], [false, false, false]),
        (&["--all"], [true, true, true]),
    ];
    for (which, ended) in cases {
        let grants = everything();
        let revoked = server.command(&[&["grant", "revoke"], which].concat(), "");
        let expected = ended.iter().filter(|ended| **ended).count();
        assert_eq!(revoked, json!({ "revoked": expected }), "{which:?}");
        for ((client, tokens), ended) in grants.iter().zip(ended) {
            let answer = server.refresh(*client, tokens.refresh_token());
            assert_eq!(answer.status, if ended { 400 } else { 200 }, "{which:?}: {answer:?}");
        }
        server.command(&["grant", "revoke", "--all"], "");
    }
}

/// Adds grants of alice's with `web` as copies of one that is there, with ids of their own.
fn copy_grants(server: &Server, count: u32) {
    let id = |n: u32| bytes(&format!("018f0000{n:08x}70008000000000000000"));
    let columns = "user_id, client_id, scope, auth_time, amr, handle_key, seed, generation, rotated_at, \
                   repeated_generation, repeats, created_at, expires_at";
    let copies: Vec<String> = (0..count)
        .map(|n| format!("INSERT INTO grants (id, {columns}) SELECT {}, {columns} FROM original;", id(n)))
        .collect();
    let original = format!("CREATE TABLE original AS SELECT {columns} FROM grants LIMIT 1;");
    execute(&server.data_dir, &format!("BEGIN; {original} {} DROP TABLE original; COMMIT;", copies.concat()));
}

/// Everybody is signed out while tokens are being refreshed: nobody sees anything but success or an ended grant.
#[test]
fn all_grants_are_revoked_in_pages_while_the_server_goes_on() {
    let server = Server::start();
    let families: Vec<Tokens> = (0..4).map(|_| sign_in(&server, ALICE, PASSWORD).tokens()).collect();
    server.sign_in(WEB);
    copy_grants(&server, 1300);
    let done = AtomicBool::new(false);
    scope(|scope| {
        for family in &families {
            let (server, done) = (&server, &done);
            scope.spawn(move || {
                let mut token = family.refresh_token().to_owned();
                loop {
                    // Asked before the request goes out: an answer may be read a while after it was given.
                    let was_done = done.load(Ordering::SeqCst);
                    let answer = server.refresh(ROPC, &token);
                    if answer.status != 200 {
                        return answer.assert_error(400, "invalid_grant");
                    }
                    assert!(!was_done, "it was revoked before");
                    answer.tokens().refresh_token().clone_into(&mut token);
                }
            });
        }
        assert_eq!(server.command(&["grant", "revoke", "--all"], ""), json!({ "revoked": 1305 }));
        done.store(true, Ordering::SeqCst);
    });
    assert_eq!(number(&server.data_dir, "SELECT COUNT(*) FROM grants WHERE revoked_at IS NULL"), 0);
    // Each page is a transaction with an event of its own.
    assert_eq!(number(&server.data_dir, "SELECT COUNT(*) FROM admin_events WHERE event = 'grants_revoked'"), 3);
    assert_eq!(server.command(&["grant", "revoke", "--all"], ""), json!({ "revoked": 0 }));
    sign_in(&server, ALICE, PASSWORD).tokens();
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let installation = Installation::new();
    installation.run(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    let unknown = "00000000-0000-7000-8000-000000000000";
    let cases: [(&[&str], &str); 7] = [
        (&["grant", "revoke", unknown], "grant list"),
        (&["grant", "revoke", "cs_rt_x"], "grant list"),
        (&["grant", "revoke", "--user", "nobody"], "user list"),
        (&["grant", "revoke", "--client", "nobody"], "client list"),
        (&["grant", "revoke", "--user", ALICE, "--client", "nobody"], "client list"),
        (&["grant", "list", "--user", "nobody"], "user list"),
        (&["grant", "list", "--client", "nobody"], "client list"),
    ];
    for (arguments, word) in cases {
        let sentence = installation.refused(&[], arguments, "");
        assert!(sentence.contains(word), "{arguments:?} says: {sentence}");
    }
    let usage: [&[&str]; 6] = [
        &["grant", "revoke"],
        &["grant", "revoke", unknown, "--all"],
        &["grant", "revoke", "--user", ALICE, "--all"],
        &["grant", "revoke", unknown, "--client", "web"],
        &["grant", "list", "--limit", "0"],
        &["user", "set", ALICE, "--email", "a@b.example", "--no-email"],
    ];
    for arguments in usage {
        let output = run(administer(&installation.data_dir, installation.port, &[], arguments), "");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
    }
    assert_eq!(installation.json(&["grant", "list"], ""), json!([]));
    assert!(installation.run(&["grant", "list"], "").starts_with("No grant was found in "));
}
