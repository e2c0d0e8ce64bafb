//! Settings of a client that the operator decides, beside the metadata of RFC 7591. The defaults are the conservative values:
//! those of clients that register themselves, and of rows that were stored before a setting existed.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Settings of a client. Members that a newer version stored are ignored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ClientSettings {
    /// Whether its authorization requests need a code challenge.
    pub pkce: ClientPkce,
    /// Which claims about the person its ID tokens have.
    pub id_token_claims: ClaimsInIdToken,
    /// The profile that is applied to it.
    pub profile: Profile,
}

/// Makes an enum whose variants are spelled alike on the command line, in the configuration and in the database.
macro_rules! setting {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])+ $variant:ident = $text:literal,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$doc])+ #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every spelling, as [`Self::as_str`] gives them.
            pub const NAMES: &[&str] = &[$($text),+];

            /// The spelling.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err(format!("write {}", Self::NAMES.join(" or "))),
                }
            }
        }
    };
}

setting! {
    /// Whether the authorization requests of a client need a code challenge (RFC 7636). One that is sent is always enforced.
    ClientPkce {
        /// A request without one is refused.
        #[default]
        Required = "required",
        /// A request may come without one. "For confidential clients, the use of PKCE is RECOMMENDED" (RFC 9700 §2.1.1).
        Optional = "optional",
    }
}

setting! {
    /// Which claims about the person the ID tokens of a client have.
    ClaimsInIdToken {
        /// Those that the `claims` parameter names (OpenID Connect Core §5.5).
        #[default]
        Requested = "requested",
        /// Also those of the scopes `profile`, `email` and `groups`, which §5.4 leaves to `UserInfo`.
        Scopes = "scopes",
    }
}

setting! {
    /// The strictness of the specifications, for one client or for the whole server.
    Profile {
        /// The settings of the client and of the server decide.
        #[default]
        Standard = "standard",
        /// The strictest value of each of them counts: see [`super::ClientPolicy::resolve`].
        Strict = "strict",
    }
}

/// New values for some settings of a client; what is `None` stays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SettingsChange {
    /// See [`ClientSettings::pkce`].
    pub pkce: Option<ClientPkce>,
    /// See [`ClientSettings::id_token_claims`].
    pub id_token_claims: Option<ClaimsInIdToken>,
    /// See [`ClientSettings::profile`].
    pub profile: Option<Profile>,
}

impl SettingsChange {
    /// The settings after the change.
    #[must_use]
    pub fn apply(self, settings: ClientSettings) -> ClientSettings {
        ClientSettings {
            pkce: self.pkce.unwrap_or(settings.pkce),
            id_token_claims: self.id_token_claims.unwrap_or(settings.id_token_claims),
            profile: self.profile.unwrap_or(settings.profile),
        }
    }

    /// The new values as `NAME=VALUE`, for the audit log.
    #[must_use]
    pub fn named(self) -> Vec<String> {
        let named = [
            ("pkce", self.pkce.map(ClientPkce::as_str)),
            ("id_token_claims", self.id_token_claims.map(ClaimsInIdToken::as_str)),
            ("profile", self.profile.map(Profile::as_str)),
        ];
        named.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?))).collect()
    }
}

impl ClientSettings {
    /// The settings of a client that an operator adds without naming any.
    #[must_use]
    pub fn of_operator() -> Self {
        Self { id_token_claims: ClaimsInIdToken::Scopes, ..Self::default() }
    }
}
