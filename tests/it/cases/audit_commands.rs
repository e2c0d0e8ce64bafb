//! What the command line did reaches the audit log of a running server: each event once, whichever node is first.

use std::time::Duration;

use serde_json::Value;

use super::logs::records;
use super::nodes::process_beside;
use crate::support::database::{bytes, execute, number};
use crate::support::{ALICE, BOB, Installation, PASSWORD, Program};

const WAITING: &str = "SELECT COUNT(*) FROM admin_events";

/// The lines of commands in the log of all servers of an installation, once none waits any more.
fn told(installation: &Installation, server: &Program) -> Vec<Value> {
    for _ in 0..600 {
        if number(&installation.data_dir, WAITING) == 0 {
            // The line comes right after.
            std::thread::sleep(Duration::from_millis(500));
            let log = records(&server.log());
            return log.into_iter().filter(|line| line["at"].is_string()).collect();
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("{} events still wait: {}", number(&installation.data_dir, WAITING), server.log());
}

fn members(line: &Value) -> Vec<&str> {
    let common = ["timestamp", "level", "target", "at", "operator", "event"];
    line.as_object().unwrap().keys().map(String::as_str).filter(|name| !common.contains(name)).collect()
}

/// Whoever runs the tests.
fn operator() -> String {
    let output = std::process::Command::new("id").arg("-un").output().expect("id runs");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn commands_are_told_once_in_their_order_without_anything_secret() {
    let installation = Installation::new();
    let secret = installation.add_tool("tool");
    let service = installation.json(&["client", "add", "service", "--grant", "client_credentials"], "");
    let alice = installation.json(&["user", "add", ALICE, "--email", "alice@people.example"], "");
    let (sub, password) = (alice["sub"].as_str().unwrap(), alice["password"].as_str().unwrap());
    installation.run(&["user", "add", BOB, "--password-stdin"], PASSWORD);
    installation.run(&["user", "set", ALICE, "--username", "alice-under-another-name", "--no-email"], "");
    installation.run(&["user", "lock", sub], "");
    installation.run(&["user", "unlock", sub], "");
    installation.run(&["user", "unlock", sub], "");
    installation.run(&["user", "sign-out", sub], "");
    let new = installation.json(&["user", "set-password", sub], "")["password"].as_str().unwrap().to_owned();
    installation.run(&["client", "lock", "service"], "");
    installation.run(&["client", "unlock", "service"], "");
    installation.run(&["client", "remove", "service"], "");
    installation.run(&["grant", "revoke", "--user", sub, "--client", "tool"], "");
    installation.run(&["user", "remove", sub], "");
    installation.refused(&[], &["user", "lock", sub], "");
    let before = number(&installation.data_dir, WAITING);

    let nodes = [installation.serve(&[]), process_beside(&installation)];
    let lines = told(&installation, &nodes[0]);
    let events: Vec<(&str, Vec<&str>)> =
        lines.iter().map(|line| (line["event"].as_str().unwrap(), members(line))).collect();
    let ended = vec!["grants", "sessions", "sub"];
    let expected = [
        ("client_added", vec!["client"]),
        ("client_added", vec!["client"]),
        ("user_added", vec!["sub"]),
        ("user_added", vec!["sub"]),
        ("user_changed", vec!["changed", "sub"]),
        ("user_locked", ended.clone()),
        ("user_unlocked", vec!["sub"]),
        ("user_signed_out", ended.clone()),
        ("user_password_set", ended),
        ("client_locked", vec!["client"]),
        ("client_unlocked", vec!["client"]),
        ("client_removed", vec!["client"]),
        ("user_removed", vec!["sub"]),
    ];
    assert_eq!(events, expected);
    assert_eq!(before, 13);
    assert_eq!(lines[4]["changed"], "username email");
    let (operator, target) = (operator(), "countersign::audit");
    assert!(lines.iter().all(|line| line["operator"] == operator.as_str() && line["target"] == target), "{lines:?}");
    let log = nodes[0].log();
    let service = service["client_secret"].as_str().unwrap();
    for secret in [&secret, service, password, &new, PASSWORD, "alice-under-another-name", "alice@people.example"] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}

#[test]
fn what_changes_clients_resources_roles_and_keys_is_told() {
    let installation = Installation::new();
    let api = "https://api.example";
    let added = installation.json(&["client", "add", "web", "--redirect-uri", "https://app.example/cb"], "");
    let rotated = installation.json(&["client", "rotate-secret", "web"], "");
    for command in [
        &["client", "set", "web", "--name", "A name of its own"][..],
        &["client", "rotate-secret", "web", "--end-previous"],
        &["resource", "add", api],
        &["resource", "remove", api],
        &["role", "add", "editor"],
        &["role", "set", "editor", "--permission", "notes.write"],
        &["role", "remove", "editor"],
    ] {
        installation.run(command, "");
    }
    installation.refused(&[], &["role", "remove", "editor"], "");
    installation.refused(&[], &["resource", "remove", api], "");
    installation.refused(&[], &["client", "set", "other", "--name", "Other"], "");
    let server = installation.serve(&[]);
    installation.run(&["key", "rotate", "--early"], "");
    let lines = told(&installation, &server);
    let events: Vec<(&str, Vec<&str>)> =
        lines.iter().map(|line| (line["event"].as_str().unwrap(), members(line))).collect();
    let expected = [
        ("client_added", "client"),
        ("client_secret_rotated", "client"),
        ("client_changed", "client"),
        ("client_secret_ended", "client"),
        ("resource_added", "resource"),
        ("resource_removed", "resource"),
        ("role_added", "role"),
        ("role_changed", "role"),
        ("role_removed", "role"),
        ("key_rotated_by_hand", "kid"),
    ];
    assert_eq!(events, expected.map(|(event, member)| (event, vec![member])));
    let log = server.log();
    for secret in [&added, &rotated].map(|printed| printed["client_secret"].as_str().unwrap()) {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}

#[test]
fn a_running_server_tells_of_commands_by_itself() {
    let installation = Installation::new();
    let secret = installation.add_tool("tool");
    let added = installation.json(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    let nodes = [installation.serve(&[]), process_beside(&installation)];
    told(&installation, &nodes[0]);
    let form = [
        ("grant_type", "password"),
        ("client_id", "tool"),
        ("client_secret", &secret),
        ("username", ALICE),
        ("password", PASSWORD),
    ];
    for _ in 0..3 {
        nodes[1].post("/token", &form).tokens();
    }
    let grant = installation.json(&["grant", "list"], "")[0]["id"].as_str().unwrap().to_owned();
    installation.run(&["grant", "revoke", &grant], "");
    installation.run(&["grant", "revoke", &grant], "");
    installation.run(&["grant", "revoke", "--all"], "");
    let lines = told(&installation, &nodes[0]);
    let revoked: Vec<&Value> = lines.iter().filter(|line| line["reason"] == "administrator").collect();
    let [one, rest] = revoked[..] else { panic!("{lines:?}") };
    assert_eq!(
        (one["event"].as_str(), &one["grant"], &one["sub"]),
        (Some("grant_revoked"), &grant.into(), &added["sub"])
    );
    assert_eq!(members(one), ["client", "grant", "reason", "sub"]);
    assert_eq!((rest["event"].as_str(), rest["grants"].as_u64()), (Some("grants_revoked"), Some(2)));
}

/// Without a running server the events wait, and do not fill the disk.
#[test]
fn ten_thousand_events_wait_at_most_and_the_oldest_make_room() {
    let installation = Installation::new();
    let row = |n: u32| format!("({}, {n}, 'old', '{{}}', NULL)", bytes(&format!("{n:032x}")));
    let rows: Vec<String> = (0..10_050).map(row).collect();
    execute(&installation.data_dir, &format!("INSERT INTO admin_events VALUES {}", rows.join(", ")));
    installation.run(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    assert_eq!(number(&installation.data_dir, WAITING), 10_000);
    assert_eq!(number(&installation.data_dir, &format!("{WAITING} WHERE event = 'user_added'")), 1);
    assert_eq!(number(&installation.data_dir, "SELECT MIN(at) FROM admin_events"), 51);
}

/// A change that is refused leaves no event, and an event that cannot be written no change: they are one transaction.
#[test]
fn a_change_and_its_event_are_one_transaction() {
    let installation = Installation::new();
    installation.run(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    installation.run(&["user", "add", BOB, "--password-stdin"], PASSWORD);
    execute(&installation.data_dir, "DELETE FROM admin_events");
    installation.refused(&[], &["user", "set", ALICE, "--username", BOB], "");
    installation.refused(&[], &["user", "add", "Alice", "--password-stdin"], PASSWORD);
    assert_eq!(number(&installation.data_dir, WAITING), 0);
    execute(&installation.data_dir, "DROP TABLE admin_events");
    for arguments in [["user", "lock", ALICE], ["user", "remove", ALICE], ["client", "add", "web"]] {
        let redirect = ["--redirect-uri", "https://app.example/cb"];
        let arguments =
            if arguments[0] == "client" { [&arguments[..], &redirect].concat() } else { arguments.to_vec() };
        installation.refused(&[], &arguments, "");
    }
    let users = installation.json(&["user", "list"], "");
    assert_eq!((users.as_array().unwrap().len(), users[0]["disabled"].as_bool()), (2, Some(false)), "{users}");
    assert_eq!(installation.json(&["client", "list"], ""), serde_json::json!([]));
}

#[test]
fn settings_of_a_client_are_named_with_their_values() {
    let installation = Installation::new();
    let redirect = ["--redirect-uri", "https://app.example/cb"];
    installation.run(&[&["client", "add", "web", "--pkce", "optional"][..], &redirect].concat(), "");
    installation.run(&["client", "set", "web", "--id-token-claims", "requested", "--profile", "strict"], "");
    installation.run(&["client", "set", "web", "--name", "The web"], "");
    let server = installation.serve(&[]);
    let changed: Vec<Value> = told(&installation, &server).iter().map(|line| line["changed"].clone()).collect();
    assert_eq!(changed, ["pkce=optional".into(), "id_token_claims=requested profile=strict".into(), Value::Null]);
}
