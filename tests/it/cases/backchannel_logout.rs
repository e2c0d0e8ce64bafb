//! OpenID Connect Back-Channel Logout: every client of a session that ended hears of it, once at least, and no other does.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::database::number;
use crate::support::{
    ALICE, Authorization, BOB, Browser, EVIL, Installation, PASSWORD, Peer, SPA, Server, TestClient, Verifier, WEB,
    add_person, claims,
};

/// Requests of the server may go to a peer of the test's.
pub const LOOPBACK: &[(&str, &str)] = &[("OUTBOUND__ALLOWED_ADDRESSES", "127.0.0.0/8"), ("OUTBOUND__TIMEOUT", "1s")];

/// A server and its peer, which these clients listen at, each at a path of its own.
fn listening(clients: &[TestClient]) -> (Server, Peer) {
    let (server, peer) = (Server::start_with(LOOPBACK), Peer::start());
    for client in clients {
        listen(&server, &peer, client.id);
        peer.serve(&format!("/{}", client.id), "");
    }
    (server, peer)
}

fn listen(server: &Server, peer: &Peer, client_id: &str) {
    let uri = format!("backchannel_logout_uri={}", peer.url(&format!("/{client_id}")));
    server.command(&["client", "set", client_id, "--metadata", &uri], "");
}

/// Signs somebody in at clients, in one browser. Gives back the claims of the last ID token.
fn sign_in(server: &Server, browser: &mut Browser, username: &str, clients: &[TestClient]) -> Value {
    let mut last = Value::Null;
    for client in clients {
        let answer = browser.authorize(&Authorization::of(*client).with("login_hint", username).path(), username);
        let tokens = server.exchange(*client, &answer["code"]).tokens();
        last = claims(tokens.0["id_token"].as_str().expect("openid was asked for"));
    }
    last
}

fn sign_out(browser: &mut Browser) {
    let page = browser.visit("/logout");
    assert_eq!(browser.submit(&page, "/logout", &[]).status, 303);
}

/// The logout tokens that a client got.
fn told(peer: &Peer, client_id: &str) -> Vec<String> {
    let asked = peer.asked(&format!("/{client_id}"));
    asked.iter().map(|asked| asked.body.strip_prefix("logout_token=").expect("it is a form").to_owned()).collect()
}

fn waiting(server: &Server) -> i64 {
    number(&server.data_dir, "SELECT COUNT(*) FROM logout_deliveries")
}

#[test]
fn a_client_is_told_who_signed_out_of_which_session() {
    let (server, peer) = listening(&[WEB]);
    let mut browser = Browser::new(&server);
    let id_token = sign_in(&server, &mut browser, ALICE, &[WEB]);
    sign_out(&mut browser);
    server.deliver();
    let told = told(&peer, "web");
    let [token] = &told[..] else { panic!("{told:?}") };
    assert!(Verifier::new(&server.clock).accepts(&server, token), "it is signed with a published key");
    let header: Value = {
        use base64::Engine;
        let header = token.split('.').next().expect("it has a header");
        serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap()
    };
    assert_eq!((&header["typ"], &header["alg"]), (&json!("logout+jwt"), &json!("RS256")));
    let said = claims(token);
    let now = server.clock.now().seconds();
    let expected = json!({
        "iss": server.issuer, "aud": "web", "sub": id_token["sub"], "sid": id_token["sid"], "iat": now, "exp": now + 120,
        "jti": said["jti"], "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
    });
    assert_eq!(said, expected);
    assert_eq!(waiting(&server), 0);
    server.deliver();
    assert_eq!(peer.asked("/web").len(), 1, "once");
    let asked = &peer.asked("/web")[0].head.to_lowercase();
    assert!(asked.contains("content-type: application/x-www-form-urlencoded"), "{asked}");
}

