//! Authorization requests (D, X): what is asked for is what is answered, and nothing else.

use crate::support::{ALICE, Authorization, Browser, NATIVE, SPA, Server, VERIFIER, WEB, form_encode, query_of};

/// RFC 9207: whoever is answered learns by whom; so with errors, of which `Browser::refused` looks at each.
#[test]
fn v12_an_answer_has_code_state_and_iss() {
    let server = Server::start();
    for client in [WEB, SPA, NATIVE] {
        let mut browser = Browser::of_alice(&server, client);
        let mut answer = browser.get(&Authorization::of(client).path());
        if client.id == NATIVE.id {
            let page = browser.follow(answer);
            answer = browser.decide(&page, "allow");
        }
        let told = query_of(answer.location());
        assert_eq!((told["state"].as_str(), told["iss"].as_str(), told.len()), ("xyz", server.issuer.as_str(), 3));
        assert!(answer.location().starts_with(&format!("{}?code=cs_ac_", client.redirect_uri)), "{answer:?}");
        assert_eq!((answer.status, answer.header("set-cookie")), (303, None));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

/// OpenID Connect Core §3.1.2.1.
#[test]
fn a_request_may_come_as_a_form_and_goes_on_as_a_sealed_link() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    let tokens =
        server.exchange(WEB, &query_of(browser.get(&Authorization::of(WEB).path()).location())["code"]).tokens();
    let hint = tokens.0["id_token"].as_str().expect("openid was asked for");
    let request = Authorization::of(WEB).with("state", "a b&c=d%+é").with("id_token_hint", hint);
    // A form on the client's site brings no cookies along.
    let answer = server.post_with("/authorize", &request.pairs(), &[("origin", "https://app.example")]);
    assert_eq!((answer.status, answer.body.as_str(), answer.header("set-cookie")), (303, "", None));
    assert!(answer.location().starts_with("/authorize?posted="), "{answer:?}");
    for part in hint.split('.').chain(["state", "app.example"]) {
        assert!(!answer.location().contains(part), "an ID token does not get into an address: {answer:?}");
    }
    let told = query_of(browser.get(answer.location()).location());
    assert_eq!((told["state"].as_str(), told.contains_key("code")), ("a b&c=d%+é", true));

    let bad = request.with("scope", "unknown");
    let told = browser.post("/authorize", &bad.pairs());
    assert!(told.location().starts_with("https://app.example/cb?error=invalid_scope&"), "{told:?}");
    let mixed = browser.post("/authorize?client_id=evil&scope=unknown", &Authorization::of(WEB).pairs());
    let told = query_of(browser.get(mixed.location()).location());
    assert_eq!(
        (told["state"].as_str(), told.contains_key("code")),
        ("xyz", true),
        "the query of a form is not looked at"
    );
    let altered = format!("{}{}", &mixed.location()[..mixed.location().len() - 1], '!');
    browser.get(&altered).assert_error_page(400);
    server.advance(std::time::Duration::from_secs(601));
    browser.get(mixed.location()).assert_error_page(400);
}

/// RFC 6749 §3.1.
#[test]
fn unknown_parameters_are_ignored() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    let request = Authorization::of(WEB).and("foo", "1").and("foo", "2").and("audience", "x").and("", "y");
    let answer = query_of(browser.get(&request.path()).location());
    let claims = server.exchange(WEB, &answer["code"]).tokens().claims();
    assert_eq!(
        (claims["scope"].as_str(), claims["aud"].as_str()),
        (Some("openid notes.read"), Some("https://api.example"))
    );
}

/// RFC 6749 §3.3.
#[test]
fn d03_no_scope_is_the_clients_default_scope() {
    let server = Server::start();
    let request = Authorization::of(WEB).without("scope");
    for request in [request.clone(), request.clone().with("scope", ""), request.with("scope", "  ")] {
        let tokens = server.exchange(WEB, &server.code_for(&request, ALICE)).tokens();
        assert_eq!(tokens.0["scope"], "openid profile email roles notes.read notes.write", "but for offline_access");
        assert_eq!(tokens.claims()["scope"], tokens.0["scope"]);
    }
}

