//! The issuer comes from the configuration only (X04), and may have a path.

use crate::support::{ALICE, Authorization, Browser, PASSWORD, SPA, Server, WEB, query_of, raw};

const METADATA: [&str; 2] = ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"];
const JWKS: &str = "/.well-known/jwks.json";

/// X04: the issuer comes from the configuration, whatever a request says of hosts and schemes.
#[test]
fn x04_no_header_changes_the_issuer_or_a_link() {
    let server = Server::start_with(&[("ISSUER", "https://id.example")]);
    let plain = server.get(METADATA[0]);
    assert_eq!(plain.json()["issuer"], "https://id.example");
    let headers = [
        "Host: evil.example",
        "Host: id.example\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Port: 81",
        "Host: id.example\r\nForwarded: host=evil.example;proto=http;for=192.0.2.1",
        "Host: id.example\r\nX-Original-URL: /evil\r\nX-Rewrite-URL: /evil\r\nX-Forwarded-Prefix: /evil",
        "Host: id.example:8080\r\nX-Host: evil.example\r\nVia: 1.1 evil.example",
    ];
    for headers in headers {
        let ask = |path: &str| {
            raw(&server.address, format!("GET {path} HTTP/1.1\r\n{headers}\r\nConnection: close\r\n\r\n").as_bytes())
        };
        for path in METADATA {
            let answer = ask(path);
            assert!(answer.ends_with(&plain.body), "{headers}: {answer}");
        }
        for path in [Authorization::of(WEB).path().as_str(), "/", "/login", "/logout", "/nowhere"] {
            let answer = ask(path);
            assert!(
                answer.starts_with("HTTP/1.1 ") && !answer.contains("evil.") && !answer.contains("/evil"),
                "{headers} {path}: {answer}"
            );
        }
    }
    let absolute = raw(
        &server.address,
        b"GET http://evil.example/login HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
    );
    assert!(!absolute.contains("evil."), "{absolute}");
}

/// An issuer with a path: everything is below it, and the documents also where RFC 8414 §3.1 puts them.
#[test]
fn an_issuer_with_a_path_serves_a_whole_flow_below_it() {
    let issuer = "https://id.example/tenant";
    let server = Server::start_with(&[("ISSUER", issuer)]);
    let places = [
        "/tenant/.well-known/openid-configuration",
        "/tenant/.well-known/oauth-authorization-server",
        "/.well-known/oauth-authorization-server/tenant",
        "/.well-known/openid-configuration/tenant",
    ];
    for place in places {
        let document = server.get(place).json();
        assert_eq!(document["issuer"], issuer, "{place}");
        assert_eq!(document["token_endpoint"], format!("{issuer}/token"));
        assert_eq!(document["jwks_uri"], format!("{issuer}{JWKS}"));
    }
    for place in [METADATA[0], METADATA[1], JWKS, "/token", "/authorize", "/login", "/userinfo", "/tenantx/login"] {
        assert_eq!(server.get(place).status, 404, "{place}");
    }
    assert_eq!((server.get("/health/live").status, server.get("/health/ready").status), (200, 200));

    let mut browser = Browser::new(&server);
    let login = browser.visit(&format!("/tenant{}", Authorization::of(SPA).path()));
    assert!(browser.cookies.keys().all(|name| name.starts_with("__Host-")), "{:?}", browser.cookies);
    let signed_in = browser.submit(&login, "/tenant/login", &[("username", ALICE), ("password", PASSWORD)]);
    let consent = browser.follow(signed_in);
    let answer = browser.submit(&consent, "/tenant/consent", &[("decision", "allow")]);
    let answer = query_of(answer.location());
    assert_eq!(answer["iss"], issuer);
    let form = [
        ("grant_type", "authorization_code"),
        ("code", answer["code"].as_str()),
        ("code_verifier", crate::support::VERIFIER),
        ("client_id", "spa"),
    ];
    let tokens = server.post("/tenant/token", &form).tokens();
    assert_eq!(tokens.claims()["iss"], issuer);
    let bearer = format!("Bearer {}", tokens.access_token());
    assert_eq!(server.get_with("/tenant/userinfo", &[("authorization", &bearer)]).status, 200);
    for link in login.body.split(['"', ' ']).filter(|word| word.starts_with("href=") || word.starts_with("src=")) {
        assert!(!link.contains("://"), "{link}");
    }
    let own = |page: &str| page.split("=\"/").skip(1).all(|rest| rest.starts_with("tenant/"));
    assert!(own(&login.body) && own(&consent.body), "every link is below the issuer");
}
