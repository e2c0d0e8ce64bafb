//! What a browser carries for us from page to page, each under keys of its own: a form's token, the request that it came
//! for, and who signed in there before.

mod csrf;
mod device;
mod flow;

pub use csrf::CsrfKeys;
pub use device::DeviceKeys;
pub use flow::{Flow, FlowError, FlowKeys, MAX_AGE as FLOW_MAX_AGE, MAX_QUERY};
