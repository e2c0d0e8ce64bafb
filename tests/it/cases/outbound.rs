//! Requests of the server to addresses that clients name: where they go, and what may come back.

use std::net::TcpListener;
use std::time::Duration;

use countersign::outbound::{MAX_BODY, OutboundError, Purpose, Queue, Registrant};

use crate::support::{Peer, Server};

const LOOPBACK: &[(&str, &str)] = &[("OUTBOUND__ALLOWED_ADDRESSES", "127.0.0.0/8,::1"), ("OUTBOUND__TIMEOUT", "1s")];

/// Any of the queues.
pub const KEYS: Queue = Queue::new(Purpose::Keys, Registrant::Operator);

fn get(server: &Server, url: &str) -> Result<Vec<u8>, OutboundError> {
    server.block_on(server.app.outbound.get(KEYS, url))
}

#[test]
fn a_document_of_an_allowed_peer_is_read() {
    let (server, peer) = (Server::start_with(LOOPBACK), Peer::start());
    peer.serve("/keys", "{\"keys\":[]}");
    assert_eq!(get(&server, &peer.url("/keys")).unwrap(), b"{\"keys\":[]}");
    let asked = &peer.asked("/keys")[0];
    assert!(asked.head.starts_with("GET /keys HTTP/1.1\r\n"), "{asked:?}");
    assert!(!asked.head.to_lowercase().contains("cookie"), "{asked:?}");
}

#[test]
fn a_form_is_posted_and_its_status_is_told() {
    let (server, peer) = (Server::start_with(LOOPBACK), Peer::start());
    for (path, status) in [("/200", "200 OK"), ("/204", "204 No Content"), ("/400", "400 Bad Request")] {
        peer.serve_status(path, status, "");
        let told = server.block_on(server.app.outbound.post_form(KEYS, &peer.url(path), "logout_token=e30".to_owned()));
        assert_eq!(told, Ok(status[..3].parse().unwrap()));
        let asked = &peer.asked(path)[0];
        assert_eq!(asked.body, "logout_token=e30");
        assert!(asked.head.to_lowercase().contains("content-type: application/x-www-form-urlencoded\r\n"), "{asked:?}");
    }
    peer.serve_bytes("/moved", b"HTTP/1.1 307 x\r\nLocation: /200\r\nContent-Length: 0\r\n\r\n", Duration::ZERO);
    let told = server.block_on(server.app.outbound.post_form(KEYS, &peer.url("/moved"), String::new()));
    assert_eq!(told, Err(OutboundError::Redirect(307)));
}

/// S01: nothing is sent, not even a connection is opened.
#[test]
fn s01_without_a_setting_nothing_on_this_machine_or_beside_it_is_asked() {
    let (server, peer) = (Server::start(), Peer::start());
    peer.serve("/", "secret");
    let port = peer.address.port();
    for host in
        ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0", "[::ffff:127.0.0.1]"]
    {
        for scheme in ["http", "https"] {
            let answer = get(&server, &format!("{scheme}://{host}:{port}/"));
            assert!(matches!(answer, Err(OutboundError::Forbidden(_))), "{scheme}://{host}: {answer:?}");
        }
    }
    for host in [
        "169.254.169.254",
        "10.0.0.1",
        "192.168.1.1",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "[64:ff9b::a9fe:a9fe]",
        "100.100.100.200",
    ] {
        let answer = get(&server, &format!("https://{host}/latest/meta-data/"));
        assert!(matches!(answer, Err(OutboundError::Forbidden(_))), "{host}: {answer:?}");
    }
    assert_eq!(peer.connections(), 0);
}

#[test]
fn s01_another_scheme_or_a_user_name_is_no_way_out() {
    let (server, peer) = (Server::start_with(LOOPBACK), Peer::start());
    let authority = peer.address;
    for url in [
        "file:///etc/passwd".to_owned(),
        format!("ftp://{authority}/"),
        format!("http://user@{authority}/"),
        format!("http://user:password@{authority}/"),
        format!("http://{authority}/#part"),
        format!("{authority}/"),
    ] {
        assert!(matches!(get(&server, &url), Err(OutboundError::Url(_))), "{url}");
    }
    assert_eq!(peer.connections(), 0);
}

#[test]
fn a_redirect_leads_nowhere() {
    let (server, peer) = (Server::start_with(LOOPBACK), Peer::start());
    peer.serve("/target", "{}");
    for status in [301, 302, 303, 307, 308] {
        let answer = format!("HTTP/1.1 {status} Moved\r\nLocation: /target\r\nContent-Length: 0\r\n\r\n");
        peer.serve_bytes("/moved", answer.as_bytes(), Duration::ZERO);
        assert_eq!(get(&server, &peer.url("/moved")), Err(OutboundError::Redirect(status)));
    }
    assert!(peer.asked("/target").is_empty());
}

