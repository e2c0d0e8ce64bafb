//! Metrics: true to what was asked, and without anything that a request brought along.

use crate::support::{ALICE, Authorization, Browser, Metrics, PASSWORD, ROPC, SPA, Server, VERIFIER, WEB, basic};

pub fn start() -> Server {
    start_with(&[])
}

pub fn start_with(settings: &[(&str, &str)]) -> Server {
    Server::start_with(&[settings, &[("MANAGEMENT__LISTEN", "127.0.0.1:0")]].concat())
}

/// How much larger a number is after some work: counts are exact.
#[track_caller]
pub fn assert_counted(before: &Metrics, after: &Metrics, name: &str, labels: &[(&str, &str)], more: f64) {
    let counted = after.get(name, labels) - before.get(name, labels);
    assert!((counted - more).abs() < 0.5, "{name} {labels:?}: {counted}, not {more}");
}

#[test]
fn token_requests_are_counted_by_grant_and_result() {
    let server = start();
    let before = server.metrics();
    let code = server.code(WEB);
    let tokens = server.exchange(WEB, &code).tokens();
    let next = server.refresh(WEB, tokens.refresh_token()).tokens();
    server.refresh(WEB, tokens.refresh_token()).tokens();
    server.refresh(WEB, next.refresh_token()).tokens();
    server.refresh(WEB, tokens.refresh_token()).assert_error(400, "invalid_grant");
    server.token(WEB, &[("grant_type", "client_credentials"), ("scope", "notes.read")]).tokens();
    server
        .token(WEB, &[("grant_type", "client_credentials"), ("scope", "nobody.has.it")])
        .assert_error(400, "invalid_scope");
    let other_resource = [("grant_type", "client_credentials"), ("resource", "https://unknown.example")];
    server.token(WEB, &other_resource).assert_error(400, "invalid_target");
    let wrong = [("authorization", basic("web", "wrong"))].map(|(name, value)| (name, value));
    let wrong: Vec<(&str, &str)> = wrong.iter().map(|(name, value)| (*name, value.as_str())).collect();
    server.post_with("/token", &[("grant_type", "client_credentials")], &wrong).assert_error(401, "invalid_client");
    server.token(WEB, &[("grant_type", "tea")]).assert_error(400, "unsupported_grant_type");
    server.token(WEB, &[]).assert_error(400, "invalid_request");
    assert_eq!(server.send("POST", "/token", &[("content-type", "text/plain")], Some(b"x")).status, 400);

    let after = server.metrics();
    for (grant, result, more) in [
        ("authorization_code", "ok", 1.0),
        ("refresh_token", "ok", 3.0),
        ("refresh_token", "invalid_grant", 1.0),
        ("client_credentials", "ok", 1.0),
        ("client_credentials", "invalid_scope", 1.0),
        ("client_credentials", "invalid_target", 1.0),
        ("client_credentials", "invalid_client", 1.0),
        ("unknown", "unsupported_grant_type", 1.0),
        ("unknown", "invalid_request", 2.0),
        ("password", "ok", 0.0),
    ] {
        let labels = [("grant", grant), ("result", result)];
        assert_counted(&before, &after, "countersign_token_requests_total", &labels, more);
    }
    let counted = after.sum("countersign_token_requests_total") - before.sum("countersign_token_requests_total");
    assert!((counted - 12.0).abs() < 0.5, "{counted}: nothing is counted twice");
    // Three token responses with an id_token, the repeated one among them four, and one without.
    let signed = [("algorithm", "RS256")];
    assert_counted(&before, &after, "countersign_signature_duration_seconds_count", &signed, 9.0);
}

#[test]
fn sign_ins_are_counted_by_outcome() {
    let server = start();
    let before = server.metrics();
    let mut browser = Browser::new(&server);
    let page = browser.visit(&Authorization::of(WEB).path());
    for _ in 0..2 {
        browser.submit(&page, "/login", &[("username", ALICE), ("password", "wrong")]);
    }
    browser.sign_in(&page, ALICE);
    let grant = |username: &str, password: &str| {
        server.token(ROPC, &[("grant_type", "password"), ("username", username), ("password", password)]).status
    };
    assert_eq!([grant(ALICE, PASSWORD), grant(ALICE, "wrong"), grant("nobody", "wrong")], [200, 400, 400]);
    let statuses: Vec<u16> = (0..11).map(|_| grant("somebody", "wrong")).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 429).count(), 1, "{statuses:?}");

    let after = server.metrics();
    for (via, outcome, more) in [
        ("page", "ok", 1.0),
        ("page", "wrong", 2.0),
        ("password_grant", "ok", 1.0),
        ("password_grant", "wrong", 12.0),
        ("password_grant", "throttled", 1.0),
        ("page", "throttled", 0.0),
    ] {
        let labels = [("via", via), ("outcome", outcome)];
        assert_counted(&before, &after, "countersign_sign_ins_total", &labels, more);
    }
    // A throttled one is not hashed.
    assert_counted(&before, &after, "countersign_password_hash_duration_seconds_count", &[], 16.0);
    let too_many = [("grant", "password"), ("result", "too_many_attempts")];
    assert_counted(&before, &after, "countersign_token_requests_total", &too_many, 1.0);
}

