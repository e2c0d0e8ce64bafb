//! Introspection (V06, V08, V09; RFC 7662): what a token is worth right now, told to those whose business it is.

use std::time::Duration;

use serde_json::{Value, json};

use super::refresh::generation;
use crate::support::database::execute;
use crate::support::{
    ALICE, API, API_SERVER, Authorization, BOB, Browser, EVIL, NATIVE, OTHER_API, PASSWORD, ROPC, Response, SPA,
    Server, WEB,
};

/// A token that is not active is described by that alone (RFC 7662 §2.2).
#[track_caller]
pub fn assert_inactive(described: &Value) {
    assert_eq!(*described, json!({ "active": false }));
}

fn code_form(code: &str) -> [(&str, &str); 3] {
    [("grant_type", "authorization_code"), ("code", code), ("code_verifier", crate::support::VERIFIER)]
}

#[test]
fn an_active_access_token_is_described_to_its_client_and_to_the_api_that_it_is_for() {
    let server = Server::start();
    let now = server.clock.now().seconds();
    let tokens = server.sign_in(SPA);
    let claims = tokens.claims();
    let expected = json!({
        "active": true,
        "scope": "openid notes.read",
        "client_id": "spa",
        "username": ALICE,
        "token_type": "Bearer",
        "exp": now + 300,
        "iat": now,
        "sub": server.userinfo(tokens.access_token()).json()["sub"],
        "aud": API,
        "iss": server.issuer,
        "jti": claims["jti"],
    });
    assert_eq!(server.introspect(API_SERVER, tokens.access_token()), expected);
    let own = server.sign_in(WEB);
    assert_eq!(server.introspect(WEB, own.access_token())["active"], true);

    let job = server.token(WEB, &[("grant_type", "client_credentials")]).tokens();
    let described = server.introspect(API_SERVER, job.access_token());
    assert_eq!((&described["active"], described.get("username")), (&json!(true), None));
    assert_eq!((&described["sub"], &described["client_id"]), (&json!("web"), &json!("web")));
}

/// RFC 7519 §4.1.5: `nbf` is told where it is there.
#[test]
fn the_time_before_which_a_token_is_not_good_is_told() {
    let server = Server::start();
    let mut claims = server.sign_in(WEB).claims();
    let now = server.clock.now();
    claims["nbf"] = json!(now.seconds());
    let ring = server.app.keys.ring.current();
    let signed = ring.sign(countersign::keys::Algorithm::Rs256, "at+jwt", &claims, now).unwrap();
    assert_eq!(server.introspect(API_SERVER, &signed)["nbf"], claims["nbf"]);
}

/// V06: without credentials of a client that has some, nobody is told anything.
#[test]
fn v06_only_a_client_with_credentials_may_ask() {
    let server = Server::start();
    let tokens = server.sign_in(SPA);
    let token = ("token", tokens.access_token());
    let bearer = format!("Bearer {}", tokens.access_token());
    let refused: [Response; 7] = [
        server.post("/introspect", &[token]),
        server.post("/introspect", &[token, ("client_id", "spa")]),
        server.post("/introspect", &[token, ("client_id", "web")]),
        server.post("/introspect", &[token, ("client_id", "nobody"), ("client_secret", "x")]),
        server.post("/introspect", &[token, ("client_id", "api-server"), ("client_secret", "cs_cs_evil")]),
        server.post_with("/introspect", &[token], &[("authorization", &bearer)]),
        server.post_with("/introspect", &[token, ("client_id", "spa")], &[("authorization", &bearer)]),
    ];
    for response in refused {
        response.assert_error(401, "invalid_client");
        assert_eq!(response.json().as_object().unwrap().len(), 2, "no data: {response:?}");
    }
}

