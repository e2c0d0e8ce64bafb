//! `countersign config check`: it refuses what `serve` refuses, and changes nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::Value;

use crate::support::Installation;
use crate::support::database::{execute, is_postgres};

const OTHER_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// The verdict of the check, with its JSON.
fn check(installation: &Installation, settings: &[(&str, &str)]) -> (bool, Value) {
    let output = installation.run_with(settings, &["config", "check", "--json"], "");
    let printed: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("it prints JSON: {output:?}"));
    assert_eq!(printed["in_order"], output.status.success(), "the exit code says the same: {printed}");
    (output.status.success(), printed)
}

/// The check fails with a sentence that has these words, and `serve` fails as well.
#[track_caller]
fn assert_refused(installation: &Installation, settings: &[(&str, &str)], words: &[&str]) {
    let (success, printed) = check(installation, settings);
    let failures = printed["failures"].to_string();
    assert!(!success && words.iter().all(|word| failures.contains(word)), "{settings:?}: {printed}");
    assert!(!failures.contains(OTHER_KEY), "{printed}");
    let served = installation.run_with(settings, &["serve"], "");
    assert_eq!(served.status.code(), Some(1), "{settings:?}: {served:?}");
    let said = String::from_utf8_lossy(&served.stderr).into_owned();
    assert_eq!(said.lines().filter(|line| !line.starts_with('{')).count(), 1, "one sentence beside the log: {said}");
}

/// The names and contents below a folder.
fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| (path.display().to_string(), fs::read(&path).unwrap()))
        .collect();
    all.sort();
    all
}

#[test]
fn before_the_first_start_it_is_in_order_and_makes_nothing() {
    let installation = Installation::without_database();
    let (success, printed) = check(&installation, &[]);
    assert!(success, "{printed}");
    assert_eq!(contents(&installation.data_dir), []);
    let deep = installation.data_dir.join("a/b").display().to_string();
    assert!(check(&installation, &[("DATA_DIR", &deep)]).0);
    assert_eq!(fs::read_dir(&installation.data_dir).unwrap().count(), 0, "no folder was made");
}

#[test]
fn a_server_that_ran_and_one_that_runs_are_in_order() {
    let installation = Installation::new();
    let server = installation.serve(&[]);
    let (success, printed) = check(&installation, &[]);
    assert!(success && printed["not_checked"].to_string().contains("is in use"), "{printed}");
    drop(server);
    // A server that was killed left a write-ahead log, which the next command puts into the file.
    installation.run(&["client", "list"], "");
    let before = contents(&installation.data_dir);
    let (success, printed) = check(&installation, &[]);
    assert!(success && printed["not_checked"] == serde_json::json!([]), "{printed}");
    let text = installation.run(&["config", "check"], "");
    assert!(text.contains("fits the database") && text.ends_with("\nThe configuration is in order.\n"), "{text}");
    if !is_postgres() {
        let of = |all: &[(String, Vec<u8>)], name: &str| all.iter().find(|(path, _)| path.ends_with(name)).cloned();
        let after = contents(&installation.data_dir);
        assert_eq!(of(&after, "countersign.db"), of(&before, "countersign.db"), "the file is unchanged");
    }
}

#[test]
fn a_master_key_that_serve_refuses_is_refused() {
    let installation = Installation::new();
    for key in ["c2hvcnQ=", "changeme"] {
        assert_refused(&installation, &[("SECRETS__MASTER_KEY", key)], &["secrets.master_key", "openssl rand"]);
    }
    drop(installation.serve(&[]));
    assert_refused(&installation, &[("SECRETS__MASTER_KEY", OTHER_KEY)], &["put that one back"]);
    let previous = [("SECRETS__MASTER_KEY_PREVIOUS", "changeme")];
    assert_refused(&installation, &previous, &["secrets.master_key_previous", "openssl rand"]);
    let file = installation.data_dir.join("master.key");
    let right = fs::read_to_string(&file).unwrap();
    let change = [("SECRETS__MASTER_KEY", OTHER_KEY), ("SECRETS__MASTER_KEY_PREVIOUS", right.trim())];
    let (success, printed) = check(&installation, &change);
    assert!(success, "a new one beside the old one is a rotation: {printed}");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert_refused(&installation, &[], &["chmod 600"]);
    fs::remove_file(&file).unwrap();
    assert_refused(&installation, &[], &["master.key", "is not there"]);
    assert!(!file.exists(), "none was made");
}

#[test]
fn a_database_that_serve_refuses_is_refused() {
    let installation = Installation::new();
    execute(&installation.data_dir, "INSERT INTO __diesel_schema_migrations (version) VALUES ('99991231000000')");
    assert_refused(&installation, &[], &["newer version"]);
    let elsewhere = installation.data_dir.join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let file = elsewhere.join("notes.txt");
    fs::write(&file, "this is no database, and longer than a header of one would be".repeat(40)).unwrap();
    let url = format!("sqlite://{}", file.display());
    assert_refused(&installation, &[("DATABASE__URL", &url)], &["notes.txt", "not a database"]);
    assert_refused(
        &installation,
        &[("DATABASE__URL", &format!("sqlite://{}", elsewhere.display()))],
        &["it is a folder"],
    );
    let below = format!("sqlite://{}/x.db", file.display());
    assert_refused(&installation, &[("DATABASE__URL", &below)], &["notes.txt is not a folder"]);
    let away = "postgres://me:hunter2@127.0.0.1:1/x";
    assert_refused(&installation, &[("DATABASE__URL", away)], &["postgres://me:(password)@127.0.0.1:1/x"]);
    assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 1, "nothing was made");
}

#[test]
fn a_data_folder_that_is_a_file_is_refused() {
    let installation = Installation::without_database();
    let file = installation.data_dir.join("data");
    fs::write(&file, "x").unwrap();
    let data_dir = file.display().to_string();
    assert_refused(&installation, &[("DATA_DIR", &data_dir)], &["data is not a folder"]);
}

#[test]
fn an_address_of_another_machine_is_refused() {
    let installation = Installation::new();
    assert_refused(&installation, &[("LISTEN", "192.0.2.1:8080")], &["listen: cannot listen on 192.0.2.1:8080"]);
    let management = [("MANAGEMENT__LISTEN", "192.0.2.1:9464")];
    assert_refused(&installation, &management, &["management.listen: cannot listen on 192.0.2.1:9464"]);
}

#[test]
fn pending_migrations_are_said_and_left() {
    let installation = Installation::new();
    let newest =
        "DELETE FROM __diesel_schema_migrations WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)";
    execute(&installation.data_dir, newest);
    for _ in 0..2 {
        let (success, printed) = check(&installation, &[]);
        assert!(success && printed["warnings"].to_string().contains("1 migrations are not applied yet"), "{printed}");
    }
}
