//! OpenID Connect RP-Initiated Logout: who is signed out by it, who is asked, and where it leads.

use std::time::Duration;

use serde_json::Value;

use crate::support::{
    ALICE, Authorization, BOB, Browser, Response, SPA, Server, TestClient, WEB, claims, form_encode, query_of,
};

pub const BACK: &str = "https://app.example/bye?x=1";

pub fn server() -> Server {
    let server = Server::start();
    let uri = format!("post_logout_redirect_uris={BACK}");
    server.command(
        &["client", "set", "web", "--metadata", &uri, "--metadata", "post_logout_redirect_uris=com.example.app:/out"],
        "",
    );
    server
}

/// Signs somebody in at a client; gives back the ID token.
pub fn sign_in(server: &Server, browser: &mut Browser, client: TestClient, username: &str) -> String {
    let answer = browser.authorize(&Authorization::of(client).with("login_hint", username).path(), username);
    let tokens = server.exchange(client, &answer["code"]).tokens();
    tokens.0["id_token"].as_str().expect("openid was asked for").to_owned()
}

/// Signs in beside whoever is signed in.
fn sign_in_too(server: &Server, browser: &mut Browser, username: &str) -> String {
    let page = browser.visit(&Authorization::of(WEB).with("prompt", "login").path());
    browser.sign_in(&page, username);
    sign_in(server, browser, WEB, username)
}

pub fn path(parameters: &[(&str, &str)]) -> String {
    format!("/logout?{}", form_encode(parameters))
}

pub fn is_signed_in(browser: &mut Browser, client: TestClient, username: &str) -> bool {
    let request = Authorization::of(client).with("prompt", "none").with("login_hint", username);
    let answer = query_of(browser.get(&request.path()).location());
    assert!(answer.contains_key("code") || answer["error"] == "login_required", "{answer:?}");
    answer.contains_key("code")
}

pub fn is_question(page: &Response) -> bool {
    page.status == 200 && page.body.contains("Sign out?") && page.body.contains("name=\"csrf\"")
}

pub fn is_goodbye(page: &Response) -> bool {
    page.status == 200 && page.body.contains("You are signed out")
}

