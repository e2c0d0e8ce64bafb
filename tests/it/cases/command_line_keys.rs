//! `countersign key`, beside a server: what it does counts once the server has read the keys again.

use countersign::types::Clock;
use serde_json::{Value, json};

use super::key_rotation::{kid, published};
use super::tokens::header;
use crate::support::database::{bytes, execute};
use crate::support::{ALICE, Installation, PASSWORD, Response, Server};

/// An installation with a person, a client with the password grant, and a server that tells the time of the commands.
struct Running {
    installation: Installation,
    secret: String,
    server: Server,
}

impl Running {
    fn start() -> Self {
        let installation = Installation::new();
        let secret = installation.add_tool("tool");
        installation.run(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
        let server = Server::open(&installation.data_dir, &[], Clock::System.now());
        Self { installation, secret, server }
    }

    fn sign_in(&self) -> String {
        sign_in(|form| self.server.post("/token", form), &self.secret)
    }

    /// What the server does every 15 seconds.
    fn follow(&self) {
        self.server.advance_to(Clock::System.now());
    }

    /// The keys in a state.
    fn keys(&self, state: &str) -> Vec<String> {
        kids(&self.installation.json(&["key", "list"], ""), state)
    }

    #[track_caller]
    fn key(&self, state: &str) -> String {
        let [key] = self.keys(state).try_into().unwrap_or_else(|keys| panic!("{state}: {keys:?}"));
        key
    }

    fn assert_refused(&self, settings: &[(&str, &str)], arguments: &[&str], words: &[&str]) {
        let before = self.installation.json(&["key", "list"], "");
        let sentence = self.installation.refused(settings, arguments, "");
        for word in words {
            assert!(sentence.contains(word), "{arguments:?} says: {sentence}");
        }
        assert_eq!(self.installation.json(&["key", "list"], ""), before, "{arguments:?}");
    }
}

/// The keys of a list that are in a state.
pub fn kids(list: &Value, state: &str) -> Vec<String> {
    let of_state = list.as_array().unwrap().iter().filter(|key| key["state"] == state);
    of_state.map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// An access token of alice's.
pub fn sign_in(post: impl Fn(&[(&str, &str)]) -> Response, secret: &str) -> String {
    let client = [("client_id", "tool"), ("client_secret", secret), ("scope", "openid")];
    let person = [("grant_type", "password"), ("username", ALICE), ("password", PASSWORD)];
    post(&[client, person].concat()).tokens().access_token().to_owned()
}

#[test]
fn keys_are_listed_with_their_states_and_times() {
    let running = Running::start();
    let list = running.installation.json(&["key", "list"], "");
    let members = |key: &Value| key.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(members(&list[0]), ["algorithm", "created_at", "kid", "state"]);
    assert_eq!(members(&list[1]), ["activated_at", "algorithm", "created_at", "kid", "state"]);
    assert_eq!([&list[0]["state"], &list[1]["state"], &list[1]["algorithm"]], ["next", "active", "RS256"]);
    let in_jwks = published(&running.server);
    assert!(list.as_array().unwrap().iter().all(|key| in_jwks.contains(key["kid"].as_str().unwrap())));
    let made = list[1]["created_at"].as_str().unwrap();
    assert!(made.len() == 24 && made.ends_with('Z'), "{made}");
    let table = running.installation.run(&["key", "list"], "");
    assert!(in_jwks.iter().all(|kid| table.contains(kid)) && table.contains("LEAVES THE JWKS"), "{table}");
    for private in ["\"d\"", "sealed", "private"] {
        assert!(!list.to_string().contains(private), "{list}");
    }

    let empty = Installation::new();
    assert_eq!(empty.json(&["key", "list"], ""), json!([]));
    assert!(empty.refused(&[], &["key", "rotate"], "").contains("no signing keys yet"));
    assert!(!empty.data_dir.join("master.key").exists(), "nothing was made");
}

#[test]
fn a_key_is_rotated_by_hand_when_verifiers_know_the_next_one() {
    let running = Running::start();
    let (old, new, token) = (running.key("active"), running.key("next"), running.sign_in());
    running.assert_refused(&[], &["key", "rotate"], &[&new, "from 20", "--early"]);
    execute(&running.installation.data_dir, "UPDATE signing_keys SET created_at = created_at - 86400000");
    let done = running.installation.json(&["key", "rotate"], "");
    let third = running.key("next");
    assert_eq!(done, json!({ "retired": old, "activated": new, "next": third }));
    assert_eq!([running.key("active"), running.key("retiring")], [new.clone(), old.clone()]);
    let list = running.installation.json(&["key", "list"], "");
    let retiring = list.as_array().unwrap().iter().find(|key| key["kid"] == *old).unwrap();
    let time = |name: &str| retiring[name].as_str().unwrap_or_else(|| panic!("{name}: {retiring}"));
    assert!(time("created_at") < time("retired_at") && time("retired_at") < time("leaves_jwks_at"));
    running.follow();
    assert_eq!(kid(&running.sign_in()), new);
    assert_eq!(published(&running.server).len(), 3);
    assert_eq!(running.server.userinfo(&token).status, 200);

    running.assert_refused(&[], &["key", "rotate"], &[&third, "--early"]);
    let said = running.installation.run(&["key", "rotate", "--early"], "");
    assert!(said.contains(&format!("The key {third} signs now")) && said.contains("15 seconds"), "{said}");
    running.follow();
    assert_eq!((kid(&running.sign_in()), running.keys("retiring").len()), (third, 2));
}

/// RFC 9700 §2.5, the emergency: out of the JWKS, and no token by it is taken any more, not even for an hour.
#[test]
fn j08_a_key_that_is_retired_by_hand_is_believed_nothing_any_more() {
    let running = Running::start();
    let (old, new, token) = (running.key("active"), running.key("next"), running.sign_in());
    assert_eq!(running.server.userinfo(&token).status, 200);
    let said = running.installation.run(&["key", "retire", &old], "");
    assert!(said.contains(&format!("The key {new} signs now")) && said.contains("15 seconds"), "{said}");
    assert!(said.contains("not published for long"), "verifiers may not know it: {said}");
    running.follow();
    assert_eq!(running.server.userinfo(&token).status, 401);
    let next = running.key("next");
    assert_eq!(published(&running.server), [new.clone(), next.clone()].into());
    let fresh = running.sign_in();
    assert_eq!((kid(&fresh), running.server.userinfo(&fresh).status), (new.clone(), 200));
    let hint = running.server.app.keys.ring.current().verify_hint::<Value>(&token, "at+jwt");
    assert!(hint.is_err(), "whoever has the key can write hints as well");

    // Every other state: the one that waits, and the one before.
    let done = running.installation.json(&["key", "retire", &next], "");
    let third = running.key("next");
    assert_eq!(done, json!({ "retired": next, "next": third }));
    running.installation.run(&["key", "rotate", "--early"], "");
    assert_eq!(running.installation.json(&["key", "retire", &new], "")["retired"], new.as_str());
    running.follow();
    assert_eq!(running.server.userinfo(&fresh).status, 401);
    assert_eq!(published(&running.server), [third, running.key("next")].into());
    assert_eq!((running.keys("gone").len(), running.keys("retiring").len()), (3, 0));
    let table = running.installation.run(&["key", "list"], "");
    assert_eq!(table.matches("gone (by hand)").count(), 3, "{table}");
}

/// All keys may be out, and the one that is next was taken away a moment ago by somebody who was killed then.
#[test]
fn a_key_is_replaced_by_a_new_one_where_none_is_next() {
    let running = Running::start();
    let old = running.key("active");
    execute(
        &running.installation.data_dir,
        &format!("UPDATE signing_keys SET state = 'gone', sealed = {} WHERE state = 'next'", bytes("")),
    );
    let done = running.installation.json(&["key", "retire", &old], "");
    assert_eq!(done["activated"], running.key("active").as_str());
    assert_eq!(done["next"], running.key("next").as_str());
    running.follow();
    assert_eq!(kid(&running.sign_in()), running.key("active"));
}

#[test]
fn what_cannot_be_done_to_keys_is_refused_in_a_sentence_and_changes_nothing() {
    let running = Running::start();
    let old = running.key("active");
    running.assert_refused(&[], &["key", "retire", "x"], &["'x'", "key list"]);
    for like_an_option in ["-x", "-hx", "--x", "-V", "-"] {
        running.assert_refused(&[], &["key", "retire", like_an_option], &[&format!("'{like_an_option}'"), "key list"]);
    }
    let other = [("KEYS__ALGORITHM", "ES256")];
    running.assert_refused(&other, &["key", "rotate", "--early"], &["no next ES256 key", "15 seconds"]);
    running.installation.run(&["key", "retire", &old], "");
    running.assert_refused(&[], &["key", "retire", &old], &[&old, "before"]);

    // A key that the server could not open would keep it from reading any.
    let another = "YW5vdGhlciBtYXN0ZXIga2V5IG9mIDMyIGJ5dGVzISE=";
    let file = running.installation.data_dir.join("master.key");
    let right = std::fs::read_to_string(&file).unwrap();
    let rotate = ["key", "rotate", "--early"];
    running.assert_refused(&[("SECRETS__MASTER_KEY", another)], &rotate, &["master key is not the one"]);
    let both = [("SECRETS__MASTER_KEY", another), ("SECRETS__MASTER_KEY_PREVIOUS", right.trim())];
    running.assert_refused(&both, &rotate, &["newer", "restart the server"]);
    std::fs::rename(&file, file.with_extension("away")).unwrap();
    running.assert_refused(&[], &rotate, &["master.key", "missing"]);
}

/// A master key that is replaced seals every key again that has a private half, and later steps go on from there.
#[test]
fn keys_in_every_state_survive_a_new_master_key() {
    let running = Running::start();
    running.installation.run(&["key", "rotate", "--early"], "");
    running.installation.run(&["key", "rotate", "--early"], "");
    running.installation.run(&["key", "retire", &running.keys("retiring")[0]], "");
    running.follow();
    let (token, before) = (running.sign_in(), published(&running.server));
    let right = std::fs::read_to_string(running.installation.data_dir.join("master.key")).unwrap();
    let data_dir = running.server.stop();
    let another = "YW5vdGhlciBtYXN0ZXIga2V5IG9mIDMyIGJ5dGVzISE=";
    let both = [("SECRETS__MASTER_KEY", another), ("SECRETS__MASTER_KEY_PREVIOUS", right.trim())];
    drop(Server::open(&data_dir, &both, Clock::System.now()));
    let server = Server::open(&data_dir, &both[..1], Clock::System.now());
    assert_eq!(published(&server), before);
    assert_eq!(sign_in_status(&server, &running.secret), 200);
    let alone = &both[..1];
    let rotated = running.installation.run_with(alone, &["key", "rotate", "--early"], "");
    assert!(rotated.status.success(), "{rotated:?}");
    server.advance_to(Clock::System.now());
    assert_eq!(published(&server).len(), before.len() + 1);
    assert!(published(&server).contains(header(&token)["kid"].as_str().unwrap()));
}

/// The answer to a sign-in; the issuer is another one after each start on another port.
fn sign_in_status(server: &Server, secret: &str) -> u16 {
    server.userinfo(&sign_in(|form| server.post("/token", form), secret)).status
}
