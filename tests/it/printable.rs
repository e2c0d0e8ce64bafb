//! Texts of the code outside of pages are ASCII: descriptions of errors (RFC 6749 §5.2), headers, log lines and terminals take
//! nothing else, and `OAuthError` would send a question mark for the rest.

use std::path::Path;

use serde_json::json;

use crate::cases::registration::{OPEN, register};
use crate::layout::sources;
use crate::support::Server;

/// The part of a line that is no comment.
fn code(line: &str) -> &str {
    let line = line.trim_start();
    let end = if line.starts_with("//") { 0 } else { line.find(" // ").unwrap_or(line.len()) };
    &line[..end]
}

#[test]
fn texts_outside_of_pages_are_ascii() {
    let mut found = Vec::new();
    for file in sources(Path::new("src")) {
        let path = file.display().to_string();
        if path.starts_with("src/pages") || path.contains("tests") {
            continue;
        }
        let text = std::fs::read_to_string(&file).expect("a source file is text");
        let shipped = text.split("#[cfg(test)]").next().unwrap_or_default();
        found.extend(shipped.lines().filter(|line| !code(line).is_ascii()).map(|line| format!("{path}: {line}")));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn a_description_names_a_section_in_letters() {
    let server = Server::start_with(OPEN);
    let fragment = json!({ "redirect_uris": ["https://rp.example/cb#here"] });
    let keys = json!({ "redirect_uris": ["https://rp.example/cb"], "jwks": [] });
    for (metadata, error, section) in [
        (fragment, "invalid_redirect_uri", "RFC 6749 section 3.1.2"),
        (keys, "invalid_client_metadata", "RFC 7517 section 5"),
    ] {
        let refused = register(&server, &metadata, None);
        refused.assert_error(400, error);
        let description = refused.json()["error_description"].as_str().unwrap().to_owned();
        assert!(description.contains(section) && !description.contains('?'), "{description}");
    }
}
