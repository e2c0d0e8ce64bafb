//! Where a database URL hides its password.

use std::ops::Range;

/// Where the password of a URL stands: `scheme://user:PASSWORD@host`. `None` when it has none.
#[must_use]
pub fn password_range(url: &str) -> Option<Range<usize>> {
    let start = url.find("://")? + 3;
    let authority = &url[start..];
    let authority = &authority[..authority.find(['/', '?', '#']).unwrap_or(authority.len())];
    let end = authority.rfind('@')?;
    let colon = authority[..end].find(':')?;
    (colon + 1 < end).then_some(start + colon + 1..start + end)
}

/// The URL for people: `placeholder` stands where the password was.
#[must_use]
pub fn without_password(url: &str, placeholder: &str) -> String {
    let mut shown = url.to_owned();
    if let Some(password) = password_range(url) {
        shown.replace_range(password, placeholder);
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::password_range;

    #[test]
    fn a_password_stands_between_the_first_colon_and_the_last_at() {
        for (url, password) in [
            ("postgres://me:hunter2@db:5432/x", Some("hunter2")),
            ("postgres://me:a:b@c@db/x?sslmode=require", Some("a:b@c")),
            ("postgres://me@db:5432/x", None),
            ("postgres://me:@db/x", None),
            ("postgres://db:5432/x?options=a:b@c", None),
            ("postgres:db", None),
            ("", None),
        ] {
            assert_eq!(password_range(url).map(|range| &url[range]), password, "{url}");
        }
    }
}
