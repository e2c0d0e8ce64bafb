//! The settings that `client add` and `client rotate-secret` print for common libraries.

use crate::support::Installation;
use crate::support::program::{administer, run};

const REDIRECT: [&str; 2] = ["--redirect-uri", "https://photos.example/callback"];

fn add(installation: &Installation, arguments: &[&str]) -> String {
    installation.run(&[&["client", "add"], arguments].concat(), "")
}

/// The secret that a command printed.
#[track_caller]
fn secret(printed: &str) -> &str {
    let line = printed.lines().find(|line| line.contains("shown this once: ")).expect("it has a secret");
    line.rsplit(' ').next().expect("it stands at the end")
}

#[test]
fn each_kind_of_client_gets_settings_for_what_it_is_made_with() {
    let installation = Installation::new();
    let kinds: [(&[&str], &[&str]); 7] = [
        (&["web", REDIRECT[0], REDIRECT[1]], &["openid-client", "Authlib", "mod_auth_openidc", "ClientSecretBasic"]),
        (
            &["post", REDIRECT[0], REDIRECT[1], "--auth-method", "client_secret_post"],
            &["ClientSecretPost", "client_secret_post"],
        ),
        (
            &["spa", "--public", REDIRECT[0], REDIRECT[1]],
            &["oidc-client-ts", "react-oidc-context", "angular-auth-oidc-client"],
        ),
        (
            &["native", "--public", "--redirect-uri", "http://127.0.0.1/cb"],
            &["openid-client", "Authlib", "x/oauth2", "http://127.0.0.1:%d/cb"],
        ),
        (
            &["mobile", "--public", "--redirect-uri", "com.example.app:/cb"],
            &["AppAuth", "\"com.example.app:/cb\"", "= \"com.example.app\""],
        ),
        (
            &["machine", "--grant", "client_credentials"],
            &["curl", "Authlib", "openid-client", "-u \"machine:$CLIENT_SECRET\""],
        ),
        (&["ropc", "--grant", "password"], &["curl", "grant_type=password"]),
    ];
    let issuer = format!("http://127.0.0.1:{}", installation.port);
    for (arguments, words) in kinds {
        let printed = add(&installation, &[arguments, &["--scope", "openid notes.read"]].concat());
        for word in words.iter().chain(&[arguments[0], issuer.as_str()]) {
            assert!(printed.contains(word), "{word} is missing: {printed}");
        }
        let left_over = printed.split('%').skip(1).find(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase()));
        assert_eq!(left_over, None, "{printed}");
        if arguments[1] == "--public" {
            assert!(!printed.contains("CLIENT_SECRET"), "{printed}");
        } else {
            assert_eq!(printed.matches(secret(&printed)).count(), 1, "the secret is printed once: {printed}");
            assert!(printed.contains("CLIENT_SECRET"), "{printed}");
        }
    }
}

#[test]
fn quiet_and_json_leave_the_settings_out() {
    let installation = Installation::new();
    let printed = add(&installation, &[&["web", "--quiet"], &REDIRECT[..]].concat());
    assert_eq!(printed, format!("Registered client web.\nIts secret, shown this once: {}\n", secret(&printed)));
    let public = add(&installation, &[&["spa", "--public", "--quiet"], &REDIRECT[..]].concat());
    assert_eq!(public, "Registered client spa.\n");
    let rotated = installation.run(&["client", "rotate-secret", "web", "--quiet"], "");
    assert_eq!(rotated.lines().count(), 2, "{rotated}");
    assert_ne!(secret(&rotated), secret(&printed));
    let with_settings = installation.run(&["client", "rotate-secret", "web", "--overlap", "0"], "");
    assert!(with_settings.contains("mod_auth_openidc") && with_settings.contains("The old one has ended."));
    assert_eq!(with_settings.matches(secret(&with_settings)).count(), 1);
}

#[test]
fn an_issuer_that_is_not_configured_is_said_to_be_missing() {
    let installation = Installation::new();
    let arguments = ["client", "add", "web", REDIRECT[0], REDIRECT[1]];
    let mut command = administer(&installation.data_dir, installation.port, &[], &arguments);
    command.env_remove("COUNTERSIGN_ISSUER");
    let output = run(command, "");
    let printed = String::from_utf8(output.stdout).expect("it prints text");
    assert!(output.status.success(), "{:?}", String::from_utf8_lossy(&output.stderr));
    assert!(printed.contains("has no issuer yet: write yours instead of https://issuer.example."), "{printed}");
    assert!(printed.contains("https://issuer.example/.well-known/openid-configuration"), "{printed}");
}

#[test]
fn a_scope_without_openid_is_pointed_out() {
    let installation = Installation::new();
    let printed = add(&installation, &[&["web", "--scope", "notes.read"], &REDIRECT[..]].concat());
    assert!(printed.contains("lacks openid"), "{printed}");
    for (id, scope) in [("with", "openid notes.read"), ("machine", "notes.read")] {
        let grants = ["--grant", if id == "machine" { "client_credentials" } else { "authorization_code" }];
        let printed = add(&installation, &[&[id, "--scope", scope], &grants[..], &REDIRECT[..]].concat());
        assert!(!printed.contains("lacks openid"), "{printed}");
    }
}

/// The page for developers of clients shows what its own commands print.
#[test]
fn the_documentation_shows_these_settings() {
    let page = std::fs::read_to_string("docs/clients.md").expect("the page is there");
    let commands: Vec<&str> = page.split('`').filter(|code| code.starts_with("countersign client add ")).collect();
    assert_eq!(commands.len(), 5, "one for each kind: {commands:?}");
    let installation = Installation::new();
    for command in commands {
        let arguments = words(command.strip_prefix("countersign ").expect("it starts so"));
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let output = installation.run_with(&[("ISSUER", "https://login.example.com")], &arguments, "");
        let printed = String::from_utf8(output.stdout).expect("it prints text");
        assert!(output.status.success() && printed.contains("\n--- "), "{command}: {printed}");
        for settings in printed.split("\n--- ").skip(1) {
            let (_, settings) = settings.split_once("\n\n").expect("a name, and what to paste");
            let indent = |line: &str| if line.is_empty() { String::new() } else { format!("    {line}") };
            let shown = settings.trim_end().lines().map(indent).collect::<Vec<_>>().join("\n");
            assert!(page.contains(&shown), "{command} prints something else:\n{shown}");
        }
    }
}

/// The words of a command line, of which some are quoted.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('"').enumerate();
    parts
        .flat_map(|(n, part)| match n % 2 {
            0 => part.split_whitespace().map(str::to_owned).collect(),
            _ => vec![part.to_owned()],
        })
        .collect()
}
