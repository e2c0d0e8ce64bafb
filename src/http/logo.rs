//! `GET /clients/ID/logo`: the logo of a client, for the pages.

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use crate::login::named_client::find_named_client;
use crate::pages::{ErrorKind, letter_logo};

use super::failure::{error_page, store_error_page};
use super::visit::Visit;

/// The image of a client that registered one; its letter where the image cannot be fetched, or is none.
pub async fn get(request: HttpRequest, id: Path<String>) -> HttpResponse {
    let visit = Visit::of(&request);
    let id = id.into_inner();
    let client = match find_named_client(&visit.app, &id, &visit.notes).await {
        Ok(client) => client.filter(|client| !client.disabled),
        Err(error) => return store_error_page(&visit, error),
    };
    let with_logo = client.as_ref().and_then(|client| Some((client, client.metadata.logo_uri.as_deref()?)));
    let Some((client, uri)) = with_logo else { return error_page(&visit, ErrorKind::NotFound) };
    match visit.app.client_logos.get(client, uri).await {
        Ok(logo) => image(logo.content_type, "public, max-age=3600", logo.bytes.clone()),
        Err(error) => {
            tracing::debug!(%error, "a client's logo is not shown");
            image("image/svg+xml", "public, max-age=60", letter_logo(&client.name).into_bytes())
        }
    }
}

fn image(content_type: &'static str, caching: &'static str, bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, content_type))
        .insert_header((CACHE_CONTROL, caching))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header((HeaderName::from_static("cross-origin-resource-policy"), "same-origin"))
        .body(bytes)
}
