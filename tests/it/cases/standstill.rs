//! A process that stood still: what piled up meanwhile ends no grant that went on elsewhere.

use std::fs::DirEntry;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::http::{FORM, status};
use super::nodes::process_beside;
use crate::support::{ALICE, Http, Installation, PASSWORD, Program, Response, form_encode};

/// Longer than the heartbeat of a process may stay away.
const STANDSTILL: Duration = Duration::from_millis(2600);

fn send(node: &Program, signal: Signal) {
    let pid = Pid::from_raw(i32::try_from(node.child.id()).expect("an id is small"));
    kill(pid, signal).expect("the process is there");
}

/// Waits until every thread of a process has stopped.
fn wait_for_standstill(node: &Program) {
    let has_stopped = |task: std::io::Result<DirEntry>| {
        let stat = std::fs::read_to_string(task.expect("a folder is read").path().join("stat")).unwrap_or_default();
        stat.rsplit_once(") ").is_none_or(|(_, state)| state.starts_with('T'))
    };
    let tasks = format!("/proc/{}/task", node.child.id());
    while !std::fs::read_dir(&tasks).expect("the process is there").all(has_stopped) {
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn refresh_form(secret: &str, token: &str) -> Vec<(String, String)> {
    let pairs =
        [("client_id", "tool"), ("client_secret", secret), ("grant_type", "refresh_token"), ("refresh_token", token)];
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
}

fn refresh(node: &Http, secret: &str, token: &str) -> Response {
    let form = refresh_form(secret, token);
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    node.post("/token", &form)
}

/// Sends a refresh, and waits for nothing.
fn begin_refresh(node: &Http, secret: &str, token: &str) -> TcpStream {
    let mut stream = TcpStream::connect(&node.address).expect("the system accepts for a process that stands still");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a socket has timeouts");
    let form = refresh_form(secret, token);
    let pairs: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let body = form_encode(&pairs);
    let head = format!("POST /token HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: {FORM}\r\n");
    write!(stream, "{head}Content-Length: {}\r\n\r\n{body}", body.len()).expect("the system takes it");
    stream
}

/// The client gives up on a node that stands still, and goes on with another.
#[test]
fn a_delayed_refresh_ends_no_grant_that_went_on_elsewhere() {
    let installation = Installation::new();
    let secret = installation.add_tool("tool");
    installation.run(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    let (node, other) = (installation.serve(&[]), process_beside(&installation));
    let sign_in = [
        ("client_id", "tool"),
        ("client_secret", secret.as_str()),
        ("grant_type", "password"),
        ("username", ALICE),
        ("password", PASSWORD),
    ];
    let given_up = node.post("/token", &sign_in).tokens();
    let waited_for = node.post("/token", &sign_in).tokens();
    send(&node, Signal::SIGSTOP);
    wait_for_standstill(&node);
    drop(begin_refresh(&node, &secret, given_up.refresh_token()));
    let mut waiting = begin_refresh(&node, &secret, waited_for.refresh_token());
    let newest = [&given_up, &waited_for].map(|tokens| {
        let second = refresh(&other, &secret, tokens.refresh_token()).tokens();
        refresh(&other, &secret, second.refresh_token()).tokens()
    });
    std::thread::sleep(STANDSTILL);
    send(&node, Signal::SIGCONT);
    let mut answer = String::new();
    waiting.read_to_string(&mut answer).expect("it is answered");
    assert_eq!(status(&answer), 503, "{answer}");
    assert!(answer.contains("temporarily_unavailable") && answer.contains("retry-after: 1"), "{answer}");
    for _ in 0..200 {
        if node.log().matches("\"status\":503").count() == 2 {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    for reason in ["the client has closed the connection", "the process stood still since the request was sent"] {
        assert!(node.log().contains(reason), "{reason}: {}", node.log());
    }
    std::thread::sleep(Duration::from_secs(1));
    for tokens in newest {
        refresh(&node, &secret, tokens.refresh_token()).tokens();
    }
    refresh(&other, &secret, given_up.refresh_token()).assert_error(400, "invalid_grant");
}
