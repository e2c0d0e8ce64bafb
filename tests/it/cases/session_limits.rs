//! How long a browser session lasts.

use std::time::Duration;

use crate::support::{ALICE, Authorization, Browser, Server, WEB, query_of};

const HOUR: Duration = Duration::from_secs(3600);
const MINUTE: Duration = Duration::from_secs(60);

/// Whether the browser is sent on with a code, or else asked to sign in.
fn is_signed_in(browser: &mut Browser<'_>) -> bool {
    let answer = browser.get(&Authorization::of(WEB).path());
    assert_eq!(answer.status, 303);
    query_of(answer.location()).contains_key("code")
}

#[test]
fn u31_a_session_ends_when_it_was_idle_for_too_long() {
    let server = Server::start_with(&[("SESSION__IDLE_TTL", "2h"), ("SESSION__TTL", "12h")]);
    let mut browser = Browser::new(&server);
    browser.authorize(&Authorization::of(WEB).path(), ALICE);
    server.advance(119 * MINUTE);
    assert!(is_signed_in(&mut browser));
    server.advance(119 * MINUTE);
    assert!(is_signed_in(&mut browser), "its last use counts");
    server.advance(2 * HOUR);
    assert!(!is_signed_in(&mut browser));
}

#[test]
fn u31_a_session_ends_however_much_it_is_used() {
    let server = Server::start_with(&[("SESSION__IDLE_TTL", "2h"), ("SESSION__TTL", "12h")]);
    let mut browser = Browser::new(&server);
    browser.authorize(&Authorization::of(WEB).path(), ALICE);
    for hour in 1..12 {
        server.advance(HOUR);
        assert!(is_signed_in(&mut browser), "{hour}");
    }
    server.advance(HOUR);
    assert!(!is_signed_in(&mut browser));
}
