//! Streams that cannot be written. Each command that there is meets a full disk and a pipe whose reader has gone: it ends in
//! order, and never with a panic (exit code 101).

use std::fs::File;
use std::os::fd::OwnedFd;
use std::process::{Command, Output, Stdio};

use super::help::leaves;
use crate::support::program::{administer, free_port};
use crate::support::{Installation, Program};

/// Arguments with which a command succeeds, in an order in which each has what it works on. A command that is new has to
/// be added: a test fails until it is.
const COMMANDS: &[(&str, &[&str])] = &[
    ("migrate", &[]),
    ("config check", &[]),
    ("config show", &[]),
    ("config schema", &[]),
    ("doctor", &[]),
    ("resource add", &["https://api.example"]),
    ("resource set", &["https://api.example", "--name", "API"]),
    ("resource list", &[]),
    ("resource show", &["https://api.example"]),
    ("resource remove", &["https://api.example"]),
    ("role add", &["editor"]),
    ("role set", &["editor", "--permission", "write"]),
    ("role list", &[]),
    ("role show", &["editor"]),
    ("role remove", &["editor"]),
    ("client add", &["web", "--redirect-uri", "https://app.example/cb"]),
    ("client list", &[]),
    ("client show", &["web"]),
    ("client set", &["web", "--name", "The web"]),
    ("client rotate-secret", &["web"]),
    ("client lock", &["web"]),
    ("client unlock", &["web"]),
    ("user add", &["alice"]),
    ("user list", &[]),
    ("user show", &["alice"]),
    ("user set", &["alice", "--email", "alice@people.example"]),
    ("user set-password", &["alice"]),
    ("user lock", &["alice"]),
    ("user unlock", &["alice"]),
    ("user sign-out", &["alice"]),
    ("consent list", &[]),
    ("consent revoke", &["--user", "alice"]),
    ("grant list", &[]),
    ("grant revoke", &["--all"]),
    ("session end", &["--all"]),
    ("registration-token add", &["partners"]),
    ("registration-token list", &[]),
    ("registration-token remove", &["partners"]),
    ("client remove", &["web"]),
    ("user remove", &["alice"]),
    ("key list", &[]),
    ("key rotate", &["--early"]),
    ("key retire", &["{kid}"]),
];

/// Commands that go on: they have tests of their own below.
const SERVERS: [&str; 2] = ["dev", "serve"];

fn full() -> File {
    File::options().write(true).open("/dev/full").expect("Linux has it")
}

fn closed_pipe() -> Stdio {
    let (_, writer) = std::io::pipe().expect("there are pipes");
    OwnedFd::from(writer).into()
}

fn output_to(stdout: impl Into<Stdio>, mut command: Command) -> (Option<i32>, String) {
    let Output { status, stderr, .. } = command.stdin(Stdio::null()).stdout(stdout).output().expect("it starts");
    (status.code(), String::from_utf8(stderr).expect("an error is text"))
}

/// Runs every command on an installation of its own, with an output that cannot be written.
fn run_all(output: impl Fn() -> Stdio, assert: impl Fn(&str, Option<i32>, &str)) {
    let installation = Installation::new();
    drop(installation.serve(&[]));
    let kid = installation.json(&["key", "list"], "")[0]["kid"].as_str().expect("there is a key").to_owned();
    let of = |arguments: &[&str]| administer(&installation.data_dir, installation.port, &[], arguments);
    for (name, arguments) in COMMANDS {
        let words = name.split(' ').chain(arguments.iter().map(|word| if *word == "{kid}" { &kid } else { *word }));
        let words: Vec<&str> = words.collect();
        let (code, said) = output_to(output(), of(&words));
        assert(name, code, &said);
        let (code, said) = output_to(output(), of(&[&name.split(' ').collect::<Vec<_>>()[..], &["--help"]].concat()));
        assert(&format!("{name} --help"), code, &said);
    }
    let keys = installation.json(&["key", "list"], "").to_string();
    assert!(keys.contains("revoked_at"), "the last command did its work although it could not say so: {keys}");
}

#[test]
fn the_list_has_every_command() {
    let mut listed: Vec<String> = COMMANDS.iter().map(|(name, _)| *name).chain(SERVERS).map(str::to_owned).collect();
    let mut all: Vec<String> = leaves(&Installation::new()).iter().map(|words| words.join(" ")).collect();
    listed.sort();
    all.sort();
    assert_eq!(all, listed);
}

#[test]
fn a_full_disk_is_one_sentence() {
    let expected = "countersign: the output cannot be written: No space left on device (os error 28); what the command \
                    changed is kept\n";
    let assert = |command: &str, code: Option<i32>, said: &str| {
        assert_eq!((code, said), (Some(1), expected), "{command}");
    };
    run_all(|| full().into(), assert);
    for arguments in [&["--help"][..], &["--version"], &["client", "--help"]] {
        let (code, said) = output_to(full(), crate::support::program::command(arguments));
        assert(&arguments.join(" "), code, &said);
    }
}

#[test]
fn a_reader_that_has_gone_is_no_fault() {
    let assert = |command: &str, code: Option<i32>, said: &str| {
        assert_eq!((code, said), (Some(141), ""), "{command}");
    };
    run_all(closed_pipe, assert);
    for arguments in [&["--help"][..], &["--version"], &["client", "--help"]] {
        let (code, said) = output_to(closed_pipe(), crate::support::program::command(arguments));
        assert(&arguments.join(" "), code, &said);
    }
}

#[test]
fn an_error_that_cannot_be_said_keeps_its_exit_code() {
    let installation = Installation::new();
    installation.run(&["migrate"], "");
    for (code, arguments) in [(1, &["client", "show", "nobody"][..]), (1, &["user", "remove", "x"]), (2, &["x"])] {
        for error in [full().into(), closed_pipe()] {
            let mut command = administer(&installation.data_dir, installation.port, &[], arguments);
            let status = command.stdin(Stdio::null()).stderr(error).status().expect("it starts");
            assert_eq!(status.code(), Some(code), "{arguments:?}");
        }
    }
}

#[test]
fn the_playground_that_cannot_say_where_it_is_does_not_start() {
    for (output, expected) in [(Stdio::from(full()), 1), (closed_pipe(), 141)] {
        let installation = Installation::new();
        let data = installation.data_dir.to_string_lossy().into_owned();
        let dev = crate::support::program::command(&["dev", "--listen", "127.0.0.1:0", "--data", &data]);
        let (code, said) = output_to(output, dev);
        assert_eq!(code, Some(expected), "{said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}

/// A server goes on without its log: each line is lost by itself.
#[test]
fn a_server_answers_when_its_log_cannot_be_written() {
    for log in [|| Stdio::from(full()), closed_pipe] {
        let (installation, port) = (Installation::new(), free_port());
        let mut serve = administer(&installation.data_dir, port, &[], &["serve"]);
        let child = serve.stdin(Stdio::null()).stdout(log()).stderr(log()).spawn().expect("it starts");
        let mut program = Program::of(child, &installation.data_dir, port);
        assert_eq!(program.get("/nowhere").status, 404);
        assert_eq!(program.child.try_wait().expect("it is a child"), None, "it runs");
    }
}
