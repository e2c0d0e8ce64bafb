//! Tests of what may be registered, and what is proven.

use super::*;

#[test]
fn only_the_port_of_a_loopback_address_is_free() {
    let registered = "http://127.0.0.1/cb";
    for sent in ["http://127.0.0.1:1/cb", "http://127.0.0.1:65535/cb"] {
        assert!(differs_by_loopback_port(registered, sent), "{sent}");
    }
    for sent in [
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:65536/cb",
        "http://127.0.0.1:1/cbx",
        "http://127.0.0.1:1@evil.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://localhost:1/cb",
        "https://127.0.0.1:1/cb",
        "http://127.0.0.1:+1/cb",
    ] {
        assert!(!differs_by_loopback_port(registered, sent), "{sent}");
    }
}

#[test]
fn the_log_has_origin_and_path_of_an_address() {
    let long = format!("https://app.example/{}", "a".repeat(500));
    for (sent, logged) in [
        ("https://alice:secret@app.example:8443/cb?code=1#f", "https://app.example:8443/cb"),
        ("com.example.app:/cb?x=1", "com.example.app:/cb"),
        ("app://cb/x\r\n", "app://cb/x"),
        ("javascript:alert(1)", "javascript:"),
        ("/cb", "not an absolute URI"),
        (long.as_str(), &long[..MAX_LOGGED]),
    ] {
        assert_eq!(loggable(sent), logged, "{sent}");
    }
}

#[test]
fn what_may_be_registered() {
    for uri in ["https://app.example/cb", "https://app.example/cb?x=1", "http://[::1]/cb", "com.example.app:/cb"] {
        assert_eq!(check_registration(uri, DotlessSchemes::Listed(&[])), Ok(()), "{uri}");
    }
    let listed = ["cursor".to_owned()];
    for uri in ["cursor://anysphere.cursor-mcp/oauth/callback", "cursor:/cb", "CURSOR://cb"] {
        assert_eq!(check_registration(uri, DotlessSchemes::All), Ok(()), "{uri}");
        assert_eq!(check_registration(uri, DotlessSchemes::Listed(&listed)), Ok(()), "{uri}");
        assert!(check_registration(uri, DotlessSchemes::Listed(&[])).is_err(), "{uri}");
    }
    for uri in [
        "javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "blob:https://a.example/x",
        "view-source:https://a.example/x",
        "ms-settings:/x",
        "ws://a.example/x",
        "mailto:a@example",
        "localhost:3000/cb",
        "c:/cb",
        "cursor:cb",
        "http://app.example/cb",
        "https://*.example.com/cb",
        "https://app.example/cb#f",
        "/cb",
        "app.example/cb",
        "https://u:p@app.example/cb",
        "https://app.example\\@evil.example/cb",
        "https://app.example/c b",
        "",
    ] {
        assert!(check_registration(uri, DotlessSchemes::All).is_err(), "{uri}");
    }
}
