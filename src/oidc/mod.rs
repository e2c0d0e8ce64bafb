//! OpenID Connect Core and the discovery documents: pure, like [`crate::oauth`].

mod claims;
mod hint;
mod id_token;
mod metadata;
mod prompt;

pub use claims::{Person, UserInfo};
pub use hint::IdTokenHint;
pub use id_token::{HashAlgorithm, IdTokenClaims, at_hash};
pub use metadata::{Features, Metadata};
pub use prompt::{AskedAgain, Choice, Circumstances, Interaction, next};
