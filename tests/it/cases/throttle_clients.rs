//! Guesses at client secrets (K09): noise that is answered with 429, and the right secret always with tokens.

use std::time::Duration;

use serde_json::Value;

use crate::support::installation::{terminate, wait_for_end};
use crate::support::{ALICE, EVIL, Installation, PASSWORD, Response, Server, WEB, basic};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");

fn guess(server: &Server, id: &str, headers: &[(&str, &str)]) -> Response {
    let header = basic(id, "guess");
    server.post_with("/token", &[GRANT], &[&[("authorization", header.as_str())], headers].concat())
}

/// What a client sees of an answer.
fn visible(response: Response) -> (u16, Option<String>, String) {
    (response.status, response.header("retry-after").map(str::to_owned), response.body)
}

#[test]
fn k09_a_thousand_guesses_at_a_secret_are_answered_429_and_the_secret_works() {
    let server = Server::start();
    for n in 0..1000 {
        let response = guess(&server, "web", &[]);
        if n < 30 {
            response.assert_error(401, "invalid_client");
        } else {
            response.assert_error(429, "temporarily_unavailable");
            assert_eq!(response.header("retry-after"), Some("10"));
        }
        if n % 250 == 100 {
            server.token(WEB, &[GRANT]).tokens();
            server.token(EVIL, &[GRANT]).tokens();
        }
    }
    guess(&server, "evil", &[]).assert_error(401, "invalid_client");
    server.post("/token", &[GRANT, ("client_id", "web")]).assert_error(429, "temporarily_unavailable");
    server.advance(Duration::from_secs(10));
    guess(&server, "web", &[]).assert_error(401, "invalid_client");
    guess(&server, "web", &[]).assert_error(429, "temporarily_unavailable");
}

#[test]
fn k09_the_owner_at_another_address_sees_nothing_of_it() {
    let server = Server::start_with(&[("TRUSTED_PROXIES", "127.0.0.1")]);
    let (here, there) = ([("x-forwarded-for", "198.51.100.1")], [("x-forwarded-for", "198.51.100.2")]);
    for _ in 0..31 {
        guess(&server, "web", &here);
    }
    assert_eq!((guess(&server, "web", &here).status, guess(&server, "web", &there).status), (429, 401));
}

/// K05: whether there is such a client or not, and whether it is on.
#[test]
fn k05_guesses_tell_nobody_which_clients_there_are() {
    let server = Server::start();
    crate::support::database::execute(&server.data_dir, "UPDATE clients SET disabled_at = 1 WHERE id = 'evil'");
    let answers = ["web", "nobody", "evil", "spa"]
        .map(|id| (0..33).map(|_| visible(guess(&server, id, &[]))).collect::<Vec<_>>());
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
    assert_eq!((answers[0][29].0, answers[0][30].0), (401, 429));
}

/// Who holds the secret is told how to send it, as often as it takes.
#[test]
fn a_right_secret_that_is_sent_the_wrong_way_is_no_guess() {
    let server = Server::start();
    for _ in 0..40 {
        let form = [GRANT, ("client_id", "web"), ("client_secret", WEB.secret.unwrap())];
        let response = server.post("/token", &form);
        response.assert_error(401, "invalid_client");
        assert!(response.body.contains("client_secret_basic"));
    }
    guess(&server, "web", &[]).assert_error(401, "invalid_client");
}

/// One record for all guesses: who is guessed at and from where, and nothing that was typed (X22).
#[test]
fn a_limit_that_is_used_up_is_logged_once() {
    let installation = Installation::new();
    let secret = installation.add_tool("tool");
    let alice = installation.json(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    let mut server = installation.serve(&[("TRUSTED_PROXIES", "127.0.0.1")]);
    let from = [("x-forwarded-for", "2001:db8::7")];
    let ask = |form: &[(&str, &str)], secret: &str| {
        let client = [GRANT, ("client_id", "tool"), ("client_secret", secret)];
        server.post_with("/token", &[form, &client[usize::from(!form.is_empty())..]].concat(), &from).status
    };
    for _ in 0..40 {
        ask(&[], "a guess at the secret");
    }
    for username in ["alice", "a typed name"] {
        for _ in 0..12 {
            ask(&[("grant_type", "password"), ("username", username), ("password", "a guess")], &secret);
        }
    }
    for _ in 0..40 {
        server.post_with("/token", &[GRANT, ("client_id", "a stranger")], &from);
    }
    terminate(&server);
    wait_for_end(&mut server);
    let log = server.log();
    assert!(!log.contains("guess") && !log.contains("typed") && !log.contains("stranger"), "{log}");
    let records: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect("it is JSON")).collect();
    let events = |name: &str| records.iter().filter(|record| record["event"] == name).collect::<Vec<_>>();
    let summary = |record: &&Value| {
        ["limit", "address", "client", "sub"].map(|member| record[member].as_str().map(str::to_owned))
    };
    let expected = |limit: &str, client: Option<&str>, user: Option<&str>| {
        [Some(limit), Some("2001:db8::7"), client, user].map(|text| text.map(str::to_owned))
    };
    let sign_ins: Vec<_> = events("sign_in_throttled").iter().map(summary).collect();
    let limit = "account_from_address";
    assert_eq!(sign_ins, [expected(limit, Some("tool"), alice["sub"].as_str()), expected(limit, Some("tool"), None)]);
    let clients: Vec<_> = events("client_authentication_throttled").iter().map(summary).collect();
    assert_eq!(clients, [expected("client", Some("tool"), None), expected("client", None, None)]);
    assert!(events("sign_in_throttled")[0]["sub"].is_string(), "it names the person");
}
