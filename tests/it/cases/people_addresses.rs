//! Email addresses belong to one person each, unless the operator lets people share them.

use std::thread::scope;

use super::doctor::doctor;
use crate::support::database::{execute, number};
use crate::support::{ALICE, BOB, Installation, PASSWORD};

const SHARED: [(&str, &str); 1] = [("ACCOUNTS__EMAIL_ADDRESSES", "shared")];
const ADDRESS: &str = "M\u{fc}ller@B\u{fc}cher.example";
/// Other spellings of the same address.
const SPELLINGS: [&str; 3] =
    ["m\u{dc}ller@b\u{fc}cher.EXAMPLE", "mu\u{308}ller@bu\u{308}cher.example", "m\u{fc}ller@xn--bcher-kva.example"];

fn add<'a>(username: &'a str, email: &'a str) -> [&'a str; 6] {
    ["user", "add", username, "--password-stdin", "--email", email]
}

#[test]
fn an_address_that_another_user_has_is_refused_however_it_is_spelled() {
    let installation = Installation::new();
    installation.json(&add(ALICE, ADDRESS), PASSWORD);
    installation.json(&add(BOB, "bob@people.example"), PASSWORD);
    let before = installation.json(&["user", "list"], "");
    for email in SPELLINGS.into_iter().chain([ADDRESS]) {
        for (arguments, input) in [(&add("dave", email)[..], PASSWORD), (&["user", "set", BOB, "--email", email], "")] {
            let sentence = installation.refused(&[], arguments, input);
            assert!(sentence.contains("'alice'") && sentence.contains("accounts.email_addresses"), "{sentence}");
        }
    }
    assert_eq!(installation.json(&["user", "list"], ""), before);
    // One's own, spelled otherwise, and another's that is given up.
    installation.json(&["user", "set", ALICE, "--email", SPELLINGS[0]], "");
    installation.json(&["user", "set", ALICE, "--no-email"], "");
    installation.json(&["user", "set", BOB, "--email", SPELLINGS[1]], "");
    installation.json(&add("dave", "bob@people.example"), PASSWORD);
}

#[test]
fn people_may_share_an_address_where_the_operator_says_so_and_doctor_tells_of_it_otherwise() {
    let installation = Installation::new();
    installation.json(&add(ALICE, ADDRESS), PASSWORD);
    let output = installation.run_with(&SHARED, &add(BOB, SPELLINGS[2]), PASSWORD);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(doctor(&installation, &SHARED).1["addresses"].0, "ok");
    let (verdict, detail) = doctor(&installation, &[]).1.remove("addresses").unwrap();
    assert!(verdict == "warning" && detail.contains(ADDRESS) && detail.contains(SPELLINGS[2]), "{detail}");
    // An address that was shared before hinders no other change, and is not handed on.
    installation.json(&["user", "set", BOB, "--claim", "given_name=Bob"], "");
    let sentence = installation.refused(&[], &add("dave", ADDRESS), PASSWORD);
    assert!(sentence.contains("already"), "{sentence}");
    installation.json(&["user", "set", BOB, "--email", "bob@people.example"], "");
    assert_eq!(doctor(&installation, &[]).1["addresses"].0, "ok");
}

/// A server of the version before writes no key, and may change an address beside its key.
#[test]
fn a_key_that_an_older_server_left_behind_claims_no_address() {
    let installation = Installation::new();
    installation.json(&add(ALICE, "alice@people.example"), PASSWORD);
    execute(&installation.data_dir, "UPDATE users SET email = 'new@people.example'");
    installation.json(&add(BOB, "alice@people.example"), PASSWORD);
}

#[test]
fn of_many_who_take_an_address_at_once_one_gets_it() {
    let installation = Installation::new();
    installation.json(&add(ALICE, "alice@people.example"), PASSWORD);
    installation.json(&add(BOB, "bob@people.example"), PASSWORD);
    let names: Vec<String> = (0..4).map(|nth| format!("user{nth}")).collect();
    let installation = &installation;
    let taken = scope(|scope| {
        let add = |name| scope.spawn(move || installation.run_with(&[], &add(name, "one@people.example"), PASSWORD));
        let set =
            |name, email| scope.spawn(move || installation.run_with(&[], &["user", "set", name, "--email", email], ""));
        let mut commands: Vec<_> = names.iter().map(|name| add(name.as_str())).collect();
        commands.extend([set(ALICE, "ONE@people.example"), set(BOB, "One@people.example")]);
        commands.into_iter().filter_map(|command| command.join().unwrap().status.success().then_some(())).count()
    });
    assert_eq!(taken, 1);
    assert_eq!(
        number(&installation.data_dir, "SELECT COUNT(*) FROM users WHERE lower(email) = 'one@people.example'"),
        1
    );
}
