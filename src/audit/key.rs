//! What signing keys go through.

use super::line::{self, Facts, Source};

/// Writes what a signing key went through, whoever moved it: this node, another one, or the command line.
pub fn write_key(event: &str, kid: &str, algorithm: &str, revoked: bool) {
    let (kid, algorithm) = (Some(kid.to_owned()), Some(algorithm.to_owned()));
    line::write(
        revoked,
        event,
        &Facts { kid, algorithm, revoked: Some(revoked), ..Facts::default() },
        &Source::default(),
    );
}
