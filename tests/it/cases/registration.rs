//! Clients that register themselves (RFC 7591; OpenID Connect Dynamic Client Registration).

use serde_json::{Value, json};

use crate::support::{ALICE, Authorization, Browser, Peer, Response, Server, VERIFIER, basic, query_of};

pub const OPEN: &[(&str, &str)] = &[("REGISTRATION__MODE", "open")];

/// Posts metadata, with an access token if there is one.
#[track_caller]
pub fn register(server: &Server, metadata: &Value, token: Option<&str>) -> Response {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(bearer.as_deref().map(|bearer| ("authorization", bearer)));
    server.send("POST", "/register", &headers, Some(metadata.to_string().as_bytes()))
}

/// A client that was registered by this metadata.
#[track_caller]
pub fn registered(server: &Server, metadata: &Value) -> Value {
    let answer = register(server, metadata, None);
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()
}

/// A request of a client that registered itself, for its first redirect URI.
pub fn request_of(client: &Value) -> Authorization {
    Authorization::to(client["client_id"].as_str().unwrap(), client["redirect_uris"][0].as_str().unwrap())
}

fn web() -> Value {
    json!({ "redirect_uris": ["https://photos.example/cb"], "client_name": "Photos" })
}

/// S03.
#[test]
fn s03_nobody_registers_unless_the_operator_says_so() {
    let server = Server::start();
    for (method, path) in [("POST", "/register"), ("GET", "/register/web"), ("DELETE", "/register/web")] {
        assert_eq!(
            server.send(method, path, &[("content-type", "application/json")], Some(b"{}")).status,
            404,
            "{path}"
        );
    }
    assert_eq!(server.get("/.well-known/openid-configuration").json().get("registration_endpoint"), None);
}

#[test]
fn a_client_that_registered_signs_people_in_and_refreshes() {
    let server = Server::start_with(OPEN);
    let document = server.get("/.well-known/openid-configuration").json();
    assert_eq!(document["registration_endpoint"], format!("{}/register", server.issuer));
    let metadata = json!({
        "redirect_uris": ["https://photos.example/cb", "https://photos.example/other"],
        "client_name": "Photos",
        "grant_types": ["authorization_code", "refresh_token", "implicit"],
        "response_types": ["code", "id_token"],
        "contacts": ["ops@photos.example"],
        "logo_uri": "https://photos.example/logo.png",
        "tos_uri": "https://photos.example/tos",
        "something_new": { "a": 1 },
    });
    let answer = register(&server, &metadata, None);
    assert_eq!((answer.status, answer.header("cache-control")), (201, Some("no-store")), "{answer:?}");
    let client = answer.json();
    for (name, value) in [
        ("client_name", json!("Photos")),
        ("grant_types", json!(["authorization_code", "refresh_token"])),
        ("response_types", json!(["code"])),
        ("token_endpoint_auth_method", json!("client_secret_basic")),
        ("client_secret_expires_at", json!(0)),
        ("application_type", json!("web")),
        ("subject_type", json!("public")),
        ("id_token_signed_response_alg", json!("RS256")),
        ("contacts", metadata["contacts"].clone()),
        ("logo_uri", metadata["logo_uri"].clone()),
        ("redirect_uris", metadata["redirect_uris"].clone()),
    ] {
        assert_eq!(client[name], value, "{name}");
    }
    assert_eq!((client.get("something_new"), client.get("first_party")), (None, None));
    assert!(client["client_id_issued_at"].is_i64());
    let (id, secret) = (client["client_id"].as_str().unwrap(), client["client_secret"].as_str().unwrap());
    assert!(
        secret.starts_with("cs_cs_") && client["registration_access_token"].as_str().unwrap().starts_with("cs_ra_")
    );

    let mut browser = Browser::new(&server);
    let request = request_of(&client).with("scope", "openid offline_access");
    let told = browser.authorize(&request.path(), ALICE);
    let form = [("grant_type", "authorization_code"), ("code", &told["code"]), ("code_verifier", VERIFIER)];
    let header = basic(id, secret);
    let tokens = server.post_with("/token", &form, &[("authorization", &header)]).json();
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", tokens["refresh_token"].as_str().unwrap())];
    let again = server.post_with("/token", &refresh, &[("authorization", &header)]);
    assert!(again.json()["id_token"].is_string(), "{again:?}");
}

