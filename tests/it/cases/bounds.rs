//! The bound on live grants of one person with one client (RFC 6819 §4.4.1.11), and many who sign in at once.

use std::time::Duration;

use countersign::store::users;
use countersign::store::users::User;
use countersign::types::Id;

use super::password::sign_in;
use super::refresh::assert_ended;
use super::refresh_races::together;
use crate::support::database::number;
use crate::support::{ALICE, Authorization, BOB, Browser, PASSWORD, ROPC, Response, SPA, Server, WEB, query_of};

const BOUND: [(&str, &str); 1] = [("TOKENS__GRANTS_PER_CLIENT", "3")];
const LIVE: &str = "SELECT COUNT(*) FROM grants WHERE revoked_at IS NULL";

fn live(server: &Server, client: &str) -> i64 {
    number(&server.data_dir, &format!("{LIVE} AND client_id = '{client}'"))
}

#[test]
fn one_grant_more_ends_the_one_that_was_unused_for_longest() {
    let server = Server::start_with(&BOUND);
    let step = || server.advance(Duration::from_secs(1));
    let oldest = server.sign_in(WEB);
    step();
    let (second, bobs) = (server.sign_in(WEB), sign_in(&server, BOB, PASSWORD).tokens());
    step();
    let (third, spas) = (server.sign_in(WEB), server.sign_in(SPA));
    step();
    let oldest = server.refresh(WEB, oldest.refresh_token()).tokens();
    step();
    let fourth = server.sign_in(WEB);
    assert_ended(&server, WEB, &second);
    assert_eq!(number(&server.data_dir, "SELECT COUNT(*) FROM grants WHERE client_id = 'web'"), 3, "its row is gone");
    for tokens in [&oldest, &third, &fourth] {
        server.refresh(WEB, tokens.refresh_token()).tokens();
    }
    server.refresh(SPA, spas.refresh_token()).tokens();
    server.refresh(ROPC, bobs.refresh_token()).tokens();
}

#[test]
fn the_password_grant_has_the_same_bound_and_people_have_one_each() {
    let server = Server::start_with(&BOUND);
    let bobs = sign_in(&server, BOB, PASSWORD).tokens();
    let mut tokens = Vec::new();
    for _ in 0..5 {
        tokens.push(sign_in(&server, ALICE, PASSWORD).tokens());
        server.advance(Duration::from_secs(1));
    }
    assert_eq!(live(&server, "ropc"), 3 + 1);
    for tokens in &tokens[..2] {
        assert_ended(&server, ROPC, tokens);
    }
    for tokens in tokens[2..].iter().chain([&bobs]) {
        server.refresh(ROPC, tokens.refresh_token()).tokens();
    }
}

/// Codes that nobody redeems take no place from what is in use, once they have expired.
#[test]
fn an_expired_code_makes_room_before_a_refresh_token_does() {
    let server = Server::start_with(&BOUND);
    let mut browser = Browser::new(&server);
    let mut code = || browser.authorize(&Authorization::of(WEB).path(), ALICE)["code"].clone();
    let tokens = server.exchange(WEB, &code()).tokens();
    for _ in 0..10 {
        server.advance(Duration::from_secs(61));
        code();
    }
    server.refresh(WEB, tokens.refresh_token()).tokens();
    assert_eq!(live(&server, "web"), 3);
}

/// Any page can have a browser ask for codes, without a word of the person's.
#[test]
fn codes_that_nobody_redeems_end_nothing_that_is_in_use_and_fill_no_table() {
    let server = Server::start_with(&BOUND);
    let mut browser = Browser::new(&server);
    let mut code = || browser.authorize(&Authorization::of(WEB).path(), ALICE)["code"].clone();
    let tokens = server.exchange(WEB, &code()).tokens();
    // Of two that begin in the same millisecond nobody knows the older.
    let next = |_| {
        server.advance(Duration::from_millis(1));
        code()
    };
    let codes: Vec<String> = (0..20).map(next).collect();
    server.exchange(WEB, &codes[0]).assert_error(400, "invalid_grant");
    let others = server.exchange(WEB, codes.last().unwrap()).tokens();
    for tokens in [&tokens, &others] {
        server.refresh(WEB, tokens.refresh_token()).tokens();
    }
    assert_eq!(number(&server.data_dir, "SELECT COUNT(*) FROM grants"), 3);
}

