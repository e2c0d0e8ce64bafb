//! What is written: the example file, the effective configuration, the rows of the documentation.

use std::path::Path;

use toml::Value;

use super::super::setting::Kind;
use super::super::{Config, Setting, example, reference, settings, sources};
use super::{NONE, from_file};

const SHIPPED: &str = include_str!("../../../config/countersign.toml");

/// The example with every key set: those with a default, or all.
fn uncommented(all: bool) -> String {
    let is_key = |line: &str| line.starts_with('#') && !line.starts_with("# ");
    let mut section = None;
    let line = |line: &'static str| {
        section = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).or(section);
        let is_typed = |setting: &Setting, name| (setting.section(), setting.name()) == (section, name);
        let has_default = |name| settings().any(|setting| is_typed(setting, name) && setting.default().is_some());
        match line.strip_prefix('#') {
            Some(key) if is_key(line) && (all || has_default(key.split(' ').next().unwrap())) => key,
            _ => line,
        }
    };
    SHIPPED.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// With `WRITE_DOCUMENTS` in the environment they are written anew.
#[test]
fn the_kept_documents_are_the_generated_ones() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (file, text) in [("config/countersign.toml", example()), ("docs/configuration.md", reference())] {
        if std::env::var_os("WRITE_DOCUMENTS").is_some() {
            std::fs::write(root.join(file), &text).unwrap();
        }
        let kept = std::fs::read_to_string(root.join(file)).unwrap();
        assert_eq!(kept, text, "{file}: run `WRITE_DOCUMENTS=1 cargo test --lib documents`");
    }
}

#[test]
fn the_shipped_example_changes_nothing() {
    let shipped = Config::load(Some(Path::new("config/countersign.toml")), NONE).unwrap();
    let defaults = super::from_variables(&[]).unwrap();
    assert_eq!(shipped, defaults);
    assert_eq!(from_file(&uncommented(false)).unwrap(), defaults);
}

#[test]
fn the_shipped_example_has_every_key_and_its_examples_are_of_their_types() {
    let table: toml::Table = uncommented(true).parse().unwrap();
    for setting in settings() {
        let section = setting.section().map_or(Some(&table), |section| table[section].as_table()).unwrap();
        assert!((setting.accepts)(&section[setting.name()]), "{}", setting.key());
    }
    let example_of_url = uncommented(true).lines().find(|line| line.starts_with("url")).unwrap().to_owned();
    assert_eq!(
        from_file(&format!("[database]\n{example_of_url}")),
        super::from_variables(&[]).map_err(|_| String::new())
    );
    assert_eq!(
        from_file(&uncommented(true)).unwrap_err(),
        "secrets.master_key: it is a placeholder; write the output of `openssl rand -base64 32`"
    );
}

#[test]
fn every_default_is_written_in_its_clearest_form() {
    for (key, value) in sources::defaults().unwrap().values() {
        let setting = settings().find(|setting| setting.key() == key).unwrap();
        assert_eq!(setting.default().map(str::to_owned), value.map(|value| value.to_string()), "{key}");
    }
}

#[test]
fn a_choice_takes_what_its_message_offers() {
    let choices = settings().filter_map(|setting| match setting.kind {
        Kind::Choice(spellings) => Some((setting, spellings)),
        _ => None,
    });
    for (setting, spellings) in choices {
        for spelling in spellings {
            let [text, number] = [Value::from(*spelling), spelling.parse().map_or(Value::from(0), Value::Integer)];
            assert!((setting.accepts)(&text) || (setting.accepts)(&number), "{} {spelling}", setting.key());
        }
    }
}

#[test]
fn the_rows_are_complete() {
    for setting in settings() {
        assert!(setting.description().ends_with('.'), "{}", setting.key());
        assert!(setting.default().is_some() || !setting.example.is_empty(), "{}", setting.key());
    }
    let row = settings().find(|setting| setting.key() == "tokens.access_ttl").unwrap();
    assert_eq!((row.section(), row.name()), (Some("tokens"), "access_ttl"));
    assert_eq!((row.kind().as_str(), row.default()), ("duration", Some(r#""5m""#)));
    assert_eq!(row.description(), "How long an access token is valid; at most a day.");
    assert_eq!((row.variable().as_str(), row.file_variable()), ("COUNTERSIGN_TOKENS__ACCESS_TTL", None));
    let with_file: Vec<_> = settings().filter_map(Setting::file_variable).collect();
    assert_eq!(
        with_file,
        [
            "COUNTERSIGN_DATABASE__URL_FILE",
            "COUNTERSIGN_SECRETS__MASTER_KEY_FILE",
            "COUNTERSIGN_SECRETS__MASTER_KEY_PREVIOUS_FILE"
        ]
    );
}

#[test]
fn the_shown_configuration_reads_back_without_secrets() {
    let typed = "issuer = 'https://example.com/t'\nname = 'A \"B\" \\ C'\nworkers = 3\n[passwords]\nhash_slots = 2\n\
                 [tokens]\naccess_ttl = 90\n[keys]\nalgorithm = 'ES256'\n";
    let config = from_file(typed).unwrap();
    let shown = config.show();
    let without_secrets = shown.replace("master_key = \"(not set)\"\nmaster_key_previous = \"(not set)\"\n", "");
    assert_ne!(shown, without_secrets);
    assert_eq!(from_file(&without_secrets).unwrap(), config);
}

#[test]
fn secrets_are_shown_as_set_or_not() {
    let config = from_file("[secrets]\nmaster_key = 'hunter2'\nmaster_key_previous = ['hunter1', 'hunter0']").unwrap();
    let shown = config.show();
    assert!(
        shown.contains("\n[secrets]\nmaster_key = \"(set)\"\nmaster_key_previous = [\"(set)\", \"(set)\"]\n"),
        "{shown}"
    );
    assert!(shown.starts_with("# issuer is not set\nname = \"Countersign\"\n"), "{shown}");
    assert!(shown.contains("\n[database]\nurl = \"sqlite://data/countersign.db\"\n"), "{shown}");
    assert!(shown.contains("access_ttl = \"5m\"\n"), "{shown}");
    assert!(!shown.contains("hunter") && !format!("{config:?}").contains("hunter"));
}
