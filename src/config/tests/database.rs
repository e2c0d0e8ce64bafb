//! Where the database may be.

use super::super::Database;
use super::{assert_refused, from_variables};

#[test]
fn the_embedded_database_is_a_path() {
    let no_url = "it is not the URL of a database; write sqlite://PATH or postgres://USER:PASSWORD@HOST/DATABASE";
    for (typed, reason) in [
        ("postgres:db/x", no_url),
        ("mysql://me:hunter2@db/x", no_url),
        ("data/x.db", no_url),
        ("sqlite:x.db", no_url),
        ("sqlite://", no_url),
        ("sqlite://x.db?mode=rwc", "it has options after the path; write sqlite://PATH alone"),
        ("sqlite://:memory:", "it would forget everything at a restart; write sqlite://PATH"),
    ] {
        assert_refused("database.url", typed, reason);
    }
    for (typed, path) in [("sqlite://x/y.db", "x/y.db"), ("sqlite:///var/lib/y.db", "/var/lib/y.db")] {
        let config = from_variables(&[("COUNTERSIGN_DATABASE__URL", typed)]).unwrap();
        assert_eq!(config.database, Database::Sqlite { path: path.into() });
        assert_eq!(config.database.url(), typed);
    }
    let config = from_variables(&[("COUNTERSIGN_DATA_DIR", "/srv/cs")]).unwrap();
    assert_eq!(config.database, Database::Sqlite { path: "/srv/cs/countersign.db".into() });
}

#[test]
fn postgresql_is_a_connection_uri_whose_password_is_never_shown() {
    let no_database = "it names no database; write postgres://USER:PASSWORD@HOST/DATABASE";
    for (typed, reason) in [
        ("postgres://me:hunter2@db", no_database),
        ("postgres://me:hunter2@db/?sslmode=require", no_database),
        ("postgres://", no_database),
        (
            "postgres://me@db/x?sslmode=require&password=hunter2",
            "its password stands in the query; write postgres://USER:PASSWORD@HOST/DATABASE",
        ),
        ("postgres://me:(set)@db/x", "its password is a placeholder; write postgres://USER:PASSWORD@HOST/DATABASE"),
    ] {
        assert_refused("database.url", typed, reason);
    }
    for (typed, shown) in [
        ("postgres://me:hunter2@db:5432/x?sslmode=verify-full", "postgres://me:(set)@db:5432/x?sslmode=verify-full"),
        ("postgresql://me@one:1,two:2/x", "postgresql://me@one:1,two:2/x"),
        ("postgres:///x?host=/run/postgresql", "postgres:///x?host=/run/postgresql"),
    ] {
        let variables = [("COUNTERSIGN_DATABASE__URL", typed), ("COUNTERSIGN_DATABASE__CONNECTIONS", "7")];
        let config = from_variables(&variables).unwrap();
        assert!(matches!(&config.database, Database::Postgres { url, connections: 7 } if url.expose() == typed));
        assert_eq!(config.database.url(), shown);
        assert!(config.show().contains(&format!("url = \"{shown}\"\nconnections = 7\n")), "{}", config.show());
    }
}
