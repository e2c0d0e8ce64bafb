//! Many requests about one person, who may be nobody's friend: others are served meanwhile.

use std::thread::scope;

use crate::support::database::{hold, is_postgres};
use crate::support::{ALICE, Authorization, Browser, Server, WEB};

/// On `SQLite` one writer serves all, and no transaction of another process lasts.
#[test]
fn requests_that_wait_for_one_person_leave_connections_to_everybody_else() {
    if !is_postgres() {
        return;
    }
    let server = Server::start_with(&[("DATABASE__CONNECTIONS", "4")]);
    let mut browser = Browser::of_alice(&server, WEB);
    let path = Authorization::of(WEB).path();
    assert!(browser.get(&path).location().contains("code="));
    let cookies = browser.cookie_header();
    let held = hold(&server.data_dir, &format!("SELECT 1 FROM users WHERE username = '{ALICE}' FOR UPDATE"));
    scope(|scope| {
        let waiting: Vec<_> =
            (0..24).map(|_| scope.spawn(|| server.get_with(&path, &[("cookie", &cookies)]).status)).collect();
        for _ in 0..200 {
            server.token(WEB, &[("grant_type", "client_credentials")]).tokens();
        }
        drop(held);
        let statuses: Vec<u16> = waiting.into_iter().map(|thread| thread.join().unwrap()).collect();
        assert!(statuses.iter().all(|status| [303, 503].contains(status)), "{statuses:?}");
    });
    assert!(browser.get(&path).location().contains("code="));
}
