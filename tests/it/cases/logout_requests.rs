//! RP-Initiated Logout requests that come as a form, and those with a fault: these lead to no application, and leave nobody
//! without a way to sign out.

use std::time::Duration;

use countersign::types::Rng;
use serde_json::{Value, json};

use super::rp_initiated_logout::{BACK, is_goodbye, is_question, is_signed_in, path, server, sign_in};
use crate::support::{ALICE, Authorization, Browser, NATIVE, Response, SPA, Server, WEB};

/// A page that says what was wrong with the request, and repeats nothing of it but the parameter's name.
#[track_caller]
fn assert_names_mistake(page: &Response, parameter: &str) {
    assert_eq!((page.status, page.header("location")), (200, None), "{page:?}");
    assert!(page.body.contains(&format!("<code dir=\"ltr\">{parameter}</code>")), "{parameter}: {page:?}");
    assert!(page.body.contains("this page does not lead back to the application."), "{page:?}");
    for sent in ["xyz", "evil", "app.example", "nobody"] {
        assert!(!page.body.contains(sent), "{sent}: {page:?}");
    }
}

/// "The OP MUST NOT perform post-logout redirection if the value supplied does not exactly match one of the previously
/// registered" (§3).
#[test]
fn a_logout_never_leads_to_an_address_that_is_not_registered() {
    let server = server();
    let mut browser = Browser::new(&server);
    let hint = sign_in(&server, &mut browser, WEB, ALICE);
    for uri in [
        "https://app.example/bye",
        "https://app.example/bye?x=1&y=2",
        "https://app.example/bye?x=1#",
        "https://app.example/BYE?x=1",
        "https://APP.example/bye?x=1",
        "https://app.example:443/bye?x=1",
        "https://app.example/bye/?x=1",
        "https://app.example/cb",
        "https://evil.example/",
        "//evil.example/",
        "/login",
        "javascript:alert(1)",
        "https://app.example/bye?x=1 ",
    ] {
        for who in [("id_token_hint", hint.as_str()), ("client_id", "web")] {
            let request = path(&[who, ("post_logout_redirect_uri", uri), ("state", "xyz")]);
            let question = browser.get(&request);
            assert!(is_question(&question), "{question:?}");
            assert_names_mistake(&question, "post_logout_redirect_uri");
            let mut stranger = Browser::new(&server);
            let goodbye = stranger.get(&request);
            assert!(is_goodbye(&goodbye), "{goodbye:?}");
            assert_names_mistake(&goodbye, "post_logout_redirect_uri");
            let page = stranger.visit("/login");
            let form = [("csrf", page.hidden("csrf")), who, ("post_logout_redirect_uri", uri)];
            assert_eq!(stranger.post("/logout", &form).location(), "/logout");
        }
        assert_names_mistake(&browser.get(&path(&[("post_logout_redirect_uri", uri)])), "client_id");
    }
    // It is registered, and nobody said for whom, or for another client.
    assert_names_mistake(&browser.get(&path(&[("post_logout_redirect_uri", BACK)])), "client_id");
    let of_another = path(&[("post_logout_redirect_uri", BACK), ("client_id", "spa")]);
    assert_names_mistake(&browser.get(&of_another), "post_logout_redirect_uri");
    let of_nobody = path(&[("post_logout_redirect_uri", BACK), ("client_id", "nobody")]);
    assert_names_mistake(&browser.get(&of_nobody), "client_id");
    assert!(is_signed_in(&mut browser, WEB, ALICE));
}

/// The person may sign out all the same, and stays at this server.
#[test]
fn a_mistake_of_the_application_does_not_keep_the_person_signed_in() {
    let server = server();
    let mut browser = Browser::new(&server);
    for mistaken in [
        &[("post_logout_redirect_uri", BACK)][..],
        &[("client_id", "web"), ("post_logout_redirect_uri", "https://evil.example/"), ("state", "xyz")],
        &[("client_id", "nobody")],
        &[("id_token_hint", "x"), ("client_id", "web"), ("post_logout_redirect_uri", BACK)],
    ] {
        sign_in(&server, &mut browser, WEB, ALICE);
        let question = browser.get(&path(mistaken));
        assert!(is_question(&question), "{question:?}");
        let answer = browser.submit(&question, "/logout", &[]);
        assert!(answer.location().starts_with("/logout"), "{answer:?}");
        assert!(is_goodbye(&browser.follow(answer)));
        assert!(!is_signed_in(&mut browser, WEB, ALICE));
    }
}

/// A browser that kept its session and lost the cookie that forms are bound to gets a new one along with the question.
#[test]
fn whoever_lost_the_cookie_of_forms_can_sign_out() {
    let server = server();
    let mut browser = Browser::new(&server);
    sign_in(&server, &mut browser, WEB, ALICE);
    browser.cookies.remove("countersign_browser");
    let question = browser.get("/logout");
    assert!(is_question(&question), "{question:?}");
    let answer = browser.submit(&question, "/logout", &[]);
    assert!(is_goodbye(&browser.follow(answer)));
}

