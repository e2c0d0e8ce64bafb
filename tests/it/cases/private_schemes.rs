//! Redirect URIs with a scheme that has no dot (R13): an operator may register one, and is warned; a client that registers
//! itself may where the operator lists the scheme. What browsers and systems act upon is nobody's.

use serde_json::json;

use super::registration::{OPEN, register, registered, request_of};
use crate::support::program::{administer, run};
use crate::support::{ALICE, Browser, Installation, Server};

const CURSOR: &str = "cursor://anysphere.cursor-mcp/oauth/callback";

#[test]
fn r13_an_operator_may_register_a_scheme_without_a_dot_and_is_warned() {
    let server = Server::start();
    let add = ["client", "add", "editor", "--public", "--json", "--redirect-uri", CURSOR];
    let output = run(administer(&server.data_dir, 1, &[], &add), "");
    let warned = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && warned.lines().count() == 1, "{output:?}");
    assert!(warned.starts_with("countersign: warning: client 'editor': the scheme 'cursor'"), "{warned}");
    let added: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it prints JSON alone");
    assert_eq!(added["redirect_uris"], json!([CURSOR]));
    let request = crate::support::Authorization::to("editor", CURSOR).with("scope", "openid");
    let mut browser = Browser::new(&server);
    let login = browser.visit(&request.path());
    let consent = browser.sign_in(&login, ALICE);
    let answer = browser.decide(&consent, "allow");
    assert!(answer.location().starts_with(&format!("{CURSOR}?code=")), "{answer:?}");

    let set = ["client", "set", "editor", "--redirect-uri", "com.example.editor:/callback"];
    let output = run(administer(&server.data_dir, 1, &[], &set), "");
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    let set = ["client", "set", "editor", "--redirect-uri", "windsurf:/callback"];
    let output = run(administer(&server.data_dir, 1, &[], &set), "");
    assert!(String::from_utf8_lossy(&output.stderr).contains("'windsurf'"), "{output:?}");
}

#[test]
fn r13_the_doctor_tells_of_schemes_without_a_dot() {
    let installation = Installation::new();
    installation.run(&["migrate"], "");
    let clients = || {
        let output = installation.run_with(&[], &["doctor", "--json"], "");
        let findings: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).expect("it prints JSON");
        findings.into_iter().find(|finding| finding["check"] == "clients").expect("it looks at the clients")
    };
    assert_eq!(clients()["verdict"], "ok");
    let add = ["client", "add", "editor", "--public", "--redirect-uri", CURSOR];
    assert!(installation.run_with(&[], &add, "").status.success());
    let found = clients();
    assert_eq!(found["verdict"], "warning", "{found}");
    assert!(found["detail"].as_str().is_some_and(|detail| detail.contains("'cursor'")), "{found}");
}

#[test]
fn r13_a_client_that_registers_itself_has_the_schemes_that_are_listed() {
    let metadata = |uri: &str| json!({ "redirect_uris": [uri], "token_endpoint_auth_method": "none", "application_type": "native" });
    let closed = Server::start_with(OPEN);
    let refused = register(&closed, &metadata(CURSOR), None);
    refused.assert_error(400, "invalid_redirect_uri");
    assert!(refused.body.contains("registration.private_schemes"), "{refused:?}");

    let server =
        Server::start_with(&[("REGISTRATION__MODE", "open"), ("REGISTRATION__PRIVATE_SCHEMES", "cursor vscode")]);
    let client = registered(&server, &metadata(CURSOR));
    let told = Browser::new(&server).authorize(&request_of(&client).with("scope", "openid").path(), ALICE);
    assert!(told.contains_key("code"), "{told:?}");
    for uri in ["windsurf://callback", "javascript:alert(1)", "javascript://cursor/%0aalert(1)", "cursor:cb", "data:x"]
    {
        register(&server, &metadata(uri), None).assert_error(400, "invalid_redirect_uri");
    }
    let mut after = metadata(CURSOR);
    after["post_logout_redirect_uris"] = json!(["windsurf://bye"]);
    register(&server, &after, None).assert_error(400, "invalid_client_metadata");
    after["post_logout_redirect_uris"] = json!(["vscode://bye"]);
    registered(&server, &after);
}
