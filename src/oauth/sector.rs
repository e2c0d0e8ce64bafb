//! The sector of a client that knows people by pairwise subjects (OpenID Connect Core §8.1).

use url::Url;

use super::redirect_uri::is_loopback;
use super::{Client, SubjectType};

impl Client {
    /// Its sector identifier: "the host component of the URL [of `sector_identifier_uri`]", else "the host component of the
    /// registered `redirect_uri`".
    ///
    /// # Errors
    /// One sentence, where the redirect URIs have no host in common that is the client's own.
    pub fn sector(&self) -> Result<String, String> {
        if let Some(uri) = &self.metadata.sector_identifier_uri {
            // What it lists was looked into, so that it may be anywhere.
            let url = Url::parse(uri).ok();
            let host = url.as_ref().and_then(Url::host_str).map(str::to_owned);
            return host.ok_or_else(|| "sector_identifier_uri has no host".to_owned());
        }
        let hosts: Option<Vec<String>> = self.redirect_uris.iter().map(|uri| host(uri)).collect();
        match hosts.as_deref() {
            Some([first, rest @ ..]) if rest.iter().all(|host| host == first) => Ok(first.clone()),
            _ => Err("subject_type pairwise needs redirect URIs on one host, which is no loopback address: or set the metadata \
                      sector_identifier_uri"
                .to_owned()),
        }
    }

    /// A pairwise client has a sector.
    pub(super) fn check_sector(&self) -> Result<(), String> {
        match self.metadata.subject_type {
            SubjectType::Public => Ok(()),
            SubjectType::Pairwise => self.sector().map(|_| ()),
        }
    }
}

/// Every machine has a loopback address: programs of different vendors would share it.
fn host(uri: &str) -> Option<String> {
    let url = Url::parse(uri).ok().filter(|url| !is_loopback(url))?;
    url.host_str().map(str::to_owned)
}
