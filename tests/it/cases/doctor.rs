//! `countersign doctor`: each thing that can be wrong is found, and named with what to do.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use super::pkce::bare;
use crate::support::database::{execute, is_postgres};
use crate::support::{ALICE, Installation, Server, WEB, program};

/// What each check found: the verdict and the detail. A check with several findings shows the last.
pub fn doctor(installation: &Installation, settings: &[(&str, &str)]) -> (bool, BTreeMap<String, (String, String)>) {
    let output = installation.run_with(settings, &["doctor", "--json"], "");
    let findings: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).expect("it prints JSON");
    let text = |finding: &serde_json::Value, name: &str| finding[name].as_str().expect("it is text").to_owned();
    let entry = |finding| (text(finding, "check"), (text(finding, "verdict"), text(finding, "detail")));
    (output.status.success(), findings.iter().map(entry).collect())
}

#[track_caller]
fn assert_finds(installation: &Installation, settings: &[(&str, &str)], check: &str, verdict: &str, part: &str) {
    let (_, findings) = doctor(installation, settings);
    let (found, detail) = &findings[check];
    assert!(found == verdict && detail.contains(part), "{check}: {found} {detail}");
}

#[test]
fn a_running_server_in_order_passes_every_check() {
    let installation = Installation::new();
    let _server = installation.serve(&[]);
    let (success, mut findings) = doctor(&installation, &[]);
    assert!(success, "{findings:?}");
    if is_postgres() {
        let (verdict, detail) = findings.insert("database".to_owned(), ("ok".to_owned(), String::new())).unwrap();
        assert!(verdict == "warning" && detail.contains("fsync is off"), "the tests' own is not durable: {detail}");
    }
    assert!(findings.values().all(|(verdict, _)| verdict == "ok"), "{findings:?}");
    let checks = [
        "certificate",
        "clients",
        "clock",
        "configuration",
        "database",
        "issuer",
        "jwks",
        "master key",
        "open files",
        "schema",
    ];
    assert!(checks.iter().all(|check| findings.contains_key(*check)), "{findings:?}");
    let printed = installation.run(&["doctor"], "");
    assert!(printed.lines().any(|line| line.starts_with("ok       issuer")), "{printed}");
}

#[test]
fn without_a_server_it_says_so_and_makes_nothing() {
    let installation = Installation::without_database();
    let (success, findings) = doctor(&installation, &[]);
    assert!(!success);
    assert_eq!(findings["issuer"].0, "failed");
    assert!(findings["issuer"].1.contains("is `countersign serve` running"), "{findings:?}");
    let made = std::fs::read_dir(&installation.data_dir).unwrap().count();
    assert_eq!(made, 0, "no database, no master key");
    let (engine, verdict) = if is_postgres() { ("schema", "warning") } else { ("database", "failed") };
    assert_eq!(findings[engine].0, verdict, "{findings:?}");
    assert!(findings[engine].1.contains("`countersign migrate`"), "{findings:?}");
}

#[test]
fn another_master_key_or_none_is_found() {
    let installation = Installation::new();
    let server = installation.serve(&[]);
    let other = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let settings = [("SECRETS__MASTER_KEY", other)];
    assert_finds(&installation, &settings, "master key", "failed", "put that one back");
    assert_finds(&installation, &settings, "signing keys", "skipped", "");
    let file = installation.data_dir.join("master.key");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    assert_finds(&installation, &[], "master key", "failed", "chmod 600");
    std::fs::remove_file(&file).unwrap();
    assert_finds(&installation, &[], "master key", "failed", "is not there");
    assert!(!file.exists(), "none was made");
    drop(server);
}

#[test]
fn a_database_of_a_newer_version_and_one_that_others_can_read_are_found() {
    let installation = Installation::new();
    if !is_postgres() {
        let file = installation.data_dir.join("countersign.db");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert_finds(&installation, &[], "database", "warning", "chmod 600");
    }
    execute(&installation.data_dir, "INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000000')");
    assert_finds(&installation, &[], "database", "failed", "newer version");
}

#[test]
fn an_issuer_that_leads_elsewhere_is_found() {
    let (one, other) = (Installation::new(), Installation::new());
    let (_one, _other) = (one.serve(&[]), other.serve(&[]));
    let elsewhere = format!("http://127.0.0.1:{}", other.port);
    assert_finds(&one, &[("ISSUER", &elsewhere)], "jwks", "failed", "lacks the key");
    let by_another_name = format!("http://localhost:{}", one.port);
    assert_finds(&one, &[("ISSUER", &by_another_name)], "issuer", "failed", "which calls itself http://127.0.0.1");
    let by_tls = format!("https://localhost:{}", one.port);
    assert_finds(&one, &[("ISSUER", &by_tls)], "certificate", "failed", "https://localhost");
}

/// What `doctor` finds about clients, beside a server.
fn about_clients(server: &Server) -> String {
    let output = program::run(program::administer(&server.data_dir, 1, &[], &["doctor", "--json"]), "");
    let findings: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).expect("it prints JSON");
    let found = findings.iter().find(|finding| finding["check"] == "clients").expect("it looks at clients");
    format!("{} {}", found["verdict"].as_str().unwrap(), found["detail"].as_str().unwrap())
}

#[test]
fn a_client_that_sends_neither_pkce_nor_a_nonce_is_named() {
    let server = Server::start();
    server.command(&["client", "set", "web", "--pkce", "optional"], "");
    assert!(about_clients(&server).starts_with("ok "), "it may, and has not yet");
    server.code_for(&bare(WEB).with("nonce", "n-1"), ALICE);
    assert!(about_clients(&server).starts_with("ok "), "a nonce will do");
    // The last request counts.
    server.advance(Duration::from_secs(1));
    server.code_for(&bare(WEB), ALICE);
    let found = about_clients(&server);
    assert!(found.starts_with("warning client web ") && found.contains("--pkce required"), "{found}");
    server.command(&["client", "set", "web", "--pkce", "required"], "");
    assert!(about_clients(&server).starts_with("ok "), "it cannot any more");
}
