use serde_json::json;

use super::*;

#[test]
fn claims_are_of_their_types() {
    for (name, text, value) in [
        ("name", "Ada König", json!("Ada König")),
        ("name#ja-Kana-JP", "エイダ", json!("エイダ")),
        ("nickname", "42", json!("42")),
        ("website", "https://ada.example/~me?x=y", json!("https://ada.example/~me?x=y")),
        ("birthdate", "2000-02-29", json!("2000-02-29")),
        ("birthdate", "0000-02-29", json!("0000-02-29")),
        ("birthdate", "1815", json!("1815")),
        ("zoneinfo", "America/Argentina/Buenos_Aires", json!("America/Argentina/Buenos_Aires")),
        ("locale", "zh-Hant-TW", json!("zh-Hant-TW")),
        ("locale", "en_US", json!("en_US")),
        ("phone_number", "+14255551212", json!("+14255551212")),
        ("phone_number", "+14255551212;ext=5678", json!("+14255551212;ext=5678")),
        ("email_verified", "true", json!(true)),
        ("address", r#"{"locality": "Wien", "formatted": "a\nb"}"#, json!({ "locality": "Wien", "formatted": "a\nb" })),
        ("department", "R & D", json!("R & D")),
        ("level", "7", json!(7)),
        ("level", "\"7\"", json!("7")),
        ("https://claims.example/groups", "[\"a\", \"b\"]", json!(["a", "b"])),
    ] {
        assert_eq!(typed_claim(name, text), Ok(value), "{name}={text}");
    }
}

#[test]
fn what_is_not_of_its_type_is_refused_by_name() {
    for (name, text) in [
        ("name", " "),
        ("name", "two\nlines"),
        ("profile", "ada.example"),
        ("picture", "javascript:alert(1)"),
        ("website", "ftp://ada.example"),
        ("birthdate", "1900-02-29"),
        ("birthdate", "2000-13-01"),
        ("birthdate", "10.12.1815"),
        ("birthdate", "+815"),
        ("zoneinfo", "somewhere over there"),
        ("locale", "e"),
        ("locale", "en-"),
        ("phone_number", "0123"),
        ("phone_number", "+0123"),
        ("phone_number", "+1 425 555 1212"),
        ("phone_number", "+14255551212;ext="),
        ("email_verified", "yes"),
        ("address", "Wien"),
        ("address", "{}"),
        ("address", r#"{"town": "Wien"}"#),
        ("address", r#"{"locality": 1}"#),
        ("department", "null"),
        ("department", ""),
        ("email", "a@b.example"),
        ("preferred_username", "ada"),
        ("updated_at", "1"),
        ("sub", "x"),
        ("roles", "[]"),
        ("auth_time#de", "x"),
        ("two words", "x"),
        ("", "x"),
    ] {
        assert!(
            typed_claim(name, text).unwrap_err().contains(&format!("claim {name}"))
                || name.len() < 3
                || matches!(name, "sub" | "roles" | "auth_time#de" | "two words"),
            "{name}={text}"
        );
    }
    assert!(typed_claim("a", &"x".repeat(4094)).is_ok() && typed_claim("a", &"x".repeat(4095)).is_err());
    let much = |length: usize| (0..4).map(|at| (at.to_string(), Value::from("x".repeat(length)))).collect();
    assert!(check_claims(&much(4000)).is_ok() && check_claims(&much(4100)).is_err());
}