#[test]
fn every_client_of_the_session_is_told_and_no_other() {
    let (server, peer) = listening(&[WEB, SPA, EVIL]);
    let (mut browser, mut elsewhere) = (Browser::new(&server), Browser::new(&server));
    let id_token = sign_in(&server, &mut browser, ALICE, &[WEB, SPA, WEB]);
    sign_in(&server, &mut elsewhere, ALICE, &[EVIL]);
    sign_out(&mut browser);
    server.deliver();
    for client in ["web", "spa"] {
        let told = told(&peer, client);
        assert_eq!(told.len(), 1, "{client}");
        let said = claims(&told[0]);
        assert_eq!((&said["aud"], &said["sid"]), (&json!(client), &id_token["sid"]));
    }
    assert!(told(&peer, "evil").is_empty(), "it was used in another session");
}

#[test]
fn a_client_that_does_not_listen_is_not_told_and_a_person_may_be_known_by_another_name() {
    let (server, peer) = listening(&[SPA]);
    server.command(&["client", "set", "spa", "--metadata", "subject_type=pairwise"], "");
    server.command(&["client", "set", "spa", "--metadata", "id_token_signed_response_alg=RS256"], "");
    let mut browser = Browser::new(&server);
    let id_token = sign_in(&server, &mut browser, ALICE, &[WEB, SPA]);
    sign_out(&mut browser);
    assert_eq!(waiting(&server), 1);
    server.deliver();
    assert_eq!(claims(&told(&peer, "spa")[0])["sub"], id_token["sub"]);
}

/// What goes on under the same `sid` is still known to have been used at its clients.
#[test]
fn signing_in_again_tells_nobody_and_forgets_nobody() {
    let (server, peer) = listening(&[WEB]);
    let mut browser = Browser::new(&server);
    let id_token = sign_in(&server, &mut browser, ALICE, &[WEB]);
    let page = browser.visit(&Authorization::of(SPA).with("prompt", "login").path());
    browser.sign_in(&page, ALICE);
    assert_eq!(waiting(&server), 0);
    sign_out(&mut browser);
    server.deliver();
    assert_eq!(claims(&told(&peer, "web")[0])["sid"], id_token["sid"]);
}

#[test]
fn the_expiry_of_a_session_tells_nobody() {
    let (server, peer) = listening(&[WEB]);
    let mut browser = Browser::new(&server);
    sign_in(&server, &mut browser, ALICE, &[WEB]);
    server.advance(Duration::from_secs(13 * 3600));
    browser.visit("/login");
    server.advance(Duration::from_secs(60 * 86_400));
    server.purge();
    server.purge();
    assert_eq!(number(&server.data_dir, "SELECT COUNT(*) FROM sessions"), 0);
    server.deliver();
    assert!(told(&peer, "web").is_empty());
}

/// Whatever ends a session by somebody's will.
#[test]
fn every_way_to_end_a_session_tells_its_clients() {
    for command in [&["user", "lock"][..], &["user", "sign-out"], &["user", "remove"], &["user", "set-password"]] {
        let (server, peer) = listening(&[WEB]);
        let (mut one, mut other) = (Browser::new(&server), Browser::new(&server));
        let mut expected =
            [&mut one, &mut other].map(|browser| sign_in(&server, browser, ALICE, &[WEB])["sid"].to_string());
        sign_in(&server, &mut Browser::new(&server), BOB, &[WEB]);
        server.command(&[command, &[ALICE]].concat(), "");
        assert_eq!(waiting(&server), 2, "{command:?}");
        server.deliver();
        let mut sids: Vec<String> = told(&peer, "web").iter().map(|token| claims(token)["sid"].to_string()).collect();
        sids.sort();
        expected.sort();
        assert_eq!(sids, expected, "{command:?}");
    }
}