#[test]
fn a_token_of_the_operators_lets_as_many_register_as_it_says() {
    let server = Server::start_with(&[("REGISTRATION__MODE", "token")]);
    let printed =
        server.command(&["registration-token", "add", "partners", "--uses", "2", "--expires-in", "9000d"], "");
    let token = printed["initial_access_token"].as_str().unwrap().to_owned();
    let none = register(&server, &web(), None);
    assert_eq!((none.status, none.header("www-authenticate")), (401, Some("Bearer realm=\"countersign\"")));
    for wrong in ["cs_it_x", "", &token[..token.len() - 1]] {
        assert!([400, 401].contains(&register(&server, &web(), Some(wrong)).status), "{wrong}");
    }
    // What is refused uses nothing.
    register(&server, &json!({ "redirect_uris": [] }), Some(&token)).assert_error(400, "invalid_redirect_uri");
    for _ in 0..2 {
        assert_eq!(register(&server, &web(), Some(&token)).status, 201);
    }
    register(&server, &web(), Some(&token)).assert_error(401, "invalid_token");
    let listed = server.command(&["registration-token", "list"], "");
    assert_eq!((&listed[0]["name"], &listed[0]["uses_left"]), (&json!("partners"), &json!(0)));
    assert_eq!(listed[0].get("initial_access_token"), None);

    let other = server.command(&["registration-token", "add", "others", "--expires-in", "9000d"], "");
    let other_token = other["initial_access_token"].as_str().unwrap();
    assert_eq!(register(&server, &web(), Some(other_token)).status, 201);
    server.advance(std::time::Duration::from_secs(20_000 * 86_400));
    register(&server, &web(), Some(other_token)).assert_error(401, "invalid_token");
    server.command(&["registration-token", "remove", other["id"].as_str().unwrap()], "");
    assert_eq!(server.command(&["registration-token", "list"], "").as_array().unwrap().len(), 1);
}

