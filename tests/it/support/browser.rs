//! A browser without JavaScript: it keeps cookies, follows redirects as far as this server, and sends forms as they stand.

use std::collections::HashMap;

use super::http::query_of;
use super::{ALICE, Authorization, Http, PASSWORD, Response, TestClient};

pub struct Browser<'a> {
    pub http: &'a Http,
    pub cookies: HashMap<String, String>,
    /// The address that a proxy says that it has.
    pub address: Option<String>,
}

impl<'a> Browser<'a> {
    pub fn new(http: &'a Http) -> Self {
        Self { http, cookies: HashMap::new(), address: None }
    }

    /// A browser that a proxy stands in front of.
    pub fn at(http: &'a Http, address: &str) -> Self {
        Self { address: Some(address.to_owned()), ..Self::new(http) }
    }

    /// A browser in which alice is signed in and has allowed the client: a request in order is answered with a code.
    #[track_caller]
    pub fn of_alice(http: &'a Http, client: TestClient) -> Self {
        let mut browser = Self::new(http);
        browser.authorize(&Authorization::of(client).path(), ALICE);
        browser
    }

    /// The same browser once somebody has signed in for a request, and allowed it.
    #[track_caller]
    pub fn with_person(mut self, request: &Authorization, username: &str) -> Self {
        self.authorize(&request.path(), username);
        self
    }

    /// Gets one address, without following it.
    pub fn get(&mut self, path: &str) -> Response {
        let response = self.http.get_with(path, &self.headers(&self.cookie_header()));
        self.keep_cookies(&response);
        response
    }

    /// Gets an address and follows redirects that stay on this server; an application's address is where it ends.
    pub fn visit(&mut self, path: &str) -> Response {
        let response = self.get(path);
        self.follow(response)
    }

    /// Follows redirects that stay on this server.
    pub fn follow(&mut self, mut response: Response) -> Response {
        for _ in 0..10 {
            match response.header("location").filter(|to| to.starts_with('/')).map(str::to_owned) {
                Some(to) => response = self.get(&to),
                None => return response,
            }
        }
        panic!("redirected in circles: {response:?}");
    }

    /// Sends a form, without following the answer.
    pub fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Response {
        let response = self.http.post_with(path, form, &self.headers(&self.cookie_header()));
        self.keep_cookies(&response);
        response
    }

    /// Sends the form that a page has for `action`: its hidden inputs, and what the person adds.
    #[track_caller]
    pub fn submit(&mut self, page: &Response, action: &str, typed: &[(&str, &str)]) -> Response {
        let hidden = hidden_inputs(&page.body, action);
        let mut form: Vec<(&str, &str)> = hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        form.retain(|(name, _)| !typed.iter().any(|(typed, _)| typed == name));
        form.extend(typed);
        self.post(action, &form)
    }

    /// Signs in on a login page, and follows to the next page or the application.
    #[track_caller]
    pub fn sign_in(&mut self, login_page: &Response, username: &str) -> Response {
        self.sign_in_with(login_page, username, PASSWORD)
    }

    /// The same, with another password than the fixtures'.
    #[track_caller]
    pub fn sign_in_with(&mut self, login_page: &Response, username: &str, password: &str) -> Response {
        let answer = self.submit(login_page, "/login", &[("username", username), ("password", password)]);
        assert!(answer.status == 303 || answer.body.contains("data-submit"), "{answer:?}");
        self.follow(answer)
    }

    /// Answers a consent page: `allow` or `deny`.
    #[track_caller]
    pub fn decide(&mut self, consent_page: &Response, decision: &str) -> Response {
        let answer = self.submit(consent_page, "/consent", &[("decision", decision)]);
        self.follow(answer)
    }

