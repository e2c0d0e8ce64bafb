//! `/health/ready` tells whether the database takes writes: by a heartbeat, and by the writes of requests.

use std::thread::scope;
use std::time::Duration;

use super::outage::{behind_a_gate, eventually};
use crate::support::database::{fill_up, make_room};
use crate::support::{Http, Server, WEB};

const MANAGEMENT: [(&str, &str); 1] = [("MANAGEMENT__LISTEN", "127.0.0.1:0")];

/// Both listeners say the same.
#[track_caller]
fn assert_not_ready(server: &Server, reason: &str) {
    let listeners: [&Http; 2] = [server, server.management()];
    for listener in listeners {
        let ready = listener.get("/health/ready");
        assert!(ready.status == 503 && ready.body.contains(reason), "{ready:?}");
        assert_eq!(listener.get("/health/live").status, 200);
    }
}

#[test]
fn a_database_that_takes_no_writes_is_not_ready() {
    let server = Server::start_with(&MANAGEMENT);
    fill_up(&server.data_dir, "UPDATE", "heartbeat");
    assert_not_ready(&server, "the database takes no writes");
    make_room(&server.data_dir, "UPDATE", "heartbeat");
    assert_eq!(eventually(|| server.get("/health/ready")).status, 200);
}

/// The heartbeat is written, but what requests write is not: a table that is locked, a full disk for all larger rows.
#[test]
fn a_server_whose_writes_all_fail_is_not_ready() {
    let server = Server::start_with(&MANAGEMENT);
    let tokens = server.sign_in(WEB);
    fill_up(&server.data_dir, "UPDATE", "grants");
    server.refresh(WEB, tokens.refresh_token()).assert_error(503, "temporarily_unavailable");
    assert_eq!(server.get("/health/ready").status, 200, "one of some that succeeded");
    std::thread::sleep(Duration::from_millis(2100));
    server.refresh(WEB, tokens.refresh_token()).assert_error(503, "temporarily_unavailable");
    assert_not_ready(&server, "all writes");
    make_room(&server.data_dir, "UPDATE", "grants");
    server.refresh(WEB, tokens.refresh_token()).tokens();
    assert_eq!(server.get("/health/ready").status, 200);
}

/// The answer does not wait for the database, however often it is asked for.
#[test]
fn a_database_that_hangs_does_not_hold_up_the_answer() {
    let Some((server, gate)) = behind_a_gate("1") else { return };
    let tokens = server.sign_in(WEB);
    gate.fall_silent();
    scope(|scope| {
        let hanging = scope.spawn(|| server.refresh(WEB, tokens.refresh_token()));
        std::thread::sleep(Duration::from_millis(300));
        for _ in 0..4 {
            assert_eq!(server.get("/health/ready").status, 503);
        }
        assert!(!hanging.is_finished(), "the request still waits");
        hanging.join().unwrap().assert_error(503, "temporarily_unavailable");
    });
    gate.open();
    assert_eq!(eventually(|| server.get("/health/ready")).status, 200);
}
