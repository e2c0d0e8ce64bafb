//! The JWKS document.

use std::time::Duration;

use ring::digest::{SHA256, digest};
use serde::Serialize;

use super::PublicJwk;
use crate::types::base64url;

/// What `/.well-known/jwks.json` answers (RFC 7517 §5), rendered once for a ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JwksDocument {
    /// The JSON: `{"keys": […]}`.
    pub body: String,
    /// The strong entity tag with its quotes (RFC 9110 §8.8.3): the same keys give the same tag on every node.
    pub etag: String,
    /// The `Cache-Control` field (RFC 9111 §5.2): public, for as many seconds as verifiers may keep it.
    pub cache_control: String,
}

#[derive(Serialize)]
struct KeySet<'a> {
    keys: &'a [PublicJwk],
}

impl JwksDocument {
    pub(super) fn new(keys: &[PublicJwk], max_age: Duration) -> Self {
        let body = serde_json::to_string(&KeySet { keys }).expect("a JWK is JSON");
        let etag = format!("\"{}\"", base64url::encode(digest(&SHA256, body.as_bytes())));
        Self { body, etag, cache_control: format!("public, max-age={}", max_age.as_secs()) }
    }
}
