//! Proof Key for Code Exchange (P): S256, of every client.

use crate::support::{
    ALICE, Authorization, Browser, EVIL, Response, SPA, Server, TestClient, VERIFIER, WEB, challenge, query_of,
};

/// Redeems a code with whatever is given for a verifier.
pub fn redeem(server: &Server, client: TestClient, code: &str, verifier: Option<&str>) -> Response {
    let mut form = vec![("grant_type", "authorization_code"), ("code", code)];
    form.extend(verifier.map(|verifier| ("code_verifier", verifier)));
    server.token(client, &form)
}

/// A request of a browser that would get a code at once is refused.
#[track_caller]
pub fn assert_refused(browser: &mut Browser, request: &Authorization) {
    let told = browser.refused(request, "invalid_request");
    assert_eq!(told["state"], "xyz");
    assert!(told["error_description"].contains("code_challenge"), "{told:?}");
}

/// A request without a challenge.
pub fn bare(client: TestClient) -> Authorization {
    Authorization::of(client).without("code_challenge").without("code_challenge_method")
}

#[test]
fn p01_every_client_sends_a_challenge() {
    let server = Server::start();
    for client in [SPA, WEB] {
        let mut browser = Browser::of_alice(&server, client);
        let request = Authorization::of(client);
        assert_refused(&mut browser, &request.clone().without("code_challenge").without("code_challenge_method"));
        assert_refused(&mut browser, &request.clone().without("code_challenge"));
        assert_refused(&mut browser, &request.clone().with("code_challenge", ""));
        assert!(query_of(browser.get(&request.path()).location()).contains_key("code"));
    }
}

#[test]
fn p02_the_method_is_s256_and_nothing_else() {
    let server = Server::start();
    for client in [SPA, WEB] {
        let mut browser = Browser::of_alice(&server, client);
        let request = Authorization::of(client);
        assert_refused(&mut browser, &request.clone().without("code_challenge_method"));
        for method in ["", "plain", "PLAIN", "s256", "S512", "S256 ", "S256,plain", "none"] {
            assert_refused(&mut browser, &request.clone().with("code_challenge_method", method));
            assert_refused(
                &mut browser,
                &request.clone().with("code_challenge_method", method).with("code_challenge", VERIFIER),
            );
        }
    }
}

#[test]
fn p03_a_missing_verifier_is_refused_and_consumes_nothing() {
    let server = Server::start();
    for client in [SPA, WEB] {
        let code = server.code(client);
        redeem(&server, client, &code, None).assert_error(400, "invalid_grant");
        redeem(&server, client, &code, Some("")).assert_error(400, "invalid_grant");
        redeem(&server, client, &code, Some(VERIFIER)).tokens();
    }
}

#[test]
fn p04_a_wrong_verifier_burns_the_code() {
    let server = Server::start();
    for client in [SPA, WEB] {
        let code = server.code(client);
        redeem(&server, client, &code, Some(&"a".repeat(43))).assert_error(400, "invalid_grant");
        redeem(&server, client, &code, Some(VERIFIER)).assert_error(400, "invalid_grant");
    }
}

/// P04: whoever cannot authenticate as the client burns nothing of it.
#[test]
fn p04_a_wrong_verifier_from_somebody_else_consumes_nothing() {
    let server = Server::start();
    let (code, wrong) = (server.code(WEB), "a".repeat(43));
    redeem(&server, EVIL, &code, Some(&wrong)).assert_error(400, "invalid_grant");
    redeem(&server, SPA, &code, Some(&wrong)).assert_error(400, "invalid_grant");
    for secret in [Some("guessed"), None] {
        let mut impostor = WEB;
        impostor.secret = secret;
        redeem(&server, impostor, &code, Some(&wrong)).assert_error(401, "invalid_client");
    }
    redeem(&server, WEB, &code, Some(VERIFIER)).tokens();
}

#[test]
fn p07_a_malformed_verifier_is_refused_and_consumes_nothing() {
    let server = Server::start();
    let code = server.code(SPA);
    let long = "a".repeat(129);
    let malformed = ["a", &VERIFIER[..42], &long, &"a".repeat(10_000), &"é".repeat(43), &"\u{1F511}".repeat(20)];
    for verifier in malformed {
        redeem(&server, SPA, &code, Some(verifier)).assert_error(400, "invalid_grant");
    }
    for illegal in ["+", "/", "=", " ", "%", "\r\n", "\"", "*"] {
        let verifier = format!("{}{illegal}", &VERIFIER[..42]);
        redeem(&server, SPA, &code, Some(&verifier)).assert_error(400, "invalid_grant");
        redeem(&server, SPA, &code, Some(&format!("{VERIFIER}{illegal}"))).assert_error(400, "invalid_grant");
    }
    redeem(&server, SPA, &code, Some(&format!("{VERIFIER}\0"))).assert_error(400, "invalid_request");
    redeem(&server, SPA, &code, Some(VERIFIER)).tokens();
}

