//! A consent counts for what the consent page showed: the client's name, the host of the redirect URI, the resource, the scope.

use serde_json::{Value, json};

use super::refresh::assert_ended;
use super::registration::{OPEN, registered, request_of};
use crate::support::database::{execute, number, text};
use crate::support::{ALICE, API, Authorization, Browser, NATIVE, OTHER_API, Response, Server, WEB, query_of};

fn is_consent_page(page: &Response) -> bool {
    page.body.contains("value=\"allow\"")
}

/// A browser in which alice is signed in, has allowed a request, and is not asked about the same one again.
#[track_caller]
fn allowed<'a>(server: &'a Server, request: &Authorization) -> Browser<'a> {
    let mut browser = Browser::new(server);
    browser.authorize(&request.path(), ALICE);
    let again = browser.visit(&request.path());
    assert!(again.status == 303 && again.told().contains_key("code"), "{again:?}");
    browser
}

/// Alice is asked about a request, and of this scope is told that it is new.
#[track_caller]
fn asked(browser: &mut Browser, request: &Authorization, new: &str) -> Response {
    let page = browser.visit(&request.path());
    assert!(is_consent_page(&page), "{page:?}");
    let wants = page.body.split("class=\"scopes granted\"").next().expect("a page begins");
    assert!(wants.contains(new), "{new} is not told as new: {page:?}");
    page
}

fn of_resource(resource: &str) -> Authorization {
    Authorization::of(WEB).with("resource", resource)
}

#[test]
fn what_is_allowed_for_one_resource_is_not_allowed_for_another() {
    let server = Server::start();
    let mut browser = allowed(&server, &of_resource(API));
    let page = asked(&mut browser, &of_resource(OTHER_API), "notes.read");
    assert!(page.body.contains(OTHER_API), "{page:?}");
    browser.refused(&of_resource(OTHER_API).with("prompt", "none"), "consent_required");
    let other = query_of(browser.decide(&page, "allow").location())["code"].clone();
    let other = server.exchange(WEB, &other).tokens();
    let of_api = query_of(browser.get(&of_resource(API).path()).location())["code"].clone();
    let of_api = server.exchange(WEB, &of_api).tokens();

    let listed = server.command(&["consent", "list", "--user", ALICE], "");
    let resources: Vec<&Value> = listed.as_array().unwrap().iter().map(|consent| &consent["resource"]).collect();
    assert_eq!(resources, [API, OTHER_API]);
    assert_eq!(server.command(&["consent", "list", "--resource", OTHER_API], ""), json!([listed[1]]));
    let withdrawn = server.command(&["consent", "revoke", "--user", ALICE, "--resource", OTHER_API], "");
    assert_eq!(withdrawn, json!({ "withdrawn": 1, "ended_grants": 1 }));
    assert_ended(&server, WEB, &other);
    server.refresh(WEB, of_api.refresh_token()).tokens();
    asked(&mut browser, &of_resource(OTHER_API), "notes.read");
    assert_eq!(browser.get(&of_resource(API).path()).status, 303);
    assert_eq!(server.command(&["consent", "revoke", "--resource", ""], "")["withdrawn"], 0);
}

