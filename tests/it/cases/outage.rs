//! The database is away (L03, V05's like at the token endpoint). On the embedded engine it cannot be: these run on `PostgreSQL`.

use std::thread::scope;
use std::time::Duration;

use super::refresh::generation;
use crate::support::gate::Gate;
use crate::support::{Browser, Response, Server, WEB, database, new_folder};

/// A server whose database is behind a gate; nothing without `PostgreSQL`.
pub fn behind_a_gate(connections: &str) -> Option<(Server, Gate)> {
    let folder = new_folder();
    let url = database::url(&folder)?;
    let (user, rest) = url.split_once('@').expect("the tests' role has a name");
    let (address, name) = rest.split_once('/').expect("it names a database");
    let gate = Gate::to(address);
    let url = format!("{user}@{}/{name}", gate.address);
    Some((Server::start_in(&folder, &[("DATABASE__URL", &url), ("DATABASE__CONNECTIONS", connections)]), gate))
}

#[track_caller]
fn assert_unavailable(answer: &Response) {
    answer.assert_error(503, "temporarily_unavailable");
    assert!(answer.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().is_ok()), "{answer:?}");
}

#[track_caller]
fn assert_serves_from_memory(server: &Server) {
    for path in ["/.well-known/jwks.json", "/.well-known/openid-configuration", "/health/live"] {
        assert_eq!(server.get(path).status, 200, "{path}");
    }
    assert_eq!(server.get("/health/ready").status, 503);
}

/// The first attempts may still find a connection that broke.
pub fn eventually(mut attempt: impl FnMut() -> Response) -> Response {
    for _ in 0..50 {
        let answer = attempt();
        if answer.status != 503 {
            return answer;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("it does not recover");
}

#[test]
fn l03_without_its_database_the_server_says_so_and_consumes_nothing() {
    let Some((server, gate)) = behind_a_gate("4") else { return };
    let tokens = server.sign_in(WEB);
    let code = server.code(WEB);
    for _ in 0..2 {
        gate.shut();
        for _ in 0..8 {
            assert_unavailable(&server.refresh(WEB, tokens.refresh_token()));
            assert_unavailable(&server.exchange(WEB, &code));
        }
        assert_eq!(server.userinfo(tokens.access_token()).status, 503);
        Browser::new(&server).get("/authorize?client_id=web").assert_error_page(503);
        assert_serves_from_memory(&server);
        gate.open();
        assert_eq!(eventually(|| server.refresh(WEB, tokens.refresh_token())).status, 200);
        assert_eq!(eventually(|| server.get("/health/ready")).status, 200, "no restart was needed");
    }
    assert_eq!(server.exchange(WEB, &code).status, 200, "the code was not consumed");
}

/// L03 under load: whatever was answered with 200 is there, and what was answered with 503 can be asked again.
#[test]
fn l03_an_outage_under_load_loses_no_family() {
    let Some((server, gate)) = behind_a_gate("4") else { return };
    let mut families: Vec<String> = (0..4).map(|_| server.sign_in(WEB).refresh_token().to_owned()).collect();
    scope(|scope| {
        for family in &mut families {
            let server = &server;
            scope.spawn(move || {
                for _ in 0..60 {
                    let token = family.clone();
                    eventually(|| server.refresh(WEB, &token)).tokens().refresh_token().clone_into(family);
                }
            });
        }
        for _ in 0..5 {
            std::thread::sleep(Duration::from_millis(150));
            gate.shut();
            std::thread::sleep(Duration::from_millis(50));
            gate.open();
        }
    });
    for family in &families {
        eventually(|| server.refresh(WEB, family)).tokens();
    }
}

/// Nothing but the server itself reads the keys again: their reading is too old once the database is back.
#[test]
fn a_server_is_back_as_soon_as_its_database_is() {
    let Some((server, gate)) = behind_a_gate("4") else { return };
    let tokens = server.sign_in(WEB);
    let app = server.app.clone();
    let current = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(countersign::server::keep_current(app));
    });
    for _ in 0..2 {
        // Read at once, and not again for long.
        std::thread::sleep(Duration::from_millis(300));
        gate.shut();
        assert_unavailable(&server.refresh(WEB, tokens.refresh_token()));
        server.clock.advance(Duration::from_secs(61));
        assert_unavailable(&server.refresh(WEB, tokens.refresh_token()));
        gate.open();
        assert_eq!(eventually(|| server.refresh(WEB, tokens.refresh_token())).status, 200);
        assert_eq!(eventually(|| server.get("/health/ready")).status, 200);
    }
    server.app.begin_stop();
    current.join().unwrap();
}

/// A database that takes requests and answers nothing holds nobody up for long, and what was asked of it then happens once.
#[test]
fn l03_a_database_that_falls_silent_is_unavailable() {
    let Some((server, gate)) = behind_a_gate("1") else { return };
    let tokens = server.sign_in(WEB);
    gate.fall_silent();
    // The first is with the database, the second waits for the only connection.
    let (first, second) = scope(|scope| {
        let first = scope.spawn(|| server.refresh(WEB, tokens.refresh_token()));
        std::thread::sleep(Duration::from_millis(300));
        let second = scope.spawn(|| server.refresh(WEB, tokens.refresh_token()));
        assert_serves_from_memory(&server);
        std::thread::sleep(Duration::from_millis(5500));
        assert!(first.is_finished() && second.is_finished(), "nobody waits longer than five seconds");
        (first.join().unwrap(), second.join().unwrap())
    });
    assert_unavailable(&first);
    assert_unavailable(&second);
    gate.open();
    let successor = eventually(|| server.refresh(WEB, tokens.refresh_token())).tokens();
    assert_eq!(generation(&server), 2, "the retry found the rotation, or made it");
    assert_eq!(server.refresh(WEB, successor.refresh_token()).status, 200);
}
