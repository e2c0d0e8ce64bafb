//! Consents on the command line: listed, and withdrawn with the grants that stand on them.

use serde_json::{Value, json};

use super::logs::records;
use super::password::sign_in;
use super::refresh::assert_ended;
use crate::support::database::{execute, number, text};
use crate::support::program::{administer, run};
use crate::support::{ALICE, API, Authorization, BOB, Browser, PASSWORD, Response, SPA, Server, Tokens, WEB};

const CONSENTS: &str = "SELECT COUNT(*) FROM given_consents";

/// Tokens of a person with a client, who was asked or had allowed it before.
fn tokens_of(server: &Server, client: crate::support::TestClient, username: &str) -> Tokens {
    server.exchange(client, &server.code_for(&Authorization::of(client), username)).tokens()
}

/// The page that a person who signs in sees next: whether they are asked.
fn is_asked(server: &Server, username: &str) -> bool {
    let mut browser = Browser::new(server);
    let page = browser.visit(&Authorization::of(WEB).path());
    let answer: Response = browser.sign_in(&page, username);
    let answer = browser.follow(answer);
    answer.body.contains("name=\"decision\"")
}

/// What a command prints for people.
fn printed(server: &Server, arguments: &[&str]) -> String {
    let output = run(administer(&server.data_dir, 1, &[], arguments), "");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("it is text")
}

fn keys(listed: &Value) -> Vec<(String, String)> {
    let of = |consent: &Value, name: &str| consent[name].as_str().expect("it is a string").to_owned();
    let all = listed.as_array().expect("it is a list").iter();
    let mut keys: Vec<_> = all.map(|consent| (of(consent, "username"), of(consent, "client_id"))).collect();
    keys.sort();
    keys
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(user, client)| ((*user).to_owned(), (*client).to_owned())).collect()
}

#[test]
fn consents_are_listed_by_person_and_client() {
    let server = Server::start();
    assert_eq!(server.command(&["consent", "list"], ""), json!([]));
    let tokens = tokens_of(&server, WEB, ALICE);
    tokens_of(&server, SPA, ALICE);
    tokens_of(&server, WEB, BOB);
    let listed = |filter: &[&str]| server.command(&[&["consent", "list"], filter].concat(), "");
    assert_eq!(keys(&listed(&[])), pairs(&[(ALICE, "spa"), (ALICE, "web"), (BOB, "web")]));
    assert_eq!(keys(&listed(&["--user", "Alice"])), pairs(&[(ALICE, "spa"), (ALICE, "web")]));
    assert_eq!(keys(&listed(&["--client", "web"])), pairs(&[(ALICE, "web"), (BOB, "web")]));
    assert_eq!(
        listed(&["--user", ALICE, "--client", "web"]),
        json!([{
            "sub": tokens.claims()["sub"],
            "username": ALICE,
            "client_id": "web",
            "client_name": "The web application",
            "redirect_host": "app.example",
            "resource": API,
            "scope": "openid notes.read",
            "allowed_at": "2027-01-15T08:00:00.000Z",
        }])
    );
    let table = printed(&server, &["consent", "list", "--limit", "2"]);
    assert!(table.starts_with("USER ") && table.contains("openid notes.read"), "{table}");
    assert_eq!(table.lines().count(), 4, "{table}");
    assert!(table.contains("There are more"), "{table}");
}

#[test]
fn a_consent_that_is_withdrawn_ends_what_stands_on_it_and_is_asked_for_again() {
    let server = Server::start();
    let (web, spa, bobs) =
        (tokens_of(&server, WEB, ALICE), tokens_of(&server, SPA, ALICE), tokens_of(&server, WEB, BOB));
    let password = sign_in(&server, ALICE, PASSWORD).tokens();
    assert!(!is_asked(&server, ALICE));
    let unredeemed = server.code_for(&Authorization::of(WEB), ALICE);
    let withdrawn = server.command(&["consent", "revoke", "--user", ALICE, "--client", "web"], "");
    assert_eq!(withdrawn, json!({ "withdrawn": 1, "ended_grants": 3 }), "with those of the sign-ins above");
    assert_ended(&server, WEB, &web);
    server.exchange(WEB, &unredeemed).assert_error(400, "invalid_grant");
    assert_eq!(text(&server.data_dir, "SELECT MAX(revoked_reason) FROM grants"), "consent_withdrawn");
    for (client, tokens) in [(SPA, spa), (WEB, bobs), (crate::support::ROPC, password)] {
        server.refresh(client, tokens.refresh_token()).tokens();
    }
    assert!(is_asked(&server, ALICE));
    let again = server.command(&["consent", "revoke", "--user", ALICE, "--client", "web"], "");
    assert_eq!(again, json!({ "withdrawn": 0, "ended_grants": 0 }));
}

