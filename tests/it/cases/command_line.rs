//! The command line, beside a running server: what it does counts at once.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::scope;

use countersign::types::Id;
use serde_json::{Value, json};

use crate::support::database::text;
use crate::support::program::{administer, run};
use crate::support::{ALICE, Authorization, Browser, Installation, PASSWORD, Program, SPA, Server, basic, query_of};

const SECRET_LENGTH: usize = "cs_cs_".len() + 43;

fn members(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// A sign-in by the password grant of the client `tool`.
fn sign_in(server: &Program, secret: &str, username: &str, password: &str) -> crate::support::Response {
    let form = [
        ("grant_type", "password"),
        ("client_id", "tool"),
        ("client_secret", secret),
        ("username", username),
        ("password", password),
    ];
    server.post("/token", &form)
}

#[test]
fn clients_are_added_listed_shown_and_removed_while_the_server_runs() {
    let installation = Installation::new();
    let server = installation.serve(&[]);
    let redirect = ["--redirect-uri", "https://app.example/cb"];
    let credentials = ["--grant", "authorization_code", "--grant", "client_credentials", "--scope", "notes.read"];
    let added =
        installation.json(&[&["client", "add", "web", "--name", "The web"][..], &redirect, &credentials].concat(), "");
    let secret = added["client_secret"].as_str().unwrap();
    assert!(secret.starts_with("cs_cs_") && secret.len() == SECRET_LENGTH, "{secret}");
    let expected = json!({
        "client_id": "web",
        "client_name": "The web",
        "token_endpoint_auth_method": "client_secret_basic",
        "accepts_any_secret_method": true,
        "pkce": "required",
        "id_token_claims": "scopes",
        "profile": "standard",
        "redirect_uris": ["https://app.example/cb"],
        "grant_types": ["authorization_code", "client_credentials"],
        "scope": "notes.read",
        "resources": [],
        "serves": [],
        "first_party": false,
        "disabled": false,
    });
    let shown = installation.json(&["client", "show", "web"], "");
    assert_eq!(shown, expected, "K13: the secret is shown once");
    assert_eq!(installation.json(&["client", "list"], ""), json!([expected]));
    let credentials = [("grant_type", "client_credentials")];
    let token = || server.post_with("/token", &credentials, &[("authorization", &basic("web", secret))]);
    assert_eq!(token().tokens().claims()["aud"], server.issuer);

    let public = installation.json(&[&["client", "add", "--public"][..], &redirect].concat(), "");
    assert_eq!(public.get("client_secret"), None);
    assert_eq!(public["token_endpoint_auth_method"], "none");
    let id = public["client_id"].as_str().unwrap().to_owned();
    assert!(id.len() >= 16 && !id.starts_with('-'), "a made-up id: {id}");
    let page = server.get(&Authorization::of(SPA).with("client_id", &id).with("redirect_uri", redirect[1]).path());
    assert_eq!(page.status, 303, "{page:?}");

    assert_eq!(installation.json(&["client", "remove", "web"], ""), json!({ "removed": "web" }));
    token().assert_error(401, "invalid_client");
    assert_eq!(installation.json(&["client", "list"], "").as_array().unwrap().len(), 1);
    for (arguments, word) in
        [(vec!["client", "list"], id.as_str()), (vec!["client", "show", &id], "authorization_code")]
    {
        assert!(installation.run(&arguments, "").contains(word), "{arguments:?} is for people as well");
    }
}

#[test]
fn people_are_added_listed_and_removed_while_the_server_runs() {
    let installation = Installation::new();
    let server = installation.serve(&[]);
    let secret = installation.add_tool("tool");
    sign_in(&server, &secret, ALICE, PASSWORD).assert_error(400, "invalid_grant");
    let typed = format!("{PASSWORD}\n");
    let add = ["user", "add", ALICE, "--email", "alice@people.example", "--password-stdin"];
    let added = installation.json(&add, &typed);
    assert_eq!(members(&added), ["disabled", "email", "roles", "sub", "username"]);
    assert_eq!((added["username"].as_str(), added["disabled"].as_bool()), (Some(ALICE), Some(false)));
    let tokens = sign_in(&server, &secret, ALICE, PASSWORD).tokens();
    assert_eq!(tokens.claims()["sub"], added["sub"]);
    assert_eq!(installation.json(&["user", "list"], ""), json!([added]));

    let made_up = installation.json(&["user", "add", "bob"], "");
    let password = made_up["password"].as_str().expect("it is printed once").to_owned();
    assert!(password.len() >= 20);
    sign_in(&server, &secret, "BOB", &password).tokens();
    assert!(!installation.json(&["user", "list"], "").to_string().contains(&password));

    assert_eq!(installation.json(&["user", "remove", "Alice"], ""), json!({ "removed": "Alice" }));
    sign_in(&server, &secret, ALICE, PASSWORD).assert_error(400, "invalid_grant");
    let refresh = [
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens.refresh_token()),
        ("client_id", "tool"),
        ("client_secret", &secret),
    ];
    server.post("/token", &refresh).assert_error(400, "invalid_grant");
    assert!(installation.run(&["user", "list"], "").contains("bob"));
}

