//! The policy that applies to a client: PKCE by client, its secret by either way, and the strict profile over both.

use serde_json::{Value, json};

use super::pkce::{assert_refused, bare, redeem};
use super::registration::{OPEN, register, registered};
use crate::support::database::execute;
use crate::support::{
    ALICE, Authorization, Browser, EVIL, Installation, Response, SPA, Server, TestClient, VERIFIER, WEB, basic,
    query_of,
};

const CREDENTIALS: (&str, &str) = ("grant_type", "client_credentials");
const STRICT: &[(&str, &str)] = &[("PROFILE", "strict")];

/// A client of the operator's that may send its secret by any method: its id and its secret.
fn add(server: &Server, id: &str, more: &[&str]) -> String {
    let basics = ["client", "add", id, "--redirect-uri", "https://any.example/cb", "--grant", "client_credentials"];
    let grants = ["--grant", "authorization_code", "--grant", "refresh_token"];
    let added = server.command(&[&basics[..], &grants, more].concat(), "");
    added["client_secret"].as_str().expect("it has a secret").to_owned()
}

fn by_header(server: &Server, id: &str, secret: &str, form: &[(&str, &str)]) -> Response {
    server.post_with("/token", form, &[("authorization", &basic(id, secret))])
}

fn by_body(server: &Server, id: &str, secret: &str, form: &[(&str, &str)]) -> Response {
    server.post("/token", &[&[("client_id", id), ("client_secret", secret)], form].concat())
}

fn code(browser: &mut Browser, request: &Authorization) -> String {
    query_of(browser.get(&request.path()).location()).remove("code").expect("a code")
}

/// The description of an authorization request that is refused for its missing challenge.
fn refusal(server: &Server, client: TestClient) -> String {
    Browser::of_alice(server, client).refused(&bare(client), "invalid_request")["error_description"].clone()
}

#[test]
fn pkce_is_optional_for_a_confidential_client_that_the_operator_names() {
    let server = Server::start();
    server.command(&["client", "set", "web", "--pkce", "optional"], "");
    let mut browser = Browser::of_alice(&server, WEB);
    let bare_code = code(&mut browser, &bare(WEB));
    redeem(&server, WEB, &bare_code, Some(VERIFIER)).assert_error(400, "invalid_grant");
    redeem(&server, WEB, &bare_code, None).tokens();
    let bound = code(&mut browser, &Authorization::of(WEB));
    redeem(&server, WEB, &bound, None).assert_error(400, "invalid_grant");
    redeem(&server, WEB, &bound, Some(VERIFIER)).tokens();
    for half in [
        bare(WEB).with("code_challenge", "x"),
        bare(WEB).with("code_challenge_method", "S256"),
        Authorization::of(WEB).with("code_challenge_method", "plain"),
    ] {
        assert_refused(&mut browser, &half);
    }
    // Every other client needs it as before, and so does this one from the moment that the operator says so.
    assert_refused(&mut Browser::of_alice(&server, EVIL), &bare(EVIL));
    assert_refused(&mut Browser::of_alice(&server, SPA), &bare(SPA));
    server.command(&["client", "set", "web", "--pkce", "required"], "");
    assert_refused(&mut browser, &bare(WEB));
}

#[test]
fn a_refusal_names_the_command_for_clients_that_may_have_it_alone() {
    let server = Server::start();
    let command = "`countersign client set web --pkce optional`";
    assert!(refusal(&server, WEB).contains(command), "{}", refusal(&server, WEB));
    assert!(!refusal(&server, SPA).contains("client set"), "{}", refusal(&server, SPA));
    server.command(&["client", "set", "web", "--profile", "strict"], "");
    assert!(!refusal(&server, WEB).contains("client set"), "{}", refusal(&server, WEB));
}

