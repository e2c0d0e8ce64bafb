//! Plain HTTP: no redirects, no cookies, no opinion about status codes.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ureq::Agent;
use ureq::http::HeaderMap;

/// An answer, read to its end.
#[derive(Debug)]
pub struct Response {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Response {
    pub fn read(response: ureq::http::Response<ureq::Body>) -> Self {
        let (parts, mut body) = response.into_parts();
        let body = body.read_to_string().expect("a body is text");
        Self { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("a header is ASCII"))
    }

    pub fn location(&self) -> &str {
        self.header("location").unwrap_or_else(|| panic!("no Location in {self:?}"))
    }

    /// The value of a hidden input, as it stands in the page.
    #[track_caller]
    pub fn hidden(&self, name: &str) -> &str {
        let start = format!("name=\"{name}\" value=\"");
        let (_, value) = self.body.rsplit_once(&start).unwrap_or_else(|| panic!("no {name} in {self:?}"));
        value.split('"').next().unwrap_or_default()
    }

    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// An error of RFC 6749 §5.2 with the headers and the characters that it must have.
    #[track_caller]
    pub fn assert_error(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.json()["error"].as_str()), (status, Some(code)), "{self:?}");
        assert_eq!(self.header("cache-control"), Some("no-store"));
        let description = self.json()["error_description"].as_str().expect("every error is described").to_owned();
        assert!(
            description.chars().all(|c| matches!(c, '\x20'..='\x21' | '\x23'..='\x5b' | '\x5d'..='\x7e')),
            "{description}"
        );
        assert_eq!(self.header("www-authenticate").is_some(), status == 401);
    }

    /// A page that says what is wrong, and leads nowhere.
    #[track_caller]
    pub fn assert_error_page(&self, status: u16) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("location"), None);
        assert_eq!(self.header("content-type"), Some("text/html; charset=utf-8"));
        assert_eq!(self.header("x-frame-options"), Some("DENY"));
        assert!(self.header("content-security-policy").is_some_and(|policy| policy.contains("frame-ancestors 'none'")));
        assert_eq!(self.header("set-cookie"), None, "an error begins nothing");
    }
}

/// Requests to a server at an address.
pub struct Http {
    pub address: String,
    agent: Agent,
}

impl Http {
    pub fn new(address: &str) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .allow_non_standard_methods(true)
            .timeout_global(Some(Duration::from_secs(60)));
        Self { address: address.to_owned(), agent: config.build().new_agent() }
    }

    pub fn url(&self, path: &str) -> String {
        if path.starts_with("http") { path.to_owned() } else { format!("http://{}{path}", self.address) }
    }

    pub fn get(&self, path: &str) -> Response {
        self.get_with(path, &[])
    }

    pub fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Response {
        self.send("GET", path, headers, None)
    }

    /// Posts a form.
    pub fn post(&self, path: &str, form: &[(&str, &str)]) -> Response {
        self.post_with(path, form, &[])
    }

    /// Posts a form with further headers.
    pub fn post_with(&self, path: &str, form: &[(&str, &str)], headers: &[(&str, &str)]) -> Response {
        let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
        all.extend(headers);
        self.send("POST", path, &all, Some(form_encode(form).as_bytes()))
    }

    /// Sends anything.
    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<&[u8]>) -> Response {
        let mut request = ureq::http::Request::builder().method(method).uri(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = match body {
            Some(body) => self.agent.run(request.body(body).expect("a request is well-formed")),
            None => self.agent.run(request.body(()).expect("a request is well-formed")),
        };
        Response::read(response.unwrap_or_else(|error| panic!("{method} {path}: {error}")))
    }
}

/// `application/x-www-form-urlencoded`.
pub fn form_encode(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The query of an address as a map; panics where a parameter stands twice.
#[track_caller]
pub fn query_of(address: &str) -> HashMap<String, String> {
    let query = address.split_once('?').map(|(_, query)| query).unwrap_or_default();
    let mut map = HashMap::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        assert!(
            map.insert(name.clone().into_owned(), value.into_owned()).is_none(),
            "{name} stands twice in {address}"
        );
    }
    map
}

/// A Basic header as RFC 6749 §2.3.1 wants it.
pub fn basic(id: &str, secret: &str) -> String {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encode(id), encode(secret))))
}

/// Sends bytes as they are and no more, and gives back whatever comes until the server closes or says nothing more.
pub fn raw(address: &str, bytes: &[u8]) -> String {
    raw_then(address, bytes, |stream| drop(stream.shutdown(std::net::Shutdown::Write)))
}

/// The same with a client that could send more. The request has to close the connection.
pub fn raw_request(address: &str, bytes: &[u8]) -> String {
    raw_then(address, bytes, |_| ())
}

fn raw_then(address: &str, bytes: &[u8], then: impl FnOnce(&TcpStream)) -> String {
    let mut stream = TcpStream::connect(address).expect("the server listens");
    stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a socket has timeouts");
    // The server may answer and close before everything is sent.
    let _ = stream.write_all(bytes);
    then(&stream);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}
