//! What a client chose to have its ID tokens signed by (OpenID Connect Dynamic Client Registration §2).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, SHA512, digest};
use serde_json::json;

use super::key_rotation::{DAY, SECOND};
use super::tokens::header;
use crate::support::{Installation, Server, Verifier, WEB, claims};

const ISSUER: (&str, &str) = ("ISSUER", "https://login.example");
const ALL: (&str, &str) = ("KEYS__ID_TOKEN_ALGORITHMS", "RS256, PS256, ES256, EdDSA");
const NAMES: [&str; 4] = ["RS256", "PS256", "ES256", "EdDSA"];

fn choose(server: &Server, algorithm: &str) {
    let member = format!("id_token_signed_response_alg={algorithm}");
    server.command(&["client", "set", WEB.id, "--metadata", &member], "");
}

fn announced(server: &Server, member: &str) -> serde_json::Value {
    server.get("/.well-known/openid-configuration").json()[member].clone()
}

#[test]
fn an_id_token_is_signed_by_what_the_client_chose_and_an_access_token_as_ever() {
    let server = Server::start_with(&[ALL]);
    let mut verifier = Verifier::new(&server.clock);
    for member in ["id_token_signing_alg_values_supported", "userinfo_signing_alg_values_supported"] {
        assert_eq!(announced(&server, member), json!(NAMES));
    }
    for algorithm in NAMES {
        choose(&server, algorithm);
        let tokens = server.sign_in(WEB);
        for tokens in [&server.refresh(WEB, tokens.refresh_token()).tokens(), &tokens] {
            let id_token = tokens.0["id_token"].as_str().unwrap();
            assert_eq!(
                (&header(id_token)["alg"], &header(tokens.access_token())["alg"]),
                (&json!(algorithm), &json!("RS256"))
            );
            assert!(verifier.accepts(&server, id_token) && verifier.accepts(&server, tokens.access_token()));
            let hash = digest(if algorithm == "EdDSA" { &SHA512 } else { &SHA256 }, tokens.access_token().as_bytes());
            let half = &hash.as_ref()[..hash.as_ref().len() / 2];
            assert_eq!(claims(id_token)["at_hash"], URL_SAFE_NO_PAD.encode(half), "the hash is that of the ID token");
        }
    }
    assert_eq!(verifier.fetched, 1);
    choose(&server, "");
    assert_eq!(header(server.sign_in(WEB).0["id_token"].as_str().unwrap())["alg"], "RS256");
}

/// "The algorithm RS256 MUST be included" (OpenID Connect Discovery §3).
#[test]
fn rs256_is_offered_whatever_tokens_are_signed_with() {
    let server = Server::start_with(&[("KEYS__ALGORITHM", "ES256")]);
    assert_eq!(announced(&server, "id_token_signing_alg_values_supported"), json!(["RS256", "ES256"]));
    let tokens = server.sign_in(WEB);
    assert_eq!(header(tokens.0["id_token"].as_str().unwrap())["alg"], "ES256", "nobody chose");
    choose(&server, "RS256");
    let tokens = server.sign_in(WEB);
    assert_eq!(header(tokens.0["id_token"].as_str().unwrap())["alg"], "RS256");
    assert_eq!(header(tokens.access_token())["alg"], "ES256");
}

/// A verifier that keeps the JWKS never meets a key that it cannot know, and a client never another algorithm.
#[test]
fn j14_an_algorithm_that_is_added_is_published_before_anybody_can_choose_it() {
    let server = Server::start_with(&[ISSUER]);
    let mut verifier = Verifier::new(&server.clock);
    let member = "id_token_signed_response_alg=ES256";
    let (data_dir, now) = (server.stop(), countersign::types::Timestamp::from_seconds(1_800_000_000));
    let server = Server::open(&data_dir, &[ISSUER, ALL], now);
    verifier = verifier.on(&server.clock);
    let refused = refused(&server, member);
    assert!(refused.contains("ES256") && refused.contains("keys.id_token_algorithms"), "{refused}");
    assert!(verifier.accepts(&server, server.sign_in(WEB).0["id_token"].as_str().unwrap()));
    server.advance(DAY);
    choose(&server, "ES256");
    let tokens = server.sign_in(WEB);
    let id_token = tokens.0["id_token"].as_str().unwrap();
    assert_eq!(header(id_token)["alg"], "ES256");
    assert!(verifier.accepts(&server, id_token));

    // An operator who takes it away again: no token at all, rather than one that the client did not choose.
    let now = server.clock.now().plus(SECOND);
    let server = Server::open(&server.stop(), &[ISSUER], now);
    let answer = server.refresh(WEB, tokens.refresh_token());
    answer.assert_error(503, "temporarily_unavailable");
    choose(&server, "");
    server.refresh(WEB, tokens.refresh_token()).tokens();
    drop(server);
    std::fs::remove_dir_all(data_dir).unwrap();
}

/// The sentence of a command that is refused beside the server.
fn refused(server: &Server, member: &str) -> String {
    use crate::support::program::{administer, run};
    let output = run(administer(&server.data_dir, 1, &[], &["client", "set", WEB.id, "--metadata", member]), "");
    assert!(!output.status.success(), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn before_the_first_start_the_configuration_says_what_can_be_chosen() {
    let installation = Installation::new();
    let add = ["client", "add", "web", "--redirect-uri", "https://app.example/cb", "--metadata"];
    for member in ["id_token_signed_response_alg=PS256", "userinfo_signed_response_alg=PS256"] {
        let sentence = installation.refused(&[], &[&add[..], &[member]].concat(), "");
        let name = member.split('=').next().unwrap();
        assert!(sentence.starts_with(name) && sentence.contains("write one of RS256"), "{sentence}");
    }
    let output = installation.run_with(&[ALL], &[&add[..], &["id_token_signed_response_alg=PS256"]].concat(), "");
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn doctor_names_a_client_that_chose_what_is_not_offered_any_more() {
    let installation = Installation::new();
    let server = installation.serve(&[ALL]);
    let add = ["client", "add", "web", "--redirect-uri", "https://app.example/cb", "--metadata"];
    installation.run(&[&add[..], &["id_token_signed_response_alg=PS256"]].concat(), "");
    assert!(installation.run(&["doctor"], "").contains("ok       algorithms"));
    drop(server);
    let _server = installation.serve(&[]);
    let output = installation.run_with(&[], &["doctor"], "");
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(!output.status.success() && printed.contains("client web gets no token"), "{printed}");
}
