//! Files: read whole, with a look at who else can read them.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use super::ConfigError;

/// A file's text, and whether others than its owner have access to it.
pub(super) struct TextFile {
    pub text: String,
    shared: bool,
}

impl TextFile {
    /// Reads it; the text and the mode are of the same open file.
    pub fn read(path: &Path) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let shared = is_shared(&file.metadata()?);
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        Ok(Self { text, shared })
    }

    /// Refuses a file with a secret in it that others have access to.
    pub fn check_private(&self, path: &Path, place: &str) -> Result<(), ConfigError> {
        if !self.shared {
            return Ok(());
        }
        let path = path.display();
        Err(ConfigError::new(
            place,
            format!("others have access to {path}, which holds a secret; run `chmod 600 {path}`"),
        ))
    }
}

/// The secret in a file that `place` names, without the line end after it.
pub(super) fn read_secret(path: &Path, place: &str) -> Result<String, ConfigError> {
    let file = TextFile::read(path).map_err(|cause| unreadable(place, path, &cause))?;
    file.check_private(path, place)?;
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

#[cfg(unix)]
fn is_shared(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_shared(_metadata: &Metadata) -> bool {
    false
}
