//! The integration tests: through HTTP, against the real server, each with a database of its own and a clock that it sets.
//!
//! The cases of the threat catalogue stand under their ids (`r01_…`, `c02_…`) in `cases/`.

mod cases;
mod clients;
mod layout;
mod support;
