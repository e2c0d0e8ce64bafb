//! A client that removes its registration while its codes and refresh tokens are redeemed, on two nodes.

use serde_json::json;

use super::refresh_races::together;
use super::registration::{OPEN, registered};
use crate::support::database::number;
use crate::support::{ALICE, Authorization, Browser, Http, Response, Server, VERIFIER, WEB};

const REDIRECT_URI: &str = "https://photos.example/cb";

/// The tokens of an answer, unless it refuses the client or the grant.
#[track_caller]
fn refresh_token(answer: &Response) -> Option<String> {
    if answer.status == 200 {
        return Some(answer.tokens().refresh_token().to_owned());
    }
    let error = answer.json()["error"].as_str().unwrap_or_default().to_owned();
    assert!(["invalid_client", "invalid_grant", "temporarily_unavailable"].contains(&error.as_str()), "{answer:?}");
    None
}

#[test]
fn nothing_that_races_with_the_removal_of_a_registration_survives_it() {
    let one = Server::start_with(OPEN);
    let settings = [OPEN, &[("ISSUER", one.issuer.as_str())]].concat();
    let other = Server::open(&one.data_dir, &settings, one.clock.now());
    for round in 0..8 {
        let metadata = json!({
            "redirect_uris": [REDIRECT_URI],
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "client_secret_post",
            "scope": "openid offline_access",
        });
        let client = registered(&one, &metadata);
        let member = |name: &str| client[name].as_str().expect("it is there").to_owned();
        let (id, secret) = (member("client_id"), member("client_secret"));
        let (path, bearer) = (format!("/register/{id}"), format!("Bearer {}", member("registration_access_token")));
        let request = Authorization::of(WEB).with("client_id", &id).with("redirect_uri", REDIRECT_URI);
        let request = request.with("scope", "openid offline_access");
        let mut browser = Browser::new(&one);
        let mut code = || browser.authorize(&request.path(), ALICE)["code"].clone();
        let token = |node: &Http, grant: &[(&str, &str)]| {
            node.post("/token", &[&[("client_id", id.as_str()), ("client_secret", secret.as_str())], grant].concat())
        };
        let exchange = |node: &Http, code: &str| {
            let form = [("grant_type", "authorization_code"), ("code", code), ("code_verifier", VERIFIER)];
            token(node, &[&form[..], &[("redirect_uri", REDIRECT_URI)]].concat())
        };
        let refresh =
            |node: &Http, refresh: &str| token(node, &[("grant_type", "refresh_token"), ("refresh_token", refresh)]);
        let (held, codes) = (exchange(&one, &code()).tokens().refresh_token().to_owned(), [code(), code()]);

        let answers = together(5, |thread| match thread {
            0 | 1 => refresh_token(&exchange(if thread == 0 { &one } else { &other }, &codes[thread])),
            2 | 3 => refresh_token(&refresh(if thread == 2 { &one } else { &other }, &held)),
            _ => {
                let removed = other.send("DELETE", &path, &[("authorization", &bearer)], None);
                assert_eq!(removed.status, 204, "{removed:?}");
                None
            }
        });
        for newest in answers.iter().flatten().chain([&held]) {
            refresh(&one, newest).assert_error(401, "invalid_client");
        }
        for table in ["grants", "consents"] {
            let left = number(&one.data_dir, &format!("SELECT COUNT(*) FROM {table} WHERE client_id = '{id}'"));
            assert_eq!(left, 0, "{table} in round {round}");
        }
    }
}
