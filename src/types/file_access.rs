//! Access of other accounts to a file that holds a secret.

use std::fs::File;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{Access, StatVfsMountFlags, access, fstatvfs};
use rustix::process::geteuid;

/// Bits of a mode with which group or everyone can write.
const WRITE: u32 = 0o022;
/// Bits of a mode with which group or everyone has any access.
const ANY: u32 = 0o077;
/// The bit of a mode with which everyone can read.
const READ_BY_ALL: u32 = 0o004;

/// Access to an open file: its mode and owner, and the account of this process.
#[derive(Clone, Copy, Debug)]
pub struct FileAccess {
    mode: u32,
    owner: u32,
    account: u32,
    read_only: bool,
}

impl FileAccess {
    /// Reads mode and owner of an open file, and the account of this process.
    ///
    /// # Errors
    /// Those of the operating system.
    pub fn of(file: &File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        let read_only = fstatvfs(file)?.f_flag.contains(StatVfsMountFlags::RDONLY);
        Ok(Self { mode: metadata.mode(), owner: metadata.uid(), account: geteuid().as_raw(), read_only })
    }

    /// Judges the access to a secret at `path`. A file that this account can close is refused unless it is closed to all
    /// others. A file that it cannot close (mounted read-only, or of another owner, as Kubernetes, Docker and systemd provide
    /// secrets) may be readable by its group, and is worth the returned warning when everyone can read it. A secret that
    /// others can write is refused.
    ///
    /// # Errors
    /// One sentence without a capital that says what to do.
    pub fn check_secret(&self, path: &Path) -> Result<Option<String>, String> {
        let path = path.display();
        let can_be_closed = self.owner == self.account && !self.read_only;
        if can_be_closed && self.mode & ANY != 0 {
            return Err(format!("others have access to {path}, which holds a secret; run `chmod 600 {path}`"));
        }
        if self.mode & WRITE != 0 {
            return Err(format!(
                "others can write {path}, which holds a secret; provide it with the mode 0400 or 0440 instead of {:04o}",
                self.mode & 0o7777
            ));
        }
        let warning = || {
            format!(
                "everyone on this machine can read {path}, which holds a secret; provide it with the mode 0400 or 0440"
            )
        };
        Ok((self.mode & READ_BY_ALL != 0).then(warning))
    }
}

/// Checks that this account can make entries in a folder.
///
/// # Errors
/// Those of the operating system, a read-only file system among them.
pub fn check_writable(folder: &Path) -> io::Result<()> {
    Ok(access(folder, Access::WRITE_OK | Access::EXEC_OK)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SELF: u32 = 1000;

    /// Judges a mode: "ok", "warning" or the refusal's advice.
    fn judge(mode: u32, owner: u32, read_only: bool) -> &'static str {
        let access = FileAccess { mode: 0o100_000 | mode, owner, account: SELF, read_only };
        match access.check_secret(Path::new("/run/secrets/key")) {
            Ok(None) => "ok",
            Ok(Some(warning)) if warning.contains("everyone on this machine can read /run/secrets/key") => "warning",
            Ok(Some(_)) => "another warning",
            Err(reason) if reason.contains("`chmod 600 /run/secrets/key`") => "chmod",
            Err(reason) if reason.contains("mode 0400 or 0440") => "provide",
            Err(_) => "another refusal",
        }
    }

    #[test]
    fn a_file_that_we_can_close_is_closed() {
        for mode in [0o600, 0o400, 0o700] {
            assert_eq!(judge(mode, SELF, false), "ok", "{mode:o}");
        }
        for mode in [0o640, 0o440, 0o604, 0o644, 0o660, 0o601, 0o610, 0o666] {
            assert_eq!(judge(mode, SELF, false), "chmod", "{mode:o}");
        }
    }

    #[test]
    fn a_mounted_file_may_be_readable_by_its_group() {
        for (owner, read_only) in [(0, false), (0, true), (SELF, true)] {
            for mode in [0o400, 0o440, 0o640, 0o600] {
                assert_eq!(judge(mode, owner, read_only), "ok", "{mode:o} {owner} {read_only}");
            }
            for mode in [0o444, 0o644, 0o404] {
                assert_eq!(judge(mode, owner, read_only), "warning", "{mode:o} {owner} {read_only}");
            }
        }
    }

    #[test]
    fn a_file_that_others_can_write_is_refused_everywhere() {
        for (owner, read_only) in [(0, false), (0, true), (SELF, true)] {
            for mode in [0o660, 0o620, 0o602, 0o666, 0o642, 0o777] {
                assert_eq!(judge(mode, owner, read_only), "provide", "{mode:o} {owner} {read_only}");
            }
        }
    }
}
