//! Requests to others, by their purpose: slow hosts of one are in nobody's way in another, and hosts that do not answer are left
//! alone for a while.

use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;

use countersign::outbound::{OutboundError, Purpose, Queue, Registrant};

use super::registration::register;
use crate::support::{Peer, Server, Signer};

const SETTINGS: &[(&str, &str)] =
    &[("REGISTRATION__MODE", "open"), ("OUTBOUND__ALLOWED_ADDRESSES", "127.0.0.1"), ("OUTBOUND__TIMEOUT", "3s")];
const GRANT: (&str, &str) = ("grant_type", "client_credentials");
const SILENCE: Duration = Duration::from_secs(30);

/// Strangers register clients with lists at slow hosts, and publish keys at such hosts; the operator's client publishes its
/// keys, and signs in before any of theirs is given up.
#[test]
fn slow_hosts_of_strangers_delay_no_client_of_the_operators() {
    let server = Server::start_with(SETTINGS);
    let (keys, signer) = (Peer::start(), Signer::ed25519("1"));
    keys.serve("/jwks", signer.jwks().to_string());
    server.add_signer(&[("jwks_uri", json!(keys.url("/jwks")))]);
    let slow: Vec<Peer> = (0..4).map(|_| Peer::start()).collect();
    let ended = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for n in 0..16 {
            let (peer, server, ended) = (&slow[n % slow.len()], &server, &ended);
            for path in ["/sector", "/jwks"] {
                peer.serve_bytes(path, b"", SILENCE);
            }
            scope.spawn(move || {
                if n % 2 == 0 {
                    let uris = json!(["https://a.example/cb"]);
                    let metadata = json!({ "redirect_uris": uris, "sector_identifier_uri": peer.url("/sector") });
                    register(server, &metadata, None).assert_error(503, "temporarily_unavailable");
                } else {
                    let queue = Queue::new(Purpose::Keys, Registrant::Itself);
                    assert!(server.block_on(server.app.outbound.get(queue, &peer.url("/jwks"))).is_err());
                }
                ended.fetch_add(1, Ordering::SeqCst);
            });
        }
        let under_way =
            || slow.iter().map(|peer| peer.asked("/sector").len() + peer.asked("/jwks").len()).sum::<usize>();
        while under_way() < 8 {
            std::thread::yield_now();
        }
        server.post_signed(&signer, "/token", &[GRANT]).tokens();
        assert_eq!(ended.load(Ordering::SeqCst), 0, "none of theirs has ended");
    });
}

/// For 30 s, by whatever address, and by no other purpose; a step of the wall clock makes no difference.
#[test]
fn a_host_that_timed_out_is_left_alone_by_the_same_purpose() {
    let settings = [&SETTINGS[..2], &[("OUTBOUND__TIMEOUT", "1s")]].concat();
    let (server, peer) = (Server::start_with(&settings), Peer::start());
    peer.serve_bytes("/slow", b"", SILENCE);
    peer.serve("/quick", "[]");
    let get = |purpose, path: &str| {
        let queue = Queue::new(purpose, Registrant::Itself);
        server.block_on(server.app.outbound.get(queue, &peer.url(path)))
    };
    let purposes = [Purpose::Keys, Purpose::RequestObject, Purpose::Sector, Purpose::Logo, Purpose::Logout];
    for purpose in purposes {
        assert_eq!(get(purpose, "/quick").unwrap(), b"[]", "another's memory is not this one's: {purpose:?}");
        assert_eq!(get(purpose, "/slow"), Err(OutboundError::Timeout), "{purpose:?}");
        assert_eq!(get(purpose, "/quick"), Err(OutboundError::Resting), "{purpose:?}");
    }
    server.clock.advance(Duration::from_secs(29));
    server.clock.step_all_to(server.clock.now().plus(Duration::from_secs(86_400)));
    assert_eq!(get(Purpose::Keys, "/quick"), Err(OutboundError::Resting));
    server.clock.step_all_to(server.clock.now().minus(Duration::from_secs(2 * 86_400)));
    server.clock.advance(Duration::from_secs(1));
    for purpose in purposes {
        assert_eq!(get(purpose, "/quick").unwrap(), b"[]", "{purpose:?}");
    }
}

#[test]
fn a_host_that_refused_is_asked_again_after_two_seconds() {
    let server = Server::start_with(SETTINGS);
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let queue = Queue::new(Purpose::Keys, Registrant::Operator);
    let get = || server.block_on(server.app.outbound.get(queue, &format!("http://{closed}/")));
    for _ in 0..2 {
        assert!(matches!(get(), Err(OutboundError::Unreachable(_))));
        server.clock.advance(Duration::from_millis(1999));
        assert_eq!(get(), Err(OutboundError::Resting));
        server.clock.advance(Duration::from_millis(1));
    }
}
