//! The JSON Schema (2020-12) of the configuration file, for editors and for programs that write one.

use serde_json::{Map, Value, json};

use super::setting::{Kind, Setting};
use super::table::settings;

/// The schema of the file: every key with its type, default and description. It says what a value looks like; the rules that
/// compare values are `countersign config check`'s.
#[must_use]
pub fn schema() -> Value {
    let mut top = Map::new();
    for setting in settings() {
        let Some(section) = setting.section() else {
            top.insert(setting.name().to_owned(), property(setting));
            continue;
        };
        let section = top.entry(section).or_insert_with(|| table(&Map::new()));
        section["properties"][setting.name()] = property(setting);
    }
    let mut schema = table(&top);
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!("Countersign's configuration");
    schema
}

fn table(properties: &Map<String, Value>) -> Value {
    json!({ "type": "object", "additionalProperties": false, "properties": properties })
}

fn property(setting: &Setting) -> Value {
    let mut property = value_of(setting);
    property["description"] = json!(setting.description());
    if let Some(default) = setting.default() {
        property["default"] = to_json(default);
    } else {
        property["examples"] = json!([to_json(setting.example)]);
    }
    property
}

fn value_of(setting: &Setting) -> Value {
    match setting.kind {
        Kind::Text => json!({ "type": "string" }),
        Kind::Address => json!({ "type": "string", "pattern": r"^(\[[0-9A-Fa-f:.]+\]|[0-9.]+):[0-9]{1,5}$" }),
        Kind::DatabaseUrl => json!({ "type": "string", "pattern": "^(sqlite|postgres|postgresql)://" }),
        Kind::Duration => {
            let spelled = json!({ "type": "string", "pattern": "^[0-9]+[smhd]?$" });
            json!({ "anyOf": [spelled, { "type": "integer", "minimum": 0 }] })
        }
        Kind::Number => json!({ "type": "integer", "minimum": 0 }),
        Kind::Choice(spellings) => {
            // A choice of numbers is written without quotes, as its default is.
            let is_text = setting.default().is_none_or(|default| default.starts_with('"'));
            let spell = |spelling: &&str| if is_text { json!(spelling) } else { to_json(spelling) };
            json!({ "enum": spellings.iter().map(spell).collect::<Vec<_>>() })
        }
        Kind::Choices(spellings) => json!({ "type": "array", "items": { "enum": spellings } }),
        Kind::Ranges => {
            json!({ "type": "array", "items": { "type": "string", "pattern": "^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$" } })
        }
        Kind::Scopes => json!({ "type": "array", "items": { "type": "string", "pattern": "^[^ ]+: [^ ]" } }),
        Kind::Secret => json!({ "type": "string", "minLength": 1 }),
        Kind::Secrets => json!({ "type": "array", "items": { "type": "string", "minLength": 1 } }),
    }
}

/// A TOML value of the table of keys, which are all simple.
fn to_json(value: &str) -> Value {
    let value = format!("value = {value}").parse::<toml::Table>().ok().and_then(|mut table| table.remove("value"));
    value.and_then(|value| serde_json::to_value(value).ok()).unwrap_or_default()
}
