//! A database of an earlier version: what is in it is there after the migrations, whichever tables they make anew.

use std::fmt::Write;
use std::path::PathBuf;

use super::*;
use crate::oauth::ClientMetadata;
use crate::store::consents::{AccessFilter, Consent};
use crate::types::Id;

/// The migrations of the version before clients had metadata.
const BEFORE: usize = 7;

/// The statements that made the tables of then, with their names as Diesel notes them.
fn tables_of_then(engine: &str) -> String {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
    let mut folders: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    let mut statements = "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, \
                          run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP);"
        .to_owned();
    for folder in &folders[..BEFORE] {
        statements += &std::fs::read_to_string(folder.join("up.sql")).unwrap();
        let name = folder.file_name().unwrap().to_string_lossy();
        let version = name.split('_').next().unwrap();
        write!(statements, "INSERT INTO __diesel_schema_migrations (version) VALUES ('{version}');").unwrap();
    }
    statements
}

/// Somebody who has allowed further clients: one of several resources and addresses, for two of which a grant stands, and one
/// of which nothing tells what was allowed for which.
fn consents_of_then(bytes: impl Fn(&str) -> String, no: &str) -> String {
    let (user, seed) = (bytes(&"01".repeat(16)), bytes(&"aa".repeat(32)));
    let client = |id: &str| {
        format!(
            "INSERT INTO clients (id, name, auth_method, redirect_uris, grant_types, scope, resources, first_party, created_at)
             VALUES ('{id}', 'Name of {id}', 'none', 'https://MANY.example:8443/cb?x=/ http://127.0.0.1/cb', 'authorization_code',
                 'openid', 'https://a.example https://b.example', {no}, 1);
             INSERT INTO consents VALUES ({user}, '{id}', 'openid same.read other.read', 7);"
        )
    };
    let grant = |id: &str, resource: &str, uri: &str, scope: &str, revoked: &str| {
        format!(
            "INSERT INTO grants (id, user_id, client_id, scope, resource, redirect_uri, auth_time, amr, handle_key, seed, generation,
                 rotated_at, repeated_generation, repeats, created_at, expires_at, revoked_at, revoked_reason)
             VALUES ({}, {user}, 'many', '{scope}', {resource}, '{uri}', 1, 'pwd', 1, {seed}, 1, 1, 0, 0, 1, 9999999999999, {revoked}, CASE WHEN {revoked} > 0 THEN 'signed_out' END);",
            bytes(&id.repeat(16))
        )
    };
    let web = "https://MANY.example:8443/cb?x=/";
    [
        client("lost"),
        client("many"),
        grant("04", "'https://a.example'", web, "openid same.read", "NULL"),
        grant("05", "'https://a.example'", web, "gone.write other.read", "NULL"),
        grant("06", "'https://b.example'", web, "same.read", "2"),
        grant("07", "NULL", "http://127.0.0.1:4711/cb", "openid", "NULL"),
    ]
    .concat()
}

/// Somebody who is signed in, and has allowed one of two clients.
fn rows_of_then(bytes: impl Fn(&str) -> String, no: &str) -> String {
    let (user, sid, grant, long) =
        (bytes(&"01".repeat(16)), bytes(&"02".repeat(16)), bytes(&"03".repeat(16)), bytes(&"aa".repeat(32)));
    let client = "INSERT INTO clients (id, name, auth_method, secret_hash, redirect_uris, grant_types, scope, resources, \
                  first_party, created_at) VALUES";
    let rest = format!("'https://app.example/cb', 'authorization_code refresh_token', 'openid', '', {no}, 1)");
    format!(
        "INSERT INTO users VALUES ({user}, 'alice', 'alice', NULL, 'hash', NULL, 1, 1);
         {client} ('web', 'Web', 'client_secret_basic', {long}, {rest};
         {client} ('spa', 'Spa', 'none', NULL, {rest};
         INSERT INTO sessions VALUES ({long}, {sid}, {user}, 1, 1, 9999999999999);
         INSERT INTO consents VALUES ({user}, 'web', 'openid', 1);
         INSERT INTO grants (id, user_id, client_id, sid, scope, auth_time, amr, handle_key, seed, generation, rotated_at,
             repeated_generation, repeats, created_at, expires_at)
         VALUES ({grant}, {user}, 'web', {sid}, 'openid', 1, 'pwd', 1, {long}, 1, 1, 0, 0, 1, 9999999999999);"
    )
}

/// Consents after the upgrade: client, its name, host, resource, scope in the order of letters.
const CONSENTS: [[&str; 5]; 3] = [
    ["many", "Name of many", "", "", "openid"],
    ["many", "Name of many", "many.example", "https://a.example", "openid other.read same.read"],
    ["web", "Web", "app.example", "", "openid"],
];

fn told(consents: &[Consent]) -> Vec<[String; 5]> {
    let told = |Consent { client_id, terms, scope, .. }: &Consent| {
        let mut scope: Vec<&str> = scope.iter().collect();
        scope.sort_unstable();
        let terms = terms.clone();
        let (host, resource) = (terms.redirect_host.unwrap_or_default(), terms.resource.unwrap_or_default());
        [client_id.clone(), terms.client_name, host, resource, scope.join(" ")]
    };
    consents.iter().map(told).collect()
}

#[test]
fn what_an_earlier_version_stored_is_there_after_an_upgrade() {
    for scratch in engines() {
        let (engine, rows) = match &scratch.0 {
            Location::Sqlite(path) => {
                super::super::sqlite::make_file(path).unwrap();
                let bytes = |hex: &str| format!("x'{hex}'");
                ("sqlite", rows_of_then(bytes, "0") + &consents_of_then(bytes, "0"))
            }
            Location::Postgres(_) => {
                let bytes = |hex: &str| format!("'\\x{hex}'");
                ("postgres", rows_of_then(bytes, "FALSE") + &consents_of_then(bytes, "FALSE"))
            }
        };
        scratch.execute(&tables_of_then(engine));
        scratch.execute(&rows);
        assert!(!Store::migrate(&scratch.0).unwrap().is_empty());
        let store = scratch.open();
        block_on(async {
            let read = |conn: &mut Conn| {
                let user = users::find(conn, Id::from_bytes([1; 16]))?;
                let granted = grants::find(conn, Id::from_bytes([3; 16]))?;
                let held = sessions::hold(conn, Id::from_bytes([2; 16]))?;
                let allowed = consents::list(conn, &AccessFilter::default(), 100)?;
                Ok((clients::list(conn)?, user, granted, held, allowed))
            };
            let (clients, user, granted, held, allowed) = store.write(read).await.unwrap();
            let ids: Vec<&str> = clients.iter().map(|client| client.id.as_str()).collect();
            assert_eq!(ids, ["lost", "many", "spa", "web"]);
            assert!(clients.iter().all(|client| client.metadata == ClientMetadata::default()));
            let user = user.expect("she is there");
            assert!(user.claims.is_empty() && user.subject_seed != [0; 32]);
            assert!(granted.is_some_and(|found| found.grant.claims.is_none()) && held, "{engine}");
            assert_eq!(told(&allowed), CONSENTS, "{engine}");
            // And what refers to them goes with them.
            assert!(store.write(|conn| clients::remove(conn, "web")).await.unwrap());
            let gone = store.read(|conn| grants::find(conn, Id::from_bytes([3; 16]))).await.unwrap();
            assert!(gone.is_none(), "{engine}");
        });
    }
}
