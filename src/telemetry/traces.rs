//! Traces: a span for each request, for an OpenTelemetry collector. Without the feature `otel` nothing of it is in the
//! binary.

#[cfg(feature = "otel")]
mod otlp;

use std::time::Duration;

use crate::metrics::Cost;
use crate::types::{Clock, RequestId};

/// A request that was answered, as far as others are told of it: nothing in it is secret.
#[derive(Clone, Copy, Debug)]
pub struct Answered<'a> {
    /// Its id.
    pub request_id: RequestId,
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
    /// The caller's own span, as it says itself (W3C Trace Context §3.2). Anybody can say anything there, so the
    /// request's span is linked to that one, and not a part of it.
    pub traceparent: Option<&'a str>,
}

/// Where traces go, if there are any.
pub struct Traces {
    #[cfg(feature = "otel")]
    exporter: Option<otlp::Exporter>,
}

#[cfg(feature = "otel")]
impl Traces {
    /// Traces that are posted to `url`; without one there are none.
    ///
    /// # Errors
    /// What is wrong with the address.
    pub fn open(url: Option<&str>) -> Result<Self, String> {
        Ok(Self { exporter: url.map(otlp::Exporter::open).transpose()? })
    }

    /// Records a request that was answered just now. It is sent later, by another thread; what a collector cannot take
    /// is lost.
    pub fn record(&self, request: &Answered<'_>, clock: &Clock) {
        if let Some(exporter) = &self.exporter {
            exporter.record(request, clock.now());
        }
    }

    /// Sends what was recorded, and ends. It blocks while the collector answers, for some seconds at most.
    pub fn close(&self) {
        if let Some(exporter) = &self.exporter {
            exporter.close();
        }
    }
}

#[cfg(not(feature = "otel"))]
impl Traces {
    /// No traces: the configuration has no address for them without the feature.
    ///
    /// # Errors
    /// None.
    pub const fn open(_url: Option<&str>) -> Result<Self, String> {
        Ok(Self {})
    }

    /// Does nothing.
    pub const fn record(&self, _request: &Answered<'_>, _clock: &Clock) {}

    /// Does nothing.
    pub const fn close(&self) {}
}
