//! Signing out by clients that registered themselves: nobody vouches for them, so that no request of theirs sends a browser on
//! (decision 6).

use serde_json::{Value, json};

use super::registration::{OPEN, registered, request_of};
use super::rp_initiated_logout::{is_goodbye, is_question, is_signed_in, path, sign_in};
use crate::support::{ALICE, BOB, Browser, Response, Server, WEB, basic};

const BACK: &str = "https://photos.example/bye";

fn photos(server: &Server, more: &Value) -> Value {
    let mut metadata = json!({ "redirect_uris": ["https://photos.example/cb"], "client_name": "Photos",
        "post_logout_redirect_uris": [BACK], "backchannel_logout_session_required": true });
    metadata.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    registered(server, &metadata)
}

/// An ID token of the client for somebody who signs in.
fn hint(server: &Server, browser: &mut Browser, client: &Value, username: &str) -> String {
    let request = request_of(client).with("scope", "openid").with("login_hint", username);
    let code = browser.authorize(&request.path(), username)["code"].clone();
    let authorization = basic(client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
    let redirect_uri = client["redirect_uris"][0].as_str().unwrap();
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", redirect_uri),
        ("code_verifier", crate::support::VERIFIER),
    ];
    let tokens = server.post_with("/token", &form, &[("authorization", &authorization)]).tokens();
    tokens.0["id_token"].as_str().expect("openid was asked for").to_owned()
}

/// The person is signed out, stays here, and may follow a link.
#[track_caller]
fn assert_offers_link(page: &Response) {
    assert!(is_goodbye(page) && page.header("location").is_none(), "{page:?}");
    let link = format!("<a class=\"button main continue\" href=\"{BACK}?state=xyz\"");
    assert!(page.body.contains(&link), "{page:?}");
    assert!(!page.body.contains("<script"), "nothing follows it by itself: {page:?}");
}

#[test]
fn a_client_that_registered_itself_sends_nobody_on() {
    let server = Server::start_with(OPEN);
    let client = photos(&server, &json!({}));
    let id = client["client_id"].as_str().unwrap();
    let of_client = [("client_id", id), ("post_logout_redirect_uri", BACK), ("state", "xyz")];
    // Nobody is signed in, and nothing says who sent the browser.
    assert_offers_link(&Browser::new(&server).visit(&path(&of_client)));

    // Without a hint, or with one of somebody else, the person is asked.
    let mut browser = Browser::new(&server);
    let bobs = hint(&server, &mut Browser::new(&server), &client, BOB);
    sign_in(&server, &mut browser, WEB, ALICE);
    for more in [&[][..], &[("id_token_hint", bobs.as_str())]] {
        let question = browser.get(&path(&[&of_client[..], more].concat()));
        assert!(is_question(&question), "{question:?}");
        assert!(is_signed_in(&mut browser, WEB, ALICE));
    }
    let question = browser.get(&path(&of_client));
    let answer = browser.submit(&question, "/logout", &[]);
    assert_offers_link(&browser.follow(answer));

    // The hint of the session signs out at once, and stays here all the same.
    let own = hint(&server, &mut browser, &client, ALICE);
    let page = browser.visit(&path(&[&of_client[..], &[("id_token_hint", own.as_str())]].concat()));
    assert_offers_link(&page);
    assert!(!is_signed_in(&mut browser, WEB, ALICE));
}

/// The page with frames goes on by itself to applications that somebody vouches for alone.
#[test]
fn nor_does_the_page_that_tells_other_applications() {
    let server = Server::start_with(OPEN);
    let client = photos(&server, &json!({ "frontchannel_logout_uri": "https://photos.example/out" }));
    let mut browser = Browser::new(&server);
    let own = hint(&server, &mut browser, &client, ALICE);
    let request = [("id_token_hint", own.as_str()), ("post_logout_redirect_uri", BACK), ("state", "xyz")];
    let page = browser.visit(&path(&request));
    assert!(page.body.contains("<iframe src=\"https://photos.example/out?"), "{page:?}");
    assert_offers_link(&page);
}
