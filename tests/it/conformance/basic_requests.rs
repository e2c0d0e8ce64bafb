//! Basic OP and Form Post OP: the parameters of the authentication request.

use std::time::Duration;

use serde_json::json;

use super::Plan;
use super::basic::plans;
use crate::support::{ALICE, Authorization, BOB, Browser, Response, WEB};

plans! {
    oidcc_display_page,
    oidcc_display_popup,
    oidcc_prompt_login,
    oidcc_prompt_none_not_logged_in,
    oidcc_prompt_none_logged_in,
    oidcc_max_age_1,
    oidcc_max_age_10000,
    oidcc_ensure_request_with_unknown_parameter_succeeds,
    oidcc_id_token_hint,
    oidcc_login_hint,
    oidcc_ui_locales,
    oidcc_claims_locales,
    oidcc_ensure_request_with_acr_values_succeeds,
    oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported,
    oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported,
    oidcc_ensure_request_object_with_redirect_uri,
}

fn succeeds(plan: &Plan, name: &str, value: &str) -> super::SignedIn {
    let request = plan.request(WEB).with(name, value);
    plan.sign_in(&mut Browser::new(&plan.server), WEB, &request)
}

fn is_login(page: &Response) -> bool {
    page.status == 200 && page.body.contains("name=\"password\"")
}

fn oidcc_display_page(plan: &Plan) {
    succeeds(plan, "display", "page");
}

fn oidcc_display_popup(plan: &Plan) {
    succeeds(plan, "display", "popup");
}

fn oidcc_prompt_login(plan: &Plan) {
    let mut browser = Browser::new(&plan.server);
    let first = plan.sign_in(&mut browser, WEB, &plan.request(WEB));
    plan.server.advance(Duration::from_secs(2));
    let request = plan.request(WEB).with("prompt", "login");
    let page = browser.visit(&request.path());
    assert!(is_login(&page), "{page:?}");
    let answer = browser.sign_in(&page, ALICE);
    let second = plan.redeem(WEB, &request, &answer.told()["code"]);
    assert!(second.id_token["auth_time"].as_i64() > first.id_token["auth_time"].as_i64());
    assert_eq!(second.id_token["sub"], first.id_token["sub"]);
}

fn oidcc_prompt_none_not_logged_in(plan: &Plan) {
    let answer = Browser::new(&plan.server).get(&plan.request(WEB).with("prompt", "none").path());
    assert_eq!(answer.told()["error"], "login_required");
    assert_eq!(answer.told()["state"], "xyz");
}

fn oidcc_prompt_none_logged_in(plan: &Plan) {
    let mut browser = Browser::new(&plan.server);
    let first = plan.sign_in(&mut browser, WEB, &plan.request(WEB));
    plan.server.advance(Duration::from_secs(2));
    let request = plan.request(WEB).with("prompt", "none");
    let second = plan.redeem(WEB, &request, &browser.get(&request.path()).told()["code"]);
    for name in ["sub", "auth_time"] {
        assert_eq!(second.id_token[name], first.id_token[name], "{name}");
    }
}

fn oidcc_max_age_1(plan: &Plan) {
    let mut browser = Browser::new(&plan.server);
    let first = plan.sign_in(&mut browser, WEB, &plan.request(WEB));
    plan.server.advance(Duration::from_secs(2));
    let request = plan.request(WEB).with("max_age", "1");
    let page = browser.visit(&request.path());
    assert!(is_login(&page), "{page:?}");
    let answer = browser.sign_in(&page, ALICE);
    let second = plan.redeem(WEB, &request, &answer.told()["code"]);
    assert!(
        second.id_token["auth_time"].as_i64().expect("it is required") > first.id_token["auth_time"].as_i64().unwrap()
    );
}

fn oidcc_max_age_10000(plan: &Plan) {
    let mut browser = Browser::new(&plan.server);
    let first = plan.sign_in(&mut browser, WEB, &plan.request(WEB));
    plan.server.advance(Duration::from_secs(2));
    let request = plan.request(WEB).with("max_age", "10000");
    let second = plan.redeem(WEB, &request, &browser.get(&request.path()).told()["code"]);
    assert_eq!(
        second.id_token["auth_time"].as_i64().expect("it is required"),
        first.id_token["auth_time"].as_i64().unwrap()
    );
}

fn oidcc_ensure_request_with_unknown_parameter_succeeds(plan: &Plan) {
    succeeds(plan, "extra", "foobar");
}

fn oidcc_id_token_hint(plan: &Plan) {
    let mut browser = Browser::new(&plan.server);
    let first = plan.sign_in(&mut browser, WEB, &plan.request(WEB));
    let hint = first.tokens.0["id_token"].as_str().unwrap();
    let request = plan.request(WEB).with("prompt", "none").with("id_token_hint", hint);
    let second = plan.redeem(WEB, &request, &browser.get(&request.path()).told()["code"]);
    assert_eq!(second.id_token["sub"], first.id_token["sub"]);
    // Somebody else is not passed off as the one who was named.
    let other = Browser::new(&plan.server).with_person(&plan.request(WEB), BOB).get(&request.path());
    assert_eq!(other.told()["error"], "login_required");
}

fn oidcc_login_hint(plan: &Plan) {
    let mut browser = Browser::new(&plan.server);
    let request = plan.request(WEB).with("login_hint", ALICE);
    let page = browser.visit(&request.path());
    assert!(page.body.contains("value=\"alice\""), "{page:?}");
    succeeds(plan, "login_hint", "bob@people.example");
}

fn oidcc_ui_locales(plan: &Plan) {
    succeeds(plan, "ui_locales", "se de");
}

fn oidcc_claims_locales(plan: &Plan) {
    succeeds(plan, "claims_locales", "se");
}

fn oidcc_ensure_request_with_acr_values_succeeds(plan: &Plan) {
    let metadata = plan.server.get("/.well-known/openid-configuration").json();
    let supported = metadata["acr_values_supported"][0].as_str().expect("one is announced").to_owned();
    for asked in [supported.as_str(), "1 2"] {
        let signed_in = succeeds(plan, "acr_values", asked);
        assert_eq!(signed_in.id_token["acr"], supported.as_str());
    }
}

/// An object that is not signed (RFC 7519 §6).
fn unsigned(claims: &serde_json::Value) -> String {
    let part = |value: &serde_json::Value| countersign::types::base64url::encode(value.to_string());
    format!("{}.{}.", part(&json!({ "alg": "none" })), part(claims))
}

fn oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported(plan: &Plan) {
    let object =
        unsigned(&json!({ "client_id": WEB.id, "response_type": "code", "state": "inside", "nonce": "inside" }));
    let answer = Browser::new(&plan.server).get(&plan.request(WEB).with("request", &object).path());
    assert_eq!(answer.told()["error"], "request_not_supported");
}

fn oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported(plan: &Plan) {
    let request = plan.request(WEB).with("request_uri", "https://app.example/request.jwt");
    let told = Browser::new(&plan.server).get(&request.path()).told();
    assert!(["request_uri_not_supported", "invalid_request_uri"].contains(&told["error"].as_str()), "{told:?}");
}

fn oidcc_ensure_request_object_with_redirect_uri(plan: &Plan) {
    let object = unsigned(&json!({ "client_id": WEB.id, "redirect_uri": WEB.redirect_uri, "response_type": "code" }));
    let request: Authorization =
        plan.request(WEB).with("redirect_uri", "https://app.example/other").with("request", &object);
    Browser::new(&plan.server).get(&request.path()).assert_error_page(400);
}
