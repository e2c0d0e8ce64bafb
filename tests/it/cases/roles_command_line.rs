//! Roles on the command line: what it prints, and what it refuses.

use serde_json::json;

use crate::support::database::number;
use crate::support::{ALICE, Installation, PASSWORD};

#[test]
fn roles_are_added_changed_shown_listed_and_removed() {
    let installation = Installation::new();
    let add = ["role", "add", "editor", "--permission", "notes.write", "--permission", "notes.read"];
    let editor = json!({ "name": "editor", "permissions": ["notes.read", "notes.write"] });
    assert_eq!(installation.json(&add, ""), editor);
    let admin = json!({ "name": "Admin", "permissions": [] });
    assert_eq!(installation.json(&["role", "add", "Admin"], ""), admin);
    assert_eq!(installation.json(&["role", "show", "editor"], ""), editor);
    assert_eq!(installation.json(&["role", "list"], ""), json!([admin, editor]));
    let set = ["role", "set", "editor", "--permission", "notes.delete"];
    let changed = json!({ "name": "editor", "permissions": ["notes.delete"] });
    assert_eq!(installation.json(&set, ""), changed);
    assert_eq!(installation.json(&["role", "show", "editor"], ""), changed);
    assert_eq!(installation.json(&["role", "set", "editor", "--no-permissions"], "")["permissions"], json!([]));
    for (arguments, words) in
        [(&["role", "list"][..], "editor"), (&["role", "show", "Admin"], "Admin"), (&add[..], "there is a role")]
    {
        let output = installation.run_with(&[], arguments, "");
        let said = [output.stdout, output.stderr].concat();
        assert!(String::from_utf8(said).unwrap().contains(words), "{arguments:?} is for people as well");
    }
}

