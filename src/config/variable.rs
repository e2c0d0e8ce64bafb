//! The name of an environment variable: a key of ours, a misspelled one, or a variable of somebody else.

use super::setting::{PREFIX, Setting};
use super::suggest::{self, WHERE_KEYS_ARE};
use super::table::settings;
use crate::types::slip::{edit_distance, tolerated};

/// Names the configuration file, as `--config` does.
pub(super) const CONFIG: &str = "COUNTERSIGN_CONFIG";

/// The meaning of a variable with our prefix.
#[derive(Debug)]
pub(super) enum Variable {
    /// The configuration file.
    Config,
    /// The value of a key.
    Value(&'static Setting),
    /// A file with the value of a key.
    File(&'static Setting),
    /// Probably meant for a key: the advice that the operator gets.
    Misspelled(String),
    /// Set by an image, a chart or a script for itself.
    Foreign,
}

impl Variable {
    /// Reads a name. A name is misspelled when few letters differ from a key's, when it lacks a key's section, or when it has
    /// the two underscores of a section. A key of one word (`url`, `level`) without its section is too common a name.
    pub fn of(name: &str) -> Self {
        if name == CONFIG {
            return Self::Config;
        }
        if let Some(setting) = settings().find(|setting| setting.variable() == name) {
            return Self::Value(setting);
        }
        if let Some(setting) = settings().find(|setting| setting.file_variable().as_deref() == Some(name)) {
            return Self::File(setting);
        }
        let typed = as_key(name);
        if let Some(setting) = typed.strip_suffix("_file").and_then(|plain| settings().find(|one| one.key() == plain)) {
            let advice = format!("only secrets can come from a file; write {} instead", setting.variable());
            return Self::Misspelled(advice);
        }
        match (nearest(&typed), typed.contains('.')) {
            (Some(meant), _) => Self::Misspelled(format!("unknown variable; did you mean {meant}?")),
            (None, true) => Self::Misspelled(format!("unknown variable; {WHERE_KEYS_ARE}")),
            (None, false) => Self::Foreign,
        }
    }
}

/// The variable that a name is a near miss of. `typed` has the form of a key.
fn nearest(typed: &str) -> Option<String> {
    let variables = settings().flat_map(|setting| [Some(setting.variable()), setting.file_variable()]).flatten();
    let config = [CONFIG.to_owned(), format!("{CONFIG}_FILE")];
    let known: Vec<(String, String)> = variables.chain(config).map(|variable| (as_key(&variable), variable)).collect();
    let key = suggest::closest(typed, known.iter().map(|(key, _)| key.as_str()))?;
    let is_near = edit_distance(typed, key) <= tolerated(typed) || typed.contains(['_', '.']);
    let (_, variable) = known.iter().find(|(known, _)| known == key).filter(|_| is_near)?;
    Some(if variable.starts_with(CONFIG) { CONFIG.to_owned() } else { variable.clone() })
}

/// The key that a variable's name stands for, also where a single underscore should have been two.
fn as_key(name: &str) -> String {
    name.strip_prefix(PREFIX).unwrap_or(name).to_lowercase().replace("__", ".")
}