/// V08: of others' tokens a client is told what it is told of no token at all.
#[test]
fn v08_a_client_is_told_only_of_its_own_tokens_and_those_for_what_it_serves() {
    let server = Server::start();
    let for_api = server.sign_in(WEB);
    let other = Authorization::of(WEB).with("resource", OTHER_API);
    let for_other = server.exchange(WEB, &server.code_for(&other, ALICE)).tokens();
    assert_inactive(&server.introspect(EVIL, for_api.access_token()));
    assert_inactive(&server.introspect(ROPC, for_api.access_token()));
    assert_inactive(&server.introspect(API_SERVER, for_other.access_token()));
    assert_eq!(server.introspect(WEB, for_other.access_token())["aud"], OTHER_API);
    for client in [EVIL, API_SERVER] {
        assert_inactive(&server.introspect(client, for_api.refresh_token()));
    }
    // Neither a part of the URI nor another spelling of it.
    for serves in ["https://api.example/", "https://api.exampl", "https://API.example", ""] {
        execute(&server.data_dir, &format!("UPDATE clients SET serves = '{serves}' WHERE id = 'api-server'"));
        assert_inactive(&server.introspect(API_SERVER, for_api.access_token()));
    }
    execute(&server.data_dir, &format!("UPDATE clients SET serves = '{OTHER_API} {API}' WHERE id = 'api-server'"));
    for token in [&for_api, &for_other] {
        assert_eq!(server.introspect(API_SERVER, token.access_token())["active"], true);
    }
}

#[test]
fn v08_what_is_no_token_is_not_active() {
    let server = Server::start();
    let code = server.code(WEB);
    let tokens = server.exchange(WEB, &server.code(WEB)).tokens();
    let id_token = tokens.0["id_token"].as_str().unwrap();
    for garbage in ["x", "a.b.c", "\"", "é", "cs_rt_", "cs_rt_x", WEB.secret.unwrap(), id_token, code.as_str()] {
        assert_inactive(&server.introspect(WEB, garbage));
    }
    server.token(WEB, &code_form(&code)).tokens();
    server.advance(Duration::from_millis(299_999));
    assert_eq!(server.introspect(WEB, tokens.access_token())["active"], true);
    server.advance(Duration::from_millis(1));
    assert_inactive(&server.introspect(WEB, tokens.access_token()));
}

/// The hint of RFC 7662 §2.1 is a hint.
#[test]
fn v08_the_hint_changes_no_answer() {
    let server = Server::start();
    let tokens = server.sign_in(WEB);
    for token in [tokens.access_token(), tokens.refresh_token()] {
        for hint in ["access_token", "refresh_token", "x", ""] {
            let form = [("token", token), ("token_type_hint", hint), ("foo", "1"), ("foo", "2")];
            assert_eq!(server.post_as(WEB, "/introspect", &form).json()["active"], true, "{hint}");
        }
        let form = [("token", token), ("token_type_hint", "access_token"), ("token_type_hint", "access_token")];
        server.post_as(WEB, "/introspect", &form).assert_error(400, "invalid_request");
    }
}

/// V08: to ask about a refresh token is no use of it.
#[test]
fn a_refresh_token_is_active_while_it_is_the_current_one_and_asking_changes_nothing() {
    let server = Server::start();
    let now = server.clock.now().seconds();
    let first = server.sign_in(WEB);
    let expected = json!({
        "active": true,
        "scope": "openid notes.read",
        "client_id": "web",
        "username": ALICE,
        "exp": now + 7 * 86_400,
        "iat": now,
        "sub": first.claims()["sub"],
        "iss": server.issuer,
    });
    assert_eq!(server.introspect(WEB, first.refresh_token()), expected);
    let second = server.refresh(WEB, first.refresh_token()).tokens();
    let third = server.refresh(WEB, second.refresh_token()).tokens();
    let stored = server.stored();
    for older in [&first, &second] {
        assert_inactive(&server.introspect(WEB, older.refresh_token()));
    }
    assert_eq!(server.introspect(WEB, third.refresh_token())["active"], true);
    assert_eq!(server.stored(), stored, "asking changed something");
    assert_eq!(generation(&server), 3);

    // The second is repeated all the same: its successor is unused.
    let again = server.refresh(WEB, second.refresh_token()).tokens();
    assert_eq!(again.refresh_token(), third.refresh_token());
    server.advance(Duration::from_millis(7 * 86_400_000 - 1));
    assert_eq!(server.introspect(WEB, third.refresh_token())["active"], true);
    server.advance(Duration::from_millis(1));
    assert_inactive(&server.introspect(WEB, third.refresh_token()));
}

