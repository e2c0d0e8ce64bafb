//! Unpadded base64url (RFC 4648 §5), the encoding of every JOSE and OAuth value.

/// Unpadded base64url.
pub mod base64url {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    /// Encodes without padding.
    #[must_use]
    pub fn encode(bytes: impl AsRef<[u8]>) -> String {
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Decodes; `None` for padding, a foreign character or bits left over, so that one value has one spelling.
    #[must_use]
    pub fn decode(text: impl AsRef<[u8]>) -> Option<Vec<u8>> {
        URL_SAFE_NO_PAD.decode(text).ok()
    }
}
