//! Basic OP, and Form Post OP, which is the same with `response_mode=form_post`: sign-in, tokens and what is done with them.

use std::time::Duration;

use super::{Plan, assert_userinfo};
use crate::support::{Authorization, Browser, EVIL, Response, VERIFIER, WEB, challenge};

/// Makes each module a test of both plans.
macro_rules! plans {
    ($($module:ident),+ $(,)?) => {
        mod basic_op {
            $(#[test] fn $module() { super::$module(&crate::conformance::Plan::basic()); })+
        }
        mod form_post_op {
            $(#[test] fn $module() { super::$module(&crate::conformance::Plan::form_post()); })+
        }
    };
}
pub(super) use plans;

plans! {
    oidcc_server,
    oidcc_response_type_missing,
    oidcc_idtoken_signature,
    oidcc_idtoken_unsigned,
    oidcc_userinfo_get,
    oidcc_userinfo_post_header,
    oidcc_userinfo_post_body,
    oidcc_ensure_request_without_nonce_succeeds_for_code_flow,
    oidcc_alternate_happy_flow,
    oidcc_codereuse,
    oidcc_codereuse_30seconds,
    oidcc_ensure_registered_redirect_uri,
    oidcc_ensure_post_request_succeeds,
    oidcc_server_client_secret_post,
    oidcc_refresh_token,
    oidcc_ensure_request_with_valid_pkce_succeeds,
}

fn oidcc_server(plan: &Plan) {
    let mut browser = Browser::new(&plan.server);
    for _ in 0..2 {
        let signed_in = plan.sign_in(&mut browser, WEB, &plan.request(WEB));
        plan.userinfo(&signed_in);
    }
    let second = plan.sign_in(&mut browser, EVIL, &plan.request(EVIL));
    plan.userinfo(&second);
}

fn oidcc_response_type_missing(plan: &Plan) {
    let mut browser = Browser::new(&plan.server);
    let told = browser.get(&plan.request(WEB).without("response_type").path()).told();
    assert!(["unsupported_response_type", "invalid_request"].contains(&told["error"].as_str()), "{told:?}");
    assert_eq!(told["state"], "xyz");
}

fn oidcc_idtoken_signature(plan: &Plan) {
    // `sign_in` finds the key by its kid, and verifies.
    let signed_in = plan.sign_in(&mut Browser::new(&plan.server), WEB, &plan.request(WEB));
    let header = crate::support::header(signed_in.tokens.0["id_token"].as_str().unwrap());
    assert_eq!(header["alg"], "RS256");
    assert!(header["kid"].is_string());
}

fn oidcc_idtoken_unsigned(plan: &Plan) {
    let metadata = plan.server.get("/.well-known/openid-configuration").json();
    let algorithms = metadata["id_token_signing_alg_values_supported"].as_array().unwrap();
    assert!(!algorithms.contains(&"none".into()), "the module is skipped then");
}

fn oidcc_userinfo_get(plan: &Plan) {
    let signed_in = plan.sign_in(&mut Browser::new(&plan.server), WEB, &plan.request(WEB));
    plan.userinfo(&signed_in);
}

fn oidcc_userinfo_post_header(plan: &Plan) {
    let signed_in = plan.sign_in(&mut Browser::new(&plan.server), WEB, &plan.request(WEB));
    let bearer = format!("Bearer {}", signed_in.tokens.access_token());
    let response = plan.server.send("POST", "/userinfo", &[("authorization", &bearer)], None);
    assert_userinfo(&response, &signed_in);
}

fn oidcc_userinfo_post_body(plan: &Plan) {
    let signed_in = plan.sign_in(&mut Browser::new(&plan.server), WEB, &plan.request(WEB));
    let response = plan.server.post("/userinfo", &[("access_token", signed_in.tokens.access_token())]);
    assert_userinfo(&response, &signed_in);
}

fn oidcc_ensure_request_without_nonce_succeeds_for_code_flow(plan: &Plan) {
    let signed_in = plan.sign_in(&mut Browser::new(&plan.server), WEB, &plan.request(WEB).without("nonce"));
    assert_eq!(signed_in.id_token.get("nonce"), None);
}

fn oidcc_alternate_happy_flow(plan: &Plan) {
    let mut pairs = plan
        .request(WEB)
        .with("scope", "email openid profile")
        .pairs()
        .into_iter()
        .rev()
        .fold(Authorization::empty(), |request, (name, value)| request.and(name, value));
    pairs = pairs.with("login_hint", "");
    let signed_in = plan.sign_in(&mut Browser::new(&plan.server), WEB, &pairs);
    plan.userinfo(&signed_in);
}

/// The code once more, and what the first access token is worth then.
fn reuse(plan: &Plan, after: Duration) -> (Response, Response) {
    let request = plan.request(WEB);
    let told = plan.authorize(&mut Browser::new(&plan.server), &request);
    let first = plan.redeem(WEB, &request, &told["code"]);
    plan.server.advance(after);
    let form = [("grant_type", "authorization_code"), ("code", &told["code"]), ("redirect_uri", WEB.redirect_uri)];
    (plan.server.token(WEB, &form), plan.server.userinfo(first.tokens.access_token()))
}

fn oidcc_codereuse(plan: &Plan) {
    let (again, userinfo) = reuse(plan, Duration::ZERO);
    again.assert_error(400, "invalid_grant");
    assert_eq!(userinfo.status, 401);
}

fn oidcc_codereuse_30seconds(plan: &Plan) {
    let (again, userinfo) = reuse(plan, Duration::from_secs(30));
    again.assert_error(400, "invalid_grant");
    assert_eq!(userinfo.status, 401, "what the first use brought is revoked");
}

fn oidcc_ensure_registered_redirect_uri(plan: &Plan) {
    let request = plan.request(WEB).with("redirect_uri", "https://app.example/cb/unregistered");
    Browser::new(&plan.server).get(&request.path()).assert_error_page(400);
}

fn oidcc_ensure_post_request_succeeds(plan: &Plan) {
    let mut browser = Browser::new(&plan.server);
    let request = plan.request(WEB);
    let answer = browser.post("/authorize", &request.pairs());
    let page = browser.follow(answer);
    let page = browser.sign_in(&page, crate::support::ALICE);
    let answer = browser.decide(&page, "allow");
    plan.redeem(WEB, &request, &answer.told()["code"]);
}

fn oidcc_server_client_secret_post(plan: &Plan) {
    let signed_in = plan.sign_in(&mut Browser::new(&plan.server), EVIL, &plan.request(EVIL));
    plan.userinfo(&signed_in);
}

fn oidcc_refresh_token(plan: &Plan) {
    let request = plan.request(WEB).with("scope", "openid offline_access").with("prompt", "consent");
    let first = plan.sign_in(&mut Browser::new(&plan.server), WEB, &request);
    let token = first.tokens.refresh_token();
    assert!(token.bytes().all(|byte| (0x20..=0x7e).contains(&byte)));
    plan.server.refresh(EVIL, token).assert_error(400, "invalid_grant");
    let second = plan.server.refresh(WEB, token).tokens();
    let without_nonce = request.without("nonce");
    let id_token = plan.verified(WEB, &without_nonce, second.0["id_token"].as_str().unwrap());
    for name in ["sub", "auth_time", "aud", "iss"] {
        assert_eq!(id_token[name], first.id_token[name], "{name} (OpenID Connect Core §12.2)");
    }
    assert_eq!(plan.server.userinfo(second.access_token()).status, 200);
}

fn oidcc_ensure_request_with_valid_pkce_succeeds(plan: &Plan) {
    let request = plan.request(WEB).with("code_challenge", &challenge(VERIFIER)).with("code_challenge_method", "S256");
    let told = plan.authorize(&mut Browser::new(&plan.server), &request);
    plan.server.exchange(WEB, &told["code"]).tokens();
}
