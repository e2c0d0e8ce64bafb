//! How an authorization response gets to the client (OAuth 2.0 Form Post Response Mode, and the pages that bring it), and
//! what a request may say of the pages.

use crate::support::{ALICE, Authorization, Browser, Response, SPA, Server, WEB};

const CALLBACK: &str = "https://app.example/cb";

/// A page that posts to the client's address, and to none other.
#[track_caller]
fn assert_posts_to(answer: &Response, address: &str) {
    assert_eq!((answer.status, answer.header("location")), (200, None), "{answer:?}");
    assert!(answer.body.contains(&format!("<form method=\"post\" action=\"{address}\" data-submit>")), "{answer:?}");
    assert_eq!(answer.body.matches("<form").count(), 1, "{answer:?}");
    let policy = answer.header("content-security-policy").expect("a page has a policy");
    assert!(!policy.contains("form-action") && policy.contains("script-src 'self';"), "{policy}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "a code is in it");
}

#[test]
fn a_form_brings_code_state_and_issuer() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    let state = "\"><svg onload=alert(1)>&amp;\u{202e}";
    let request = Authorization::of(WEB).with("response_mode", "form_post").with("state", state);
    let answer = browser.visit(&request.path());
    assert_posts_to(&answer, CALLBACK);
    let mut told = answer.told();
    assert_eq!((told["state"].as_str(), &told["iss"]), (state, &server.issuer));
    assert_eq!(told.len(), 3, "{told:?}");
    server.exchange(WEB, &told.remove("code").unwrap()).tokens();
}

#[test]
fn signing_in_and_consent_end_in_the_form_as_well() {
    let server = Server::start();
    let request = Authorization::of(WEB).with("response_mode", "form_post");
    let mut browser = Browser::new(&server);
    let consent = browser.visit(&request.path());
    let consent = browser.sign_in(&consent, ALICE);
    let denied = browser.decide(&consent, "deny");
    assert_posts_to(&denied, CALLBACK);
    assert_eq!((denied.told()["error"].as_str(), denied.told()["state"].as_str()), ("access_denied", "xyz"));
    let consent = browser.visit(&request.path());
    let allowed = browser.decide(&consent, "allow");
    assert_posts_to(&allowed, CALLBACK);
    assert!(allowed.told().contains_key("code"));
}

#[test]
fn an_error_goes_the_way_that_the_code_would_have_gone() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    let request = || Authorization::of(WEB).with("response_mode", "form_post");
    for (request, error) in [
        (request().with("scope", "unknown"), "invalid_scope"),
        (request().with("response_type", "token"), "unsupported_response_type"),
        (request().without("code_challenge"), "invalid_request"),
        (request().with("prompt", "none login"), "invalid_request"),
    ] {
        let answer = browser.get(&request.path());
        assert_posts_to(&answer, CALLBACK);
        assert_eq!((answer.told()["error"].as_str(), answer.told()["state"].as_str()), (error, "xyz"));
        assert_eq!(answer.told().get("code"), None);
    }
    let silent = Browser::new(&server).get(&request().with("prompt", "none").path());
    assert_eq!(silent.told()["error"], "login_required");
    // A mode that is none, or stands twice, names no way: the query is the one of a code.
    for request in [Authorization::of(WEB).with("response_mode", "fragment"), request().and("response_mode", "query")] {
        assert!(browser.refused(&request, "invalid_request")["error_description"].contains("response_mode"));
    }
    let foreign = request().with("redirect_uri", "https://evil.example/cb");
    browser.get(&foreign.path()).assert_error_page(400);
}

/// OpenID Connect Core §3.1.2.1, `ui_locales`: on pages that say what is wrong, and on the one that posts the answer, as well.
#[test]
fn every_page_is_in_the_language_that_the_application_prefers() {
    let server = Server::start();
    let of = |request: Authorization| request.with("ui_locales", "xx de");
    let mut browser = Browser::of_alice(&server, WEB);
    let unknown = of(Authorization::of(WEB).with("client_id", "nobody"));
    let form_post = of(Authorization::of(WEB).with("response_mode", "form_post"));
    let consent = browser.visit(&of(Authorization::of(WEB)).with("prompt", "consent").path());
    let form = |decision| [("flow", consent.hidden("flow")), ("csrf", consent.hidden("csrf")), ("decision", decision)];
    for page in [
        server.get(&unknown.path()),
        server.post("/authorize", &unknown.pairs()),
        browser.get(&form_post.path()),
        browser.post("/consent", &form("anything")),
        browser.get("/logout?client_id=nobody&ui_locales=de"),
        browser.get("/logout?state=1&state=2&ui_locales=de"),
        browser.post("/logout", &[("state", "1"), ("state", "2"), ("ui_locales", "de")]),
        browser.get("/nowhere?ui_locales=de"),
    ] {
        assert_eq!(page.header("content-language"), Some("de"), "{page:?}");
        assert!(page.body.contains("<html lang=\"de\""), "{page:?}");
    }
    let picked = server.get_with(&unknown.path(), &[("cookie", "countersign_language=fr"), ("accept-language", "es")]);
    assert_eq!(picked.header("content-language"), Some("fr"), "what the person picked goes first");
}

