//! The table of all keys, as `raw` has it.

use super::raw::{SETTINGS, Section};
use super::setting::Setting;

/// Every key, the sections in order, and in each the keys in order: the documentation's table.
pub fn settings() -> impl Iterator<Item = &'static Setting> {
    SETTINGS.iter().flat_map(|section: &Section| section.iter())
}

/// A TOML document with one line a key, under the headings of the sections. `None` leaves a key out.
pub(super) fn document(line: impl Fn(&'static Setting) -> Option<String>) -> String {
    let mut document = String::new();
    let mut section = None;
    for setting in settings() {
        if setting.section() != section {
            section = setting.section();
            document.extend(["\n[", section.unwrap_or_default(), "]\n"]);
        }
        if let Some(line) = line(setting) {
            document.extend([&line, "\n"]);
        }
    }
    document
}
