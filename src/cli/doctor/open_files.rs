//! The limit of open files.

use crate::server::most_connections;
use crate::types::process::raise_open_files;

use super::{Examiner, Verdict};

/// Connections below which a server is refused to people long before it is busy.
const FEW: usize = 1000;

/// Checks that there is room for connections, under the limit that `serve` would have in the place of this command.
pub(super) fn examine(examiner: &mut Examiner) {
    let files = raise_open_files();
    let (room, wanted) = (most_connections(files), examiner.config.connections.most);
    let advice =
        "raise LimitNOFILE in the unit of the service, or `ulimit -n`, where the server runs like this command";
    match wanted {
        Some(most) if most > room => examiner.note(
            "open files",
            Verdict::Warning,
            format!("{files} files may be open, which leaves room for {room} connections, not for {most} (connections.most); {advice}"),
        ),
        None if room < FEW => examiner.note(
            "open files",
            Verdict::Warning,
            format!("{files} files may be open, which leaves room for {room} connections; {advice}"),
        ),
        _ => examiner.note(
            "open files",
            Verdict::Ok,
            format!("{files} files may be open, and {} connections", wanted.unwrap_or(room)),
        ),
    }
}
