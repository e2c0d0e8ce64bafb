//! Lists of people and clients: page by page, searched, and shown with all that there is to know.

use serde_json::Value;

use crate::support::database::{bytes, execute};
use crate::support::program::{administer, run};
use crate::support::{ALICE, BOB, Server};

/// What a command prints, and what it says beside.
fn printed(server: &Server, arguments: &[&str]) -> [String; 2] {
    let output = run(administer(&server.data_dir, 1, &[], arguments), "");
    assert!(output.status.success(), "{output:?}");
    [output.stdout, output.stderr].map(|text| String::from_utf8(text).expect("it is text"))
}

/// A list as JSON by the names of its rows, and what is said beside it.
fn names(server: &Server, arguments: &[&str], member: &str) -> (Vec<String>, String) {
    let [json, said] = printed(server, &[arguments, &["--json"]].concat());
    let rows: Value = serde_json::from_str(&json).expect("it is JSON");
    let name = |row: &Value| row[member].as_str().expect("it has a name").to_owned();
    (rows.as_array().expect("it is a list, as ever").iter().map(name).collect(), said)
}

/// Adds people as copies of alice: so many, and those with names of their own.
fn add_people(server: &Server, count: u32, others: &[&str]) {
    let columns = "email, password_hash, created_at, updated_at, claims, subject_seed";
    let numbered = (0..count).map(|n| format!("person-{n:04}"));
    let names = numbered.chain(others.iter().map(|name| (*name).to_owned()));
    let people = names.enumerate().map(|(n, name)| {
        let (id, key) = (bytes(&format!("018f0000{n:08x}7000800000000000")), name.to_lowercase());
        format!(
            "INSERT INTO users (id, username, username_key, {columns}) SELECT {id}, '{name}', '{key}', {columns} FROM \
             users WHERE username = 'alice';"
        )
    });
    execute(&server.data_dir, &format!("BEGIN; {} COMMIT;", people.collect::<String>()));
}

/// The rows of all pages, each begun where the one before says.
fn walk(server: &Server, command: &[&str], member: &str, limit: &str) -> Vec<String> {
    let (mut all, mut after): (Vec<String>, Option<String>) = (Vec::new(), None);
    loop {
        let from = after.iter().flat_map(|after| ["--after", after.as_str()]);
        let arguments: Vec<&str> = command.iter().copied().chain(["--limit", limit]).chain(from).collect();
        let (page, said) = names(server, &arguments, member);
        let last = page.last().cloned();
        all.extend(page);
        if said.is_empty() {
            return all;
        }
        let last = last.expect("a page that is cut has a row");
        assert_eq!(said, format!("There are more: add --after '{}' to go on.\n", last.replace('\'', r"'\''")));
        after = Some(last);
    }
}

#[test]
fn people_are_listed_page_by_page_in_a_stable_order() {
    let server = Server::start();
    add_people(&server, 0, &["Anna", "carol", "o''brien", "zoé", "Zoe"]);
    let all = ["alice", "Anna", "bob", "carol", "o'brien", "Zoe", "zoé"];
    for limit in ["1", "2", "3", "7", "100"] {
        assert_eq!(walk(&server, &["user", "list"], "username", limit), all, "{limit} at a time");
    }
    assert_eq!(names(&server, &["user", "list", "--after", "BOB"], "username").0, all[3..]);
    assert_eq!(names(&server, &["user", "list", "--after", "bz"], "username").0, all[3..], "who need not be there");
    let [table, said] = printed(&server, &["user", "list", "--limit", "2"]);
    assert_eq!((table.lines().count(), said.as_str()), (4, ""), "{table}");
    assert!(table.ends_with("There are more: add --after 'Anna' to go on.\n"), "{table}");
}

#[test]
fn people_are_found_by_a_part_of_their_name_address_or_subject() {
    let server = Server::start();
    add_people(&server, 0, &["Anna", "joanna"]);
    server.command(&["user", "set", BOB, "--email", "Robert@ANNex.example"], "");
    let found = |text: &str| names(&server, &["user", "list", "--search", text], "username").0;
    assert_eq!(found("ANN"), ["Anna", "bob", "joanna"]);
    assert_eq!(found("nobody"), Vec::<String>::new());
    let sub = server.command(&["user", "show", ALICE], "")["sub"].as_str().unwrap().to_owned();
    assert_eq!(found(&sub), [ALICE]);
    assert_eq!(walk(&server, &["user", "list", "--search", "ann"], "username", "1"), ["Anna", "bob", "joanna"]);
}

