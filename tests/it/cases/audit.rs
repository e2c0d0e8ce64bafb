//! The audit log: what happened, to whom, from where, and nothing that is nobody's business (T01, X22, X23).

use serde_json::Value;

use super::logs::records;
use crate::support::installation::{terminate, wait_for_end};
use crate::support::{ALICE, Authorization, BOB, Browser, Installation, PASSWORD, Program, Response, SPA, VERIFIER};

const WRONG: &str = "wrong horse battery staple";

/// An installation with alice, bob, a public client and one with the password grant.
struct Town {
    server: Program,
    secret: String,
    alice: String,
    bob: String,
    // Dropped last: the server runs on it.
    installation: Installation,
}

impl Town {
    fn new(settings: &[(&str, &str)]) -> Self {
        let installation = Installation::new();
        let secret = installation.add_tool("tool");
        let spa =
            ["client", "add", "spa", "--public", "--redirect-uri", SPA.redirect_uri, "--scope", "openid notes.read"];
        installation.run(&spa, "");
        let add = |username| installation.json(&["user", "add", username, "--password-stdin"], PASSWORD);
        let [alice, bob] = [ALICE, BOB].map(|username| add(username)["sub"].as_str().unwrap().to_owned());
        Self { server: installation.serve(settings), secret, alice, bob, installation }
    }

    fn password_grant(&self, username: &str, password: &str) -> Response {
        let person = [("grant_type", "password"), ("username", username), ("password", password)];
        self.server.post("/token", &[&self.tool()[..], &person].concat())
    }

    fn refresh(&self, refresh_token: &str) -> Response {
        let refresh = [("grant_type", "refresh_token"), ("refresh_token", refresh_token)];
        self.server.post("/token", &[&self.tool()[..], &refresh].concat())
    }