/// P07: RFC 7636 §4.1.
#[test]
fn p07_a_verifier_has_43_to_128_unreserved_characters() {
    let server = Server::start();
    for verifier in ["a".repeat(43), "a".repeat(128), format!("-._~{}", "Z9".repeat(25))] {
        let request = Authorization::of(SPA).with("code_challenge", &challenge(&verifier));
        redeem(&server, SPA, &server.code_for(&request, ALICE), Some(&verifier)).tokens();
    }
}

#[test]
fn p08_the_challenge_is_no_verifier() {
    let server = Server::start();
    let code = server.code(SPA);
    redeem(&server, SPA, &code, Some(&challenge(VERIFIER))).assert_error(400, "invalid_grant");
    redeem(&server, SPA, &code, Some(VERIFIER)).assert_error(400, "invalid_grant");
}

#[test]
fn p10_a_challenge_is_the_base64url_of_32_bytes() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, SPA);
    let good = challenge(VERIFIER);
    let malformed = [
        format!("{good}="),
        format!("{good}A"),
        good[..42].to_owned(),
        format!("{}+", &good[..42]),
        format!("{}/", &good[..42]),
        format!("{}=", &good[..42]),
        format!(" {}", &good[1..]),
        format!("{good} "),
        format!("{good}\n"),
        // The last character carries two unused bits, which are zero in the one spelling there is.
        format!("{}N", &good[..42]),
        "é".repeat(43),
        "*".repeat(43),
        "A".repeat(4000),
    ];
    assert!(good.ends_with('M'), "and N differs from it in an unused bit: {good}");
    for malformed in malformed {
        assert_refused(&mut browser, &Authorization::of(SPA).with("code_challenge", &malformed));
    }
    assert!(query_of(browser.get(&Authorization::of(SPA).path()).location()).contains_key("code"));
}

#[test]
fn p11_the_metadata_says_s256() {
    let server = Server::start();
    for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
        assert_eq!(server.get(path).json()["code_challenge_methods_supported"], serde_json::json!(["S256"]));
    }
}

#[test]
fn p12_a_code_belongs_to_the_tab_that_asked_for_it() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, SPA);
    let verifiers = ["a".repeat(43), "b".repeat(43)];
    let codes = verifiers.each_ref().map(|verifier| {
        let request = Authorization::of(SPA).with("code_challenge", &challenge(verifier));
        query_of(browser.get(&request.path()).location()).remove("code").expect("a code")
    });
    redeem(&server, SPA, &codes[0], Some(&verifiers[1])).assert_error(400, "invalid_grant");
    redeem(&server, SPA, &codes[1], Some(&verifiers[0])).assert_error(400, "invalid_grant");
    for (code, verifier) in codes.iter().zip(&verifiers) {
        redeem(&server, SPA, code, Some(verifier)).assert_error(400, "invalid_grant");
    }
}

/// RFC 9700 §2.1.1, for an operator whose applications know no PKCE.
#[test]
fn p13_only_where_the_operator_says_so_a_confidential_client_needs_no_challenge() {
    let server = Server::start_with(&[("AUTHORIZATION__PKCE", "public-clients")]);
    assert_refused(&mut Browser::of_alice(&server, SPA), &bare(SPA));
    let mut browser = Browser::of_alice(&server, WEB);
    let mut code = |request: &Authorization| query_of(browser.get(&request.path()).location())["code"].clone();
    redeem(&server, WEB, &code(&bare(WEB)), None).tokens();
    // Somebody took the challenge out of the request: what the client sends for it gives that away, and consumes nothing.
    let downgraded = code(&bare(WEB));
    redeem(&server, WEB, &downgraded, Some(VERIFIER)).assert_error(400, "invalid_grant");
    redeem(&server, WEB, &downgraded, None).tokens();
    // Whoever sends a challenge is held to it.
    let bound = code(&Authorization::of(WEB));
    redeem(&server, WEB, &bound, None).assert_error(400, "invalid_grant");
    redeem(&server, WEB, &bound, Some(VERIFIER)).tokens();
    for half in [
        bare(WEB).with("code_challenge", "x"),
        bare(WEB).with("code_challenge", &challenge(VERIFIER)),
        bare(WEB).with("code_challenge_method", "S256"),
        Authorization::of(WEB).with("code_challenge_method", "plain"),
    ] {
        assert_refused(&mut browser, &half);
    }
}
