//! The log (X22, X23): one record a request, and no secret in it at any level.

use std::collections::HashMap;

use serde_json::Value;

use crate::support::installation::{terminate, wait_for_end};
use crate::support::{
    ALICE, Authorization, Browser, Installation, PASSWORD, Program, Response, VERIFIER, WEB, basic, query_of,
};

/// What a flow has seen: the ids of its requests, and everything that is nobody else's business.
#[derive(Default)]
struct Seen {
    requests: Vec<(String, u16)>,
    secrets: Vec<(String, String)>,
}

impl Seen {
    fn answer(&mut self, response: Response) -> Response {
        let id = response.header("x-request-id").expect("every answer has its id").to_owned();
        self.requests.push((id, response.status));
        response
    }

    /// A secret, whole and its end: a log could shorten it.
    fn secret(&mut self, name: &str, value: &str) {
        assert!(value.len() >= 8, "{name} is too short to search for");
        self.secrets.push((name.to_owned(), value.to_owned()));
        if value.len() > 40 {
            self.secrets.push((format!("the end of {name}"), value[value.len() - 24..].to_owned()));
        }
    }

    fn tokens(&mut self, name: &str, response: Response) -> String {
        let tokens = self.answer(response).tokens();
        for member in ["access_token", "refresh_token", "id_token"] {
            self.secret(&format!("{name} {member}"), tokens.0[member].as_str().expect("it is there"));
        }
        tokens.0["refresh_token"].as_str().unwrap().to_owned()
    }
}

/// The value of a page's hidden input.
fn hidden(page: &Response, name: &str) -> String {
    let rest = page.body.split(&format!("name=\"{name}\" value=\"")).nth(1).expect("the form has it");
    rest.split('"').next().unwrap().to_owned()
}

/// The lines of a log.
pub fn records(log: &str) -> Vec<Value> {
    let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    log.lines().map(parse).collect()
}

/// A whole flow in a browser and at the back, with everything going wrong once.
fn run_flow(server: &Program, client_secret: &str, seen: &mut Seen) {
    let mut browser = Browser::new(server);
    let request =
        Authorization::of(WEB).with("scope", "openid offline_access").with("state", "the state of the client");
    let step = seen.answer(browser.get(&request.path()));
    let login = seen.answer(browser.get(step.location()));
    seen.secret("the flow", &hidden(&login, "flow"));
    seen.secret("a form token", &hidden(&login, "csrf"));
    let typed = [("username", ALICE), ("password", "wrong horse battery staple")];
    seen.answer(browser.submit(&login, "/login", &typed));
    seen.secret("a wrong password", typed[1].1);
    let step = seen.answer(browser.submit(&login, "/login", &[("username", ALICE), ("password", PASSWORD)]));
    let consent = seen.answer(browser.get(step.location()));
    seen.secret("the flow", &hidden(&consent, "flow"));
    seen.secret("a form token", &hidden(&consent, "csrf"));
    let step = seen.answer(browser.submit(&consent, "/consent", &[("decision", "allow")]));
    let code = query_of(step.location())["code"].clone();
    seen.secret("the code", &code);
    seen.secret("the state", "the state of the client");
    for (name, cookie) in browser.cookies.clone() {
        seen.secret(&name, &cookie);
    }

    let header = basic("web", client_secret);
    seen.secret("the client's header", header.trim_start_matches("Basic "));
    let post = |form: &[(&str, &str)]| server.post_with("/token", form, &[("authorization", &header)]);
    let exchange = [("grant_type", "authorization_code"), ("code", code.as_str()), ("code_verifier", VERIFIER)];
    let first = seen.tokens("the first", post(&exchange));
    let refresh = |token: &str| post(&[("grant_type", "refresh_token"), ("refresh_token", token)]);
    let second = seen.tokens("the second", refresh(&first));
    seen.tokens("the repeated", refresh(&first));
    let third = seen.tokens("the third", refresh(&second));
    let access_token = seen.secrets.iter().rev().find(|(name, _)| name == "the third access_token").unwrap().1.clone();
    seen.answer(server.get_with("/userinfo", &[("authorization", &format!("Bearer {access_token}"))]));
    seen.answer(server.get(&format!("/userinfo?access_token={access_token}")));
    give_back(server, &header, &access_token, seen);
    seen.answer(refresh(&first)).assert_error(400, "invalid_grant");
    seen.answer(refresh(&third)).assert_error(400, "invalid_grant");
    seen.answer(post(&exchange)).assert_error(400, "invalid_grant");
    let misplaced =
        [("grant_type", "password"), ("client_id", client_secret), ("username", PASSWORD), ("password", PASSWORD)];
    seen.answer(server.post("/token", &misplaced));
    seen.answer(server.get(&format!("/authorize?client_id={client_secret}&state={code}")));
    seen.answer(server.get(&format!("/{code}")));
    seen.answer(browser.submit(&login, "/login", &[("csrf", "x"), ("username", PASSWORD), ("password", PASSWORD)]));
}

