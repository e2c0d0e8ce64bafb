//! Logout requests with a fault: rows of [`super::refusals`]. The person is answered as any other.

use countersign::oauth::RequestFault;
use serde_json::json;

use super::refusals::{CLIENT, Walk};
use super::rp_initiated_logout::path;
use crate::support::{ALICE, Authorization, Browser, VERIFIER, WEB, basic};

pub fn walk_logout(walk: &mut Walk<'_>, secret: &str) {
    let server = walk.server;
    let ask = |request: &[(&str, &str)]| server.get(&path(request));
    let elsewhere = ("post_logout_redirect_uri", "https://evil.example/?x=secret");
    let logged = ("redirect_uri", json!("https://evil.example/"));
    let (by_web, by_locked) = ((CLIENT, json!("web")), (CLIENT, json!("locked")));
    let unregistered = ask(&[("client_id", "web"), elsewhere]);
    walk.fault(unregistered, 200, RequestFault::UnregisteredLogoutUri, &[by_web, logged.clone()]);
    walk.fault(ask(&[elsewhere]), 200, RequestFault::UnnamedClient, &[logged]);
    walk.fault(ask(&[("client_id", "nobody")]), 200, RequestFault::UnknownClient, &[("client_id_length", json!(6))]);
    walk.fault(ask(&[("client_id", "locked")]), 200, RequestFault::LockedClient, std::slice::from_ref(&by_locked));
    walk.fault(ask(&[("id_token_hint", "x")]), 200, RequestFault::UnknownHint, &[]);
    let hint = id_token(walk, secret);
    let request = [("id_token_hint", hint.as_str()), ("client_id", "locked")];
    walk.fault(ask(&request), 200, RequestFault::OtherClient, &[by_locked]);
}

fn id_token(walk: &Walk<'_>, secret: &str) -> String {
    let server = walk.server;
    let code = Browser::new(server).authorize(&Authorization::to("web", WEB.redirect_uri).path(), ALICE);
    let exchange = [
        ("grant_type", "authorization_code"),
        ("code", code["code"].as_str()),
        ("code_verifier", VERIFIER),
        ("redirect_uri", WEB.redirect_uri),
    ];
    let answer = server.post_with("/token", &exchange, &[("authorization", &basic("web", secret))]);
    answer.json()["id_token"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}
