//! Countersign, an OAuth 2.1 and OpenID Connect authorization server.

pub mod oauth;
pub mod store;
pub mod types;
