//! Names with characters that cannot be seen, or that turn the direction of writing: refused wherever a name comes in, escaped
//! where the command line prints one that is stored.

use serde_json::{Value, json};

use super::registration::{OPEN, register, registered};
use crate::support::database::execute;
use crate::support::program::{administer, run};
use crate::support::{PASSWORD, Server};

/// What a command says on standard output and standard error, and whether it succeeded.
fn command(server: &Server, arguments: &[&str], input: &str) -> (bool, String, String) {
    let output = run(administer(&server.data_dir, 1, &[], arguments), input);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it is text");
    (output.status.success(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_name_that_hides_something_is_refused_at_every_door() {
    let server = Server::start_with(OPEN);
    for hidden in
        ["Pho\u{202e}sot", "Photos\u{200b}", "pay\u{200d}pal", "\u{2066}Photos\u{2069}", "Ph\u{ad}otos", "a\u{feff}b"]
    {
        let metadata = json!({ "redirect_uris": ["https://photos.example/cb"], "client_name": hidden });
        register(&server, &metadata, None).assert_error(400, "invalid_client_metadata");
        let metadata = json!({ "redirect_uris": ["https://photos.example/cb"], "contacts": [hidden] });
        register(&server, &metadata, None).assert_error(400, "invalid_client_metadata");
        let claim = format!("name={hidden}");
        let own = format!("team={}", json!({ "is": [hidden] }));
        let address = format!("address={}", json!({ "formatted": format!("1 Road\n{hidden}") }));
        let (email, words) = (format!("{hidden}@people.example"), format!("x.read={hidden}"));
        for arguments in [
            &["client", "add", "new", "--redirect-uri", "https://new.example/cb", "--name", hidden][..],
            &["client", "set", "web", "--name", hidden],
            &["user", "add", hidden, "--password-stdin"],
            &["user", "set", "alice", "--username", hidden],
            &["user", "set", "alice", "--claim", &claim],
            &["user", "set", "alice", "--claim", &own],
            &["user", "set", "alice", "--claim", &address],
            &["user", "set", "alice", "--email", &email],
            &["resource", "add", "https://new.example", "--name", hidden],
            &["resource", "add", "https://new.example", "--scope", &words],
            &["role", "add", hidden],
            &["registration-token", "add", hidden],
        ] {
            let (succeeded, said, error) = command(&server, arguments, PASSWORD);
            assert!(!succeeded && said.is_empty() && error.lines().count() == 1, "{arguments:?}: {said} {error}");
            assert!(countersign::types::is_showable(error.trim_end()), "{error}");
        }
    }
    // Persian and Hindi are written with joiners, and so are families.
    for name in [
        "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}",
        "\u{915}\u{94d}\u{200d}\u{937}",
        "\u{1f468}\u{200d}\u{1f467}",
    ] {
        let metadata = json!({ "redirect_uris": ["https://photos.example/cb"], "client_name": name });
        assert_eq!(registered(&server, &metadata)["client_name"], name);
    }
}

/// An earlier version stored such names.
#[test]
fn the_terminal_shows_an_escape_for_what_is_hidden() {
    let server = Server::start();
    let hidden = "Photos\u{202e}gnp.\u{1b}[2J\u{9b}";
    let escaped = "Photos\\u{202e}gnp.\\u{1b}[2J\\u{9b}";
    execute(&server.data_dir, &format!("UPDATE clients SET name = '{hidden}'; UPDATE users SET username = '{hidden}'"));
    for arguments in [&["client", "show", "web"][..], &["user", "list"], &["client", "list"]] {
        let (succeeded, said, _) = command(&server, arguments, "");
        assert!(succeeded && said.contains(escaped), "{arguments:?}: {said}");
        assert!(said.lines().all(countersign::types::is_showable), "{said}");
        let (_, said, _) = command(&server, &[arguments, &["--json"]].concat(), "");
        assert!(said.contains("Photos\\u202egnp.\\u001b[2J\\u009b"), "{said}");
        assert!(serde_json::from_str::<Value>(&said).expect("it is JSON").to_string().contains('\u{202e}'), "{said}");
    }
    let (succeeded, _, error) = command(&server, &["client", "show", "web\u{202e}"], "");
    assert!(!succeeded && error.contains("web\\u{202e}") && !error.contains('\u{202e}'), "{error}");
    let (_, would, _) = command(&server, &["user", "remove", hidden, "--dry-run"], "");
    assert!(!would.contains('\u{202e}'), "{would}");
}
