//! Limits of this process, as the operating system keeps them.

use rustix::process::{DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit};

/// Raises the limit of open files to the highest that this process may have, and returns it.
///
/// Programs that wait with `select` break above 1024, so systems start processes with that limit; this one does not.
#[must_use]
pub fn raise_open_files() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, ..limit };
    // What the system refuses leaves the limit as it is.
    let _ = setrlimit(Resource::Nofile, raised);
    open_files()
}

/// The limit of open files.
#[must_use]
pub fn open_files() -> usize {
    getrlimit(Resource::Nofile).current.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX))
}

/// Keeps the memory of this process, which has secrets in it, from core dumps and from other processes of the same account.
///
/// # Errors
/// The system refuses.
pub fn forbid_core_dumps() -> std::io::Result<()> {
    setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    Ok(())
}