#[test]
fn a_sixth_person_in_a_browser_tells_the_clients_of_the_first() {
    let (server, peer) = listening(&[WEB]);
    let mut browser = Browser::new(&server);
    let first = sign_in(&server, &mut browser, ALICE, &[WEB]);
    for person in ["p2", "p3", "p4", "p5", "p6"] {
        assert_eq!(waiting(&server), 0);
        server.block_on(add_person(&server.app, person, PASSWORD));
        server.advance(Duration::from_secs(1));
        let page = browser.visit(&Authorization::of(WEB).with("prompt", "login").path());
        browser.sign_in(&page, person);
    }
    server.deliver();
    let told = told(&peer, "web");
    assert_eq!((told.len(), &claims(&told[0])["sid"]), (1, &first["sid"]));
}

#[test]
fn a_client_that_is_away_is_told_when_it_is_back() {
    let (server, peer) = listening(&[WEB, SPA]);
    peer.serve_status("/web", "503 Service Unavailable", "");
    let mut browser = Browser::new(&server);
    sign_in(&server, &mut browser, ALICE, &[WEB, SPA]);
    sign_out(&mut browser);
    server.deliver();
    assert_eq!((told(&peer, "web").len(), told(&peer, "spa").len()), (1, 1), "the other one need not wait");
    // 5 s, 30 s, 2 min, 10 min, 1 h, and every hour from then on.
    let mut attempts = 1;
    for pause in [5, 30, 120, 600, 3600, 3600] {
        server.advance(Duration::from_secs(pause - 1));
        server.deliver();
        assert_eq!(told(&peer, "web").len(), attempts, "not before {pause} s");
        server.advance(Duration::from_secs(1));
        server.deliver();
        attempts += 1;
        assert_eq!(told(&peer, "web").len(), attempts, "after {pause} s");
    }
    peer.serve_status("/web", "204 No Content", "");
    server.advance(Duration::from_secs(3600));
    server.deliver();
    let tokens = told(&peer, "web");
    let last = claims(tokens.last().expect("it was told"));
    assert_eq!(last["iat"], server.clock.now().seconds(), "each attempt has a token of its own");
    assert_ne!(last["jti"], claims(&tokens[0])["jti"]);
    assert_eq!(waiting(&server), 0);
    assert_eq!(told(&peer, "spa").len(), 1);
}

#[test]
fn after_a_day_a_client_is_told_no_more() {
    let (server, peer) = listening(&[WEB]);
    peer.serve_status("/web", "400 Bad Request", "");
    let mut browser = Browser::new(&server);
    sign_in(&server, &mut browser, ALICE, &[WEB]);
    sign_out(&mut browser);
    for _ in 0..23 {
        server.deliver();
        assert_eq!(waiting(&server), 1);
        server.advance(Duration::from_secs(3600));
    }
    server.deliver();
    assert_eq!(waiting(&server), 0);
}

#[test]
fn what_is_answered_by_anything_but_success_is_not_told() {
    let (server, peer) = listening(&[WEB]);
    peer.serve("/elsewhere", "");
    for answer in ["201 Created", "302 Found\r\nLocation: /elsewhere", "404 Not Found", "500 Oops"] {
        peer.serve_status("/web", answer, "");
        let mut browser = Browser::new(&server);
        sign_in(&server, &mut browser, ALICE, &[WEB]);
        sign_out(&mut browser);
        server.deliver();
        assert_eq!(waiting(&server), 1, "{answer}");
        peer.serve("/web", "");
        server.advance(Duration::from_secs(3600));
        server.deliver();
        assert_eq!(waiting(&server), 0, "{answer}");
    }
    assert!(peer.asked("/elsewhere").is_empty());
}

#[test]
fn a_client_that_is_away_is_asked_once_and_not_for_each_session() {
    let (server, peer) = listening(&[WEB]);
    peer.serve_status("/web", "503 Service Unavailable", "");
    for _ in 0..5 {
        let mut browser = Browser::new(&server);
        sign_in(&server, &mut browser, ALICE, &[WEB]);
        sign_out(&mut browser);
    }
    server.deliver();
    assert_eq!((told(&peer, "web").len(), waiting(&server)), (1, 5));
    peer.serve("/web", "");
    server.advance(Duration::from_secs(5));
    server.deliver();
    assert_eq!((told(&peer, "web").len(), waiting(&server)), (6, 0));
}

