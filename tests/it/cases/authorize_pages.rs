//! Pages (U, X): what every one of them says to the browser, and that none repeats what it was sent as markup.

use countersign::oauth::registration::NewClient;
use countersign::oauth::resource::ScopeWords;
use countersign::oauth::{Resource, Scope};
use countersign::store::resources;
use countersign::store::users::{self, User};
use countersign::types::Id;

use crate::support::{ALICE, Authorization, Browser, PASSWORD, Response, Server, WEB, form_encode, register};

/// What is markup, script, template and attribute at once.
const PAYLOAD: &str = "\"'><svg onload=alert(1)></script><script>alert(1)</script>{{7007*7007}}";

/// Pages that an application can be reached from, by their form or after it; on the others a person stays at this server.
const LEADS_OUT: [&str; 12] = [
    "login",
    "login with a wrong password",
    "login without anything",
    "login with a foreign token",
    "choice of an account",
    "consent",
    "form_post",
    "logout",
    "logged out",
    "400",
    "403",
    "413",
];

/// Every page there is, by what it is called here.
fn every_page(server: &Server) -> Vec<(&'static str, Response)> {
    let mut browser = Browser::new(server);
    let request = Authorization::of(WEB).path();
    let login = browser.visit(&request);
    let wrong = browser.submit(&login, "/login", &[("username", ALICE), ("password", "wrong")]);
    let empty = browser.submit(&login, "/login", &[]);
    let foreign = browser.submit(&login, "/login", &[("csrf", "AAAA")]);
    let consent = browser.sign_in(&login, ALICE);
    let chooser = browser.visit(&Authorization::of(WEB).with("prompt", "select_account").path());
    let form_post = Authorization::of(WEB).with("response_mode", "form_post").with("response_type", "token");
    let signed_in = browser.get("/login");
    let logout = browser.get("/logout");
    let too_large = browser.post("/login", &[("username", &"a".repeat(70_000))]);
    vec![
        ("login", login),
        ("login with a wrong password", wrong),
        ("login without anything", empty),
        ("login with a foreign token", foreign),
        ("login without a flow", Browser::new(server).get("/login")),
        ("consent", consent),
        ("choice of an account", chooser),
        ("form_post", server.get(&form_post.path())),
        ("signed in", signed_in),
        ("logout", logout),
        ("logged out", Browser::new(server).get("/logout")),
        ("400", browser.get("/authorize")),
        ("403", browser.post("/consent", &[])),
        ("403 for a flow", browser.get("/consent?flow=x")),
        ("404", browser.get("/nowhere")),
        ("405", server.send("PUT", "/authorize", &[], None)),
        ("413", too_large),
    ]
}

/// U25 (framing) and U26 (the other headers), X12 (no page is for other origins), X19 (none is kept).
#[test]
fn u25_every_page_forbids_frames_scripts_and_copies() {
    let server = Server::start();
    let pages = every_page(&server);
    let statuses: Vec<u16> = pages.iter().map(|(_, page)| page.status).collect();
    assert_eq!(statuses, [200, 400, 400, 403, 200, 200, 200, 200, 200, 200, 200, 400, 403, 403, 404, 405, 413]);
    for (name, page) in pages {
        for (header, value) in [
            ("content-type", "text/html; charset=utf-8"),
            ("x-frame-options", "DENY"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-resource-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(page.header(header), Some(value), "{header} of {name}");
        }
        assert_eq!(page.header("access-control-allow-origin"), None, "{name}");
        let policy = page.header("content-security-policy").expect("every page has one");
        let directives: Vec<&str> = policy.split("; ").collect();
        for directive in ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
            assert!(directives.contains(&directive), "{directive} of {name}: {policy}");
        }
        let leads_out = LEADS_OUT.contains(&name.trim_end_matches(" for a flow"));
        assert_eq!(directives.contains(&"form-action 'self'"), !leads_out, "{name}: {policy}");
        assert_eq!(policy.contains("form-action"), !leads_out, "{name}: {policy}");
        let opener = page.header("cross-origin-opener-policy");
        assert_eq!(opener, (!leads_out).then_some("same-origin"), "{name}");
        assert!(!policy.contains("unsafe") && !policy.contains('*') && !policy.contains("http:"), "{name}: {policy}");
    }
}

/// Browsers apply the opener policy of a redirect as they do that of a page: one on the way would close an application's popup.
#[test]
fn u26_no_answer_on_the_way_to_an_application_has_an_opener_policy() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let to_login = browser.get(&Authorization::of(WEB).path());
    let login = browser.get(to_login.location());
    let to_consent = browser.submit(&login, "/login", &[("username", ALICE), ("password", PASSWORD)]);
    let consent = browser.get(to_consent.location());
    let to_chooser = browser.submit(&consent, "/consent", &[("decision", "switch")]);
    let answer = browser.submit(&consent, "/consent", &[("decision", "allow")]);
    assert!(answer.location().starts_with("https://app.example/cb?code="), "{answer:?}");
    let silent = browser.get(&Authorization::of(WEB).with("prompt", "none").path());
    let posted = browser.post("/authorize", &Authorization::of(WEB).pairs());
    for redirect in [&to_login, &to_consent, &to_chooser, &answer, &silent, &posted] {
        assert_eq!(redirect.status, 303, "{redirect:?}");
    }
    for way in [to_login, login, to_consent, consent, to_chooser, answer, silent, posted] {
        assert_eq!(way.header("cross-origin-opener-policy"), None, "{way:?}");
    }
}

