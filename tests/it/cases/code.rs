//! Authorization codes (C): single use, bound to their client, short-lived.

use std::time::Duration;

use crate::support::{ALICE, Authorization, Browser, EVIL, SPA, Server, WEB};

#[test]
fn a_code_grant_goes_from_the_first_request_to_a_verified_token() {
    let server = Server::start();
    for client in [WEB, SPA] {
        let answer = Browser::new(&server).authorize(&Authorization::of(client).with("nonce", "n-1").path(), ALICE);
        assert_eq!((answer["state"].as_str(), answer["iss"].as_str()), ("xyz", server.issuer.as_str()));
        let tokens = server.exchange(client, &answer["code"]).tokens();
        assert_eq!(
            (tokens.claims()["aud"].as_str(), tokens.claims()["scope"].as_str()),
            (Some("https://api.example"), Some("openid notes.read"))
        );
        let id_token = crate::support::claims(tokens.0["id_token"].as_str().unwrap());
        assert_eq!((id_token["nonce"].as_str(), id_token["aud"].as_str()), (Some("n-1"), Some(client.id)));
        assert_eq!(server.userinfo(tokens.access_token()).json()["sub"], id_token["sub"]);
    }
}

#[test]
fn c01_a_second_redemption_ends_what_the_first_one_got() {
    let server = Server::start();
    let code = server.code(WEB);
    let first = server.exchange(WEB, &code).tokens();
    assert_eq!(server.userinfo(first.access_token()).status, 200);
    server.exchange(WEB, &code).assert_error(400, "invalid_grant");
    server.refresh(WEB, first.refresh_token()).assert_error(400, "invalid_grant");
    assert_eq!(server.userinfo(first.access_token()).status, 401);
}

#[test]
fn c03_another_client_cannot_redeem_a_code_and_does_not_harm_it() {
    let server = Server::start();
    let code = server.code(WEB);
    server.exchange(EVIL, &code).assert_error(400, "invalid_grant");
    server.exchange(SPA, &code).assert_error(400, "invalid_grant");
    server.exchange(WEB, &code).tokens();
}

#[test]
fn c04_a_code_lives_for_sixty_seconds() {
    let server = Server::start();
    let (early, late) = (server.code(WEB), server.code(WEB));
    server.advance(Duration::from_millis(59_999));
    server.exchange(WEB, &early).tokens();
    server.advance(Duration::from_millis(1));
    server.exchange(WEB, &late).assert_error(400, "invalid_grant");
}