/// What is to be told outlives the process, and also one that was killed when it had begun.
#[test]
fn a_restart_forgets_nothing() {
    let (server, peer) = listening(&[WEB]);
    let mut browser = Browser::new(&server);
    sign_in(&server, &mut browser, ALICE, &[WEB]);
    sign_out(&mut browser);
    let now = server.clock.now();
    let row = server.write(move |conn| {
        let due = countersign::store::logout_deliveries::due(conn, now, false, &[], 10)?;
        assert!(countersign::store::logout_deliveries::claim(conn, &due[0], now.plus(Duration::from_secs(7)))?);
        Ok(due[0].clone())
    });
    let server = server.restart(LOOPBACK);
    server.deliver();
    assert!(told(&peer, "web").is_empty(), "somebody may be about it");
    let again = server.write(move |conn| countersign::store::logout_deliveries::claim(conn, &row, now));
    assert!(!again, "what was seen before is not there any more");
    server.advance(Duration::from_secs(7));
    server.deliver();
    assert_eq!((told(&peer, "web").len(), waiting(&server)), (1, 0));
}

#[test]
fn of_two_nodes_one_tells() {
    let (server, peer) = listening(&[WEB, SPA, EVIL]);
    let settings = [LOOPBACK, &[("ISSUER", server.issuer.as_str())]].concat();
    let other = Server::open(&server.data_dir, &settings, server.clock.now());
    let mut browser = Browser::new(&server);
    sign_in(&server, &mut browser, ALICE, &[WEB, SPA, EVIL]);
    peer.serve_bytes(
        "/web",
        b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
        Duration::from_millis(300),
    );
    sign_out(&mut browser);
    std::thread::scope(|scope| {
        scope.spawn(|| server.deliver());
        scope.spawn(|| other.deliver());
    });
    for client in ["web", "spa", "evil"] {
        assert_eq!(told(&peer, client).len(), 1, "{client}");
    }
}

/// The real program: it is woken by its own requests, finds what the command line left, and after `kill -9` what was left
/// before.
#[test]
fn a_running_server_tells_by_itself() {
    let (installation, peer) = (Installation::new(), Peer::start());
    let uri = format!("backchannel_logout_uri={}", peer.url("/spa"));
    let client = ["client", "add", "spa", "--public", "--redirect-uri", SPA.redirect_uri, "--metadata", &uri];
    installation.run(&[&client[..], &["--scope", "openid notes.read"]].concat(), "");
    installation.run(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    peer.serve("/spa", "");
    let mut server = installation.serve(LOOPBACK);
    let request = Authorization::of(SPA);

    let mut browser = Browser::new(&server);
    browser.authorize(&request.path(), ALICE);
    sign_out(&mut browser);
    wait_until_told(&peer, 1);
    browser.authorize(&request.path(), ALICE);
    installation.run(&["user", "sign-out", ALICE], "");
    wait_until_told(&peer, 2);

    peer.serve_status("/spa", "503 Service Unavailable", "");
    let mut browser = Browser::new(&server);
    browser.authorize(&request.path(), ALICE);
    sign_out(&mut browser);
    server.child.kill().expect("it runs");
    server.child.wait().expect("it ends");
    let before = peer.asked("/spa").len();
    peer.serve("/spa", "");
    let _server = installation.serve(LOOPBACK);
    wait_until_told(&peer, before + 1);
    assert_eq!(number(&installation.data_dir, "SELECT COUNT(*) FROM session_clients"), 0);
}

#[track_caller]
fn wait_until_told(peer: &Peer, times: usize) {
    for _ in 0..300 {
        if peer.asked("/spa").len() >= times {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("it was told {} times", peer.asked("/spa").len());
}
