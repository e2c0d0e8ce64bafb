//! The master key's file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{MasterKey, MasterKeyError};
use crate::types::{Rng, base64url};

/// A file that is longer than this holds no master key.
const MAX_FILE_LEN: u64 = 1024;

/// Reads the master key at `path`, or makes it there once, with mode 0600. Of several processes that start at the same
/// time one makes the file and all read that one. A key that was made here is on the disk when this returns.
///
/// # Errors
/// [`MasterKeyError::OpenToOthers`] if the file's group or everyone has any access, [`MasterKeyError::InFile`] if it
/// holds no usable key, [`MasterKeyError::Io`] if it can be neither read nor made.
pub fn load_or_create(path: &Path, rng: &Rng) -> Result<MasterKey, MasterKeyError> {
    let failed = |action| move |cause| MasterKeyError::Io { action, path: path.to_owned(), cause };
    if !path.try_exists().map_err(failed("read"))? {
        create(path, rng).map_err(failed("create"))?;
    }
    let file = File::open(path).map_err(failed("read"))?;
    if file.metadata().map_err(failed("read"))?.permissions().mode() & 0o077 != 0 {
        return Err(MasterKeyError::OpenToOthers { path: path.to_owned() });
    }
    let text = read(&file).map_err(failed("read"))?;
    let parsed = std::str::from_utf8(&text).map_err(|_| MasterKeyError::Malformed).and_then(MasterKey::parse);
    parsed.map_err(|problem| MasterKeyError::InFile { path: path.to_owned(), problem: Box::new(problem) })
}

fn read(file: &File) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut text = Zeroizing::new(Vec::new());
    file.take(MAX_FILE_LEN).read_to_end(&mut text)?;
    Ok(text)
}

/// Writes the key beside `path` and links it there. A link never replaces a file, and the name appears with the whole
/// content behind it: whoever comes second finds the first one's key.
fn create(path: &Path, rng: &Rng) -> io::Result<()> {
    let draft = draft_of(path, rng);
    let linked = write(&draft, &MasterKey::generate(rng)).and_then(|()| fs::hard_link(&draft, path));
    // A draft that stays behind is as private as the key itself, and nothing reads it.
    let _ = fs::remove_file(&draft);
    match linked {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => sync_directory_of(path),
        Err(error) => Err(error),
        Ok(()) => sync_directory_of(path),
    }
}

fn draft_of(path: &Path, rng: &Rng) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.new", base64url::encode(rng.bytes::<12>())));
    name.into()
}

fn write(path: &Path, key: &MasterKey) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{}", key.to_base64().expose())?;
    file.sync_all()
}

/// A new name is durable only when its directory is.
fn sync_directory_of(path: &Path) -> io::Result<()> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(directory)?.sync_all()
}
