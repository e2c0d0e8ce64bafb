//! Taking access away from people (T07, C08, V09, U20, U27): at once, on every node, and nothing comes back.

use super::nodes::{beside, process_beside};
use super::password::{hashes, sign_in};
use super::refresh::assert_ended;
use crate::support::database::number;
use crate::support::{
    ALICE, Authorization, BOB, Browser, EVIL, Http, Installation, PASSWORD, ROPC, Response, SPA, Server, Tokens,
    VERIFIER, WEB,
};

/// All that somebody may be signed in to: a browser, a code that was not redeemed, tokens with and without `offline_access`.
struct Everything<'a> {
    browser: Browser<'a>,
    code: String,
    tokens: Vec<(crate::support::TestClient, Tokens)>,
}

impl<'a> Everything<'a> {
    fn of(server: &'a Server, username: &str) -> Self {
        let mut browser = Browser::new(server);
        let mut code = |client, scope| {
            let request = Authorization::of(client).with("scope", scope);
            browser.authorize(&request.path(), username)["code"].clone()
        };
        let bound = server.exchange(WEB, &code(WEB, "openid notes.read")).tokens();
        let offline = server.exchange(SPA, &code(SPA, "openid offline_access")).tokens();
        let code = code(WEB, "openid");
        let tokens = vec![(WEB, bound), (SPA, offline), (ROPC, sign_in(server, username, PASSWORD).tokens())];
        Self { browser, code, tokens }
    }

    #[track_caller]
    fn assert_over(&mut self, server: &Server) {
        for (client, tokens) in &self.tokens {
            assert_ended(server, *client, tokens);
        }
        server.exchange(WEB, &self.code).assert_error(400, "invalid_grant");
        let page = self.browser.visit(&Authorization::of(WEB).path());
        assert!(page.body.contains("name=\"password\""), "the session is over: {page:?}");
    }

    #[track_caller]
    fn assert_alive(&mut self, server: &Server) {
        for (client, tokens) in &mut self.tokens {
            assert_eq!(server.userinfo(tokens.access_token()).status, 200);
            *tokens = server.refresh(*client, tokens.refresh_token()).tokens();
        }
        assert!(self.browser.visit(&Authorization::of(WEB).path()).location().contains("code="));
    }
}

#[test]
fn t07_v09_c08_u20_a_locked_person_is_out_of_everything_on_every_node_and_unlocking_revives_nothing() {
    let server = Server::start();
    let other = beside(&server);
    let (mut alices, mut bobs) = (Everything::of(&server, ALICE), Everything::of(&server, BOB));
    let locked = server.command(&["user", "lock", "ALICE"], "");
    assert_eq!((locked["username"].as_str(), locked["disabled"].as_bool()), (Some(ALICE), Some(true)), "{locked}");
    assert_eq!((locked["ended_sessions"].as_u64(), locked["ended_grants"].as_u64()), (Some(1), Some(4)), "{locked}");
    for node in [&server, &other] {
        alices.assert_over(node);
        sign_in(node, ALICE, PASSWORD).assert_error(400, "invalid_grant");
    }
    assert_eq!(number(&server.data_dir, "SELECT COUNT(*) FROM grants WHERE revoked_reason = 'person_locked'"), 4);
    let again = server.command(&["user", "lock", ALICE], "");
    assert_eq!((again["ended_sessions"].as_u64(), again["ended_grants"].as_u64()), (Some(0), Some(0)), "{again}");

    let unlocked = server.command(&["user", "unlock", ALICE], "");
    assert_eq!(unlocked["disabled"].as_bool(), Some(false));
    for node in [&server, &other] {
        alices.assert_over(node);
        sign_in(node, ALICE, PASSWORD).tokens();
    }
    Everything::of(&other, ALICE).assert_alive(&server);
    bobs.assert_alive(&server);
}

