//! A client that changes or removes its registration while its codes and refresh tokens are redeemed, on two nodes.

use serde_json::{Value, json};

use super::refresh_races::together;
use super::registration::{OPEN, registered};
use crate::support::database::number;
use crate::support::{ALICE, Authorization, Browser, Http, Response, Server, VERIFIER, WEB};

const REDIRECT_URI: &str = "https://photos.example/cb";

fn two_nodes() -> (Server, Server) {
    let one = Server::start_with(OPEN);
    let settings = [OPEN, &[("ISSUER", one.issuer.as_str())]].concat();
    let other = Server::open(&one.data_dir, &settings, one.clock.now());
    (one, other)
}

/// A client that registered itself.
struct Photos(Value);

impl Photos {
    fn register(server: &Server) -> Self {
        Self(registered(server, &Self::metadata(&["authorization_code", "refresh_token"])))
    }

    fn metadata(grants: &[&str]) -> Value {
        json!({
            "redirect_uris": [REDIRECT_URI],
            "grant_types": grants,
            "token_endpoint_auth_method": "client_secret_post",
            "scope": "openid offline_access",
        })
    }

    fn member(&self, name: &str) -> &str {
        self.0[name].as_str().expect("it is there")
    }

    /// A code for Alice.
    fn code(&self, browser: &mut Browser) -> String {
        let request = Authorization::of(WEB).with("client_id", self.member("client_id"));
        let request = request.with("redirect_uri", REDIRECT_URI).with("scope", "openid offline_access");
        browser.authorize(&request.path(), ALICE)["code"].clone()
    }

    fn exchange(&self, node: &Http, code: &str) -> Response {
        let form = [("grant_type", "authorization_code"), ("code", code), ("code_verifier", VERIFIER)];
        self.token(node, &[&form[..], &[("redirect_uri", REDIRECT_URI)]].concat())
    }

    fn refresh(&self, node: &Http, token: &str) -> Response {
        self.token(node, &[("grant_type", "refresh_token"), ("refresh_token", token)])
    }

    fn token(&self, node: &Http, grant: &[(&str, &str)]) -> Response {
        let own = [("client_id", self.member("client_id")), ("client_secret", self.member("client_secret"))];
        node.post("/token", &[&own[..], grant].concat())
    }

    /// Writes the registration anew, with these grants.
    fn change(&self, node: &Http, grants: &[&str]) -> Response {
        let mut metadata = Self::metadata(grants);
        metadata["client_id"] = self.0["client_id"].clone();
        self.manage(node, "PUT", Some(&metadata))
    }

    fn manage(&self, node: &Http, method: &str, body: Option<&Value>) -> Response {
        let bearer = format!("Bearer {}", self.member("registration_access_token"));
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let path = format!("/register/{}", self.member("client_id"));
        node.send(method, &path, &headers, body.map(ToString::to_string).as_deref().map(str::as_bytes))
    }
}

/// The tokens of an answer, unless it refuses the client or the grant.
#[track_caller]
fn refresh_token(answer: &Response) -> Option<String> {
    if answer.status == 200 {
        return Some(answer.tokens().refresh_token().to_owned());
    }
    let error = answer.json()["error"].as_str().unwrap_or_default().to_owned();
    let expected = ["invalid_client", "invalid_grant", "unauthorized_client", "temporarily_unavailable"];
    assert!(expected.contains(&error.as_str()), "{answer:?}");
    None
}

#[test]
fn nothing_that_races_with_the_removal_of_a_registration_survives_it() {
    let (one, other) = two_nodes();
    for round in 0..8 {
        let photos = Photos::register(&one);
        let mut browser = Browser::new(&one);
        let held = photos.exchange(&one, &photos.code(&mut browser)).tokens().refresh_token().to_owned();
        let codes = [photos.code(&mut browser), photos.code(&mut browser)];

        let answers = together(5, |thread| match thread {
            0 | 1 => refresh_token(&photos.exchange(if thread == 0 { &one } else { &other }, &codes[thread])),
            2 | 3 => refresh_token(&photos.refresh(if thread == 2 { &one } else { &other }, &held)),
            _ => {
                let removed = photos.manage(&other, "DELETE", None);
                assert_eq!(removed.status, 204, "{removed:?}");
                None
            }
        });
        for newest in answers.iter().flatten().chain([&held]) {
            photos.refresh(&one, newest).assert_error(401, "invalid_client");
        }
        for table in ["grants", "consents"] {
            let of_client = format!("client_id = '{}'", photos.member("client_id"));
            let left = number(&one.data_dir, &format!("SELECT COUNT(*) FROM {table} WHERE {of_client}"));
            assert_eq!(left, 0, "{table} in round {round}");
        }
    }
}

/// A grant type that a client gives up is gone on every node from the answer on; taking it up again costs no grant.
#[test]
fn what_races_with_a_change_of_a_registration_is_answered_by_the_old_or_by_the_new() {
    let (one, other) = two_nodes();
    let photos = Photos::register(&one);
    let code = photos.code(&mut Browser::new(&one));
    let mut held = photos.exchange(&one, &code).tokens().refresh_token().to_owned();
    for _ in 0..8 {
        let answers = together(4, |thread| match thread {
            0 | 1 => refresh_token(&photos.refresh(if thread == 0 { &one } else { &other }, &held)),
            _ => {
                let changed = photos.change(if thread == 2 { &one } else { &other }, &["authorization_code"]);
                assert_eq!(changed.status, 200, "{changed:?}");
                None
            }
        });
        let successors: Vec<_> = answers.into_iter().flatten().collect();
        assert!(successors.windows(2).all(|two| two[0] == two[1]), "{successors:?}");
        held = successors.into_iter().next().unwrap_or(held);
        for node in [&one, &other] {
            photos.refresh(node, &held).assert_error(400, "unauthorized_client");
        }
        assert_eq!(photos.change(&one, &["authorization_code", "refresh_token"]).status, 200);
        held = photos.refresh(&other, &held).tokens().refresh_token().to_owned();
    }
}
