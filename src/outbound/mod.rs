//! The one way in which this server speaks to an address that a client named: a key set, a request object, a logout URI.
//!
//! Whoever registers a client could otherwise have this server ask what only this server can reach (CWE-918). So:
//!
//! 1. the URL is https, without user information and fragment (`url.rs`);
//! 2. its host is resolved once, each address that it has is public or allowed by `outbound.allowed_addresses`, and the
//!    connection goes to one of exactly these (`guard.rs`, `address.rs`): a name that changes its mind changes nothing;
//! 3. no proxy, no redirect, no connection of before; so many bytes and so much time (this file);
//! 4. requests of each purpose have places of their own (`queue.rs`), so many in all and to one host (`slots.rs`), and leave a
//!    host that did not answer alone for a while (`rests.rs`).
//!
//! What a peer sends never gets into an error.

mod address;
mod error;
mod guard;
mod kept;
mod queue;
mod rests;
mod slots;
mod url;

use std::sync::Arc;
use std::time::Duration;

use ::url::{Position, Url};
use ureq::http::Response;
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Body};

pub use error::OutboundError;
pub use kept::{Kept, PAUSE};
pub use queue::{Purpose, Queue, Registrant};
pub use url::check_url;

use crate::config;
use crate::types::Clock;

use guard::Guard;
use queue::{QueueState, Queues};

/// The longest answer that is read, in bytes.
pub const MAX_BODY: u64 = 64 * 1024;
/// Seconds after which a host that could not be asked may be asked again: the shortest of the rests in `rests.rs`.
pub const RETRY_AFTER: u64 = 2;
/// The largest header that is read, in bytes.
const MAX_HEADER: usize = 16 * 1024;

/// The way out. Cloning it is cheap.
#[derive(Clone)]
pub struct Outbound {
    agent: Agent,
    timeout: Duration,
    clock: Clock,
    queues: Arc<Queues>,
}

impl Outbound {
    /// A way out that keeps to the configuration.
    #[must_use]
    pub fn new(config: &config::Outbound, clock: Clock) -> Self {
        let tls = TlsConfig::builder().provider(TlsProvider::NativeTls).root_certs(RootCerts::PlatformVerifier).build();
        let settings = Agent::config_builder()
            .tls_config(tls)
            .timeout_global(Some(config.timeout))
            .http_status_as_error(false)
            .proxy(None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            // A connection that is kept would be one whose address was looked at earlier.
            .max_idle_connections(0)
            .max_response_header_size(MAX_HEADER)
            .user_agent("countersign")
            .build();
        let guard = Guard::new(config.allowed_addresses.clone());
        let agent = Agent::with_parts(settings, DefaultConnector::new(), guard);
        Self { agent, timeout: config.timeout, clock, queues: Arc::new(Queues::new()) }
    }

    /// The body of what is at a URL, of at most [`MAX_BODY`] bytes, if the answer has status 200.
    ///
    /// # Errors
    /// [`OutboundError`], within about `outbound.timeout`, and the same again where it waited for its turn.
    pub async fn get(&self, queue: Queue, url: &str) -> Result<Vec<u8>, OutboundError> {
        let url = url::parse(url)?;
        self.run(queue, host(&url), move |agent| {
            let mut response = agent.get(url.as_str()).call()?;
            match status(&response)? {
                200 => read(response.body_mut()),
                other => Err(OutboundError::Status(other)),
            }
        })
        .await
    }

    /// Posts a form, `application/x-www-form-urlencoded` as it stands, and gives back the status. The body of the answer is
    /// not read.
    ///
    /// # Errors
    /// As [`Outbound::get`].
    pub async fn post_form(&self, queue: Queue, url: &str, form: String) -> Result<u16, OutboundError> {
        let url = url::parse(url)?;
        let media_type = "application/x-www-form-urlencoded";
        self.run(queue, host(&url), move |agent| {
            status(&agent.post(url.as_str()).content_type(media_type).send(&form)?)
        })
        .await
    }

    /// Blocks a thread that is there for it. The request goes on to its end when nobody waits for it any more.
    async fn run<T: Send + 'static>(
        &self,
        queue: Queue,
        host: String,
        request: impl FnOnce(&Agent) -> Result<T, OutboundError> + Send + 'static,
    ) -> Result<T, OutboundError> {
        let QueueState { slots, rests } = self.queues.of(queue);
        rests.check(&host, self.clock.steady())?;
        let slot = slots.take(&host, self.timeout).await?;
        // Others may have found out while this one waited.
        rests.check(&host, self.clock.steady())?;
        let Self { agent, clock, queues, .. } = self.clone();
        let answer = tokio::task::spawn_blocking(move || {
            let answer = request(&agent);
            queues.of(queue).rests.note(&host, &answer, clock.steady());
            drop(slot);
            answer
        });
        answer.await.unwrap_or(Err(OutboundError::Protocol))
    }
}

/// The host of a URL, with its port where it has one.
fn host(url: &Url) -> String {
    url[Position::BeforeHost..Position::AfterPort].to_owned()
}

fn read(body: &mut Body) -> Result<Vec<u8>, OutboundError> {
    // The reader's limit is the number of bytes at which it gives up.
    Ok(body.with_config().limit(MAX_BODY + 1).read_to_vec()?)
}

/// The status of an answer that leads nowhere else.
fn status(response: &Response<Body>) -> Result<u16, OutboundError> {
    match response.status().as_u16() {
        redirect @ 300..=399 => Err(OutboundError::Redirect(redirect)),
        other => Ok(other),
    }
}
