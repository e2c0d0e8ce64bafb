//! The program rotates and follows by itself, and its log tells of each key what happened to it.

use std::time::Duration;

use serde_json::Value;

use super::command_line_keys::{kids, sign_in};
use super::key_rotation::kid;
use crate::support::installation::{terminate, wait_for_end};
use crate::support::{ALICE, Installation, PASSWORD};

/// What others do, the command line here, is in the log as well; nothing secret is.
#[test]
fn a_running_server_follows_within_seconds_and_logs_what_happened() {
    let installation = Installation::new();
    let secret = installation.add_tool("tool");
    installation.run(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    let mut server = installation.serve(&[("LOG__LEVEL", "trace")]);
    let list = installation.json(&["key", "list"], "");
    let [first, second] = ["active", "next"].map(|state| kids(&list, state)[0].clone());
    let signs = |expected: &str| {
        for _ in 0..600 {
            if kid(&sign_in(|form| server.post("/token", form), &secret)) == expected {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        panic!("{expected} does not sign: {}", server.log());
    };
    signs(&first);
    let third = installation.json(&["key", "rotate", "--early"], "")["next"].as_str().unwrap().to_owned();
    signs(&second);
    installation.run(&["key", "retire", &second], "");
    signs(&third);
    terminate(&server);
    assert_eq!(wait_for_end(&mut server).code(), Some(0));

    let log = server.log();
    let records: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect("a record is JSON")).collect();
    let events = |kid: &str| -> Vec<(String, bool)> {
        let of_key = records.iter().filter(|record| record["kid"] == *kid);
        of_key.map(|record| (record["event"].as_str().unwrap().to_owned(), record["revoked"] == true)).collect()
    };
    let told = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), false)).collect::<Vec<_>>();
    assert_eq!(events(&first), told(&["key_created", "key_activated", "key_retired"]));
    let of_second = [
        told(&["key_created", "key_rotated_by_hand", "key_activated", "key_retired_by_hand"]),
        vec![("key_removed".to_owned(), true)],
    ];
    assert_eq!(events(&second), of_second.concat());
    assert_eq!(events(&third), told(&["key_created", "key_activated"]));
    assert!(
        records.iter().filter(|record| record["event"] == "key_created").all(|record| record["algorithm"] == "RS256")
    );
    let longest = log.lines().map(str::len).max();
    assert!(longest < Some(1000), "no key fits into a record: {longest:?}");
}