#[test]
fn people_are_added_with_roles_and_lose_those_that_are_removed() {
    let installation = Installation::new();
    for role in ["editor", "reader", "admin"] {
        installation.run(&["role", "add", role], "");
    }
    let add = ["user", "add", ALICE, "--role", "reader", "--role", "editor", "--role", "reader", "--password-stdin"];
    let alice = installation.json(&add, PASSWORD);
    assert_eq!(alice["roles"], json!(["editor", "reader"]));
    let bob = installation.json(&["user", "add", "bob", "--role", "editor"], "");
    let carol = installation.json(&["user", "add", "carol"], "");
    assert_eq!(carol["roles"], json!([]));
    let roles = || {
        let listed = installation.json(&["user", "list"], "");
        let people = listed.as_array().unwrap().iter();
        people.map(|person| person["roles"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(roles(), [alice["roles"].clone(), bob["roles"].clone(), carol["roles"].clone()]);
    assert!(installation.run(&["user", "list"], "").contains("editor reader"));

    let removed = installation.json(&["role", "remove", "editor"], "");
    assert_eq!(removed, json!({ "removed": "editor", "people": 2 }));
    assert_eq!(roles(), [json!(["reader"]), json!([]), json!([])]);
    assert!(installation.run(&["role", "remove", "reader"], "").contains("1 person"));
    // A new role of the name is nobody's.
    installation.run(&["role", "add", "editor"], "");
    assert_eq!(roles(), [json!([]), json!([]), json!([])]);
}

#[test]
fn the_roles_of_a_person_are_replaced_as_a_whole() {
    let installation = Installation::new();
    for role in ["editor", "reader"] {
        installation.run(&["role", "add", role], "");
    }
    installation.run(&["user", "add", ALICE, "--role", "editor", "--password-stdin"], PASSWORD);
    let set =
        |arguments: &[&str]| installation.json(&[&["user", "set", ALICE], arguments].concat(), "")["roles"].clone();
    assert_eq!(set(&["--role", "reader"]), json!(["reader"]));
    assert_eq!(set(&["--email", "alice@people.example"]), json!(["reader"]), "what is not named stays");
    assert_eq!(set(&["--role", "reader", "--role", "editor"]), json!(["editor", "reader"]));
    assert_eq!(installation.json(&["user", "show", ALICE], "")["roles"], json!(["editor", "reader"]));
    let sentence =
        installation.refused(&[], &["user", "set", ALICE, "--email", "other@b.example", "--role", "nobody"], "");
    assert!(sentence.contains("there is no role 'nobody'"), "{sentence}");
    let unchanged = installation.json(&["user", "show", ALICE], "");
    assert_eq!(unchanged["email"], "alice@people.example", "a change that is refused is refused as a whole");
    assert_eq!(set(&["--no-roles"]), json!([]));
}

#[test]
fn a_person_who_is_removed_leaves_the_roles_behind() {
    let installation = Installation::new();
    installation.run(&["role", "add", "editor"], "");
    installation.run(&["user", "add", ALICE, "--role", "editor"], "");
    installation.run(&["user", "remove", ALICE], "");
    assert_eq!(number(&installation.data_dir, "SELECT COUNT(*) FROM user_roles"), 0);
    assert_eq!(installation.json(&["role", "remove", "editor"], "")["people"], 0);
}

#[test]
fn a_role_that_makes_no_sense_is_refused_and_nothing_is_stored() {
    let installation = Installation::new();
    installation.run(&["role", "add", "editor", "--permission", "notes.read"], "");
    let before = installation.json(&["role", "list"], "");
    let long = "x".repeat(65);
    for name in [
        "",
        " ",
        "a b",
        "x\"; DROP TABLE roles; --",
        "a\nb",
        "a\tb",
        "\u{1b}[2J",
        "back\\slash",
        "rôle",
        "\u{202e}x",
        &long,
    ] {
        for arguments in [
            &["role", "add", name][..],
            &["role", "add", "new", "--permission", name],
            &["role", "set", "editor", "--permission", "notes.write", "--permission", name],
            &["user", "add", ALICE, "--role", name],
        ] {
            let sentence = installation.refused(&[], arguments, "");
            assert!(sentence.contains("1 to 64 visible ASCII characters"), "{arguments:?} says: {sentence}");
            assert!(sentence.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{sentence:?}");
        }
    }
    assert_eq!(installation.json(&["role", "list"], ""), before);
    assert_eq!(installation.json(&["user", "list"], ""), json!([]));
}

#[test]
fn a_refusal_about_roles_says_what_to_do() {
    let installation = Installation::new();
    installation.run(&["role", "add", "editor"], "");
    let many: Vec<String> = (0..201).map(|number| format!("p{number}")).collect();
    let with = |start: &[&'static str], option: &'static str, count: usize| {
        let options = many[..count].iter().flat_map(|name| [option, name]);
        let arguments: Vec<&str> = start.iter().copied().chain(options).collect();
        installation.refused(&[], &arguments, "")
    };
    assert!(with(&["role", "add", "large"], "--permission", 201).contains("at most 200 permissions"));
    assert!(with(&["user", "add", ALICE], "--role", 101).contains("at most 100 roles"));
    let cases: [(&[&str], &str); 6] = [
        (&["role", "add", "editor"], "countersign role set editor"),
        (&["role", "set", "writer", "--no-permissions"], "countersign role list"),
        (&["role", "show", "Editor"], "there is no role 'Editor'"),
        (&["role", "remove", "writer"], "there is no role 'writer'"),
        (&["user", "add", ALICE, "--role", "editor", "--role", "writer"], "countersign role add writer"),
        (&["user", "add", ALICE, "--role", "Editor"], "countersign role add Editor"),
    ];
    for (arguments, words) in cases {
        let sentence = installation.refused(&[], arguments, "");
        assert!(sentence.contains(words), "{arguments:?} says: {sentence}");
    }
    assert_eq!(installation.json(&["user", "list"], ""), json!([]), "nobody is added with less than was asked for");
    for arguments in
        [&["role", "set", "editor"][..], &["role", "set", "editor", "--permission", "a", "--no-permissions"]]
    {
        assert_eq!(installation.run_with(&[], arguments, "").status.code(), Some(2), "{arguments:?}");
    }
}