/// The page that a sign-in is answered with, without what differs each time.
fn answer(server: &Server, username: &str, password: &str) -> (u64, u16, String, Vec<String>) {
    let mut browser = Browser::new(server);
    let page = browser.visit(&Authorization::of(WEB).path());
    let typed = [("username", username), ("password", password)];
    let (cost, answer) = hashes(server, || browser.submit(&page, "/login", &typed));
    let mut body = answer.body.clone();
    for name in ["csrf", "flow"] {
        body = body.replace(answer.hidden(name), name);
    }
    let request_id = answer.header("x-request-id").expect("every answer has its id");
    let body = body.replace(request_id, "id").replace(username, "username");
    let mut headers: Vec<String> = answer.headers.keys().map(ToString::to_string).collect();
    headers.sort();
    (cost, answer.status, body, headers)
}

/// U01, G02: whoever tries learns nothing, not by the answer and not by the work that it takes.
#[test]
fn u01_a_locked_person_looks_like_a_wrong_password() {
    let server = Server::start();
    let wrong = answer(&server, ALICE, "wrong horse battery staple");
    assert_eq!((wrong.0, wrong.1), (1, 400));
    server.command(&["user", "lock", ALICE], "");
    for (username, password) in [(ALICE, PASSWORD), (ALICE, "wrong horse battery staple"), ("nobody", PASSWORD)] {
        assert_eq!(answer(&server, username, password), wrong, "{username}");
    }
    let (cost, locked) = hashes(&server, || sign_in(&server, ALICE, PASSWORD));
    let (_, wrong) = hashes(&server, || sign_in(&server, BOB, "wrong horse battery staple"));
    assert_eq!((cost, locked.body), (1, wrong.body));
}

/// U27: whoever was signed in with the old password is out.
#[test]
fn u27_a_new_password_ends_what_the_old_one_opened() {
    let server = Server::start();
    let mut alices = Everything::of(&server, ALICE);
    let new = "another horse, another battery";
    let set = server.command(&["user", "set-password", ALICE, "--password-stdin"], new);
    assert_eq!((set["ended_sessions"].as_u64(), set["ended_grants"].as_u64()), (Some(1), Some(4)), "{set}");
    assert_eq!(set.get("password"), None, "one that was typed is not printed");
    alices.assert_over(&server);
    sign_in(&server, ALICE, PASSWORD).assert_error(400, "invalid_grant");
    sign_in(&server, ALICE, new).tokens();

    let made_up = server.command(&["user", "set-password", ALICE], "");
    let password = made_up["password"].as_str().expect("it is printed once");
    assert!(password.len() >= 20, "{password}");
    sign_in(&server, ALICE, new).assert_error(400, "invalid_grant");
    sign_in(&server, ALICE, password).tokens();
    assert_eq!(number(&server.data_dir, "SELECT COUNT(*) FROM grants WHERE revoked_reason = 'password_set'"), 5);

    server.command(&["user", "lock", ALICE], "");
    server.command(&["user", "set-password", ALICE, "--password-stdin"], new);
    sign_in(&server, ALICE, new).assert_error(400, "invalid_grant");
    server.command(&["user", "unlock", ALICE], "");
    sign_in(&server, ALICE, new).tokens();
}

#[test]
fn signing_a_person_out_ends_sessions_and_what_is_bound_to_them() {
    let server = Server::start();
    let (mut alices, mut bobs) = (Everything::of(&server, ALICE), Everything::of(&server, BOB));
    let elsewhere = server.sign_in(WEB);
    let ended = server.command(&["user", "sign-out", ALICE], "");
    // The bound one, the unredeemed code, and the one from the other browser.
    assert_eq!((ended["ended_sessions"].as_u64(), ended["ended_grants"].as_u64()), (Some(2), Some(3)), "{ended}");
    assert_ended(&server, WEB, &elsewhere);
    let [(web, bound), (spa, offline), (ropc, programs)] = &alices.tokens[..] else { panic!("three grants") };
    assert_ended(&server, *web, bound);
    server.refresh(*spa, offline.refresh_token()).tokens();
    server.refresh(*ropc, programs.refresh_token()).tokens();
    server.exchange(WEB, &alices.code).assert_error(400, "invalid_grant");
    assert!(alices.browser.visit(&Authorization::of(WEB).path()).body.contains("name=\"password\""));
    bobs.assert_alive(&server);
    sign_in(&server, ALICE, PASSWORD).tokens();
}

