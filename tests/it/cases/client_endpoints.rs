//! What the endpoints for tokens that come back have in common with the token endpoint (K01-K06, J17, X10, X13, X18, X20):
//! how a client authenticates, and that nothing is guessed.

use super::http::{FORM, ask, status};
use super::http_errors::assert_shape;
use crate::support::{EVIL, Response, SPA, Server, WEB, basic, form_encode};

const ENDPOINTS: [&str; 2] = ["/introspect", "/revoke"];

/// A refusal after which everything stands as it stood.
#[track_caller]
fn assert_refused(response: &Response, status: u16, code: &str) {
    response.assert_error(status, code);
    assert_shape(response);
}

#[test]
fn k01_k04_wrong_and_missing_secrets_are_refused() {
    let server = Server::start();
    let token = ("token", "x");
    for endpoint in ENDPOINTS {
        for secret in ["wrong", "cs_cs_evil", ""] {
            let header = basic("web", secret);
            let response = server.post_with(endpoint, &[token], &[("authorization", &header)]);
            assert_refused(&response, 401, "invalid_client");
            assert!(response.header("www-authenticate").unwrap().starts_with("Basic "));
        }
        for form in [
            &[token, ("client_id", "evil")][..],
            &[token, ("client_id", "evil"), ("client_secret", "")],
            &[token, ("client_id", "evil"), ("client_secret", WEB.secret.unwrap())],
            &[token, ("client_id", "web"), ("client_secret", WEB.secret.unwrap())],
        ] {
            assert_refused(&server.post(endpoint, form), 401, "invalid_client");
        }
        let misplaced = basic("evil", EVIL.secret.unwrap());
        let response = server.post_with(endpoint, &[token], &[("authorization", &misplaced)]);
        assert_refused(&response, 401, "invalid_client");
    }
}

#[test]
fn k02_a_client_that_authenticates_twice_is_refused() {
    let server = Server::start();
    let header = basic("web", WEB.secret.unwrap());
    for endpoint in ENDPOINTS {
        for more in
            [[("client_id", "web"), ("client_secret", WEB.secret.unwrap())], [("client_id", "evil"), ("x", "y")]]
        {
            let form = [&[("token", "x")][..], &more].concat();
            let response = server.post_with(endpoint, &form, &[("authorization", &header)]);
            assert_refused(&response, 400, "invalid_request");
        }
        let twice = [("authorization", header.as_str()), ("authorization", header.as_str())];
        assert_refused(&server.post_with(endpoint, &[("token", "x")], &twice), 400, "invalid_request");
    }
}

#[test]
fn k05_an_unknown_client_is_told_what_a_wrong_secret_is_told() {
    let server = Server::start();
    for endpoint in ENDPOINTS {
        let [unknown, wrong] = ["nobody", "evil"]
            .map(|id| server.post(endpoint, &[("token", "x"), ("client_id", id), ("client_secret", "wrong")]));
        assert_eq!((unknown.status, unknown.body), (wrong.status, wrong.body));
    }
}

#[test]
fn k06_a_header_that_cannot_be_read_is_refused() {
    let server = Server::start();
    for endpoint in ENDPOINTS {
        for header in ["Basic", "Basic !!", "Basic eA==", "Basic Og==", "Bearer x", "Digest x", "x"] {
            let response = server.post_with(endpoint, &[("token", "x")], &[("authorization", header)]);
            assert_refused(&response, 401, "invalid_client");
        }
    }
}

/// RFC 6749 §3.2: "Request and response parameters MUST NOT be included more than once."
#[test]
fn a_token_is_sent_once_and_in_the_form() {
    let server = Server::start();
    let tokens = server.sign_in(WEB);
    let token = ("token", tokens.access_token());
    for endpoint in ENDPOINTS {
        for form in [
            &[][..],
            &[("token", "")],
            &[token, token],
            &[token, ("token", "x")],
            &[token, ("token_type_hint", "x"), ("token_type_hint", "x")],
        ] {
            assert_refused(&server.post_as(WEB, endpoint, form), 400, "invalid_request");
        }
        let twice = [token, ("client_id", "spa"), ("client_id", "spa")];
        assert_refused(&server.post(endpoint, &twice), 400, "invalid_request");
        // J17: in the query it is not looked at, and neither are credentials.
        let in_query = format!("{endpoint}?{}", form_encode(&[token]));
        assert_refused(&server.post_as(WEB, &in_query, &[]), 400, "invalid_request");
        let evil = [token, ("client_id", "evil"), ("client_secret", EVIL.secret.unwrap())];
        let in_query = format!("{endpoint}?{}", form_encode(&evil));
        assert_refused(&server.post(&in_query, &[]), 401, "invalid_client");
        let unknown = [token, ("foo", "1"), ("foo", "2")];
        assert_eq!(server.post_as(EVIL, endpoint, &unknown).status, 200, "{endpoint}");
    }
    assert_eq!(server.userinfo(tokens.access_token()).status, 200);
}

/// X10, X16: JSON is never parsed, whatever is in it.
#[test]
fn x10_x16_only_a_form_is_read_as_a_form() {
    let server = Server::start();
    let tokens = server.sign_in(SPA);
    let form = form_encode(&[("token", tokens.refresh_token()), ("client_id", "spa")]);
    let json = serde_json::json!({ "token": tokens.refresh_token(), "client_id": "spa" }).to_string();
    let bodies = [form, json, "[".repeat(30_000), format!("{{\"token\":{}}}", "9".repeat(1_000))];
    for endpoint in ENDPOINTS {
        for body in &bodies {
            for content_type in ["application/json", "multipart/form-data; boundary=x", "text/plain", ""] {
                let response = server.send("POST", endpoint, &[("content-type", content_type)], Some(body.as_bytes()));
                assert_refused(&response, 400, "invalid_request");
            }
            let answer = ask(
                &server,
                &format!("POST {endpoint}"),
                &format!("Content-Length: {}\r\n", body.len()),
                body.as_bytes(),
            );
            assert_eq!(status(&answer), 400, "without a type");
        }
    }
    server.refresh(SPA, tokens.refresh_token()).tokens();
}

#[test]
fn x18_what_cannot_be_decoded_is_refused() {
    let server = Server::start();
    for endpoint in ENDPOINTS {
        for value in ["%", "%z", "%zz", "%C0%AF", "%ED%A0%80", "%ff", "%00", "a%"] {
            for form in [
                format!("token={value}&client_id=spa"),
                format!("token=x&client_id={value}"),
                format!("{value}=x&token=x&client_id=spa"),
            ] {
                let response = server.send("POST", endpoint, &[("content-type", FORM)], Some(form.as_bytes()));
                assert_refused(&response, 400, "invalid_request");
            }
        }
    }
}
