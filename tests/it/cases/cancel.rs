//! Going back to the application without an answer: from the sign-in page, and from the choice of an account.

use crate::support::{ALICE, Authorization, Browser, PASSWORD, Response, SPA, Server, WEB, query_of};

const BACK: &str = "https://app.example/cb?error=access_denied&";

#[track_caller]
fn assert_cancelled(server: &Server, answer: &Response) {
    assert_eq!((answer.status, answer.body.as_str(), answer.header("set-cookie")), (303, "", None), "{answer:?}");
    assert!(answer.location().starts_with(BACK), "{answer:?}");
    let told = query_of(answer.location());
    assert_eq!((told["state"].as_str(), told["iss"].as_str()), ("xyz", server.issuer.as_str()));
    assert_eq!((told.len(), told.contains_key("error_description")), (4, true), "{told:?}");
}

fn offers(page: &Response, name: &str) -> bool {
    let button = "name=\"cancel\" value=\"1\" formnovalidate>Cancel and go back to <bdi>";
    page.body.contains(&format!("{button}{name}</bdi>"))
}

#[test]
fn the_sign_in_page_leads_back_with_access_denied() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let login = browser.visit(&Authorization::of(WEB).path());
    assert!(offers(&login, "The web application"), "{login:?}");
    let main = login.body.find("class=\"main\"").expect("there is a main button");
    assert!(main < login.body.find("name=\"cancel\"").expect("it is there"), "Enter presses the first button");
    let hashed = server.app.passwords.hashes();
    // A password manager may have filled the fields.
    let filled = [("username", ALICE), ("password", "wrong"), ("cancel", "1")];
    assert_cancelled(&server, &browser.submit(&login, "/login", &filled));
    assert_cancelled(&server, &browser.submit(&login, "/login", &[("cancel", "1")]));
    assert_eq!(server.app.passwords.hashes(), hashed, "no password was looked at");
    let wrong = browser.submit(&login, "/login", &[("username", ALICE), ("password", "wrong")]);
    assert!(wrong.status == 400 && offers(&wrong, "The web application"), "{wrong:?}");
    assert!(!browser.get("/login").body.contains("name=\"cancel\""), "without an application there is no way back");
}

#[test]
fn the_answer_is_posted_where_the_request_says_so() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let login = browser.visit(&Authorization::of(WEB).with("response_mode", "form_post").path());
    let answer = browser.submit(&login, "/login", &[("cancel", "1")]);
    let told = answer.told();
    assert_eq!((answer.status, told["error"].as_str(), told["state"].as_str()), (200, "access_denied", "xyz"));
}

#[test]
fn the_choice_of_an_account_leads_back_as_well() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, SPA);
    let chooser = browser.visit(&Authorization::of(WEB).with("prompt", "select_account").path());
    assert!(offers(&chooser, "The web application"), "{chooser:?}");
    let answer = browser.submit(&chooser, "/select_account", &[("cancel", "1")]);
    assert_cancelled(&server, &answer);
    assert!(browser.visit("/login").body.contains(ALICE), "alice stays signed in");
}

/// As after Deny: the same flow, open in another tab, gives no code any more.
#[test]
fn a_flow_that_was_cancelled_gives_no_code() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let login = browser.visit(&Authorization::of(WEB).path());
    let signed_in = browser.submit(&login, "/login", &[("username", ALICE), ("password", PASSWORD)]);
    let consent = browser.get(signed_in.location());
    let chooser = browser.submit(&consent, "/consent", &[("decision", "switch")]);
    let chooser = browser.follow(chooser);
    assert_cancelled(&server, &browser.submit(&chooser, "/select_account", &[("cancel", "1")]));
    browser.submit(&consent, "/consent", &[("decision", "allow")]).assert_error_page(400);
    assert_cancelled(&server, &browser.submit(&consent, "/consent", &[("decision", "deny")]));

    let consent = browser.visit(&Authorization::of(WEB).path());
    let chooser = browser.submit(&consent, "/consent", &[("decision", "switch")]);
    let chooser = browser.follow(chooser);
    browser.submit(&consent, "/consent", &[("decision", "allow")]);
    browser.submit(&chooser, "/select_account", &[("cancel", "1")]).assert_error_page(400);
}

#[test]
fn nothing_is_cancelled_by_a_form_from_elsewhere() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, SPA);
    let chooser = browser.visit(&Authorization::of(WEB).with("prompt", "select_account").path());
    let stored = server.stored();
    for path in ["/login", "/select_account"] {
        let form = [("flow", chooser.hidden("flow")), ("csrf", "AAAA"), ("cancel", "1")];
        let answer = browser.post(path, &form);
        assert_eq!((answer.status, answer.header("location")), (403, None), "{answer:?}");
    }
    assert_eq!(server.stored(), stored);
}
