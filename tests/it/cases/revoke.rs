//! Revocation (V01, V02, V03, V05; RFC 7009): a client gives back what it needs no longer.

use std::thread::scope;
use std::time::Duration;

use super::bearer::assert_invalid;
use super::introspect::assert_inactive;
use crate::support::database::{execute, fill_up, make_room, number, text};
use crate::support::{API_SERVER, EVIL, NATIVE, OTHER_API, SPA, Server, Tokens, WEB, basic};

/// The tokens of a grant are worth nothing, wherever they are presented.
#[track_caller]
fn assert_ended(server: &Server, client: crate::support::TestClient, tokens: &Tokens) {
    assert_invalid(&server.userinfo(tokens.access_token()));
    assert_inactive(&server.introspect(API_SERVER, tokens.access_token()));
    server.refresh(client, tokens.refresh_token()).assert_error(400, "invalid_grant");
}

#[track_caller]
fn assert_live(server: &Server, tokens: &Tokens) {
    assert_eq!(server.userinfo(tokens.access_token()).status, 200);
    assert_eq!(server.introspect(API_SERVER, tokens.access_token())["active"], true);
}

/// V01, RFC 7009 §2.1: "The authorization server first validates the client credentials".
#[test]
fn v01_without_the_clients_credentials_nothing_is_revoked() {
    let server = Server::start();
    let tokens = server.sign_in(WEB);
    let stored = server.stored();
    for token in [tokens.refresh_token(), tokens.access_token()] {
        let token = ("token", token);
        let wrong = basic("web", "wrong");
        let bearer = format!("Bearer {}", tokens.access_token());
        for response in [
            server.post("/revoke", &[token]),
            server.post("/revoke", &[token, ("client_id", "web")]),
            server.post("/revoke", &[token, ("client_id", "nobody")]),
            server.post("/revoke", &[token, ("client_id", "evil"), ("client_secret", "wrong")]),
            server.post_with("/revoke", &[token], &[("authorization", &wrong)]),
            server.post_with("/revoke", &[token], &[("authorization", &bearer)]),
        ] {
            response.assert_error(401, "invalid_client");
        }
    }
    assert_eq!(server.stored(), stored);
    assert_live(&server, &tokens);
    server.refresh(WEB, tokens.refresh_token()).tokens();
}

/// V02: of another client's token, the answer is that of an unknown one.
#[test]
fn v02_another_client_revokes_nothing() {
    let server = Server::start();
    let (tokens, public) = (server.sign_in(WEB), server.sign_in(SPA));
    let job = server.token(WEB, &[("grant_type", "client_credentials")]).tokens();
    let stored = server.stored();
    for other in [EVIL, NATIVE, API_SERVER] {
        for token in [tokens.refresh_token(), tokens.access_token(), public.refresh_token(), public.access_token()] {
            server.revoke(other, token);
        }
        server.revoke(other, job.access_token());
    }
    assert_eq!(server.stored(), stored);
    for tokens in [&tokens, &public] {
        assert_live(&server, tokens);
    }
    assert_eq!(server.introspect(WEB, job.access_token())["active"], true);
    server.refresh(WEB, tokens.refresh_token()).tokens();
    server.refresh(SPA, public.refresh_token()).tokens();
}

/// V03, RFC 7009 §2.2: "invalid tokens do not cause an error response".
#[test]
fn v03_a_token_that_is_none_is_answered_like_one_that_was_revoked() {
    let server = Server::start();
    let (tokens, old) = (server.sign_in(WEB), server.sign_in(WEB));
    server.advance(Duration::from_secs(300));
    let id_token = tokens.0["id_token"].as_str().unwrap();
    let forged = tokens.refresh_token().replace("cs_rt_", "cs_rt_A");
    let bent = format!("{}A", tokens.refresh_token());
    let stored = server.stored();
    for token in ["x", "a.b.c", "\"", "é", "cs_rt_", &forged, &bent, id_token, WEB.secret.unwrap(), old.access_token()]
    {
        server.revoke(WEB, token);
        let hinted = [("token", token), ("token_type_hint", "refresh_token"), ("foo", "1")];
        assert_eq!(server.post_as(WEB, "/revoke", &hinted).status, 200);
    }
    assert_eq!(server.stored(), stored);
    server.revoke(WEB, tokens.refresh_token());
    let next = server.refresh(WEB, old.refresh_token()).tokens();
    server.revoke(WEB, next.access_token());
    let gone = server.sign_in(WEB);
    server.revoke(WEB, gone.refresh_token());
    let stored = server.stored();
    for token in [tokens.refresh_token(), next.access_token(), gone.refresh_token(), gone.access_token()] {
        server.revoke(WEB, token);
    }
    assert_eq!(server.stored(), stored, "it was revoked before, by itself or with its grant");
}

/// A code is no token, and giving it up is left to its minute.
#[test]
fn a_code_is_not_revoked() {
    let server = Server::start();
    let code = server.code(WEB);
    server.revoke(WEB, &code);
    server.exchange(WEB, &code).tokens();
}

/// RFC 7009 §2.1: whichever of the grant's refresh tokens it is, an old one too.
#[test]
fn revoking_a_refresh_token_ends_its_grant_and_no_other() {
    for which in 0..3 {
        let server = Server::start();
        let (first, other) = (server.sign_in(WEB), server.sign_in(WEB));
        let second = server.refresh(WEB, first.refresh_token()).tokens();
        let third = server.refresh(WEB, second.refresh_token()).tokens();
        let all = [&first, &second, &third];
        server.revoke(WEB, all[which].refresh_token());
        for tokens in all {
            assert_ended(&server, WEB, tokens);
        }
        assert_live(&server, &other);
        server.refresh(WEB, other.refresh_token()).tokens();
        let reason = text(&server.data_dir, "SELECT revoked_reason FROM grants WHERE revoked_at IS NOT NULL");
        assert_eq!(reason, "client");
    }
}

