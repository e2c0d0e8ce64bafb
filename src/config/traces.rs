//! Where traces go.

use url::Url;

use super::ConfigError;
use super::raw::RawTelemetry;
use super::rule::require;

/// Where a collector takes traces.
pub(super) const TRACES: &str = "/v1/traces";

/// "The default path for traces is v1/traces", below the base URL (OpenTelemetry Protocol Exporter, Endpoint URLs for
/// OTLP/HTTP).
pub(super) fn otlp_traces(raw: RawTelemetry) -> Result<Option<String>, ConfigError> {
    let key = "telemetry.otlp_endpoint";
    let Some(typed) = raw.otlp_endpoint else { return Ok(None) };
    require(
        cfg!(feature = "otel"),
        key,
        || "this binary was built without OpenTelemetry; remove the key, or build it with `--features otel`",
    )?;
    let url = Url::parse(&typed).ok().filter(|url| url.scheme() == "http" && url.has_host());
    let example = "it is not the http URL of a collector nearby; write one such as http://127.0.0.1:4318";
    let url = url.ok_or_else(|| ConfigError::new(key, example))?;
    let is_base =
        url.query().is_none() && url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    require(is_base, key, || "it has more than a host and a path; write one such as http://127.0.0.1:4318")?;
    let base = url.as_str().trim_end_matches('/');
    require(!base.ends_with(TRACES), key, || format!("{TRACES} is added to it; write it without"))?;
    Ok(Some(format!("{base}{TRACES}")))
}