/// As after the restore of a backup.
#[test]
fn everybody_is_signed_out_at_once() {
    let server = Server::start();
    let people = [Everything::of(&server, ALICE), Everything::of(&server, BOB)];
    server.sign_in(WEB);
    let dry = server.command(&["session", "end", "--all", "--dry-run"], "");
    assert_eq!(dry["sessions"].as_u64(), Some(3), "{dry}");
    let ended = server.command(&["session", "end", "--all", "--yes"], "");
    assert_eq!(ended, serde_json::json!({ "sessions": 3, "grants": 5 }), "{ended}");
    for mut person in people {
        assert_ended(&server, WEB, &person.tokens[0].1);
        server.refresh(person.tokens[1].0, person.tokens[1].1.refresh_token()).tokens();
        assert!(person.browser.visit(&Authorization::of(WEB).path()).body.contains("name=\"password\""));
    }
    assert_eq!(server.command(&["session", "end", "--all"], "")["sessions"].as_u64(), Some(0));
}

fn tool_sign_in(node: &Http, secret: &str) -> Response {
    let form = [
        ("grant_type", "password"),
        ("client_id", "tool"),
        ("client_secret", secret),
        ("username", ALICE),
        ("password", PASSWORD),
    ];
    node.post("/token", &form)
}

/// T07, V09 across two processes, by the subject.
#[test]
fn t07_v09_locking_counts_at_once_in_every_process() {
    let installation = Installation::new();
    let secret = installation.add_tool("tool");
    let added = installation.json(&["user", "add", ALICE, "--password-stdin"], PASSWORD);
    let sub = added["sub"].as_str().unwrap();
    let nodes = [installation.serve(&[]), process_beside(&installation)];
    let tokens = tool_sign_in(&nodes[0], &secret).tokens();
    let bearer = format!("Bearer {}", tokens.access_token());
    let userinfo = |node: &Http| node.get_with("/userinfo", &[("authorization", &bearer)]).status;
    assert_eq!(nodes.each_ref().map(|node| userinfo(node)), [200, 200]);
    installation.run(&["user", "lock", sub], "");
    let refresh = [
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens.refresh_token()),
        ("client_id", "tool"),
        ("client_secret", &secret),
    ];
    for node in &nodes {
        assert_eq!(userinfo(node), 401);
        node.post("/token", &refresh).assert_error(400, "invalid_grant");
        tool_sign_in(node, &secret).assert_error(400, "invalid_grant");
    }
    installation.run(&["user", "unlock", sub], "");
    for node in &nodes {
        node.post("/token", &refresh).assert_error(400, "invalid_grant");
        tool_sign_in(node, &secret).tokens();
    }
}

/// C08: between the consent page and the code, and between the code and the tokens.
#[test]
fn c08_a_person_locked_amid_an_authorization_gets_nothing_from_it() {
    let server = Server::start();
    let mut browser = Browser::new(&server);
    let login = browser.visit(&Authorization::of(EVIL).path());
    let consent = browser.sign_in(&login, ALICE);
    let code = server.code(WEB);
    server.command(&["user", "lock", ALICE], "");
    let answer = browser.submit(&consent, "/consent", &[("decision", "allow")]);
    let page = browser.follow(answer);
    assert!(page.body.contains("name=\"password\""), "{page:?}");
    let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("code_verifier", VERIFIER)];
    server.token(WEB, &form).assert_error(400, "invalid_grant");
    assert_eq!(number(&server.data_dir, "SELECT COUNT(*) FROM grants WHERE revoked_at IS NULL"), 0);
}
