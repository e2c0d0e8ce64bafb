//! Why nothing came back. A closed list, for the operator's log: nothing that a peer sent is in it.

use std::io;
use std::net::IpAddr;

use super::MAX_BODY;

/// Why a request was not sent, or not answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutboundError {
    /// The URL is none that requests go to.
    #[error("the URL {0}")]
    Url(&'static str),
    /// The host is at an address that is not for everybody.
    #[error(
        "its host is at {0}, which is not a public address: add it to outbound.allowed_addresses if it is meant to be asked"
    )]
    Forbidden(IpAddr),
    /// The URL is http, and its host is not one that is allowed by the configuration.
    #[error("it is http, which is for addresses in outbound.allowed_addresses alone: use https")]
    Unencrypted,
    /// The host has no address.
    #[error("its host has no address")]
    NotFound,
    /// There is no connection, or it broke.
    #[error("it cannot be reached: {0}")]
    Unreachable(io::ErrorKind),
    /// There is no TLS with this host.
    #[error(
        "TLS with it fails: its certificate is not valid for it, or is of an issuer that this machine does not trust"
    )]
    Tls,
    /// The answer is a redirect.
    #[error("it answers with a redirect (status {0}), which is not followed")]
    Redirect(u16),
    /// The answer has another status than 200.
    #[error("it answers with status {0}")]
    Status(u16),
    /// The answer is too long.
    #[error("its answer is longer than {MAX_BODY} bytes, or its header is too long")]
    TooLong,
    /// The answer is not HTTP.
    #[error("its answer is not HTTP/1.1")]
    Protocol,
    /// It took too long.
    #[error("it did not answer within outbound.timeout")]
    Timeout,
    /// Too many others are being asked.
    #[error("too many requests to others are waiting for an answer")]
    Busy,
    /// The host did not answer lately, and is left alone for a while.
    #[error("its host did not answer lately, and is asked again within half a minute")]
    Resting,
}

impl OutboundError {
    /// Reports an error that may pass without anybody changing a registration: a retry may succeed.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        match self {
            Self::NotFound | Self::Unreachable(_) | Self::Timeout | Self::Busy | Self::Resting => true,
            Self::Status(status) => *status == 429 || *status >= 500,
            Self::Url(_)
            | Self::Forbidden(_)
            | Self::Unencrypted
            | Self::Tls
            | Self::Redirect(_)
            | Self::TooLong
            | Self::Protocol => false,
        }
    }
}

impl From<ureq::Error> for OutboundError {
    fn from(error: ureq::Error) -> Self {
        match error {
            ureq::Error::Other(other) => other.downcast::<Self>().map_or(Self::Protocol, |known| *known),
            ureq::Error::HostNotFound => Self::NotFound,
            ureq::Error::Timeout(_) => Self::Timeout,
            ureq::Error::Io(error) if error.kind() == io::ErrorKind::TimedOut => Self::Timeout,
            ureq::Error::Io(error) => Self::Unreachable(error.kind()),
            ureq::Error::ConnectionFailed => Self::Unreachable(io::ErrorKind::NotConnected),
            ureq::Error::NativeTls(_) | ureq::Error::Tls(_) | ureq::Error::TlsRequired => Self::Tls,
            ureq::Error::BodyExceedsLimit(_) | ureq::Error::LargeResponseHeader(..) => Self::TooLong,
            ureq::Error::BadUri(_) => Self::Url("cannot be read"),
            _ => Self::Protocol,
        }
    }
}
