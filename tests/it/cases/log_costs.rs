//! What a request costs, in its record.

use super::logs::records;
use crate::support::installation::{terminate, wait_for_end};
use crate::support::{ALICE, Installation, PASSWORD, Response};

/// Whoever else is served meanwhile.
#[test]
fn a_record_says_what_its_request_cost() {
    let installation = Installation::new();
    let secret = installation.add_tool("tool");
    installation.run(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    // One thread serves everybody: while it waits for one, it works for others.
    let mut server = installation.serve(&[("WORKERS", "1")]);
    let tool = [("client_id", "tool"), ("client_secret", secret.as_str()), ("grant_type", "password")];
    let form = [&tool[..], &[("username", ALICE), ("password", PASSWORD)]].concat();
    let id = |response: Response| {
        assert_eq!(response.status, 200, "{response:?}");
        response.header("x-request-id").expect("every answer has its id").to_owned()
    };
    let jwks = || id(server.get("/.well-known/jwks.json"));
    let (signed_in, meanwhile) = std::thread::scope(|scope| {
        let signing_in = scope.spawn(|| server.post("/token", &form));
        let meanwhile: Vec<String> = (0..20).map(|_| jwks()).collect();
        (signing_in.join().unwrap(), meanwhile)
    });
    let refresh_token = signed_in.tokens().refresh_token().to_owned();
    let signed_in = id(signed_in);
    let refresh = [&tool[..2], &[("grant_type", "refresh_token"), ("refresh_token", &refresh_token)]].concat();
    let refreshed = id(server.post("/token", &refresh));
    let ready = id(server.get("/health/ready"));
    terminate(&server);
    assert_eq!(wait_for_end(&mut server).code(), Some(0));

    let mut records = records(&server.log());
    records.retain(|record| record["target"] == "countersign::request");
    let cost = |id: &str, name: &str| {
        let record = records.iter().find(|record| record["request_id"] == id).expect("it has a record");
        record[name].as_u64().unwrap_or_else(|| panic!("{name}: {record}"))
    };
    for id in &meanwhile {
        assert_eq!((cost(id, "queries"), cost(id, "db_us"), cost(id, "db_wait_us")), (0, 0, 0), "it comes from memory");
    }
    assert_eq!(cost(&ready, "queries"), 0, "the heartbeat is nobody's, whoever asked for it");
    // The client, the grant, and the rotation.
    assert!(cost(&refreshed, "queries") >= 3);
    // The client and the person by name, the person again, and the grant.
    assert!(cost(&signed_in, "queries") >= 4);
    let hash = cost(&signed_in, "cpu_us");
    assert!(meanwhile.iter().all(|id| cost(id, "cpu_us") < hash), "the others do not pay for the hash");
}
