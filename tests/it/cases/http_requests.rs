//! Requests that are not what they should be (X10, X11, X13, X18): refused, never guessed.

use super::http::{FORM, ask, assert_well, status};
use super::refresh::generation;
use crate::support::{ALICE, Authorization, Browser, EVIL, SPA, Server, WEB, form_encode, raw};

/// X10: a browser can send some of these without asking, and a parser that guesses would take them.
#[test]
fn x10_only_a_form_is_read_as_a_form() {
    let server = Server::start();
    let tokens = server.sign_in(SPA);
    let form = form_encode(&[
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens.refresh_token()),
        ("client_id", "spa"),
    ]);
    let json = serde_json::json!({
        "grant_type": "refresh_token", "refresh_token": tokens.refresh_token(), "client_id": "spa"
    });
    let json = json.to_string();
    let multipart = format!("--x\r\nContent-Disposition: form-data; name=\"client_id\"\r\n\r\nspa\r\n--x--{form}");
    let types = [
        "application/json",
        "multipart/form-data; boundary=x",
        "text/plain",
        "text/html",
        "application/x-www-form-urlencoded-x",
        "form",
        "",
    ];
    for body in [&form, &json, &multipart] {
        for content_type in types {
            let response = server.send("POST", "/token", &[("content-type", content_type)], Some(body.as_bytes()));
            response.assert_error(400, "invalid_request");
        }
    }
    let length = form.len();
    let answer = ask(&server, "POST /token", &format!("Content-Length: {length}\r\n"), form.as_bytes());
    assert_eq!(status(&answer), 400, "without a type");
    assert_eq!(generation(&server), 1, "none was parsed");

    let mut browser = Browser::new(&server);
    let page = browser.visit("/login");
    let plain = server.send(
        "POST",
        "/login",
        &[("content-type", "text/plain"), ("cookie", &browser.cookie_header())],
        Some(format!("username={ALICE}&password={}&{}", crate::support::PASSWORD, page.body.len()).as_bytes()),
    );
    assert!((400..500).contains(&plain.status), "{plain:?}");
    for fine in [FORM, "application/x-www-form-urlencoded; charset=utf-8"] {
        let response = server.send("POST", "/token", &[("content-type", fine)], Some(form.as_bytes()));
        response.tokens();
    }
}

/// RFC 9110 §8.3.1: "The type and subtype tokens are case-insensitive."
#[test]
fn x10_a_form_is_a_form_whatever_the_case_of_its_type() {
    let server = Server::start();
    let form = format!("grant_type=client_credentials&client_id=evil&client_secret={}", EVIL.secret.unwrap());
    for content_type in ["Application/X-WWW-Form-Urlencoded", "APPLICATION/X-WWW-FORM-URLENCODED;charset=UTF-8"] {
        let response = server.send("POST", "/token", &[("content-type", content_type)], Some(form.as_bytes()));
        response.tokens();
    }
}

/// X11 without the bare LF: whatever two parsers could read in two ways ends the connection.
#[test]
fn x11_an_ambiguous_request_is_refused_and_the_connection_closed() {
    let server = Server::start();
    let smuggled = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";
    let body = "grant_type=x";
    let chunked = format!("c\r\n{body}\r\n0\r\n\r\n");
    let form = format!("Content-Type: {FORM}\r\n");
    for (name, headers, body) in [
        ("two lengths", "Content-Length: 12\r\nContent-Length: 13\r\n", body.to_owned()),
        ("a list of lengths", "Content-Length: 12, 13\r\n", body.to_owned()),
        ("a signed length", "Content-Length: +12\r\n", body.to_owned()),
        ("a negative length", "Content-Length: -1\r\n", body.to_owned()),
        ("an unknown coding", "Transfer-Encoding: xchunked\r\n", chunked.clone()),
        ("a coding after chunked", "Transfer-Encoding: chunked, identity\r\n", chunked.clone()),
        ("a space before the colon", "Content-Length : 12\r\n", body.to_owned()),
        ("a folded header", "X-Header: a\r\n b\r\nContent-Length: 12\r\n", body.to_owned()),
        ("a chunk of no size", "Transfer-Encoding: chunked\r\n", format!("x\r\n{body}\r\n0\r\n\r\n")),
        ("a length beside chunked", "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", chunked.clone()),
    ] {
        let head = format!("POST /token HTTP/1.1\r\nHost: localhost\r\n{form}{headers}\r\n");
        let answer = raw(&server.address, format!("{head}{body}{smuggled}").as_bytes());
        assert_eq!(status(&answer), 400, "{name}: {answer}");
        assert!(!answer.contains("\"live\""), "{name}: a second request was read: {answer}");
    }
    assert_well(&server);
}

