//! The documents that everybody may keep for a while: the metadata (RFC 8414 §3) and the keys (RFC 7517 §5). They are served
//! from memory, also while the database is away.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH, X_CONTENT_TYPE_OPTIONS};
use actix_web::{HttpRequest, HttpResponse};

use super::visit::Visit;

/// The metadata, which changes when an operator changes what is on.
pub async fn metadata(request: HttpRequest) -> HttpResponse {
    let document = Visit::of(&request).app.discovery();
    answer(&request, &document.body, &document.etag, "public, max-age=300", "application/json")
}

/// The keys; how long they may be kept is part of rotation.
pub async fn jwks(request: HttpRequest) -> HttpResponse {
    let ring = Visit::of(&request).app.keys.ring.current();
    let document = ring.jwks();
    answer(&request, &document.body, &document.etag, &document.cache_control, "application/jwk-set+json")
}

fn answer(request: &HttpRequest, body: &str, etag: &str, cache: &str, content_type: &str) -> HttpResponse {
    let known = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_known = known.split(',').map(str::trim).any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag);
    let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((CACHE_CONTROL, cache))
        .insert_header((ETAG, etag))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    if is_known {
        return response.finish();
    }
    response.insert_header((CONTENT_TYPE, content_type)).body(body.to_owned())
}
