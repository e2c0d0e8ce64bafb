//! The database that commands open: `serve`, `migrate` and `dev` create one, and every other command names the one it opened.

use crate::support::database::is_postgres;
use crate::support::{Installation, PASSWORD};

/// The database of an installation as sentences name it.
fn database(installation: &Installation) -> String {
    match crate::support::database::url(&installation.data_dir) {
        Some(url) => {
            let (user, host) = url.rsplit_once('@').expect("it names a user");
            match user.split_once("://").and_then(|(scheme, user)| Some((scheme, user.split_once(':')?.0))) {
                Some((scheme, user)) => format!("{scheme}://{user}:(set)@{host}"),
                None => url,
            }
        }
        None => format!("sqlite://{}", installation.data_dir.join("countersign.db").display()),
    }
}

const ADMINISTRATION: [&[&str]; 20] = [
    &["client", "list"],
    &["client", "add", "photos", "--redirect-uri", "https://app.example/cb"],
    &["client", "set", "photos", "--name", "Photos"],
    &["client", "show", "photos"],
    &["client", "lock", "photos"],
    &["client", "remove", "photos"],
    &["client", "rotate-secret", "photos"],
    &["resource", "add", "urn:notes"],
    &["resource", "list"],
    &["role", "add", "editor"],
    &["role", "list"],
    &["user", "add", "alice"],
    &["user", "list"],
    &["user", "show", "alice"],
    &["grant", "list"],
    &["grant", "revoke", "--client", "photos"],
    &["registration-token", "add", "ci"],
    &["registration-token", "list"],
    &["key", "list"],
    &["key", "rotate"],
];

#[test]
fn administration_of_a_database_that_is_not_there_creates_none_and_names_the_place() {
    let installation = Installation::without_database();
    let place = database(&installation);
    for arguments in ADMINISTRATION {
        let sentence = installation.refused(&[], arguments, "");
        let expected = format!("there is no Countersign database at {place}: ");
        assert!(
            sentence.starts_with(&expected) && sentence.contains("`countersign migrate`"),
            "{arguments:?}: {sentence}"
        );
        let made: Vec<_> = std::fs::read_dir(&installation.data_dir).unwrap().collect();
        assert!(made.is_empty(), "{arguments:?} made {made:?}");
    }
    installation.run(&["migrate"], "");
    installation.run(&["user", "add", "alice", "--password-stdin"], PASSWORD);
}

/// The default place depends on the working directory, so a sentence names the whole path.
#[test]
fn a_command_in_another_folder_names_the_whole_path() {
    if is_postgres() {
        return;
    }
    let installation = Installation::without_database();
    let mut command = crate::support::program::command(&["user", "list"]);
    let output = command.current_dir(&installation.data_dir).output().expect("the program starts");
    let said = String::from_utf8(output.stderr).unwrap();
    let path = installation.data_dir.canonicalize().unwrap().join("data/countersign.db");
    assert!(!output.status.success() && said.contains(&format!("sqlite://{}", path.display())), "{said}");
    assert!(!installation.data_dir.join("data").exists(), "nothing was made");
}

#[test]
fn an_empty_file_is_no_database_and_stays_empty() {
    if is_postgres() {
        return;
    }
    let installation = Installation::without_database();
    let file = installation.data_dir.join("countersign.db");
    std::fs::write(&file, "").unwrap();
    assert!(installation.refused(&[], &["user", "list"], "").contains("there is no Countersign database at "));
    assert_eq!(std::fs::metadata(&file).unwrap().len(), 0);
}

#[test]
fn a_list_without_rows_says_which_database_was_read() {
    let installation = Installation::new();
    let place = database(&installation);
    let kinds = [
        ("client", "client"),
        ("resource", "resource"),
        ("role", "role"),
        ("user", "user"),
        ("grant", "grant"),
        ("registration-token", "registration token"),
        ("key", "key"),
    ];
    for (command, kind) in kinds {
        assert_eq!(installation.run(&[command, "list"], ""), format!("No {kind} was found in {place}.\n"));
        assert_eq!(installation.json(&[command, "list"], ""), serde_json::json!([]));
    }
}

#[test]
fn a_name_that_nothing_has_is_answered_with_the_database() {
    let installation = Installation::new();
    let place = database(&installation);
    drop(installation.serve(&[]));
    installation.run(&["user", "add", "alice", "--password-stdin"], PASSWORD);
    let id = "00000000-0000-7000-8000-000000000000";
    let cases: [(&[&str], &str); 14] = [
        (&["client", "show", "photos"], "client 'photos'"),
        (&["client", "set", "photos", "--name", "x"], "client 'photos'"),
        (&["client", "lock", "photos"], "client 'photos'"),
        (&["client", "remove", "photos"], "client 'photos'"),
        (&["grant", "list", "--client", "photos"], "client 'photos'"),
        (&["resource", "show", "urn:x"], "resource 'urn:x'"),
        (&["role", "show", "editor"], "role 'editor'"),
        (&["user", "show", "bob"], "user 'bob'"),
        (&["user", "set", "alice", "--role", "editor"], "role 'editor'"),
        (&["user", "add", "carol", "--role", "editor"], "role 'editor'"),
        (&["grant", "list", "--user", "bob"], "user 'bob'"),
        (&["grant", "revoke", id], "grant '00000000-0000-7000-8000-000000000000'"),
        (&["registration-token", "remove", id], "registration-token '00000000-0000-7000-8000-000000000000'"),
        (&["key", "retire", "x"], "key 'x'"),
    ];
    for (arguments, what) in cases {
        let sentence = installation.refused(&[], arguments, "");
        let expected = format!("there is no {what} in {place}");
        assert!(sentence.starts_with(&expected), "{arguments:?}: {sentence}");
        assert!(sentence.len() > expected.len() + 5, "it says what to do: {sentence}");
    }
}
