//! The addresses: `serve` can listen there.

use std::io::ErrorKind;
use std::net::TcpListener;

use super::{Examiner, Verdict};

pub(super) fn examine(examiner: &mut Examiner) {
    let addresses = [("listen", Some(examiner.config.listen)), ("management.listen", examiner.config.management)];
    for (key, address) in addresses {
        let Some(address) = address else { continue };
        match TcpListener::bind(address) {
            Ok(_) => examiner.note(key, Verdict::Ok, format!("{address} is free")),
            Err(error) if error.kind() == ErrorKind::AddrInUse => {
                let detail =
                    format!("{address} is in use: by the running server, or by a program to stop before the start");
                examiner.note(key, Verdict::Skipped, detail);
            }
            Err(error) => {
                examiner.note(key, Verdict::Failed, format!("cannot listen on {address} ({error}): write another one"));
            }
        }
    }
}