/// More than is read at a time, and more than is shown without being asked.
#[test]
fn a_search_goes_through_all_of_them() {
    let server = Server::start();
    add_people(&server, 2100, &[]);
    assert_eq!(names(&server, &["user", "list", "--search", "person-2099"], "username").0, ["person-2099"]);
    let (all, said) = names(&server, &["user", "list"], "username");
    assert_eq!((all.len(), said.as_str()), (1000, "There are more: add --after 'person-0997' to go on.\n"));
    assert_eq!(names(&server, &["user", "list", "--limit", "100000"], "username").0.len(), 2102);
    assert_eq!(walk(&server, &["user", "list", "--search", "person-"], "username", "999").len(), 2100);
}

#[test]
fn clients_are_listed_page_by_page_and_found() {
    let server = Server::start();
    let all = ["api-server", "evil", "native", "ropc", "spa", "web"];
    for limit in ["1", "4", "6"] {
        assert_eq!(walk(&server, &["client", "list"], "client_id", limit), all);
    }
    let found = |text: &str| names(&server, &["client", "list", "--search", text], "client_id").0;
    assert_eq!(found("SPA.example"), ["spa"], "by a redirect URI");
    assert_eq!(found("the web app"), ["web"], "by the name");
    assert_eq!(found("e"), all, "by anything");
    let [table, _] = printed(&server, &["client", "list", "--limit", "2", "--search", "application"]);
    assert!(table.ends_with("There are more: add --after 'evil' to go on.\n"), "{table}");
}

/// Every string and number in a value.
fn leaves(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().flat_map(leaves).collect(),
        Value::Object(members) => {
            members.iter().flat_map(|(name, value)| [vec![name.clone()], leaves(value)].concat()).collect()
        }
        Value::String(text) => vec![text.clone()],
        Value::Bool(set) => vec![if *set { "yes" } else { "no" }.to_owned()],
        Value::Null => Vec::new(),
        Value::Number(number) => vec![number.to_string()],
    }
}

#[test]
fn a_client_is_shown_with_all_that_the_json_says() {
    let server = Server::start();
    let set = ["client", "set", "web", "--first-party", "--serves", crate::support::API];
    let metadata = [
        "client_uri=https://app.example/",
        "contacts=ops@app.example",
        "post_logout_redirect_uris=https://app.example/bye",
        "frontchannel_logout_uri=https://app.example/out",
        "backchannel_logout_uri=https://app.example/back",
        "subject_type=pairwise",
    ];
    let metadata = metadata.iter().flat_map(|member| ["--metadata", member]);
    let set: Vec<&str> = set.into_iter().chain(metadata).collect();
    server.command(&set, "");
    server.command(&["client", "rotate-secret", "web"], "");
    for id in ["web", "spa", "ropc", "api-server"] {
        let json = server.command(&["client", "show", id], "");
        let [text, _] = printed(&server, &["client", "show", id]);
        let members = json.as_object().unwrap();
        assert_eq!(text.lines().count(), members.len(), "a line for each member:\n{text}\n{json}");
        for leaf in members.values().flat_map(leaves) {
            assert!(text.contains(&leaf), "{leaf} is missing:\n{text}\n{json}");
        }
    }
}

#[test]
fn a_person_is_shown_with_the_time_of_the_last_change() {
    let server = Server::start();
    assert_eq!(server.command(&["user", "show", ALICE], "")["changed"], "2027-01-15T08:00:00.000Z");
    let changed = server.command(&["user", "set", ALICE, "--email", "a@b.example"], "");
    assert_ne!(changed["changed"], "2027-01-15T08:00:00.000Z");
    assert_eq!(server.command(&["user", "show", ALICE], "")["changed"], changed["changed"]);
}

#[test]
fn a_registration_token_is_removed_by_the_name_that_made_it() {
    let server = Server::start();
    let add = |name: &str| server.command(&["registration-token", "add", name], "");
    let left = || names(&server, &["registration-token", "list"], "name").0;
    add("partners");
    add("twice");
    let second = add("twice");
    let removed = server.command(&["registration-token", "remove", "partners"], "");
    assert_eq!(removed, serde_json::json!({ "removed": "partners" }));
    assert_eq!(left(), ["twice", "twice"]);
    let output = run(administer(&server.data_dir, 1, &[], &["registration-token", "remove", "twice"]), "");
    let (said, id) = (String::from_utf8(output.stderr).unwrap(), second["id"].as_str().unwrap());
    assert!(output.status.code() == Some(1) && said.contains("2 tokens are named 'twice'"), "{said}");
    assert!(said.contains(id), "{said}");
    server.command(&["registration-token", "remove", id], "");
    server.command(&["registration-token", "remove", "twice"], "");
    assert_eq!(left(), Vec::<String>::new());
}
