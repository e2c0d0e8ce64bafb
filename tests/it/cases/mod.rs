//! The attack cases, each under its id.

mod code;
