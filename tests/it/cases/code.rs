//! Authorization codes (C): single use, bound to their client, short-lived.

use std::collections::HashSet;
use std::thread;
use std::time::Duration;

use countersign::oauth::Scope;
use countersign::oauth::grant::{Grant, GrantState};
use countersign::oauth::handle;
use countersign::store::grants;
use countersign::store::users::{self, User};
use countersign::types::{Id, base64url};

use crate::support::{
    ALICE, Authorization, Browser, EVIL, Response, SPA, Server, Tokens, VERIFIER, WEB, challenge, claims, query_of,
};

#[test]
fn a_code_grant_goes_from_the_first_request_to_a_verified_token() {
    let server = Server::start();
    for client in [WEB, SPA] {
        let answer = Browser::new(&server).authorize(&Authorization::of(client).with("nonce", "n-1").path(), ALICE);
        assert_eq!((answer["state"].as_str(), answer["iss"].as_str()), ("xyz", server.issuer.as_str()));
        let tokens = server.exchange(client, &answer["code"]).tokens();
        assert_eq!(
            (tokens.claims()["aud"].as_str(), tokens.claims()["scope"].as_str()),
            (Some("https://api.example"), Some("openid notes.read"))
        );
        let id_token = crate::support::claims(tokens.0["id_token"].as_str().unwrap());
        assert_eq!((id_token["nonce"].as_str(), id_token["aud"].as_str()), (Some("n-1"), Some(client.id)));
        assert_eq!(server.userinfo(tokens.access_token()).json()["sub"], id_token["sub"]);
    }
}

#[test]
fn c01_a_second_redemption_ends_what_the_first_one_got() {
    let server = Server::start();
    let code = server.code(WEB);
    let first = server.exchange(WEB, &code).tokens();
    assert_eq!(server.userinfo(first.access_token()).status, 200);
    server.exchange(WEB, &code).assert_error(400, "invalid_grant");
    server.refresh(WEB, first.refresh_token()).assert_error(400, "invalid_grant");
    assert_eq!(server.userinfo(first.access_token()).status, 401);
}

