//! The logos of clients, which pages show and never load from elsewhere: whoever serves a logo would learn who signs in, and
//! when. They are fetched through [`crate::outbound`], and served by this server.

use std::sync::Arc;
use std::time::Duration;

use crate::oauth::Client;
use crate::outbound::{Kept, Outbound, OutboundError, Purpose, Queue, Registrant};

/// How long a logo is kept.
const KEEP: Duration = Duration::from_secs(3600);

/// An image that a browser shows, and runs nothing of.
#[derive(Debug)]
pub struct Logo {
    /// The image.
    pub bytes: Vec<u8>,
    /// Its media type, by what the bytes are.
    pub content_type: &'static str,
}

/// Why there is no logo.
#[derive(Clone, Debug, thiserror::Error)]
pub enum NoLogo {
    /// It cannot be fetched.
    #[error("logo_uri: {0}")]
    NotFetched(#[from] OutboundError),
    /// It is another thing. An SVG is a program.
    #[error("logo_uri: it is no PNG, JPEG, GIF or WebP image")]
    NoImage,
}

/// The logos of clients.
pub struct ClientLogos {
    of_operator: Kept<Logo, NoLogo>,
    of_self_registered: Kept<Logo, NoLogo>,
}

impl ClientLogos {
    /// None are known yet.
    #[must_use]
    pub fn new(outbound: &Outbound) -> Self {
        let kept = |registrant| Kept::new(outbound.clone(), Queue::new(Purpose::Logo, registrant));
        Self { of_operator: kept(Registrant::Operator), of_self_registered: kept(Registrant::Itself) }
    }

    /// The logo of a client, which is at `uri`.
    ///
    /// # Errors
    /// [`NoLogo`].
    pub async fn get(&self, client: &Client, uri: &str) -> Result<Arc<Logo>, NoLogo> {
        let kept = if client.is_self_registered() { &self.of_self_registered } else { &self.of_operator };
        kept.get(uri, KEEP, read).await
    }
}

fn read(bytes: &[u8]) -> Result<Logo, NoLogo> {
    let content_type = match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => "image/png",
        [0xff, 0xd8, 0xff, ..] => "image/jpeg",
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => "image/gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        _ => return Err(NoLogo::NoImage),
    };
    Ok(Logo { bytes: bytes.to_vec(), content_type })
}
