//! Bounded queues (U11, L06, L13): what is too much is answered at once, with 503 and when to come back.

use std::future::Future;
use std::net::{TcpListener, TcpStream};
use std::pin::Pin;
use std::sync::Barrier;
use std::sync::mpsc::{Sender, channel};
use std::task::{Context, Poll, Waker};
use std::thread::scope;
use std::time::Duration;

use countersign::store::{Conn, StoreError};

use super::password::{hashes, sign_in};
use crate::support::database::is_postgres;
use crate::support::{ALICE, Authorization, Browser, PASSWORD, Response, SPA, Server, WEB};

/// Sends many requests at once.
fn at_once<T: Send>(count: usize, request: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let start = Barrier::new(count);
    let run = |n| {
        start.wait();
        request(n)
    };
    let run = &run;
    scope(|scope| {
        let threads: Vec<_> = (0..count).map(|n| scope.spawn(move || run(n))).collect();
        threads.into_iter().map(|thread| thread.join().expect("a request is answered")).collect()
    })
}

/// Checks that those who did not get their turn are told when to come back, and gives how many did.
#[track_caller]
fn served(answers: &[Response], status: u16) -> u64 {
    let refused = answers.iter().filter(|answer| answer.status == 503);
    for answer in refused.clone() {
        assert_eq!((answer.header("retry-after"), answer.header("cache-control")), (Some("2"), Some("no-store")));
    }
    let served = answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!(served + refused.count(), answers.len(), "{answers:?}");
    u64::try_from(served).unwrap()
}

/// One thread hashes, one request may wait, and a hash takes long.
const NARROW: [(&str, &str); 3] =
    [("PASSWORDS__HASH_SLOTS", "1"), ("PASSWORDS__QUEUE", "1"), ("PASSWORDS__ITERATIONS", "20")];

#[test]
fn a_full_password_queue_is_a_503_at_the_token_endpoint_and_costs_no_hash() {
    let server = Server::start_with(&NARROW);
    let (cost, answers) = hashes(&server, || at_once(40, |n| sign_in(&server, &format!("user{n}"), "guess")));
    let verified = served(&answers, 400);
    assert!((1..40).contains(&verified), "{verified}");
    assert_eq!(cost, verified);
    for answer in answers.iter().filter(|answer| answer.status == 503) {
        answer.assert_error(503, "temporarily_unavailable");
    }
}

/// And what was not verified was no guess.
#[test]
fn a_full_password_queue_is_a_503_at_the_login_page_and_no_failure() {
    let server = Server::start_with(&NARROW);
    let form = |browser: &mut Browser, password: &str| {
        let page = browser.visit("/login");
        browser.submit(&page, "/login", &[("username", ALICE), ("password", password)])
    };
    let (cost, answers) = hashes(&server, || at_once(9, |_| form(&mut Browser::new(&server), PASSWORD)));
    let verified = served(&answers, 303);
    assert_eq!(cost, verified);
    assert!(verified < 9);
    for answer in answers.iter().filter(|answer| answer.status == 503) {
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(answer.header("x-frame-options"), Some("DENY"));
    }
    for n in 0..10 {
        assert_eq!(form(&mut Browser::new(&server), "guess").status, 400, "{n}: all ten are left");
    }
    assert_eq!(form(&mut Browser::new(&server), "guess").status, 429);
}

/// U11, L13: the memory of a login storm is that of the slots, and refreshing goes on beside it.
#[test]
fn u11_five_hundred_sign_ins_at_once_take_the_memory_of_the_slots_and_nobody_elses_time() {
    let server = Server::start_with(&[("PASSWORDS__HASH_SLOTS", "2")]);
    let mut tokens = server.sign_in(SPA);
    let before = server.app.passwords.hashes();
    let answers = scope(|scope| {
        let storm = scope.spawn(|| at_once(500, |n| sign_in(&server, &format!("user{n}"), "guess")));
        for _ in 0..100 {
            tokens = server.refresh(SPA, tokens.refresh_token()).tokens();
        }
        assert_eq!(server.get("/health/ready").status, 200);
        storm.join().expect("every request is answered")
    });
    assert_eq!(server.app.passwords.hashes() - before, served(&answers, 400));
    assert!(server.app.passwords.most_at_once() <= 2, "{}", server.app.passwords.most_at_once());
    server.refresh(SPA, tokens.refresh_token()).tokens();
}

/// Nobody accepts yet, and all of them wait instead of being reset.
#[test]
fn u11_connections_that_come_at_once_wait_until_they_are_accepted() {
    let server = Server::start();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it has an address");
    let idle = countersign::server::serve(&server.app, listener).expect("the server listens");
    let connect = |_| TcpStream::connect_timeout(&address, Duration::from_secs(5));
    let waiting: Vec<TcpStream> = (0..400).map(connect).take_while(Result::is_ok).flatten().collect();
    drop(idle);
    assert_eq!(waiting.len(), 400);
}

/// A store whose threads stand still and whose queue is full, for as long as this lives.
struct Stuck {
    gates: Vec<Sender<()>>,
    waiting: Vec<Waiting>,
}