#[test]
fn c02_of_fifty_redemptions_at_once_one_succeeds_and_the_others_end_it() {
    let server = Server::start();
    let code = server.code(WEB);
    let answers: Vec<Response> = thread::scope(|scope| {
        let redeem = || server.exchange(WEB, &code);
        let threads: Vec<_> = (0..50).map(|_| scope.spawn(redeem)).collect();
        threads.into_iter().map(|thread| thread.join().expect("every request is answered")).collect()
    });
    let (won, lost): (Vec<&Response>, Vec<&Response>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!((won.len(), lost.len()), (1, 49));
    for answer in lost {
        answer.assert_error(400, "invalid_grant");
    }
    let tokens = won[0].tokens();
    server.refresh(WEB, tokens.refresh_token()).assert_error(400, "invalid_grant");
    assert_eq!(server.userinfo(tokens.access_token()).status, 401);
}

#[test]
fn c03_another_client_cannot_redeem_a_code_and_does_not_harm_it() {
    let server = Server::start();
    let code = server.code(WEB);
    server.exchange(EVIL, &code).assert_error(400, "invalid_grant");
    server.exchange(SPA, &code).assert_error(400, "invalid_grant");
    server.exchange(WEB, &code).tokens();
}

#[test]
fn c04_a_code_lives_for_sixty_seconds() {
    let server = Server::start();
    let (early, late) = (server.code(WEB), server.code(WEB));
    server.advance(Duration::from_millis(59_999));
    server.exchange(WEB, &early).tokens();
    server.advance(Duration::from_millis(1));
    server.exchange(WEB, &late).assert_error(400, "invalid_grant");
}

/// RFC 6749 §4.1.3.
#[test]
fn a_redirect_uri_at_the_token_endpoint_is_the_one_that_the_code_was_sent_to() {
    let server = Server::start();
    let code = server.code(WEB);
    let form = [("grant_type", "authorization_code"), ("code", &code), ("code_verifier", VERIFIER)];
    let with = |uri| server.token(WEB, &[&form[..], &[("redirect_uri", uri)]].concat());
    for other in ["https://app.example/cb/", "https://APP.example/cb", "https://evil.example/cb"] {
        with(other).assert_error(400, "invalid_grant");
    }
    with(WEB.redirect_uri).tokens();
}

#[test]
fn c06_codes_and_refresh_tokens_are_distinct_random_and_tell_nothing() {
    let server = Server::start_with(&[("TOKENS__GRANTS_PER_CLIENT", "500")]);
    let mut browser = Browser::of_alice(&server, WEB);
    let request = Authorization::of(WEB).path();
    let codes: Vec<String> =
        (0..400).map(|_| query_of(browser.get(&request).location()).remove("code").expect("a code")).collect();
    let tokens: Vec<Tokens> = codes[..100].iter().map(|code| server.exchange(WEB, code).tokens()).collect();
    let refresh_tokens: Vec<String> = tokens.iter().map(|tokens| tokens.refresh_token().to_owned()).collect();
    let id_token = claims(tokens[0].0["id_token"].as_str().expect("openid was asked for"));
    let sub = Id::parse(id_token["sub"].as_str().expect("a sub")).expect("it is an id");

    for (prefix, handles) in [("cs_ac_", codes), ("cs_rt_", refresh_tokens)] {
        assert_eq!(handles.iter().collect::<HashSet<_>>().len(), handles.len(), "all are distinct");
        let decode =
            |handle: &String| base64url::decode(handle.strip_prefix(prefix).expect("its prefix")).expect("text");
        let decoded: Vec<Vec<u8>> = handles.iter().map(decode).collect();
        let tags: Vec<&[u8]> = decoded.iter().map(|bytes| &bytes[bytes.len() - 32..]).collect();
        assert_eq!(tags.iter().collect::<HashSet<_>>().len(), tags.len(), "each has 256 bits of its own");
        for bit in 0..256 {
            let set = tags.iter().filter(|tag| tag[bit / 8] >> (bit % 8) & 1 == 1).count();
            assert!((handles.len() / 5..handles.len() * 4 / 5).contains(&set), "bit {bit} is set in {set}");
        }
        for (handle, bytes) in handles.iter().zip(&decoded) {
            assert!(handle.len() <= 512 && bytes.len() == 52, "{handle}");
            for known in [&sub.as_bytes()[..], ALICE.as_bytes(), b"app.example"] {
                assert!(!holds(bytes, known), "{handle}");
            }
        }
        // Three bytes may turn up by chance, now and then.
        let with_client = decoded.iter().filter(|bytes| holds(bytes, WEB.id.as_bytes())).count();
        assert!(with_client < 5, "{with_client} handles name their client");
    }
}

fn holds(bytes: &[u8], known: &[u8]) -> bool {
    bytes.windows(known.len()).any(|part| part == known)
}

/// C06 for sessions.
#[test]
fn c06_cookies_are_distinct_and_256_random_bits() {
    let server = Server::start();
    let browsers: Vec<Browser> = (0..10).map(|_| Browser::of_alice(&server, WEB)).collect();
    let cookies: Vec<_> = browsers.iter().flat_map(|browser| browser.cookies.iter()).collect();
    let values: HashSet<_> = cookies.iter().map(|(_, value)| value).collect();
    assert_eq!((cookies.len(), values.len()), (30, 30));
    for (name, value) in cookies {
        // That of a known browser signs nobody in: it is an id and who it is of.
        let length = if name == "countersign_device" { 48 } else { 32 };
        assert!(base64url::decode(value).is_some_and(|bytes| bytes.len() == length), "{name}");
    }
}

/// A code of a new person's, who may be switched off.
fn code_of_somebody(server: &Server, disabled: bool) -> String {
    let (app, now) = (&server.app, server.clock.now());
    let username = format!("somebody, disabled: {disabled}");
    let user = User { disabled, ..User::new(username, String::new(), now, &app.rng) };
    let handle_key = app.keys.handles.current();
    let grant = Grant {
        id: Id::new(now, &app.rng),
        user_id: user.id,
        client_id: WEB.id.to_owned(),
        sid: None,
        scope: Scope::parse("openid notes.read").expect("it is one"),
        resource: None,
        redirect_uri: Some(WEB.redirect_uri.to_owned()),
        nonce: None,
        code_challenge: Some(challenge(VERIFIER)),
        auth_time: now,
        amr: "pwd".to_owned(),
        claims: None,
        handle_key,
        seed: app.rng.bytes::<32>().to_vec(),
        state: GrantState::new(0, now, Duration::from_secs(3600)),
    };
    let key = app.keys.handles.get(handle_key).expect("the current key is there");
    let code = handle::mint(key, grant.id, 0, &grant.seed);
    server.write(move |conn| users::insert(conn, &user).and_then(|()| grants::insert(conn, &grant, now)));
    code
}

#[test]
fn c08_a_code_of_somebody_who_is_gone_or_switched_off_is_worth_nothing() {
    let server = Server::start();
    server.exchange(WEB, &code_of_somebody(&server, false)).tokens();
    server.exchange(WEB, &code_of_somebody(&server, true)).assert_error(400, "invalid_grant");

    let code = server.code(WEB);
    let gone = server.write(|conn| {
        let alice = users::find_by_username(conn, ALICE)?.expect("alice is there");
        users::remove(conn, alice.id)
    });
    assert!(gone);
    server.exchange(WEB, &code).assert_error(400, "invalid_grant");
}

#[test]
fn c12_a_code_has_one_spelling_and_a_wrong_one_harms_nothing() {
    let server = Server::start();
    let code = server.code(WEB);
    let (start, last) = code.split_at(code.len() - 1);
    let flipped: String = code
        .chars()
        .map(|c| if c.is_ascii_lowercase() { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
        .collect();
    // The last character carries four unused bits: fifteen others would decode to the same bytes.
    let others = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".split("").filter(|c| c.len() == 1);
    let mut wrong: Vec<String> = others.filter(|c| *c != last).map(|c| format!("{start}{c}")).collect();
    wrong.extend([start, &code[..10], &code[6..], "cs_ac_", "a", "%", "é"].map(str::to_owned));
    wrong.extend([format!("{code}A"), format!("{code}="), format!("{code}=="), format!("{code}{code}")]);
    wrong.extend([format!(" {code}"), format!("{code} "), format!("{code}\r\n"), format!("{code}\u{200b}")]);
    wrong.extend([flipped, code.replacen("cs_ac_", "CS_AC_", 1), code.replacen("cs_ac_", "cs_rt_", 1)]);
    wrong.extend(["+", "/", "=", ".", "*"].map(|c| format!("cs_ac_{c}{}", &code[7..])));
    wrong.extend(["A".repeat(70), format!("cs_ac_{}", "A".repeat(70)), format!("cs_ac_{}", "A".repeat(30_000))]);
    for wrong in wrong {
        server.exchange(WEB, &wrong).assert_error(400, "invalid_grant");
    }
    for absent in ["", "\0", "cs_ac_\0"] {
        server.exchange(WEB, absent).assert_error(400, "invalid_request");
    }
    server.exchange(WEB, &code).tokens();
}