#[test]
fn neither_a_public_client_nor_one_that_registered_itself_goes_without_pkce() {
    let installation = Installation::new();
    let public = ["client", "add", "app", "--public", "--redirect-uri", "https://app.example/cb"];
    let said = installation.refused(&[], &[&public[..], &["--pkce", "optional"]].concat(), "");
    assert!(said.contains("public client") && said.contains("--pkce required"), "{said}");
    installation.run(&["client", "add", "web", "--redirect-uri", "https://app.example/cb", "--pkce", "optional"], "");
    let said = installation.refused(&[], &["client", "set", "web", "--public"], "");
    assert!(said.contains("--pkce required"), "{said}");
    let shown = installation.run(&["client", "show", "web"], "");
    assert!(shown.lines().any(|line| line.starts_with("PKCE ") && line.ends_with(" optional")), "{shown}");

    let server = Server::start_with(OPEN);
    let asked = json!({ "redirect_uris": ["https://photos.example/cb"], "pkce": "optional", "profile": "standard" });
    let client = registered(&server, &asked);
    let id = client["client_id"].as_str().unwrap();
    assert_eq!(server.command(&["client", "show", id], "")["pkce"], "required");
    // As an earlier version or somebody with access to the database could have stored it.
    execute(&server.data_dir, &format!("UPDATE clients SET settings = '{{\"pkce\":\"optional\"}}' WHERE id = '{id}'"));
    let request = Authorization::to(id, "https://photos.example/cb").without("code_challenge");
    let page = Browser::new(&server).get(&request.without("code_challenge_method").path());
    assert_eq!(page.status, 400, "{page:?}");
}

#[test]
fn a_client_without_a_named_method_sends_its_secret_by_header_or_body_one_per_request() {
    let server = Server::start();
    let secret = add(&server, "any", &[]);
    // social-auth and requests-oauthlib: the code by header, refreshes by body; others the other way round.
    for turn in 0..2 {
        let code = Browser::new(&server).authorize(&Authorization::to("any", "https://any.example/cb").path(), ALICE);
        let exchange =
            [("grant_type", "authorization_code"), ("code", code["code"].as_str()), ("code_verifier", VERIFIER)];
        let ways = [by_header, by_body];
        let tokens = ways[turn](&server, "any", &secret, &exchange).tokens();
        let refresh = [("grant_type", "refresh_token"), ("refresh_token", tokens.refresh_token())];
        ways[1 - turn](&server, "any", &secret, &refresh).tokens();
    }
    for path in ["/introspect", "/revoke"] {
        let form = [("token", "x"), ("client_id", "any"), ("client_secret", secret.as_str())];
        assert_eq!(server.post(path, &form).status, 200, "{path}");
    }
    let twice = [CREDENTIALS, ("client_secret", secret.as_str())];
    by_header(&server, "any", &secret, &twice).assert_error(400, "invalid_request");
    for wrong in [by_header(&server, "any", "guess", &[CREDENTIALS]), by_body(&server, "any", "guess", &[CREDENTIALS])]
    {
        wrong.assert_error(401, "invalid_client");
        assert!(!wrong.body.contains("client_secret_"), "a guess learns nothing: {wrong:?}");
    }
}

#[test]
fn naming_a_method_binds_the_client_to_it_and_client_secret_releases_it() {
    let server = Server::start();
    let secret = add(&server, "any", &[]);
    let shown = |method: &str, any: bool| {
        let shown = server.command(&["client", "show", "any"], "");
        assert_eq!(
            (&shown["token_endpoint_auth_method"], &shown["accepts_any_secret_method"]),
            (&json!(method), &json!(any))
        );
    };
    shown("client_secret_basic", true);
    for (method, bound) in [("client_secret_basic", [true, false]), ("client_secret_post", [false, true])] {
        server.command(&["client", "set", "any", "--auth-method", method], "");
        shown(method, false);
        let answers =
            [by_header(&server, "any", &secret, &[CREDENTIALS]), by_body(&server, "any", &secret, &[CREDENTIALS])];
        assert_eq!(answers.each_ref().map(|answer| answer.status == 200), bound, "{method}");
        assert!(answers.iter().all(|answer| answer.status == 200 || answer.body.contains(method)), "{answers:?}");
        server.command(&["client", "set", "any", "--auth-method", "client_secret"], "");
        by_header(&server, "any", &secret, &[CREDENTIALS]).tokens();
        by_body(&server, "any", &secret, &[CREDENTIALS]).tokens();
    }
}

