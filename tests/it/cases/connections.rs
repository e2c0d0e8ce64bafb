//! Connections within bounds: requests that do not come, answers that nobody reads, and too many connections at once.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread::scope;
use std::time::Duration;

use super::http::{FORM, assert_well, status};
use crate::support::{SPA, Server, VERIFIER, form_encode, raw};

const MANAGEMENT: (&str, &str) = ("MANAGEMENT__LISTEN", "127.0.0.1:0");

fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).expect("it listens");
    stream.set_read_timeout(Some(Duration::from_secs(40))).expect("a socket has timeouts");
    stream
}

/// Whatever comes until the server closes.
fn rest(mut stream: &TcpStream) -> String {
    let mut answer = Vec::new();
    // A server that closes with something unread resets the connection.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// Requests to the login page that were answered.
fn pages_made(server: &Server) -> f64 {
    server.metrics().get("countersign_http_requests_total", &[("route", "/login"), ("status", "2xx")])
}

/// A connection that has asked for so many pages, each for itself, and read none.
fn asked_for_pages(server: &Server, number: usize) -> TcpStream {
    let mut stream = connect(&server.address);
    stream.set_nodelay(true).expect("a socket has the option");
    for _ in 0..number {
        stream.write_all(b"GET /login HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("the system takes it");
    }
    stream
}

#[test]
fn an_answer_is_made_once_those_before_it_were_taken_and_then_in_order() {
    let server = Server::start_with(&[MANAGEMENT]);
    let number = 600;
    let mut stream = asked_for_pages(&server, number);
    let last = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    stream.write_all(last.as_bytes()).expect("the system takes it");
    let (mut before, mut after) = (-1.0, pages_made(&server));
    while before < after {
        std::thread::sleep(Duration::from_millis(500));
        (before, after) = (after, pages_made(&server));
    }
    assert!(after > 0.0 && after < 300.0, "{after} answers were made, and none was read");
    let answers = rest(&stream);
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), number + 1);
    assert!(answers.ends_with("{\"status\":\"live\"}"), "the last request is answered last");
}

/// The client writes on until the server has closed; how long that takes is asserted nowhere.
#[test]
fn a_connection_whose_answers_nobody_takes_is_closed() {
    let server = Server::start();
    let mut stream = asked_for_pages(&server, 600);
    let is_closed = (0..80).any(|_| {
        std::thread::sleep(Duration::from_millis(500));
        stream.write_all(b"\r\n").is_err()
    });
    assert!(is_closed, "the server waits for good");
    assert_well(&server);
}

fn sent(address: &str, bytes: &str) -> TcpStream {
    let mut stream = connect(address);
    stream.write_all(bytes.as_bytes()).expect("the system takes it");
    stream
}

/// A body that says it has twelve bytes, and has four.
fn unfinished(path: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {FORM}\r\nContent-Length: 12\r\n\r\ngran")
}

/// The client waits until the server closes; how long that takes is asserted nowhere.
#[test]
fn a_request_that_does_not_come_is_answered_408_and_its_connection_closed() {
    let server = Server::start();
    let get = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let cases = [
        ("no byte at all", String::new(), None),
        ("an unfinished head", "GET /login HTTP/1.1\r\nHost: loc".to_owned(), Some("temporarily_unavailable")),
        ("an unfinished head after an answer", format!("{get}GET /login"), Some("temporarily_unavailable")),
        ("an unfinished body at an endpoint", unfinished("/token"), Some("temporarily_unavailable")),
        ("an unfinished object", unfinished("/introspect"), Some("temporarily_unavailable")),
        ("an unfinished body at a page", unfinished("/login"), Some("<html")),
        ("an answered connection", get.to_owned(), None),
        (
            "a body without an end that nobody reads",
            "POST /health/live HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n4\r\n\n\n\n\n\r\n"
                .to_owned(),
            None,
        ),
    ];
    scope(|scope| {
        for (name, bytes, told) in cases {
            let server = &server;
            scope.spawn(move || {
                let words = rest(&sent(&server.address, &bytes));
                assert_eq!(words.contains("HTTP/1.1 408"), told.is_some(), "{name}: {words}");
                assert!(told.is_none_or(|told| words.contains(told)), "{name}: {words}");
            });
        }
    });
    assert_well(&server);
}

