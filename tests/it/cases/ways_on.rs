//! No page is a dead end: each has a link or a form that leads on.

use serde_json::json;

use crate::support::database::execute;
use crate::support::{ALICE, Authorization, Browser, PASSWORD, Response, SPA, Server, WEB, form_encode};

use super::restored_tabs::photos;

/// The links and forms of a page between its skip link and its language picker.
#[track_caller]
fn ways_on(page: &Response) -> Vec<String> {
    let (_, main) = page.body.split_once("<main").unwrap_or_else(|| panic!("no page: {page:?}"));
    let (main, _) = main.split_once("</main>").expect("it ends");
    let attribute = |tag: &str, name: &str| {
        let (_, value) = tag.split_once(&format!("{name}=\""))?;
        value.split('"').next().map(str::to_owned)
    };
    let links = main.split("<a ").skip(1).filter_map(|tag| attribute(tag.split('>').next()?, "href"));
    let forms = main.split("<form ").skip(1).filter_map(|tag| attribute(tag.split('>').next()?, "action"));
    links.filter(|address| !address.starts_with('#')).chain(forms).collect()
}

/// Pages that are shown where no application waits, by name.
fn pages(server: &Server) -> Vec<(&'static str, u16, Response)> {
    let mut alice = Browser::of_alice(server, WEB);
    let mut nobody = Browser::new(server);
    let own = [("csrf", alice.get("/login").hidden("csrf").to_owned())];
    let own = own.each_ref().map(|(name, value)| (*name, value.as_str()));
    let foreign = server.post_with("/login", &[("username", ALICE)], &[("sec-fetch-site", "cross-site")]);
    let form_post = Authorization::of(WEB).with("response_mode", "form_post");
    let flow = nobody.visit(&Authorization::of(WEB).path()).hidden("flow").to_owned();
    let chooser = alice.visit(&Authorization::of(WEB).with("prompt", "select_account").path());
    vec![
        ("login", 200, nobody.get("/login")),
        ("signed in", 200, alice.get("/login")),
        ("sign out?", 200, alice.get("/logout")),
        ("signed out", 200, nobody.get("/logout")),
        ("form_post", 200, alice.get(&form_post.path())),
        ("no request", 400, alice.get("/authorize")),
        ("an unknown client", 400, alice.get("/authorize?client_id=nobody")),
        (
            "an unknown address",
            400,
            alice.get(&Authorization::of(WEB).with("redirect_uri", "https://x.example").path()),
        ),
        ("a logout request that is wrong", 200, alice.get("/logout?client_id=nobody")),
        ("a form that is none", 400, server.send("POST", "/login", &[("content-type", "text/plain")], Some(b"x"))),
        ("a form from elsewhere", 403, foreign),
        ("no flow", 403, alice.get("/consent")),
        ("a flow that is none", 403, alice.get("/login?flow=x")),
        ("a flow of another browser without cookies", 200, Browser::new(server).get(&format!("/login?flow={flow}"))),
        ("a form without its flow", 403, alice.post("/select_account", &own)),
        ("no choice", 403, alice.submit(&chooser, "/select_account", &[("account", "x")])),
        ("nothing there", 404, alice.get("/nowhere")),
        ("another method", 405, server.send("PUT", "/login", &[], None)),
        ("too large", 413, alice.post("/login", &[("username", &"a".repeat(70_000))])),
    ]
}

#[test]
fn every_page_leads_on() {
    let server = Server::start();
    for (name, status, page) in pages(&server) {
        assert_eq!(page.status, status, "{name}: {page:?}");
        let ways = ways_on(&page);
        assert!(!ways.is_empty(), "{name} is a dead end: {page:?}");
        for way in ways.iter().filter(|way| way.starts_with('/')) {
            let next = Browser::new(&server).get(way);
            assert!([200, 303, 405].contains(&next.status), "{name} leads to {way}: {next:?}");
        }
    }
}

#[test]
fn a_page_that_waiting_helps_can_be_tried_again() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let login = browser.visit(&Authorization::of(SPA).path());
    execute(&server.data_dir, "UPDATE clients SET grant_types = 'unheard_of' WHERE id = 'spa'");
    let fault = browser.get(&Authorization::of(SPA).path());
    fault.assert_error_page(500);
    assert!(ways_on(&fault).contains(&String::new()), "an empty reference is the page itself: {fault:?}");
    let fault = browser.submit(&login, "/login", &[("username", ALICE), ("password", PASSWORD)]);
    fault.assert_error_page(500);
    assert!(ways_on(&fault).contains(&"/login".to_owned()), "{fault:?}");
}

#[test]
fn throttled_people_keep_their_form() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let mut page = browser.visit(&Authorization::of(WEB).path());
    for _ in 0..20 {
        page = browser.submit(&page, "/login", &[("username", "nobody"), ("password", "wrong")]);
    }
    assert_eq!(page.status, 429);
    assert!(ways_on(&page).contains(&"/login".to_owned()) && page.body.contains("The web application"), "{page:?}");
}

#[test]
fn signing_in_again_leads_to_the_application_that_one_came_from() {
    for (metadata, address) in [
        (&[("initiate_login_uri", json!("https://photos.example/start"))][..], "https://photos.example/start?iss="),
        (&[("client_uri", json!("https://photos.example/home"))], "https://photos.example/home"),
        (&[("post_logout_redirect_uris", json!(["https://photos.example/bye"]))], "https://photos.example/bye"),
        (&[], "/login"),
    ] {
        let server = Server::start();
        let client = photos(&server, metadata);
        let mut browser = Browser::of_alice(&server, client);
        let page = browser.get(&format!("/logout?{}", form_encode(&[("client_id", client.id)])));
        let done = browser.submit(&page, "/logout", &[]);
        let done = browser.follow(done);
        assert!(done.body.contains("Sign in again"), "{done:?}");
        let ways = ways_on(&done);
        assert!(ways.iter().any(|way| way.starts_with(address)), "{address}: {ways:?}");
    }
}

#[test]
fn somebody_who_is_signed_in_is_offered_the_applications_that_they_use() {
    let server = Server::start();
    let photos = photos(&server, &[("client_uri", json!("https://photos.example/home"))]);
    let mut browser = Browser::of_alice(&server, photos);
    browser.authorize(&Authorization::of(WEB).path(), ALICE);
    let home = "https://photos.example/home".to_owned();
    let page = browser.get("/login");
    assert!(ways_on(&page).contains(&home) && page.body.contains("<bdi>Photos</bdi>"), "{page:?}");
    assert!(!page.body.contains("The web application"), "one without an address is no way on: {page:?}");
    let mut later = Browser::new(&server);
    let login = later.visit("/login");
    let page = later.sign_in(&login, ALICE);
    assert!(ways_on(&page).contains(&home), "what she allowed before: {page:?}");
    server.command(&["client", "lock", photos.id], "");
    assert!(!ways_on(&later.get("/login")).contains(&home), "a client that is locked is not offered");
}