/// Tokens that come back: introspected, and given back twice, of which the second changes nothing.
fn give_back(server: &Program, header: &str, token: &str, seen: &mut Seen) {
    let headers = [("authorization", header)];
    let ask = |path: &str| server.post_with(path, &[("token", token)], &headers);
    assert_eq!(seen.answer(ask("/introspect")).json()["active"], true);
    for _ in 0..2 {
        assert_eq!(seen.answer(ask("/revoke")).status, 200);
    }
    assert_eq!(seen.answer(ask("/introspect")).json()["active"], false);
    for path in ["/introspect", "/revoke"] {
        seen.answer(server.post(path, &[("token", token), ("client_id", token)])).assert_error(401, "invalid_client");
        seen.answer(server.post_with(path, &[], &headers)).assert_error(400, "invalid_request");
        seen.answer(server.post_with(&format!("{path}?token={token}"), &[], &headers));
    }
}

/// X23, T01: and what was revoked, and why, is in it.
#[test]
fn x23_no_secret_is_in_the_log_at_any_level() {
    let installation = Installation::new();
    let web = ["client", "add", "web", "--redirect-uri", "https://app.example/cb", "--scope", "openid offline_access"];
    let secret = installation.json(&web, "")["client_secret"].as_str().unwrap().to_owned();
    installation.run(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    let mut server = installation.serve(&[("LOG__LEVEL", "trace")]);
    let mut seen = Seen::default();
    seen.secret("the client's secret", &secret);
    seen.secret("the password", PASSWORD);
    seen.secret("the verifier", VERIFIER);
    run_flow(&server, &secret, &mut seen);
    terminate(&server);
    assert_eq!(wait_for_end(&mut server).code(), Some(0));

    let log = server.log();
    for (name, secret) in &seen.secrets {
        let line = log.lines().find(|line| line.contains(secret));
        assert!(line.is_none(), "{name} is in the log: {}", line.unwrap());
    }
    let records = records(&log);
    assert!(records.iter().any(|record| record["event"] == "grant_revoked" && record["reason"] == "reuse"), "{log}");
    assert!(records.iter().any(|record| record["event"] == "refresh_repeated"), "{log}");
    let revoked: Vec<&Value> = records.iter().filter(|record| record["event"] == "token_revoked").collect();
    assert_eq!(revoked.len(), 1, "{log}");
    assert_eq!((&revoked[0]["token"], &revoked[0]["client"]), (&Value::from("access_token"), &Value::from("web")));
    assert!(revoked[0]["grant"].is_string(), "{log}");
    for route in ["/introspect", "/revoke"] {
        let clients: Vec<&Value> =
            records.iter().filter(|record| record["route"] == route).map(|record| &record["client"]).collect();
        let named = clients.iter().filter(|client| **client == "web").count();
        assert_eq!((named, clients.len()), (4, 5), "a client is named if there is one of that name: {log}");
    }
    assert_one_record_each(&records, &seen.requests);
}

/// Each request has one record, which says where it went and what came of it.
#[track_caller]
fn assert_one_record_each(records: &[Value], requests: &[(String, u16)]) {
    let mut by_id: HashMap<&str, Vec<&Value>> = HashMap::new();
    for record in records.iter().filter(|record| record["target"] == "countersign::request") {
        by_id.entry(record["request_id"].as_str().expect("it has an id")).or_default().push(record);
    }
    assert!(by_id.values().all(|records| records.len() == 1), "an id stands twice");
    for (id, status) in requests {
        let record = by_id.get(id.as_str()).unwrap_or_else(|| panic!("{id} has no record"))[0];
        assert_eq!(record["status"], *status);
        assert!(record["route"].is_string() && record["method"].is_string(), "{record}");
        for cost in ["elapsed_us", "cpu_us", "db_us", "db_wait_us", "queries"] {
            assert!(record[cost].is_u64(), "{cost}: {record}");
        }
        let number = |name: &str| record[name].as_u64().unwrap();
        assert!(number("cpu_us") > 0 && number("db_wait_us") <= number("db_us"), "{record}");
        assert_eq!(number("db_us") > 0, number("queries") > 0, "{record}");
        assert!(record["timestamp"].as_str().is_some_and(|time| time.ends_with('Z')), "{record}");
    }
    let refused = records.iter().filter(|record| record["error"] == "invalid_grant").count();
    assert!(refused >= 3, "a refusal names its error");
}

/// X22: whatever is typed, a record is one line of JSON, and nobody writes one of their own.
#[test]
fn x22_nobody_forges_a_record() {
    let installation = Installation::new();
    let secret = installation.add_tool("tool");
    let mut server = installation.serve(&[("LOG__LEVEL", "trace")]);
    let mut seen = Seen::default();
    let forged = "x\r\n{\"level\":\"ERROR\",\"forged\":true}\n\u{1b}[31m\",\"forged\":\"1";
    let form = [("grant_type", "password"), ("username", forged), ("password", forged), ("scope", forged)];
    let tool = [("client_id", "tool"), ("client_secret", secret.as_str())];
    let strangers = [("client_id", forged), ("client_secret", forged)];
    for client in [tool, strangers] {
        seen.answer(server.post("/token", &[&form[..], &client].concat()));
        seen.answer(server.post("/token", &[&form[..3], &client].concat()));
        seen.answer(server.post("/token", &[&[("grant_type", forged)][..], &client].concat()));
    }
    let mut browser = Browser::new(&server);
    let login = seen.answer(browser.get("/login"));
    seen.answer(browser.submit(&login, "/login", &[("username", forged), ("password", forged)]));
    let query = crate::support::form_encode(&[("client_id", forged), ("redirect_uri", forged), ("lang", forged)]);
    for path in ["/authorize", "/login", "/nowhere", "/forged%0A%7B%22forged%22%3Atrue%7D"] {
        let headers =
            [("user-agent", "forged \u{9} agent"), ("referer", "https://forged.example"), ("x-request-id", "forged")];
        seen.answer(server.get_with(&format!("{path}?{query}"), &headers));
    }
    seen.answer(server.send("FORGED", "/token", &[], None));
    terminate(&server);
    wait_for_end(&mut server);
    let log = server.log();
    assert!(!log.contains('\u{1b}') && !log.contains("\\u001b"), "{log}");
    let records = records(&log);
    for record in &records {
        assert!(record.get("forged").is_none(), "{record}");
    }
    let requests = records.iter().filter(|record| record["target"] == "countersign::request");
    let mut ids: Vec<&str> = requests.filter_map(|record| record["request_id"].as_str()).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "an id stands twice");
    assert!(seen.requests.iter().all(|(id, _)| ids.contains(&id.as_str())), "every request has its record");
}
