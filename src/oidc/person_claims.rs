//! What can be known of a person: the claims of OpenID Connect Core §5.1 with their types, and those of the operator's own.

use serde_json::{Map, Value};
use url::Url;

use crate::oauth::{check_claim_name, without_language};
use crate::types::is_showable;

/// The longest value of a claim, and of all claims of a person together, in bytes of JSON.
const MAX_VALUE: usize = 4096;
const MAX_ALL: usize = 16_384;

/// The members of `address` (§5.1.1).
const OF_ADDRESS: [&str; 6] = ["formatted", "street_address", "locality", "region", "postal_code", "country"];

/// A claim as it is typed: its value is checked, and a text unless the claim is another type or, for a claim of the operator's
/// own, the text is JSON.
///
/// # Errors
/// One sentence that says what to write.
pub fn typed_claim(name: &str, text: &str) -> Result<Value, String> {
    check_claim_name(name)?;
    let value = value(name, text).map_err(|why| format!("the claim {name} '{}' {why}", text.escape_debug()))?;
    if value.to_string().len() > MAX_VALUE {
        return Err(format!("the claim {name} is longer than {MAX_VALUE} bytes"));
    }
    Ok(value)
}

/// Whether the claims of a person are not too many.
///
/// # Errors
/// One sentence.
pub fn check_claims(claims: &Map<String, Value>) -> Result<(), String> {
    let length = serde_json::to_string(claims).map_or(usize::MAX, |text| text.len());
    if length > MAX_ALL {
        return Err(format!("the claims of one person are at most {MAX_ALL} bytes together, take some away"));
    }
    Ok(())
}

fn value(name: &str, text: &str) -> Result<Value, &'static str> {
    let checked = |fits: bool, why| if fits { Ok(Value::from(text)) } else { Err(why) };
    match without_language(name) {
        "preferred_username" => Err("is the username, set it with --username"),
        "email" => Err("is the address, set it with --email"),
        "updated_at" => Err("moves by itself with every change"),
        "name" | "given_name" | "family_name" | "middle_name" | "nickname" | "gender" => {
            checked(is_line(text), "must be a line of text, without control and invisible characters")
        }
        "profile" | "picture" | "website" => checked(is_web_address(text), "must be an https or http URL"),
        "birthdate" => checked(is_birthdate(text), "must be a date as YYYY-MM-DD, or a year as YYYY"),
        "zoneinfo" => checked(is_zone(text), "must be a time zone such as Europe/Paris"),
        "locale" => checked(is_locale(text), "must be a language such as en or pt-BR"),
        "phone_number" => checked(is_phone_number(text), "must be a number in E.164 form such as +14255551212"),
        "email_verified" | "phone_number_verified" => match text {
            "true" | "false" => Ok(Value::Bool(text == "true")),
            _ => Err("must be true or false"),
        },
        "address" => address(text).ok_or(
            "must be a JSON object of texts, with formatted, street_address, locality, region, postal_code or country",
        ),
        _ => own(text),
    }
}

/// A number, `true`, a list, an object or a text in quotes is what it is in JSON; anything else is a text as it stands.
fn own(text: &str) -> Result<Value, &'static str> {
    match serde_json::from_str(text) {
        Ok(Value::Null) => Err("is nothing: take the claim away with --no-claim"),
        Ok(value) if !is_text(&value) => Err("has a control or invisible character in it, leave that out"),
        Ok(value) => Ok(value),
        Err(_) if is_line(text) => Ok(text.into()),
        Err(_) => Err("must be a line of text, or JSON"),
    }
}

fn is_line(text: &str) -> bool {
    !text.trim().is_empty() && is_showable(text)
}

/// Returns true if every text in a value can be shown, in lines where it has several.
fn is_text(value: &Value) -> bool {
    match value {
        Value::String(text) => text.split(['\n', '\r', '\t']).all(is_showable),
        Value::Array(values) => values.iter().all(is_text),
        Value::Object(members) => members.iter().all(|(name, value)| is_showable(name) && is_text(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
    }
}

fn is_web_address(text: &str) -> bool {
    let is_web = |url: Url| matches!(url.scheme(), "https" | "http") && url.has_host();
    Url::parse(text).is_ok_and(is_web) && is_line(text)
}

/// "The year MAY be `0000`, indicating that it is omitted. To represent only the year, `YYYY` format is allowed" (§5.1).
fn is_birthdate(text: &str) -> bool {
    let number = |text: &str, length| {
        let is_number = text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| text.parse::<u32>().ok()).flatten()
    };
    let parts: Vec<&str> = text.split('-').collect();
    match parts.as_slice() {
        [year] => number(year, 4).is_some(),
        [year, month, day] => match (number(year, 4), number(month, 2), number(day, 2)) {
            (Some(year), Some(month), Some(day)) => (1..=days_of(year, month)).contains(&day),
            _ => false,
        },
        _ => false,
    }
}

fn days_of(year: u32, month: u32) -> u32 {
    match month {
        // The year 0000 stands for one that nobody told, which may have been a leap year.
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

fn is_zone(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'_' | b'-' | b'+');
    text.starts_with(|first: char| first.is_ascii_alphabetic()) && text.len() <= 64 && text.bytes().all(allowed)
}

/// "This is typically an ISO 639 Alpha-2 language code in lowercase and an ISO 3166-1 Alpha-2 country code in uppercase,
/// separated by a dash. […] some implementations have used an underscore" (§5.1).
fn is_locale(text: &str) -> bool {
    let is_part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let mut parts = text.split(['-', '_']);
    let is_language = |part: &str| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    parts.next().is_some_and(is_language) && parts.all(is_part)
}

/// E.164, with an extension as RFC 3966 writes it where there is one.
fn is_phone_number(text: &str) -> bool {
    let is_number =
        |digits: &str, most| (1..=most).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let (number, extension) =
        text.split_once(";ext=").map_or((text, None), |(number, extension)| (number, Some(extension)));
    number.strip_prefix('+').is_some_and(|digits| is_number(digits, 15) && !digits.starts_with('0'))
        && extension.is_none_or(|extension| is_number(extension, 15))
}

fn address(text: &str) -> Option<Value> {
    let members: Map<String, Value> = serde_json::from_str(text).ok()?;
    // A formatted address may have several lines.
    let is_member = |(name, value): (&String, &Value)| {
        OF_ADDRESS.contains(&name.as_str())
            && value.as_str().is_some_and(|text| !text.trim().is_empty())
            && is_text(value)
    };
    (!members.is_empty() && members.iter().all(is_member)).then(|| members.into())
}

#[cfg(test)]
mod tests;
