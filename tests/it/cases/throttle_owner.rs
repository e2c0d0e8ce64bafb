//! An attacker cannot turn throttling into a lockout of the owner (U05, ASVS 6.1.1), and it tells nobody who exists (U01).

use super::password::{hashes, sign_in};
use crate::support::{ALICE, BOB, Browser, PASSWORD, ROPC, Response, Server, register};
use countersign::oauth::registration::NewClient;

const DEVICE: &str = "countersign_device";
/// The tests' own address is a proxy's, and `X-Forwarded-For` says whom it serves.
const BEHIND_A_PROXY: (&str, &str) = ("TRUSTED_PROXIES", "127.0.0.1");

/// Tries a password in a browser that has nobody signed in.
fn try_in(browser: &mut Browser, username: &str, password: &str) -> Response {
    browser.cookies.remove("countersign_session");
    let page = browser.visit("/login");
    browser.submit(&page, "/login", &[("username", username), ("password", password)])
}

/// Guesses until the page says to wait.
fn guess_until_throttled(browser: &mut Browser, username: &str) -> usize {
    (0..100).find(|_| try_in(browser, username, "guess").status == 429).expect("guessing is throttled")
}

/// Guesses at an account from so many addresses that it is slowed down.
fn attack(server: &Server, username: &str) {
    for n in 0..20 {
        let mut browser = Browser::at(server, &format!("198.51.100.{n}"));
        let page = browser.visit("/login");
        for _ in 0..5 {
            let answer = browser.submit(&page, "/login", &[("username", username), ("password", "guess")]);
            assert_eq!(answer.status, 400, "{n}");
        }
    }
}

#[test]
fn u05_a_browser_that_knows_its_owner_is_not_kept_out_by_guesses_from_its_own_address() {
    let server = Server::start();
    let mut own = Browser::new(&server);
    assert_eq!(try_in(&mut own, "Alice ", PASSWORD).status, 303);
    let mut attacker = Browser::new(&server);
    assert_eq!(guess_until_throttled(&mut attacker, ALICE), 10);
    assert_eq!(try_in(&mut attacker, ALICE, PASSWORD).status, 429);
    assert_eq!(try_in(&mut own, ALICE, PASSWORD).status, 303);

    // Nobody else's cookie does it, nor a part of the right one.
    let cookie = own.cookies[DEVICE].clone();
    assert_eq!(try_in(&mut attacker, BOB, PASSWORD).status, 303);
    assert_eq!(try_in(&mut attacker, ALICE, PASSWORD).status, 429);
    for bent in [&cookie[..cookie.len() - 2], "x", "", &cookie.replace(&cookie[..4], "AAAA")] {
        attacker.cookies.insert(DEVICE.to_owned(), bent.to_owned());
        assert_eq!(try_in(&mut attacker, ALICE, PASSWORD).status, 429, "{bent}");
    }
    attacker.cookies.insert(DEVICE.to_owned(), cookie);
    assert_eq!(try_in(&mut attacker, ALICE, PASSWORD).status, 303);
}

/// A browser may be stolen, or shared.
#[test]
fn u05_a_known_browser_has_ten_guesses_of_its_own() {
    let server = Server::start();
    let mut own = Browser::new(&server);
    try_in(&mut own, ALICE, PASSWORD);
    assert_eq!(guess_until_throttled(&mut own, ALICE), 10);
    let (cost, answer) = hashes(&server, || try_in(&mut own, ALICE, PASSWORD));
    assert_eq!((answer.status, answer.header("retry-after"), cost), (429, Some("30"), 0));
    assert_eq!(try_in(&mut own, BOB, PASSWORD).status, 303);
    assert_eq!(try_in(&mut Browser::new(&server), ALICE, PASSWORD).status, 303, "it is counted for itself alone");
}

#[test]
fn u05_two_people_of_one_browser_are_both_known() {
    let server = Server::start();
    let mut own = Browser::new(&server);
    for username in [ALICE, BOB, ALICE] {
        assert_eq!(try_in(&mut own, username, PASSWORD).status, 303);
    }
    for username in [ALICE, BOB] {
        guess_until_throttled(&mut Browser::new(&server), username);
        assert_eq!(try_in(&mut own, username, PASSWORD).status, 303);
    }
}

