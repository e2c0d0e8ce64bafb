//! Where metrics and traces go.

use super::{from_variables, refusal};

const LISTEN: &str = "COUNTERSIGN_MANAGEMENT__LISTEN";
const ENDPOINT: &str = "COUNTERSIGN_TELEMETRY__OTLP_ENDPOINT";

#[test]
fn metrics_are_off_unless_they_have_a_listener_of_their_own() {
    assert_eq!(from_variables(&[]).unwrap().management, None);
    let config = from_variables(&[(LISTEN, "127.0.0.1:9464")]).unwrap();
    assert_eq!((config.management, config.warnings()), (Some("127.0.0.1:9464".parse().unwrap()), vec![]));
    assert!(config.show().contains("\n[management]\nlisten = \"127.0.0.1:9464\"\n"), "{}", config.show());
    for typed in ["127.0.0.1:8080", "0.0.0.0:8080", "[::]:8080"] {
        assert_eq!(
            refusal(&[(LISTEN, typed)]),
            "management.listen: it is the same as listen; write another port such as 127.0.0.1:9464"
        );
    }
    assert!(from_variables(&[(LISTEN, "127.0.0.2:8080")]).is_ok());
    let open = from_variables(&[(LISTEN, "[::]:9464")]).unwrap().warnings();
    assert_eq!(open.len(), 1);
    assert!(open[0].starts_with("management.listen: whoever reaches it reads the metrics"), "{open:?}");
}

#[test]
#[cfg(not(feature = "otel"))]
fn a_binary_without_traces_says_so() {
    assert_eq!(
        refusal(&[(ENDPOINT, "http://127.0.0.1:4318")]),
        "telemetry.otlp_endpoint: this binary was built without OpenTelemetry; remove the key, or build it with \
         `--features otel`"
    );
}

#[test]
#[cfg(feature = "otel")]
fn traces_go_to_a_collector_nearby() {
    let url = |typed: &str| from_variables(&[(ENDPOINT, typed)]).unwrap().otlp_traces.unwrap();
    assert_eq!(url("http://127.0.0.1:4318"), "http://127.0.0.1:4318/v1/traces");
    assert_eq!(url("http://collector:4318/base/"), "http://collector:4318/base/v1/traces");
    let shown = from_variables(&[(ENDPOINT, "http://collector:4318")]).unwrap().show();
    assert!(shown.contains("\notlp_endpoint = \"http://collector:4318\"\n"), "{shown}");
    for typed in ["https://collector.example", "collector:4318", "grpc://collector", "http://"] {
        let reason = "it is not the http URL of a collector nearby; write one such as http://127.0.0.1:4318";
        assert_eq!(refusal(&[(ENDPOINT, typed)]), format!("telemetry.otlp_endpoint: {reason}"), "{typed}");
    }
    assert_eq!(
        refusal(&[(ENDPOINT, "http://collector:4318/v1/traces")]),
        "telemetry.otlp_endpoint: /v1/traces is added to it; write it without"
    );
    for typed in ["http://me:hunter2@collector", "http://collector?x=1", "http://collector#x"] {
        let reason = "it has more than a host and a path; write one such as http://127.0.0.1:4318";
        assert_eq!(refusal(&[(ENDPOINT, typed)]), format!("telemetry.otlp_endpoint: {reason}"), "{typed}");
    }
}