/// A client that registered none for signing out has its redirect URIs for that as well.
#[test]
fn a_redirect_uri_counts_where_no_other_address_is_registered() {
    let server = server();
    let mut browser = Browser::new(&server);
    for (client, uri) in [(SPA, SPA.redirect_uri), (NATIVE, "http://127.0.0.1:4711/cb")] {
        let hint = sign_in(&server, &mut browser, client, ALICE);
        let request = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", uri), ("state", "xyz")];
        assert_eq!(browser.get(&path(&request)).location(), format!("{uri}?state=xyz"));
        let other = path(&[("client_id", client.id), ("post_logout_redirect_uri", "http://127.0.0.1:4711/other")]);
        assert_names_mistake(&browser.get(&other), "post_logout_redirect_uri");
    }
}

#[test]
fn a_hint_that_is_not_ours_leads_nowhere() {
    let server = server();
    let mut browser = Browser::new(&server);
    let hint = sign_in(&server, &mut browser, WEB, ALICE);
    let access = server.exchange(WEB, &browser.authorize(&Authorization::of(WEB).path(), ALICE)["code"]).tokens();
    let elsewhere = Server::start_fresh(&[]);
    let foreign = sign_in(&elsewhere, &mut Browser::new(&elsewhere), WEB, ALICE);
    let (message, _) = hint.rsplit_once('.').expect("it has a signature");
    let (header, payload) = message.split_once('.').expect("it has a header");
    let encode = |value: Value| countersign::types::base64url::encode(value.to_string());
    let none = format!("{}.{payload}.", encode(json!({"alg": "none", "typ": "JWT"})));
    let bytes: [u8; 256] = std::array::from_fn(|at| Rng::system().bytes::<1>()[0] ^ u8::try_from(at).unwrap());
    let forged = format!("{header}.{payload}.{}", countersign::types::base64url::encode(bytes));
    for wrong in ["x", "a.b.c", message, &none, &forged, &foreign, access.access_token()] {
        for more in [&[][..], &[("client_id", "web")], &[("client_id", "web"), ("post_logout_redirect_uri", BACK)]] {
            let question = browser.get(&path(&[&[("id_token_hint", wrong)], more].concat()));
            assert!(is_question(&question), "{question:?}");
            assert_names_mistake(&question, "id_token_hint");
            assert!(!question.body.contains(wrong) || wrong == "x", "{question:?}");
        }
    }
    let question = browser.get(&path(&[("id_token_hint", &hint), ("client_id", "spa")]));
    assert!(is_question(&question) && !question.body.contains(&hint), "{question:?}");
    assert_names_mistake(&question, "client_id");
    assert!(is_signed_in(&mut browser, WEB, ALICE));
}

#[test]
fn a_parameter_that_comes_twice_is_an_error() {
    let server = server();
    let mut browser = Browser::new(&server);
    let hint = sign_in(&server, &mut browser, WEB, ALICE);
    let request = [
        ("id_token_hint", hint.as_str()),
        ("client_id", "web"),
        ("post_logout_redirect_uri", BACK),
        ("state", "xyz"),
        ("logout_hint", ALICE),
        ("ui_locales", "de"),
    ];
    for twice in request {
        browser.get(&path(&[&request[..], &[twice]].concat())).assert_error_page(400);
        browser.post("/logout", &[&request[..], &[twice]].concat()).assert_error_page(400);
    }
    let long = "x".repeat(11 * 1024 + 1);
    browser.get(&path(&[("state", long.as_str())])).assert_error_page(400);
    assert!(is_signed_in(&mut browser, WEB, ALICE));
    assert_eq!(browser.get(&path(&request)).status, 303);
}

/// A form on another site brings no cookies along.
#[test]
fn a_logout_request_may_come_as_a_form() {
    let server = server();
    let mut browser = Browser::new(&server);
    let hint = sign_in(&server, &mut browser, WEB, ALICE);
    let form = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BACK), ("state", "xyz")];
    let posted = Browser::new(&server).post("/logout", &form);
    assert_eq!((posted.status, posted.header("set-cookie")), (303, None));
    let to = posted.location();
    assert!(to.starts_with("/logout?posted=") && !to.contains(&hint) && !to.contains("app.example"), "{to}");
    for part in hint.split('.') {
        assert!(!to.contains(part), "no part of the ID token stands in an address: {to}");
    }
    assert!(is_signed_in(&mut browser, WEB, ALICE));
    let flipped = format!("{}{}", &to[..to.len() - 1], if to.ends_with('A') { 'B' } else { 'A' });
    assert!(is_question(&browser.get(&flipped)), "an altered one asks, as one without parameters does");
    let answer = browser.get(to);
    assert_eq!(answer.location(), "https://app.example/bye?x=1&state=xyz");
    assert!(!is_signed_in(&mut browser, WEB, ALICE));
    sign_in(&server, &mut browser, WEB, ALICE);
    server.advance(Duration::from_secs(601));
    assert!(is_question(&browser.get(to)), "an old one asks as well");
    let empty = Browser::new(&server).post("/logout", &[]);
    assert!(is_goodbye(&Browser::new(&server).follow(empty)));
    let long = "x".repeat(12_000);
    browser.post("/logout", &[("unknown", long.as_str())]).assert_error_page(414);
}