type Waiting = Pin<Box<dyn Future<Output = Result<(), StoreError>>>>;

#[derive(Clone, Copy)]
enum Lane {
    Read,
    Write,
}

impl Stuck {
    /// The units that may wait in a queue.
    const QUEUE: usize = 4096;

    fn new(server: &Server, lane: Lane) -> Self {
        let mut stuck = Self { gates: Vec::new(), waiting: Vec::new() };
        let threads = match lane {
            Lane::Read => 2,
            Lane::Write => 1,
        };
        for _ in 0..threads {
            let ((gate, closed), (enter, entered)) = (channel(), channel());
            let unit = move || {
                let _ = enter.send(());
                let _ = closed.recv();
            };
            assert!(!stuck.is_refused(server, lane, unit));
            entered.recv().expect("a thread takes it");
            stuck.gates.push(gate);
        }
        for n in 0..Self::QUEUE {
            assert!(!stuck.is_refused(server, lane, || {}), "{n}");
        }
        assert!(stuck.is_refused(server, lane, || {}), "the queue is bounded");
        stuck
    }

    fn is_refused(&mut self, server: &Server, lane: Lane, unit: impl Fn() + Send + 'static) -> bool {
        let store = server.app.store.clone();
        let unit = move |_: &mut Conn| {
            unit();
            Ok(())
        };
        let mut waiting: Waiting = match lane {
            Lane::Read => Box::pin(async move { store.read(unit).await }),
            Lane::Write => Box::pin(async move { store.write(unit).await }),
        };
        // A unit that waits sets a timer.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime starts");
        let _inside = runtime.enter();
        let polled = waiting.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        self.waiting.push(waiting);
        matches!(polled, Poll::Ready(Err(StoreError::Unavailable(_))))
    }
}

#[track_caller]
fn assert_unavailable(name: &str, answer: &Response) {
    assert_eq!(answer.status, 503, "{name}: {answer:?}");
    let seconds: u64 = answer.header("retry-after").expect(name).parse().expect("it is seconds");
    assert!((1..=5).contains(&seconds), "{name}: {seconds}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{name}");
}

/// L06: what could not be written is said to be unknown, and nothing was.
#[test]
fn l06_a_full_queue_of_the_writer_is_a_503_that_says_when_to_come_back() {
    if is_postgres() {
        return; // It has one queue for all, which the next test fills.
    }
    let server = Server::start();
    let tokens = server.sign_in(WEB);
    let mut browser = Browser::new(&server);
    let login = browser.visit(&Authorization::of(WEB).path());
    {
        let _stuck = Stuck::new(&server, Lane::Write);
        let refresh = server.refresh(WEB, tokens.refresh_token());
        refresh.assert_error(503, "temporarily_unavailable");
        assert_unavailable("refresh", &refresh);
        assert_unavailable("password", &sign_in(&server, ALICE, PASSWORD));
        let page = browser.submit(&login, "/login", &[("username", ALICE), ("password", PASSWORD)]);
        assert_unavailable("login", &page);
        page.assert_error_page(503);
        server.token(WEB, &[("grant_type", "client_credentials")]).tokens();
    }
    // The queue empties, and the refresh token is as good as it was.
    let again = (0..1000).find_map(|_| {
        std::thread::sleep(Duration::from_millis(10));
        Some(server.refresh(WEB, tokens.refresh_token())).filter(|answer| answer.status != 503)
    });
    again.expect("the queue empties").tokens();
}

/// L03: what is served from memory goes on.
#[test]
fn l03_a_full_queue_of_the_readers_is_a_503_that_says_when_to_come_back() {
    if !is_postgres() {
        return; // Whoever reads does so at once.
    }
    let server = Server::start_with(&[("DATABASE__CONNECTIONS", "2"), ("MANAGEMENT__LISTEN", "127.0.0.1:0")]);
    let tokens = server.sign_in(WEB);
    let refused = || server.metrics().get("countersign_store_refused_total", &[("reason", "queue_full")]);
    assert!(refused() < 0.5);
    let mut browser = Browser::of_alice(&server, WEB);
    let _stuck = Stuck::new(&server, Lane::Read);
    let credentials = server.token(WEB, &[("grant_type", "client_credentials")]);
    credentials.assert_error(503, "temporarily_unavailable");
    assert_unavailable("client_credentials", &credentials);
    assert_unavailable("password", &sign_in(&server, ALICE, PASSWORD));
    assert_unavailable("userinfo", &server.userinfo(tokens.access_token()));
    assert_unavailable("authorize", &server.get(&Authorization::of(WEB).path()));
    assert_unavailable("login", &browser.get("/login"));
    assert_unavailable("logout", &browser.get("/logout"));
    assert_unavailable("ready", &server.get("/health/ready"));
    assert!(refused() > 6.5, "{}: an operator sees it", refused());
    let waiting = server.metrics().sum("countersign_store_queue_length");
    assert!(waiting > 4095.5, "{waiting}");
    for path in ["/health/live", "/.well-known/jwks.json", "/.well-known/openid-configuration"] {
        assert_eq!(server.get(path).status, 200, "{path}");
    }
}
