//! What the log tells of a request.

use std::time::Duration;

use crate::metrics::Cost;

/// A request that was answered, as far as others are told of it: nothing in it is secret.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'a> {
    /// Its id.
    pub request_id: &'a str,
    /// The method; any word may stand there.
    pub method: &'a str,
    /// The route.
    pub route: &'a str,
    /// The status.
    pub status: u16,
    /// How long it took.
    pub elapsed: Duration,
    /// What it cost.
    pub cost: Cost,
    /// The client, once it is proven.
    pub client: Option<&'a str>,
    /// The grant type.
    pub grant_type: Option<&'a str>,
    /// The code of an error.
    pub error: Option<&'a str>,
}
