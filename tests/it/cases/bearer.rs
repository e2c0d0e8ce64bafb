//! Access tokens that come back (J17, V10), at `/userinfo`.

use crate::support::{ALICE, Authorization, Response, SPA, Server, WEB};
use std::time::Duration;

/// A token that is not good enough (RFC 6750 §3.1).
#[track_caller]
pub fn assert_invalid(response: &Response) {
    assert_eq!((response.status, response.json()["error"].as_str()), (401, Some("invalid_token")), "{response:?}");
    assert!(response.header("www-authenticate").unwrap().starts_with("Bearer "), "{response:?}");
    assert_eq!(response.header("cache-control"), Some("no-store"));
}

#[test]
fn an_access_token_ends_on_the_second() {
    let server = Server::start();
    let tokens = server.sign_in(WEB);
    server.advance(Duration::from_millis(299_999));
    assert_eq!(server.userinfo(tokens.access_token()).status, 200);
    server.advance(Duration::from_millis(1));
    assert_invalid(&server.userinfo(tokens.access_token()));
}

/// V10, RFC 6750 §3: what the challenge says, and to whom.
#[test]
fn v10_userinfo_says_what_is_missing() {
    let server = Server::start();
    let nothing = server.get("/userinfo");
    assert_eq!((nothing.status, nothing.header("www-authenticate")), (401, Some("Bearer realm=\"countersign\"")));
    assert_eq!(nothing.json().get("error"), None, "there is no error in asking");

    let request = Authorization::of(SPA).with("scope", "notes.read");
    let narrow = server.exchange(SPA, &server.code_for(&request, ALICE)).tokens();
    let narrow = server.userinfo(narrow.access_token());
    assert_eq!((narrow.status, narrow.json()["error"].as_str()), (403, Some("insufficient_scope")));
    let challenge = narrow.header("www-authenticate").unwrap();
    assert!(
        challenge.contains("error=\"insufficient_scope\"") && challenge.contains("scope=\"openid\""),
        "{challenge}"
    );

    let first = server.sign_in(WEB);
    let second = server.refresh(WEB, first.refresh_token()).tokens();
    server.refresh(WEB, second.refresh_token()).tokens();
    assert_eq!(server.userinfo(first.access_token()).status, 200);
    server.refresh(WEB, first.refresh_token()).assert_error(400, "invalid_grant");
    assert_invalid(&server.userinfo(first.access_token()));
    for garbage in ["x", "a.b.c", "\"", "é"] {
        assert_invalid(&server.post("/userinfo", &[("access_token", garbage)]));
    }
}

/// J17, RFC 9700 §4.3.2.
#[test]
fn j17_an_access_token_in_the_query_is_not_looked_at() {
    let server = Server::start();
    let tokens = server.sign_in(WEB);
    let path = format!("/userinfo?access_token={}", tokens.access_token());
    let response = server.get(&path);
    assert_eq!((response.status, response.json().get("error")), (401, None), "{response:?}");
    assert_eq!(server.post(&path, &[]).status, 401);
    let header = format!("Bearer {}", tokens.access_token());
    assert_eq!(server.get_with("/userinfo?access_token=x", &[("authorization", &header)]).status, 200);
}

/// OpenID Connect Core §5.3.1, RFC 6750 §2.
#[test]
fn userinfo_takes_the_token_once_from_the_header_or_the_form() {
    let server = Server::start();
    let token = server.sign_in(WEB).access_token().to_owned();
    let bearer = format!("bEARER {token}");
    let header = [("authorization", bearer.as_str())];
    assert_eq!(server.get_with("/userinfo", &header).status, 200);
    assert_eq!(server.send("POST", "/userinfo", &header, Some(b"")).status, 200);
    assert_eq!(server.post("/userinfo", &[("access_token", &token)]).status, 200);
    assert_malformed(&server.post_with("/userinfo", &[("access_token", &token)], &header));
    assert_malformed(&server.post("/userinfo", &[("access_token", &token), ("access_token", &token)]));
    for header in ["Bearer", "Bearer ", "Basic eDp5", &token] {
        assert_malformed(&server.get_with("/userinfo", &[("authorization", header)]));
    }
    let twice = [("authorization", bearer.as_str()), ("authorization", bearer.as_str())];
    assert_malformed(&server.get_with("/userinfo", &twice));
    for form in ["access_token=%", "access_token=x&access_token=y", "access_token=%ff"] {
        let content_type = ("content-type", "application/x-www-form-urlencoded");
        assert_malformed(&server.send("POST", "/userinfo", &[content_type], Some(form.as_bytes())));
    }
}

/// RFC 6750 §3.1: "The request is missing a required parameter, […] repeats the same parameter, uses more than one method
/// for including an access token, or is otherwise malformed."
#[track_caller]
fn assert_malformed(response: &Response) {
    assert_eq!((response.status, response.json()["error"].as_str()), (400, Some("invalid_request")), "{response:?}");
    let challenge = response.header("www-authenticate").unwrap();
    assert!(challenge.starts_with("Bearer ") && challenge.contains("error=\"invalid_request\""), "{challenge}");
}

#[test]
fn userinfo_tells_what_the_scope_opens_and_no_more() {
    let server = Server::start();
    let expected: [(&str, &[&str]); 4] = [
        ("openid", &["sub"]),
        ("openid email", &["email", "email_verified", "sub"]),
        ("openid profile", &["preferred_username", "sub", "updated_at"]),
        ("openid profile email notes.read", &["email", "email_verified", "preferred_username", "sub", "updated_at"]),
    ];
    for (scope, members) in expected {
        let code = server.code_for(&Authorization::of(WEB).with("scope", scope), ALICE);
        let response = server.userinfo(server.exchange(WEB, &code).tokens().access_token());
        assert_eq!(response.header("cache-control"), Some("no-store"));
        let claims = response.json();
        let mut names: Vec<&str> = claims.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, members, "{scope}");
        if scope.contains("profile email") {
            assert_eq!(
                (claims["email"].as_str(), claims["preferred_username"].as_str()),
                (Some("alice@people.example"), Some(ALICE))
            );
        }
    }
}
