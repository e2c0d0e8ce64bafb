//! Requests, as clients send them.

use form_urlencoded::Serializer;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, IF_NONE_MATCH};
use hyper::{Method, Request};

use crate::Outcome;
use crate::seed::REDIRECT_URI;
use crate::stock::{Held, HeldCode};

/// A refresh.
pub fn refresh(held: &Held) -> Outcome<Request<String>> {
    post("/token", &held.client.authorization, &[("grant_type", "refresh_token"), ("refresh_token", &held.token)])
}

/// A code exchange.
pub fn redeem(held: &HeldCode) -> Outcome<Request<String>> {
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &held.code),
        ("redirect_uri", REDIRECT_URI),
        ("code_verifier", &held.verifier),
    ];
    post("/token", &held.client.authorization, &form)
}

/// What an access token opens.
pub fn userinfo(token: &str) -> Outcome<Request<String>> {
    let request = Request::builder().uri("/userinfo").header(HOST, "localhost");
    Ok(request.header(AUTHORIZATION, format!("Bearer {token}")).body(String::new())?)
}

/// A document; or its entity tag, for whoever has it.
pub fn document(path: &str, etag: Option<&str>) -> Outcome<Request<String>> {
    let request = Request::builder().uri(path).header(HOST, "localhost");
    let known = etag.iter().fold(request, |request, &etag| request.header(IF_NONE_MATCH, etag));
    Ok(known.body(String::new())?)
}

/// A form.
pub fn post(path: &str, authorization: &str, fields: &[(&str, &str)]) -> Outcome<Request<String>> {
    let body = Serializer::new(String::new()).extend_pairs(fields).finish();
    let request = Request::builder().method(Method::POST).uri(path).header(HOST, "localhost");
    let request = request.header(AUTHORIZATION, authorization);
    Ok(request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(body)?)
}
