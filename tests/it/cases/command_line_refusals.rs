//! What the command line refuses: one sentence that says what to do, and a code that a script can tell.

use std::net::TcpListener;

use crate::support::database::execute;
use crate::support::program::{administer, run};
use crate::support::{Installation, PASSWORD};

/// What a refusal must say.
type Words = &'static [&'static str];

/// Each command with what is typed, and the words that help.
#[track_caller]
fn assert_refused(installation: &Installation, cases: &[(&[&str], &str, &[&str])]) {
    for (arguments, input, words) in cases {
        let sentence = installation.refused(&[], arguments, input);
        for word in *words {
            assert!(sentence.contains(word), "{arguments:?} says: {sentence}");
        }
    }
}

#[test]
fn a_client_that_makes_no_sense_is_refused_and_nothing_is_stored() {
    let installation = Installation::new();
    let redirect = "https://app.example/cb";
    installation.run(&["client", "add", "web", "--redirect-uri", redirect], "");
    let uri = |uri: &'static str| ["client", "add", "x", "--redirect-uri", uri];
    let bent = [
        uri("http://app.example/cb"),
        uri("javascript:alert(1)"),
        uri("data:text/html,x"),
        uri("file:///etc/passwd"),
        uri("https://*.example.com/cb"),
        uri("https://app.example/cb#fragment"),
        uri("https://user:password@app.example/cb"),
        uri("/cb"),
        uri(""),
        uri("https://app.example\\@evil.example/cb"),
        uri("https://app.example/c b"),
    ];
    for arguments in &bent {
        let sentence = installation.refused(&[], arguments, "");
        assert!(sentence.contains("redirect URI"), "{arguments:?} says: {sentence}");
    }
    let cases: [(&[&str], &str, &[&str]); 11] = [
        (&["client", "add", "web", "--redirect-uri", redirect], "", &["'web'", "another id"]),
        (&["client", "add", "a b", "--redirect-uri", redirect], "", &["client id"]),
        (&["client", "add", ""], "", &["client id"]),
        (&["client", "add", "x"], "", &["--redirect-uri"]),
        (&["client", "add", "x", "--grant", "implicit"], "", &["'implicit'", "authorization_code"]),
        (&["client", "add", "x", "--public", "--grant", "client_credentials"], "", &["confidential", "--public"]),
        (&["client", "add", "x", "--public", "--auth-method", "client_secret_post"], "", &["--public"]),
        (&["client", "add", "x", "--auth-method", "client_secret_jwt"], "", &["client_secret_basic"]),
        (&["client", "add", "x", "--redirect-uri", redirect, "--resource", "api"], "", &["'api'", "absolute URI"]),
        (&["client", "show", "nobody"], "", &["'nobody'", "client list"]),
        (&["client", "remove", "nobody"], "", &["'nobody'", "client list"]),
    ];
    assert_refused(&installation, &cases);
    assert_eq!(installation.json(&["client", "list"], "").as_array().unwrap().len(), 1);
}

#[test]
fn a_person_that_makes_no_sense_is_refused_and_nothing_is_stored() {
    let installation = Installation::new();
    installation.run(&["user", "add", "alice", "--password-stdin"], PASSWORD);
    let (long, long_name) = ("x".repeat(513), "n".repeat(257));
    let stdin = "--password-stdin";
    let cases: [(&[&str], &str, &[&str]); 9] = [
        (&["user", "add", " ALICE ", stdin], PASSWORD, &["'ALICE'", "already"]),
        (&["user", "add", "", stdin], PASSWORD, &["username"]),
        (&["user", "add", "new\nline", stdin], PASSWORD, &["username"]),
        (&["user", "add", &long_name, stdin], PASSWORD, &["256 bytes"]),
        (&["user", "add", "x", stdin], "short", &["at least 8 characters"]),
        (&["user", "add", "x", stdin], "", &["at least 8 characters"]),
        (&["user", "add", "x", stdin], &long, &["512 bytes"]),
        (&["user", "add", "x", "--email", "nobody", stdin], PASSWORD, &["email address"]),
        (&["user", "remove", "nobody"], "", &["'nobody'", "user list"]),
    ];
    assert_refused(&installation, &cases);
    assert_eq!(installation.json(&["user", "list"], "").as_array().unwrap().len(), 1);
}

