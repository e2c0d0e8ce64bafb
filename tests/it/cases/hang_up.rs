//! Clients that hang up before they are answered: what they asked for is done, and told like anything else.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;
use socket2::SockRef;

use super::logs::records;
use crate::support::installation::{terminate, wait_for_end};
use crate::support::{ALICE, Installation, PASSWORD, Program, Tokens, form_encode};

/// Sends a request, and resets the connection.
fn send_and_reset(server: &Program, path: &str, form: &[(&str, &str)]) {
    let mut stream = TcpStream::connect(&server.address).expect("it listens");
    SockRef::from(&stream).set_linger(Some(Duration::ZERO)).expect("a socket has the option");
    let body = form_encode(form);
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length:"
    );
    write!(stream, "{head} {}\r\n\r\n{body}", body.len()).expect("it reads");
    // It reads the request before the reset, which would take away what is unread.
    std::thread::sleep(Duration::from_millis(20));
}

#[test]
fn what_ends_a_grant_is_told_although_the_client_hung_up() {
    let installation = Installation::new();
    let secret = installation.add_tool("tool");
    installation.run(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    let mut server = installation.serve(&[]);
    let tool = [("client_id", "tool"), ("client_secret", secret.as_str())];
    let sign_in = [&tool[..], &[("grant_type", "password"), ("username", ALICE), ("password", PASSWORD)]].concat();
    let tokens: Vec<Tokens> = (0..20).map(|_| server.post("/token", &sign_in).tokens()).collect();
    for tokens in &tokens {
        send_and_reset(&server, "/revoke", &[&tool[..], &[("token", tokens.refresh_token())]].concat());
    }
    let wrong = [&tool[..], &[("grant_type", "password"), ("username", ALICE), ("password", "not this one")]].concat();
    for _ in 0..5 {
        send_and_reset(&server, "/token", &wrong);
    }
    let has_told = |log: &[Value]| (count(log, "event", "token_revoked"), count(log, "event", "sign_in_failed"));
    for _ in 0..100 {
        if has_told(&records(&server.log())) == (20, 5) {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    terminate(&server);
    wait_for_end(&mut server);
    let log = records(&server.log());
    assert_eq!(has_told(&log), (20, 5));
    assert_eq!(count(&log, "route", "/revoke"), 20, "each has its line in the request log, too");
    assert_eq!(count(&log, "error", "invalid_grant"), 5);
}

fn count(log: &[Value], member: &str, value: &str) -> usize {
    log.iter().filter(|line| line[member] == value).count()
}
