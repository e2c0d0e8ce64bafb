//! Redirect URIs (R) of native applications: the port of a loopback address is free, and nothing else.

use super::redirect::{add, assert_leads_nowhere};
use crate::support::{ALICE, Authorization, Browser, NATIVE, SPA, Server, WEB};

/// RFC 8252 §7.3: native applications listen on whatever port is free.
#[test]
fn the_port_of_a_loopback_address_is_free_for_a_public_client() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, NATIVE);
    for uri in
        ["http://127.0.0.1/cb", "http://127.0.0.1:1/cb", "http://127.0.0.1:51004/cb", "http://127.0.0.1:65535/cb"]
    {
        let answer = browser.authorize(&Authorization::of(NATIVE).with("redirect_uri", uri).path(), ALICE);
        assert!(answer.contains_key("code"), "{uri}: {answer:?}");
    }
    let page = browser.visit(&Authorization::of(NATIVE).with("redirect_uri", "http://127.0.0.1:51004/cb").path());
    let answer = browser.decide(&page, "allow");
    assert!(answer.location().starts_with("http://127.0.0.1:51004/cb?code="), "{answer:?}");
    for other in [
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:65536/cb",
        "http://127.0.0.1:1/other",
        "http://127.0.0.1:1/cb?x=1",
        "http://127.0.0.1:1@evil.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://127.0.0.2:1/cb",
        "http://localhost:1/cb",
        "http://[::1]:1/cb",
        "https://127.0.0.1:1/cb",
    ] {
        assert_leads_nowhere(&server, &mut browser, &Authorization::of(NATIVE).with("redirect_uri", other));
    }
}

#[test]
fn a_port_is_not_free_for_a_confidential_client_or_a_public_host() {
    let server = Server::start();
    add(&server, "local", &["http://127.0.0.1/cb"]);
    let mut browser = Browser::of_alice(&server, SPA);
    let local = Authorization::of(WEB).with("client_id", "local");
    assert_leads_nowhere(&server, &mut browser, &local.clone().with("redirect_uri", "http://127.0.0.1:8080/cb"));
    assert_leads_nowhere(
        &server,
        &mut browser,
        &Authorization::of(SPA).with("redirect_uri", "https://spa.example:8443/cb"),
    );
    let page = browser.visit(&local.with("redirect_uri", "http://127.0.0.1/cb").path());
    assert!(page.body.contains("value=\"allow\""), "{page:?}");
}
