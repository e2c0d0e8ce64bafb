//! Answers, and what must be in them.

use countersign::types::base64url;
use hyper::StatusCode;
use serde::Deserialize;
use serde_json::Value;

/// A whole answer.
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The entity tag, if there is one.
    pub etag: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// As much of a token response as must be there.
#[derive(Deserialize)]
pub struct Tokens {
    #[serde(rename = "access_token")]
    access: String,
    /// The refresh token, if there is one.
    #[serde(rename = "refresh_token")]
    pub refresh: Option<String>,
    #[serde(rename = "id_token")]
    id: Option<String>,
}

impl Answer {
    /// Its tokens, if it has what it must: an access token, and an ID token exactly where `scope` asks for one.
    pub fn tokens(&self, scope: &str) -> Option<Tokens> {
        let tokens: Tokens = serde_json::from_slice(&self.body).ok()?;
        let is_authentication = scope.split(' ').any(|scope| scope == "openid");
        let is_whole = self.status == StatusCode::OK
            && is_jws(&tokens.access)
            && tokens.id.as_deref().map_or(!is_authentication, |id_token| is_authentication && is_jws(id_token));
        is_whole.then_some(tokens)
    }

    /// Whether it is a success with this text in it.
    pub fn contains(&self, text: &str) -> bool {
        self.status == StatusCode::OK && self.body.windows(text.len()).any(|part| part == text.as_bytes())
    }

    /// A text of its JSON.
    pub fn text(&self, name: &str) -> Option<String> {
        let body: Value = serde_json::from_slice(&self.body).ok()?;
        body[name].as_str().map(str::to_owned)
    }

    /// Its status and what it says, as an error. What a success says may be a token, and is not repeated.
    pub fn refused(&self, what: &str) -> Box<dyn std::error::Error> {
        if self.status.is_success() {
            return format!("{what} was answered {}, and not with what it must be", self.status).into();
        }
        format!("{what} was answered {}: {}", self.status, String::from_utf8_lossy(&self.body)).into()
    }
}

/// Whether a token has three parts (RFC 7515 §3.1).
fn is_jws(token: &str) -> bool {
    token.split('.').filter(|part| !part.is_empty()).count() == 3
}

/// The `alg` of a token.
pub fn algorithm(token: &str) -> Option<String> {
    let header = base64url::decode(token.split('.').next()?)?;
    let header: Value = serde_json::from_slice(&header).ok()?;
    header["alg"].as_str().map(str::to_owned)
}
