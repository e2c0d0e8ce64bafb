//! The retry window: it begins when a rotation is stored, and again when an outage ends that began within it.

use std::thread::scope;
use std::time::Duration;

use super::outage::behind_a_gate;
use super::refresh::assert_ended;
use crate::support::database::{hold, is_postgres};
use crate::support::{SPA, Server, TestClient, Tokens, WEB};

const SECOND: Duration = Duration::from_secs(1);

/// Clients with their windows.
const CLIENTS: [(TestClient, Duration); 2] = [(WEB, SECOND.saturating_mul(60)), (SPA, SECOND.saturating_mul(20))];

fn reload(server: &Server) {
    server.block_on(server.app.reload()).expect("the server reads its own database");
}

/// A token that was rotated, and its successor, which never arrived.
fn rotated(server: &Server, client: TestClient) -> (Tokens, Tokens) {
    let first = server.sign_in(client);
    let second = server.refresh(client, first.refresh_token()).tokens();
    (first, second)
}

#[track_caller]
fn assert_repeats(server: &Server, client: TestClient, (first, second): &(Tokens, Tokens)) {
    let again = super::outage::eventually(|| server.refresh(client, first.refresh_token()));
    assert_eq!(again.tokens().refresh_token(), second.refresh_token());
}

#[track_caller]
fn assert_reuse(server: &Server, client: TestClient, (first, second): &(Tokens, Tokens)) {
    server.refresh(client, first.refresh_token()).assert_error(400, "invalid_grant");
    assert_ended(server, client, second);
}

/// No node was there: whoever waited for an answer had no time to ask again.
#[test]
fn a_silence_of_all_nodes_begins_the_window_anew() {
    for (client, window) in CLIENTS {
        let server = Server::start();
        let over = rotated(&server, client);
        server.advance(window + SECOND);
        let open = rotated(&server, client);
        server.clock.advance(SECOND * 86_400);
        // The retry comes before anything else.
        let second = super::nodes::beside(&server);
        assert_repeats(&second, client, &open);
        assert_reuse(&second, client, &over);
        reload(&server);
        server.advance(window);
        assert_repeats(&server, client, &open);
        server.advance(SECOND);
        assert_reuse(&server, client, &open);
    }
}

/// The database was away for longer than any window, for both nodes, and one of them did not notice.
#[test]
fn an_outage_of_the_database_begins_the_window_anew_on_every_node() {
    for (client, window) in CLIENTS {
        let Some((server, gate)) = behind_a_gate("4") else { return };
        let other = super::nodes::beside(&server);
        let over = rotated(&server, client);
        server.advance(window + SECOND);
        let open = rotated(&server, client);
        gate.shut();
        assert!(server.block_on(server.app.reload()).is_err());
        server.clock.advance(SECOND * 25);
        assert!(server.block_on(server.app.reload()).is_err());
        gate.open();
        super::outage::eventually(|| server.get("/health/ready"));
        other.clock.set(server.clock.now());
        if window < SECOND * 25 {
            assert_repeats(&server, client, &open);
        }
        other.advance_to(other.clock.now().plus(window).minus(SECOND));
        server.clock.set(other.clock.now());
        // The first attempts may still find a connection that broke.
        while server.block_on(server.app.reload()).is_err() {}
        assert_repeats(&other, client, &open);
        assert_repeats(&server, client, &open);
        assert_reuse(&server, client, &over);
        other.advance(SECOND * 2);
        assert_reuse(&other, client, &open);
    }
}

/// A commit that the database held up: the window of a rotation does not begin before it.
#[test]
fn a_rotation_that_was_held_up_has_its_whole_window() {
    if is_postgres() {
        return;
    }
    let server = Server::start();
    let first = server.sign_in(SPA);
    let held = hold(&server.data_dir, "UPDATE heartbeat SET beat_at = beat_at");
    let second = scope(|scope| {
        let answer = scope.spawn(|| server.refresh(SPA, first.refresh_token()).tokens());
        std::thread::sleep(Duration::from_millis(300));
        server.clock.advance(SECOND * 24);
        drop(held);
        answer.join().unwrap()
    });
    assert_repeats(&server, SPA, &(first, second));
}