/// U26 and RFC 9700 §4.2.4: no inline script or style, and nothing from another host.
#[test]
fn u26_a_page_needs_nothing_but_this_server() {
    let server = Server::start();
    for (name, page) in every_page(&server).into_iter().filter(|(name, _)| *name != "form_post") {
        for script in page.body.split("<script").skip(1) {
            assert!(script.starts_with(" type=\"module\" src=\"/assets/"), "{name}: {script}");
        }
        for absent in ["<style", " style=", " onload=", " onclick=", "=\"http", "=\"//", "javascript:"] {
            assert!(!page.body.contains(absent), "{absent} in {name}: {}", page.body);
        }
    }
}

/// RFC 9700 §2.6 (X12): these endpoints are for browsers that go there, not for scripts of others.
#[test]
fn x12_no_other_origin_reads_a_page() {
    let server = Server::start();
    for path in [&Authorization::of(WEB).path(), "/login", "/logout", "/consent"] {
        for origin in ["https://app.example", "https://app.example.evil.com", "null"] {
            let answers = [
                server.get_with(path, &[("origin", origin)]),
                server.send("OPTIONS", path, &[("origin", origin), ("access-control-request-method", "POST")], None),
            ];
            for answer in answers {
                assert!(!answer.headers.keys().any(|name| name.as_str().starts_with("access-control-")), "{answer:?}");
            }
        }
    }
}

#[track_caller]
fn assert_escaped(page: &Response) {
    for markup in ["<svg onload", "<script>", "</script><", "\"'>", "49098049"] {
        assert!(!page.body.contains(markup), "{markup} in {page:?}");
    }
}

#[test]
fn x01_no_parameter_becomes_markup() {
    let server = Server::start();
    let names =
        ["error", "error_description", "error_hint", "error_uri", "lang", "flow", "state", "client_id", "username"];
    let query = form_encode(&names.map(|name| (name, PAYLOAD)));
    let mut browser = Browser::of_alice(&server, WEB);
    for path in ["/error", "/login", "/consent", "/logout", "/authorize", "/", "/nowhere", "/assets/x/y"] {
        for page in [server.get(&format!("{path}?{query}")), browser.get(&format!("{path}?{query}"))] {
            assert!(page.status == 303 || page.header("content-type") == Some("text/html; charset=utf-8"), "{page:?}");
            assert_escaped(&page);
        }
        let mut posted = browser.post(path, &names.map(|name| (name, PAYLOAD)));
        if posted.header("location").is_some_and(|to| to.starts_with("/logout?posted=")) {
            posted = browser.visit(posted.location());
        } else {
            assert!(posted.status >= 400, "{posted:?}");
        }
        assert_escaped(&posted);
    }
    let path = format!("/{}", form_encode(&[("", PAYLOAD)]));
    server.get(&path).assert_error_page(404);
    assert_escaped(&server.get(&path));
}

#[test]
fn x02_names_scopes_and_hints_are_text() {
    let server = Server::start();
    let scope = "x><svg/onload=alert(1)><script>";
    let uri = "https://api.example/?a=\"'><svg%20onload=alert(1)></script><script>".to_owned();
    let resource =
        Resource { uri: uri.clone(), name: PAYLOAD.to_owned(), scope: Scope::default(), words: ScopeWords::default() };
    let client = NewClient {
        id: "markup".to_owned(),
        name: Some(PAYLOAD.to_owned()),
        scope: Some(format!("openid {scope}")),
        resources: vec![uri],
        ..WEB.registration()
    };
    server.block_on(register(&server.app, client, Some("secret")));
    let now = server.clock.now();
    server.write(move |conn| {
        resources::insert(conn, &resource, now)?;
        let alice = users::find_by_username(conn, ALICE)?.expect("alice is there");
        let id = Id::from_bytes([7; 16]);
        let user = User { id, username: PAYLOAD.to_owned(), email: None, updated_at: now, ..alice };
        users::insert(conn, &user)
    });

    let request = Authorization::of(WEB)
        .with("client_id", "markup")
        .with("scope", &format!("openid {scope}"))
        .with("state", PAYLOAD)
        .with("nonce", PAYLOAD)
        .with("ui_locales", PAYLOAD)
        .with("login_hint", PAYLOAD);
    let mut browser = Browser::new(&server);
    let login = browser.visit(&request.path());
    let typed = [("username", PAYLOAD), ("password", "wrong"), ("lang", PAYLOAD)];
    let again = browser.submit(&login, "/login", &typed);
    for page in [&login, &again] {
        assert_escaped(page);
        let shown = PAYLOAD.replace('"', "&#34;").replace('\'', "&#39;").replace('<', "&#60;").replace('>', "&#62;");
        assert!(page.body.contains(&format!("value=\"{shown}\"")), "the hint is there as text: {page:?}");
        assert!(page.body.matches(&shown).count() >= 2, "so is the client's name: {page:?}");
    }
    let answer = browser.submit(&login, "/login", &[("username", PAYLOAD), ("password", PASSWORD)]);
    let consent = browser.follow(answer);
    assert!(consent.body.contains("value=\"allow\"") && consent.body.contains("x&#62;&#60;svg/onload"), "{consent:?}");
    for page in [&consent, &browser.get("/login"), &browser.get("/logout")] {
        assert_escaped(page);
        assert!(!page.body.contains("<svg/") && !page.body.contains("<svg%20"), "{page:?}");
        assert!(page.body.contains("&#60;svg onload"), "who is signed in is there as text: {page:?}");
    }
    let answer = browser.decide(&consent, "allow");
    assert_eq!(crate::support::query_of(answer.location())["state"], PAYLOAD);
}