#[test]
fn a_refresh_token_is_not_active_once_its_grant_has_ended() {
    let server = Server::start();
    let mut tokens = server.sign_in(WEB);
    for _ in 0..5 {
        server.advance(Duration::from_millis(6 * 86_400_000 - 1));
        tokens = server.refresh(WEB, tokens.refresh_token()).tokens();
    }
    let end = server.clock.now().seconds();
    assert!(server.introspect(WEB, tokens.refresh_token())["exp"].as_i64().is_some_and(|exp| exp <= end + 1));
    server.advance(Duration::from_millis(5));
    assert_inactive(&server.introspect(WEB, tokens.refresh_token()));
    // The access token that was made in the last second of the grant ends with it.
    assert_inactive(&server.introspect(API_SERVER, tokens.access_token()));
    assert_eq!(server.userinfo(tokens.access_token()).status, 401);
}

/// V09: whatever ends a grant is seen at once, in every way in which a token comes back.
#[test]
fn v09_what_was_switched_off_is_not_active() {
    let ends = [
        "UPDATE users SET disabled_at = 1 WHERE username = 'alice'",
        "UPDATE clients SET disabled_at = 1 WHERE id = 'spa'",
        "UPDATE grants SET revoked_at = 1, revoked_reason = 'administrator' WHERE client_id = 'spa'",
        "DELETE FROM users WHERE username = 'alice'",
        "DELETE FROM clients WHERE id = 'spa'",
    ];
    for end in ends {
        let server = Server::start();
        let tokens = server.sign_in(SPA);
        let bobs = server.exchange(NATIVE, &server.code_for(&Authorization::of(NATIVE), BOB)).tokens();
        assert_eq!(server.introspect(API_SERVER, tokens.access_token())["active"], true);
        execute(&server.data_dir, end);
        assert_inactive(&server.introspect(API_SERVER, tokens.access_token()));
        assert_eq!(server.userinfo(tokens.access_token()).status, 401, "{end}");
        assert_eq!(server.introspect(API_SERVER, bobs.access_token())["username"], BOB, "{end}");
    }
    for end in ["UPDATE clients SET disabled_at = 1 WHERE id = 'evil'", "DELETE FROM clients WHERE id = 'evil'"] {
        let server = Server::start();
        let job = server.token(EVIL, &[("grant_type", "client_credentials")]).tokens();
        assert_eq!(server.introspect(API_SERVER, job.access_token())["active"], true);
        execute(&server.data_dir, end);
        assert_inactive(&server.introspect(API_SERVER, job.access_token()));
    }
    let server = Server::start();
    let tokens = server.sign_in(WEB);
    execute(&server.data_dir, "UPDATE users SET disabled_at = 1");
    assert_inactive(&server.introspect(WEB, tokens.refresh_token()));
    execute(&server.data_dir, "UPDATE clients SET disabled_at = 1 WHERE id = 'web'");
    server.post_as(WEB, "/introspect", &[("token", tokens.access_token())]).assert_error(401, "invalid_client");
}

/// V09: signing out ends what was bound to the session.
#[test]
fn v09_signing_out_makes_the_tokens_of_the_session_inactive() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let bound = browser.authorize(&Authorization::of(SPA).path(), ALICE);
    let bound = server.exchange(SPA, &bound["code"]).tokens();
    let lasting = Authorization::of(SPA).with("scope", "openid offline_access");
    let lasting = server.exchange(SPA, &browser.authorize(&lasting.path(), ALICE)["code"]).tokens();
    let page = browser.visit("/logout");
    browser.submit(&page, "/logout", &[]);
    assert_inactive(&server.introspect(API_SERVER, bound.access_token()));
    assert_eq!(server.introspect(API_SERVER, lasting.access_token())["active"], true);
}

/// C01, T01: and so does a replay.
#[test]
fn a_replay_makes_the_tokens_of_the_grant_inactive() {
    let server = Server::start();
    let code = server.code(WEB);
    let tokens = server.exchange(WEB, &code).tokens();
    assert_eq!(server.introspect(API_SERVER, tokens.access_token())["active"], true);
    server.exchange(WEB, &code).assert_error(400, "invalid_grant");
    assert_inactive(&server.introspect(API_SERVER, tokens.access_token()));
    assert_inactive(&server.introspect(WEB, tokens.refresh_token()));

    let form = [("grant_type", "password"), ("username", ALICE), ("password", PASSWORD)];
    let first = server.token(ROPC, &form).tokens();
    let second = server.refresh(ROPC, first.refresh_token()).tokens();
    server.refresh(ROPC, second.refresh_token()).tokens();
    server.refresh(ROPC, first.refresh_token()).assert_error(400, "invalid_grant");
    assert_inactive(&server.introspect(API_SERVER, second.access_token()));
}
