//! Taking access away from people while they use it (S08): nothing that races with it survives it.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::scope;

use super::nodes::beside;
use super::password::sign_in;
use super::refresh::assert_ended;
use crate::support::database::{execute, number};
use crate::support::{ALICE, Authorization, Browser, PASSWORD, ROPC, Server, WEB};

/// S08: whether somebody is locked is looked at again where something is written for them. Whatever was under way when they
/// were locked is over as well.
#[test]
fn s08_nothing_that_races_with_a_lock_survives_it() {
    let server = Server::start();
    let other = beside(&server);
    for _ in 0..3 {
        let (tokens, cookies) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
        scope(|scope| {
            for node in [&server, &other, &server, &other] {
                scope.spawn(|| {
                    let signed_in = || Some(sign_in(node, ALICE, PASSWORD)).filter(|answer| answer.status == 200);
                    while let Some(answer) = signed_in() {
                        tokens.lock().unwrap().push((ROPC, answer.tokens()));
                    }
                });
                scope.spawn(|| {
                    while let Some((cookie, codes)) = sign_in_on_the_page(node) {
                        cookies.lock().unwrap().push(cookie);
                        let redeemed = codes.iter().map(|code| node.exchange(WEB, code));
                        let redeemed = redeemed.filter(|answer| answer.status == 200);
                        tokens.lock().unwrap().extend(redeemed.map(|answer| (WEB, answer.tokens())));
                    }
                });
            }
            while tokens.lock().unwrap().len() < 12 {
                std::thread::yield_now();
            }
            server.command(&["user", "lock", ALICE], "");
        });
        execute(&server.data_dir, "UPDATE users SET disabled_at = NULL");
        for (client, tokens) in tokens.into_inner().unwrap() {
            assert_ended(&server, client, &tokens);
        }
        for cookie in cookies.into_inner().unwrap() {
            let page = server.get_with("/login", &[("cookie", &cookie)]);
            assert!(page.body.contains("name=\"password\""), "a session outlived the lock");
        }
    }
}

/// The cookies and two codes of alice, who signs in on the page; `None` once she is refused.
fn sign_in_on_the_page(node: &Server) -> Option<(String, Vec<String>)> {
    let mut browser = Browser::new(node);
    let login = browser.visit("/login");
    if browser.submit(&login, "/login", &[("username", ALICE), ("password", PASSWORD)]).status != 303 {
        return None;
    }
    let mut code = |_| {
        let mut page = browser.visit(&Authorization::of(WEB).path());
        if page.body.contains("value=\"allow\"") {
            page = browser.submit(&page, "/consent", &[("decision", "allow")]);
        }
        let address = page.header("location").filter(|address| address.starts_with("https://"))?;
        crate::support::query_of(address).get("code").cloned()
    };
    let codes = [0, 1].into_iter().filter_map(&mut code).collect();
    Some((browser.cookie_header(), codes))
}

/// The same for a session: no grant is made in one that has ended, however far the request had come.
#[test]
fn s08_nothing_that_races_with_the_end_of_a_session_survives_it() {
    let server = Server::start();
    let other = beside(&server);
    let path = Authorization::of(WEB).path();
    for round in 0..6 {
        let mut browser = Browser::of_alice(&server, WEB);
        let page = browser.visit("/logout");
        let cookies = browser.cookie_header();
        let answered = AtomicUsize::new(0);
        scope(|scope| {
            for thread in 0..32 {
                let node = if thread % 2 == 0 { &server } else { &other };
                let (path, cookies, answered) = (&path, &cookies, &answered);
                scope.spawn(move || {
                    let ask = || node.get_with(path, &[("cookie", cookies)]);
                    while ask().header("location").is_some_and(|address| address.contains("code=")) {
                        answered.fetch_add(1, Ordering::SeqCst);
                    }
                });
            }
            while answered.load(Ordering::SeqCst) < 64 {
                std::thread::yield_now();
            }
            if round % 2 == 0 {
                assert_eq!(browser.submit(&page, "/logout", &[]).status, 303);
            } else {
                server.command(&["user", "lock", ALICE], "");
            }
        });
        assert_eq!(
            number(&server.data_dir, "SELECT COUNT(*) FROM grants WHERE revoked_at IS NULL"),
            0,
            "round {round}"
        );
        execute(&server.data_dir, "UPDATE users SET disabled_at = NULL");
    }
}

/// A password that was verified a moment before another one was set starts nothing.
#[test]
fn s08_nothing_that_races_with_a_new_password_survives_it() {
    let server = Server::start();
    let tokens = Mutex::new(Vec::new());
    scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                let signed_in = || Some(sign_in(&server, ALICE, PASSWORD)).filter(|answer| answer.status == 200);
                while let Some(answer) = signed_in() {
                    tokens.lock().unwrap().push(answer.tokens());
                }
            });
        }
        while tokens.lock().unwrap().len() < 12 {
            std::thread::yield_now();
        }
        server.command(&["user", "set-password", ALICE, "--password-stdin"], "another horse, another battery");
    });
    for tokens in tokens.into_inner().unwrap() {
        assert_ended(&server, ROPC, &tokens);
    }
}
