//! Throttling of sign-ins (U05, U07): an attacker is slowed down, the owner of the username is not.

use std::sync::Barrier;
use std::thread::scope;
use std::time::Duration;

use super::password::{hashes, sign_in};
use crate::support::database::number;
use crate::support::{ALICE, BOB, Browser, PASSWORD, ROPC, Server, form_encode};

/// U05, U07: slowed down by address, whatever the headers say, and nobody is locked out.
#[test]
fn u05_the_eleventh_guess_waits_and_other_people_do_not() {
    let server = Server::start();
    for guess in 0..10 {
        sign_in(&server, ALICE, &format!("guess {guess}")).assert_error(400, "invalid_grant");
    }
    for (n, password) in ["guess", PASSWORD].into_iter().enumerate() {
        let form = [
            ("grant_type", "password"),
            ("username", ALICE),
            ("password", password),
            ("client_id", "ropc"),
            ("client_secret", ROPC.secret.unwrap()),
        ];
        let spoofed = format!("192.0.2.{n}");
        let forwarded = format!("for={spoofed}");
        let headers =
            [("x-forwarded-for", spoofed.as_str()), ("forwarded", forwarded.as_str()), ("x-real-ip", spoofed.as_str())];
        let (cost, response) = hashes(&server, || server.post_with("/token", &form, &headers));
        assert_eq!((response.status, cost), (429, 0), "{response:?}");
        assert_eq!((response.header("retry-after"), response.header("cache-control")), (Some("30"), Some("no-store")));
        assert!(response.json()["error_description"].as_str().is_some());
    }
    sign_in(&server, BOB, PASSWORD).tokens();
    sign_in(&server, "nobody", "guess").assert_error(400, "invalid_grant");
    server.advance(Duration::from_secs(29));
    let response = sign_in(&server, ALICE, PASSWORD);
    assert_eq!((response.status, response.header("retry-after")), (429, Some("1")));
    server.advance(Duration::from_secs(1));
    sign_in(&server, ALICE, PASSWORD).tokens();
    sign_in(&server, ALICE, "guess").assert_error(400, "invalid_grant");
}

/// U05: from the address of the owner, who is not the attacker. curl can choose the address that it comes from.
#[test]
fn u05_the_owner_signs_in_from_elsewhere_while_an_attacker_is_throttled() {
    let server = Server::start();
    for _ in 0..10 {
        sign_in(&server, ALICE, "guess").assert_error(400, "invalid_grant");
    }
    let from = |address: &str| {
        let form = [
            ("grant_type", "password"),
            ("username", ALICE),
            ("password", PASSWORD),
            ("client_id", "ropc"),
            ("client_secret", ROPC.secret.unwrap()),
        ];
        let arguments = ["--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--interface", address];
        let output = std::process::Command::new("curl")
            .args(arguments)
            .args(["--data", &form_encode(&form), &server.url("/token")])
            .output()
            .expect("curl runs");
        String::from_utf8(output.stdout).expect("a status is text")
    };
    assert_eq!((from("127.0.0.1").as_str(), from("127.0.0.2").as_str()), ("429", "200"));
}

#[test]
fn the_login_page_and_the_token_endpoint_count_together() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let page = browser.visit("/login");
    for _ in 0..10 {
        let answer = browser.submit(&page, "/login", &[("username", "ALICE"), ("password", "guess")]);
        assert_eq!(answer.status, 400);
    }
    assert_eq!(sign_in(&server, ALICE, PASSWORD).status, 429);
    let (cost, answer) =
        hashes(&server, || browser.submit(&page, "/login", &[("username", ALICE), ("password", PASSWORD)]));
    assert_eq!((answer.status, answer.header("retry-after"), cost), (429, Some("30"), 0), "{answer:?}");
    assert!(!browser.cookies.contains_key("countersign_session"));
}

/// Attempts are counted before they are verified.
#[test]
fn a_burst_of_guesses_cannot_outrun_the_count() {
    let server = Server::start();
    let start = Barrier::new(40);
    let (cost, statuses) = hashes(&server, || {
        scope(|scope| {
            let guess = || {
                start.wait();
                sign_in(&server, ALICE, "guess").status
            };
            let threads: Vec<_> = (0..40).map(|_| scope.spawn(guess)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<u16>>()
        })
    });
    let count = |status| statuses.iter().filter(|known| **known == status).count();
    assert_eq!((count(400), count(429), cost), (10, 30, 10));
}

/// Whoever guesses where the owner signs in gains nothing by it.
#[test]
fn success_takes_no_attempt_and_gives_none_back() {
    let server = Server::start();
    for _ in 0..9 {
        sign_in(&server, ALICE, "guess").assert_error(400, "invalid_grant");
    }
    for _ in 0..12 {
        sign_in(&server, ALICE, PASSWORD).tokens();
    }
    sign_in(&server, ALICE, "guess").assert_error(400, "invalid_grant");
    assert_eq!(sign_in(&server, ALICE, PASSWORD).status, 429);
    assert_eq!(number(&server.data_dir, "SELECT COUNT(*) FROM grants"), 12);
}
