//! The small shared types: time, ids, randomness, secrets, access to files that hold them, and the names of
//! signature algorithms. They import nothing of ours.

mod algorithm;
mod caller;
mod clock;
mod database_url;
mod email;
mod encoding;
mod file_access;
mod id;
mod identifier_class;
mod password_text;
mod precis;
pub mod process;
mod request_id;
mod rng;
mod secret;
pub mod slip;
mod standstill;
mod steady_clock;
mod text;
mod timestamp;
mod username;

pub use algorithm::Algorithm;
pub use caller::Caller;
pub use clock::{Clock, ManualClock};
pub use database_url::{password_range, without_password};
pub use email::email_key;
pub use encoding::base64url;
pub use file_access::{FileAccess, check_writable};
pub use id::Id;
pub use password_text::{check_password_text, is_password_too_long, opaque_password};
pub use request_id::{RequestId, RequestIds};
pub use rng::Rng;
pub use secret::Secret;
pub use standstill::StandstillWatch;
pub use steady_clock::SteadyClock;
pub use text::{escape_hidden, escape_hidden_in_json, has_control, is_showable};
pub use timestamp::Timestamp;
pub use username::{MAX_USERNAME, new_username, username_key, username_keys};
