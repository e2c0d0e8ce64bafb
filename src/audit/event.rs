//! What happens in requests.

use crate::oauth::Scope;
use crate::oauth::grant::{Grant, RevocationReason};
use crate::oauth::handle::HandleKind;
use crate::types::Id;

use super::Origin;
use super::line::{self, Facts, Source, text};

/// Why a sign-in failed. The person who tried is told the same each time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignInFailure {
    /// There is nobody of that name.
    UnknownUser,
    /// The password is another one. Or it was changed, or the person was locked, while it was compared.
    WrongPassword,
    /// The person is locked.
    Locked,
}

/// Why a session ended, besides signing out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionEnd {
    /// Another person signed in, in the same browser, after it was over.
    AnotherPerson,
    /// More people signed in, in the same browser, than it holds sessions of.
    Evicted,
}

/// Something that happened in a request.
#[derive(Clone, Debug)]
pub enum Event<'a> {
    /// Somebody signed in: in a session, or with the password grant of a client.
    SignIn {
        /// Who.
        user: Id,
        /// The session.
        session: Option<Id>,
        /// The client.
        client: Option<&'a str>,
    },
    /// Somebody did not sign in.
    SignInFailed {
        /// Whose name it was, if there is such a person.
        user: Option<Id>,
        /// Why not.
        reason: SignInFailure,
    },
    /// Attempts to sign in found a limit used up: told once, however many follow.
    SignInThrottled {
        /// Whose name it was, if there is such a person.
        user: Option<Id>,
        /// The client, where the password grant asks.
        client: Option<&'a str>,
        /// The limit.
        limit: &'static str,
    },
    /// Attempts to authenticate a client found a limit used up: told once, however many follow.
    ClientAuthenticationThrottled {
        /// The client, if it is one.
        client: Option<&'a str>,
        /// The limit.
        limit: &'static str,
    },
    /// Registrations from an address found a limit used up: told once, however many follow.
    RegistrationThrottled {
        /// The limit.
        limit: &'static str,
    },
    /// A person signed out.
    SignOut {
        /// Who.
        user: Id,
        /// The session.
        session: Id,
        /// How many grants ended with it.
        grants: usize,
    },
    /// A session ended otherwise.
    SessionEnded {
        /// Whose.
        user: Id,
        /// Which.
        session: Id,
        /// Why.
        reason: SessionEnd,
        /// How many grants ended with it.
        grants: usize,
    },
    /// A person pressed Allow.
    ConsentAllowed {
        /// The grant that was made.
        grant: &'a Grant,
    },
    /// A person pressed Deny.
    ConsentDenied {
        /// Who.
        user: Id,
        /// What the client wanted.
        scope: &'a Scope,
        /// The client.
        client: &'a str,
    },
    /// The previous refresh token came again, and was answered with its successor.
    RefreshRepeated {
        /// The grant.
        grant: &'a Grant,
        /// How many generations in a row were repeated late.
        late: u32,
    },
    /// A handle ended its grant.
    GrantRevoked {
        /// The grant.
        grant: &'a Grant,
        /// What was presented.
        handle: HandleKind,
        /// Why that ended it.
        reason: RevocationReason,
    },
    /// A client gave a token back (RFC 7009).
    TokenRevoked {
        /// The client.
        client: &'a str,
        /// The grant, where the token is of one.
        grant: Option<Id>,
        /// What was presented.
        token: &'static str,
    },
    /// A client registered itself (RFC 7591).
    ClientRegistered {
        /// Which.
        client: &'a str,
    },
    /// A client replaced its registration (RFC 7592).
    RegistrationReplaced {
        /// Which.
        client: &'a str,
    },
    /// A client ended its registration (RFC 7592).
    RegistrationRemoved {
        /// Which.
        client: &'a str,
    },
    /// A grant made room for a newer one of the same person and client.
    GrantEvicted {
        /// Which.
        id: Id,
        /// The one that it made room for.
        newer: &'a Grant,
    },
}

