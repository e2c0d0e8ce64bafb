//! 3rd Party-Initiated Login OP.

use serde_json::{Value, json};

use super::dynamic::{OPEN, Rp};
use crate::cases::registration::register;
use crate::support::Server;

#[test]
fn oidcc_3rd_party_init_login() {
    let uri = "https://rp.example/initiate_login";
    let Rp { server, client, .. } = Rp::new(&json!({ "initiate_login_uri": uri }));
    assert_eq!(client["initiate_login_uri"], uri);
    let member = |name: &str| client[name].as_str().unwrap_or_else(|| panic!("{name}: {client}"));
    let path = member("registration_client_uri").strip_prefix(&server.issuer).expect("it is the server's");
    let bearer = format!("Bearer {}", member("registration_access_token"));
    let answer = server.get_with(path, &[("authorization", &bearer)]);
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")), "{answer:?}");
    assert_eq!(answer.json()["initiate_login_uri"], uri);
}

#[test]
fn oidcc_3rd_party_init_login_nohttps() {
    let server = Server::start_with(OPEN);
    let uri = Value::from("http://rp.example/initiate_login");
    let metadata = json!({ "redirect_uris": ["https://rp.example/callback"], "initiate_login_uri": uri });
    let answer = register(&server, &metadata, None);
    assert_eq!((answer.status, answer.header("content-type")), (400, Some("application/json")), "{answer:?}");
    assert_eq!(answer.json()["error"], "invalid_client_metadata");
}