#[test]
fn only_status_200_is_an_answer() {
    let (server, peer) = (Server::start_with(LOOPBACK), Peer::start());
    for status in ["201 Created", "204 No Content", "404 Not Found", "500 Broken"] {
        peer.serve_status("/", status, "");
        assert_eq!(get(&server, &peer.url("/")), Err(OutboundError::Status(status[..3].parse().unwrap())));
    }
    assert_eq!(get(&server, &peer.url("/nothing")), Err(OutboundError::Status(404)));
}

#[test]
fn an_answer_is_64_kb_long_at_most() {
    let (server, peer) = (Server::start_with(LOOPBACK), Peer::start());
    let most = usize::try_from(MAX_BODY).unwrap();
    peer.serve("/most", vec![b'x'; most]);
    assert_eq!(get(&server, &peer.url("/most")).unwrap().len(), most);
    peer.serve("/more", vec![b'x'; most + 1]);
    assert_eq!(get(&server, &peer.url("/more")), Err(OutboundError::TooLong));
    let endless = format!("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}", "x".repeat(most + 1));
    peer.serve_bytes("/endless", endless.as_bytes(), Duration::ZERO);
    assert_eq!(get(&server, &peer.url("/endless")), Err(OutboundError::TooLong));
    let header = format!("HTTP/1.1 200 OK\r\nX-Long: {}\r\nContent-Length: 0\r\n\r\n", "x".repeat(20_000));
    peer.serve_bytes("/header", header.as_bytes(), Duration::ZERO);
    assert_eq!(get(&server, &peer.url("/header")), Err(OutboundError::TooLong));
}

/// A peer that answers in part, or not at all, is not waited for.
#[test]
fn a_slow_peer_is_given_up() {
    let (server, peer) = (Server::start_with(LOOPBACK), Peer::start());
    let silence = Duration::from_secs(30);
    peer.serve_bytes("/silent", b"", silence);
    peer.serve_bytes("/head", b"HTTP/1.1 200 OK\r\nContent-Le", silence);
    peer.serve_bytes("/body", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", silence);
    for path in ["/silent", "/head", "/body"] {
        assert_eq!(get(&server, &peer.url(path)), Err(OutboundError::Timeout), "{path}");
        server.clock.advance(Duration::from_secs(30));
    }
}

/// However many wait for slow peers, the server goes on answering.
#[test]
fn slow_peers_hold_no_worker() {
    let (server, peer) = (Server::start_with(LOOPBACK), Peer::start());
    peer.serve_bytes("/silent", b"", Duration::from_secs(30));
    let url = peer.url("/silent");
    std::thread::scope(|scope| {
        let waiting: Vec<_> = (0..24).map(|_| scope.spawn(|| get(&server, &url))).collect();
        assert_eq!(server.get("/.well-known/jwks.json").status, 200);
        let answers: Vec<_> = waiting.into_iter().map(|waiting| waiting.join().unwrap()).collect();
        let is_bounded =
            |answer: &_| matches!(answer, Err(OutboundError::Timeout | OutboundError::Busy | OutboundError::Resting));
        assert!(answers.iter().all(is_bounded), "{answers:?}");
        assert!(peer.asked("/silent").len() <= 3, "three at once, and then it is left alone");
    });
}

/// A host that does not answer takes no place from another.
#[test]
fn a_slow_host_leaves_room_for_others() {
    let (server, peer) = (Server::start_with(LOOPBACK), Peer::start());
    peer.serve_bytes("/silent", b"", Duration::from_secs(30));
    peer.serve("/quick", "{}");
    let silent = peer.url("/silent");
    std::thread::scope(|scope| {
        let waiting: Vec<_> = (0..24).map(|_| scope.spawn(|| get(&server, &silent))).collect();
        while peer.asked("/silent").len() < 3 {
            std::thread::yield_now();
        }
        let other_name = peer.url("/quick").replace("127.0.0.1", "localhost");
        assert_eq!(get(&server, &other_name).unwrap(), b"{}");
        assert!(waiting.into_iter().all(|waiting| waiting.join().unwrap().is_err()));
    });
}

#[test]
fn what_is_broken_has_a_name_and_nothing_of_the_peer_in_it() {
    let (server, peer) = (Server::start_with(LOOPBACK), Peer::start());
    peer.serve_bytes("/other", b"SSH-2.0-OpenSSH_9.2 secret\r\n\r\n", Duration::ZERO);
    peer.serve_status("/status", "500 secret", "secret");
    for path in ["/other", "/status"] {
        let error = get(&server, &peer.url(path)).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
    }
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    assert!(matches!(get(&server, &format!("http://{closed}/")), Err(OutboundError::Unreachable(_))));
    assert_eq!(get(&server, "https://no-such-host.invalid/"), Err(OutboundError::NotFound));
    // TLS with one who has none.
    let url = peer.url("/status").replace("http:", "https:");
    assert!(matches!(get(&server, &url), Err(OutboundError::Tls | OutboundError::Unreachable(_))));
}
