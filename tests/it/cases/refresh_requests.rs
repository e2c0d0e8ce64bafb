//! Refresh tokens (T): who may use one, and for what. What is refused here consumes nothing.

use std::time::Duration;

use countersign::oauth::registration::NewClient;

use super::refresh::generation;
use crate::support::{
    ALICE, API, Authorization, EVIL, NATIVE, Response, SPA, Server, TestClient, WEB, basic, form_encode, register,
};

/// A refusal after which the grant stands where it stood.
#[track_caller]
fn assert_refused(server: &Server, response: &Response, status: u16, code: &str) {
    response.assert_error(status, code);
    assert_eq!(generation(server), 1, "it was consumed");
}

#[test]
fn t04_another_client_cannot_use_a_refresh_token_and_does_not_harm_it() {
    for (owner, others) in [(WEB, [EVIL, SPA, NATIVE]), (SPA, [NATIVE, WEB, EVIL]), (EVIL, [WEB, NATIVE, SPA])] {
        let server = Server::start();
        let tokens = server.sign_in(owner);
        for other in others {
            assert_refused(&server, &server.refresh(other, tokens.refresh_token()), 400, "invalid_grant");
        }
        let next = server.refresh(owner, tokens.refresh_token()).tokens();
        server.refresh(others[0], tokens.refresh_token()).assert_error(400, "invalid_grant");
        server.refresh(owner, next.refresh_token()).tokens();
    }
}

#[test]
fn t05_failed_client_authentication_consumes_nothing() {
    let server = Server::start();
    let tokens = server.sign_in(WEB);
    let form = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh_token())];
    assert_refused(&server, &server.post("/token", &form), 401, "invalid_client");
    let public = [("client_id", "web"), form[0], form[1]];
    assert_refused(&server, &server.post("/token", &public), 401, "invalid_client");
    for secret in ["wrong", "cs_cs_evil", " cs_cs_web:%+ secret", ""] {
        let headers = [("authorization", basic("web", secret))];
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        assert_refused(&server, &server.post_with("/token", &form, &headers), 401, "invalid_client");
    }
    server.refresh(WEB, tokens.refresh_token()).tokens();
    assert_eq!(generation(&server), 2);
}

#[test]
fn t06_a_narrower_scope_narrows_one_access_token_and_a_wider_one_is_refused() {
    let server = Server::start();
    let first = server.sign_in(WEB);
    let refresh = |token: &str, scope: &str| {
        server.token(WEB, &[("grant_type", "refresh_token"), ("refresh_token", token), ("scope", scope)])
    };
    for wider in ["openid notes.read notes.write", "notes.write", "offline_access", "admin", "openid \"", "é"] {
        assert_refused(&server, &refresh(first.refresh_token(), wider), 400, "invalid_scope");
    }
    let narrower = refresh(first.refresh_token(), "notes.read").tokens();
    assert_eq!(
        (narrower.0["scope"].as_str(), narrower.claims()["scope"].as_str()),
        (Some("notes.read"), Some("notes.read"))
    );
    assert!(narrower.0.get("id_token").is_none(), "openid was left out");
    assert_eq!(server.userinfo(narrower.access_token()).status, 403);
    let back = refresh(narrower.refresh_token(), "notes.read openid").tokens();
    assert_eq!(back.claims()["scope"], "notes.read openid");
    let whole = server.refresh(WEB, back.refresh_token()).tokens();
    assert_eq!(whole.claims()["scope"], "openid notes.read");
}

#[test]
fn t12_a_grant_ends_after_thirty_days_however_often_it_is_refreshed() {
    let server = Server::start();
    let mut tokens = server.sign_in(WEB);
    for _ in 0..5 {
        server.advance(Duration::from_millis(6 * 86_400_000 - 1));
        tokens = server.refresh(WEB, tokens.refresh_token()).tokens();
    }
    server.advance(Duration::from_millis(4));
    tokens = server.refresh(WEB, tokens.refresh_token()).tokens();
    server.advance(Duration::from_millis(1));
    server.refresh(WEB, tokens.refresh_token()).assert_error(400, "invalid_grant");
}

#[test]
fn t12_a_refresh_token_that_is_unused_for_seven_days_is_worth_nothing() {
    let server = Server::start();
    let (early, late) = (server.sign_in(WEB), server.sign_in(SPA));
    server.advance(Duration::from_millis(7 * 86_400_000 - 1));
    server.refresh(WEB, early.refresh_token()).tokens();
    server.advance(Duration::from_millis(1));
    server.refresh(SPA, late.refresh_token()).assert_error(400, "invalid_grant");
}

