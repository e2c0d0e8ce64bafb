//! One successor (T02), whatever is presented at the same time; and one row, however often it rotates.

use std::collections::HashSet;
use std::sync::{Barrier, Mutex};
use std::thread::scope;

use super::refresh::{assert_ended, generation};
use crate::support::database::number;
use crate::support::{ALICE, Authorization, Browser, Response, SPA, Server, Tokens, WEB};

/// Does the same in this many threads that start together.
pub fn together<T: Send>(threads: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let (start, results) = (Barrier::new(threads), Mutex::new(Vec::new()));
    scope(|scope| {
        for thread in 0..threads {
            let (start, results, work) = (&start, &results, &work);
            scope.spawn(move || {
                start.wait();
                let result = work(thread);
                results.lock().unwrap().push(result);
            });
        }
    });
    results.into_inner().unwrap()
}

/// The successor that every answer must agree on.
#[track_caller]
pub fn only_successor(answers: &[Response]) -> String {
    let successors: HashSet<String> = answers.iter().map(|answer| answer.tokens().refresh_token().to_owned()).collect();
    assert_eq!(successors.len(), 1, "{successors:?}");
    successors.into_iter().next().unwrap()
}

#[test]
fn t02_sixty_four_simultaneous_redemptions_of_one_refresh_token_have_one_successor() {
    let server = Server::start();
    for client in [WEB, SPA] {
        let first = server.sign_in(client);
        let answers = together(64, |_| server.refresh(client, first.refresh_token()));
        let successor = only_successor(&answers);
        let ids: HashSet<String> = answers.iter().map(|answer| answer.tokens().claims()["jti"].to_string()).collect();
        assert_eq!(ids.len(), 64, "every access token is another one");
        let third = server.refresh(client, &successor).tokens();
        server.refresh(client, first.refresh_token()).assert_error(400, "invalid_grant");
        assert_ended(&server, client, &third);
    }
    assert_eq!(number(&server.data_dir, "SELECT COUNT(*) FROM grants"), 2);
}

/// T02: many families at once, each thread in another order.
#[test]
fn t02_twenty_families_under_thirty_two_clients_each_have_one_successor() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let families: Vec<Tokens> = (0..20)
        .map(|_| {
            let answer = browser.authorize(&Authorization::of(WEB).path(), ALICE);
            server.exchange(WEB, &answer["code"]).tokens()
        })
        .collect();
    let mut tokens: Vec<String> = families.iter().map(|family| family.refresh_token().to_owned()).collect();
    for round in 1..=3 {
        let answers = together(32, |thread| {
            let order = (0..tokens.len()).map(|n| (n + thread) % tokens.len());
            order.map(|family| (family, server.refresh(WEB, &tokens[family]))).collect::<Vec<_>>()
        });
        let mut by_family: Vec<Vec<Response>> = tokens.iter().map(|_| Vec::new()).collect();
        for (family, answer) in answers.into_iter().flatten() {
            by_family[family].push(answer);
        }
        tokens = by_family.iter().map(|answers| only_successor(answers)).collect();
        let rotated = format!("SELECT COUNT(*) FROM grants WHERE generation = {}", round + 1);
        assert_eq!(number(&server.data_dir, &rotated), 20);
    }
}

#[test]
fn t02_chained_refreshes_race_and_leave_at_most_one_live_refresh_token() {
    let server = Server::start();
    let first = server.sign_in(WEB);
    let chains = together(8, |_| {
        let mut token = first.refresh_token().to_owned();
        let mut seen = Vec::new();
        for _ in 0..10 {
            let answer = server.refresh(WEB, &token);
            match answer.status {
                200 => answer.tokens().refresh_token().clone_into(&mut token),
                _ => answer.assert_error(400, "invalid_grant"),
            }
            seen.push(token.clone());
        }
        seen
    });
    // Whoever fell behind by two presented an older token, so the family may have ended: never two are alive.
    let known: HashSet<String> = chains.into_iter().flatten().collect();
    let alive: Vec<&String> = known.iter().filter(|token| is_current(&server, token)).collect();
    assert!(alive.len() <= 1, "{} live refresh tokens", alive.len());
}

/// Whether the grant stands at this token, read from the database so that asking changes nothing.
fn is_current(server: &Server, token: &str) -> bool {
    let handle = countersign::oauth::handle::Handle::parse(countersign::oauth::handle::HandleKind::RefreshToken, token);
    let revoked = number(&server.data_dir, "SELECT COUNT(*) FROM grants WHERE revoked_at IS NOT NULL") > 0;
    !revoked && handle.is_some_and(|handle| i64::from(handle.generation) == generation(server))
}

/// C02 beside T02: other grants of the same client and person are not disturbed.
#[test]
fn t02_simultaneous_code_redemptions_and_refreshes_do_not_disturb_each_other() {
    let server = Server::start();
    let family = server.sign_in(WEB);
    let code = server.code(WEB);
    let answers = together(32, |thread| match thread % 2 {
        0 => (true, server.exchange(WEB, &code)),
        _ => (false, server.refresh(WEB, family.refresh_token())),
    });
    let (codes, refreshes): (Vec<_>, Vec<_>) = answers.into_iter().partition(|(is_code, _)| *is_code);
    let refreshes: Vec<Response> = refreshes.into_iter().map(|(_, answer)| answer).collect();
    let successor = only_successor(&refreshes);
    server.refresh(WEB, &successor).tokens();

    let (redeemed, refused): (Vec<_>, Vec<_>) = codes.into_iter().partition(|(_, answer)| answer.status == 200);
    assert_eq!(redeemed.len(), 1, "a code has no retry window");
    for (_, answer) in &refused {
        answer.assert_error(400, "invalid_grant");
    }
    assert_ended(&server, WEB, &redeemed[0].1.tokens());
}

/// The code is replayed while its first refresh token is on its way: the replay ends the grant for everybody.
#[test]
fn t02_a_code_replayed_amid_refreshes_ends_the_grant() {
    let server = Server::start();
    let code = server.code(WEB);
    let first = server.exchange(WEB, &code).tokens();
    let answers = together(16, |thread| match thread {
        5 => server.exchange(WEB, &code),
        _ => server.refresh(WEB, first.refresh_token()),
    });
    let mut latest = first;
    for answer in answers {
        match answer.status {
            200 => latest = answer.tokens(),
            _ => answer.assert_error(400, "invalid_grant"),
        }
    }
    assert_ended(&server, WEB, &latest);
}

/// Nothing is added by use: no row in any table.
#[test]
fn a_grant_stays_one_row_however_often_it_rotates() {
    let server = Server::start();
    let mut tokens = server.sign_in(WEB);
    let tables = [
        "grants",
        "sessions",
        "given_consents",
        "decisions",
        "clients",
        "users",
        "signing_keys",
        "master_keys",
        "admin_events",
    ];
    let rows = || tables.map(|table| number(&server.data_dir, &format!("SELECT COUNT(*) FROM {table}")));
    let before = rows();
    for _ in 0..100 {
        let again = server.refresh(WEB, tokens.refresh_token()).tokens();
        tokens = server.refresh(WEB, tokens.refresh_token()).tokens();
        assert_eq!(again.refresh_token(), tokens.refresh_token());
    }
    assert_eq!((rows(), before[0], generation(&server)), (before, 1, 101));
}