#[test]
fn d03_a_malformed_scope_and_one_of_which_nothing_is_left_are_refused() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    let many: Vec<String> = (0..1000).map(|n| format!("s{n}")).collect();
    for scope in [
        "unknown",
        "unknown unheard.of",
        "OPENID",
        "notes.*",
        "notes",
        "openid\tnotes.read",
        "openid\nnotes.read",
        "openid,notes.read",
        "notes.read\"",
        "notes.read\\",
        "notes.read\u{a0}openid",
        "é",
        "<script>",
        &many.join(" "),
    ] {
        let told = browser.refused(&Authorization::of(WEB).with("scope", scope), "invalid_scope");
        assert_eq!(told["state"], "xyz");
        let printable = |c: char| matches!(c, '\x20'..='\x21' | '\x23'..='\x5b' | '\x5d'..='\x7e');
        assert!(told["error_description"].chars().all(printable), "{told:?}");
    }
    let many: Vec<String> = (0..5000).map(|n| format!("s{n}")).collect();
    let request = Authorization::of(WEB).with("scope", &many.join(" "));
    let told = query_of(browser.post("/authorize", &request.pairs()).location());
    assert_eq!((told["error"].as_str(), told["state"].as_str()), ("invalid_request", "xyz"));
    browser.get(&request.path()).assert_error_page(414);

    let same = Authorization::of(WEB).with("scope", " notes.read  openid notes.read ");
    let code = query_of(browser.get(&same.path()).location()).remove("code").expect("a code");
    assert_eq!(server.exchange(WEB, &code).tokens().0["scope"], "notes.read openid");
}

#[test]
fn d01_the_response_type_is_code() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    let types =
        ["token", "id_token", "code token", "code id_token", "id_token token", "none", "CODE", "code code", "x"];
    for response_type in types {
        let request = Authorization::of(WEB).with("response_type", response_type).with("nonce", "n");
        assert_eq!(browser.refused(&request, "unsupported_response_type")["state"], "xyz");
    }
    for request in [Authorization::of(WEB).without("response_type"), Authorization::of(WEB).with("response_type", "")] {
        assert!(browser.refused(&request, "invalid_request")["error_description"].contains("response_type"));
    }
    for mode in ["fragment", "form_post.jwt", "web_message", "query.jwt", "QUERY"] {
        browser.refused(&Authorization::of(WEB).with("response_mode", mode), "invalid_request");
    }
    let request = Authorization::of(WEB).with("response_mode", "query");
    assert!(query_of(browser.get(&request.path()).location()).contains_key("code"));
}

#[test]
fn d04_state_comes_back_byte_for_byte() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    let long = "x".repeat(2048);
    let states = [
        "&=%#+",
        " ",
        "a b+c%20d",
        "é\u{1F511}\u{202e}",
        "{\"a\":[1]}",
        "https://evil.example/?a=b#c",
        "\\\"'<>",
        &long,
    ];
    for state in states {
        let request = Authorization::of(WEB).with("state", state);
        let answer = browser.get(&request.path());
        assert_eq!(query_of(answer.location())["state"], state);
        assert!(answer.location().starts_with("https://app.example/cb?code="), "{answer:?}");
        assert_eq!(browser.refused(&request.with("scope", "unknown"), "invalid_scope")["state"], state);
    }
    for request in [Authorization::of(WEB).without("state"), Authorization::of(WEB).with("state", "")] {
        let told = query_of(browser.get(&request.path()).location());
        assert_eq!((told.contains_key("code"), told.get("state")), (true, None), "{told:?}");
        assert_eq!(browser.refused(&request.with("scope", "unknown"), "invalid_scope").get("state"), None);
    }
}

/// D04 and X06, by way of the pages.
#[test]
fn d04_state_survives_signing_in_and_consent() {
    let server = Server::start();
    let state = "é&=%#+\r\n\u{2028}\"><svg onload=alert(1)>";
    let answer = Browser::new(&server).authorize(&Authorization::of(WEB).with("state", state).path(), ALICE);
    assert_eq!((answer["state"].as_str(), answer.contains_key("code")), (state, true));
}

