//! Spans as OTLP over HTTP (OpenTelemetry Protocol §OTLP/HTTP), by the libraries of the OpenTelemetry project. Their
//! HTTP clients bring a runtime or TLS of their own, so the request is sent by a small blocking one.

use std::fmt;
use std::pin::Pin;
use std::time::{Duration, UNIX_EPOCH};

use opentelemetry::trace::{
    Link, Span, SpanBuilder, SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState, TracerProvider,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};

use super::Answered;
use crate::types::Timestamp;

/// How long a collector may take to answer.
const TIMEOUT: Duration = Duration::from_secs(5);
/// The methods that are told apart (OpenTelemetry semantic conventions, HTTP spans).
const METHODS: [&str; 9] = ["CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE"];

/// The way to a collector.
pub(super) struct Exporter {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
}

impl Exporter {
    pub(super) fn open(url: &str) -> Result<Self, String> {
        let config = ureq::Agent::config_builder().timeout_global(Some(TIMEOUT)).http_status_as_error(false);
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Client(config.build().new_agent()))
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(url)
            .with_timeout(TIMEOUT)
            .build()
            .map_err(|error| error.to_string())?;
        let resource = Resource::builder()
            .with_service_name("countersign")
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
        let tracer = provider.tracer("countersign");
        Ok(Self { provider, tracer })
    }

    pub(super) fn record(&self, request: &Answered<'_>, ended_at: Timestamp) {
        let ended_at = UNIX_EPOCH + Duration::from_millis(u64::try_from(ended_at.millis()).unwrap_or(0));
        let known = METHODS.contains(&request.method);
        let name = format!("{} {}", if known { request.method } else { "HTTP" }, request.route);
        let mut span = SpanBuilder::from_name(name)
            .with_kind(SpanKind::Server)
            .with_start_time(ended_at - request.elapsed)
            .with_attributes(attributes(request, known))
            .with_links(request.traceparent.and_then(parse_traceparent).map(Link::with_context).into_iter().collect())
            .start_with_context(&self.tracer, &Context::new());
        if request.status >= 500 {
            span.set_status(Status::error(request.error.unwrap_or("error").to_owned()));
        }
        span.end_with_timestamp(ended_at);
    }

    pub(super) fn close(&self) {
        if let Err(error) = self.provider.shutdown() {
            tracing::warn!(%error, "the last traces could not be sent");
        }
    }
}

fn attributes(request: &Answered<'_>, known: bool) -> Vec<KeyValue> {
    let text = |name: &'static str, value: Option<&str>| value.map(|value| KeyValue::new(name, value.to_owned()));
    let method = if known { request.method } else { "_OTHER" };
    let texts = [
        text("http.request.method", Some(method)),
        text("http.route", Some(request.route).filter(|route| *route != "none")),
        text("error.type", request.error),
        text("countersign.request_id", Some(request.request_id.as_str())),
        text("countersign.client", request.client),
        text("countersign.grant_type", request.grant_type),
    ];
    let number = |name: &'static str, value: u64| KeyValue::new(name, i64::try_from(value).unwrap_or(i64::MAX));
    let micros = |duration: Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
    let numbers = [
        number("http.response.status_code", request.status.into()),
        number("countersign.cpu_us", micros(request.cost.cpu)),
        number("countersign.db_us", micros(request.cost.database)),
        number("countersign.db_wait_us", micros(request.cost.database_wait)),
        number("countersign.queries", request.cost.statements),
    ];
    texts.into_iter().flatten().chain(numbers).collect()
}

/// "version-format = trace-id "-" parent-id "-" trace-flags" (W3C Trace Context §3.2.2.2), of version 00.
fn parse_traceparent(text: &str) -> Option<SpanContext> {
    let parts: Vec<&str> = text.split('-').collect();
    let ["00", trace, parent, flags] = parts[..] else { return None };
    let is_hex = |text: &str, length| {
        text.len() == length && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
    };
    if !is_hex(trace, 32) || !is_hex(parent, 16) || !is_hex(flags, 2) {
        return None;
    }
    let (trace, parent) = (TraceId::from_hex(trace).ok()?, SpanId::from_hex(parent).ok()?);
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?);
    Some(SpanContext::new(trace, parent, flags, true, TraceState::NONE)).filter(SpanContext::is_valid)
}

/// A client that blocks: it is called by the thread that exports, and by no other.
struct Client(ureq::Agent);

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client")
    }
}

type Answer<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>;

impl HttpClient for Client {
    fn send_bytes<'a, 'b>(&'a self, request: Request<Bytes>) -> Answer<'b>
    where
        'a: 'b,
        Self: 'b,
    {
        Box::pin(async move {
            let (parts, mut body) = self.0.run(request.map(|body| body.to_vec()))?.into_parts();
            Ok(Response::from_parts(parts, Bytes::from(body.read_to_vec()?)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callers_span_is_read_as_the_recommendation_has_it() {
        let known = parse_traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").unwrap();
        assert_eq!(known.trace_id().to_string(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!((known.span_id().to_string().as_str(), known.is_sampled()), ("00f067aa0ba902b7", true));
        for wrong in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-+bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-x",
        ] {
            assert!(parse_traceparent(wrong).is_none(), "{wrong}");
        }
    }
}
