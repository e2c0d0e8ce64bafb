//! A client looks after its registration (RFC 7592).

use serde_json::{Value, json};

use super::registration::{OPEN, registered};
use crate::support::{Response, Server, basic};

fn send(server: &Server, method: &str, client: &Value, token: Option<&str>, body: Option<&Value>) -> Response {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let mut headers: Vec<(&str, &str)> =
        bearer.as_deref().map(|bearer| ("authorization", bearer)).into_iter().collect();
    if body.is_some() {
        headers.push(("content-type", "application/json"));
    }
    let body = body.map(ToString::to_string);
    let path = format!("/register/{}", client["client_id"].as_str().unwrap());
    server.send(method, &path, &headers, body.as_deref().map(str::as_bytes))
}

fn token(client: &Value) -> &str {
    client["registration_access_token"].as_str().unwrap()
}

fn photos(server: &Server) -> Value {
    let metadata = json!({
        "redirect_uris": ["https://photos.example/cb"],
        "client_name": "Photos",
        "policy_uri": "https://photos.example/policy",
    });
    registered(server, &metadata)
}

/// The secret of a client still opens the token endpoint: it is refused for its grant, not for itself.
fn authenticates(server: &Server, client: &Value, secret: &str) -> bool {
    let header = basic(client["client_id"].as_str().unwrap(), secret);
    let answer = server.post_with("/token", &[("grant_type", "client_credentials")], &[("authorization", &header)]);
    answer.json()["error"] == "unauthorized_client"
}

#[test]
fn a_client_reads_what_is_registered_but_for_its_secret() {
    let server = Server::start_with(OPEN);
    let client = photos(&server);
    let uri = format!("{}/register/{}", server.issuer, client["client_id"].as_str().unwrap());
    assert_eq!(client["registration_client_uri"], uri);
    let read = send(&server, "GET", &client, Some(token(&client)), None);
    assert_eq!((read.status, read.header("cache-control")), (200, Some("no-store")), "{read:?}");
    let mut expected = client.clone();
    for name in ["client_secret", "client_secret_expires_at", "client_id_issued_at"] {
        expected.as_object_mut().unwrap().remove(name);
    }
    assert_eq!(read.json(), expected);
}

#[test]
fn nobody_else_reads_or_changes_it() {
    let server = Server::start_with(OPEN);
    let (client, other) = (photos(&server), photos(&server));
    let web = json!({ "client_id": "web", "registration_access_token": token(&client) });
    let nobody = json!({ "client_id": "nobody", "registration_access_token": token(&client) });
    let body = json!({ "client_id": client["client_id"], "redirect_uris": ["https://evil.example/cb"] });
    for method in ["GET", "PUT", "DELETE"] {
        let body = (method == "PUT").then_some(&body);
        assert_eq!(send(&server, method, &client, None, body).status, 401);
        for (target, wrong) in
            [(&client, token(&other)), (&client, "x"), (&web, token(&client)), (&nobody, token(&client))]
        {
            send(&server, method, target, Some(wrong), body).assert_error(401, "invalid_token");
        }
    }
    let read = send(&server, "GET", &client, Some(token(&client)), None).json();
    assert_eq!(read["redirect_uris"], client["redirect_uris"]);
    server.command(&["client", "lock", client["client_id"].as_str().unwrap()], "");
    send(&server, "GET", &client, Some(token(&client)), None).assert_error(401, "invalid_token");
}

/// S05.
#[test]
fn s05_what_is_written_back_as_it_was_read_changes_nothing() {
    let server = Server::start_with(OPEN);
    let client = photos(&server);
    let secret = client["client_secret"].as_str().unwrap();
    server.command(&["client", "set", client["client_id"].as_str().unwrap(), "--first-party"], "");
    let mut body = send(&server, "GET", &client, Some(token(&client)), None).json();
    for name in ["registration_access_token", "registration_client_uri"] {
        send(&server, "PUT", &client, Some(token(&client)), Some(&body)).assert_error(400, "invalid_client_metadata");
        body.as_object_mut().unwrap().remove(name);
    }
    let mut before = server.command(&["client", "show", client["client_id"].as_str().unwrap()], "");
    let answer = send(&server, "PUT", &client, Some(token(&client)), Some(&body));
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.json().get("client_secret"), None, "it keeps the one that it has");
    // What was the server's choice is the client's own now.
    before["id_token_signed_response_alg"] = json!("RS256");
    assert_eq!(server.command(&["client", "show", client["client_id"].as_str().unwrap()], ""), before);
    assert!(authenticates(&server, &client, secret));
}

#[test]
fn what_is_left_out_is_taken_back() {
    let server = Server::start_with(OPEN);
    let client = photos(&server);
    let secret = client["client_secret"].as_str().unwrap();
    let put = |body: Value| send(&server, "PUT", &client, Some(token(&client)), Some(&body));
    let id = &client["client_id"];
    let uris = json!(["https://photos.example/new"]);
    put(json!({ "redirect_uris": uris })).assert_error(400, "invalid_client_metadata");
    put(json!({ "client_id": "web", "redirect_uris": uris })).assert_error(400, "invalid_client_metadata");
    put(json!({ "client_id": id, "redirect_uris": [] })).assert_error(400, "invalid_redirect_uri");
    put(json!({ "client_id": id, "redirect_uris": uris, "client_secret": "x" }))
        .assert_error(400, "invalid_client_metadata");
    let changed = put(json!({ "client_id": id, "redirect_uris": uris, "client_secret": secret })).json();
    assert_eq!((&changed["redirect_uris"], changed.get("policy_uri")), (&uris, None));
    assert_eq!(changed["client_name"], "photos.example");
    assert!(authenticates(&server, &client, secret));

    let public = put(json!({ "client_id": id, "redirect_uris": uris, "token_endpoint_auth_method": "none" })).json();
    assert_eq!((&public["token_endpoint_auth_method"], public.get("client_secret")), (&json!("none"), None));
    assert!(!authenticates(&server, &client, secret));
    let again = put(json!({ "client_id": id, "redirect_uris": uris })).json();
    let new = again["client_secret"].as_str().expect("it has a secret again");
    assert!(new != secret && authenticates(&server, &client, new));
}

#[test]
fn a_client_ends_its_registration() {
    let server = Server::start_with(OPEN);
    let client = photos(&server);
    let answer = send(&server, "DELETE", &client, Some(token(&client)), None);
    assert_eq!((answer.status, answer.body.as_str()), (204, ""), "{answer:?}");
    send(&server, "GET", &client, Some(token(&client)), None).assert_error(401, "invalid_token");
    assert!(!authenticates(&server, &client, client["client_secret"].as_str().unwrap()));
}
