//! Commands that destroy what cannot be brought back: a person at a terminal is asked, a script is not, and a dry run
//! changes nothing.

use std::fs::File;
use std::io::{Read, Write};
use std::process::Stdio;

use serde_json::{Value, json};

use super::help::pages;
use crate::support::database::number;
use crate::support::program::{administer, run};
use crate::support::{ALICE, Installation, SPA, Server, WEB};

const UNUSED_API: &str = "https://unused.example";

/// A server with something of everything.
fn server() -> Server {
    let server = Server::start();
    server.sign_in(WEB);
    server.sign_in(SPA);
    server.command(&["resource", "add", UNUSED_API], "");
    server.command(&["role", "add", "editor"], "");
    server.command(&["user", "set", ALICE, "--role", "editor"], "");
    server.command(&["registration-token", "add", "partners"], "");
    server
}

/// Each command with how its dry run says what would happen.
fn deeds(server: &Server) -> Vec<(Vec<String>, Value)> {
    let key = server.command(&["key", "list"], "")[0].clone();
    let (kid, state) = (key["kid"].as_str().unwrap(), key["state"].as_str().unwrap());
    let grant = server.command(&["grant", "list", "--client", "web"], "")[0]["id"].as_str().unwrap().to_owned();
    let token = server.command(&["registration-token", "list"], "")[0]["id"].as_str().unwrap().to_owned();
    let deed = |command: &str, last: &str, would: &str, counts: Value| {
        let words = command.split(' ').chain([last]).filter(|word| !word.is_empty()).map(str::to_owned);
        let mut told = json!({ "dry_run": true, "would": would });
        told.as_object_mut().unwrap().extend(counts.as_object().unwrap().clone());
        (words.collect(), told)
    };
    let retired = format!("retire the {state} key {kid}, so that nothing that it signed is accepted");
    vec![
        deed("user remove", ALICE, "remove user alice", json!({ "sessions": 2, "consents": 2, "grants": 2 })),
        deed("client remove", "web", "remove client web", json!({ "consents": 1, "grants": 1 })),
        deed("resource remove", UNUSED_API, &format!("remove resource {UNUSED_API}"), json!({})),
        deed("role remove", "editor", "remove role editor, which 1 person had", json!({})),
        deed(
            "registration-token remove",
            "partners",
            &format!("remove the token 'partners' with the id {token}"),
            json!({}),
        ),
        deed("key retire", kid, &retired, json!({})),
        deed("grant revoke", &grant, &format!("revoke the grant {grant}"), json!({ "grants": 1 })),
        deed("grant revoke --all", "", "revoke what everybody allowed", json!({ "grants": 2 })),
        deed(
            "grant revoke --user alice --with-consent",
            "",
            "revoke what user alice allowed",
            json!({ "grants": 2, "consents": 2 }),
        ),
        deed(
            "consent revoke --client",
            "web",
            "withdraw what everybody allowed client web",
            json!({ "consents": 1, "grants": 1 }),
        ),
    ]
}

fn words(command: &[String]) -> Vec<&str> {
    command.iter().map(String::as_str).collect()
}

/// Runs a command at a terminal, where somebody has typed a line: its exit code, and all that the terminal shows.
fn at_terminal(server: &Server, command: &[&str], typed: &str) -> (Option<i32>, String) {
    let pty = nix::pty::openpty(None, None).expect("there are terminals");
    let (terminal, mut keyboard) = (File::from(pty.slave), File::from(pty.master));
    let mut program = administer(&server.data_dir, 1, &[], command);
    let shared = || Stdio::from(terminal.try_clone().expect("a file can be shared"));
    program.stdin(shared()).stdout(Stdio::null()).stderr(shared());
    writeln!(keyboard, "{typed}").expect("somebody types");
    let mut child = program.spawn().expect("the program starts");
    drop((program, terminal));
    let mut shown = Vec::new();
    // Reading a terminal that nobody has open any more is an error on Linux, and the end.
    drop(keyboard.read_to_end(&mut shown));
    let code = child.wait().expect("it ends").code();
    (code, String::from_utf8(shown).expect("it shows text"))
}

