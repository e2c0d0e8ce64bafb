//! Basic OP and Form Post OP: what is told of a person.

use serde_json::{Value, json};

use super::Plan;
use super::basic::plans;
use crate::support::{Browser, WEB};

plans! {
    oidcc_scope_profile,
    oidcc_scope_email,
    oidcc_scope_address,
    oidcc_scope_phone,
    oidcc_scope_all,
    oidcc_claims_essential,
}

const PROFILE: [(&str, &str); 12] = [
    ("name", "Alice Adams"),
    ("given_name", "Alice"),
    ("family_name", "Adams"),
    ("middle_name", "B."),
    ("nickname", "Al"),
    ("profile", "https://people.example.com/alice"),
    ("picture", "https://people.example.com/alice.png"),
    ("website", "https://alice.example.com"),
    ("gender", "female"),
    ("birthdate", "1990-02-28"),
    ("zoneinfo", "Europe/Berlin"),
    ("locale", "de-DE"),
];
const ADDRESS: &str = r#"{"street_address":"1 Main Street","locality":"Berlin","postal_code":"10115","country":"DE"}"#;

/// What `UserInfo` tells with a scope of alice, of whom everything is known.
fn told(plan: &Plan, scope: &str, claims: Option<&str>) -> Value {
    let all = format!("openid profile email address phone offline_access {}", "notes.read");
    plan.server.command(&["client", "set", "web", "--scope", &all], "");
    let mut known: Vec<String> = PROFILE.iter().map(|(name, value)| format!("{name}={value}")).collect();
    known.extend([format!("address={ADDRESS}"), "phone_number=+49301234567".to_owned()]);
    known.extend(["phone_number_verified=true".to_owned(), "email_verified=true".to_owned()]);
    let options: Vec<&str> = known.iter().flat_map(|claim| ["--claim", claim.as_str()]).collect();
    plan.server.command(&[&["user", "set", "alice"], options.as_slice()].concat(), "");
    let request = plan.request(WEB).with("scope", scope);
    let request = match claims {
        Some(claims) => request.with("claims", claims),
        None => request,
    };
    let signed_in = plan.sign_in(&mut Browser::new(&plan.server), WEB, &request);
    plan.userinfo(&signed_in)
}

#[track_caller]
fn assert_profile(told: &Value) {
    for (name, value) in PROFILE {
        assert_eq!(told[name], value, "{name}");
    }
    assert_eq!(told["preferred_username"], "alice");
    assert!(told["updated_at"].is_i64());
}

#[track_caller]
fn assert_email(told: &Value) {
    assert_eq!((&told["email"], &told["email_verified"]), (&json!("alice@people.example"), &json!(true)));
}

#[track_caller]
fn assert_address(told: &Value) {
    assert_eq!(told["address"], serde_json::from_str::<Value>(ADDRESS).unwrap());
}

#[track_caller]
fn assert_phone(told: &Value) {
    assert_eq!((&told["phone_number"], &told["phone_number_verified"]), (&json!("+49301234567"), &json!(true)));
}

fn oidcc_scope_profile(plan: &Plan) {
    let told = told(plan, "openid profile", None);
    assert_profile(&told);
    assert_eq!((told.get("email"), told.get("address"), told.get("phone_number")), (None, None, None));
}

fn oidcc_scope_email(plan: &Plan) {
    let told = told(plan, "openid email", None);
    assert_email(&told);
    assert_eq!(told.get("name"), None);
}

fn oidcc_scope_address(plan: &Plan) {
    assert_address(&told(plan, "openid address", None));
}

fn oidcc_scope_phone(plan: &Plan) {
    assert_phone(&told(plan, "openid phone", None));
}

fn oidcc_scope_all(plan: &Plan) {
    let told = told(plan, "openid profile email address phone", None);
    assert_profile(&told);
    assert_email(&told);
    assert_address(&told);
    assert_phone(&told);
}

fn oidcc_claims_essential(plan: &Plan) {
    let told = told(plan, "openid", Some(r#"{"userinfo":{"name":{"essential":true}}}"#));
    assert_eq!(told["name"], "Alice Adams");
}
