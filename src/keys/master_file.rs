//! The master key's file.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{MasterKey, MasterKeyError};
use crate::types::{FileAccess, Rng, base64url};

/// A file that is longer than this holds no master key.
const MAX_FILE_LEN: u64 = 1024;

/// The master key of a file.
#[derive(Debug)]
pub struct MasterKeyFile {
    /// The key.
    pub key: MasterKey,
    /// A sentence about a file that everyone can read and that this process cannot close.
    pub warning: Option<String>,
}

/// Makes a master key at `path` unless a file is there, with mode 0600. Of several processes that start at the same time one
/// makes the file. The key is on the disk when this returns.
///
/// # Errors
/// [`MasterKeyError::Io`] if the file cannot be made.
pub fn create_master_key(path: &Path, rng: &Rng) -> Result<(), MasterKeyError> {
    if !path.try_exists().map_err(failed("read", path))? {
        create(path, rng).map_err(failed("create", path))?;
    }
    Ok(())
}

/// Reads the master key at `path`.
///
/// # Errors
/// [`MasterKeyError::OpenToOthers`] if others have access to the file ([`FileAccess::check_secret`]),
/// [`MasterKeyError::InFile`] if it holds no usable key, [`MasterKeyError::Io`] if it cannot be read.
pub fn load_master_key(path: &Path) -> Result<MasterKeyFile, MasterKeyError> {
    let file = File::open(path).map_err(failed("read", path))?;
    let access = FileAccess::of(&file).map_err(failed("read", path))?;
    let warning = access.check_secret(path).map_err(MasterKeyError::OpenToOthers)?;
    let text = read(&file).map_err(failed("read", path))?;
    let parsed = std::str::from_utf8(&text).map_err(|_| MasterKeyError::Malformed).and_then(MasterKey::parse);
    let key = parsed.map_err(|problem| MasterKeyError::InFile { path: path.to_owned(), problem: Box::new(problem) })?;
    Ok(MasterKeyFile { key, warning })
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> MasterKeyError {
    move |cause| MasterKeyError::Io { action, path: path.to_owned(), cause }
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
