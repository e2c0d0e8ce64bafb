//! Clients that hang up before they are answered: what they asked for is done, and told like anything else.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;
use socket2::SockRef;

use super::logs::records;
use crate::support::installation::{terminate, wait_for_end};
use crate::support::{ALICE, Installation, PASSWORD, Program, form_encode};

/// Sends a request, and resets the connection.
fn send_and_reset(server: &Program, form: &[(&str, &str)]) {
    let mut stream = TcpStream::connect(&server.address).expect("it listens");
    SockRef::from(&stream).set_linger(Some(Duration::ZERO)).expect("a socket has the option");
    let body = form_encode(form);
    let head = "POST /token HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length:";
    write!(stream, "{head} {}\r\n\r\n{body}", body.len()).expect("it reads");
    // It reads the request before the reset, which would take away what is unread.
    std::thread::sleep(Duration::from_millis(2));
}

#[test]
fn what_ends_a_grant_is_told_although_the_client_hung_up() {
    let installation = Installation::new();
    let secret = installation.add_tool("tool");
    installation.run(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    let mut server = installation.serve(&[]);
    let tool = [("client_id", "tool"), ("client_secret", secret.as_str())];
    let sign_in = [&tool[..], &[("grant_type", "password"), ("username", ALICE), ("password", PASSWORD)]].concat();
    let refresh = |token: &str| server.post("/token", &refresh_form(&tool, token)).tokens();
    let mut replayed = Vec::new();
    for _ in 0..20 {
        let first = server.post("/token", &sign_in).tokens();
        let second = refresh(first.refresh_token());
        refresh(second.refresh_token());
        replayed.push(first.refresh_token().to_owned());
    }
    for token in &replayed {
        send_and_reset(&server, &refresh_form(&tool, token));
    }
    let wrong = [&tool[..], &[("grant_type", "password"), ("username", ALICE), ("password", "not this one")]].concat();
    for _ in 0..5 {
        send_and_reset(&server, &wrong);
    }
    let has_told = |log: &[Value]| (count(log, "event", "grant_revoked"), count(log, "event", "sign_in_failed"));
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
    assert_eq!(count(&log, "error", "invalid_grant"), 25, "each has its line in the request log, too");
}

fn refresh_form<'a>(tool: &[(&'a str, &'a str)], token: &'a str) -> Vec<(&'a str, &'a str)> {
    [tool, &[("grant_type", "refresh_token"), ("refresh_token", token)]].concat()
}

fn count(log: &[Value], member: &str, value: &str) -> usize {
    log.iter().filter(|line| line[member] == value).count()
}
