//! Handles: authorization codes and refresh tokens, successive one-time keys to one grant.
//!
//! On the wire a handle is `prefix + base64url(grant id ‖ generation ‖ tag)` with
//! `tag = HMAC-SHA256(handle key, kind ‖ grant id ‖ generation ‖ seed)`. The database holds the seed and not the key, the
//! server derives the current handle again when a retry asks for it.

use ring::hmac;

use crate::types::{Id, base64url};

const CODE_PREFIX: &str = "cs_ac_";
const REFRESH_TOKEN_PREFIX: &str = "cs_rt_";
const TAG_LENGTH: usize = 32;
const LENGTH: usize = 16 + 4 + TAG_LENGTH;

/// What a handle is to the client that holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandleKind {
    /// An authorization code: generation 0.
    AuthorizationCode,
    /// A refresh token: generation 1 and up.
    RefreshToken,
}

impl HandleKind {
    /// The kind of a generation.
    #[must_use]
    pub const fn of(generation: u32) -> Self {
        if generation == 0 { Self::AuthorizationCode } else { Self::RefreshToken }
    }

    /// As logged.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
        }
    }

    const fn prefix(self) -> &'static str {
        match self {
            Self::AuthorizationCode => CODE_PREFIX,
            Self::RefreshToken => REFRESH_TOKEN_PREFIX,
        }
    }
}

/// A handle as presented: well-formed, and not yet known to be genuine.
#[derive(Clone, PartialEq, Eq)]
pub struct Handle {
    /// The grant that it names.
    pub grant_id: Id,
    /// Which of the grant's handles it is.
    pub generation: u32,
    tag: [u8; TAG_LENGTH],
}

impl Handle {
    /// Reads a handle of one kind; `None` for whatever we cannot have made.
    #[must_use]
    pub fn parse(kind: HandleKind, text: &str) -> Option<Self> {
        let bytes = base64url::decode(text.strip_prefix(kind.prefix())?)?;
        let bytes: [u8; LENGTH] = bytes.try_into().ok()?;
        let (grant_id, rest) = bytes.split_first_chunk::<16>()?;
        let (generation, tag) = rest.split_first_chunk::<4>()?;
        let generation = u32::from_be_bytes(*generation);
        let handle = Self { grant_id: Id::from_bytes(*grant_id), generation, tag: tag.try_into().ok()? };
        (HandleKind::of(generation) == kind).then_some(handle)
    }

    /// Whether we made it, compared in constant time.
    #[must_use]
    pub fn is_genuine(&self, key: &hmac::Key, seed: &[u8]) -> bool {
        hmac::verify(key, &message(self.grant_id, self.generation, seed), &self.tag).is_ok()
    }
}

/// The handle of a generation, as the client gets it: the same bytes each time it is asked for.
#[must_use]
pub fn mint(key: &hmac::Key, grant_id: Id, generation: u32, seed: &[u8]) -> String {
    let tag = hmac::sign(key, &message(grant_id, generation, seed));
    let mut bytes = Vec::with_capacity(LENGTH);
    bytes.extend_from_slice(grant_id.as_bytes());
    bytes.extend_from_slice(&generation.to_be_bytes());
    bytes.extend_from_slice(tag.as_ref());
    HandleKind::of(generation).prefix().to_owned() + &base64url::encode(bytes)
}

fn message(grant_id: Id, generation: u32, seed: &[u8]) -> Vec<u8> {
    [HandleKind::of(generation).prefix().as_bytes(), grant_id.as_bytes(), &generation.to_be_bytes(), seed].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> hmac::Key {
        hmac::Key::new(hmac::HMAC_SHA256, &[7; 32])
    }

    proptest::proptest! {
        #[test]
        fn a_handle_is_read_back_and_no_other_spelling_is(id: [u8; 16], generation: u32, seed: [u8; 32], at in 0usize..76, to: u8) {
            let text = mint(&key(), Id::from_bytes(id), generation, &seed);
            let kind = HandleKind::of(generation);
            let handle = Handle::parse(kind, &text).expect("we made it");
            proptest::prop_assert_eq!((handle.grant_id, handle.generation), (Id::from_bytes(id), generation));
            proptest::prop_assert!(handle.is_genuine(&key(), &seed));
            proptest::prop_assert!(text.len() < 512);

            let mut other = text.clone().into_bytes();
            other[at] = to;
            if let Some(forged) = std::str::from_utf8(&other).ok().filter(|other| **other != text).and_then(|other| Handle::parse(kind, other)) {
                proptest::prop_assert!(!forged.is_genuine(&key(), &seed));
            }
        }

        #[test]
        fn no_text_makes_it_panic(text: String) {
            let _ = Handle::parse(HandleKind::RefreshToken, &text);
        }
    }

    #[test]
    fn a_code_is_no_refresh_token() {
        let id = Id::from_bytes([1; 16]);
        let code = mint(&key(), id, 0, &[2; 32]);
        assert!(Handle::parse(HandleKind::RefreshToken, &code).is_none());
        assert!(Handle::parse(HandleKind::RefreshToken, &code.replace(CODE_PREFIX, REFRESH_TOKEN_PREFIX)).is_none());
        assert!(Handle::parse(HandleKind::AuthorizationCode, &format!("{code}=")).is_none());
        assert!(Handle::parse(HandleKind::AuthorizationCode, &code[..code.len() - 1]).is_none());
    }
}
