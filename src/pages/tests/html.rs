//! As much of an HTML parser as the templates' own tidy markup needs.

/// The inside of every opening tag.
pub(super) fn tags(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        let end = end_of_tag(rest);
        let tag = &rest[..end];
        if tag.starts_with(|c: char| c.is_ascii_alphabetic()) {
            found.push(tag.to_owned());
        }
        rest = &rest[end..];
    }
    found
}

/// A `>` in quotes does not end a tag.
fn end_of_tag(rest: &str) -> usize {
    let mut quoted = false;
    for (at, c) in rest.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '>' if !quoted => return at,
            _ => {}
        }
    }
    rest.len()
}

/// The value of an attribute, empty for one without a value.
pub(super) fn attribute(tag: &str, name: &str) -> Option<String> {
    attributes(tag).into_iter().find(|(found, _)| found == name).map(|(_, value)| value)
}

/// The names of all attributes.
pub(super) fn attribute_names(tag: &str) -> Vec<String> {
    attributes(tag).into_iter().map(|(name, _)| name).collect()
}

fn attributes(tag: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = tag.split_once(char::is_whitespace).map_or("", |(_, rest)| rest);
    loop {
        rest = rest.trim_start();
        let name_end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        if name_end == 0 {
            return found;
        }
        let (name, after) = rest.split_at(name_end);
        let (value, after) = match after.strip_prefix("=\"") {
            Some(quoted) => quoted.split_once('"').expect("every value ends with a quote"),
            None => ("", after),
        };
        found.push((name.to_owned(), value.to_owned()));
        rest = after;
    }
}