/// What a client that nobody vouched for says is shown to the person, who is not led astray by an error of its (RFC 9700
/// §4.11.2).
#[test]
fn an_error_of_an_unvouched_client_stops_at_a_page() {
    let server = Server::start_with(OPEN);
    let client = registered(&server, &web());
    let mut browser = Browser::new(&server);
    let wrong = request_of(&client).with("scope", "unknown");
    let page = browser.get(&wrong.path());
    assert_eq!((page.status, page.header("location")), (400, None), "{page:?}");
    assert!(page.body.contains("href=\"https://photos.example/cb?error=invalid_scope&#38;"), "{page:?}");
    for other in [
        request_of(&client).with("id_token_hint", "x"),
        request_of(&client).with("resource", "https://unknown.example"),
        request_of(&client).with("claims", r#"{"id_token":{"acr":{"essential":true,"value":"phr"}}}"#),
        request_of(&client).with("request", "x.y.z"),
    ] {
        let page = browser.get(&other.path());
        assert_eq!((page.status, page.header("location")), (400, None), "{other:?}: {page:?}");
    }
    let silent = browser.get(&wrong.with("prompt", "none").path());
    assert_eq!(query_of(silent.location())["error"], "invalid_scope");
    let silent = browser.get(&request_of(&client).with("prompt", "none").path());
    assert_eq!(query_of(silent.location())["error"], "login_required");
    let consent = browser.visit(&request_of(&client).path());
    let consent = browser.sign_in(&consent, ALICE);
    assert!(consent.body.contains("Photos"), "{consent:?}");
    let denied = browser.decide(&consent, "deny");
    assert_eq!(query_of(denied.location())["error"], "access_denied");
}

#[test]
fn as_many_register_as_the_operator_allows() {
    let server = Server::start_with(&[("REGISTRATION__MODE", "open"), ("REGISTRATION__MOST_CLIENTS", "2")]);
    let first = registered(&server, &web());
    registered(&server, &web());
    let third = register(&server, &web(), None);
    third.assert_error(400, "invalid_request");
    assert!(third.body.contains("ask the operator"), "{third:?}");
    server.command(&["client", "remove", first["client_id"].as_str().unwrap()], "");
    registered(&server, &web());
}

#[test]
fn the_operator_says_which_scopes_and_apis_there_are_for_such_clients() {
    let settings = [
        ("REGISTRATION__MODE", "open"),
        ("REGISTRATION__SCOPE", "openid notes.read"),
        ("REGISTRATION__RESOURCES", "https://api.example https://gone.example"),
    ];
    let server = Server::start_with(&settings);
    let client = registered(&server, &web());
    assert_eq!(client["scope"], "openid notes.read");
    let narrow = json!({ "redirect_uris": ["https://photos.example/cb"], "scope": "notes.read notes.write" });
    assert_eq!(registered(&server, &narrow)["scope"], "notes.read");
    let shown = server.command(&["client", "show", client["client_id"].as_str().unwrap()], "");
    assert_eq!((&shown["resources"], &shown["first_party"]), (&json!(["https://api.example"]), &json!(false)));
}

/// A logo is shown and not loaded from elsewhere: its host would learn who signs in. Policy and terms are links.
#[test]
fn a_page_shows_the_logo_policy_and_terms_of_a_client() {
    let settings = [("REGISTRATION__MODE", "open"), ("OUTBOUND__ALLOWED_ADDRESSES", "127.0.0.1")];
    let server = Server::start_with(&settings);
    let peer = Peer::start();
    let png = [&[0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a][..], &[0; 32]].concat();
    let client_with = |logo: &str| {
        let mut metadata = web();
        for (name, value) in [
            ("logo_uri", peer.url(logo)),
            ("policy_uri", "https://photos.example/policy?a=1&b=2".to_owned()),
            ("tos_uri", "https://photos.example/tos".to_owned()),
        ] {
            metadata[name] = json!(value);
        }
        registered(&server, &metadata)
    };
    let logo = |client: &Value| format!("/clients/{}/logo", client["client_id"].as_str().unwrap());
    peer.serve_bytes(
        "/logo",
        &[b"HTTP/1.1 200 OK\r\ncontent-length: 40\r\n\r\n", png.as_slice()].concat(),
        std::time::Duration::ZERO,
    );
    let client = client_with("/logo");
    let mut browser = Browser::new(&server);
    let login = browser.visit(&request_of(&client).path());
    let page = browser.sign_in(&login, ALICE);
    for page in [&login, &page] {
        assert!(page.body.contains(&format!("<img class=\"logo\" src=\"{}\" alt=\"\"", logo(&client))), "{page:?}");
        assert!(page.body.contains("href=\"https://photos.example/policy?a=1&#38;b=2\""), "{page:?}");
        assert!(page.body.contains("href=\"https://photos.example/tos\""), "{page:?}");
        assert!(page.body.contains("Nobody has checked who runs it."), "{page:?}");
        assert!(!page.body.contains("127.0.0.1"), "nothing is loaded from there: {page:?}");
    }
    let head = server.send("HEAD", &logo(&client), &[], None);
    assert_eq!((head.status, head.header("content-type")), (200, Some("image/png")), "{head:?}");
    assert_eq!(head.header("content-security-policy"), Some("default-src 'none'; sandbox"));
    server.send("HEAD", &logo(&client), &[], None);
    assert_eq!(peer.asked("/logo").len(), 1, "it is kept");
    peer.serve("/svg", "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>");
    for path in ["/svg", "/missing"] {
        let letter = server.get(&logo(&client_with(path)));
        assert_eq!((letter.status, letter.header("content-type")), (200, Some("image/svg+xml")), "{letter:?}");
        assert!(
            letter.body.contains(">P</text>") && !letter.body.contains("script"),
            "the letter of Photos: {letter:?}"
        );
        assert_eq!(letter.header("content-security-policy"), Some("default-src 'none'; sandbox"));
        assert_eq!(letter.header("cache-control"), Some("public, max-age=60"), "the logo may be there soon");
    }
    for none in ["/clients/web/logo", "/clients/nobody/logo"] {
        assert_eq!(server.get(none).status, 404, "{none}");
    }
}
