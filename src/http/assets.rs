//! The files that pages refer to.

use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, X_CONTENT_TYPE_OPTIONS};
use actix_web::{HttpRequest, HttpResponse};

use crate::pages::{ErrorKind, asset};

use super::failure::error_page;
use super::visit::Visit;

/// A file, by its path below the issuer's.
pub async fn get(request: HttpRequest) -> HttpResponse {
    let visit = Visit::of(&request);
    let path = request.path();
    let path = path.strip_prefix(visit.app.issuer.path().trim_end_matches('/')).unwrap_or(path);
    let Some(file) = asset(path) else { return error_page(&visit, ErrorKind::NotFound) };
    let cache = if file.immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, file.content_type))
        .insert_header((CACHE_CONTROL, cache))
        .insert_header((ETAG, file.etag))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(file.body)
}
