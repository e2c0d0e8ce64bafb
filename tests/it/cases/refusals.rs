//! Refusals: each one tells the caller the fault, and its line in the log has error, reason, client and parameter.

use std::collections::{BTreeSet, HashMap};

use countersign::oauth::RequestFault;
use serde_json::{Value, json};

use super::logs::records;
use super::refusals_logout::walk_logout;
use super::refusals_programs::{walk_programs, walk_token};
use crate::support::installation::{terminate, wait_for_end};
use crate::support::{ALICE, Authorization, Browser, Installation, PASSWORD, Program, Response, WEB};

/// A refusal, and the fields of its line in the log.
struct Refusal {
    answer: Response,
    log: Vec<(&'static str, Value)>,
}

/// The refusals of a server, and the faults that were seen on a page.
pub struct Walk<'a> {
    pub server: &'a Program,
    refusals: Vec<Refusal>,
    faults: BTreeSet<usize>,
}

impl Walk<'_> {
    /// A refusal with these fields.
    #[track_caller]
    pub fn add(&mut self, answer: Response, status: u16, reason: &str, others: &[(&'static str, Value)]) {
        assert_eq!(answer.status, status, "{reason}: {answer:?}");
        let mut log = vec![("reason", json!(reason))];
        log.extend(others.iter().cloned());
        self.refusals.push(Refusal { answer, log });
    }

    /// A page that names a fault, which its line names as well.
    #[track_caller]
    pub fn fault(&mut self, answer: Response, status: u16, fault: RequestFault, others: &[(&'static str, Value)]) {
        let (at, line) = line_of(fault);
        let parameter = fault.parameter().map_or(Value::Null, Value::from);
        let line = match fault.parameter() {
            Some(name) => line.replace("{}", &format!("<code dir=\"ltr\">{name}</code>")),
            None => line.to_owned(),
        };
        assert!(answer.body.contains(&line), "{fault:?}: {answer:?}");
        assert_eq!(answer.header("location"), None);
        self.faults.insert(at);
        let parameter = ("parameter", parameter);
        self.add(answer, status, &reason_of(fault), &[&[parameter][..], others].concat());
    }
}

/// The place of a fault among all, and its line on the page.
fn line_of(fault: RequestFault) -> (usize, &'static str) {
    match fault {
        RequestFault::Missing(_) => (0, "The parameter {} is missing or empty."),
        RequestFault::Repeated(_) => (1, "The parameter {} was sent more than once. Send it once."),
        RequestFault::Invalid(_) => (2, "The value of {} is not accepted here."),
        RequestFault::Unreadable => (3, "The parameters cannot be read."),
        RequestFault::NotAForm => (4, "The body is not a form."),
        RequestFault::TooLong => (5, "The request with all its parameters is longer than this server accepts."),
        RequestFault::UnknownClient => (6, "The value of {} is not the identifier of a registered client."),
        RequestFault::LockedClient => (7, "The client that {} names is locked."),
        RequestFault::UnregisteredRedirectUri => (8, "The value of {} is not one of the redirect URIs registered"),
        RequestFault::RequestObject(_) => (9, "The request object in {} is not valid."),
        RequestFault::GrantNotAllowed => (10, "This client is not registered for the authorization code grant."),
        RequestFault::UnknownHint => (11, "The value of {} is not an ID token that was issued here."),
        RequestFault::OtherClient => (12, "The value of {} is not the client that the ID token was issued to."),
        RequestFault::UnnamedClient => (13, "Without {} or id_token_hint this server follows no"),
        RequestFault::UnregisteredLogoutUri => (14, "The value of {} is not one of the addresses registered"),
        // No request is known to lead here: the answer to an error without a page of its own.
        RequestFault::Other => (15, "The log of this server has the reason under the request ID."),
    }
}

/// The reason of a fault, where the error says nothing narrower.
fn reason_of(fault: RequestFault) -> String {
    match fault {
        RequestFault::Invalid("max_age") => "max_age must be a whole number of seconds".to_owned(),
        RequestFault::RequestObject(_) => "the token is not a signed JWT".to_owned(),
        other => other.description().into_owned(),
    }
}

pub const CLIENT: &str = "client";
pub const PARAMETER: &str = "parameter";

/// A client that registered itself.
fn self_registered(server: &Program) -> String {
    let metadata = json!({ "redirect_uris": ["https://self.example/cb"], "token_endpoint_auth_method": "none" });
    let headers = [("content-type", "application/json")];
    let answer = server.send("POST", "/register", &headers, Some(metadata.to_string().as_bytes()));
    answer.json()["client_id"].as_str().unwrap_or_else(|| panic!("{answer:?}")).to_owned()
}

fn walk_authorize(walk: &mut Walk<'_>) {
    let server = walk.server;
    let ask = |request: Authorization| server.get(&request.path());
    let (web, locked) = (Authorization::to("web", WEB.redirect_uri), Authorization::to("locked", WEB.redirect_uri));
    let (by_web, by_locked) = ([(CLIENT, json!("web"))], [(CLIENT, json!("locked"))]);
    walk.fault(
        ask(web.clone().without("client_id")),
        400,
        RequestFault::Missing("client_id"),
        &[(CLIENT, Value::Null)],
    );
    walk.fault(ask(web.clone().and("client_id", "web")), 400, RequestFault::Repeated("client_id"), &[]);
    let unknown = [(CLIENT, Value::Null), ("client_id_length", json!(12))];
    walk.fault(ask(web.clone().with("client_id", "cs_cs_secret")), 400, RequestFault::UnknownClient, &unknown);
    walk.fault(ask(locked), 400, RequestFault::LockedClient, &by_locked);
    walk.fault(ask(web.clone().without("redirect_uri")), 400, RequestFault::Missing("redirect_uri"), &by_web);
    let sent = web.clone().with("redirect_uri", "https://alice:secret@evil.example:8443/cb\u{85}?code=secret#secret");
    let logged = ("redirect_uri", json!("https://evil.example:8443/cb%C2%85"));
    walk.fault(ask(sent), 400, RequestFault::UnregisteredRedirectUri, &[&by_web[..], &[logged]].concat());
    walk.fault(server.get("/authorize?client_id=%zz"), 400, RequestFault::Unreadable, &[]);
    walk.fault(ask(web.clone().with("state", &"s".repeat(60_000))), 414, RequestFault::TooLong, &[]);
    let text = server.send("POST", "/authorize", &[("content-type", "text/plain")], Some(b"client_id=web"));
    walk.fault(text, 400, RequestFault::NotAForm, &[]);
    let answer = ask(web.clone().with("max_age", "soon"));
    assert!(answer.location().starts_with("https://app.example/cb?error=invalid_request&"));
    let sent = [&by_web[..], &[(PARAMETER, json!("max_age")), ("error", json!("invalid_request"))]].concat();
    walk.add(answer, 303, "max_age must be a whole number of seconds", &sent);
    let silent = ask(web.with("prompt", "none").with("scope", "openid"));
    walk.add(silent, 303, "the person is not signed in, and prompt=none forbids to ask", &[(CLIENT, json!("web"))]);
}

/// A client that nobody vouched for gets its errors by way of a page.
fn walk_self_registered(walk: &mut Walk<'_>) {
    let server = walk.server;
    let id = self_registered(server);
    let request = Authorization::to(&id, "https://self.example/cb");
    let by_client = [(CLIENT, json!(id))];
    let ask = |request: Authorization| server.get(&request.path());
    walk.fault(ask(request.clone().without("response_type")), 400, RequestFault::Missing("response_type"), &by_client);
    walk.fault(ask(request.clone().and("state", "x")), 400, RequestFault::Repeated("state"), &by_client);
    walk.fault(ask(request.clone().with("max_age", "soon")), 400, RequestFault::Invalid("max_age"), &by_client);
    walk.fault(ask(request.with("request", "x")), 400, RequestFault::RequestObject("request"), &by_client);
}

/// A client that registered itself, and from which the operator took the grant.
fn walk_unmade(walk: &mut Walk<'_>, installation: &Installation) {
    let id = self_registered(walk.server);
    let path = Authorization::to(&id, "https://self.example/cb").path();
    walk.server.get(&path);
    installation.run(&["client", "set", &id, "--confidential", "--grant", "client_credentials"], "");
    walk.fault(walk.server.get(&path), 400, RequestFault::GrantNotAllowed, &[(CLIENT, json!(id))]);
}

fn walk_pages(walk: &mut Walk<'_>) {
    let server = walk.server;
    let unreadable = "the flow cannot be opened";
    for path in ["/consent", "/select_account"] {
        walk.add(server.post(path, &[("csrf", "x")]), 403, unreadable, &[("error", json!("invalid_request"))]);
    }
    let foreign = server.post_with("/logout", &[("csrf", "x")], &[("sec-fetch-site", "cross-site")]);
    walk.add(foreign, 403, "the form comes from another site", &[]);
    let large = server.post("/login", &[("username", &"a".repeat(70_000))]);
    walk.add(large, 413, "the request is larger than this page accepts", &[]);
    walk.add(server.send("PUT", "/login", &[], None), 405, "the page does not answer this method", &[]);
    walk.add(server.get("/nowhere"), 404, "there is no such page", &[]);
    let mut browser = Browser::new(server);
    let login = browser.visit(&Authorization::to("web", WEB.redirect_uri).path());
    let by_web = (CLIENT, json!("web"));
    let empty = browser.submit(&login, "/login", &[("password", PASSWORD)]);
    walk.add(empty, 400, "username is missing", &[by_web.clone(), (PARAMETER, json!("username"))]);
    let wrong = browser.submit(&login, "/login", &[("username", ALICE), ("password", "wrong")]);
    let denied = ("error", json!("access_denied"));
    walk.add(wrong, 400, "the username or the password is not right", &[by_web, denied]);
}

#[test]
fn every_refusal_tells_its_fault_to_the_caller_and_to_the_log() {
    let installation = Installation::new();
    let web = ["client", "add", "web", "--redirect-uri", WEB.redirect_uri, "--redirect-uri", "https://app.example/2"];
    let secret = installation.json(&web, "")["client_secret"].as_str().expect("it has one").to_owned();
    installation.json(&["client", "add", "locked", "--redirect-uri", WEB.redirect_uri], "");
    installation.json(&["client", "lock", "locked"], "");
    installation.run(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    let mut server = installation.serve(&[("REGISTRATION__MODE", "open")]);
    let mut walk = Walk { server: &server, refusals: Vec::new(), faults: BTreeSet::new() };
    walk_authorize(&mut walk);
    walk_self_registered(&mut walk);
    walk_unmade(&mut walk, &installation);
    walk_pages(&mut walk);
    walk_logout(&mut walk, &secret);
    walk_token(&mut walk, &secret);
    walk_programs(&mut walk);
    let Walk { refusals, faults, .. } = walk;
    assert_eq!(faults, (0..15).collect(), "each fault that a page can name was seen");
    terminate(&server);
    wait_for_end(&mut server);
    assert_logged(&server.log(), &refusals);
}

/// The line of each refusal has its fields, and no line of any refusal lacks a reason.
#[track_caller]
fn assert_logged(log: &str, refusals: &[Refusal]) {
    let records = records(log);
    let requests = records.iter().filter(|record| record["target"] == "countersign::request");
    let by_id: HashMap<&str, &Value> =
        requests.map(|record| (record["request_id"].as_str().unwrap(), record)).collect();
    for Refusal { answer, log } in refusals {
        let record = by_id[answer.header("x-request-id").expect("every answer has its id")];
        for (field, value) in log {
            assert_eq!(&record[field], value, "{field}: {record}");
        }
    }
    for record in by_id.values().filter(|record| record["status"].as_u64() >= Some(400) || record["error"].is_string())
    {
        let is_told = |field: &str| record[field].as_str().is_some_and(|text| !text.is_empty());
        assert!(is_told("reason") && is_told("error"), "{record}");
    }
    for secret in ["cs_cs_secret", "=secret", "alice:secret"] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
