//! The person's use cases: signing in, sessions, consent, signing out. They know no HTTP framework.

mod authenticate;
pub mod authorize;
mod csrf;
mod flow;
mod passwords;
pub mod session;
mod throttle;

pub use authenticate::{SignInError, authenticate};
pub use csrf::CsrfKey;
pub use flow::{Flow, FlowError, FlowKey, MAX_QUERY};
pub use passwords::{Busy, PasswordPool};
pub use throttle::Throttle;
