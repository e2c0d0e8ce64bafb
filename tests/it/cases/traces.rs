//! Traces, as a collector receives them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

use crate::support::{Authorization, Browser, SPA, Server, WEB};

/// A request that a collector received: its first line, its headers in small letters, and its body.
struct Received {
    head: String,
    body: Vec<u8>,
}

impl Received {
    /// Texts stand in a protocol buffer as they are.
    fn holds(&self, text: &str) -> bool {
        self.body.windows(text.len()).any(|window| window == text.as_bytes())
    }

    fn holds_bytes(&self, hex: &str) -> bool {
        let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).expect("it is hexadecimal");
        let bytes: Vec<u8> = (0..hex.len()).step_by(2).map(byte).collect();
        self.body.windows(bytes.len()).any(|window| window == bytes)
    }
}

/// A collector that takes everything.
fn collector() -> (String, Receiver<Received>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = format!("http://{}", listener.local_addr().expect("it has an address"));
    let (send, received) = channel();
    // Ends with the tests: a listener cannot be woken.
    std::thread::spawn(move || {
        for stream in listener.incoming().filter_map(Result::ok) {
            let mut reader = BufReader::new(stream.try_clone().expect("a stream can be shared"));
            let mut head = String::new();
            while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).is_ok_and(|length| length > 0) {}
            let head = head.to_lowercase();
            let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next()?.parse().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            let _ = reader.read_exact(&mut body);
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            let _ = (&stream).write_all(answer);
            let _ = send.send(Received { head, body });
        }
    });
    (address, received)
}

#[test]
fn a_request_is_a_span() {
    let (collector, received) = collector();
    let server = Server::start_with(&[("TELEMETRY__OTLP_ENDPOINT", &collector)]);
    let code = server.code(WEB);
    let tokens = server.exchange(WEB, &code).tokens();
    let id = server.refresh(WEB, tokens.refresh_token()).header("x-request-id").expect("it has an id").to_owned();
    server.refresh(WEB, "cs_rt_nonsense").assert_error(400, "invalid_grant");
    let callers = "4bf92f3577b34da6a3ce929d0e0e4736";
    server.get_with("/health/live", &[("traceparent", &format!("00-{callers}-00f067aa0ba902b7-01"))]);
    server.send("FORGED", "/nowhere", &[("traceparent", "forged-parent")], None);
    Browser::new(&server).visit(&Authorization::of(SPA).with("state", "the-state-of-a-client").path());
    server.app.traces.close();

    let spans = received.recv().expect("the collector got something");
    assert!(spans.head.starts_with("post /v1/traces http/1.1\r\n"), "{}", spans.head);
    assert!(spans.head.contains("content-type: application/x-protobuf\r\n"), "{}", spans.head);
    for text in [
        "countersign",
        "POST /token",
        "GET /authorize",
        "HTTP none",
        "_OTHER",
        "http.response.status_code",
        "authorization_code",
        "refresh_token",
        "invalid_grant",
        WEB.id,
        &id,
    ] {
        assert!(spans.holds(text), "{text}");
    }
    assert!(spans.holds_bytes(callers), "a link to what the caller says");
    for secret in [
        &code,
        tokens.refresh_token(),
        tokens.access_token(),
        "cs_rt_nonsense",
        "FORGED",
        "forged-parent",
        "the-state-of-a-client",
        WEB.secret.expect("it has one"),
    ] {
        assert!(!spans.holds(secret), "{secret}");
    }
}

#[test]
fn a_collector_that_is_away_costs_nothing_but_its_traces() {
    let address = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        format!("http://{}", listener.local_addr().expect("it has an address"))
    };
    let server = Server::start_with(&[("TELEMETRY__OTLP_ENDPOINT", &address)]);
    server.sign_in(WEB);
    server.app.traces.close();
    server.sign_in(WEB);
}