#[test]
fn any_number_of_authorization_requests_leaves_a_hundred_live_grants() {
    let server = Server::start();
    let browser = Browser::of_alice(&server, WEB);
    server.advance(Duration::from_secs(1));
    let cookies = browser.cookie_header();
    let path = Authorization::of(WEB).path();
    let answers =
        together(8, |_| (0..50).map(|_| server.get_with(&path, &[("cookie", &cookies)])).collect::<Vec<Response>>());
    let answers: Vec<Response> = answers.into_iter().flatten().collect();
    assert!(answers.len() == 400 && answers.iter().all(|answer| answer.location().contains("code=")));
    assert_eq!(live(&server, "web"), 100);
    let codes = answers.iter().map(|answer| query_of(answer.location())["code"].clone());
    let redeemed = codes.filter(|code| server.exchange(WEB, code).status == 200);
    assert_eq!(redeemed.count(), 100, "and a hundred of the codes are worth something");
}

/// The bound is exact, whoever is at it at the same time.
#[test]
fn simultaneous_requests_of_one_person_never_pass_the_bound() {
    let server = Server::start_with(&BOUND);
    let other = Server::open(&server.data_dir, &[("ISSUER", &server.issuer), BOUND[0]], server.clock.now());
    let path = Authorization::of(WEB).path();
    let sessions: Vec<String> = (0..8).map(|_| Browser::of_alice(&server, WEB).cookie_header()).collect();
    for _ in 0..4 {
        let answers = together(64, |thread| {
            let node = if thread % 2 == 0 { &server } else { &other };
            node.get_with(&path, &[("cookie", &sessions[thread % 8])])
        });
        assert!(answers.iter().all(|answer| answer.status == 303), "{answers:?}");
        assert_eq!(live(&server, "web"), 3);
    }
}

/// Sixty-four people with the password of everybody.
fn add_crowd(server: &Server) -> Vec<String> {
    let now = server.clock.now();
    let crowd: Vec<String> = (0..64).map(|n| format!("person{n}")).collect();
    for username in crowd.clone() {
        let id = Id::new(now, &server.app.rng);
        server.write(move |conn| {
            let alice = users::find_by_username(conn, ALICE)?.expect("she is there");
            users::insert(conn, &User { id, username: username.clone(), email: None, ..alice })
        });
    }
    crowd
}

/// Nobody is sent away with a 503 because others sign in as well.
#[test]
fn sixty_four_people_sign_in_at_once_with_the_same_client() {
    let server = Server::start_with(&[("PASSWORDS__QUEUE", "1000")]);
    let crowd = add_crowd(&server);
    let codes = together(64, |n| server.code_for(&Authorization::of(SPA), &crowd[n]));
    together(64, |n| server.exchange(SPA, &codes[n]).tokens());
    let tokens = together(64, |n| sign_in(&server, &crowd[n], PASSWORD).tokens());
    assert_eq!((live(&server, "spa"), live(&server, "ropc"), tokens.len()), (64, 64, 64));
}

/// The same without the passwords, which keep people apart: only the database is left to collide at.
#[test]
fn sixty_four_people_who_are_signed_in_get_codes_at_once() {
    let server = Server::start_with(&[("PASSWORDS__QUEUE", "1000")]);
    let crowd = add_crowd(&server);
    let path = Authorization::of(SPA).path();
    let cookies = together(64, |n| {
        let mut browser = Browser::new(&server);
        browser.authorize(&path, &crowd[n]);
        browser.cookie_header()
    });
    for _ in 0..4 {
        let answers = together(64, |n| server.get_with(&path, &[("cookie", &cookies[n])]));
        assert!(
            answers.iter().all(|answer| answer.status == 303 && answer.location().contains("code=")),
            "{answers:?}"
        );
    }
    assert_eq!(live(&server, "spa"), 5 * 64);
}

/// As often with a password as the throttle lets one address try at once, and as often without as anybody might.
#[test]
fn one_person_signs_in_many_times_at_once() {
    let server = Server::start();
    together(8, |n| match n % 2 {
        0 => drop(server.code_for(&Authorization::of(SPA), ALICE)),
        _ => drop(sign_in(&server, ALICE, PASSWORD).tokens()),
    });
    let browser = Browser::of_alice(&server, SPA);
    let (cookies, path) = (browser.cookie_header(), Authorization::of(SPA).path());
    let answers = together(64, |_| server.get_with(&path, &[("cookie", &cookies)]));
    assert!(answers.iter().all(|answer| answer.status == 303 && answer.location().contains("code=")), "{answers:?}");
    assert_eq!((live(&server, "spa"), live(&server, "ropc")), (4 + 1 + 64, 4));
}
