//! The length of an authorization request: `state` may fill it, and goes the whole way; what is longer is said to be too long.

use crate::support::{ALICE, Authorization, Browser, SPA, Server, WEB, query_of};

/// The longest request, in bytes of its query.
const MOST: usize = 11 * 1024;

/// A request whose query is this long.
fn of_length(length: usize) -> Authorization {
    let request = Authorization::of(SPA).with("state", "");
    let rest = request.path().len() - "/authorize?".len();
    request.with("state", &"s".repeat(length - rest))
}

/// Frameworks of the browser put whole addresses there. Every page carries it.
#[test]
fn a_state_that_fills_the_request_comes_back_by_every_way() {
    let server = Server::start();
    let request = of_length(MOST);
    let state = request.get("state").expect("there is one").to_owned();
    assert!(state.len() > 10_000);
    let mut browser = Browser::new(&server);
    let login = browser.visit(&request.path());
    let consent = browser.sign_in(&login, ALICE);
    let denied = browser.decide(&consent, "deny").told();
    assert_eq!((denied["error"].as_str(), &denied["state"]), ("access_denied", &state));
    let told = Browser::new(&server).authorize(&request.path(), ALICE);
    assert!(told.contains_key("code"));
    assert_eq!(told["state"], state);
    let posted = Browser::new(&server).authorize(&request.clone().with("response_mode", "form_post").path(), ALICE);
    assert_eq!(posted["error"], "invalid_request", "that is longer: {posted:?}");
    assert_eq!(posted["state"], state);
    let refused = browser.refused(&request.with("scope", "x"), "invalid_scope");
    assert_eq!(refused["state"], state);
}

#[test]
fn a_request_that_is_too_long_is_refused_with_its_state() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let long = Authorization::of(WEB).with("login_hint", &"x".repeat(MOST));
    let told = browser.refused(&long, "invalid_request");
    assert_eq!(told["state"], "xyz");
    assert!(told["error_description"].contains("11264 bytes"), "{told:?}");
    let posted = query_of(browser.post("/authorize", &long.pairs()).location());
    assert_eq!((posted["error"].as_str(), posted["state"].as_str()), ("invalid_request", "xyz"));
    // Nothing of it leads anywhere before the redirect URI is proven.
    browser.get(&long.with("redirect_uri", "https://evil.example/").path()).assert_error_page(414);
}

#[test]
fn what_cannot_be_sent_back_is_said_on_a_page() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let request = Authorization::of(WEB).with("state", &"x".repeat(MOST + 1));
    let page = browser.get(&request.path());
    page.assert_error_page(414);
    assert!(page.body.contains("sent more than this server accepts"), "{page:?}");
    browser.post("/authorize", &request.pairs()).assert_error_page(414);
    // An address that is not even read has a page all the same.
    for path in ["/authorize", "/login", "/logout", "/"] {
        let page = browser.get(&format!("{path}?state={}", "x".repeat(16 * 1024)));
        page.assert_error_page(414);
        assert!(page.body.contains("sent more than this server accepts"), "{page:?}");
    }
}
