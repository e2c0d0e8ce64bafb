//! Token requests, sign-ins and signatures.

use super::label::labels;
use super::{Counter, Family, Histogram, Page};
use crate::keys::Algorithm;
use crate::oauth::{ErrorCode, GrantType};

labels! {
    /// What came of a token request.
    TokenResult {
        /// Tokens.
        Ok = "ok",
        /// RFC 6749 §5.2.
        InvalidRequest = "invalid_request",
        /// RFC 6749 §5.2.
        InvalidClient = "invalid_client",
        /// RFC 6749 §5.2.
        InvalidGrant = "invalid_grant",
        /// RFC 6749 §5.2.
        UnauthorizedClient = "unauthorized_client",
        /// RFC 6749 §5.2.
        UnsupportedGrantType = "unsupported_grant_type",
        /// RFC 6749 §5.2.
        InvalidScope = "invalid_scope",
        /// RFC 8707 §2.
        InvalidTarget = "invalid_target",
        /// Status 429, which has no code of its own on the wire.
        TooManyAttempts = "too_many_attempts",
        /// Status 503.
        TemporarilyUnavailable = "temporarily_unavailable",
        /// Status 500.
        ServerError = "server_error",
        /// Any other error.
        Other = "other",
    }
}

impl From<Option<ErrorCode>> for TokenResult {
    fn from(error: Option<ErrorCode>) -> Self {
        match error {
            None => Self::Ok,
            Some(ErrorCode::InvalidRequest) => Self::InvalidRequest,
            Some(ErrorCode::InvalidClient) => Self::InvalidClient,
            Some(ErrorCode::InvalidGrant) => Self::InvalidGrant,
            Some(ErrorCode::UnauthorizedClient) => Self::UnauthorizedClient,
            Some(ErrorCode::UnsupportedGrantType) => Self::UnsupportedGrantType,
            Some(ErrorCode::InvalidScope) => Self::InvalidScope,
            Some(ErrorCode::InvalidTarget) => Self::InvalidTarget,
            Some(ErrorCode::TooManyAttempts) => Self::TooManyAttempts,
            Some(ErrorCode::TemporarilyUnavailable) => Self::TemporarilyUnavailable,
            Some(ErrorCode::ServerError) => Self::ServerError,
            Some(_) => Self::Other,
        }
    }
}

labels! {
    /// Where a person gave a password.
    SignInVia {
        /// On the hosted page.
        Page = "page",
        /// To a client with the password grant.
        PasswordGrant = "password_grant",
    }
}

labels! {
    /// What came of a password.
    SignInOutcome {
        /// It was the person's.
        Ok = "ok",
        /// It was not, or there is no such person.
        Wrong = "wrong",
        /// It was not looked at, since too many before it were wrong.
        Throttled = "throttled",
        /// It was not looked at, since too many people sign in at once.
        Busy = "busy",
        /// The database could not answer.
        Failed = "failed",
    }
}

labels! {
    /// What came of credentials that were not a client's.
    ClientRefusal {
        /// They were wrong, or there is no such client.
        Failed = "failed",
        /// And too many before them were.
        Throttled = "throttled",
    }
}

/// What is counted on the way to a token.
pub struct TokenMetrics {
    requests: Family<Option<GrantType>, Family<TokenResult, Counter>>,
    sign_ins: Family<SignInVia, Family<SignInOutcome, Counter>>,
    client_refusals: Family<ClientRefusal, Counter>,
    signatures: Family<Algorithm, Histogram>,
}

impl Default for TokenMetrics {
    fn default() -> Self {
        let signatures = Family::new(Histogram::of_durations);
        Self {
            requests: Family::default(),
            sign_ins: Family::default(),
            client_refusals: Family::default(),
            signatures,
        }
    }
}

impl TokenMetrics {
    /// Counts a token request; its grant is known once it could be read.
    pub fn count_request(&self, grant: Option<GrantType>, error: Option<ErrorCode>) {
        self.requests.of(grant).of(error.into()).increment();
    }

    /// Counts a sign-in.
    pub fn count_sign_in(&self, via: SignInVia, outcome: SignInOutcome) {
        self.sign_ins.of(via).of(outcome).increment();
    }

    /// Counts a client that did not authenticate, at whatever endpoint.
    pub fn count_client_refusal(&self, refusal: ClientRefusal) {
        self.client_refusals.of(refusal).increment();
    }

    /// The signatures by an algorithm, and how long they took.
    #[must_use]
    pub fn signatures(&self, algorithm: Algorithm) -> &Histogram {
        self.signatures.of(algorithm)
    }

    /// Writes them.
    pub fn write(&self, page: &mut Page) {
        let mut requests = page.counter("countersign_token_requests_total", "Token requests, by grant and result.");
        for (grant, results) in self.requests.iter() {
            for (result, count) in results.iter() {
                requests.number(&[("grant", grant), ("result", result)], count.get());
            }
        }
        let mut sign_ins = page.counter("countersign_sign_ins_total", "Sign-ins by password, by way and outcome.");
        for (via, outcomes) in self.sign_ins.iter() {
            for (outcome, count) in outcomes.iter() {
                sign_ins.number(&[("via", via), ("outcome", outcome)], count.get());
            }
        }
        let mut refusals =
            page.counter("countersign_client_refusals_total", "Clients that did not authenticate, by outcome.");
        for (refusal, count) in self.client_refusals.iter() {
            refusals.number(&[("outcome", refusal)], count.get());
        }
        let mut signatures = page.histogram("countersign_signature_duration_seconds", "Time to make a signed token.");
        for (algorithm, seconds) in self.signatures.iter() {
            signatures.buckets(&[("algorithm", algorithm)], seconds);
        }
    }
}