#[test]
fn the_consents_of_a_person_or_of_a_client_are_withdrawn_together() {
    for (which, left) in [(["--user", ALICE], [(BOB, "web")]), (["--client", "web"], [(ALICE, "spa")])] {
        let server = Server::start();
        for (client, username) in [(WEB, ALICE), (SPA, ALICE), (WEB, BOB)] {
            tokens_of(&server, client, username);
        }
        let withdrawn = server.command(&["consent", "revoke", which[0], which[1]], "");
        assert_eq!(withdrawn, json!({ "withdrawn": 2, "ended_grants": 2 }), "{which:?}");
        assert_eq!(keys(&server.command(&["consent", "list"], "")), pairs(&left));
        assert_eq!(number(&server.data_dir, "SELECT COUNT(*) FROM grants WHERE revoked_at IS NULL"), 1);
    }
}

/// More than fit into one page of the walk.
#[test]
fn all_consents_of_a_client_are_withdrawn_however_many_there_are() {
    let server = Server::start();
    tokens_of(&server, WEB, ALICE);
    let id = |n: u32| crate::support::database::bytes(&format!("018f0000{n:08x}7000800000000000"));
    let columns = "email, password_hash, created_at, updated_at, claims, subject_seed";
    let people = (0..250).map(|n| {
        format!(
            "INSERT INTO users (id, username, username_key, {columns}) SELECT {}, 'p{n}', 'p{n}', {columns} FROM users \
             WHERE username = 'alice'; INSERT INTO given_consents VALUES ({}, 'web', '', 'app.example', 'Web', 'openid', 1);",
            id(n),
            id(n)
        )
    });
    execute(&server.data_dir, &format!("BEGIN; {} COMMIT;", people.collect::<String>()));
    let withdrawn = server.command(&["consent", "revoke", "--client", "web"], "");
    assert_eq!(withdrawn, json!({ "withdrawn": 251, "ended_grants": 1 }));
    assert_eq!(number(&server.data_dir, CONSENTS), 0);
}

#[test]
fn revoking_grants_says_that_consents_stay_and_withdraws_them_if_asked() {
    let stays = "Consents that stay: ";
    for which in [&["--user", ALICE][..], &["--client", "web"], &["--all"], &["--user", ALICE, "--client", "web"]] {
        let server = Server::start();
        tokens_of(&server, WEB, ALICE);
        let revoke = [&["grant", "revoke"], which].concat();
        let said = printed(&server, &revoke);
        assert!(said.contains(&format!("{stays}1")) && said.contains("--with-consent"), "{said}");
        assert_eq!(number(&server.data_dir, CONSENTS), 1);
        let grant = tokens_of(&server, WEB, ALICE);
        let withdrawn = server.command(&[&revoke[..], &["--with-consent"]].concat(), "");
        assert_eq!(withdrawn, json!({ "revoked": 1, "withdrawn_consents": 1 }), "{which:?}");
        assert_ended(&server, WEB, &grant);
        assert_eq!(number(&server.data_dir, CONSENTS), 0);
        assert!(!printed(&server, &revoke).contains(stays));
    }
}

#[test]
fn one_grant_is_revoked_with_the_consent_that_it_stands_on() {
    let server = Server::start();
    let (_, other) = (tokens_of(&server, WEB, ALICE), tokens_of(&server, SPA, ALICE));
    tokens_of(&server, WEB, ALICE);
    let id = server.command(&["grant", "list", "--client", "web"], "")[0]["id"].as_str().unwrap().to_owned();
    let withdrawn = server.command(&["grant", "revoke", &id, "--with-consent"], "");
    assert_eq!(withdrawn, json!({ "revoked": 2, "withdrawn_consents": 1 }), "both stand on it");
    server.refresh(SPA, other.refresh_token()).tokens();
}

#[test]
fn a_withdrawal_is_told_to_the_audit_log() {
    let installation = crate::support::Installation::new();
    let server = installation.serve(&[]);
    let redirect = ["--redirect-uri", SPA.redirect_uri, "--scope", "openid notes.read"];
    installation.run(&[&["client", "add", "spa", "--public"][..], &redirect].concat(), "");
    let added = installation.json(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    Browser::new(&server).authorize(&Authorization::of(SPA).path(), ALICE);
    installation.run(&["consent", "revoke", "--client", "spa"], "");
    let told = (0..600).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        records(&server.log()).into_iter().find(|line| line["event"] == "consent_withdrawn")
    });
    let told = told.expect("a server that runs tells of it");
    assert_eq!(
        (&told["sub"], &told["client"], &told["scope"]),
        (&added["sub"], &json!("spa"), &json!("openid notes.read"))
    );
    assert_eq!((&told["grants"], &told["reason"]), (&json!(1), &json!("administrator")));
    assert!(told["at"].is_string() && told["operator"].is_string(), "{told}");
}