    /// Chooses an account on the page that lists them, and follows to the next page or the application.
    #[track_caller]
    pub fn choose(&mut self, chooser: &Response, username: &str) -> Response {
        let button = chooser.body.split("name=\"account\" value=\"").skip(1);
        let button = button.into_iter().find(|rest| rest[36..].starts_with(&format!("\"><bdi>{username}</bdi>")));
        let sid = &button.unwrap_or_else(|| panic!("{username} is not offered: {chooser:?}"))[..36];
        let answer = self.submit(chooser, "/select_account", &[("account", sid)]);
        self.follow(answer)
    }

    /// Wants to use another account than those that are listed, and follows to the login page.
    #[track_caller]
    pub fn use_another(&mut self, chooser: &Response) -> Response {
        let answer = self.submit(chooser, "/select_account", &[("account", "another")]);
        self.follow(answer)
    }

    /// Signs in and allows whatever is asked; gives back the parameters that reach the application.
    #[track_caller]
    pub fn authorize(&mut self, address: &str, username: &str) -> HashMap<String, String> {
        let mut page = self.visit(address);
        if page.body.contains("name=\"password\"") {
            page = self.sign_in(&page, username);
        }
        if page.body.contains("value=\"allow\"") {
            page = self.decide(&page, "allow");
        }
        page.told()
    }

    /// Sends a request that the client is told an error of, with `iss` and without a code. Gives back what it is told.
    #[track_caller]
    pub fn refused(&mut self, request: &Authorization, error: &str) -> HashMap<String, String> {
        let answer = self.get(&request.path());
        assert_eq!((answer.status, answer.body.as_str()), (303, ""), "{answer:?}");
        let redirect_uri = request.get("redirect_uri").expect("an error is sent to where the request says");
        let start = format!("{redirect_uri}?error={error}&error_description=");
        assert!(answer.location().starts_with(&start), "{error} for {request:?}: {answer:?}");
        let told = query_of(answer.location());
        assert_eq!((told.get("code"), &told["iss"]), (None, &format!("http://{}", self.http.address)));
        assert!(!answer.location().contains('#'), "an answer stands in the query: {answer:?}");
        told
    }

    pub fn cookie_header(&self) -> String {
        let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        pairs.join("; ")
    }

    fn headers<'h>(&'h self, cookies: &'h str) -> Vec<(&'h str, &'h str)> {
        let address = self.address.as_deref().map(|address| ("x-forwarded-for", address));
        address.into_iter().chain([("cookie", cookies)]).collect()
    }

    fn keep_cookies(&mut self, response: &Response) {
        for cookie in response.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().expect("a cookie is ASCII");
            let (pair, attributes) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').expect("a cookie has a value");
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }
}

impl Response {
    /// The parameters of an authorization response: in the address that it leads to, or in the form that it posts there.
    #[track_caller]
    pub fn told(&self) -> HashMap<String, String> {
        if self.status == 303 {
            return query_of(self.location());
        }
        let action = self.body.split("method=\"post\" action=\"").nth(1).and_then(|rest| rest.split('"').next());
        let action = action.unwrap_or_else(|| panic!("no form in {self:?}"));
        hidden_inputs(&self.body, action).into_iter().collect()
    }
}

/// The hidden inputs of the last form with this action: of two on the consent page, the one with the decision.
#[track_caller]
fn hidden_inputs(page: &str, action: &str) -> Vec<(String, String)> {
    let start = page
        .rfind(&format!("method=\"post\" action=\"{action}\""))
        .unwrap_or_else(|| panic!("no form for {action} in {page}"));
    let form = &page[start..];
    let form = &form[..form.find("</form>").expect("a form ends")];
    let attribute = |input: &str, name: &str| {
        let start = input.find(&format!("{name}=\""))? + name.len() + 2;
        let value = &input[start..start + input[start..].find('"')?];
        Some(value.replace("&#34;", "\"").replace("&#38;", "&").replace("&#60;", "<").replace("&#62;", ">"))
    };
    form.split("<input")
        .skip(1)
        .map(|input| &input[..input.find('>').expect("an input ends")])
        .filter(|input| input.contains("type=\"hidden\""))
        .map(|input| (attribute(input, "name").expect("it has a name"), attribute(input, "value").unwrap_or_default()))
        .collect()
}
