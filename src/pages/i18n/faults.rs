//! What the error page says of a request with a fault: to the person, and in one line to the developers of the application.

pub(super) mod ar;
pub(super) mod de;
pub(super) mod en;
pub(super) mod es;
pub(super) mod fr;
pub(super) mod he;

use crate::oauth::RequestFault;

use super::{Around, ErrorText};

/// Messages about requests with a fault. Each [`Around`] goes around the name of the parameter, or stands alone.
#[derive(Debug)]
pub struct Faults {
    /// Before the line for the developers of the application.
    pub developers: &'static str,
    /// To the person: something is missing.
    pub incomplete: ErrorText,
    /// To the person: the request is too long.
    pub oversized: ErrorText,
    /// To the person: the application is not registered.
    pub unknown: ErrorText,
    /// To the person: the application is locked.
    pub locked: ErrorText,
    /// To the person: the redirect URI is not registered.
    pub return_address: ErrorText,
    /// A parameter is missing.
    pub missing: Around,
    /// A parameter was sent more than once.
    pub repeated: Around,
    /// A parameter has a value that is not accepted.
    pub invalid: Around,
    /// The parameters cannot be read.
    pub unreadable: Around,
    /// The body is no form.
    pub not_a_form: Around,
    /// The request is too long.
    pub too_long: Around,
    /// The client is not registered.
    pub unknown_client: Around,
    /// The client is locked.
    pub locked_client: Around,
    /// The client may not use the grant.
    pub grant_not_allowed: Around,
    /// The redirect URI is not registered.
    pub unregistered_redirect_uri: Around,
    /// The request object is not valid.
    pub request_object: Around,
    /// The ID token was not issued here.
    pub unknown_hint: Around,
    /// The client is not the one that the ID token was issued to.
    pub other_client: Around,
    /// No client is named for the address for after signing out.
    pub unnamed_client: Around,
    /// The address for after signing out is not registered.
    pub unregistered_logout_uri: Around,
    /// The log has the reason.
    pub other: Around,
}

impl Faults {
    /// The text for the person; `None` where it is the one about any request that is not valid.
    #[must_use]
    pub const fn text(&self, fault: RequestFault) -> Option<&ErrorText> {
        Some(match fault {
            RequestFault::Missing(_) => &self.incomplete,
            RequestFault::TooLong => &self.oversized,
            RequestFault::UnknownClient => &self.unknown,
            RequestFault::LockedClient => &self.locked,
            RequestFault::UnregisteredRedirectUri => &self.return_address,
            _ => return None,
        })
    }

    /// The line for the developers.
    #[must_use]
    pub const fn hint(&self, fault: &RequestFault) -> &Around {
        match fault {
            RequestFault::Missing(_) => &self.missing,
            RequestFault::Repeated(_) => &self.repeated,
            RequestFault::Invalid(_) => &self.invalid,
            RequestFault::Unreadable => &self.unreadable,
            RequestFault::NotAForm => &self.not_a_form,
            RequestFault::TooLong => &self.too_long,
            RequestFault::UnknownClient => &self.unknown_client,
            RequestFault::LockedClient => &self.locked_client,
            RequestFault::GrantNotAllowed => &self.grant_not_allowed,
            RequestFault::UnregisteredRedirectUri => &self.unregistered_redirect_uri,
            RequestFault::RequestObject(_) => &self.request_object,
            RequestFault::UnknownHint => &self.unknown_hint,
            RequestFault::OtherClient => &self.other_client,
            RequestFault::UnnamedClient => &self.unnamed_client,
            RequestFault::UnregisteredLogoutUri => &self.unregistered_logout_uri,
            RequestFault::Other => &self.other,
        }
    }
}
