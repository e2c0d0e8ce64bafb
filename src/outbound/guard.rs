//! Resolving a host once, and refusing it when one of its addresses is not for everybody. The connection goes to what is
//! answered here, and nowhere else.

use std::net::IpAddr;

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use crate::config::AddressRange;

use super::OutboundError;
use super::address::is_public;

#[derive(Debug, Default)]
pub(super) struct Guard {
    resolver: DefaultResolver,
    allowed: Vec<AddressRange>,
}

impl Guard {
    pub(super) fn new(allowed: Vec<AddressRange>) -> Self {
        Self { resolver: DefaultResolver::default(), allowed }
    }

    fn check(&self, address: IpAddr, is_https: bool) -> Result<(), OutboundError> {
        let is_allowed = self.allowed.iter().any(|range| range.contains(address));
        if !is_allowed && !is_public(address) {
            return Err(OutboundError::Forbidden(address));
        }
        if !is_allowed && !is_https {
            return Err(OutboundError::Unencrypted);
        }
        Ok(())
    }
}

impl Resolver for Guard {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let is_https = uri.scheme_str() == Some("https");
        let found = self.resolver.resolve(uri, config, timeout).map_err(|error| match error {
            // What `getaddrinfo` says is of no use to anybody but its author.
            Error::Io(_) => Error::HostNotFound,
            other => other,
        })?;
        for address in &found[..] {
            self.check(address.ip(), is_https).map_err(|error| Error::Other(error.into()))?;
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_is_for_addresses_that_the_configuration_allows() {
        let (local, public) = ("127.0.0.1".parse().unwrap(), "93.184.216.34".parse().unwrap());
        let strict = Guard::default();
        assert_eq!(strict.check(local, true), Err(OutboundError::Forbidden(local)));
        assert_eq!(strict.check(local, false), Err(OutboundError::Forbidden(local)));
        assert_eq!(strict.check(public, true), Ok(()));
        assert_eq!(strict.check(public, false), Err(OutboundError::Unencrypted));
        let lenient = Guard::new(vec![AddressRange::of(local)]);
        assert_eq!(lenient.check(local, true), Ok(()));
        assert_eq!(lenient.check(local, false), Ok(()));
        assert_eq!(lenient.check("::ffff:127.0.0.1".parse().unwrap(), true), Ok(()), "the same address");
        assert!(lenient.check("127.0.0.2".parse().unwrap(), true).is_err());
        assert_eq!(lenient.check(public, false), Err(OutboundError::Unencrypted));
    }
}