#[test]
fn every_command_that_destroys_can_be_tried_and_confirmed() {
    let mut found = Vec::new();
    for (command, page) in pages(&Installation::new(), &[]) {
        let last = command.last().map(String::as_str).unwrap_or_default();
        if ["remove", "revoke", "retire"].contains(&last) {
            assert!(page.contains("--dry-run") && page.contains("--yes"), "{command:?}: {page}");
            found.push(command[..2].join(" "));
        }
    }
    let mut tried: Vec<String> = deeds(&server()).iter().map(|(command, _)| command[..2].join(" ")).collect();
    tried.sort();
    tried.dedup();
    found.sort();
    assert_eq!(tried, found, "the tests below know them all");
}

#[test]
fn a_dry_run_says_what_would_happen_and_changes_nothing() {
    let server = server();
    let deeds = deeds(&server);
    let before = server.stored();
    for (command, told) in &deeds {
        let dry = [&words(command)[..], &["--dry-run"]].concat();
        assert_eq!(server.command(&dry, ""), *told, "{command:?}");
        assert_eq!(server.command(&[&dry[..], &["--yes"]].concat(), ""), *told, "it is dry whatever else is said");
        let output = run(administer(&server.data_dir, 1, &[], &dry), "");
        let said = String::from_utf8(output.stdout).unwrap();
        let would = told["would"].as_str().unwrap();
        assert!(said.starts_with(&format!("Would {would}")) && said.ends_with(". Nothing was changed.\n"), "{said}");
    }
    assert!(server.stored() == before, "something was changed");
}

#[test]
fn a_person_at_a_terminal_is_asked() {
    let server = server();
    let deeds = deeds(&server);
    let before = server.stored();
    for (command, told) in &deeds {
        for typed in ["n", "", "no", "what?"] {
            let (code, shown) = at_terminal(&server, &words(command), typed);
            let question = format!("This will {}", told["would"].as_str().unwrap());
            assert!(shown.contains(&question) && shown.contains("It cannot be undone. Go on? [y/N]"), "{shown}");
            assert!(code == Some(1) && shown.contains("countersign: nothing was changed"), "{command:?}: {shown}");
        }
    }
    assert!(server.stored() == before, "something was changed");
    assert_eq!(at_terminal(&server, &["role", "remove", "editor"], "y").0, Some(0));
    assert_eq!(at_terminal(&server, &["client", "remove", "web"], "YES").0, Some(0));
    assert_eq!(number(&server.data_dir, "SELECT COUNT(*) FROM roles"), 0);
    assert_eq!(number(&server.data_dir, "SELECT COUNT(*) FROM clients WHERE id = 'web'"), 0);
    let (code, shown) = at_terminal(&server, &["user", "remove", ALICE, "--yes"], "n");
    assert!(code == Some(0) && !shown.contains("Go on?"), "{shown}");
    assert_eq!(number(&server.data_dir, "SELECT COUNT(*) FROM users WHERE username = 'alice'"), 0);
}

/// What is not there is said before anything is asked.
#[test]
fn what_is_not_there_is_not_asked_about() {
    let server = server();
    for command in [
        &["user", "remove", "nobody"][..],
        &["client", "remove", "nobody"],
        &["resource", "remove", "https://nowhere.example"],
        &["resource", "remove", crate::support::API],
        &["role", "remove", "nobody"],
        &["registration-token", "remove", "nobody"],
        &["key", "retire", "nobody"],
        &["consent", "revoke", "--user", "nobody"],
    ] {
        for dry in [&[][..], &["--dry-run"]] {
            let (code, shown) = at_terminal(&server, &[command, dry].concat(), "y");
            assert!(code == Some(1) && !shown.contains("Go on?"), "{command:?}: {shown}");
        }
    }
}
