//! The person's use cases: signing in, sessions, consent, signing out. They know no HTTP framework.

pub mod access;
mod answer;
pub mod application;
mod authenticate;
pub mod authorize;
pub mod consent;
pub mod ending;
pub mod farewell;
pub mod granting;
mod hint;
pub mod logout;
pub mod named_client;
pub mod people;
mod request_object;
pub mod session;

pub use authenticate::{SignInError, authenticate, failed, still_signs_in};