#[test]
fn connections_beyond_the_limit_are_told_so_and_the_management_listener_answers() {
    let server = Server::start_with(&[MANAGEMENT, ("CONNECTIONS__MOST", "20")]);
    let idle: Vec<TcpStream> = (0..30).map(|_| connect(&server.address)).collect();
    let refused = || server.metrics().get("countersign_connections_refused_total", &[("limit", "all")]);
    wait_until(|| refused() > 9.5);
    let answer = raw(&server.address, b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert_eq!(status(&answer), 503, "{answer}");
    let (head, body) = answer.split_once("\r\n\r\n").expect("it has a body");
    assert!(head.contains("retry-after: 5") && head.contains(&format!("content-length: {}", body.len())), "{answer}");
    assert_eq!(serde_json::from_str::<serde_json::Value>(body).unwrap()["error"], "temporarily_unavailable");
    assert_eq!(server.management().get("/health/live").status, 200);
    let open = || server.metrics().get("countersign_connections", &[]);
    assert!((open() - 20.0).abs() < 0.5 && refused() > 10.5);
    drop(idle);
    wait_until(|| open() < 0.5);
    assert_well(&server);
}

/// Waits for what happens soon.
fn wait_until(happens: impl Fn() -> bool) {
    while !happens() {
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Bodies and heads in any pieces are the same requests.
#[test]
fn requests_are_read_in_whatever_pieces_they_come() {
    let server = Server::start();
    let form =
        form_encode(&[("grant_type", "client_credentials"), ("client_id", "nobody"), ("client_secret", "\n\n\n")]);
    let chunk = |part: &[u8]| format!("{:x}\r\n{}\r\n", part.len(), text(part));
    let chunks = form.as_bytes().chunks(7).map(chunk).collect::<Vec<_>>().concat();
    let head = format!("POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Type: {FORM}\r\n");
    let requests = |last_chunk: &str| {
        [
            format!("{head}Content-Length: {}\r\n\r\n{form}", form.len()),
            format!("{head}Transfer-Encoding: chunked\r\n\r\n{chunks}{last_chunk}"),
            "\r\nGET /health/live HTTP/1.1\nHost: localhost\n\n".to_owned(),
        ]
        .concat()
    };
    let with_trailer = requests("0;last\r\nDigest: none\r\n\r\n");
    let all = [&requests("0\r\n\r\n"), &with_trailer, "GET /nowhere HTTP/1.0\r\n\r\n"].concat();
    for piece in [1, 2, 3, 64, 1000, all.len()] {
        let mut stream = connect(&server.address);
        stream.set_nodelay(true).expect("a socket has the option");
        for piece in all.as_bytes().chunks(piece) {
            stream.write_all(piece).expect("the server reads");
        }
        stream.shutdown(Shutdown::Write).expect("it is open");
        let answers = rest(&stream);
        let statuses: Vec<u16> = answers.split("HTTP/1.").skip(1).map(|answer| answer[2..5].parse().unwrap()).collect();
        assert_eq!(statuses, [401, 401, 200, 401, 401, 200, 404], "pieces of {piece}: {answers}");
    }
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("a form is ASCII")
}

/// Whoever hangs up may have asked elsewhere meanwhile: nothing is redeemed for nobody.
#[test]
fn a_request_whose_caller_has_closed_its_half_redeems_nothing() {
    let server = Server::start();
    let first = server.sign_in(SPA);
    let second = server.refresh(SPA, first.refresh_token()).tokens();
    server.refresh(SPA, second.refresh_token()).tokens();
    let code = server.code(SPA);
    let refresh =
        |token: &str| form_encode(&[("grant_type", "refresh_token"), ("client_id", "spa"), ("refresh_token", token)]);
    let exchange = form_encode(&[
        ("grant_type", "authorization_code"),
        ("client_id", "spa"),
        ("code", &code),
        ("code_verifier", VERIFIER),
    ]);
    for form in [refresh(first.refresh_token()), exchange] {
        let head = format!("POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Type: {FORM}\r\n");
        let answer = raw(&server.address, format!("{head}Content-Length: {}\r\n\r\n{form}", form.len()).as_bytes());
        assert_eq!(status(&answer), 503, "{answer}");
        assert!(answer.contains("temporarily_unavailable"), "{answer}");
    }
    server.exchange(SPA, &code).tokens();
}

/// RFC 9110 §10.1.1: the body comes once it was asked for, or never.
#[test]
fn a_body_that_waits_to_be_asked_for_is_asked_for_and_may_not_come() {
    let server = Server::start();
    let form = form_encode(&[("grant_type", "client_credentials"), ("client_id", "nobody")]);
    let head = format!(
        "POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Type: {FORM}\r\nExpect: 100-continue\r\nContent-Length: {}\r\n",
        form.len()
    );
    for comes in [true, true, false] {
        let mut stream = sent(&server.address, &format!("{head}Connection: close\r\n\r\n"));
        let mut asked = [0; 25];
        stream.read_exact(&mut asked).expect("it is asked for");
        assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
        if comes {
            stream.write_all(form.as_bytes()).expect("the server reads");
            assert_eq!(status(&rest(&stream)), 401);
        } else {
            stream.shutdown(Shutdown::Write).expect("it is open");
            assert_eq!(status(&rest(&stream)), 400, "a body that breaks off is refused");
        }
    }
    assert_well(&server);
}
