//! `--save`: the tables of a run go to where `docs/performance.md` has markers for them.

use std::path::Path;

use crate::Outcome;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/performance.md");
const END: &str = "<!-- /bench -->";

/// Puts a text between the markers of a name: `<!-- bench:NAME -->` and the end after it.
pub fn save(name: &str, text: &str) -> Outcome {
    let page = std::fs::read_to_string(PAGE)?;
    let written = replaced(&page, name, text).ok_or_else(|| format!("{PAGE} has no marker for {name}"))?;
    Ok(std::fs::write(Path::new(PAGE), written)?)
}

fn replaced(page: &str, name: &str, text: &str) -> Option<String> {
    let (before, rest) = page.split_once(&format!("<!-- bench:{name} -->\n"))?;
    let (_, after) = rest.split_once(END)?;
    Some(format!("{before}<!-- bench:{name} -->\n{text}\n{END}{after}"))
}
