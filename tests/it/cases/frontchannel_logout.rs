//! OpenID Connect Front-Channel Logout: applications clear their sessions in the browser itself, in frames of the page afterwards.

use serde_json::Value;

use crate::support::{
    ALICE, Authorization, Browser, EVIL, Response, SPA, Server, TestClient, WEB, claims, form_encode,
};

const BACK: &str = "https://app.example/bye";

fn server() -> Server {
    let server = Server::start();
    for (client, uri) in [("web", "https://app.example/front?a=1"), ("spa", "https://spa.example:8443/front")] {
        let listens = format!("frontchannel_logout_uri={uri}");
        let back = format!("post_logout_redirect_uris={BACK}");
        server.command(&["client", "set", client, "--metadata", &listens, "--metadata", &back], "");
    }
    server
}

fn sign_in(server: &Server, browser: &mut Browser, clients: &[TestClient]) -> (String, Value) {
    let mut last = String::new();
    for client in clients {
        let answer = browser.authorize(&Authorization::of(*client).path(), ALICE);
        let tokens = server.exchange(*client, &answer["code"]).tokens();
        tokens.0["id_token"].as_str().expect("openid was asked for").clone_into(&mut last);
    }
    let said = claims(&last);
    (last, said)
}

/// The addresses of the frames of a page.
fn frames(page: &Response) -> Vec<String> {
    let sources = page.body.split("<iframe src=\"").skip(1);
    sources.map(|rest| rest[..rest.find('"').expect("it ends")].replace("&#38;", "&")).collect()
}

fn policy(page: &Response) -> &str {
    page.header("content-security-policy").expect("there is one")
}

#[test]
fn the_page_afterwards_loads_what_each_client_of_the_session_registered() {
    let server = server();
    let mut browser = Browser::new(&server);
    let (_, said) = sign_in(&server, &mut browser, &[WEB, EVIL, SPA]);
    let question = browser.visit("/logout");
    let page = browser.submit(&question, "/logout", &[]);
    let page = browser.follow(page);
    let told = form_encode(&[("iss", &server.issuer), ("sid", said["sid"].as_str().expect("it has a session"))]);
    let expected = [format!("https://spa.example:8443/front?{told}"), format!("https://app.example/front?a=1&{told}")];
    let mut found = frames(&page);
    found.sort_by_key(|frame| !frame.contains("spa"));
    assert_eq!(found, expected);
    assert!(
        policy(&page).contains("; frame-src https: http:;"),
        "a redirect of a frame is loaded too: {}",
        policy(&page)
    );
    for name in ["web", "spa", "evil"] {
        assert!(page.body.contains(&format!("The {name} application")), "{name}: {page:?}");
    }
    assert!(!page.body.contains("class=\"button main continue\""), "it leads nowhere: {page:?}");
}

/// `post_logout_redirect_uri` is followed after the frames: by a link, which a script may press.
#[test]
fn the_page_afterwards_continues_to_the_application() {
    let server = server();
    let mut browser = Browser::new(&server);
    let (hint, _) = sign_in(&server, &mut browser, &[WEB]);
    let request = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BACK), ("state", "x&y")];
    let answer = browser.get(&format!("/logout?{}", form_encode(&request)));
    assert!(answer.location().starts_with("/logout?done="), "{answer:?}");
    let page = browser.visit(answer.location());
    assert_eq!(frames(&page).len(), 1);
    let link = "class=\"button main continue\" href=\"https://app.example/bye?state=x%26y\"";
    assert!(page.body.contains(link) && page.body.contains("Continue to "), "{page:?}");
    assert!(page.body.contains("/continue.js\"></script>"), "{page:?}");
    assert!(!policy(&page).contains("unsafe"), "{}", policy(&page));
    let script = page.body.split("src=\"").find(|rest| rest.contains("continue.js")).expect("there is one");
    let script = browser.get(&script[..script.find('"').expect("it ends")]);
    assert_eq!((script.status, script.header("content-type")), (200, Some("text/javascript; charset=utf-8")));
    assert!(browser.refused(&Authorization::of(WEB).with("prompt", "none"), "login_required").contains_key("state"));
}

#[test]
fn without_a_client_that_listens_there_the_person_goes_on_at_once() {
    let server = server();
    server.command(&["client", "set", "evil", "--metadata", &format!("post_logout_redirect_uris={BACK}")], "");
    let mut browser = Browser::new(&server);
    let (hint, _) = sign_in(&server, &mut browser, &[EVIL]);
    let request = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BACK)];
    let answer = browser.get(&format!("/logout?{}", form_encode(&request)));
    assert_eq!((answer.status, answer.location()), (303, BACK));
}

/// Nobody has another's browser load anything: what the page tells of was sealed for the browser that signed out.
#[test]
fn no_other_page_has_frames() {
    let server = server();
    let mut browser = Browser::new(&server);
    sign_in(&server, &mut browser, &[WEB]);
    let question = browser.visit("/logout");
    let answer = browser.submit(&question, "/logout", &[]);
    let mut stranger = Browser::new(&server);
    stranger.visit("/login");
    let stranger = stranger.visit(answer.location());
    for page in [&question, &stranger, &browser.visit("/login"), &browser.visit("/logout")] {
        assert!(frames(page).is_empty() && !policy(page).contains("frame-src"), "{page:?}");
    }
    assert_eq!(frames(&browser.visit(answer.location())).len(), 1);
    server.command(&["client", "remove", "web"], "");
    assert!(frames(&browser.visit(answer.location())).is_empty());
}
