//! Resources by pattern (D11, `authorization.resource_patterns`): an address that is like a pattern counts as registered for every
//! client, and a token is for that one address.

use crate::support::database::execute;
use crate::support::{ALICE, Authorization, BOB, Browser, Program, SPA, Server, VERIFIER, WEB, challenge};

const SETTINGS: &[(&str, &str)] =
    &[("AUTHORIZATION__RESOURCE_PATTERNS", "http://localhost:*/* https://mcp.example.com/tools/*")];

#[test]
fn a_resource_that_is_like_a_pattern_is_one_on_every_leg() {
    let server = Server::start_with(SETTINGS);
    for (person, uri) in [(ALICE, "http://localhost:43127/mcp"), (BOB, "https://mcp.example.com/tools/a")] {
        let request = Authorization::of(SPA).with("resource", uri);
        let mut browser = Browser::new(&server);
        let login = browser.visit(&request.path());
        let consent = browser.sign_in(&login, person);
        assert!(consent.body.contains(uri), "people see what the access is for: {consent:?}");
        let code = browser.decide(&consent, "allow").told().remove("code").expect("a code");
        let form = [("grant_type", "authorization_code"), ("code", &code), ("code_verifier", VERIFIER)];
        let tokens = server.token(SPA, &[&form[..], &[("resource", uri)]].concat()).tokens();
        assert_eq!(
            (tokens.claims()["aud"].as_str(), tokens.0["scope"].as_str()),
            (Some(uri), Some("openid notes.read"))
        );
        let form = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh_token()), ("resource", uri)];
        assert_eq!(server.token(SPA, &form).tokens().claims()["aud"], uri);
        let form = [("grant_type", "client_credentials"), ("resource", uri)];
        assert_eq!(server.token(WEB, &form).tokens().claims()["aud"], uri);
        let other = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh_token())];
        let other = [&other[..], &[("resource", "http://localhost:1/other")]].concat();
        server.token(SPA, &other).assert_error(400, "invalid_target");
    }
}

#[test]
fn d11_what_is_not_like_a_pattern_is_refused_with_the_command_that_registers_it() {
    let server = Server::start_with(SETTINGS);
    let mut browser = Browser::new(&server);
    for uri in ["https://localhost/mcp", "https://mcp.example.com/toolsmith", "https://mcp.example.com/"] {
        let told = browser.refused(&Authorization::of(SPA).with("resource", uri), "invalid_target");
        let command = format!("`countersign resource add '{uri}'`");
        assert!(told["error_description"].contains(&command), "{told:?}");
        let form = [("grant_type", "client_credentials"), ("resource", uri)];
        let refused = server.token(WEB, &form);
        refused.assert_error(400, "invalid_target");
        assert!(refused.json()["error_description"].as_str().is_some_and(|text| text.contains(&command)));
    }
    for uri in [
        "http://localhost.evil.example/mcp",
        "http://localhost:1@evil.example/mcp",
        "https://mcp.example.com/tools/../x",
        "https://mcp.example.com/tools/%2e%2e/x",
    ] {
        browser.refused(&Authorization::of(SPA).with("resource", uri), "invalid_target");
    }
    // An operator never copies what is no plain address.
    for uri in ["https://x.example/';reboot'", "https://x.example/$(reboot)", "x`reboot`"] {
        let told = browser.refused(&Authorization::of(SPA).with("resource", uri), "invalid_target");
        assert!(
            !told["error_description"].contains("countersign") && !told["error_description"].contains("reboot"),
            "{told:?}"
        );
    }
}

/// A grant whose pattern the operator takes away gets no more tokens.
#[test]
fn t19_a_pattern_that_is_gone_allows_nothing() {
    let server = Server::start_with(SETTINGS);
    let request = Authorization::of(SPA).with("resource", "http://localhost:43127/mcp");
    let tokens = server.exchange(SPA, &server.code_for(&request, ALICE)).tokens();
    let server = server.restart(&[]);
    server.refresh(SPA, tokens.refresh_token()).assert_error(400, "invalid_target");
    execute(&server.data_dir, "UPDATE clients SET resources = 'http://localhost:43127/mcp' WHERE id = 'spa'");
    server.refresh(SPA, tokens.refresh_token()).assert_error(400, "invalid_target");
    let server = server.restart(SETTINGS);
    assert_eq!(server.refresh(SPA, tokens.refresh_token()).tokens().claims()["aud"], "http://localhost:43127/mcp");
}

/// An MCP server under development is a resource of the playground on whatever port it listens.
#[test]
fn every_address_of_this_machine_is_a_resource_of_the_playground() {
    let (server, _) = Program::dev();
    for uri in ["http://localhost:43127/mcp", "http://127.0.0.1:43127", "http://[::1]:43127/mcp"] {
        let request = Authorization::to("dev-public", "http://127.0.0.1/callback")
            .with("scope", "openid notes.read")
            .with("code_challenge", &challenge(VERIFIER))
            .with("resource", uri);
        let answer = server.get(&request.path());
        assert!(answer.location().contains("/login?flow="), "{uri}: {answer:?}");
    }
    let elsewhere =
        Authorization::to("dev-public", "http://127.0.0.1/callback").with("resource", "https://evil.example");
    assert!(server.get(&elsewhere.path()).location().contains("error=invalid_target"));
    std::fs::remove_dir_all(&server.data_dir).expect("the playground has a folder");
}
