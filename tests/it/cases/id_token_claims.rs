//! The claims of ID tokens that come with the scope (OpenID Connect Core §5.4), and `sid` for clients that hear of logouts.

use std::time::Duration;

use serde_json::{Value, json};

use super::password::sign_in;
use super::registration::{OPEN, registered, request_of};
use crate::support::{
    ALICE, Authorization, BOB, Browser, PASSWORD, Server, Tokens, VERIFIER, WEB, basic, claims, query_of,
};

/// What an ID token tells of a person: all but what every ID token has.
fn of_person(tokens: &Tokens) -> Value {
    let mut told = claims(tokens.0["id_token"].as_str().expect("openid was asked for"));
    let members = told.as_object_mut().unwrap();
    for name in ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "acr", "amr"] {
        members.remove(name);
    }
    told
}

fn tokens(server: &Server, scope: &str) -> Tokens {
    let request = Authorization::of(WEB).with("scope", scope);
    server.exchange(WEB, &server.code_for(&request, ALICE)).tokens()
}

fn names(told: &Value) -> Vec<&str> {
    told.as_object().unwrap().keys().map(String::as_str).collect()
}

/// What Auth.js, Streamlit, Synapse and the like show of a person comes from the ID token alone.
#[test]
fn profile_and_email_are_in_the_id_tokens_of_clients_that_operators_add() {
    let server = Server::start();
    server
        .command(&["user", "set", ALICE, "--claim", "name=Alice Example", "--claim", "phone_number=+436601234567"], "");
    let first = tokens(&server, "openid profile email roles offline_access");
    let expected = ["email", "name", "preferred_username", "updated_at"];
    let told = of_person(&first);
    assert!(expected.iter().all(|name| names(&told).contains(name)), "{told}");
    assert_eq!((&told["name"], &told["email"]), (&json!("Alice Example"), &json!("alice@people.example")));
    assert!(["roles", "phone_number"].iter().all(|name| !names(&told).contains(name)), "{told}");
    // As they are then, and by the scope that is asked for.
    server.command(&["user", "set", ALICE, "--claim", "name=Alice Changed"], "");
    let second = server.refresh(WEB, first.refresh_token()).tokens();
    assert_eq!(of_person(&second)["name"], "Alice Changed");
    let narrow =
        [("grant_type", "refresh_token"), ("refresh_token", second.refresh_token()), ("scope", "openid email")];
    let narrowed = of_person(&server.token(WEB, &narrow).tokens());
    assert!(narrowed["email"] == "alice@people.example" && narrowed.get("name").is_none(), "{narrowed}");
    assert_eq!(of_person(&tokens(&server, "openid notes.read")), json!({}));
    // The scope that the client loses is lost here, too.
    server.command(&["client", "set", "web", "--scope", "openid email notes.read"], "");
    assert_eq!(of_person(&tokens(&server, "openid email")).get("name"), None);
}

