//! The keys whose values come from a short list.

use serde::Deserialize;

/// An enum whose variants are spelled in the configuration exactly as given.
macro_rules! choice {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])+ $variant:ident = $text:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
        pub enum $name {
            $($(#[$doc])+ #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            pub(super) const SPELLINGS: &[&str] = &[$($text),+];

            /// As it is spelled in the configuration.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }
    };
}

choice! {
    /// The least severe event that is logged.
    LogLevel {
        /// Only what needs an operator.
        Error = "error",
        /// Also what may soon need one.
        Warn = "warn",
        /// Also one line a request.
        Info = "info",
        /// Also decisions on the way.
        Debug = "debug",
        /// Everything.
        Trace = "trace",
    }
}

choice! {
    /// How a log line is written.
    LogFormat {
        /// One JSON object a line.
        Json = "json",
        /// For people.
        Text = "text",
    }
}

choice! {
    /// The header in which trusted proxies say whom they serve.
    ForwardedHeader {
        /// A list of addresses, which each proxy adds to at the end.
        XForwardedFor = "x-forwarded-for",
        /// The same with names and quotes (RFC 7239).
        Forwarded = "forwarded",
    }
}

choice! {
    /// Who may register clients.
    RegistrationMode {
        /// Nobody: the endpoint is not there.
        Off = "off",
        /// Whoever has an initial access token (RFC 7591 §3).
        Token = "token",
        /// Anybody.
        Open = "open",
    }
}

choice! {
    /// The rule for an address that two people name.
    EmailAddresses {
        /// Each address belongs to one person.
        Unique = "unique",
        /// People may share an address.
        Shared = "shared",
    }
}

/// The size of a new RSA key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "u32")]
pub enum RsaBits {
    /// 2048 bits, the least that RFC 7518 §3.3 allows.
    Rsa2048,
    /// 3072 bits.
    Rsa3072,
    /// 4096 bits.
    Rsa4096,
}

impl RsaBits {
    /// The length of the modulus, in bits.
    #[must_use]
    pub const fn bits(self) -> u32 {
        match self {
            Self::Rsa2048 => 2048,
            Self::Rsa3072 => 3072,
            Self::Rsa4096 => 4096,
        }
    }
}

impl TryFrom<u32> for RsaBits {
    type Error = &'static str;

    fn try_from(bits: u32) -> Result<Self, Self::Error> {
        [Self::Rsa2048, Self::Rsa3072, Self::Rsa4096]
            .into_iter()
            .find(|size| size.bits() == bits)
            .ok_or("not a size of RSA keys")
    }
}
