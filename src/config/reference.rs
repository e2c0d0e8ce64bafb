//! The reference of the configuration, as it is kept in `docs/configuration.md`.

use std::fmt::Write;

use super::setting::Setting;
use super::table::settings;

const ABOUT: &str = "\
# Configuration

Every key, in the order of [the example](../config/countersign.toml). The file that is read is the one after `--config`, or
the one that `COUNTERSIGN_CONFIG` names, or `config/countersign.toml` in the working directory if it is there. The variable of
a key goes before the file. A variable with an empty value counts as absent. A variable that ends in `_FILE` names a file with
the value in it; [operating.md](operating.md#secrets-from-a-file) says who else may read that file.

An unknown key, or a value that makes no sense, stops the start with one sentence that says what to write. So does a variable
that resembles a key (`COUNTERSIGN_ISSUERS`, `COUNTERSIGN_DATABASE_URL`) or has the two underscores of a section. Other
variables that begin with `COUNTERSIGN_` are ignored, with one warning that names them: images, charts and scripts set such.

Durations are text such as `\"90s\"`, `\"5m\"`, `\"24h\"` or `\"30d\"`, or a whole number of seconds.

`countersign config check` opens what a server opens, changes nothing, and says whether it would start; `config show` prints
what is in effect, `config schema` the JSON Schema of the file.
";

/// The reference: a section for each of the file's, an entry for each key.
#[must_use]
pub fn reference() -> String {
    let mut text = ABOUT.to_owned();
    let mut section = Some("");
    for setting in settings() {
        if setting.section() != section {
            section = setting.section();
            let heading = section.map_or("## Above the sections".to_owned(), |section| format!("## [{section}]"));
            write!(text, "\n{heading}\n").expect("a String takes all");
        }
        text.push_str(&entry(setting));
    }
    text
}

fn entry(setting: &Setting) -> String {
    let default = setting.default().map_or("none".to_owned(), |default| format!("`{default}`"));
    let variables = std::iter::once(setting.variable()).chain(setting.file_variable());
    let variables: Vec<String> = variables.map(|variable| format!("`{variable}`")).collect();
    format!(
        "\n### `{}`\n\n{}\n\n* {}; default {default}\n* {}\n",
        setting.name(),
        setting.description(),
        setting.kind(),
        variables.join(", ")
    )
}
