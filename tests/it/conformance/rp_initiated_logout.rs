//! RP-Initiated Logout OP.

use super::{Plan, SignedIn};
use crate::support::{Browser, Response, WEB, form_encode};

const BACK: &str = "https://app.example/post_logout_redirect";

/// A plan whose client has an address for afterwards.
fn plan() -> Plan {
    let plan = Plan::basic();
    plan.server.command(&["client", "set", "web", "--metadata", &format!("post_logout_redirect_uris={BACK}")], "");
    plan
}

/// A browser that signed in, with what the client got.
fn signed_in(plan: &Plan) -> (Browser<'_>, SignedIn) {
    let mut browser = Browser::new(&plan.server);
    let signed_in = plan.sign_in(&mut browser, WEB, &plan.request(WEB));
    (browser, signed_in)
}

fn hint(signed_in: &SignedIn) -> &str {
    signed_in.tokens.0["id_token"].as_str().unwrap()
}

#[track_caller]
fn end_session(browser: &mut Browser, parameters: &[(&str, &str)]) -> Response {
    browser.get(&format!("/logout?{}", form_encode(parameters)))
}

fn is_signed_out(plan: &Plan, browser: &mut Browser) -> bool {
    let answer = browser.get(&plan.request(WEB).with("prompt", "none").path());
    answer.told().get("error").is_some_and(|error| error == "login_required")
}

/// Nothing leads back: an error page, or the question whether to sign out.
#[track_caller]
fn assert_stays(answer: &Response) {
    assert_eq!(answer.header("location"), None, "{answer:?}");
    assert!(answer.status == 400 || answer.body.contains("Sign out?"), "{answer:?}");
}

/// Asks where nobody proved that the person wants it, and is signed out when they say so.
#[track_caller]
fn assert_signed_out_page(plan: &Plan, browser: &mut Browser, answer: Response) {
    let answer = if answer.body.contains("name=\"csrf\"") { browser.submit(&answer, "/logout", &[]) } else { answer };
    let page = browser.follow(answer);
    assert!(page.status == 200 && page.body.contains("You are signed out"), "{page:?}");
    assert!(is_signed_out(plan, browser));
}

#[test]
fn oidcc_rp_initiated_logout_discovery_endpoint_verification() {
    let plan = plan();
    let metadata = plan.server.get("/.well-known/openid-configuration").json();
    assert_eq!(metadata["end_session_endpoint"], format!("{}/logout", plan.server.issuer));
}

#[test]
fn oidcc_rp_initiated_logout() {
    let plan = plan();
    let (mut browser, rp) = signed_in(&plan);
    let parameters = [("id_token_hint", hint(&rp)), ("post_logout_redirect_uri", BACK), ("state", "s-1")];
    assert_eq!(end_session(&mut browser, &parameters).location(), format!("{BACK}?state=s-1"));
    assert!(is_signed_out(&plan, &mut browser));
}

#[test]
fn oidcc_rp_initiated_logout_bad_post_logout_redirect_uri() {
    let plan = plan();
    let (mut browser, rp) = signed_in(&plan);
    let other = format!("{BACK}/unregistered");
    let parameters = [("id_token_hint", hint(&rp)), ("post_logout_redirect_uri", &other), ("state", "s-1")];
    assert_stays(&end_session(&mut browser, &parameters));
}

#[test]
fn oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri() {
    let plan = plan();
    let (mut browser, rp) = signed_in(&plan);
    let added = format!("{BACK}?foo=bar");
    let parameters = [("id_token_hint", hint(&rp)), ("post_logout_redirect_uri", &added), ("state", "s-1")];
    assert_stays(&end_session(&mut browser, &parameters));
}

#[test]
fn oidcc_rp_initiated_logout_modified_id_token_hint() {
    let plan = plan();
    let (mut browser, rp) = signed_in(&plan);
    let header = countersign::types::base64url::encode(r#"{"alg":"none"}"#);
    let unsigned = format!("{header}.{}.", hint(&rp).split('.').nth(1).unwrap());
    let parameters = [("id_token_hint", unsigned.as_str()), ("post_logout_redirect_uri", BACK), ("state", "s-1")];
    assert_stays(&end_session(&mut browser, &parameters));
}

#[test]
fn oidcc_rp_initiated_logout_bad_id_token_hint() {
    let plan = plan();
    let (mut browser, _) = signed_in(&plan);
    // The token of another issuer: signed by a key that is not ours.
    let other = self::plan();
    let (_, elsewhere) = signed_in(&other);
    let parameters = [("id_token_hint", hint(&elsewhere)), ("post_logout_redirect_uri", BACK), ("state", "s-1")];
    assert_stays(&end_session(&mut browser, &parameters));
}

#[test]
fn oidcc_rp_initiated_logout_no_id_token_hint() {
    let plan = plan();
    let (mut browser, _) = signed_in(&plan);
    assert_stays(&end_session(&mut browser, &[("post_logout_redirect_uri", BACK), ("state", "s-1")]));
}

#[test]
fn oidcc_rp_initiated_logout_no_params() {
    let plan = plan();
    let (mut browser, _) = signed_in(&plan);
    let answer = browser.get("/logout");
    assert_signed_out_page(&plan, &mut browser, answer);
}

#[test]
fn oidcc_rp_initiated_logout_only_state() {
    let plan = plan();
    let (mut browser, _) = signed_in(&plan);
    let answer = end_session(&mut browser, &[("state", "s-1")]);
    assert_signed_out_page(&plan, &mut browser, answer);
}

#[test]
fn oidcc_rp_initiated_logout_no_post_logout_redirect_uri() {
    let plan = plan();
    let (mut browser, rp) = signed_in(&plan);
    let answer = end_session(&mut browser, &[("id_token_hint", hint(&rp)), ("state", "s-1")]);
    assert_signed_out_page(&plan, &mut browser, answer);
}

#[test]
fn oidcc_rp_initiated_logout_no_state() {
    let plan = plan();
    let (mut browser, rp) = signed_in(&plan);
    let parameters = [("id_token_hint", hint(&rp)), ("post_logout_redirect_uri", BACK)];
    assert_eq!(end_session(&mut browser, &parameters).location(), BACK);
    assert!(is_signed_out(&plan, &mut browser));
}
