//! The integration tests: through HTTP, against the real server, each with a database of its own and a clock that it sets.
//!
//! The cases of the threat catalogue stand under their ids (`r01_…`, `c02_…`) in `cases/`, the modules of the OpenID Foundation's
//! certification plans under their names in `conformance/`.

mod cases;
mod clients;
mod conformance;
mod layout;
mod printable;
mod support;
