//! Cookies (U19): for this host, out of reach of scripts, and only where they are needed.

use crate::support::{ALICE, Authorization, Browser, PASSWORD, Response, Server, WEB, raw};

/// The cookies that an answer sets: each with its attributes, sorted.
fn set(answer: &Response) -> Vec<(String, Vec<String>)> {
    let cookies = answer.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().expect("it is ASCII"));
    let parse = |cookie: &str| {
        let (pair, attributes) = cookie.split_once("; ").expect("it has attributes");
        let mut attributes: Vec<String> = attributes.split("; ").map(str::to_owned).collect();
        attributes.sort();
        (pair.split('=').next().unwrap_or_default().to_owned(), attributes)
    };
    cookies.map(parse).collect()
}

#[track_caller]
fn assert_cookies(settings: &[(&str, &str)], prefix: &str, attributes: &[&str]) {
    let server = Server::start_with(settings);
    let expected = |name: &str| {
        let attributes = attributes.iter().map(|attribute| (*attribute).to_owned()).collect();
        vec![(format!("{prefix}countersign_{name}"), attributes)]
    };
    let mut browser = Browser::new(&server);
    let first = browser.get(&Authorization::of(WEB).path());
    assert_eq!(set(&first), expected("browser"));
    let login = browser.get(first.location());
    assert_eq!(set(&login), [], "once is enough");
    let signed_in = browser.submit(&login, "/login", &[("username", ALICE), ("password", PASSWORD)]);
    let mut lasting = expected("device");
    lasting[0].1.insert(1, "Max-Age=31536000".to_owned());
    assert_eq!(set(&signed_in), [expected("session"), lasting].concat());
    assert_eq!(set(&Browser::new(&server).get("/login")), expected("browser"));
    let logout = browser.get("/logout");
    let signed_out = browser.submit(&logout, "/logout", &[]);
    let removed = &set(&signed_out)[0];
    assert_eq!(removed.0, expected("session")[0].0);
    assert!(removed.1.contains(&"Max-Age=0".to_owned()), "{removed:?}");
    for attribute in attributes {
        assert!(removed.1.contains(&(*attribute).to_owned()), "a cookie is removed as it was set: {removed:?}");
    }
}

#[test]
fn u19_cookies_are_for_this_host_and_no_script() {
    assert_cookies(&[], "", &["HttpOnly", "Path=/", "SameSite=Lax"]);
}

/// U19: `__Host-` is taken by a browser only with Secure, Path=/ and no Domain.
#[test]
fn u19_cookies_of_an_https_issuer_are_secure_and_host_only() {
    let attributes = ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"];
    assert_cookies(&[("ISSUER", "https://login.example")], "__Host-", &attributes);
}

/// RFC 6265 §4.2.2: what other applications of the host keep in theirs is none of our business, and no reason to sign out.
#[test]
fn octets_of_a_foreign_cookie_sign_nobody_out() {
    let server = Server::start();
    let browser = Browser::of_alice(&server, WEB);
    let ours = browser.cookie_header();
    for foreign in
        [&b"other=\xff\xfe; "[..], b"\x80; ", b"=; ; other==\xc3; ", b"other=\"\xe9\"; countersign_sessio=x; "]
    {
        for cookies in [[foreign, ours.as_bytes()].concat(), [ours.as_bytes(), b"; ", foreign].concat()] {
            let head =
                format!("GET {} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nCookie: ", Authorization::of(WEB).path());
            let request = [head.as_bytes(), cookies.as_slice(), b"\r\n\r\n"].concat();
            let answer = raw(&server.address, &request);
            assert!(answer.contains("location: https://app.example/cb?code="), "{foreign:?}: {answer}");
        }
    }
    let head = "GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept-Language: ";
    let answer = raw(&server.address, &[head.as_bytes(), b"de, \xff\r\n\r\n"].concat());
    assert!(answer.contains("content-language: de"), "one octet does not hide the languages beside it: {answer}");
}

/// U19: a cookie of the plain name, which another host of the domain could set, is not looked at.
#[test]
fn u19_an_https_issuer_reads_host_cookies_only() {
    let server = Server::start_with(&[("ISSUER", "https://login.example")]);
    let mut browser = Browser::of_alice(&server, WEB);
    let request = Authorization::of(WEB).path();
    assert!(browser.get(&request).location().starts_with("https://app.example/cb?code="));
    browser.cookies =
        browser.cookies.iter().map(|(name, value)| (name.replacen("__Host-", "", 1), value.clone())).collect();
    assert!(browser.get(&request).location().starts_with("/login?flow="));
}

/// RFC 6797: only what came over https may say so.
#[test]
fn https_is_demanded_by_an_https_issuer_alone() {
    for (settings, header) in [(&[][..], None), (&[("ISSUER", "https://login.example")], Some("max-age=63072000"))] {
        let server = Server::start_with(settings);
        for path in [&Authorization::of(WEB).path(), "/login", "/nowhere", "/userinfo"] {
            assert_eq!(server.get(path).header("strict-transport-security"), header, "{path}");
        }
    }
}

/// U15 with an https issuer: the issuer decides what a form's own origin is, not the address that the server listens on.
#[test]
fn u15_the_origin_of_a_form_is_the_issuers() {
    let server = Server::start_with(&[("ISSUER", "https://login.example")]);
    let mut browser = Browser::new(&server);
    let page = browser.visit(&Authorization::of(WEB).path());
    let (csrf, flow, cookies) = (page.hidden("csrf"), page.hidden("flow"), browser.cookie_header());
    let form = [("username", ALICE), ("password", PASSWORD), ("csrf", csrf), ("flow", flow)];
    let listening = format!("http://{}", server.address);
    for (origin, status) in [
        (listening.as_str(), 403),
        ("http://login.example", 403),
        ("https://login.example:8443", 403),
        ("https://login.example.evil.example", 403),
        ("https://login.example", 303),
        ("null", 303),
    ] {
        let answer = server.post_with("/login", &form, &[("cookie", &cookies), ("origin", origin)]);
        assert_eq!(answer.status, status, "{origin}: {answer:?}");
    }
}
