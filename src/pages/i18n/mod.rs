//! What the pages say, a file a language. A message that a language lacks does not compile.

mod ar;
mod claims;
mod de;
mod en;
mod errors;
mod es;
mod faults;
mod fr;
mod he;
mod lang;
mod messages;

pub use claims::Claims;
pub use errors::{ErrorText, Errors};
pub use faults::Faults;
pub use lang::Lang;
pub use messages::{Accounts, Around, Common, Consent, Login, Messages, Session};
