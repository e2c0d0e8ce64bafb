//! Redirect URIs (R) of registrations: what could lead code or people astray is never stored.

use std::process::Output;

use countersign::oauth::registration::NewClient;
use countersign::store::clients;
use countersign::types::Secret;

use crate::support::program::{administer, run};
use crate::support::{Authorization, Server, WEB};

/// Runs the program on the data of a server.
fn countersign(server: &Server, arguments: &[&str]) -> Output {
    run(administer(&server.data_dir, 1, &[], arguments), "")
}

/// Neither the library nor the program registers a client with one of these, alone or beside one that is in order.
#[track_caller]
fn assert_not_registrable(uris: &[&str]) {
    let server = Server::start();
    let ids = || -> Vec<String> {
        let all = server.block_on(server.app.store.read(clients::list)).expect("the database is there");
        all.into_iter().map(|client| client.id).collect()
    };
    let before = ids();
    for uri in uris {
        let redirect_uris = vec![WEB.redirect_uri.to_owned(), (*uri).to_owned()];
        let client = NewClient { id: "new".to_owned(), redirect_uris, ..NewClient::default() };
        let sentence = client.register(&Secret::new("secret")).expect_err(uri);
        assert!(sentence.starts_with("redirect URI '"), "{uri}: {sentence}");
        for beside in [&[][..], &["--redirect-uri", WEB.redirect_uri]] {
            let arguments = [&["client", "add", "new", "--json", "--redirect-uri", uri], beside].concat();
            let output = countersign(&server, &arguments);
            let said = String::from_utf8_lossy(&output.stderr);
            assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{uri}: {said}");
            assert!(said.starts_with("countersign: redirect URI '") && said.lines().count() == 1, "{uri}: {said}");
        }
    }
    assert_eq!(ids(), before, "nothing is stored");

    let output = countersign(&server, &["client", "add", "new", "--json", "--redirect-uri", WEB.redirect_uri]);
    let printed: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it prints JSON");
    assert_eq!((output.status.code(), printed["client_id"].as_str()), (Some(0), Some("new")));
    let page = server.get(&Authorization::of(WEB).with("client_id", "new").with("scope", "openid").path());
    assert!(page.location().starts_with("/login?flow="), "the running server knows it: {page:?}");
}

#[test]
fn r06_a_fragment_is_not_registered() {
    assert_not_registrable(&["https://app.example/cb#", "https://app.example/cb#f", "com.example.app:/cb#f"]);
}

#[test]
fn r13_what_a_browser_would_run_or_open_is_not_registered() {
    assert_not_registrable(&[
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "javascript://app.example/%0aalert(1)",
        " javascript:alert(1)",
        "java\tscript:alert(1)",
        "\u{1}javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "data:text/html;base64,PHNjcmlwdD4=",
        "vbscript:msgbox(1)",
        "file:///etc/passwd",
        "blob:https://app.example/x",
        "about:blank",
        "ftp://app.example/cb",
        "view-source:https://app.example/cb",
        "filesystem:https://app.example/cb",
        "ws://app.example/cb",
        "wss://app.example/cb",
        "mailto:alice@app.example",
        "intent://app.example/cb",
        "ms-settings:/cb",
        "search-ms://app.example/cb",
        "localhost:3000/cb",
        "c:/cb",
        "myapp:cb",
    ]);
}

#[test]
fn r14_http_is_registered_for_this_machine_only() {
    assert_not_registrable(&[
        "http://app.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://localhost.evil.example/cb",
        "http://127.0.0.1@evil.example/cb",
        "http://evil.example/127.0.0.1",
        "http://0.0.0.0/cb",
        "http://192.168.0.1/cb",
        "http://[::]/cb",
    ]);
}

#[test]
fn r17_a_wildcard_is_not_registered() {
    assert_not_registrable(&[
        "https://*.example.com/cb",
        "https://app.example/*",
        "https://app.example/cb*",
        "https://app.example:*/cb",
        "*",
    ]);
}

/// R16, at registration.
#[test]
fn r16_what_two_readers_could_read_differently_is_not_registered() {
    assert_not_registrable(&[
        "https://app.example\\@evil.example/cb",
        "https:\\\\app.example\\cb",
        "https://user:password@app.example/cb",
        "https://app.example/c b",
        "https://app.example/cb\n",
        "https://app。example/cb",
        "app.example/cb",
        "//app.example/cb",
        "/cb",
    ]);
}

/// R16: on a page of an https server, browsers read `https:app.example/cb` as a path below that page.
#[test]
fn r16_an_address_without_its_two_slashes_is_not_registered() {
    assert_not_registrable(&["https:app.example/cb"]);
    assert_not_registrable(&["https:/app.example/cb"]);
    assert_not_registrable(&["https:///app.example/cb"]);
    assert_not_registrable(&["http:127.0.0.1/cb"]);
}
