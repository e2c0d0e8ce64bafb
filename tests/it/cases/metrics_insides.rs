//! Metrics of what is behind a request: the database and the keys.

use std::time::Duration;

use super::metrics::{assert_counted, start, start_with};
use crate::support::{Metrics, WEB, database};

#[test]
fn the_work_of_the_database_shows() {
    let server = start();
    let before = server.metrics();
    for _ in 0..3 {
        server.token(WEB, &[("grant_type", "client_credentials")]).tokens();
    }
    // Each looks up the client and its resource.
    let between = server.metrics();
    assert_counted(&before, &between, "countersign_store_run_seconds_count", &[("kind", "read")], 3.0);
    assert_counted(&before, &between, "countersign_store_wait_seconds_count", &[("kind", "read")], 3.0);
    assert_counted(&before, &between, "countersign_store_statements_total", &[], 6.0);
    let tokens = server.sign_in(WEB);
    server.refresh(WEB, tokens.refresh_token()).tokens();
    let after = server.metrics();
    // The code and the refresh token are redeemed; signing in and allowing are transactions about her.
    assert_counted(&between, &after, "countersign_store_run_seconds_count", &[("kind", "write_one")], 2.0);
    assert_counted(&between, &after, "countersign_store_run_seconds_count", &[("kind", "write_in_turn")], 2.0);
    assert!(after.sum("countersign_store_refused_total") < 0.5);
    if database::is_postgres() {
        assert!(after.get("countersign_postgres_connections_open", &[]) > 0.5);
        assert!(after.get("countersign_postgres_connections_max", &[]) > 0.5);
        assert!(after.get("countersign_postgres_connections_in_use", &[]) < 0.5);
    } else {
        assert_counted(&between, &after, "countersign_sqlite_batch_units_sum", &[], 4.0);
        let commits = after.get("countersign_sqlite_commit_duration_seconds_count", &[]);
        assert!((after.get("countersign_sqlite_batch_units_count", &[]) - commits).abs() < 0.5);
    }
}

#[test]
fn keys_and_their_ring_grow_old() {
    let server = start();
    server.clock.advance(Duration::from_secs(50));
    let metrics = server.metrics();
    let age = |metrics: &Metrics| metrics.get("countersign_signing_key_age_seconds", &[("algorithm", "RS256")]);
    assert!(
        (age(&metrics) - 50.0).abs() < 0.5 && (metrics.get("countersign_key_ring_age_seconds", &[]) - 50.0).abs() < 0.5
    );
    server.advance(Duration::from_secs(10));
    let metrics = server.metrics();
    assert!((age(&metrics) - 60.0).abs() < 0.5 && metrics.get("countersign_key_ring_age_seconds", &[]) < 0.5);
    let rotating = start_with(&super::key_rotation::SHORT);
    rotating.advance(Duration::from_secs(71));
    let metrics = rotating.metrics();
    assert!(metrics.get("countersign_signing_key_age_seconds", &[("algorithm", "ES256")]) < 0.5, "it signs since now");
    for (state, count) in [("next", 1.0), ("active", 1.0), ("retiring", 1.0), ("gone", 0.0)] {
        let keys = metrics.get("countersign_signing_keys", &[("algorithm", "ES256"), ("state", state)]);
        assert!((keys - count).abs() < 0.5, "{state}: {keys}");
    }
    for name in ["process_resident_memory_bytes", "process_open_fds", "process_cpu_seconds_total", "process_threads"] {
        assert!(metrics.get(name, &[]) > 0.0, "{name}");
    }
}
