//! `countersign resource`, and what clients may name.

use serde_json::json;

use crate::support::database::execute;
use crate::support::{Installation, Program};

const API: &str = "https://api.example.com";
const MIGRATION: &str = "00000000000003";
/// The migration that adds a column to the table of the first.
const WORDS: &str = "00000000000015";

fn token(server: &Program, id: &str, secret: &str, resource: &str) -> crate::support::Response {
    let grant = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    server.post("/token", &[&grant[..], &[("resource", resource)]].concat())
}

const JOB: [&str; 6] = ["client", "add", "job", "--grant", "client_credentials", "--auth-method=client_secret_post"];

#[test]
fn resources_are_added_listed_shown_and_removed_while_the_server_runs() {
    let installation = Installation::new();
    let server = installation.serve(&[]);
    let expected = json!({ "resource": API, "resource_name": "Notes", "scope": "notes.read notes.write" });
    let add = ["resource", "add", API, "--name", "Notes", "--scope", "notes.read notes.write"];
    assert_eq!(installation.json(&add, ""), expected);
    let plain = json!({ "resource": "urn:example:a", "resource_name": "urn:example:a", "scope": "" });
    assert_eq!(installation.json(&["resource", "add", "urn:example:a"], ""), plain);
    assert_eq!(installation.json(&["resource", "list"], ""), json!([expected, plain]));

    let scope = ["--scope", "notes.read mail.read", "--resource", API, "--resource", "urn:example:a"];
    let job = installation.json(&[&JOB[..], &scope].concat(), "");
    let secret = job["client_secret"].as_str().unwrap();
    assert_eq!(token(&server, "job", secret, API).tokens().claims()["scope"], "notes.read");
    assert_eq!(token(&server, "job", secret, "urn:example:a").tokens().claims()["aud"], "urn:example:a");

    let api = installation.json(&["client", "add", "notes", "--serves", API], "");
    assert_eq!((&api["serves"], &api["grant_types"]), (&json!([API]), &json!([])));
    let mut shown = expected;
    shown["clients"] = json!(["job"]);
    shown["served_by"] = json!(["notes"]);
    assert_eq!(installation.json(&["resource", "show", API], ""), shown);
    for arguments in [["resource", "list", ""], ["resource", "show", API], ["client", "show", "notes"]] {
        let arguments = arguments.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>();
        assert!(installation.run(&arguments, "").contains(API), "{arguments:?} is for people as well");
    }

    let named = installation.refused(&[], &["resource", "remove", API], "");
    assert!(named.contains("job, notes"), "{named}");
    for client in ["job", "notes"] {
        installation.run(&["client", "remove", client], "");
    }
    assert_eq!(installation.json(&["resource", "remove", API], ""), json!({ "removed": API }));
    assert!(installation.run(&["resource", "remove", "urn:example:a"], "").contains("urn:example:a"));
    assert_eq!(installation.json(&["resource", "list"], ""), json!([]));
}

#[test]
fn what_makes_no_sense_is_refused_and_nothing_is_stored() {
    let installation = Installation::new();
    installation.run(&["resource", "add", API], "");
    let redirect = ["client", "add", "x", "--redirect-uri", "https://app.example/cb"];
    let with = |more: &[&'static str]| [&redirect[..], more].concat();
    let public = with(&["--public", "--serves", API]);
    let (unknown, served) = (with(&["--resource", "https://x.example"]), with(&["--serves", "https://x.example"]));
    let cases: [(&[&str], &[&str]); 11] = [
        (&["resource", "add", API], &["already", API]),
        (&["resource", "add", "api"], &["'api'", "absolute URI"]),
        (&["resource", "add", "https://x.example/#a"], &["fragment"]),
        (&["resource", "add", "http://x.example"], &["https"]),
        (&["resource", "add", "https://x.example", "--scope", "a\"b"], &["scope"]),
        (&["resource", "add", "https://x.example", "--name", ""], &["name"]),
        (&["resource", "show", "https://x.example"], &["https://x.example", "resource list"]),
        (&["resource", "remove", "https://api.example.com/"], &["did you mean"]),
        (&unknown, &["countersign resource add https://x.example"]),
        (&served, &["countersign resource add https://x.example"]),
        (&public, &["--public", "--serves"]),
    ];
    for (arguments, words) in cases {
        let sentence = installation.refused(&[], arguments, "");
        for word in words {
            assert!(sentence.contains(word), "{arguments:?} says: {sentence}");
        }
    }
    assert_eq!(installation.json(&["resource", "list"], "").as_array().unwrap().len(), 1);
    assert_eq!(installation.json(&["client", "list"], ""), json!([]));
}

/// Before there was a registry, clients named whatever their operator had typed: they go on being served.
#[test]
fn an_upgrade_registers_what_clients_name_already() {
    let installation = Installation::new();
    installation.run(&["resource", "add", API], "");
    installation.run(&["resource", "add", "urn:example:a"], "");
    let secrets = [("one", [API, "urn:example:a"]), ("two", ["urn:example:a", API])].map(|(id, resources)| {
        let names = ["--resource", resources[0], "--resource", resources[1]];
        let grant = ["--grant", "client_credentials", "--auth-method", "client_secret_post", "--scope", "notes.read"];
        installation.json(&[&["client", "add", id][..], &names, &grant].concat(), "")["client_secret"].clone()
    });
    installation.run(&["client", "add", "three", "--redirect-uri", "https://app.example/cb"], "");
    execute(
        &installation.data_dir,
        include_str!("../../../migrations/sqlite/00000000000003_resource_servers/down.sql"),
    );
    let undone = format!("DELETE FROM __diesel_schema_migrations WHERE version IN ('{MIGRATION}', '{WORDS}')");
    execute(&installation.data_dir, &undone);

    assert!(installation.run(&["migrate"], "").contains(MIGRATION));
    let known = installation.json(&["resource", "list"], "");
    let resource = |uri: &str| json!({ "resource": uri, "resource_name": uri, "scope": "" });
    assert_eq!(known, json!([resource(API), resource("urn:example:a")]));
    let server = installation.serve(&[]);
    for (id, secret) in ["one", "two"].iter().zip(&secrets) {
        for resource in [API, "urn:example:a"] {
            let claims = token(&server, id, secret.as_str().unwrap(), resource).tokens().claims();
            assert_eq!((&claims["aud"], &claims["scope"]), (&json!(resource), &json!("notes.read")));
        }
    }
}