/// A version before the setting stored `client_secret_basic` for a client without a named method, and takes no other.
#[test]
fn a_client_that_was_stored_before_the_settings_is_bound_as_it_was() {
    let server = Server::start();
    let secret = add(&server, "any", &["--pkce", "optional"]);
    execute(&server.data_dir, "UPDATE clients SET settings = '{}' WHERE id = 'any'");
    by_header(&server, "any", &secret, &[CREDENTIALS]).tokens();
    by_body(&server, "any", &secret, &[CREDENTIALS]).assert_error(401, "invalid_client");
    let shown = server.command(&["client", "show", "any"], "");
    assert_eq!((&shown["pkce"], &shown["id_token_claims"]), (&json!("required"), &json!("requested")));
    // And what a later version may add is none of our business.
    execute(&server.data_dir, "UPDATE clients SET settings = '{\"pkce\":\"optional\",\"later\":[1]}' WHERE id = 'any'");
    assert_eq!(server.command(&["client", "show", "any"], "")["pkce"], "optional");
}

#[test]
fn a_client_that_registers_itself_is_bound_to_one_registered_method() {
    let server = Server::start_with(OPEN);
    let metadata = json!({ "redirect_uris": ["https://photos.example/cb"] });
    let client = registered(&server, &metadata);
    assert_eq!(client["token_endpoint_auth_method"], "client_secret_basic");
    let text = |name: &str| client[name].as_str().unwrap();
    let form = [("grant_type", "authorization_code"), ("code", "x")];
    by_header(&server, text("client_id"), text("client_secret"), &form).assert_error(400, "invalid_grant");
    by_body(&server, text("client_id"), text("client_secret"), &form).assert_error(401, "invalid_client");
    let unregistered =
        json!({ "redirect_uris": ["https://photos.example/cb"], "token_endpoint_auth_method": "client_secret" });
    register(&server, &unregistered, None).assert_error(400, "invalid_client_metadata");
}

/// The strict profile, of the server or of the client, goes before every setting of the client.
#[test]
fn the_strict_profile_wants_pkce_one_method_and_named_claims() {
    for settings in [STRICT, &[]] {
        let server = Server::start_with(settings);
        let profile = if settings.is_empty() { "strict" } else { "standard" };
        let secret = add(&server, "any", &["--pkce", "optional", "--id-token-claims", "scopes", "--profile", profile]);
        let request = Authorization::to("any", "https://any.example/cb").with("scope", "openid profile email");
        let browser = &mut Browser::new(&server);
        browser.authorize(&request.path(), ALICE);
        assert_refused(browser, &request.clone().without("code_challenge").without("code_challenge_method"));
        let code = code(browser, &request);
        let exchange = [("grant_type", "authorization_code"), ("code", code.as_str()), ("code_verifier", VERIFIER)];
        let other = by_body(&server, "any", &secret, &exchange);
        other.assert_error(401, "invalid_client");
        assert!(other.body.contains("client_secret_basic"), "{other:?}");
        let tokens = by_header(&server, "any", &secret, &exchange).tokens();
        let told: Value = crate::support::claims(tokens.0["id_token"].as_str().unwrap());
        assert_eq!((told.get("email"), told.get("preferred_username")), (None, None), "{told}");
    }
    let installation = Installation::new();
    let pair = [STRICT, &[("AUTHORIZATION__PKCE", "public-clients")]].concat();
    let said = installation.refused(&pair, &["config", "check"], "");
    assert!(said.contains("authorization.pkce") && said.contains("write always"), "{said}");
}