impl Event<'_> {
    /// Writes the line.
    pub fn write(&self, origin: &Origin) {
        let (event, facts) = self.said();
        line::write(self.is_alarming(), event, &facts, &Source::request(origin));
    }

    /// What an operator should look into: somebody may have what is another's.
    fn is_alarming(&self) -> bool {
        use RevocationReason::{Ahead, Reuse, Shadowed, WrongVerifier};
        match self {
            Self::GrantRevoked { reason, .. } => matches!(reason, Reuse | WrongVerifier | Shadowed | Ahead),
            Self::SignInThrottled { .. }
            | Self::ClientAuthenticationThrottled { .. }
            | Self::RegistrationThrottled { .. } => true,
            _ => false,
        }
    }

    fn said(&self) -> (&'static str, Facts) {
        match *self {
            Self::SignIn { user, session, client } => {
                ("sign_in", Facts { session: text(session), client: client.map(str::to_owned), ..Facts::of(user) })
            }
            Self::SignInFailed { user, reason } => {
                ("sign_in_failed", Facts { sub: text(user), ..Facts::because(reason.as_str()) })
            }
            Self::SignInThrottled { user, client, limit } => {
                ("sign_in_throttled", Facts { sub: text(user), ..Facts::of_limit(client, limit) })
            }
            Self::ClientAuthenticationThrottled { client, limit } => {
                ("client_authentication_throttled", Facts::of_limit(client, limit))
            }
            Self::RegistrationThrottled { limit } => ("registration_throttled", Facts::of_limit(None, limit)),
            Self::SignOut { user, session, grants } => {
                ("sign_out", Facts { session: text(Some(session)), grants: Some(grants), ..Facts::of(user) })
            }
            Self::SessionEnded { user, session, reason, grants } => {
                let of =
                    Facts { sub: text(Some(user)), session: text(Some(session)), ..Facts::because(reason.as_str()) };
                ("session_ended", Facts { grants: Some(grants), ..of })
            }
            Self::ConsentAllowed { grant } => {
                let (scope, resource) = (Some(grant.scope.to_string()), grant.resource.clone());
                ("consent_allowed", Facts { resource, scope, ..Facts::of_grant(grant) })
            }
            Self::ConsentDenied { user, scope, client } => {
                let scope = Some(scope.to_string());
                ("consent_denied", Facts { scope, client: Some(client.to_owned()), ..Facts::of(user) })
            }
            Self::RefreshRepeated { grant, late } => {
                ("refresh_repeated", Facts { late: Some(late), ..Facts::of_grant(grant) })
            }
            Self::GrantRevoked { grant, handle, reason } => {
                let (handle, reason) = (Some(handle.as_str().to_owned()), Some(reason.as_str().to_owned()));
                ("grant_revoked", Facts { handle, reason, ..Facts::of_grant(grant) })
            }
            Self::TokenRevoked { client, grant, token } => {
                let (client, token) = (Some(client.to_owned()), Some(token.to_owned()));
                ("token_revoked", Facts { grant: text(grant), client, token, ..Facts::default() })
            }
            Self::ClientRegistered { client } => ("client_registered", Facts::of_client(client)),
            Self::RegistrationReplaced { client } => ("registration_replaced", Facts::of_client(client)),
            Self::RegistrationRemoved { client } => ("registration_removed", Facts::of_client(client)),
            Self::GrantEvicted { id, newer } => {
                let reason = Some(RevocationReason::Evicted.as_str().to_owned());
                ("grant_revoked", Facts { grant: text(Some(id)), reason, ..Facts::of_grant(newer) })
            }
        }
    }
}

impl SignInFailure {
    const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownUser => "unknown_user",
            Self::WrongPassword => "wrong_password",
            Self::Locked => "locked",
        }
    }
}

impl SessionEnd {
    const fn as_str(self) -> &'static str {
        match self {
            Self::AnotherPerson => "another_person",
            Self::Evicted => "evicted",
        }
    }
}
