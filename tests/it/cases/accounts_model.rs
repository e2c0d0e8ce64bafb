//! Which of five people in one browser answers a request, against a small reference (OpenID Connect Core §3.1.2.1, §5.5.1).

use std::time::Duration;

use serde_json::json;

use crate::support::{Authorization, Browser, PASSWORD, Response, Server, WEB, add_person, claims, query_of};

/// Signed in one after the other, a minute apart. The last one is current.
const PEOPLE: [&str; 5] = ["p0", "p1", "p2", "p3", "p4"];
/// Has used the client, in another browser.
const ABSENT: usize = 5;
const MINUTE: u64 = 60;

/// A request: the people that it names, by their index, and the rest as it is sent.
#[derive(Clone, Copy, Debug)]
struct Case {
    login_hint: Option<usize>,
    id_token_hint: Option<usize>,
    sub: Option<usize>,
    max_age: Option<u64>,
    prompt: &'static str,
}

#[derive(Debug, PartialEq)]
enum Outcome {
    /// A code for this person.
    Code(usize),
    /// A page that asks this person for consent.
    Consent(usize),
    SignIn,
    Chooser,
    LoginRequired,
}

/// The reference.
fn expected(case: Case) -> Outcome {
    let named: Vec<usize> = case.id_token_hint.into_iter().chain(case.sub).collect();
    let is_here = |person: &usize| *person != ABSENT;
    let person = match named[..] {
        [] => Some(case.login_hint.filter(is_here).unwrap_or(PEOPLE.len() - 1)),
        [first, ..] => Some(first).filter(|first| is_here(first) && named.iter().all(|named| named == first)),
    };
    // Nobody chooses among people of whom the request wants none.
    let Some(person) = person else {
        return if case.prompt == "none" { Outcome::LoginRequired } else { Outcome::SignIn };
    };
    let age = MINUTE * u64::try_from(PEOPLE.len() - person).unwrap();
    let is_too_old = case.max_age.is_some_and(|max_age| max_age == 0 || age > max_age);
    match case.prompt {
        "none" if is_too_old => Outcome::LoginRequired,
        "select_account" => Outcome::Chooser,
        _ if is_too_old || case.prompt == "login" => Outcome::SignIn,
        "consent" => Outcome::Consent(person),
        _ => Outcome::Code(person),
    }
}

/// People by their subject, as ID tokens have it.
struct Known {
    id_tokens: Vec<String>,
    subjects: Vec<String>,
}

impl Known {
    fn outcome(&self, server: &Server, answer: &Response) -> Outcome {
        if answer.status == 303 {
            let told = query_of(answer.location());
            if told.get("error").is_some_and(|error| error == "login_required") {
                return Outcome::LoginRequired;
            }
            let code = told.get("code").unwrap_or_else(|| panic!("neither a code nor login_required: {told:?}"));
            let tokens = server.exchange(WEB, code).tokens();
            let sub = claims(tokens.0["id_token"].as_str().expect("openid was asked for"))["sub"].clone();
            let person = self.subjects.iter().position(|known| sub == **known);
            return Outcome::Code(person.expect("it is one of them"));
        }
        assert_eq!(answer.status, 200, "{answer:?}");
        if answer.body.contains("name=\"password\"") {
            Outcome::SignIn
        } else if answer.body.contains("value=\"allow\"") {
            let is_named = |name: &&str| answer.body.contains(&format!("<bdi>{name}</bdi>"));
            let named: Vec<usize> = (0..PEOPLE.len()).filter(|at| is_named(&PEOPLE[*at])).collect();
            assert_eq!(named.len(), 1, "a page names the one who is asked: {answer:?}");
            Outcome::Consent(named[0])
        } else {
            assert!(answer.body.contains("Choose an account"), "{answer:?}");
            Outcome::Chooser
        }
    }

    fn request(&self, case: Case) -> String {
        let mut request = Authorization::of(WEB);
        let mut add = |name, value: Option<String>| {
            if let Some(value) = value {
                request = request.clone().with(name, &value);
            }
        };
        let claims = |at: usize| json!({ "id_token": { "sub": { "value": self.subjects[at] } } }).to_string();
        add("login_hint", case.login_hint.map(|at| PEOPLE.get(at).map_or("absent", |name| *name).to_owned()));
        add("id_token_hint", case.id_token_hint.map(|at| self.id_tokens[at].clone()));
        add("claims", case.sub.map(claims));
        add("max_age", case.max_age.map(|max_age| max_age.to_string()));
        add("prompt", Some(case.prompt.to_owned()).filter(|prompt| !prompt.is_empty()));
        request.path()
    }
}

fn sign_in(server: &Server, browser: &mut Browser<'_>, person: &str) -> String {
    let page = browser.visit(&Authorization::of(WEB).with("prompt", "login").path());
    let page = browser.sign_in(&page, person);
    let code = query_of(browser.decide(&page, "allow").location())["code"].clone();
    server.exchange(WEB, &code).tokens().0["id_token"].as_str().expect("openid was asked for").to_owned()
}

#[test]
fn whoever_a_request_names_answers_it_and_nobody_else() {
    let server = Server::start();
    for person in PEOPLE.iter().chain(&["absent"]) {
        server.block_on(add_person(&server.app, person, PASSWORD));
    }
    let mut browser = Browser::new(&server);
    let mut id_tokens = Vec::new();
    for person in PEOPLE {
        id_tokens.push(sign_in(&server, &mut browser, person));
        server.advance(Duration::from_secs(MINUTE));
    }
    id_tokens.push(sign_in(&server, &mut Browser::new(&server), "absent"));
    let subjects =
        id_tokens.iter().map(|token| claims(token)["sub"].as_str().expect("it has one").to_owned()).collect();
    let known = Known { id_tokens, subjects };

    let cookies = browser.cookies.clone();
    for login_hint in [None, Some(0), Some(3), Some(ABSENT)] {
        for id_token_hint in [None, Some(0), Some(3), Some(ABSENT)] {
            for sub in [None, Some(3), Some(ABSENT)] {
                for max_age in [None, Some(0), Some(150)] {
                    for prompt in ["", "none", "login", "consent", "select_account"] {
                        let case = Case { login_hint, id_token_hint, sub, max_age, prompt };
                        let answer = browser.visit(&known.request(case));
                        assert_eq!(known.outcome(&server, &answer), expected(case), "{case:?}");
                        browser.cookies.clone_from(&cookies);
                    }
                }
            }
        }
    }
}
