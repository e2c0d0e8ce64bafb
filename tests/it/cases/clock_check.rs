//! The clock of a node beside that of the database: a node whose clock is wrong ends no grant, and makes no token.

use std::time::Duration;

use crate::support::database::{execute, is_postgres, number, text};
use crate::support::{ALICE, Installation, PASSWORD, Program, Server, Tokens, WEB};

const SECOND: Duration = Duration::from_secs(1);

fn reload(server: &Server) {
    server.block_on(server.app.reload()).expect("the server reads its own database");
}

#[track_caller]
fn assert_serves(server: &Server, tokens: &Tokens) -> Tokens {
    assert_eq!(server.get("/health/ready").body, r#"{"status":"ready"}"#);
    server.refresh(WEB, tokens.refresh_token()).tokens()
}

#[track_caller]
fn assert_stands_still(server: &Server, tokens: &Tokens) {
    let stored = text(&server.data_dir, "SELECT MAX(rotated_at) FROM grants");
    let refused = [
        server.refresh(WEB, tokens.refresh_token()),
        server.token(WEB, &[("grant_type", "client_credentials")]),
        server.token(WEB, &[("grant_type", "authorization_code"), ("code", "x"), ("redirect_uri", "x")]),
    ];
    for answer in &refused {
        answer.assert_error(503, "temporarily_unavailable");
    }
    let ready = server.get("/health/ready");
    assert!(ready.status == 503 && ready.body.contains("the clock of this node"), "{ready:?}");
    assert_eq!(text(&server.data_dir, "SELECT MAX(rotated_at) FROM grants"), stored);
}

#[test]
fn a_clock_that_is_behind_the_database_redeems_and_signs_nothing() {
    let server = Server::start();
    let tokens = server.sign_in(WEB);
    let now = server.clock.now();
    server.clock.step_to(now.minus(SECOND * 25));
    reload(&server);
    let tokens = assert_serves(&server, &tokens);
    let rotated_at = "SELECT MAX(rotated_at) FROM grants";
    assert_eq!(number(&server.data_dir, rotated_at), now.millis(), "a rotation does not go back");
    // A clock of the year 2000.
    for behind in [SECOND * 31, SECOND * 86_400 * 9_800] {
        server.clock.step_to(now.minus(behind));
        reload(&server);
        assert_stands_still(&server, &tokens);
        assert_eq!(server.get("/health/live").status, 200);
    }
    server.clock.step_to(now);
    reload(&server);
    assert_serves(&server, &tokens);
}

/// The embedded engine has no clock to say which of two times is right, so that a clock that stays where it is will be believed.
#[test]
fn a_clock_that_is_ahead_of_the_database_rotates_no_key_and_removes_nothing() {
    let server = Server::start_with(&super::key_rotation::SHORT);
    let tokens = server.sign_in(WEB);
    let keys = || server.get("/.well-known/jwks.json").body;
    let (now, before) = (server.clock.now(), keys());
    let far_ahead = now.plus(SECOND * 86_400 * 4000);
    if is_postgres() {
        server.clock.step_to(far_ahead);
        reload(&server);
        assert_stands_still(&server, &tokens);
        assert_eq!(keys(), before);
        assert!(!server.block_on(countersign::purge::take_turn(&server.app)).expect("it reads its own database"));
        server.clock.step_to(now);
        reload(&server);
        assert_serves(&server, &tokens);
    } else {
        server.clock.step_to(now.minus(SECOND * 3600));
        reload(&server);
        assert_stands_still(&server, &tokens);
        server.clock.advance(SECOND * 600);
        reload(&server);
        assert_serves(&server, &tokens);
        reload(&server);
        assert_serves(&server, &server.sign_in(WEB));
    }
}

/// The age of the key ring is measured by a clock that nobody sets.
#[test]
fn a_machine_that_was_suspended_goes_on_at_once() {
    let server = Server::start();
    let tokens = server.sign_in(WEB);
    server.clock.step_all_to(server.clock.now().plus(SECOND * 600));
    let tokens = assert_serves(&server, &tokens);
    reload(&server);
    assert_serves(&server, &tokens);
}

/// The program itself, beside the clock of the system.
#[test]
fn a_server_that_starts_with_a_wrong_clock_says_so() {
    let installation = Installation::new();
    let secret = installation.add_tool("tool");
    installation.run(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    let grant = ["grant_type", "username", "password", "client_id", "client_secret"];
    let form: Vec<(&str, &str)> = grant.into_iter().zip(["password", ALICE, PASSWORD, "tool", &secret]).collect();
    assert_eq!(installation.serve(&[]).post("/token", &form).status, 200);
    put_database_ahead(&installation);
    let server = Program::serve_unready(&installation.data_dir, installation.port);
    assert_eq!(server.get("/health/ready").status, 503);
    server.post("/token", &form).assert_error(503, "temporarily_unavailable");
    assert!(server.log().contains("the clock differs too much from that of the database"), "{}", server.log());
}

/// What a server finds whose clock is an hour behind.
fn put_database_ahead(installation: &Installation) {
    if is_postgres() {
        let name = text(&installation.data_dir, "SELECT current_database()");
        execute(
            &installation.data_dir,
            &format!(
                "CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS
                     $$ SELECT pg_catalog.clock_timestamp() + interval '1 hour' $$;
                 ALTER DATABASE \"{name}\" SET search_path = public, pg_catalog"
            ),
        );
    } else {
        execute(&installation.data_dir, "UPDATE heartbeat SET beat_at = beat_at + 3600000");
    }
}
