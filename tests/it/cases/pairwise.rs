//! Pairwise subjects (OpenID Connect Core §8): one person, another name for each sector, the same in all that a client is told.

use crate::support::{ALICE, API_SERVER, Authorization, BOB, EVIL, SPA, Server, TestClient, Tokens, WEB, claims};

/// The subject of one sign-in, everywhere that a client can see it.
#[track_caller]
fn subject(server: &Server, client: TestClient, username: &str) -> (String, Tokens) {
    let code = server.code_for(&Authorization::of(client).with("scope", "openid notes.read"), username);
    let tokens = server.exchange(client, &code).tokens();
    let sub = claims(tokens.0["id_token"].as_str().unwrap())["sub"].as_str().unwrap().to_owned();
    let told = [
        tokens.claims()["sub"].clone(),
        server.userinfo(tokens.access_token()).json()["sub"].clone(),
        server.introspect(API_SERVER, tokens.access_token())["sub"].clone(),
    ];
    assert!(told.iter().all(|other| *other == sub), "{sub}: {told:?}");
    (sub, tokens)
}

fn make_pairwise(server: &Server, client: TestClient, more: &[&str]) {
    server.command(&[&["client", "set", client.id, "--metadata", "subject_type=pairwise"], more].concat(), "");
}

#[test]
fn a_pairwise_client_knows_a_person_by_a_name_of_its_own_everywhere() {
    let server = Server::start();
    make_pairwise(&server, WEB, &[]);
    make_pairwise(&server, SPA, &[]);
    let public = subject(&server, EVIL, ALICE).0;
    assert_eq!(server.command(&["user", "show", ALICE], "")["sub"], public);
    let (web, tokens) = subject(&server, WEB, ALICE);
    assert_eq!(web.len(), 43, "32 bytes");
    let spa = subject(&server, SPA, ALICE).0;
    assert!(web != public && spa != public && web != spa);
    assert_ne!(subject(&server, WEB, BOB).0, web);

    assert_eq!(subject(&server, WEB, ALICE).0, web, "it stays the same");
    assert_eq!(server.introspect(WEB, tokens.refresh_token())["sub"], web);
    let refreshed = server.refresh(WEB, tokens.refresh_token()).tokens();
    assert_eq!(
        (&refreshed.claims()["sub"], server.introspect(WEB, refreshed.refresh_token())["sub"].as_str()),
        (&web.as_str().into(), Some(web.as_str()))
    );
    assert_eq!(claims(refreshed.0["id_token"].as_str().unwrap())["sub"], web);
    let own = server.token(WEB, &[("grant_type", "client_credentials")]).tokens();
    assert_eq!(own.claims()["sub"], "web", "the client itself is no person");
}

#[test]
fn clients_of_one_sector_share_a_subject() {
    let server = Server::start();
    let sector = ["--metadata", "sector_identifier_uri=https://apps.example/uris.json"];
    make_pairwise(&server, WEB, &sector);
    make_pairwise(&server, SPA, &sector);
    assert_eq!(subject(&server, WEB, ALICE).0, subject(&server, SPA, ALICE).0);
    let metadata = server.get("/.well-known/openid-configuration").json();
    assert_eq!(metadata["subject_types_supported"], serde_json::json!(["public", "pairwise"]));
}
