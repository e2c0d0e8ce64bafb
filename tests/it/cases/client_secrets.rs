//! Secrets that overlap when they are rotated (K01, K05): both authenticate until the overlap ends by the server's clock.

use std::time::Duration;

use countersign::store::clients;
use countersign::types::Secret;

use super::client_authentication::visible;
use crate::support::database::{is_postgres, number};
use crate::support::{EVIL, Response, Server, TestClient, WEB, basic};

const GRANT: (&str, &str) = ("grant_type", "client_credentials");
const DAY: Duration = Duration::from_secs(86_400);
const MOMENT: Duration = Duration::from_millis(1);

/// Gives a client another secret, as `client rotate-secret` does.
fn rotate(server: &Server, client: TestClient, new: &str, overlap: Duration) {
    let (new, now) = (Secret::new(new), server.clock.now());
    server.write(move |conn| {
        let known = clients::find(conn, client.id)?.expect("the client is there");
        clients::update(conn, &known.rotate_secret(&new, overlap, now).expect("it has a secret"), now)
    });
}

/// A token request of a client with one of its secrets, sent as it is registered.
fn token(server: &Server, client: TestClient, secret: &str) -> Response {
    if client.id == "web" {
        return server.post_with("/token", &[GRANT], &[("authorization", &basic("web", secret))]);
    }
    server.post("/token", &[GRANT, ("client_id", client.id), ("client_secret", secret)])
}

#[test]
fn both_secrets_are_valid_until_the_overlap_ends_and_then_the_new_one() {
    for client in [WEB, EVIL] {
        let server = Server::start();
        let old = client.secret.unwrap();
        token(&server, client, "new").assert_error(401, "invalid_client");
        rotate(&server, client, "new", DAY);
        for secret in [old, "new"] {
            token(&server, client, secret).tokens();
        }
        server.advance(DAY.saturating_sub(MOMENT));
        for secret in ["new", old] {
            token(&server, client, secret).tokens();
        }
        server.advance(MOMENT);
        token(&server, client, old).assert_error(401, "invalid_client");
        token(&server, client, "new").tokens();
    }
}

#[test]
fn a_secret_that_leaked_ends_at_once_without_an_overlap() {
    let server = Server::start();
    rotate(&server, WEB, "second", DAY);
    rotate(&server, WEB, "third", Duration::ZERO);
    for ended in [WEB.secret.unwrap(), "second"] {
        token(&server, WEB, ended).assert_error(401, "invalid_client");
    }
    token(&server, WEB, "third").tokens();
    assert_eq!(number(&server.data_dir, "SELECT count(previous_secret_hash) FROM clients"), 0);
}

#[test]
fn a_second_rotation_ends_the_oldest_secret() {
    let server = Server::start();
    rotate(&server, WEB, "second", DAY);
    server.advance(MOMENT);
    rotate(&server, WEB, "third", DAY);
    token(&server, WEB, WEB.secret.unwrap()).assert_error(401, "invalid_client");
    for valid in ["second", "third"] {
        token(&server, WEB, valid).tokens();
    }
}

#[test]
fn a_previous_secret_can_be_ended_before_its_time() {
    let server = Server::start();
    rotate(&server, WEB, "second", DAY);
    let now = server.clock.now();
    server.write(move |conn| {
        let known = clients::find(conn, "web")?.expect("the client is there");
        clients::update(conn, &known.end_previous_secret().expect("it has a secret"), now)
    });
    token(&server, WEB, WEB.secret.unwrap()).assert_error(401, "invalid_client");
    token(&server, WEB, "second").tokens();
}

/// A refresh token that was given out under the old secret is refreshed under the new one, and the other way round.
#[test]
fn a_grant_does_not_ask_which_of_the_secrets_it_was_made_with() {
    let server = Server::start();
    let first = server.sign_in(WEB);
    rotate(&server, WEB, "new", DAY);
    let refresh = |secret: &str, token: &str| {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        server.post_with("/token", &form, &[("authorization", &basic("web", secret))])
    };
    let second = refresh("new", first.refresh_token()).tokens();
    let third = refresh(WEB.secret.unwrap(), second.refresh_token()).tokens();
    refresh("new", third.refresh_token()).tokens();
}

/// K05: the end of an overlap is no different from a secret that never was, and neither from a client that never was.
#[test]
fn k05_a_secret_that_has_ended_looks_like_any_wrong_one() {
    let server = Server::start();
    rotate(&server, WEB, "new", DAY);
    let during = visible(&token(&server, WEB, "wrong"));
    server.advance(DAY);
    let nobody = server.post_with("/token", &[GRANT], &[("authorization", &basic("nobody", "wrong"))]);
    let answers = [token(&server, WEB, WEB.secret.unwrap()), token(&server, WEB, "wrong"), nobody];
    for answer in answers {
        answer.assert_error(401, "invalid_client");
        assert_eq!(visible(&answer), during);
    }
}

/// K01: a secret that is valid and sent the wrong way is told so, whichever of the two it is; a guess is not.
#[test]
fn whoever_holds_either_secret_learns_how_it_is_sent() {
    let server = Server::start();
    rotate(&server, WEB, "new", DAY);
    let by_form = |secret: &str| server.post("/token", &[GRANT, ("client_id", "web"), ("client_secret", secret)]);
    for (secret, is_told) in [("new", true), (WEB.secret.unwrap(), true), ("wrong", false)] {
        let answer = by_form(secret);
        answer.assert_error(401, "invalid_client");
        assert_eq!(answer.body.contains("client_secret_basic"), is_told, "{answer:?}");
    }
}

/// T17: neither secret is stored, and no row has half of a previous one.
#[test]
fn t17_rotated_secrets_are_stored_as_hashes() {
    let server = Server::start();
    let new = "cs_cs_the-new-secret-of-the-web-application";
    rotate(&server, WEB, new, DAY);
    let stored = String::from_utf8_lossy(&server.stored()).into_owned();
    for secret in [WEB.secret.unwrap(), new] {
        assert!(!stored.contains(secret), "{secret} is stored");
    }
    let hash = Secret::new(WEB.secret.unwrap()).sha256();
    let found = if is_postgres() {
        let digits: Vec<String> = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        stored.contains(&digits.concat())
    } else {
        server.stored().windows(hash.len()).any(|window| window == hash)
    };
    assert!(found, "the search finds the hash of the old one");
}
