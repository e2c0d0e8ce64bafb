//! OpenID Connect Core and the discovery documents: pure, like [`crate::oauth`].

mod acr;
mod claims;
mod hint;
mod id_token;
mod logout_request;
mod logout_token;
mod metadata;
mod person_claims;
mod prompt;
mod subject;

pub use acr::{ACR_VALUES, PASSWORD_ACR, acr_of, check_reachable};
pub use claims::{Opening, Person, id_token_scope};
pub use hint::IdTokenHint;
pub use id_token::{HashAlgorithm, IdTokenClaims, at_hash};
pub use logout_request::LogoutRequest;
pub use logout_token::{LOGOUT_TOKEN_TYPE, LogoutTokenClaims};
pub use metadata::{Features, Metadata};
pub use person_claims::{check_claims, typed_claim};
pub use prompt::{AskedAgain, Choice, Circumstances, Interaction, next};
pub use subject::subject_for;
