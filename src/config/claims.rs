//! The scopes of the configuration that open claims about people: from what was typed, and back.

use super::ConfigError;
use super::raw::RawClaims;
use super::typed::RawScope;
use crate::oauth::ScopeClaims;

pub(super) fn meant(raw: RawClaims) -> Result<ScopeClaims, ConfigError> {
    let lines: Vec<String> = raw.scopes.unwrap_or_default().into_iter().map(|RawScope(line)| line).collect();
    ScopeClaims::new(&lines).map_err(|reason| ConfigError::new("claims.scopes", reason))
}

pub(super) fn typed(claims: &ScopeClaims) -> RawClaims {
    let lines = claims.lines();
    RawClaims { scopes: (!lines.is_empty()).then(|| lines.into_iter().map(RawScope).collect()) }
}
