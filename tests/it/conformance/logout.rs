//! Back-Channel Logout OP and Front-Channel Logout OP.

use serde_json::json;

use super::Plan;
use crate::support::{Browser, Peer, Verifier, WEB, claims, form_encode, header};

const BACK: &str = "https://app.example/post_logout_redirect";
const LOOPBACK: &[(&str, &str)] = &[("OUTBOUND__ALLOWED_ADDRESSES", "127.0.0.1")];

fn set(plan: &Plan, members: &[&str]) {
    let options = members.iter().flat_map(|member| ["--metadata", member]).collect::<Vec<_>>();
    plan.server.command(&[&["client", "set", "web"], options.as_slice()].concat(), "");
}

#[test]
fn oidcc_backchannel_logout_discovery_endpoint_verification() {
    let metadata = Plan::basic().server.get("/.well-known/openid-configuration").json();
    assert_eq!(metadata["backchannel_logout_supported"], true);
    assert_eq!(metadata["backchannel_logout_session_supported"], true);
    assert!(metadata["end_session_endpoint"].is_string());
}

#[test]
fn oidcc_backchannel_rp_initiated_logout() {
    let (plan, peer) = (Plan::with(None, LOOPBACK), Peer::start());
    peer.serve("/backchannel_logout", "");
    let uri = format!("backchannel_logout_uri={}", peer.url("/backchannel_logout"));
    set(&plan, &[&uri, "backchannel_logout_session_required=true", &format!("post_logout_redirect_uris={BACK}")]);
    let mut browser = Browser::new(&plan.server);
    let rp = plan.sign_in(&mut browser, WEB, &plan.request(WEB));
    let hint = rp.tokens.0["id_token"].as_str().unwrap();
    let parameters = [("id_token_hint", hint), ("post_logout_redirect_uri", BACK), ("state", "s-1")];
    let answer = browser.get(&format!("/logout?{}", form_encode(&parameters)));
    assert_eq!(answer.location(), format!("{BACK}?state=s-1"));
    plan.server.deliver();
    let asked = peer.asked("/backchannel_logout");
    let [asked] = &asked[..] else { panic!("{asked:?}") };
    let token = asked.body.strip_prefix("logout_token=").expect("it has this parameter and no other");
    assert!(Verifier::new(&plan.server.clock).accepts(&plan.server, token));
    assert_eq!((&header(token)["alg"], &header(token)["typ"]), (&json!("RS256"), &json!("logout+jwt")));
    let said = claims(token);
    for name in ["iss", "sub", "sid", "aud"] {
        assert_eq!(said[name], rp.id_token[name], "{name}");
    }
    assert!(said["iat"].is_i64() && said["exp"].is_i64() && said["jti"].is_string());
    assert_eq!(said["events"], json!({ "http://schemas.openid.net/event/backchannel-logout": {} }));
    assert_eq!(said.get("nonce"), None);
    let again = browser.get(&plan.request(WEB).with("prompt", "none").path());
    assert_eq!(again.told()["error"], "login_required");
}

#[test]
fn oidcc_frontchannel_logout_discovery_endpoint_verification() {
    let metadata = Plan::basic().server.get("/.well-known/openid-configuration").json();
    assert_eq!(metadata["frontchannel_logout_supported"], true);
    assert_eq!(metadata["frontchannel_logout_session_supported"], true);
    assert!(metadata["end_session_endpoint"].is_string());
}

#[test]
fn oidcc_frontchannel_rp_initiated_logout() {
    let plan = Plan::basic();
    set(
        &plan,
        &[
            "frontchannel_logout_uri=https://app.example/frontchannel_logout",
            "frontchannel_logout_session_required=true",
            &format!("post_logout_redirect_uris={BACK}"),
        ],
    );
    let mut browser = Browser::new(&plan.server);
    let rp = plan.sign_in(&mut browser, WEB, &plan.request(WEB));
    let hint = rp.tokens.0["id_token"].as_str().unwrap();
    let parameters = [("id_token_hint", hint), ("post_logout_redirect_uri", BACK), ("state", "s-1")];
    let answer = browser.get(&format!("/logout?{}", form_encode(&parameters)));
    let page = browser.follow(answer);
    let told = form_encode(&[("iss", &plan.server.issuer), ("sid", rp.id_token["sid"].as_str().unwrap())]);
    let frame = format!("<iframe src=\"https://app.example/frontchannel_logout?{told}\"").replace('&', "&#38;");
    assert!(page.body.contains(&frame), "{frame}: {page:?}");
    assert!(page.body.contains(&format!("href=\"{BACK}?state=s-1\"")), "{page:?}");
    let again = browser.get(&plan.request(WEB).with("prompt", "none").path());
    assert_eq!(again.told()["error"], "login_required");
}
