//! The management listener: metrics and health, nothing else, and nothing of it elsewhere.

use std::io::{Read, Write};
use std::time::Duration;

use super::metrics::start;
use crate::support::installation::{terminate, wait_for_end};
use crate::support::program::free_port;
use crate::support::{Http, Installation, Metrics};

#[test]
fn metrics_are_on_the_management_listener_and_nothing_else_is() {
    let server = start();
    assert_eq!(server.get("/metrics").status, 404);
    assert_eq!(server.get("/health/ready").status, 200);
    let management = server.management();
    Metrics::of(management);
    for path in ["/metrics", "/health/live", "/health/ready"] {
        assert_eq!(management.send("HEAD", path, &[], None).status, 200, "{path}");
    }
    for (path, status) in [("/health/live", 200), ("/health/ready", 200), ("/", 404), ("/login", 404), ("/token", 404)]
    {
        assert_eq!(management.get(path).status, status, "{path}");
    }
    assert_eq!(management.get("/.well-known/jwks.json").status, 404);
    assert_eq!(management.post("/token", &[("grant_type", "client_credentials")]).status, 404);
    assert_eq!(management.post("/metrics", &[]).status, 405);
    server.app.begin_stop();
    assert_eq!(management.get("/health/ready").status, 503);
    Metrics::of(management);
}

/// The last to stop: while requests are finished, a monitor sees that they are.
#[test]
fn metrics_can_be_read_until_the_last_request_is_answered() {
    let installation = Installation::new();
    let management = format!("127.0.0.1:{}", free_port());
    let mut server = installation.serve(&[("MANAGEMENT__LISTEN", &management)]);
    let mut slow = std::net::TcpStream::connect(&server.address).unwrap();
    let head = "POST /token HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\n\
                content-length: 13\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n";
    slow.write_all(head.as_bytes()).unwrap();
    let mut asked_for_more = [0; 25];
    slow.read_exact(&mut asked_for_more).unwrap();
    assert_eq!(&asked_for_more, b"HTTP/1.1 100 Continue\r\n\r\n");
    terminate(&server);
    let management = Http::new(&management);
    let stopping = (0..100).find_map(|_| {
        std::thread::sleep(Duration::from_millis(20));
        Some(management.get("/health/ready")).filter(|answer| answer.status == 503)
    });
    assert_eq!(stopping.expect("it says that it stops").json()["reason"], "stopping");
    Metrics::of(&management);
    slow.write_all(b"grant_type=ab").unwrap();
    let mut answer = String::new();
    slow.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    assert_eq!(wait_for_end(&mut server).code(), Some(0));
    assert!(std::net::TcpStream::connect(&management.address).is_err(), "it has stopped as well");
}

#[test]
fn a_management_listener_beyond_this_machine_is_warned_of() {
    let installation = Installation::new();
    let everywhere = format!("0.0.0.0:{}", free_port());
    let server = installation.serve(&[("MANAGEMENT__LISTEN", &everywhere)]);
    assert!(server.log().contains("management.listen: whoever reaches it reads the metrics"), "{}", server.log());

    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let other = Installation::new();
    let refused = other.refused(&[("MANAGEMENT__LISTEN", &address), ("LOG__LEVEL", "error")], &["serve"], "");
    assert!(refused.ends_with("or write another address into management.listen"), "{refused}");
}