/// OpenID Connect Core §3.1.2.1: what a page may be told is taken as it is, and a word that means nothing is refused.
#[test]
fn display_is_one_of_four_and_changes_nothing() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, SPA);
    for display in ["page", "popup", "touch", "wap"] {
        let answer = browser.get(&Authorization::of(SPA).with("display", display).path());
        assert!(answer.told().contains_key("code"), "{display}: {answer:?}");
    }
    for display in ["PAGE", "page popup", "none"] {
        let told = browser.refused(&Authorization::of(SPA).with("display", display), "invalid_request");
        assert!(told["error_description"].starts_with("display"), "{told:?}");
    }
}

#[test]
fn a_claims_parameter_that_is_none_is_refused() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    let deep = format!("{{\"userinfo\":{}", "[".repeat(2000));
    let long = format!("{{\"userinfo\":{{\"{}\":null}}}}", "x".repeat(4096));
    for claims in ["{", "[]", "name", "{\"id_token\":[]}", "{\"userinfo\":{\"name\":\"x\"}}", &deep, &long] {
        let told = browser.refused(&Authorization::of(WEB).with("claims", claims), "invalid_request");
        assert!(told["error_description"].starts_with("claims"), "{told:?}");
    }
    for claims in ["{}", "{\"other\":1}", "{\"userinfo\":null}"] {
        let answer = browser.get(&Authorization::of(WEB).with("claims", claims).path());
        assert!(answer.told().contains_key("code"), "{claims}: {answer:?}");
    }
}

/// OpenID Connect Dynamic Client Registration §2: what a client registered counts where a request says nothing.
#[test]
fn default_max_age_counts_where_a_request_has_none() {
    let server = Server::start();
    server.command(&["client", "set", "web", "--metadata", "default_max_age=60"], "");
    let mut browser = Browser::of_alice(&server, WEB);
    let silent = Authorization::of(WEB).with("prompt", "none");
    assert!(browser.get(&silent.path()).told().contains_key("code"));
    server.advance(std::time::Duration::from_secs(61));
    assert_eq!(browser.get(&silent.path()).told()["error"], "login_required");
    let later = Authorization::of(WEB).with("prompt", "none").with("max_age", "3600");
    assert!(browser.get(&later.path()).told().contains_key("code"), "the request's own comes first");
}

/// RFC 9470 and OpenID Connect Core §5.5.1.1: a wish is answered with what there is, what is insisted on or an error.
#[test]
fn an_acr_that_is_insisted_on_is_reached_or_refused() {
    let server = Server::start();
    let mut browser = Browser::of_alice(&server, WEB);
    let insisting = |values: &str| format!("{{\"id_token\":{{\"acr\":{{\"essential\":true,{values}}}}}}}");
    let ours = "urn:countersign:acr:password";
    for claims in [
        insisting(&format!("\"values\":[\"phr\",\"{ours}\"]")),
        insisting(&format!("\"value\":\"{ours}\"")),
        "{\"id_token\":{\"acr\":{\"values\":[\"phr\"]}}}".to_owned(),
        "{\"id_token\":{\"acr\":null}}".to_owned(),
    ] {
        let answer = browser.get(&Authorization::of(WEB).with("claims", &claims).path()).told();
        let tokens = server.exchange(WEB, &answer["code"]).tokens();
        assert_eq!(crate::support::claims(tokens.0["id_token"].as_str().unwrap())["acr"], ours, "{claims}");
    }
    let request = Authorization::of(WEB).with("claims", &insisting("\"values\":[\"phr\"]"));
    browser.refused(&request, "unmet_authentication_requirements");
    Browser::new(&server).refused(&request, "unmet_authentication_requirements");
    let wish = browser.get(&Authorization::of(WEB).with("acr_values", "phr phrh").path()).told();
    assert!(wish.contains_key("code"), "{wish:?}");
}
