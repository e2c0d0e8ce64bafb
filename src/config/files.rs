//! Files: read whole, with the access that others have to them.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::ConfigError;
use crate::types::FileAccess;

/// A file's text, and the access that others have to the file.
pub(super) struct TextFile {
    pub text: String,
    access: FileAccess,
}

impl TextFile {
    /// Reads a file; text and access are of the same open file.
    pub fn read(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let access = FileAccess::of(&file)?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        Ok(Self { text, access })
    }

    /// Judges a file with a secret in it by [`FileAccess::check_secret`]; `place` names the secret.
    pub fn check_secret(&self, path: &Path, place: &str, warnings: &mut Vec<String>) -> Result<(), ConfigError> {
        let found = self.access.check_secret(path).map_err(|reason| ConfigError::new(place, reason))?;
        warnings.extend(found.map(|warning| format!("{place}: {warning}")));
        Ok(())
    }
}

/// The secret in a file that `place` names, without the line end after it.
pub(super) fn read_secret(path: &Path, place: &str, warnings: &mut Vec<String>) -> Result<String, ConfigError> {
    let file = TextFile::read(path).map_err(|cause| unreadable(place, path, &cause))?;
    file.check_secret(path, place, warnings)?;
    let secret = file.text.strip_suffix('\n').unwrap_or(&file.text);
    let secret = secret.strip_suffix('\r').unwrap_or(secret);
    if secret.is_empty() {
        return Err(ConfigError::new(place, format!("{} is empty; write the secret into it", path.display())));
    }
    Ok(secret.to_owned())
}

pub(super) fn unreadable(place: &str, path: &Path, cause: &io::Error) -> ConfigError {
    ConfigError::new(place, format!("cannot read {} ({cause}); write the path of a readable file", path.display()))
}
