//! `UserInfo` as a signed JWT (OpenID Connect Core §5.3.2), for a client that registered it.

use serde_json::json;

use super::tokens::header;
use crate::support::{ALICE, Authorization, SPA, Server, Verifier, WEB, claims};

const ALL: (&str, &str) = ("KEYS__ID_TOKEN_ALGORITHMS", "RS256, PS256, ES256, EdDSA");

fn server() -> Server {
    let server = Server::start_with(&[ALL]);
    server.command(&["client", "set", WEB.id, "--metadata", "userinfo_signed_response_alg=ES256"], "");
    server
}

#[test]
fn the_answer_is_a_jwt_that_says_for_whom_it_is() {
    let server = server();
    let request = Authorization::of(WEB).with("scope", "openid email");
    let tokens = server.exchange(WEB, &server.code_for(&request, ALICE)).tokens();
    let bearer = format!("Bearer {}", tokens.access_token());
    let header_of = [("authorization", bearer.as_str())];
    let answers = [
        server.userinfo(tokens.access_token()),
        server.post_with("/userinfo", &[], &header_of),
        server.post("/userinfo", &[("access_token", tokens.access_token())]),
    ];
    for answer in answers {
        assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/jwt")));
        assert_eq!(
            (answer.header("cache-control"), answer.header("x-content-type-options")),
            (Some("no-store"), Some("nosniff"))
        );
        assert_eq!(header(&answer.body)["alg"], "ES256");
        let told = claims(&answer.body);
        assert_eq!(
            told,
            json!({
                "iss": server.issuer,
                "aud": "web",
                "sub": claims(tokens.0["id_token"].as_str().unwrap())["sub"],
                "email": "alice@people.example",
                "email_verified": false,
            })
        );
        let kid = header(&answer.body)["kid"].clone();
        assert!(super::tokens::jwks(&server).iter().any(|key| key["kid"] == kid && key["alg"] == "ES256"));
    }
    let head = server.send("HEAD", "/userinfo", &header_of, None);
    assert_eq!((head.status, head.header("content-type"), head.body.as_str()), (200, Some("application/jwt"), ""));
    let mut verifier = Verifier::new(&server.clock);
    assert!(verifier.accepts(&server, tokens.access_token()));
}

#[test]
fn errors_and_the_answers_of_others_stay_json() {
    let server = server();
    let plain = server.userinfo(server.sign_in(SPA).access_token());
    assert_eq!(plain.header("content-type"), Some("application/json"));
    assert_eq!((plain.json().get("iss"), plain.json().get("aud")), (None, None));
    let without = server.exchange(WEB, &server.code_for(&Authorization::of(WEB).with("scope", "notes.read"), ALICE));
    for (token, status, code) in
        [("x", 401, "invalid_token"), (without.tokens().access_token(), 403, "insufficient_scope")]
    {
        let answer = server.userinfo(token);
        assert_eq!((answer.status, answer.header("content-type")), (status, Some("application/json")));
        assert_eq!(answer.json()["error"], code);
        assert!(answer.header("www-authenticate").is_some_and(|challenge| challenge.contains(code)));
    }
}

/// It is no access token, and nothing that proves who somebody is to another client.
#[test]
fn the_answer_is_worth_nothing_as_a_token() {
    let server = server();
    let answer = server.userinfo(server.sign_in(WEB).access_token());
    assert_eq!(server.userinfo(&answer.body).status, 401);
    assert_eq!(server.introspect(WEB, &answer.body), json!({ "active": false }));
}