#[test]
fn a_client_may_have_them_from_userinfo_alone() {
    let server = Server::start();
    server.command(&["client", "set", "web", "--id-token-claims", "requested"], "");
    let told = tokens(&server, "openid profile email");
    assert_eq!(of_person(&told), json!({}));
    assert_eq!(server.userinfo(told.access_token()).json()["preferred_username"], ALICE);
    let asked = Authorization::of(WEB).with("scope", "openid").with("claims", r#"{"id_token":{"email":null}}"#);
    let told = server.exchange(WEB, &server.code_for(&asked, ALICE)).tokens();
    assert_eq!(of_person(&told), json!({ "email": "alice@people.example" }));
}

#[test]
fn the_password_grant_gives_the_same_id_token() {
    let server = Server::start();
    let told = sign_in(&server, ALICE, PASSWORD).tokens();
    assert_eq!(of_person(&told)["preferred_username"], ALICE);
    server.command(&["client", "set", "ropc", "--id-token-claims", "requested"], "");
    assert_eq!(of_person(&sign_in(&server, ALICE, PASSWORD).tokens()), json!({}));
}

/// Applications keep the ID token in a cookie, and send it back in the address of a logout request.
#[test]
fn the_claims_of_scopes_leave_room_for_the_address_of_a_logout_request() {
    let server = Server::start();
    let long = |name: &str, length: usize| format!("{name}={}", "x".repeat(length));
    let long = [long("nickname", 1500), long("middle_name", 1200), long("given_name", 900)];
    server.command(&["user", "set", ALICE, "--claim", &long[0], "--claim", &long[1], "--claim", &long[2]], "");
    let told = of_person(&tokens(&server, "openid profile email"));
    assert!(told.to_string().len() < 2300 && told["email"] == "alice@people.example", "{told}");
    assert_eq!(names(&told).iter().filter(|name| name.ends_with("name")).count(), 2, "{:?}", names(&told));
    // A request that names a claim gets it, however long.
    let asked = Authorization::of(WEB).with("scope", "openid profile email");
    let asked = asked.with("claims", r#"{"id_token":{"nickname":null}}"#);
    let tokens = server.exchange(WEB, &server.code_for(&asked, ALICE)).tokens();
    assert_eq!(of_person(&tokens)["nickname"].as_str().map(str::len), Some(1500));
}

#[test]
fn a_client_that_registers_itself_has_them_when_it_asks() {
    let server = Server::start_with(OPEN);
    for (asked, has_them) in [(None, false), (Some("requested"), false), (Some("scopes"), true)] {
        let mut metadata = json!({ "redirect_uris": ["https://photos.example/cb"] });
        asked.inspect(|asked| metadata["id_token_claims"] = json!(asked));
        let client = registered(&server, &metadata);
        assert_eq!(client.get("id_token_claims"), has_them.then_some(&json!("scopes")));
        let request = request_of(&client).with("scope", "openid email");
        let code = Browser::new(&server).authorize(&request.path(), ALICE)["code"].clone();
        let header = basic(client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
        let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("code_verifier", VERIFIER)];
        let tokens = server.post_with("/token", &form, &[("authorization", &header)]).tokens();
        assert_eq!(of_person(&tokens).get("email").is_some(), has_them, "{asked:?}");
    }
    let wrong = json!({ "redirect_uris": ["https://photos.example/cb"], "id_token_claims": "all" });
    super::registration::register(&server, &wrong, None).assert_error(400, "invalid_client_metadata");
}

/// The suite of the OpenID Foundation warns of a `sid` that nothing refers to.
#[test]
fn sid_is_in_the_id_tokens_of_clients_that_hear_of_logouts() {
    let server = Server::start();
    let sid = || claims(tokens(&server, "openid").0["id_token"].as_str().unwrap()).get("sid").cloned();
    assert_eq!(sid(), None);
    for member in [
        "backchannel_logout_uri=https://app.example/out",
        "frontchannel_logout_uri=https://app.example/out",
        "backchannel_logout_session_required=true",
        "frontchannel_logout_session_required=true",
    ] {
        let name = member.split('=').next().unwrap();
        server.command(&["client", "set", "web", "--metadata", member], "");
        assert!(sid().is_some_and(|sid| sid.is_string()), "{member}");
        server.command(&["client", "set", "web", "--metadata", &format!("{name}=")], "");
        assert_eq!(sid(), None, "without {member}");
    }
}

/// The ID token of a person who is signed in in this browser from now on.
fn hint(server: &Server, browser: &mut Browser, username: &str) -> String {
    let answer = browser.authorize(&Authorization::of(WEB).with("login_hint", username).path(), username);
    let tokens = server.exchange(WEB, &answer["code"]).tokens();
    tokens.0["id_token"].as_str().unwrap().to_owned()
}

fn is_signed_in(browser: &mut Browser) -> bool {
    let request = Authorization::of(WEB).with("prompt", "none");
    query_of(browser.get(&request.path()).location()).contains_key("code")
}

#[test]
fn a_hint_without_sid_ends_the_session_that_it_was_issued_in_and_asks_about_any_other() {
    let server = Server::start();
    let logout = |hint: &str| format!("/logout?id_token_hint={hint}");
    let mut browser = Browser::new(&server);
    let old = hint(&server, &mut browser, ALICE);
    assert_eq!(claims(&old).get("sid"), None);
    let page = browser.visit(&logout(&old));
    assert!(page.body.contains("You are signed out") && !is_signed_in(&mut browser), "{page:?}");

    // She signed in again since: this session is another one.
    server.advance(Duration::from_secs(60));
    let fresh = hint(&server, &mut browser, ALICE);
    let page = browser.visit(&logout(&old));
    assert!(page.body.contains("Sign out?") && is_signed_in(&mut browser), "{page:?}");
    // Another person's hint ends nothing here.
    let foreign = hint(&server, &mut Browser::new(&server), BOB);
    browser.visit(&logout(&foreign));
    assert!(is_signed_in(&mut browser));
    browser.visit(&logout(&fresh));
    assert!(!is_signed_in(&mut browser));

    // A session of another browser, where the client was never used, is not the one either.
    let elsewhere = &mut Browser::of_alice(&server, crate::support::SPA);
    let here = hint(&server, &mut browser, ALICE);
    let page = elsewhere.visit(&logout(&here));
    assert!(page.body.contains("Sign out?"), "{page:?}");
}