/// The cookie does not say who it is of, and signing out does not end it.
#[test]
fn the_cookie_of_a_known_browser_is_nobodys_business() {
    let server = Server::start();
    let mut own = Browser::of_alice(&server, crate::support::WEB);
    let cookie = own.cookies[DEVICE].clone();
    let page = own.get("/logout");
    own.submit(&page, "/logout", &[]);
    assert_eq!((own.cookies.get(DEVICE), own.cookies.get("countersign_session")), (Some(&cookie), None));
    try_in(&mut own, ALICE, PASSWORD);
    assert_ne!(own.cookies[DEVICE], cookie, "another at each sign-in");
    let mut alone = Browser::new(&server);
    alone.cookies.insert(DEVICE.to_owned(), cookie);
    assert!(alone.visit("/login").body.contains("name=\"password\""), "it signs nobody in");
}

#[test]
fn u05_an_account_that_many_addresses_guess_at_is_open_from_every_other() {
    let server = Server::start_with(&[BEHIND_A_PROXY]);
    let mut own = Browser::at(&server, "198.51.100.1");
    try_in(&mut own, ALICE, PASSWORD);
    attack(&server, ALICE);
    // Where guesses came from, it is over for now; the owner's own browser is there as well.
    assert_eq!(try_in(&mut Browser::at(&server, "198.51.100.1"), ALICE, PASSWORD).status, 429);
    assert_eq!(try_in(&mut own, ALICE, PASSWORD).status, 303);
    // From anywhere else the owner signs in at once, and whoever guesses has three attempts, then one a minute.
    assert_eq!(try_in(&mut Browser::at(&server, "203.0.113.1"), ALICE, PASSWORD).status, 303);
    let mut another = Browser::at(&server, "203.0.113.2");
    assert_eq!(guess_until_throttled(&mut another, ALICE), 3);
    assert_eq!(try_in(&mut another, ALICE, PASSWORD).header("retry-after"), Some("60"));
    server.clock.advance(std::time::Duration::from_secs(60));
    assert_eq!(try_in(&mut another, ALICE, PASSWORD).status, 303);
    assert_eq!(guess_until_throttled(&mut Browser::at(&server, "203.0.113.3"), BOB), 10, "others are as they were");
}

/// U01: known and unknown people count alike, and the answers are the same.
#[test]
fn u01_throttling_tells_nobody_who_exists() {
    let server = Server::start();
    let visible = |response: Response| {
        let names: Vec<String> = response.headers.keys().map(ToString::to_string).collect();
        (response.status, response.header("retry-after").map(str::to_owned), response.body, names)
    };
    let answers = [ALICE, "nobody"]
        .map(|username| (0..12).map(|_| visible(sign_in(&server, username, "guess"))).collect::<Vec<_>>());
    assert_eq!(answers[0], answers[1]);
    assert_eq!((answers[0][9].0, answers[0][10].0), (400, 429));
}

/// A confidential client passes on what all its people type, from one address.
#[test]
fn one_person_who_guesses_at_a_client_shuts_nobody_else_out() {
    let server = Server::start();
    for n in 0..105 {
        assert_eq!(sign_in(&server, &format!("user{n}"), "guess").status, 400, "{n}");
    }
    for _ in 0..20 {
        sign_in(&server, ALICE, "guess");
    }
    assert_eq!(sign_in(&server, ALICE, PASSWORD).status, 429);
    sign_in(&server, BOB, PASSWORD).tokens();
    assert_eq!(try_in(&mut Browser::new(&server), BOB, PASSWORD).status, 303);
}

/// A public client proves nothing, so that its people are counted where they are.
#[test]
fn a_public_client_with_the_password_grant_counts_as_its_address() {
    let server = Server::start_with(&[BEHIND_A_PROXY]);
    let client = NewClient { id: "app".to_owned(), public: true, auth_method: None, ..ROPC.registration() };
    server.block_on(register(&server.app, client, None));
    let sign_in_at = |address: &str, username: &str, password: &str| {
        let form = [("grant_type", "password"), ("client_id", "app"), ("username", username), ("password", password)];
        server.post_with("/token", &form, &[("x-forwarded-for", address)])
    };
    for n in 0..100 {
        assert_eq!(sign_in_at("198.51.100.1", &format!("user{n}"), "guess").status, 400, "{n}");
    }
    assert_eq!(sign_in_at("198.51.100.1", BOB, PASSWORD).status, 429);
    sign_in_at("198.51.100.2", BOB, PASSWORD).tokens();
}