#[test]
fn x13_other_methods_are_refused_and_the_right_one_is_named() {
    let server = Server::start();
    let endpoints = [
        ("/token", "POST"),
        ("/introspect", "POST"),
        ("/revoke", "POST"),
        ("/userinfo", "GET, POST"),
        ("/authorize", "GET, POST"),
        ("/login", "GET, POST"),
        ("/consent", "GET, POST"),
        ("/logout", "GET, POST"),
        ("/.well-known/jwks.json", "GET"),
        ("/.well-known/openid-configuration", "GET"),
        ("/health/live", "GET"),
    ];
    for (path, allow) in endpoints {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "PROPFIND", "post"] {
            if allow.contains(method) {
                continue;
            }
            let response = server.send(method, path, &[("content-type", FORM)], None);
            assert_eq!((response.status, response.header("allow")), (405, Some(allow)), "{method} {path}");
            assert_eq!(response.header("cache-control"), Some("no-store"), "{method} {path}");
        }
    }
    let tokens = server.sign_in(SPA);
    let form = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh_token()), ("client_id", "spa")];
    for header in ["x-http-method-override", "x-http-method", "x-method-override"] {
        let query = format!("/token?{}&_method=POST", form_encode(&form));
        assert_eq!(server.get_with(&query, &[(header, "POST")]).status, 405);
    }
    assert_eq!(generation(&server), 1);
}

#[test]
fn x18_what_cannot_be_decoded_is_refused_and_never_guessed() {
    let server = Server::start();
    let bent = ["%", "%z", "%zz", "%C0%AF", "%E0%80%AF", "%ED%A0%80", "%ff", "%00", "a%", "%u0041", "\u{0}"];
    for value in bent {
        for form in
            [format!("grant_type={value}"), format!("{value}=x"), format!("client_id={value}&grant_type=password")]
        {
            let response = server.send("POST", "/token", &[("content-type", FORM)], Some(form.as_bytes()));
            assert!([400, 401].contains(&response.status), "{form}: {response:?}");
        }
        if value != "\u{0}" {
            for path in ["/authorize", "/login", "/consent", "/logout", "/userinfo", "/.well-known/jwks.json"] {
                let answer = ask(&server, &format!("GET {path}?client_id=web&state={value}"), "", b"");
                assert!(status(&answer) < 500, "{path} {value}: {answer}");
            }
            let answer = ask(&server, &format!("GET {}&nonce={value}", Authorization::of(WEB).path()), "", b"");
            assert!(!answer.contains("code=") && status(&answer) < 500, "{value}: {answer}");
        }
    }
    for path in [
        "/%",
        "/%00",
        "/%C0%AF",
        "/..%2f..%2fetc/passwd",
        "/assets/../../etc/passwd",
        "/assets/%2e%2e/x",
        "//login",
        "/login/",
        "/LOGIN",
        "/token;x",
        "/assets//",
    ] {
        let answer = ask(&server, &format!("GET {path}"), "", b"");
        assert!((400..500).contains(&status(&answer)), "{path}: {answer}");
    }
    assert_well(&server);
}