#[test]
fn a_hint_signs_out_at_once_and_leads_back_with_state() {
    for hint_first in [true, false] {
        let server = server();
        let mut browser = Browser::new(&server);
        let hint = sign_in(&server, &mut browser, WEB, ALICE);
        // The hint may have expired.
        server.advance(Duration::from_secs(3600));
        let mut parameters =
            vec![("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BACK), ("state", "a b&c")];
        if !hint_first {
            parameters.push(("client_id", "web"));
        }
        let answer = browser.get(&path(&parameters));
        assert_eq!((answer.status, answer.location()), (303, "https://app.example/bye?x=1&state=a+b%26c"));
        assert!(!is_signed_in(&mut browser, WEB, ALICE));
        assert!(!browser.cookies.contains_key("countersign_session"));
    }
}

#[test]
fn without_state_there_is_none_and_without_an_address_there_is_a_page() {
    let server = server();
    let mut browser = Browser::new(&server);
    let hint = sign_in(&server, &mut browser, WEB, ALICE);
    let answer = browser.get(&path(&[("id_token_hint", &hint), ("post_logout_redirect_uri", BACK)]));
    assert_eq!(answer.location(), BACK);
    let hint = sign_in(&server, &mut browser, WEB, ALICE);
    let answer = browser.get(&path(&[("id_token_hint", &hint), ("post_logout_redirect_uri", "com.example.app:/out")]));
    assert_eq!(answer.location(), "com.example.app:/out");
    for state in [&[][..], &[("state", "xyz")]] {
        let hint = sign_in(&server, &mut browser, WEB, ALICE);
        let page = browser.visit(&path(&[&[("id_token_hint", hint.as_str())], state].concat()));
        assert!(is_goodbye(&page) && page.body.contains("The web application"), "{page:?}");
        assert!(!page.body.contains("xyz") && !page.body.contains("continue"), "it goes on to no address: {page:?}");
        let again = format!("<a class=\"button\" href=\"{BACK}\">Sign in again");
        assert_eq!(page.body.matches("app.example").count(), usize::from(page.body.contains(&again)), "{page:?}");
        assert!(!is_signed_in(&mut browser, WEB, ALICE));
    }
}

#[test]
fn without_a_hint_the_person_is_asked_and_goes_back_afterwards() {
    let server = server();
    let mut browser = Browser::new(&server);
    sign_in(&server, &mut browser, WEB, ALICE);
    sign_in(&server, &mut browser, SPA, ALICE);
    sign_in_too(&server, &mut browser, BOB);
    let question = browser.get(&path(&[("client_id", "web"), ("post_logout_redirect_uri", BACK), ("state", "\"x\"")]));
    assert!(is_question(&question), "{question:?}");
    for listed in [ALICE, BOB, "The web application", "The spa application"] {
        assert!(question.body.contains(&format!("<bdi>{listed}</bdi>")), "{listed}: {question:?}");
    }
    let policy = question.header("content-security-policy").expect("there is one");
    assert!(!policy.contains("form-action"), "{policy}");
    assert!(is_signed_in(&mut browser, WEB, ALICE));
    let answer = browser.submit(&question, "/logout", &[]);
    assert_eq!((answer.status, answer.location()), (303, "https://app.example/bye?x=1&state=%22x%22"));
    for person in [ALICE, BOB] {
        assert!(!is_signed_in(&mut browser, WEB, person), "all are signed out");
    }
}

#[test]
fn whoever_is_not_signed_in_need_not_be_asked() {
    let server = server();
    let mut browser = Browser::new(&server);
    let stored = server.stored();
    for parameters in [&[][..], &[("state", "xyz")], &[("client_id", "web")]] {
        let page = browser.get(&path(parameters));
        assert!(is_goodbye(&page), "{page:?}");
    }
    let answer = browser.get(&path(&[("client_id", "web"), ("post_logout_redirect_uri", BACK), ("state", "xyz")]));
    assert_eq!(answer.location(), "https://app.example/bye?x=1&state=xyz");
    assert_eq!(server.stored(), stored);
}

#[test]
fn a_hint_ends_its_session_and_no_other() {
    let server = server();
    let mut browser = Browser::new(&server);
    let alices = sign_in(&server, &mut browser, WEB, ALICE);
    sign_in_too(&server, &mut browser, BOB);
    let mut elsewhere = Browser::new(&server);
    sign_in(&server, &mut elsewhere, WEB, ALICE);
    let request = path(&[("id_token_hint", &alices), ("post_logout_redirect_uri", BACK)]);
    assert_eq!(browser.get(&request).location(), BACK);
    assert!(is_signed_in(&mut browser, WEB, BOB), "bob stays");
    let chooser = browser.visit("/login");
    assert!(chooser.body.contains(BOB) && !chooser.body.contains(ALICE), "{chooser:?}");
    assert!(is_signed_in(&mut elsewhere, WEB, ALICE), "and alice elsewhere");
    // It has ended, and bob has nothing to do with it.
    assert_eq!(browser.get(&request).location(), BACK);
    assert!(browser.visit("/login").body.contains(BOB));
    // The current session is the other's, and goes on when the page afterwards is shown.
    let page = browser.visit(&path(&[("id_token_hint", &alices)]));
    assert!(is_goodbye(&page), "{page:?}");
}

/// The hint does not tell of the session that the person began since.
#[test]
fn a_hint_of_an_older_session_of_the_person_asks() {
    let server = server();
    let mut browser = Browser::new(&server);
    let old = sign_in(&server, &mut browser, WEB, ALICE);
    let page = browser.visit("/logout");
    browser.submit(&page, "/logout", &[]);
    // An ID token says its time in seconds.
    server.advance(Duration::from_secs(1));
    sign_in(&server, &mut browser, WEB, ALICE);
    let question = browser.get(&path(&[("id_token_hint", &old), ("post_logout_redirect_uri", BACK), ("state", "xyz")]));
    assert!(is_question(&question) && !question.body.contains(&old), "{question:?}");
    assert!(is_signed_in(&mut browser, WEB, ALICE));
    assert_eq!(browser.submit(&question, "/logout", &[]).location(), "https://app.example/bye?x=1&state=xyz");
}

#[test]
fn a_hint_means_the_person_by_the_name_that_the_client_knows() {
    let server = server();
    server.command(&["client", "set", "web", "--metadata", "subject_type=pairwise"], "");
    let mut browser = Browser::new(&server);
    let old = sign_in(&server, &mut browser, WEB, ALICE);
    assert_eq!(claims(&old)["sub"].as_str().map(str::len), Some(43));
    let page = browser.visit("/logout");
    browser.submit(&page, "/logout", &[]);
    sign_in(&server, &mut browser, WEB, BOB);
    assert_eq!(browser.get(&path(&[("id_token_hint", &old), ("post_logout_redirect_uri", BACK)])).location(), BACK);
    server.advance(Duration::from_secs(1));
    sign_in_too(&server, &mut browser, ALICE);
    assert!(is_question(&browser.get(&path(&[("id_token_hint", &old), ("post_logout_redirect_uri", BACK)]))));
}

/// A key that signs no more, and is not published any more, still says that we once said it.
#[test]
fn a_hint_outlives_its_key() {
    let server = server();
    let mut browser = Browser::new(&server);
    let rotation = server.clock.now().plus(Duration::from_secs(90 * 86_400));
    server.advance_to(rotation.minus(Duration::from_secs(1)));
    let hint = sign_in(&server, &mut browser, WEB, ALICE);
    server.advance(Duration::from_secs(1));
    server.advance(Duration::from_secs(3600));
    let header =
        countersign::types::base64url::decode(hint.split('.').next().expect("it has a header")).expect("it is text");
    let header: Value = serde_json::from_slice(&header).expect("it is JSON");
    let published = server.get("/.well-known/jwks.json").body;
    assert!(!published.contains(header["kid"].as_str().expect("it names its key")), "{published}");
    let answer = browser.get(&path(&[("id_token_hint", &hint), ("post_logout_redirect_uri", BACK)]));
    assert_eq!(answer.location(), BACK);
    assert!(!is_signed_in(&mut browser, WEB, ALICE));
}

#[test]
fn the_page_afterwards_is_for_whoever_signed_out_and_for_a_while() {
    let server = server();
    let mut browser = Browser::new(&server);
    let hint = sign_in(&server, &mut browser, WEB, ALICE);
    let answer = browser.get(&path(&[("id_token_hint", &hint)]));
    assert!(answer.location().starts_with("/logout?done="), "{answer:?}");
    let name = "The web application";
    assert!(browser.visit(answer.location()).body.contains(name));
    assert!(browser.visit(answer.location()).body.contains(name), "and again");
    let mut stranger = Browser::new(&server);
    stranger.visit("/login");
    let stranger = stranger.visit(answer.location());
    assert!(is_goodbye(&stranger) && !stranger.body.contains(name), "{stranger:?}");
    server.advance(Duration::from_secs(601));
    let late = browser.visit(answer.location());
    assert!(is_goodbye(&late) && !late.body.contains(name), "{late:?}");
    assert!(is_goodbye(&browser.visit("/logout?done=made-up")));
}

#[test]
fn the_metadata_says_where_and_how() {
    let server = Server::start();
    let metadata = server.get("/.well-known/openid-configuration").json();
    assert_eq!(metadata["end_session_endpoint"], format!("{}/logout", server.issuer));
    for flag in
        ["backchannel_logout", "backchannel_logout_session", "frontchannel_logout", "frontchannel_logout_session"]
    {
        assert_eq!(metadata[format!("{flag}_supported")], true, "{flag}");
    }
}
