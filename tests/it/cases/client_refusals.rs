//! What the client commands refuse: one sentence that says what to write, and nothing is changed.

use crate::support::Installation;

/// Each command with the words that help.
#[track_caller]
fn assert_refused(installation: &Installation, cases: &[(&[&str], &[&str])]) {
    for (arguments, words) in cases {
        let sentence = installation.refused(&[], arguments, "");
        for word in *words {
            assert!(sentence.contains(word), "{arguments:?} says: {sentence}");
        }
    }
}

fn with_clients() -> Installation {
    let installation = Installation::new();
    installation.run(&["resource", "add", "https://api.example"], "");
    let redirect = ["--redirect-uri", "https://photos.example/cb"];
    installation.json(&[&["client", "add", "photos"][..], &redirect].concat(), "");
    installation.json(&[&["client", "add", "photo-app", "--public"][..], &redirect].concat(), "");
    installation
}

/// No change leads to a client that `client add` would have refused.
#[test]
fn a_change_to_what_could_not_be_registered_is_refused_and_nothing_changes() {
    let installation = with_clients();
    let before = installation.json(&["client", "list"], "");
    let bent = [
        "http://photos.example/cb",
        "javascript:alert(1)",
        "https://*.example/cb",
        "https://photos.example/cb#f",
        "/cb",
    ];
    for uri in bent {
        let set = ["client", "set", "photos", "--redirect-uri", "https://fine.example/cb", "--redirect-uri", uri];
        assert!(installation.refused(&[], &set, "").starts_with(&format!("redirect URI '{uri}'")), "{uri}");
    }
    let cases: [(&[&str], &[&str]); 22] = [
        (&["--name", " "], &["name"]),
        (&["--redirect-uri", ""], &["authorization_code", "--redirect-uri"]),
        (&["--grant", "refresh_token"], &["authorization_code or password"]),
        (&["--grant", "implicit"], &["'implicit'", "authorization_code"]),
        (&["--grant", "authorization_code,refresh_token"], &["--grant before each"]),
        (&["--grant", "refresh-token"], &["'refresh-token'", "refresh_token?"]),
        (&["--grant", "client_credentials", "--public"], &["confidential", "--public"]),
        (&["--public", "--auth-method", "client_secret_post"], &["--public"]),
        (&["--confidential", "--auth-method", "none"], &["--confidential"]),
        (&["--auth-method", "private_key_jwt"], &["private_key_jwt", "jwks_uri"]),
        (&["--auth-method", "tls_client_auth"], &["'tls_client_auth'", "client_secret_basic"]),
        (&["--metadata", "jwks"], &["NAME=VALUE"]),
        (&["--metadata", "backchannel_logout_url=https://a.example/"], &["backchannel_logout_uri?"]),
        (&["--metadata", "backchannel_logout_uri=http://a.example/"], &["backchannel_logout_uri", "https"]),
        (&["--metadata", "id_token_signed_response_alg=none"], &["id_token_signed_response_alg", "RS256"]),
        (&["--scope", "openid,profile"], &["comma", "spaces"]),
        (&["--scope", "op\"enid"], &["scope", "spaces"]),
        (&["--resource", "api"], &["'api'", "absolute URI"]),
        (&["--resource", "https://api.example/"], &["is not registered", "did you mean 'https://api.example'?"]),
        (&["--serves", "https://billing.example"], &["countersign resource add https://billing.example"]),
        (&["--serves", "https://api.example", "--public"], &["authenticate", "--serves"]),
        (&["--redirect-uri", "https://a.example/cb,https://b.example/cb"], &["--redirect-uri before each"]),
    ];
    for (arguments, words) in cases {
        assert_refused(&installation, &[(&[&["client", "set", "photos"], arguments].concat(), words)]);
        let redirect = ["client", "add", "new", "--redirect-uri", "https://fine.example/cb"];
        if !["--redirect-uri", "--confidential"].contains(&arguments[0]) {
            assert_refused(&installation, &[(&[&redirect, arguments].concat(), words)]);
        }
    }
    assert_refused(
        &installation,
        &[
            (&["client", "set", "photos"], &["--help"]),
            (&["client", "set", "photo-app", "--grant", "client_credentials"], &["--confidential"]),
        ],
    );
    assert_eq!(installation.json(&["client", "list"], ""), before);
}

#[test]
fn a_rotation_that_makes_no_sense_is_refused_and_the_secret_stays() {
    let installation = with_clients();
    let rotate = |arguments: &[&'static str]| [&["client", "rotate-secret"], arguments].concat();
    assert_refused(
        &installation,
        &[
            (&rotate(&["photo-app"]), &["public", "client set photo-app --confidential"]),
            (&rotate(&["photo-app", "--end-previous"]), &["public"]),
            (&rotate(&["photos", "--overlap", "soon"]), &["--overlap 'soon'", "24h"]),
            (&rotate(&["photos", "--overlap", "1 day"]), &["--overlap '1 day'"]),
            (&rotate(&["photos", "--overlap", "91d"]), &["up to 90d"]),
        ],
    );
    let hashes = "SELECT count(previous_secret_hash) FROM clients";
    assert_eq!(crate::support::database::number(&installation.data_dir, hashes), 0);
}

#[test]
fn an_id_that_nobody_has_is_answered_with_the_one_that_was_meant() {
    let installation = with_clients();
    let commands: [&[&str]; 5] = [
        &["client", "show"],
        &["client", "remove"],
        &["client", "set", "--name", "x"],
        &["client", "rotate-secret"],
        &["client", "rotate-secret", "--end-previous"],
    ];
    for command in commands {
        let (mut slip, mut nothing_like_it) = (command.to_vec(), command.to_vec());
        slip.insert(2, "Photo");
        nothing_like_it.insert(2, "billing");
        assert_refused(
            &installation,
            &[
                (&slip, &["there is no client 'Photo' in ", "did you mean 'photos'?"]),
                (&nothing_like_it, &["there is no client 'billing' in ", "`countersign client list`"]),
            ],
        );
    }
    installation.run(&["user", "add", "alice"], "");
    assert_refused(
        &installation,
        &[
            (&["user", "remove", "alcie"], &["did you mean 'alice'?"]),
            (&["resource", "show", "https://api.exmaple"], &["did you mean 'https://api.example'?"]),
            (
                &["resource", "remove", "urn:billing"],
                &["there is no resource 'urn:billing' in ", "`countersign resource list`"],
            ),
        ],
    );
    let taken = ["client", "add", "photos", "--redirect-uri", "https://photos.example/cb"];
    assert_refused(&installation, &[(&taken, &["'photos' already", "client set photos"])]);
}

/// What contradicts itself is a matter of usage, and exits with 2 as every other.
#[test]
fn options_that_exclude_each_other_are_answered_with_the_usage() {
    let installation = with_clients();
    let pairs: [&[&str]; 4] = [
        &["client", "set", "photos", "--public", "--confidential"],
        &["client", "set", "photos", "--first-party", "--no-first-party"],
        &["client", "rotate-secret", "photos", "--end-previous", "--overlap", "1h"],
        &["client", "rotate-secret"],
    ];
    for arguments in pairs {
        let output = installation.run_with(&[], arguments, "");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{arguments:?}: {said}");
        assert!(said.contains("Usage: countersign client"), "{said}");
    }
    let nothing = String::from_utf8(installation.run_with(&[], &[], "").stderr).expect("it is text");
    for command in ["dev", "serve", "client", "Start with 'countersign dev'"] {
        assert!(nothing.contains(command), "without a command there is the help: {nothing}");
    }
}