/// A public client has nothing but its id, and whoever holds its refresh token can do worse.
#[test]
fn a_public_client_revokes_its_own_tokens() {
    let server = Server::start();
    let tokens = server.sign_in(SPA);
    let form = [("client_id", "spa"), ("token", tokens.refresh_token()), ("token_type_hint", "refresh_token")];
    assert_eq!(server.post("/revoke", &form).status, 200);
    assert_ended(&server, SPA, &tokens);
}

#[test]
fn revoking_an_access_token_ends_that_token_alone() {
    let server = Server::start();
    let first = server.sign_in(WEB);
    let second = server.refresh(WEB, first.refresh_token()).tokens();
    server.revoke(WEB, first.access_token());
    assert_invalid(&server.userinfo(first.access_token()));
    for client in [WEB, API_SERVER] {
        assert_inactive(&server.introspect(client, first.access_token()));
    }
    assert_live(&server, &second);
    let third = server.refresh(WEB, second.refresh_token()).tokens();
    assert_live(&server, &third);

    let jobs = [(); 2].map(|()| server.token(WEB, &[("grant_type", "client_credentials")]).tokens());
    server.revoke(WEB, jobs[0].access_token());
    assert_inactive(&server.introspect(WEB, jobs[0].access_token()));
    assert_eq!(server.introspect(WEB, jobs[1].access_token())["active"], true);
    assert_eq!(number(&server.data_dir, "SELECT COUNT(*) FROM revoked_tokens"), 2);
}

/// What is switched off may be switched on again: what was given back meanwhile stays so.
#[test]
fn a_token_of_a_disabled_person_is_revoked_like_any_other() {
    let server = Server::start();
    let (tokens, grant) = (server.sign_in(WEB), server.sign_in(WEB));
    execute(&server.data_dir, "UPDATE users SET disabled_at = 1");
    server.revoke(WEB, tokens.access_token());
    server.revoke(WEB, grant.refresh_token());
    execute(&server.data_dir, "UPDATE users SET disabled_at = NULL");
    assert_invalid(&server.userinfo(tokens.access_token()));
    assert_ended(&server, WEB, &grant);
    server.refresh(WEB, tokens.refresh_token()).tokens();
}

/// A revoked token is remembered beyond its end, so that a clock that is set back revives nothing, and not for ever.
#[test]
fn a_revoked_access_token_is_remembered_until_it_is_long_over() {
    let server = Server::start();
    let first = server.sign_in(WEB);
    let start = server.clock.now();
    server.revoke(WEB, first.access_token());
    server.advance(Duration::from_secs(3_600));
    let second = server.sign_in(WEB);
    server.revoke(WEB, second.access_token());
    server.clock.set(start);
    assert_invalid(&server.userinfo(first.access_token()));
    assert_inactive(&server.introspect(WEB, first.access_token()));

    server.advance(Duration::from_secs(3 * 86_400));
    let third = server.sign_in(WEB);
    server.revoke(WEB, third.access_token());
    server.purge();
    assert_eq!(number(&server.data_dir, "SELECT COUNT(*) FROM revoked_tokens"), 1, "the older ones are forgotten");
    assert_invalid(&server.userinfo(third.access_token()));
}

/// V05: nobody is told that a token was revoked when it was not.
#[test]
fn v05_a_database_that_cannot_write_is_a_503_and_never_a_200() {
    let server = Server::start();
    let tokens = server.sign_in(WEB);
    let writes = [("UPDATE", "grants"), ("INSERT", "revoked_tokens")];
    for (token, (statement, table)) in [tokens.refresh_token(), tokens.access_token()].into_iter().zip(writes) {
        fill_up(&server.data_dir, statement, table);
        let away = server.post_as(WEB, "/revoke", &[("token", token)]);
        away.assert_error(503, "temporarily_unavailable");
        assert!(away.header("retry-after").is_some_and(|seconds| seconds.parse::<u32>().is_ok()), "{away:?}");
        assert_live(&server, &tokens);
        make_room(&server.data_dir, statement, table);
    }
    server.revoke(WEB, tokens.refresh_token());
    assert_ended(&server, WEB, &tokens);
}

/// T02 for revocation: after the first 200 nothing is alive, whatever was under way beside it.
#[test]
fn revocations_and_refreshes_that_race_leave_nothing_alive() {
    let server = Server::start();
    for _ in 0..10 {
        let tokens = server.sign_in(WEB);
        let answers = scope(|scope| {
            let refreshes: Vec<_> =
                (0..4).map(|_| scope.spawn(|| server.refresh(WEB, tokens.refresh_token()))).collect();
            let revocations = (0..4).map(|_| scope.spawn(|| server.revoke(WEB, tokens.refresh_token())));
            revocations.collect::<Vec<_>>().into_iter().for_each(|thread| thread.join().expect("it is answered"));
            refreshes.into_iter().map(|thread| thread.join().expect("it is answered")).collect::<Vec<_>>()
        });
        assert_ended(&server, WEB, &tokens);
        for answer in answers {
            assert!([200, 400].contains(&answer.status), "{answer:?}");
            if answer.status == 200 {
                assert_ended(&server, WEB, &answer.tokens());
            }
        }
        let own = server.token(WEB, &[("grant_type", "client_credentials"), ("resource", OTHER_API)]).tokens();
        scope(|scope| (0..8).for_each(|_| drop(scope.spawn(|| server.revoke(WEB, own.access_token())))));
        assert_inactive(&server.introspect(WEB, own.access_token()));
    }
    assert_eq!(number(&server.data_dir, "SELECT COUNT(*) FROM revoked_tokens"), 10);
}