#[test]
fn clients_that_fail_to_authenticate_are_counted_at_every_endpoint() {
    let server = start();
    let before = server.metrics();
    let wrong = basic("web", "wrong");
    let guess = |path| {
        server.post_with(path, &[("grant_type", "client_credentials"), ("token", "x")], &[("authorization", &wrong)])
    };
    let statuses: Vec<u16> = (0..33).map(|n| guess(["/token", "/introspect", "/revoke"][n % 3]).status).collect();
    assert_eq!(statuses.iter().filter(|status| **status == 401).count(), 30, "{statuses:?}");
    server.token(WEB, &[("grant_type", "client_credentials")]).tokens();
    let after = server.metrics();
    for (outcome, more) in [("failed", 30.0), ("throttled", 3.0)] {
        assert_counted(&before, &after, "countersign_client_refusals_total", &[("outcome", outcome)], more);
    }
    let throttled = [("grant", "client_credentials"), ("result", "too_many_attempts")];
    assert_counted(&before, &after, "countersign_token_requests_total", &throttled, 1.0);
}

#[test]
fn a_full_password_queue_shows() {
    let server = start_with(&[("PASSWORDS__QUEUE", "1"), ("PASSWORDS__HASH_SLOTS", "1")]);
    let before = server.metrics();
    let form = [("grant_type", "password"), ("username", ALICE), ("password", PASSWORD)];
    let statuses = super::refresh_races::together(40, |_| server.token(ROPC, &form).status);
    let refused = statuses.iter().filter(|status| **status == 503).count();
    assert!(refused > 0, "{statuses:?}");
    let after = server.metrics();
    let refused = f64::from(u32::try_from(refused).unwrap());
    assert_counted(&before, &after, "countersign_password_hashes_rejected_total", &[], refused);
    let busy = [("via", "password_grant"), ("outcome", "busy")];
    assert_counted(&before, &after, "countersign_sign_ins_total", &busy, refused);
    for idle in ["countersign_password_queue_length", "countersign_password_hashes_running"] {
        assert!(after.get(idle, &[]).abs() < 0.5, "{idle}");
    }
}

#[test]
fn requests_are_counted_by_route_and_status() {
    let server = start();
    let before = server.metrics();
    for path in
        ["/.well-known/jwks.json", "/.well-known/jwks.json", "/nowhere", "/assets/x/y", "/userinfo", "/authorize"]
    {
        server.get(path);
    }
    server.get(&format!("/login?{}", "x".repeat(20_000)));
    server.send("PUT", "/token", &[], None);
    server.introspect(WEB, "x");
    server.revoke(WEB, "x");
    let preflight = [("origin", "https://spa.example"), ("access-control-request-method", "POST")];
    assert_eq!(server.send("OPTIONS", "/revoke", &preflight, None).status, 204);
    let after = server.metrics();
    for (route, status, more) in [
        ("/.well-known/jwks.json", "2xx", 2.0),
        ("/assets/{hash}/{name}", "4xx", 1.0),
        ("/userinfo", "4xx", 1.0),
        ("/authorize", "4xx", 1.0),
        ("/token", "4xx", 1.0),
        ("/introspect", "2xx", 1.0),
        ("/revoke", "2xx", 2.0),
        ("none", "4xx", 2.0),
    ] {
        let labels = [("route", route), ("status", status)];
        assert_counted(&before, &after, "countersign_http_requests_total", &labels, more);
    }
    let jwks = [("route", "/.well-known/jwks.json")];
    assert_counted(&before, &after, "countersign_http_request_duration_seconds_count", &jwks, 2.0);
    let counted = after.sum("countersign_http_requests_total") - before.sum("countersign_http_requests_total");
    assert!((counted - 11.0).abs() < 0.5, "{counted}: those for metrics are not counted");
}

/// Whatever comes in, the page keeps its series: a label is never taken from a request.
#[test]
fn nobody_adds_a_series() {
    let server = start();
    let before = server.metrics().series();
    for n in 0..20 {
        let forged = format!("forged{n}\"}} 1\n{n}");
        server.post("/token", &[("grant_type", &forged), ("client_id", &forged), ("username", &forged)]);
        server.get(&format!("/forged{n}"));
        server.get_with("/userinfo", &[("authorization", &format!("Bearer forged{n}")), ("host", &format!("h{n}"))]);
        server.send(&format!("FORGED{n}"), "/token", &[("x-request-id", "forged")], None);
        let form = [("grant_type", "password"), ("username", forged.as_str()), ("password", forged.as_str())];
        server.token(ROPC, &form);
    }
    assert_eq!(server.metrics().series(), before);
}

#[test]
fn x23_no_secret_is_among_the_metrics() {
    let server = start();
    let code = server.code(SPA);
    let tokens = server.exchange(SPA, &code).tokens();
    let next = server.refresh(SPA, tokens.refresh_token()).tokens();
    server.refresh(SPA, tokens.refresh_token()).tokens();
    let page = server.management().get("/metrics").body;
    let secrets = [&code, tokens.access_token(), tokens.refresh_token(), next.refresh_token(), VERIFIER, PASSWORD];
    for secret in secrets.into_iter().chain(["spa.example", "countersign-test"]) {
        assert!(!page.contains(secret), "{secret}");
    }
    assert!(!page.contains(ALICE) && !page.contains(SPA.redirect_uri));
}
