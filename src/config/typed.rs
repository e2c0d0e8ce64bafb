//! The types of raw values: what kind each is, and how it is written back.

use std::net::SocketAddr;

use serde::Deserialize;
use toml::Value;

use crate::keys::Algorithm;
use crate::oauth::pkce::PkceRule;
use crate::oauth::{Profile, UnknownScopes};

use super::choice::{EmailAddresses, ForwardedHeader, LogFormat, LogLevel, RegistrationMode, RsaBits};
use super::period::{self, Period};
use super::setting::Kind;
use crate::types::Secret;

/// What stands where a secret is set, so that a shown configuration can be passed on.
pub(super) const SET: &str = "(set)";

/// A type that a key can have.
pub(super) trait Typed {
    const KIND: Kind;

    /// The value as it is written back; `None` where it is not set. Secrets stay hidden.
    fn to_toml(&self) -> Option<Value>;
}

/// A secret as it was typed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub(super) struct RawSecret(pub Secret);

impl From<String> for RawSecret {
    fn from(text: String) -> Self {
        Self(Secret::new(text))
    }
}

/// A database URL as it was typed. Hidden like a secret: it may carry a password.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub(super) struct RawDatabaseUrl(pub Secret);

impl From<String> for RawDatabaseUrl {
    fn from(text: String) -> Self {
        Self(Secret::new(text))
    }
}

/// A scope with its claims, as it was typed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub(super) struct RawScope(pub String);

impl From<String> for RawScope {
    fn from(text: String) -> Self {
        Self(text)
    }
}

macro_rules! typed {
    ($($type:ty, $kind:expr, |$value:ident| $written:expr;)+) => {
        $(impl Typed for $type {
            const KIND: Kind = $kind;

            fn to_toml(&self) -> Option<Value> {
                let $value = self;
                Some(Value::from($written))
            }
        })+
    };
}

typed! {
    String, Kind::Text, |text| text.as_str();
    SocketAddr, Kind::Address, |address| address.to_string();
    RawDatabaseUrl, Kind::DatabaseUrl, |url| url.0.expose();
    Period, Kind::Duration, |period| period::show(period.0);
    u32, Kind::Number, |number| *number;
    Algorithm, Kind::Choice(&Algorithm::NAMES), |choice| choice.as_str();
    Vec<Algorithm>, Kind::Choices(&Algorithm::NAMES), |all| all.iter().map(|one| one.as_str()).collect::<Vec<_>>();
    LogLevel, Kind::Choice(LogLevel::SPELLINGS), |choice| choice.as_str();
    LogFormat, Kind::Choice(LogFormat::SPELLINGS), |choice| choice.as_str();
    ForwardedHeader, Kind::Choice(ForwardedHeader::SPELLINGS), |choice| choice.as_str();
    EmailAddresses, Kind::Choice(EmailAddresses::SPELLINGS), |choice| choice.as_str();
    PkceRule, Kind::Choice(&PkceRule::NAMES), |choice| choice.as_str();
    UnknownScopes, Kind::Choice(&UnknownScopes::NAMES), |choice| choice.as_str();
    Profile, Kind::Choice(Profile::NAMES), |choice| choice.as_str();
    RegistrationMode, Kind::Choice(RegistrationMode::SPELLINGS), |choice| choice.as_str();
    RsaBits, Kind::Choice(&["2048", "3072", "4096"]), |size| size.bits();
    RawSecret, Kind::Secret, |_secret| SET;
    Vec<RawSecret>, Kind::Secrets, |secrets| vec![SET; secrets.len()];
    Vec<RawScope>, Kind::Scopes, |scopes| scopes.iter().map(|scope| scope.0.clone()).collect::<Vec<_>>();
    Vec<String>, Kind::Ranges, |ranges| ranges.clone();
}

impl<T: Typed> Typed for Option<T> {
    const KIND: Kind = T::KIND;

    fn to_toml(&self) -> Option<Value> {
        self.as_ref().and_then(Typed::to_toml)
    }
}
