//! Where metrics go.

use super::{from_variables, refusal};

const LISTEN: &str = "COUNTERSIGN_MANAGEMENT__LISTEN";

#[test]
fn metrics_are_off_unless_they_have_a_listener_of_their_own() {
    assert_eq!(from_variables(&[]).unwrap().management, None);
    let config = from_variables(&[(LISTEN, "127.0.0.1:9464")]).unwrap();
    assert_eq!((config.management, config.warnings()), (Some("127.0.0.1:9464".parse().unwrap()), vec![]));
    assert!(config.show().contains("\n[management]\nlisten = \"127.0.0.1:9464\"\n"), "{}", config.show());
    assert_eq!(
        refusal(&[(LISTEN, "127.0.0.1:8080")]),
        "management.listen: it is the same as listen; write another port such as 127.0.0.1:9464"
    );
    let open = from_variables(&[(LISTEN, "[::]:9464")]).unwrap().warnings();
    assert_eq!(open.len(), 1);
    assert!(open[0].starts_with("management.listen: whoever reaches it reads the metrics"), "{open:?}");
}
