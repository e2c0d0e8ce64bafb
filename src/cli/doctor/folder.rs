//! Folders that the first start makes.

use std::path::Path;

use crate::types::check_writable;

/// Checks that this account can make a file at `path`, with the folders on the way to it.
///
/// # Errors
/// One sentence that names the folder in the way.
pub(super) fn can_make(path: &Path) -> Result<(), String> {
    let absolute = std::path::absolute(path).map_err(|error| error.to_string())?;
    let there = absolute.ancestors().skip(1).find(|folder| folder.symlink_metadata().is_ok());
    let there = there.unwrap_or(Path::new("/"));
    if !there.is_dir() {
        return Err(format!("{} cannot be made: {} is not a folder", absolute.display(), there.display()));
    }
    check_writable(there).map_err(|error| {
        format!("{} cannot be made: this account cannot write to {} ({error})", absolute.display(), there.display())
    })
}