#[test]
fn x06_a_line_break_never_splits_a_header() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    for injected in [
        "\r\nX-Evil: 1\r\n\r\n<html>",
        "\nX-Evil: 1",
        "\rX-Evil: 1",
        "\u{85}X-Evil: 1",
        "\u{2028}X-Evil: 1",
        "\u{560a}X-Evil:1",
    ] {
        let plain = browser.get(&Authorization::of(WEB).with("state", injected).path());
        let failed = browser.get(&Authorization::of(WEB).with("state", injected).with("scope", injected).path());
        let posted = browser.post("/authorize", &Authorization::of(WEB).with("state", injected).pairs());
        assert!(posted.location().starts_with("/authorize?posted="), "{posted:?}");
        let posted = browser.get(posted.location());
        for (answer, leads_to) in [
            (&plain, "https://app.example/cb?code="),
            (&failed, "https://app.example/cb?error=invalid_scope&"),
            (&posted, "https://app.example/cb?code="),
        ] {
            assert!(answer.location().starts_with(leads_to), "{leads_to}: {answer:?}");
            assert!(answer.location().bytes().all(|byte| byte.is_ascii_graphic()), "{answer:?}");
            assert_eq!(query_of(answer.location())["state"], injected);
            assert_eq!((answer.header("x-evil"), answer.header("set-cookie"), answer.body.as_str()), (None, None, ""));
        }
    }
}

/// RFC 6749 §3.1: "Request and response parameters MUST NOT be included more than once."
#[test]
fn x07_a_parameter_that_stands_twice_is_refused() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    for name in ["client_id", "redirect_uri"] {
        for second in [Authorization::of(WEB).get(name).unwrap(), "evil", ""] {
            let twice = Authorization::of(WEB).and(name, second);
            browser.get(&twice.path()).assert_error_page(400);
            browser.post("/authorize", &twice.pairs()).assert_error_page(400);
        }
    }
    for (name, value) in [
        ("response_type", "code"),
        ("scope", "openid"),
        ("nonce", "n"),
        ("code_challenge", "x"),
        ("code_challenge_method", "S256"),
        ("response_mode", "query"),
        ("prompt", "consent"),
        ("max_age", "60"),
        ("login_hint", "alice"),
        ("ui_locales", "de"),
        ("display", "page"),
        ("acr_values", "1"),
        ("claims", "{}"),
        ("id_token_hint", "x"),
    ] {
        let twice = Authorization::of(WEB).with(name, value).and(name, value);
        let told = browser.refused(&twice, "invalid_request");
        assert!(told["error_description"].starts_with(name) && told["state"] == "xyz", "{told:?}");
    }
    let told = browser.refused(&Authorization::of(WEB).and("state", "abc"), "invalid_request");
    assert_eq!(told.get("state"), None, "neither is right");
    browser.refused(
        &Authorization::of(WEB).and("resource", "https://a.example").and("resource", "https://b.example"),
        "invalid_target",
    );
}

/// X07 at the token endpoint; nothing is consumed.
#[test]
fn x07_a_token_request_says_everything_once() {
    let server = Server::start();
    let code = server.code(SPA);
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("code_verifier", VERIFIER),
        ("redirect_uri", SPA.redirect_uri),
        ("client_id", SPA.id),
        ("scope", "openid"),
    ];
    for parameter in form {
        for second in [parameter, (parameter.0, "other"), (parameter.0, "")] {
            server.post("/token", &[&form[..], &[second]].concat()).assert_error(400, "invalid_request");
        }
    }
    // What stands in the query is not looked at (OAuth 2.1 §3.2).
    let in_query = format!("/token?{}", form_encode(&form));
    server.post(&in_query, &[]).assert_error(401, "invalid_client");
    server.post(&in_query, &[("client_id", SPA.id)]).assert_error(400, "invalid_request");
    server.post("/token", &form[..5]).tokens();
}
