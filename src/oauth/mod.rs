//! The protocol's rules: values in, a value or an [`OAuthError`] out. No I/O, no clock, no randomness, no async.

pub mod access_token;
pub mod authorization_request;
pub mod authorization_response;
pub mod bound;
pub mod browser_origin;
pub mod claims_request;
mod client;
pub mod client_assertion;
pub mod client_credentials;
mod client_metadata;
pub mod client_secrets;
mod error;
pub mod grant;
pub mod handle;
pub mod jwt_claims;
mod oxide;
mod params;
pub mod pkce;
pub mod redeem;
pub mod redirect_uri;
pub mod registration;
pub mod request_object;
pub mod resource;
mod role;
mod scope;
mod sector;
mod target;
pub mod token_request;

pub use client::{Client, ClientAuthentication, GrantType, SecretMethod};
pub use client_metadata::{ApplicationType, ClientMetadata, SubjectType};
pub use error::{ErrorCode, OAuthError};
pub use params::Params;
pub use resource::Resource;
pub use role::{ROLES_SCOPE, Role, RoleClaims, assigned_roles};
pub use scope::Scope;
pub use target::Target;
