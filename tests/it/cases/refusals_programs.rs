//! Refusals of the endpoints that programs call: rows of [`super::refusals`].

use serde_json::{Value, json};

use super::refusals::{CLIENT, PARAMETER, Walk};
use crate::support::{ALICE, Authorization, Browser, VERIFIER, WEB, basic};

pub fn walk_token(walk: &mut Walk<'_>, secret: &str) {
    let server = walk.server;
    let post = |id: &str, secret: &str, form: &[(&str, &str)]| {
        server.post_with("/token", form, &[("authorization", &basic(id, secret))])
    };
    let (by_web, form) = ([(CLIENT, json!("web"))], [("grant_type", "refresh_token"), ("refresh_token", "x")]);
    let (unknown, wrong) = (post("cs_cs_secret", "x", &form), post("web", "x", &form));
    assert_eq!(unknown.body, wrong.body, "the caller learns nothing (K05)");
    let length = [(CLIENT, Value::Null), ("client_id_length", json!(12)), ("error", json!("invalid_client"))];
    walk.add(unknown, 401, "the client is unknown", &length);
    walk.add(wrong, 401, "the secret is not the client's", &by_web);
    walk.add(post("locked", "x", &form), 401, "the client is locked", &[(CLIENT, json!("locked"))]);
    let public = server.post("/token", &[&form[..], &[("client_id", "web")]].concat());
    walk.add(public, 401, "the client sent no credentials", &by_web);
    let missing = [by_web[0].clone(), (PARAMETER, json!("grant_type"))];
    walk.add(post("web", secret, &[]), 400, "grant_type is missing", &missing);
    walk.add(post("web", secret, &form), 400, "malformed", &[by_web[0].clone(), ("error", json!("invalid_grant"))]);
    let twice = post("web", secret, &[form[0], form[1], form[1]]);
    let repeated = [by_web[0].clone(), (PARAMETER, json!("refresh_token"))];
    walk.add(twice, 400, "refresh_token was sent more than once, send it once", &repeated);
    let code = Browser::new(server).authorize(&Authorization::to("web", WEB.redirect_uri).path(), ALICE);
    let elsewhere = "https://evil.example/cb?x=secret";
    let exchange = [("code", code["code"].as_str()), ("code_verifier", VERIFIER), ("redirect_uri", elsewhere)];
    let exchange = [&[("grant_type", "authorization_code")][..], &exchange].concat();
    let named =
        [by_web[0].clone(), (PARAMETER, json!("redirect_uri")), ("redirect_uri", json!("https://evil.example/cb"))];
    walk.add(
        post("web", secret, &exchange),
        400,
        "redirect_uri is not the one that the code was requested with",
        &named,
    );
}

pub fn walk_programs(walk: &mut Walk<'_>) {
    let server = walk.server;
    for path in ["/token", "/introspect", "/revoke"] {
        walk.add(
            server.get(path),
            405,
            "the endpoint does not answer this method",
            &[("error", json!("invalid_request"))],
        );
        let nobody = "the client did not authenticate: send an Authorization header or client_id";
        walk.add(server.post(path, &[("x", "y")]), 401, nobody, &[("error", json!("invalid_client"))]);
        let large = server.post(path, &[("x", &"a".repeat(70_000))]);
        walk.add(large, 413, "the body is larger than 64 kB", &[]);
    }
    for path in ["/introspect", "/revoke"] {
        let named = [(CLIENT, json!("web")), (PARAMETER, json!("token"))];
        walk.add(server.post(path, &[("client_id", "web")]), 400, "token is missing", &named);
    }
    walk.add(server.get("/userinfo"), 401, "no access token was sent", &[("error", json!("invalid_token"))]);
    let bearer = [("authorization", "Bearer x")];
    walk.add(server.get_with("/userinfo", &bearer), 401, "the token is not a signed JWT", &[]);
    let named = [(CLIENT, json!("web"))];
    let foreign = "the access token is not one that allows this, ask the operator for one";
    walk.add(server.get_with("/register/web", &bearer), 401, foreign, &named);
    walk.add(server.send("DELETE", "/register/web", &[], None), 401, "no access token was sent", &named);
    let text = server.send("POST", "/register", &[("content-type", "text/plain")], Some(b"{}"));
    let reason = "send the client's metadata as an object, Content-Type: application/json";
    walk.add(text, 400, reason, &[("error", json!("invalid_client_metadata"))]);
    let metadata = br#"{"redirect_uris": ["http://app.example/cb?x=secret"]}"#;
    let refused = server.send("POST", "/register", &[("content-type", "application/json")], Some(metadata));
    let named = [("error", json!("invalid_redirect_uri")), (PARAMETER, json!("redirect_uris"))];
    walk.add(refused, 400, "the value of redirect_uris is not accepted", &named);
}
