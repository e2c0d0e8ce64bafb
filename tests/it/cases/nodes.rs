//! Several nodes on one database: what one of them did, all of them know (C02, T02, L01 across processes).

use std::collections::HashSet;

use super::refresh_races::{only_successor, together};
use crate::support::database::number;
use crate::support::program::free_port;
use crate::support::{ALICE, Http, Installation, PASSWORD, Program, Response, Server, Tokens, WEB};

/// Another node beside a server: with its database, master key, issuer and time.
pub fn beside(server: &Server) -> Server {
    Server::open(&server.data_dir, &[("ISSUER", &server.issuer)], server.clock.now())
}

/// Another process beside that of an installation.
pub fn process_beside(installation: &Installation) -> Program {
    let issuer = format!("http://127.0.0.1:{}", installation.port);
    Program::serve(&installation.data_dir, free_port(), &[("ISSUER", &issuer)])
}

#[test]
fn c02_a_code_presented_to_two_nodes_at_once_is_redeemed_once() {
    let one = Server::start();
    let other = beside(&one);
    for _ in 0..4 {
        let code = one.code(WEB);
        let answers = together(50, |thread| if thread % 2 == 0 { &one } else { &other }.exchange(WEB, &code));
        let (redeemed, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
        assert_eq!(redeemed.len(), 1);
        for answer in &refused {
            answer.assert_error(400, "invalid_grant");
        }
        // The replays ended the grant, whichever node saw them.
        let tokens = redeemed[0].tokens();
        other.refresh(WEB, tokens.refresh_token()).assert_error(400, "invalid_grant");
        assert_eq!(one.userinfo(tokens.access_token()).status, 401);
    }
}

#[test]
fn a_page_of_one_node_is_answered_by_another() {
    let one = Server::start();
    let other = beside(&one);
    let code = one.code(WEB);
    let tokens = other.exchange(WEB, &code).tokens();
    assert_eq!(one.userinfo(tokens.access_token()).status, 200);
    let tokens = one.refresh(WEB, tokens.refresh_token()).tokens();
    assert_eq!(other.userinfo(tokens.access_token()).status, 200);
    assert_eq!(one.get("/.well-known/jwks.json").body, other.get("/.well-known/jwks.json").body);
}

fn form<'a>(secret: &'a str, grant: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&[("client_id", "tool"), ("client_secret", secret)], grant].concat()
}

fn sign_in(node: &Http, secret: &str) -> Tokens {
    let form = form(secret, &[("grant_type", "password"), ("username", ALICE), ("password", PASSWORD)]);
    node.post("/token", &form).tokens()
}

fn refresh(node: &Http, secret: &str, refresh_token: &str) -> Response {
    node.post("/token", &form(secret, &[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]))
}

/// T02 across two processes: many at once, on either, for many families.
#[test]
fn t02_a_refresh_token_presented_to_two_processes_at_once_has_one_successor() {
    let installation = Installation::new();
    let secret = installation.add_tool("tool");
    installation.run(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    let nodes = [installation.serve(&[]), process_beside(&installation)];
    let mut families: Vec<String> =
        (0..8).map(|family| sign_in(&nodes[family % 2], &secret).refresh_token().to_owned()).collect();
    for round in 1..=4 {
        for family in &mut families {
            let answers = together(32, |thread| refresh(&nodes[thread % 2], &secret, family));
            let ids: HashSet<String> =
                answers.iter().map(|answer| answer.tokens().claims()["jti"].to_string()).collect();
            assert_eq!(ids.len(), 32, "every access token is another one");
            *family = only_successor(&answers);
        }
        let rotated = format!("SELECT COUNT(*) FROM grants WHERE generation = {}", round + 1);
        assert_eq!(number(&installation.data_dir, &rotated), 8, "round {round}");
    }
}

/// What one node was told stands on the other, at once and after the first was killed.
#[test]
fn l01_a_killed_node_leaves_its_people_to_the_other() {
    let installation = Installation::new();
    let secret = installation.add_tool("tool");
    installation.run(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    let mut nodes = vec![installation.serve(&[]), process_beside(&installation)];
    let first = sign_in(&nodes[0], &secret);
    let second = refresh(&nodes[0], &secret, first.refresh_token()).tokens();
    nodes[0].child.kill().unwrap();
    nodes.remove(0);
    let again = refresh(&nodes[0], &secret, first.refresh_token()).tokens();
    assert_eq!(again.refresh_token(), second.refresh_token(), "the lost response comes again, from the other node");
    let third = refresh(&nodes[0], &secret, second.refresh_token()).tokens();
    refresh(&nodes[0], &secret, first.refresh_token()).assert_error(400, "invalid_grant");
    refresh(&nodes[0], &secret, third.refresh_token()).assert_error(400, "invalid_grant");
}

/// T07, R25: a person or a client that is removed on the command line is gone on every node with the next request.
#[test]
fn t07_what_is_removed_is_removed_everywhere_at_once() {
    let installation = Installation::new();
    let secret = installation.add_tool("tool");
    installation.run(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    let nodes = [installation.serve(&[]), process_beside(&installation)];
    let tokens = sign_in(&nodes[0], &secret);
    installation.run(&["user", "remove", ALICE], "");
    for node in &nodes {
        refresh(node, &secret, tokens.refresh_token()).assert_error(400, "invalid_grant");
    }
    installation.run(&["client", "remove", "tool"], "");
    for node in &nodes {
        refresh(node, &secret, tokens.refresh_token()).assert_error(401, "invalid_client");
    }
}

/// Both nodes find the keys of whoever was first.
#[test]
fn two_nodes_that_start_together_on_nothing_have_the_same_keys() {
    let installation = Installation::new();
    // The master key is shared between hosts; the rest is in the database.
    installation.add_tool("tool");
    let nodes: Vec<Program> = std::thread::scope(|scope| {
        let one = scope.spawn(|| installation.serve(&[]));
        let other = scope.spawn(|| process_beside(&installation));
        vec![one.join().unwrap(), other.join().unwrap()]
    });
    let sets: HashSet<String> = nodes.iter().map(|node| node.get("/.well-known/jwks.json").body).collect();
    assert_eq!(sets.len(), 1, "{sets:?}");
}