/// The first line of the input is the password, as it is; Q01: and each is kept under a salt of its own.
#[test]
fn q01_a_password_is_read_from_one_line_and_kept_as_argon2id() {
    let installation = Installation::new();
    let server = installation.serve(&[]);
    let secret = installation.add_tool("tool");
    for (username, typed) in [
        ("one", "  the same päss 🔑 \n"),
        ("two", "  the same päss 🔑 \r\nsecond line"),
        ("three", "  the same päss 🔑 "),
    ] {
        installation.run(&["user", "add", username, "--password-stdin"], typed);
        sign_in(&server, &secret, username, "  the same päss 🔑 ").tokens();
    }
    let hash = |username: &str| {
        text(&installation.data_dir, &format!("SELECT password_hash FROM users WHERE username = '{username}'"))
    };
    let hashes = ["one", "two", "three"].map(hash);
    for hash in &hashes {
        let parts: Vec<&str> = hash.split('$').collect();
        assert_eq!(parts[..4], ["", "argon2id", "v=19", "m=19456,t=2,p=1"]);
        assert_eq!((parts[4].len(), parts[5].len()), (22, 43), "16 bytes of salt, 32 of hash: {hash}");
    }
    assert!(hashes[0] != hashes[1] && hashes[1] != hashes[2]);
}

/// Whoever was added a moment ago signs in on the hosted page, with a client that was added a moment ago.
#[test]
fn a_person_added_while_the_server_runs_signs_in_on_the_page_at_once() {
    let installation = Installation::new();
    let server = installation.serve(&[]);
    let client =
        ["client", "add", "spa", "--public", "--redirect-uri", SPA.redirect_uri, "--scope", "openid notes.read"];
    installation.run(&client, "");
    installation.run(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    let mut browser = Browser::new(&server);
    let answer = browser.authorize(&Authorization::of(SPA).path(), ALICE);
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", "spa"),
        ("code", &answer["code"]),
        ("code_verifier", crate::support::VERIFIER),
    ];
    server.post("/token", &form).tokens();
    let again = browser.visit(&Authorization::of(SPA).path());
    assert!(query_of(again.location()).contains_key("code"));
    installation.run(&["user", "remove", ALICE], "");
    let gone = browser.visit(&Authorization::of(SPA).path());
    assert!(gone.body.contains("name=\"password\""), "the session ended with the person");
}

/// The command line is another process beside the server's writer. (That the writer's pause is needed for it shows only
/// under a load that benchmarks make.)
#[test]
fn the_command_line_gets_in_while_the_writer_is_busy() {
    let server = Server::start();
    let (done, units) = (AtomicBool::new(false), AtomicUsize::new(0));
    let added = scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    let now = server.clock.now();
                    server.write(move |conn| countersign::store::sessions::touch(conn, Id::from_bytes([7; 16]), now));
                    units.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let added = [0, 1, 2].map(|n| {
            let client = ["client", "add", &format!("client{n}"), "--redirect-uri", "https://app.example/cb"];
            run(administer(&server.data_dir, 1, &[], &client), "")
        });
        done.store(true, Ordering::Relaxed);
        added
    });
    for output in added {
        assert!(output.status.success(), "{output:?}");
    }
    assert!(units.into_inner() > 100, "there was no load");
}

#[test]
fn the_schema_is_brought_up_to_date_once() {
    let installation = Installation::without_database();
    assert!(installation.run(&["migrate"], "").starts_with("Migrated: "));
    let server = installation.serve(&[]);
    assert_eq!(installation.run(&["migrate"], ""), "The schema is up to date.\n");
    assert_eq!(server.get("/health/ready").status, 200);
}

#[test]
fn the_configuration_is_shown_as_it_is_meant_and_without_its_secrets() {
    let installation = Installation::new();
    assert!(installation.run(&["config", "check"], "").ends_with("\nThe configuration is in order.\n"));
    let key = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U=";
    let file = installation.data_dir.join("settings.toml");
    std::fs::write(&file, "[tokens]\naccess_ttl = \"90s\"\ncode_ttl = \"30s\"\n").unwrap();
    let file = file.to_string_lossy().into_owned();
    let settings = [("SECRETS__MASTER_KEY", key), ("TOKENS__CODE_TTL", "20s")];
    let output = installation.run_with(&settings, &["config", "show", "--config", &file], "");
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && !shown.contains("c2VjcmV0"), "{shown}");
    let table: toml::Table = shown.parse().expect("it is a configuration file");
    let of = |section: &str, key: &str| table[section][key].as_str().map(str::to_owned);
    assert_eq!(of("tokens", "access_ttl").as_deref(), Some("90s"), "the file goes before the default");
    assert_eq!(of("tokens", "code_ttl").as_deref(), Some("20s"), "the environment goes before the file");
    assert_eq!(of("tokens", "refresh_ttl").as_deref(), Some("30d"));
    assert_eq!(table["issuer"].as_str(), Some(format!("http://127.0.0.1:{}", installation.port).as_str()));
}

/// A secret by file, as container platforms hand them over.
#[cfg(unix)]
#[test]
fn a_master_key_by_file_is_the_same_as_by_value() {
    use std::os::unix::fs::PermissionsExt;

    let installation = Installation::new();
    std::fs::create_dir_all(&installation.data_dir).unwrap();
    let key = "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U=";
    let file = installation.data_dir.join("key");
    std::fs::write(&file, format!("{key}\n")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let file = file.to_string_lossy().into_owned();
    let keys = |settings: &[(&str, &str)]| installation.serve(settings).get("/.well-known/jwks.json").body;
    let by_file = keys(&[("SECRETS__MASTER_KEY_FILE", &file)]);
    assert_eq!(keys(&[("SECRETS__MASTER_KEY", key)]), by_file);
    assert!(!installation.data_dir.join("master.key").exists(), "none was made");
}
