//! Acknowledged means durable (L01, T10, V05): `kill -9` under load, and an orderly end.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::scope;
use std::time::Duration;

use countersign::oauth::handle::{Handle, HandleKind};
use ureq::Agent;

use crate::support::database::{bytes, is_postgres, number, text};
use crate::support::installation::{terminate, wait_for_end};
use crate::support::{ALICE, Installation, PASSWORD, Program, Tokens, form_encode};

/// A refresh of the client `tool`.
fn form<'a>(secret: &'a str, refresh_token: &'a str) -> [(&'static str, &'a str); 4] {
    [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh_token),
        ("client_id", "tool"),
        ("client_secret", secret),
    ]
}

fn sign_in(server: &Program, secret: &str) -> Tokens {
    let form = [
        ("grant_type", "password"),
        ("username", ALICE),
        ("password", PASSWORD),
        ("client_id", "tool"),
        ("client_secret", secret),
    ];
    server.post("/token", &form).tokens()
}

/// The next refresh token; nothing when the answer did not arrive whole.
#[track_caller]
fn try_refresh(agent: &Agent, server: &Program, secret: &str, refresh_token: &str) -> Option<String> {
    let mut response = agent.post(server.url("/token")).send_form(form(secret, refresh_token)).ok()?;
    let (status, body) = (response.status().as_u16(), response.body_mut().read_to_string().ok()?);
    assert!([200, 503].contains(&status), "{status}: {body}");
    let tokens: serde_json::Value = serde_json::from_str(&body).ok()?;
    tokens["refresh_token"].as_str().map(str::to_owned)
}

fn generation(refresh_token: &str) -> i64 {
    i64::from(Handle::parse(HandleKind::RefreshToken, refresh_token).expect("it is a refresh token").generation)
}

/// Where the grant of a refresh token stands in the database.
fn stored_generation(installation: &Installation, refresh_token: &str) -> i64 {
    let handle = Handle::parse(HandleKind::RefreshToken, refresh_token).expect("it is a refresh token");
    let id: String = handle.grant_id.to_string().replace('-', "");
    let row = format!("SELECT generation FROM grants WHERE id = {} AND revoked_at IS NULL", bytes(&id));
    number(&installation.data_dir, &row)
}

