//! Roles and permissions: in access tokens where the scope asks for them, as they are at that moment.

use countersign::store::{resources, roles, users};
use serde_json::{Value, json};

use crate::support::program::{administer, run};
use crate::support::{
    ALICE, API, API_SERVER, Authorization, BOB, Browser, PASSWORD, ROPC, Response, SPA, Server, WEB, claims,
    register_resource,
};

const SCOPE: &str = "openid roles notes.read";

/// Runs a command of another process, beside the server.
#[track_caller]
fn command(server: &Server, arguments: &[&str]) {
    let output = run(administer(&server.data_dir, 1, &[], arguments), "");
    assert!(output.status.success() && output.stderr.is_empty(), "{arguments:?}: {output:?}");
}

/// Gives a person exactly these roles.
fn give(server: &Server, username: &'static str, names: &'static [&'static str]) {
    server.write(move |conn| {
        let user = users::find_by_username(conn, username)?.expect("everybody is there");
        roles::set_roles(conn, user.id, &names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    });
}

/// A server on which alice is an author and a clerk, and bob is nothing.
fn server() -> Server {
    let server = Server::start();
    command(&server, &["role", "add", "clerk", "--permission", "notes.read", "--permission", "files.read"]);
    command(&server, &["role", "add", "author", "--permission", "notes.write", "--permission", "notes.read"]);
    command(&server, &["role", "add", "idle"]);
    give(&server, ALICE, &["clerk", "author"]);
    server
}

/// The roles and the permissions of an access token.
fn told(response: &Response) -> (Value, Value) {
    let claims = response.tokens().claims();
    (claims["roles"].clone(), claims["permissions"].clone())
}

fn of_alice() -> (Value, Value) {
    (json!(["author", "clerk"]), json!(["files.read", "notes.read", "notes.write"]))
}

fn sign_in(server: &Server, username: &str, scope: &str) -> Response {
    server.exchange(SPA, &server.code_for(&Authorization::of(SPA).with("scope", scope), username))
}

fn refresh_with(server: &Server, refresh_token: &str, scope: &str) -> Response {
    server.token(SPA, &[("grant_type", "refresh_token"), ("refresh_token", refresh_token), ("scope", scope)])
}

/// RFC 9068 §2.2.3.1. United, sorted and each once, whichever grant the token comes from.
#[test]
fn every_grant_of_a_person_tells_roles_and_permissions_in_the_access_token() {
    let server = server();
    let by_code = sign_in(&server, ALICE, SCOPE);
    assert_eq!(told(&by_code), of_alice());
    assert_eq!(told(&server.refresh(SPA, by_code.tokens().refresh_token())), of_alice());
    let password = [("grant_type", "password"), ("username", ALICE), ("password", PASSWORD), ("scope", "roles")];
    let by_password = server.token(ROPC, &password);
    assert_eq!(told(&by_password), of_alice());
    assert_eq!(told(&server.refresh(ROPC, by_password.tokens().refresh_token())), of_alice());
    // An id_token is for the client, which asks UserInfo.
    let id_token = claims(by_code.tokens().0["id_token"].as_str().unwrap());
    assert_eq!((id_token.get("roles"), id_token.get("permissions")), (None, None));
    let userinfo = server.userinfo(by_code.tokens().access_token()).json();
    assert_eq!((&userinfo["roles"], userinfo.get("permissions")), (&json!(["author", "clerk"]), None));
}

#[test]
fn without_the_scope_roles_nothing_is_told() {
    let server = server();
    let tokens = sign_in(&server, ALICE, "openid profile email notes.read").tokens();
    let refreshed = server.refresh(SPA, tokens.refresh_token()).tokens();
    let of_itself = server.token(WEB, &[("grant_type", "client_credentials")]).tokens();
    for tokens in [&tokens, &refreshed, &of_itself] {
        let claims = tokens.claims();
        assert_eq!((claims.get("roles"), claims.get("permissions")), (None, None), "{claims}");
    }
    assert_eq!(server.userinfo(refreshed.access_token()).json().get("roles"), None);
    let for_itself = [("grant_type", "client_credentials"), ("scope", "roles")];
    server.token(WEB, &for_itself).assert_error(400, "invalid_scope");
}

/// An API tells nobody's roles from roles that it was not told of.
#[test]
fn somebody_who_has_nothing_has_empty_lists() {
    let server = server();
    let without = sign_in(&server, BOB, SCOPE);
    assert_eq!(told(&without), (json!([]), json!([])));
    assert_eq!(server.userinfo(without.tokens().access_token()).json()["roles"], json!([]));
    give(&server, BOB, &["idle"]);
    assert_eq!(told(&server.refresh(SPA, without.tokens().refresh_token())), (json!(["idle"]), json!([])));
}

#[test]
fn a_refresh_tells_what_is_true_by_then_and_userinfo_at_once() {
    let server = server();
    let tokens = sign_in(&server, ALICE, SCOPE).tokens();
    let (first, roles_of) = (tokens.access_token(), |token: &str| server.userinfo(token).json()["roles"].clone());
    assert_eq!(roles_of(first), json!(["author", "clerk"]));

    command(&server, &["role", "set", "author", "--permission", "drafts.write"]);
    let second = server.refresh(SPA, tokens.refresh_token());
    let changed = json!(["drafts.write", "files.read", "notes.read"]);
    assert_eq!(told(&second), (json!(["author", "clerk"]), changed));

    command(&server, &["role", "remove", "clerk"]);
    assert_eq!(roles_of(first), json!(["author"]), "whatever the token says");
    let lost = server.refresh(SPA, tokens.refresh_token());
    assert_eq!(lost.tokens().refresh_token(), second.tokens().refresh_token(), "it comes again");
    assert_eq!(told(&lost), (json!(["author"]), json!(["drafts.write"])), "with what is true by now");

    command(&server, &["role", "set", "author", "--no-permissions"]);
    let third = server.refresh(SPA, second.tokens().refresh_token());
    assert_eq!(told(&third), (json!(["author"]), json!([])));
    give(&server, ALICE, &[]);
    assert_eq!(told(&server.refresh(SPA, third.tokens().refresh_token())), (json!([]), json!([])));
}

/// RFC 6749 §6: a narrower token does not change the grant.
#[test]
fn a_refresh_with_less_scope_tells_less_and_the_next_one_all() {
    let server = server();
    let tokens = sign_in(&server, ALICE, SCOPE).tokens();
    let narrow = refresh_with(&server, tokens.refresh_token(), "openid notes.read");
    assert_eq!(told(&narrow), (Value::Null, Value::Null));
    assert_eq!(server.userinfo(narrow.tokens().access_token()).json().get("roles"), None);
    let only = refresh_with(&server, narrow.tokens().refresh_token(), "roles");
    assert_eq!(told(&only), of_alice());
    assert_eq!(told(&server.refresh(SPA, only.tokens().refresh_token())), of_alice());
    let without = sign_in(&server, ALICE, "openid").tokens();
    refresh_with(&server, without.refresh_token(), "openid roles").assert_error(400, "invalid_scope");
}

#[test]
fn people_are_asked_before_an_application_is_told_their_roles() {
    let server = server();
    let mut browser = Browser::of_alice(&server, SPA);
    let request = Authorization::of(SPA).with("scope", SCOPE);
    let page = browser.visit(&request.path());
    assert!(page.body.contains("See which roles you have here"), "{page:?}");
    browser.decide(&page, "allow");
    assert!(browser.visit(&request.path()).location().contains("code="), "once");
}

/// Somebody with more permissions than fit into a header goes on working, and the token says that it does not tell them.
#[test]
fn permissions_that_fit_into_no_header_are_left_out() {
    let server = server();
    let permission = |number| format!("{}.{number}", "a-long-name-of-a-permission".repeat(2));
    let permissions: Vec<String> = (100..300).map(permission).collect();
    let options = permissions.iter().flat_map(|permission| ["--permission", permission]);
    command(&server, &["role", "set", "clerk"].into_iter().chain(options).collect::<Vec<_>>());
    let tokens = sign_in(&server, ALICE, SCOPE).tokens();
    let claims = tokens.claims();
    assert_eq!((&claims["roles"], claims.get("permissions")), (&json!(["author", "clerk"]), None));
    assert!(tokens.access_token().len() < 8192);
    assert_eq!(server.userinfo(tokens.access_token()).json()["roles"], json!(["author", "clerk"]));
}

/// A permission that belongs to another API is none of this one's business.
#[test]
fn an_api_with_scopes_is_told_the_permissions_among_them() {
    let server = server();
    server.write(|conn| resources::remove(conn, API).map(drop));
    server.block_on(register_resource(&server.app, API, "notes.read notes.write"));
    assert_eq!(
        told(&sign_in(&server, ALICE, SCOPE)),
        (json!(["author", "clerk"]), json!(["notes.read", "notes.write"]))
    );
}

/// Introspection tells what is so now, whatever the token said when it was signed.
#[test]
fn introspection_tells_roles_and_permissions_as_they_are() {
    let server = server();
    let tokens = sign_in(&server, ALICE, SCOPE).tokens();
    let told = |token: &str| {
        let described = server.introspect(API_SERVER, token);
        (described["roles"].clone(), described["permissions"].clone())
    };
    assert_eq!(told(tokens.access_token()), of_alice());
    give(&server, ALICE, &["clerk"]);
    assert_eq!(told(tokens.access_token()), (json!(["clerk"]), json!(["files.read", "notes.read"])));
    give(&server, ALICE, &[]);
    assert_eq!(told(tokens.access_token()), (json!([]), json!([])));
    let silent = sign_in(&server, ALICE, "openid notes.read").tokens();
    let described = server.introspect(API_SERVER, silent.access_token());
    assert_eq!(
        (described["active"].as_bool(), described.get("roles"), described.get("permissions")),
        (Some(true), None, None)
    );
}

/// Many applications read `groups` alone.
#[test]
fn the_scope_groups_opens_the_names_of_the_roles_as_groups() {
    let server = server();
    server.command(&["client", "set", SPA.id, "--scope", "openid roles groups notes.read"], "");
    server.command(&["client", "set", API_SERVER.id, "--serves", API], "");
    let names = json!(["author", "clerk"]);
    let tokens = sign_in(&server, ALICE, "openid groups").tokens();
    let of_access_token = tokens.claims();
    assert_eq!(
        [&of_access_token["groups"], &server.userinfo(tokens.access_token()).json()["groups"]],
        [&names, &names]
    );
    for claims in [&of_access_token, &server.userinfo(tokens.access_token()).json()] {
        assert_eq!((claims.get("roles"), claims.get("permissions")), (None, None), "they were not asked for");
    }
    let introspected = server.introspect(API_SERVER, tokens.access_token());
    assert_eq!((&introspected["groups"], introspected.get("roles")), (&names, None));
    give(&server, ALICE, &["clerk"]);
    assert_eq!(server.refresh(SPA, tokens.refresh_token()).tokens().claims()["groups"], json!(["clerk"]));
    let both = sign_in(&server, ALICE, "openid groups roles").tokens().claims();
    assert_eq!([&both["groups"], &both["roles"]], [&json!(["clerk"]), &json!(["clerk"])]);
    assert_eq!(sign_in(&server, BOB, "openid groups").tokens().claims()["groups"], json!([]));
    // Without the scope nothing is told, and a request that names none asks for the roles alone.
    for scope in ["openid roles", ""] {
        let claims = sign_in(&server, ALICE, scope).tokens().claims();
        assert_eq!((claims.get("groups"), &claims["roles"]), (None, &json!(["clerk"])), "{scope}");
    }
    let for_itself = [("grant_type", "client_credentials"), ("scope", "groups")];
    server.command(&["client", "set", WEB.id, "--scope", "groups notes.read"], "");
    server.token(WEB, &for_itself).assert_error(400, "invalid_scope");
}

/// An installation may have had a scope and a claim of this name before the server had one.
#[test]
fn groups_that_an_operator_set_go_before_the_names_of_the_roles() {
    let server = Server::start_with(&[("CLAIMS__SCOPES", "groups: groups department")]);
    server.command(&["user", "set", ALICE, "--claim", "groups=[\"ops\"]", "--claim", "department=Sales"], "");
    server.command(&["client", "set", SPA.id, "--scope", "openid groups"], "");
    let told = |username| server.userinfo(sign_in(&server, username, "openid groups").tokens().access_token()).json();
    let alices = told(ALICE);
    assert_eq!((&alices["groups"], &alices["department"]), (&json!(["ops"]), &json!("Sales")));
    assert_eq!(told(BOB)["groups"], json!([]));
    let metadata = server.get("/.well-known/openid-configuration").json();
    for list in ["scopes_supported", "claims_supported"] {
        let names = metadata[list].as_array().unwrap();
        assert_eq!(names.iter().filter(|name| **name == "groups").count(), 1, "{list}");
    }
}
