//! What a browser carries for us from page to page: its sessions, and under keys of their own a form's token, the request
//! that it came for, and who signed in there before.

mod accounts;
mod csrf;
mod device;
mod farewell;
mod flow;
mod posted;
mod sealed_flow;

pub use accounts::{Accounts, MAX_SESSIONS};
pub use csrf::CsrfKeys;
pub use device::DeviceKeys;
pub use farewell::Farewell;
pub use flow::{Answering, CarriedRequest, Flow, MAX_AGE as FLOW_MAX_AGE, OpenedFlow, UnreadableFlow};
pub use sealed_flow::FlowKeys;