#[test]
fn t13_no_other_credential_is_a_refresh_token() {
    let server = Server::start();
    let code = server.code(WEB);
    server.refresh(WEB, &code).assert_error(400, "invalid_grant");
    let tokens = server.exchange(WEB, &code).tokens();
    let refresh_token = tokens.refresh_token().to_owned();
    let mut bent = vec![
        tokens.access_token().to_owned(),
        tokens.0["id_token"].as_str().unwrap().to_owned(),
        refresh_token.to_uppercase(),
        refresh_token.replace("cs_rt_", "cs_ac_"),
        refresh_token.replace("cs_rt_", ""),
        format!("{refresh_token}A"),
        format!("{refresh_token}="),
        format!(" {refresh_token}"),
        refresh_token[..refresh_token.len() - 1].to_owned(),
        "cs_rt_".to_owned(),
        "x".repeat(10_000),
        "é\u{202e}'--".to_owned(),
    ];
    // The generation is behind the prefix and the 16 bytes of the id: other handles of the same grant, with a wrong tag.
    for at in [27, 28, 29, 30] {
        let mut other = refresh_token.clone().into_bytes();
        other[at] = if other[at] == b'A' { b'B' } else { b'A' };
        bent.push(String::from_utf8(other).unwrap());
    }
    for token in bent {
        assert_refused(&server, &server.refresh(WEB, &token), 400, "invalid_grant");
    }
    server.exchange(WEB, &refresh_token).assert_error(400, "invalid_grant");
    let response = server.userinfo(&refresh_token);
    assert_eq!((response.status, response.json()["error"].as_str()), (401, Some("invalid_token")));
    server.refresh(WEB, &refresh_token).tokens();
}

#[test]
fn t14_a_client_without_the_refresh_grant_gets_no_refresh_token_and_uses_none() {
    let server = Server::start();
    let once =
        NewClient { id: "once".to_owned(), grant_types: vec!["authorization_code".to_owned()], ..SPA.registration() };
    server.block_on(register(&server.app, once, None));
    let request = Authorization::of(SPA).with("client_id", "once").with("scope", "openid offline_access");
    let code = server.code_for(&request, ALICE);
    let form = [("client_id", "once"), ("grant_type", "authorization_code"), ("code", &code)];
    let tokens = server.post("/token", &[form[0], form[1], form[2], ("code_verifier", crate::support::VERIFIER)]);
    let tokens = tokens.tokens();
    assert!(tokens.0.get("refresh_token").is_none(), "{tokens:?}");
    assert_eq!(tokens.claims()["scope"], "openid");

    let other = server.sign_in(SPA);
    let form = [("grant_type", "refresh_token"), ("refresh_token", other.refresh_token()), ("client_id", "once")];
    server.post("/token", &form).assert_error(400, "unauthorized_client");
    server.refresh(SPA, other.refresh_token()).tokens();
}

#[test]
fn t16_a_refresh_token_is_sent_once_and_in_the_form() {
    let server = Server::start();
    let tokens = server.sign_in(SPA);
    let (grant, token) = (("grant_type", "refresh_token"), ("refresh_token", tokens.refresh_token()));
    let client = ("client_id", "spa");
    for twice in [[grant, client, token, token], [grant, grant, client, token], [grant, client, client, token]] {
        assert_refused(&server, &server.post("/token", &twice), 400, "invalid_request");
    }
    let different = [grant, client, ("refresh_token", "cs_rt_x"), token];
    assert_refused(&server, &server.post("/token", &different), 400, "invalid_request");
    let scopes = [grant, client, token, ("scope", "openid"), ("scope", "openid")];
    assert_refused(&server, &server.post("/token", &scopes), 400, "invalid_request");
    let in_query = format!("/token?{}", form_encode(&[token]));
    assert_refused(&server, &server.post(&in_query, &[grant, client]), 400, "invalid_request");
    let all_in_query = format!("/token?{}", form_encode(&[grant, client, token]));
    assert_refused(&server, &server.post(&all_in_query, &[]), 401, "invalid_client");
    let unknown = [grant, client, token, ("foo", "1"), ("foo", "2"), ("scope", "")];
    server.post("/token", &unknown).tokens();
}

#[test]
fn t19_a_refresh_is_for_the_resource_that_was_granted() {
    let server = Server::start();
    let tokens = server.sign_in(WEB);
    let refresh = |token: &str, resources: &[&str]| {
        let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", token)];
        form.extend(resources.iter().map(|resource| ("resource", *resource)));
        server.token(WEB, &form)
    };
    let others: [&[&str]; 5] = [
        &["https://other.example/api"],
        &["https://api.example/"],
        &["x"],
        &[API, API],
        &[API, "https://evil.example"],
    ];
    for resources in others {
        assert_refused(&server, &refresh(tokens.refresh_token(), resources), 400, "invalid_target");
    }
    let named = refresh(tokens.refresh_token(), &[API]).tokens();
    assert_eq!(named.claims()["aud"], API);

    let other = Authorization::of(WEB).with("resource", "https://other.example/api");
    let other = server.exchange(WEB, &server.code_for(&other, ALICE)).tokens();
    assert_eq!(other.claims()["aud"], "https://other.example/api");
    assert_eq!(server.refresh(WEB, other.refresh_token()).tokens().claims()["aud"], "https://other.example/api");
}

/// What a client lost since is gone, and what it gained it has to ask the person for.
#[test]
fn a_refresh_gives_no_more_than_the_client_may_have_today() {
    let server = Server::start();
    let client: TestClient = WEB;
    let tokens = server.sign_in(client);
    crate::support::database::execute(&server.data_dir, "UPDATE clients SET scope = 'openid admin' WHERE id = 'web'");
    let next = server.refresh(client, tokens.refresh_token()).tokens();
    assert_eq!(next.claims()["scope"], "openid");
}
