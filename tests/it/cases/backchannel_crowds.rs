//! Back-channel logout with many clients, most of which are slow: nobody waits behind them.

use std::time::Duration;

use serde_json::{Value, json};

use countersign::metrics::DeliveryOutcome;
use countersign::store::logout_deliveries::{self, LogoutDelivery};
use countersign::types::Id;

use super::registration::registered;
use crate::support::database::execute;
use crate::support::{ALICE, Authorization, Browser, Peer, SPA, Server, WEB};

const SETTINGS: &[(&str, &str)] =
    &[("REGISTRATION__MODE", "open"), ("OUTBOUND__ALLOWED_ADDRESSES", "127.0.0.0/8"), ("OUTBOUND__TIMEOUT", "5s")];
const SLOW: usize = 40;

fn listener(peer: &Peer, path: &str) -> Value {
    json!({ "redirect_uris": ["https://a.example/cb"], "backchannel_logout_uri": peer.url(path) })
}

/// Of the clients that one session was used at some are slow, with many ends to hear of; the others hear of it before any of
/// those is given up.
#[test]
fn slow_clients_delay_no_other() {
    let (server, slow, peer) = (Server::start_with(SETTINGS), Peer::start(), Peer::start());
    slow.serve_bytes("/", b"", Duration::from_secs(30));
    for path in ["/web", "/own"] {
        peer.serve(path, "");
    }
    let first = registered(&server, &listener(&slow, "/"));
    for _ in 1..SLOW {
        registered(&server, &listener(&slow, "/"));
    }
    let uri = format!("backchannel_logout_uri={}", peer.url("/web"));
    server.command(&["client", "set", "web", "--metadata", &uri], "");
    registered(&server, &listener(&peer, "/own"));
    let mut browser = Browser::new(&server);
    browser.authorize(&Authorization::of(SPA).path(), ALICE);
    browser.authorize(&Authorization::of(WEB).path(), ALICE);
    let used = "INSERT INTO session_clients (sid, client_id)
        SELECT sid, clients.id FROM sessions, clients WHERE registration_token IS NOT NULL";
    execute(&server.data_dir, used);
    leave_many(&server, first["client_id"].as_str().expect("it has an id"), 300);
    let page = browser.visit("/logout");
    assert_eq!(browser.submit(&page, "/logout", &[]).status, 303);

    let delivering = server.app.clone();
    let thread = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime starts");
        runtime.block_on(countersign::backchannel::deliver(&delivering))
    });
    while ["/web", "/own"].iter().any(|path| peer.asked(path).is_empty()) {
        assert!(!thread.is_finished(), "both are told");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(server.app.metrics.logout.deliveries.of(DeliveryOutcome::Failed).get(), 0, "none was given up yet");
    thread.join().expect("it does not panic").expect("the database is there");
    assert!(slow.asked("/").len() <= SLOW, "each was asked once");
}

/// Leaves a client ends of long ago to hear of.
fn leave_many(server: &Server, client_id: &str, many: usize) {
    let (now, client_id) = (server.clock.now(), client_id.to_owned());
    let (before, rng) = (now.minus(Duration::from_secs(60)), server.app.rng.clone());
    server.write(move |conn| {
        for _ in 0..many {
            let (id, sid) = (Id::new(before, &rng), Id::new(before, &rng));
            let (client_id, sub) = (client_id.clone(), "somebody".to_owned());
            let delivery = LogoutDelivery { id, client_id, sub, sid, due_at: before, attempts: 0, created_at: before };
            logout_deliveries::insert(conn, &delivery)?;
        }
        Ok(())
    });
}

#[test]
fn what_was_never_tried_goes_first() {
    let server = Server::start();
    leave_many(&server, "web", 1);
    let now = server.clock.now();
    let due = move |conn: &mut _| logout_deliveries::due(conn, now, false, &[], 10);
    let tried = server.write(due).remove(0);
    let claimed = tried.clone();
    let earlier = now.minus(Duration::from_secs(3600));
    assert!(server.write(move |conn| logout_deliveries::claim(conn, &claimed, earlier)));
    leave_many(&server, "spa", 1);
    let order: Vec<String> = server.write(due).into_iter().map(|delivery| delivery.client_id).collect();
    assert_eq!(order, ["spa", "web"], "although the other waits for longer");
    let but_spa = server.write(move |conn| logout_deliveries::due(conn, now, false, &["spa".to_owned()], 10));
    assert_eq!(but_spa.len(), 1, "a busy client is passed over");
    assert!(server.write(move |conn| logout_deliveries::due(conn, now, true, &[], 10)).is_empty());
}
