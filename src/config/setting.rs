//! What is known of a key: the row that the file, the environment, the messages and the documentation share.

use std::fmt;

use toml::Value;

use super::ConfigError;

/// What every variable of ours begins with.
pub(super) const PREFIX: &str = "COUNTERSIGN_";

/// One key of the configuration.
#[derive(Debug)]
pub struct Setting {
    pub(super) key: &'static str,
    pub(super) kind: Kind,
    /// A TOML value; empty where there is no default.
    pub(super) default: &'static str,
    /// A TOML value; empty where the default is example enough.
    pub(super) example: &'static str,
    pub(super) description: &'static [&'static str],
    /// Whether a TOML value is of the key's type.
    pub(super) accepts: fn(&Value) -> bool,
}

impl Setting {
    /// The key, with its section before a dot: `tokens.access_ttl`.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        self.key
    }

    /// The section, such as `tokens`; `None` for a key above the sections.
    #[must_use]
    pub fn section(&self) -> Option<&'static str> {
        self.key.split_once('.').map(|(section, _)| section)
    }

    /// The key inside its section: `access_ttl`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.key.split_once('.').map_or(self.key, |(_, name)| name)
    }

    /// The environment variable that sets it: `COUNTERSIGN_TOKENS__ACCESS_TTL`.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("{}{}", PREFIX, self.key.replace('.', "__").to_uppercase())
    }

    /// The variable that names a file with the value in it, for keys that have one.
    #[must_use]
    pub fn file_variable(&self) -> Option<String> {
        self.kind.may_be_secret().then(|| format!("{}_FILE", self.variable()))
    }

    /// The type of its value, in words.
    #[must_use]
    pub fn kind(&self) -> String {
        self.kind.to_string()
    }

    /// The default as a TOML value; `None` where a missing key has a meaning of its own.
    #[must_use]
    pub fn default(&self) -> Option<&'static str> {
        (!self.default.is_empty()).then_some(self.default)
    }

    /// What it does, in one or more sentences.
    #[must_use]
    pub fn description(&self) -> String {
        self.description.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
    }

    /// Refuses a value that is not of its type; `place` is where it was typed.
    pub(super) fn checked(&self, value: Value, place: &str) -> Result<Value, ConfigError> {
        if (self.accepts)(&value) {
            return Ok(value);
        }
        let problem = if self.kind.may_be_secret() {
            format!("not a {}", self.kind)
        } else {
            format!("{} does not fit", shown(&value))
        };
        Err(ConfigError::new(place, format!("{problem}; write {}", self.kind.expected())))
    }
}

/// On one line, whatever is in it.
fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| format!("{text:?}"))
}

/// The type of a key's value, as far as messages and documentation tell types apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Address,
    DatabaseUrl,
    Duration,
    Number,
    Choice(&'static [&'static str]),
    Choices(&'static [&'static str]),
    Secret,
    Secrets,
    Ranges,
    Scopes,
}

impl Kind {
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Secret | Self::Secrets)
    }

    /// Whether a value may hold a secret: it then can come from a file of its own, and no message repeats it. The URL
    /// of a database can carry a password.
    pub fn may_be_secret(self) -> bool {
        self.is_secret() || self == Self::DatabaseUrl
    }

    /// Whether a value is a list.
    pub fn is_list(self) -> bool {
        matches!(self, Self::Secrets | Self::Ranges | Self::Scopes | Self::Choices(_))
    }

    /// What to write, for a sentence that goes "write …".
    pub fn expected(self) -> String {
        match self {
            Self::Text => "text in quotes".into(),
            Self::Address => r#"an address and a port such as "127.0.0.1:8080""#.into(),
            Self::DatabaseUrl => r#""sqlite://PATH" or "postgres://USER:PASSWORD@HOST/DATABASE""#.into(),
            Self::Duration => r#"a duration such as "90s", "5m", "24h" or "30d", or whole seconds"#.into(),
            Self::Number => "a whole number from 0".into(),
            Self::Choice(spellings) => one_of(spellings),
            Self::Choices(spellings) => format!("a list of {}", one_of(spellings)),
            Self::Secret => "the secret as text in quotes".into(),
            Self::Secrets => r#"a list of secrets such as ["first", "second"]"#.into(),
            Self::Ranges => r#"a list of addresses such as ["127.0.0.1", "10.0.0.0/8"]"#.into(),
            Self::Scopes => r#"a list of scopes such as ["department: department cost_center"]"#.into(),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Address => "address and port",
            Self::DatabaseUrl => "URL",
            Self::Duration => "duration",
            Self::Number => "number",
            Self::Choice(spellings) => return f.write_str(&one_of(spellings)),
            Self::Choices(spellings) => return write!(f, "list of {}", one_of(spellings)),
            Self::Secret => "secret",
            Self::Secrets => "list of secrets",
            Self::Ranges => "list of addresses",
            Self::Scopes => "list of scopes with their claims",
        })
    }
}

fn one_of(spellings: &[&str]) -> String {
    match spellings {
        [rest @ .., last] if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => spellings.concat(),
    }
}