/// Q04, and everything else that stops the start.
#[test]
fn q04_a_configuration_that_is_not_safe_stops_the_start() {
    let installation = Installation::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listener.local_addr().unwrap().to_string();
    let cases: [(&[(&str, &str)], Words); 11] = [
        (&[("ISSUER", "http://id.example")], &["issuer", "https://id.example"]),
        (&[("ISSUER", "https://id.example/")], &["issuer", "https://id.example"]),
        (&[("ISSUER", "id.example")], &["issuer"]),
        (&[("TOKEN__ACCESS_TTL", "60s")], &["COUNTERSIGN_TOKEN__ACCESS_TTL", "COUNTERSIGN_TOKENS__ACCESS_TTL"]),
        (&[("TOKENS__ACCESS_TTL", "soon")], &["COUNTERSIGN_TOKENS__ACCESS_TTL", "soon"]),
        (&[("TOKENS__REFRESH_IDLE_TTL", "60d")], &["tokens.refresh_idle_ttl", "tokens.refresh_ttl"]),
        (&[("PASSWORDS__MEMORY_KIB", "1024")], &["passwords.memory_kib", "19456"]),
        (&[("SECRETS__MASTER_KEY", "c2hvcnQ=")], &["32"]),
        (&[("SECRETS__MASTER_KEY", "changeme")], &["32"]),
        (&[("DATABASE__URL", "sqlite://:memory:")], &["database.url"]),
        (&[("LISTEN", &taken)], &["cannot listen"]),
    ];
    for (settings, words) in cases {
        let sentence = installation.refused(settings, &["serve"], "");
        for word in words {
            assert!(sentence.contains(word), "{settings:?} says: {sentence}");
        }
        assert!(!sentence.contains("changeme") && !sentence.contains("c2hvcnQ"), "a secret is repeated: {sentence}");
    }
    for settings in
        [[("ISSUER", "http://id.example")], [("TOKEN__ACCESS_TTL", "60s")], [("ISSUER", "http://192.0.2.1")]]
    {
        installation.refused(&settings, &["config", "check"], "");
    }
    let missing = installation.data_dir.join("missing.toml").to_string_lossy().into_owned();
    assert!(installation.refused(&[], &["serve", "--config", &missing], "").contains("missing.toml"));
}

#[test]
fn another_master_key_than_the_databases_is_refused() {
    let installation = Installation::new();
    drop(installation.serve(&[]));
    let other = "YW5vdGhlciBtYXN0ZXIga2V5IG9mIDMyIGJ5dGVzISE=";
    let sentence = installation.refused(&[("SECRETS__MASTER_KEY", other)], &["serve"], "");
    assert!(sentence.contains("master key is not the one") && !sentence.contains(other), "{sentence}");
    // The other one beside the right one is a rotation, and fine.
    let right = std::fs::read_to_string(installation.data_dir.join("master.key")).unwrap();
    let both = [("SECRETS__MASTER_KEY", other), ("SECRETS__MASTER_KEY_PREVIOUS", right.trim())];
    assert_eq!(installation.serve(&both).get("/health/ready").status, 200);
    let sentence = installation.refused(&[], &["serve"], "");
    assert!(sentence.contains("master key is not the one"), "the newest one decides: {sentence}");
}

#[cfg(unix)]
#[test]
fn q04_a_master_key_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;

    let installation = Installation::new();
    drop(installation.serve(&[]));
    let file = installation.data_dir.join("master.key");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let sentence = installation.refused(&[], &["serve"], "");
    assert!(sentence.contains("master.key") && sentence.contains("chmod 600"), "{sentence}");
}

/// L08: an older program does not touch what a newer one wrote.
#[test]
fn l08_a_newer_schema_is_refused_by_every_command() {
    let installation = Installation::new();
    execute(&installation.data_dir, "INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000000')");
    for arguments in [&["serve"][..], &["migrate"], &["client", "list"], &["user", "add", "alice"]] {
        let sentence = installation.refused(&[], arguments, "");
        assert!(sentence.contains("99991231000000") && sentence.contains("newer version"), "{sentence}");
    }
}

#[test]
fn a_command_that_does_not_exist_is_answered_with_the_usage() {
    let installation = Installation::new();
    for arguments in [&["x"][..], &[], &["client"], &["client", "add", "--x"], &["user", "add"], &["serve", "x"]] {
        let output = run(administer(&installation.data_dir, installation.port, &[], arguments), "");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains("Usage: countersign"), "{arguments:?}: {said}");
    }
    for (arguments, word) in [(["--help"], "serve"), (["--version"], env!("CARGO_PKG_VERSION"))] {
        let output = run(administer(&installation.data_dir, installation.port, &[], &arguments), "");
        assert!(output.status.success() && String::from_utf8_lossy(&output.stdout).contains(word), "{output:?}");
    }
}

/// U28: nobody can sign in to a fresh installation.
#[test]
fn u28_a_fresh_installation_has_nobody_and_no_client() {
    let installation = Installation::new();
    let server = installation.serve(&[]);
    for list in ["client", "user"] {
        assert_eq!(installation.json(&[list, "list"], ""), serde_json::json!([]));
    }
    let metadata = server.get("/.well-known/openid-configuration").json();
    assert!(!metadata["grant_types_supported"].to_string().contains("password"), "{metadata}");
    assert_eq!((server.get("/dev/client").status, server.get("/dev/api").status), (404, 404));
}