/// `PUT` of a client that registered itself: all of its metadata, with what changes.
#[track_caller]
fn replace(server: &Server, client: &Value, changed: &Value) {
    let mut metadata = json!({ "client_id": client["client_id"], "redirect_uris": client["redirect_uris"],
        "client_name": client["client_name"], "scope": "openid profile" });
    metadata.as_object_mut().unwrap().extend(changed.as_object().unwrap().clone());
    let bearer = format!("Bearer {}", client["registration_access_token"].as_str().unwrap());
    let path = format!("/register/{}", client["client_id"].as_str().unwrap());
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let answer = server.send("PUT", &path, &headers, Some(metadata.to_string().as_bytes()));
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[test]
fn a_client_that_changes_its_name_or_its_host_is_asked_about_again() {
    let server = Server::start_with(OPEN);
    let client = registered(
        &server,
        &json!({ "redirect_uris": ["https://photos.example/cb"], "client_name": "Photos", "scope": "openid profile" }),
    );
    let request = request_of(&client).with("scope", "openid profile");
    let mut browser = allowed(&server, &request);
    replace(&server, &client, &json!({ "client_name": "Your bank" }));
    let page = asked(&mut browser, &request, "Your bank");
    browser.decide(&page, "allow");
    assert_eq!(browser.visit(&request.path()).status, 303, "allowed under its new name");
    let moved = request.clone().with("redirect_uri", "https://elsewhere.example/cb");
    replace(
        &server,
        &client,
        &json!({ "client_name": "Your bank", "redirect_uris": ["https://elsewhere.example/cb"] }),
    );
    asked(&mut browser, &moved, "elsewhere.example");

    let mut browser = allowed(&server, &Authorization::of(WEB));
    let set = [
        "client",
        "set",
        "web",
        "--redirect-uri",
        "https://app.example/new",
        "--redirect-uri",
        "https://new.example/cb",
    ];
    server.command(&set, "");
    let path_alone = Authorization::of(WEB).with("redirect_uri", "https://app.example/new");
    assert_eq!(browser.visit(&path_alone.path()).status, 303, "the same host, as it was shown");
    asked(&mut browser, &Authorization::of(WEB).with("redirect_uri", "https://new.example/cb"), "new.example");
}

#[test]
fn allow_counts_for_what_the_page_showed() {
    let server = Server::start_with(OPEN);
    let metadata =
        json!({ "redirect_uris": ["https://photos.example/cb"], "client_name": "Photos", "scope": "openid" });
    let client = registered(&server, &metadata);
    let request = request_of(&client).without("scope");
    let mut browser = Browser::new(&server);
    let login = browser.visit(&request.path());
    let mut page = browser.sign_in(&login, ALICE);
    for (changed, shown) in [(json!({ "client_name": "Your bank" }), "Your bank"), (json!({}), "Photos")] {
        replace(&server, &client, &changed);
        let again = browser.submit(&page, "/consent", &[("decision", "allow")]);
        assert_eq!((again.status, again.header("location")), (403, None), "{again:?}");
        assert!(again.body.contains(shown) && again.body.contains("See your name"), "with all of its scope: {again:?}");
        assert_eq!(number(&server.data_dir, "SELECT COUNT(*) FROM given_consents"), 0);
        page = again;
    }
    let answer = browser.submit(&page, "/consent", &[("decision", "allow")]);
    assert!(answer.told().contains_key("code"), "{answer:?}");
    assert_eq!(text(&server.data_dir, "SELECT scope FROM given_consents"), "openid profile");
}

/// Nobody was asked, so nothing was allowed, an empty scope included.
#[test]
fn access_without_a_scope_is_asked_for_as_well() {
    let server = Server::start();
    server.command(&["client", "set", "web", "--scope", ""], "");
    let request = Authorization::of(WEB).without("scope");
    let mut browser = Browser::new(&server);
    let login = browser.visit(&request.path());
    let page = browser.sign_in(&login, ALICE);
    assert!(is_consent_page(&page), "{page:?}");
    browser.decide(&page, "allow");
    assert_eq!(browser.visit(&request.path()).status, 303);
}

/// RFC 8252 §8.6: whoever listens on the port, or has the scheme, may be another program than the last time.
#[test]
fn a_native_application_is_asked_about_each_time() {
    let server = Server::start();
    let uris = ["http://127.0.0.1/cb", "http://[::1]/cb", "com.example.native:/cb", "com.example.native://host/cb"];
    let set = |more: &[&str]| {
        let uris = uris.iter().flat_map(|uri| ["--redirect-uri", uri]);
        server.command(
            &["client", "set", "native"].into_iter().chain(uris).chain(more.iter().copied()).collect::<Vec<_>>(),
            "",
        )
    };
    set(&[]);
    let mut browser = Browser::of_alice(&server, NATIVE);
    for uri in uris.iter().chain(&["http://127.0.0.1:4711/cb"]) {
        let request = Authorization::of(NATIVE).with("redirect_uri", uri);
        for _ in 0..2 {
            let page = asked(&mut browser, &request, "an app on this device");
            assert!(browser.decide(&page, "allow").location().starts_with(&format!("{uri}?code=")));
        }
        browser.refused(&request.with("prompt", "none"), "consent_required");
    }
    // The operator vouches for it, or it proves who it is.
    let request = Authorization::of(NATIVE);
    set(&["--first-party"]);
    assert_eq!(browser.visit(&request.path()).status, 303);
    set(&["--no-first-party", "--confidential"]);
    assert_eq!(browser.visit(&request.path()).status, 303);
}

#[test]
fn consents_of_one_person_with_one_client_are_bounded() {
    let server = Server::start();
    let mut browser = allowed(&server, &Authorization::of(WEB));
    let row = |n: u32| {
        format!(
            "INSERT INTO given_consents SELECT user_id, client_id, 'https://{n}.example', redirect_host, client_name, scope, \
             granted_at + {n} FROM given_consents WHERE resource = '{API}';"
        )
    };
    execute(&server.data_dir, &(1..130).map(row).collect::<String>());
    let page = asked(&mut browser, &of_resource(OTHER_API), "notes.read");
    browser.decide(&page, "allow");
    let counted = "SELECT COUNT(*) FROM given_consents";
    assert_eq!(number(&server.data_dir, counted), 100);
    assert_eq!(number(&server.data_dir, &format!("{counted} WHERE resource = '{OTHER_API}'")), 1);
}
