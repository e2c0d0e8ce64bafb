//! The person's use cases: signing in, sessions, consent, signing out. They know no HTTP framework.

pub mod access;
mod answer;
mod authenticate;
pub mod authorize;
mod csrf;
pub mod device;
mod flow;
pub mod granting;
mod passwords;
pub mod session;

pub use authenticate::{SignInError, authenticate, failed, still_signs_in};
pub use csrf::CsrfKeys;
pub use device::DeviceKeys;
pub use flow::{Flow, FlowError, FlowKeys, MAX_AGE as FLOW_MAX_AGE, MAX_QUERY};
pub use passwords::{Busy, PasswordPool};
