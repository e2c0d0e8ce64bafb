use serde_json::json;

use super::*;

fn role(name: &str, permissions: &[&str]) -> Role {
    Role::new(name.to_owned(), owned(permissions)).unwrap()
}

fn scope(text: &str) -> Scope {
    Scope::parse(text).unwrap()
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn numbered(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{prefix}{number}")).collect()
}

#[test]
fn a_name_is_a_scope_token_of_at_most_64_characters() {
    let long = "x".repeat(65);
    for refused in ["", " ", "a b", "a\"b", "a\\b", "a\nb", "a\0", "\u{7f}", "é", "admin\u{200b}", &long] {
        let name = Role::new(refused.to_owned(), Vec::new()).unwrap_err();
        let permission = Role::new("editor".to_owned(), owned(&["notes.read", refused])).unwrap_err();
        let assigned = assigned_roles(owned(&["editor", refused])).unwrap_err();
        assert!(name.starts_with("the role '") && name.contains("64"), "{name}");
        assert!(permission.starts_with("the permission '"), "{permission}");
        assert_eq!(assigned, name);
        assert!(name.chars().all(|c| !c.is_control()), "{name:?}");
    }
    for allowed in ["a", "notes.read", "https://api.example/notes:*", "!#[]~", "'", &long[..64]] {
        role(allowed, &[allowed]);
    }
}

#[test]
fn lists_are_sorted_distinct_and_bounded() {
    assert_eq!(role("a", &["z", "A", "z", "a"]).permissions, ["A", "a", "z"]);
    assert_eq!(assigned_roles(owned(&["b", "a", "b"])).unwrap(), ["a", "b"]);
    let twice = |prefix, count| [numbered(prefix, count), numbered(prefix, count)].concat();
    assert_eq!(Role::new("a".to_owned(), twice("p", 200)).unwrap().permissions.len(), 200);
    assert!(Role::new("a".to_owned(), numbered("p", 201)).unwrap_err().contains("at most 200 permissions"));
    assert_eq!(assigned_roles(twice("r", 100)).unwrap().len(), 100);
    assert!(assigned_roles(numbered("r", 101)).unwrap_err().contains("at most 100 roles"));
}

#[test]
fn permissions_are_united_and_those_of_other_resources_left_out() {
    let roles = [role("writer", &["notes.write", "notes.read"]), role("clerk", &["files.read", "notes.read"])];
    let told = |registered: Option<&str>| {
        let registered = registered.map(|scope| Scope::parse(scope).unwrap());
        let claims = RoleClaims::new(&roles, &scope("roles"), registered.as_ref());
        assert_eq!(claims.roles.unwrap(), ["clerk", "writer"], "a role is nobody's resource");
        assert_eq!(claims.groups, None);
        claims.permissions.unwrap()
    };
    assert_eq!(told(None), ["files.read", "notes.read", "notes.write"]);
    assert_eq!(told(Some("")), told(None), "nothing is registered");
    assert_eq!(told(Some("notes.write files.write notes.read")), ["notes.read", "notes.write"]);
    assert_eq!(told(Some("Notes.Read notes")), Vec::<String>::new());
}

#[test]
fn nothing_is_told_as_empty_lists() {
    for (opened, claims) in [
        ("roles", json!({ "roles": [], "permissions": [] })),
        ("groups", json!({ "groups": [] })),
        ("groups roles", json!({ "roles": [], "groups": [], "permissions": [] })),
        ("openid", json!({})),
    ] {
        let told = RoleClaims::new(&[], &scope(opened), None).fit_for_header();
        assert_eq!(serde_json::to_value(&told).unwrap(), claims, "{opened}");
    }
}

/// Both lists have the same names, and the one that is left says it all.
#[test]
fn a_second_list_of_names_is_left_out_where_both_are_too_long() {
    let told = |opened: &str, count: usize| {
        let roles: Vec<Role> = (0..count).map(|number| role(&format!("{number:061}"), &[])).collect();
        let claims = RoleClaims::new(&roles, &scope(opened), None).fit_for_header();
        [claims.roles, claims.groups].map(|names| names.map(|names| names.len()))
    };
    // 64 bytes of JSON each.
    assert_eq!(told("roles groups", 32), [Some(32), Some(32)]);
    assert_eq!(told("roles groups", 33), [Some(33), None]);
    assert_eq!(told("groups", 100), [None, Some(100)]);
}

/// 16 characters and three of JSON each.
#[test]
fn permissions_that_no_header_would_hold_are_left_out_as_a_whole() {
    let told = |count: usize| {
        let permissions = (0..count).map(|number| format!("permission.{number:05}")).collect();
        let role = Role { name: "a".repeat(64), permissions };
        RoleClaims::new(&[role], &scope("roles"), None).fit_for_header()
    };
    let room = (4096 - 64 - 3) / (16 + 3);
    assert_eq!(told(room).permissions.map(|permissions| permissions.len()), Some(room));
    let without = told(room + 1);
    assert_eq!((without.roles.as_ref().map(Vec::len), &without.permissions), (Some(1), &None));
    assert_eq!(serde_json::to_value(&without).unwrap(), json!({ "roles": ["a".repeat(64)] }));
}