/// L01: every acknowledged rotation is there after a restart, and nobody has two live successors.
#[test]
fn l01_a_killed_server_has_lost_nothing_that_it_acknowledged() {
    const FAMILIES: usize = 6;
    let installation = Installation::new();
    let secret = installation.add_tool("tool");
    installation.run(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    let mut families: Vec<Vec<String>> = Vec::new();
    for round in 0..10 {
        let mut server = installation.serve(&[]);
        if families.is_empty() {
            families = (0..FAMILIES).map(|_| vec![sign_in(&server, &secret).refresh_token().to_owned()]).collect();
        }
        for family in &mut families {
            let last = family.last().expect("a family has a token").clone();
            let [once, twice] = [(); 2].map(|()| server.post("/token", &form(&secret, &last)).tokens());
            assert_eq!(once.refresh_token(), twice.refresh_token(), "round {round}: two live successors");
            family.push(once.refresh_token().to_owned());
        }
        kill_under_load(&mut server, &secret, &mut families);
        if !is_postgres() {
            assert_eq!(text(&installation.data_dir, "SELECT integrity_check FROM pragma_integrity_check"), "ok");
        }
        for family in &families {
            let (known, stored) =
                (generation(family.last().unwrap()), stored_generation(&installation, family.last().unwrap()));
            assert!(
                stored == known || stored == known + 1,
                "round {round}: {known} was acknowledged, {stored} is stored"
            );
        }
    }
    // What was used before any of the crashes is used all the same.
    let server = installation.serve(&[]);
    for family in &families {
        let older = &family[family.len() - 3];
        server.post("/token", &form(&secret, older)).assert_error(400, "invalid_grant");
        server.post("/token", &form(&secret, family.last().unwrap())).assert_error(400, "invalid_grant");
    }
    assert_eq!(number(&installation.data_dir, "SELECT COUNT(*) FROM grants WHERE revoked_reason = 'reuse'"), 6);
}

/// Refreshes every family in a thread of its own, and ends the server in the midst of it.
fn kill_under_load(server: &mut Program, secret: &str, families: &mut [Vec<String>]) {
    let (acknowledged, agent) = (AtomicUsize::new(0), &Agent::new_with_defaults());
    let child = Mutex::new(std::process::Command::new("kill"));
    let pid = server.child.id().to_string();
    let running: &Program = server;
    scope(|scope| {
        for family in families.iter_mut() {
            let acknowledged = &acknowledged;
            scope.spawn(move || {
                while let Some(next) = try_refresh(agent, running, secret, family.last().expect("it has a token")) {
                    family.push(next);
                    acknowledged.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        while acknowledged.load(Ordering::Relaxed) < 60 {
            std::thread::sleep(Duration::from_millis(1));
        }
        let killed = child.lock().unwrap().args(["-KILL", &pid]).status().expect("kill runs");
        assert!(killed.success());
    });
    server.child.wait().expect("it is our child");
}

/// T10: the same after `kill -9` as after an orderly restart.
#[test]
fn t10_a_replay_after_a_crash_ends_the_family() {
    let installation = Installation::new();
    let secret = installation.add_tool("tool");
    installation.run(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    let mut server = installation.serve(&[]);
    let first = sign_in(&server, &secret);
    let second = server.post("/token", &form(&secret, first.refresh_token())).tokens();
    let third = server.post("/token", &form(&secret, second.refresh_token())).tokens();
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    let mut server = installation.serve(&[]);
    server.post("/token", &form(&secret, first.refresh_token())).assert_error(400, "invalid_grant");
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    let server = installation.serve(&[]);
    server.post("/token", &form(&secret, third.refresh_token())).assert_error(400, "invalid_grant");
}

/// L01 for revocation: a 200 is as good after `kill -9` as before, for the grant and for the single token.
#[test]
fn l01_a_revocation_that_was_acknowledged_survives_a_crash() {
    let installation = Installation::new();
    let secret = installation.add_tool("tool");
    installation.run(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    let client = [("client_id", "tool"), ("client_secret", secret.as_str())];
    let revoke = |server: &Program, token: &str| {
        let response = server.post("/revoke", &[&client[..], &[("token", token)]].concat());
        assert_eq!((response.status, response.body.as_str()), (200, "{}"));
    };
    for _ in 0..5 {
        let mut server = installation.serve(&[]);
        let (given_back, narrowed) = (sign_in(&server, &secret), sign_in(&server, &secret));
        revoke(&server, given_back.refresh_token());
        revoke(&server, narrowed.access_token());
        server.child.kill().unwrap();
        server.child.wait().unwrap();
        let server = installation.serve(&[]);
        for token in [given_back.access_token(), narrowed.access_token()] {
            let described = server.post("/introspect", &[&client[..], &[("token", token)]].concat());
            assert_eq!(described.json(), serde_json::json!({ "active": false }));
        }
        server.post("/token", &form(&secret, given_back.refresh_token())).assert_error(400, "invalid_grant");
        server.post("/token", &form(&secret, narrowed.refresh_token())).tokens();
    }
}

/// SIGTERM: a request in flight is finished, new ones are not taken, and the end is in order.
#[test]
fn a_request_in_flight_is_finished_before_the_end() {
    let installation = Installation::new();
    let secret = installation.add_tool("tool");
    installation.run(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    let mut server = installation.serve(&[]);
    let tokens = sign_in(&server, &secret);
    let body = form_encode(&form(&secret, tokens.refresh_token()));
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let head = format!(
        "POST /token HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\n\r\n",
        body.len()
    );
    let (one, other) = body.split_at(body.len() / 2);
    stream.write_all(head.as_bytes()).unwrap();
    // The server says that it has begun with the request.
    let mut go_on = [0; b"HTTP/1.1 100 Continue\r\n\r\n".len()];
    stream.read_exact(&mut go_on).unwrap();
    assert!(go_on.starts_with(b"HTTP/1.1 100 "), "{}", String::from_utf8_lossy(&go_on));
    stream.write_all(one.as_bytes()).unwrap();
    terminate(&server);
    while !server.log().contains("\"stopping\"") {
        std::thread::sleep(Duration::from_millis(10));
    }
    std::thread::sleep(Duration::from_millis(200));
    assert!(server.child.try_wait().unwrap().is_none(), "it waits for the request in flight");
    stream.write_all(other.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("\"refresh_token\""), "{answer}");
    assert_eq!(wait_for_end(&mut server).code(), Some(0), "{}", server.log());
    assert!(server.log().contains("\"stopped\"") && !server.log().contains("panicked"), "{}", server.log());
    assert_eq!(stored_generation(&installation, tokens.refresh_token()), 2);
}
