//! When two spellings are one username.

/// What a username is looked up and counted by: case, and space around it, do not tell people apart.
#[must_use]
pub fn username_key(username: &str) -> String {
    username.trim().to_lowercase()
}
