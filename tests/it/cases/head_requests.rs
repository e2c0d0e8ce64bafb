//! HEAD has no effect: "the client does not request, and does not expect, any state change on the origin server" (RFC 9110
//! §9.2.1). Proxies, scanners and previews of links send it.

use std::time::Duration;

use super::rp_initiated_logout::{is_signed_in, path, server, sign_in};
use crate::support::database::number;
use crate::support::{ALICE, Authorization, Browser, WEB};

#[test]
fn head_issues_no_code_signs_nobody_out_and_uses_no_session() {
    let server = server();
    let mut browser = Browser::new(&server);
    let hint = sign_in(&server, &mut browser, WEB, ALICE);
    let page = browser.visit(&Authorization::of(WEB).with("prompt", "consent").path());
    let flow = page.hidden("flow").to_owned();
    server.advance(Duration::from_secs(120));
    let stored =
        ["SELECT COUNT(*) FROM grants", "SELECT COUNT(*) FROM decisions", "SELECT MAX(last_seen_at) FROM sessions"];
    let now = || stored.map(|query| number(&server.data_dir, query));
    let (before, cookies) = (now(), browser.cookie_header());
    for target in [
        Authorization::of(WEB).path(),
        path(&[("id_token_hint", &hint), ("client_id", "web")]),
        "/login".to_owned(),
        format!("/login?flow={flow}"),
        format!("/consent?flow={flow}"),
        format!("/select_account?flow={flow}"),
        "/clients/web/logo".to_owned(),
        "/".to_owned(),
    ] {
        let head = server.send("HEAD", &target, &[("cookie", &cookies)], None);
        assert!([200, 303, 404].contains(&head.status) && head.body.is_empty(), "{target}: {head:?}");
        assert!(head.header("set-cookie").is_none(), "{target}: {head:?}");
        let leads = head.header("location").unwrap_or_default();
        assert!(!leads.contains("code=") && !leads.contains("done="), "{target}: {head:?}");
    }
    assert_eq!(now(), before);
    assert!(is_signed_in(&mut browser, WEB, ALICE));
}