    fn tool(&self) -> [(&'static str, &str); 2] {
        [("client_id", "tool"), ("client_secret", &self.secret)]
    }

    /// Ends the server: its audit log.
    fn audit_log(mut self) -> Vec<Value> {
        terminate(&self.server);
        assert_eq!(wait_for_end(&mut self.server).code(), Some(0));
        let log = records(&self.server.log());
        drop(self.installation);
        log.into_iter().filter(|line| line["target"] == "countersign::audit").collect()
    }
}

/// The request that an answer answers.
fn id(answer: &Response) -> String {
    answer.header("x-request-id").expect("every answer has its id").to_owned()
}

/// The members of the one line of a request, but for those that every line has.
#[track_caller]
fn line(log: &[Value], answer: &Response) -> Value {
    let lines: Vec<&Value> = log.iter().filter(|line| line["request_id"] == id(answer).as_str()).collect();
    let [line] = lines[..] else { panic!("{} lines for {answer:?}: {lines:?}", lines.len()) };
    assert_eq!(line["address"], "127.0.0.1", "{line}");
    let mut line = line.clone();
    for member in ["timestamp", "target", "request_id", "address"] {
        assert!(line.as_object_mut().unwrap().remove(member).is_some_and(|value| value.is_string()), "{member}");
    }
    line
}

fn members(line: &Value) -> Vec<&str> {
    line.as_object().unwrap().keys().map(String::as_str).collect()
}

#[test]
fn every_sign_in_is_told_and_a_failed_one_says_why() {
    let town = Town::new(&[]);
    town.installation.run(&["user", "lock", BOB], "");
    let right = town.password_grant(" Alice ", PASSWORD);
    let wrong = town.password_grant(ALICE, WRONG);
    let locked = town.password_grant(BOB, PASSWORD);
    let nobody = town.password_grant("nobody-of-that-name", PASSWORD);
    let guesses: Vec<Response> = (0..12).map(|_| town.password_grant(ALICE, WRONG)).collect();
    let throttled: Vec<&Response> = guesses.iter().filter(|guess| guess.status == 429).collect();
    assert!(throttled.len() > 1, "{guesses:?}");
    let mut browser = Browser::new(&town.server);
    let page = browser.visit("/login");
    let wrong_page = browser.submit(&page, "/login", &[("username", "bob"), ("password", WRONG)]);
    let (alice, bob) = (town.alice.clone(), town.bob.clone());
    let log = town.audit_log();
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let signed_in = format!(r#"{{"level":"INFO","event":"sign_in","sub":"{alice}","client":"tool"}}"#);
    assert_eq!(line(&log, &right), json(&signed_in));
    for (answer, sub, reason) in [
        (&wrong, Some(&alice), "wrong_password"),
        (&locked, Some(&bob), "locked"),
        (&wrong_page, Some(&bob), "locked"),
        (&nobody, None, "unknown_user"),
    ] {
        let sub = sub.map(|sub| format!(r#","sub":"{sub}""#)).unwrap_or_default();
        let expected = format!(r#"{{"level":"INFO","event":"sign_in_failed"{sub},"reason":"{reason}"}}"#);
        assert_eq!(line(&log, answer), json(&expected), "{reason}");
    }
    let told_once = format!(
        r#"{{"level":"WARN","event":"sign_in_throttled","sub":"{alice}","client":"tool","limit":"account_from_address"}}"#
    );
    assert_eq!(line(&log, throttled[0]), json(&told_once));
    assert!(!log.iter().any(|line| throttled[1..].iter().any(|answer| line["request_id"] == id(answer).as_str())));
    let log = format!("{log:?}");
    assert!(!log.contains("nobody-of-that-name") && !log.contains(WRONG) && !log.contains(PASSWORD), "{log}");
}

#[test]
fn sessions_and_consents_are_told() {
    let town = Town::new(&[]);
    let mut browser = Browser::new(&town.server);
    let request = Authorization::of(SPA);
    let login = browser.visit(&request.path());
    let signed_in = browser.submit(&login, "/login", &[("username", ALICE), ("password", PASSWORD)]);
    let consent = browser.get(signed_in.location());
    let denied = browser.submit(&consent, "/consent", &[("decision", "deny")]);
    let denied_again = browser.submit(&consent, "/consent", &[("decision", "deny")]);
    let consent = browser.visit(&request.path());
    let allowed = browser.submit(&consent, "/consent", &[("decision", "allow")]);
    let allowed_again = browser.submit(&consent, "/consent", &[("decision", "allow")]);
    let silent = browser.get(&request.path());
    let login = browser.visit(&request.clone().with("prompt", "login").path());
    let another = browser.submit(&login, "/login", &[("username", BOB), ("password", PASSWORD)]);
    let consent = browser.get(another.location());
    let switched = browser.submit(&consent, "/consent", &[("decision", "switch")]);
    let chooser = browser.get(switched.location());
    let chosen = browser.choose(&chooser, ALICE);
    let back = browser.submit(&chosen, "/login", &[("username", ALICE), ("password", PASSWORD)]);
    assert!(back.location().contains("code="), "she has allowed it before: {back:?}");
    let page = browser.visit("/logout");
    let signed_out = browser.submit(&page, "/logout", &[]);
    let (alice, bob) = (town.alice.clone(), town.bob.clone());
    let log = town.audit_log();

    let of = |answer: &Response, event: &str, sub: &str| {
        let line = line(&log, answer);
        assert_eq!((line["event"].as_str(), line["sub"].as_str()), (Some(event), Some(sub)), "{line}");
        line
    };
    let alices = of(&signed_in, "sign_in", &alice);
    assert_eq!(members(&alices), ["event", "level", "session", "sub"]);
    let line = of(&denied, "consent_denied", &alice);
    assert_eq!((line["client"].as_str(), line["scope"].as_str()), (Some("spa"), Some("openid notes.read")));
    let line = of(&allowed, "consent_allowed", &alice);
    assert_eq!(members(&line), ["client", "event", "grant", "level", "scope", "sub"]);
    for answer in [&denied_again, &allowed_again, &silent, &switched, &chosen] {
        assert!(!log.iter().any(|line| line["request_id"] == id(answer).as_str()), "nothing was decided");
    }
    let bobs = of(&another, "sign_in", &bob);
    assert_eq!(of(&back, "sign_in", &alice)["session"], alices["session"]);
    let both: Vec<&Value> = log.iter().filter(|line| line["request_id"] == id(&signed_out).as_str()).collect();
    let [first, second] = both[..] else { panic!("{both:?}") };
    for (line, signed_in, grants) in [(first, &alices, 3), (second, &bobs, 0)] {
        assert_eq!((line["event"].as_str(), line["grants"].as_u64()), (Some("sign_out"), Some(grants)), "{line}");
        assert_eq!((&line["session"], &line["sub"]), (&signed_in["session"], &signed_in["sub"]));
    }
}

/// T01: and an operator can tell an attack from what is none by the level of a line.
#[test]
fn what_ends_a_grant_is_told() {
    let town = Town::new(&[("TOKENS__GRANTS_PER_CLIENT", "1")]);
    let first = town.password_grant(ALICE, PASSWORD).tokens();
    let second = town.refresh(first.refresh_token()).tokens();
    let repeated = town.refresh(first.refresh_token());
    town.refresh(second.refresh_token()).tokens();
    let reused = town.refresh(first.refresh_token());
    reused.assert_error(400, "invalid_grant");
    let after = town.refresh(first.refresh_token());

    let mut browser = Browser::new(&town.server);
    let mut code = || browser.authorize(&Authorization::of(SPA).path(), ALICE)["code"].clone();
    let exchange = |code: &str, verifier: &str| {
        let form =
            [("client_id", "spa"), ("grant_type", "authorization_code"), ("code", code), ("code_verifier", verifier)];
        town.server.post("/token", &form)
    };
    let evicted = code();
    let replayed = code();
    exchange(&evicted, VERIFIER).assert_error(400, "invalid_grant");
    exchange(&replayed, VERIFIER).tokens();
    let replay = exchange(&replayed, VERIFIER);
    let guess = exchange(&code(), &"x".repeat(43));
    let alice = town.alice.clone();
    let log = town.audit_log();

    let revoked = |answer: &Response, client: &str, reason: &str, handle: &str| {
        let line = line(&log, answer);
        assert_eq!(members(&line), ["client", "event", "grant", "handle", "level", "reason", "sub"]);
        let told = ["level", "event", "sub", "client", "reason", "handle"].map(|member| line[member].as_str().unwrap());
        assert_eq!(told, ["WARN", "grant_revoked", &alice, client, reason, handle]);
    };
    let repeat = line(&log, &repeated);
    assert_eq!(members(&repeat), ["client", "event", "grant", "late", "level", "sub"]);
    assert_eq!((repeat["event"].as_str(), repeat["level"].as_str()), (Some("refresh_repeated"), Some("INFO")));
    revoked(&reused, "tool", "reuse", "refresh_token");
    assert!(!log.iter().any(|line| line["request_id"] == id(&after).as_str()), "it had ended");
    revoked(&replay, "spa", "reuse", "authorization_code");
    revoked(&guess, "spa", "wrong_verifier", "authorization_code");
    let evictions: Vec<&Value> = log.iter().filter(|line| line["reason"] == "evicted").collect();
    let [eviction] = evictions[..] else { panic!("{evictions:?}") };
    let told = ["level", "event", "sub", "client"].map(|member| eviction[member].as_str().unwrap());
    assert_eq!(told, ["INFO", "grant_revoked", &alice, "spa"]);
}

/// X22, X23: nothing that was typed is in it, and it is kept at every level.
#[test]
fn x22_x23_the_audit_log_repeats_nobody_and_is_kept_at_every_level() {
    let town = Town::new(&[("LOG__LEVEL", "error")]);
    let forged = "x\r\n{\"event\":\"user_unlocked\",\"forged\":true}\n\u{85}[31m\",\"forged\":\"1";
    town.password_grant(forged, forged);
    let mut browser = Browser::new(&town.server);
    let page = browser.visit("/login");
    browser.submit(&page, "/login", &[("username", forged), ("password", forged)]);
    let tokens = town.password_grant(ALICE, PASSWORD).tokens();
    let secret = town.secret.clone();
    let log = town.audit_log();
    let failed = log.iter().filter(|line| line["event"] == "sign_in_failed").count();
    assert_eq!((failed, log.iter().filter(|line| line["event"] == "sign_in").count()), (2, 1), "{log:?}");
    let text = format!("{log:?}");
    assert!(!text.contains("forged") && !text.contains("u{85}"), "{text}");
    for secret in [tokens.access_token(), tokens.refresh_token(), &secret, PASSWORD] {
        assert!(!text.contains(secret));
    }
}
