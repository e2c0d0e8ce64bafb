//! The files that pages refer to, compiled in. Their addresses hold a hash of their content, so that a browser may keep
//! them for ever.

use std::sync::LazyLock;

use ring::digest::{SHA256, digest};

use crate::types::base64url;

/// A file that pages refer to.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// The file.
    pub body: &'static [u8],
    /// Its media type.
    pub content_type: &'static str,
    /// Its strong entity tag, in quotes (RFC 9110 §8.8.3).
    pub etag: &'static str,
    /// Whether the address holds the hash of this very content: then it may be cached for ever, else not at all.
    pub immutable: bool,
}

/// The file at `path`: `/favicon.svg`, or `/assets/HASH/NAME` with any hash. While versions of the server run side by
/// side, one may be asked for what another's page refers to; its own is better than none.
#[must_use]
pub fn asset(path: &str) -> Option<Asset> {
    if path == FAVICON_PATH {
        return Some(FAVICON.at(path));
    }
    let (_hash, name) = path.strip_prefix("/assets/")?.split_once('/')?;
    [&CSS, &PASSWORD_JS, &FORM_POST_JS, &CONTINUE_JS, &DEV_CLIENT_JS, &DEV_LOG_JS, &DEV_REQUESTS_JS, &DEV_ROTATION_JS]
        .into_iter()
        .find(|file| file.name == name)
        .map(|file| file.at(path))
}

const FAVICON_PATH: &str = "/favicon.svg";

pub(super) fn css_path() -> &'static str {
    &CSS.path
}

pub(super) fn password_js_path() -> &'static str {
    &PASSWORD_JS.path
}

pub(super) fn form_post_js_path() -> &'static str {
    &FORM_POST_JS.path
}

pub(super) fn continue_js_path() -> &'static str {
    &CONTINUE_JS.path
}

pub(super) fn dev_client_js_path() -> &'static str {
    &DEV_CLIENT_JS.path
}

struct File {
    name: &'static str,
    body: &'static [u8],
    content_type: &'static str,
    path: String,
    etag: String,
}

impl File {
    fn new(name: &'static str, content_type: &'static str, body: &'static str) -> Self {
        let hash = base64url::encode(&digest(&SHA256, body.as_bytes()).as_ref()[..12]);
        let path = format!("/assets/{hash}/{name}");
        Self { name, body: body.as_bytes(), content_type, path, etag: format!("\"{hash}\"") }
    }

    fn at(&'static self, path: &str) -> Asset {
        let Self { body, content_type, etag, .. } = self;
        Asset { body, content_type, etag, immutable: path == self.path }
    }
}

static CSS: LazyLock<File> = LazyLock::new(|| {
    File::new("countersign.css", "text/css; charset=utf-8", include_str!("../../templates/assets/countersign.css"))
});

static PASSWORD_JS: LazyLock<File> = LazyLock::new(|| {
    File::new("password.js", "text/javascript; charset=utf-8", include_str!("../../templates/assets/password.js"))
});

static FORM_POST_JS: LazyLock<File> = LazyLock::new(|| {
    File::new("form-post.js", "text/javascript; charset=utf-8", include_str!("../../templates/assets/form-post.js"))
});

static CONTINUE_JS: LazyLock<File> = LazyLock::new(|| {
    File::new("continue.js", "text/javascript; charset=utf-8", include_str!("../../templates/assets/continue.js"))
});

static DEV_CLIENT_JS: LazyLock<File> = LazyLock::new(|| {
    File::new("dev-client.js", "text/javascript; charset=utf-8", include_str!("../../templates/assets/dev-client.js"))
});

// Modules that `dev-client.js` imports.

static DEV_LOG_JS: LazyLock<File> = LazyLock::new(|| {
    File::new("dev-log.js", "text/javascript; charset=utf-8", include_str!("../../templates/assets/dev-log.js"))
});

static DEV_REQUESTS_JS: LazyLock<File> = LazyLock::new(|| {
    let body = include_str!("../../templates/assets/dev-requests.js");
    File::new("dev-requests.js", "text/javascript; charset=utf-8", body)
});

static DEV_ROTATION_JS: LazyLock<File> = LazyLock::new(|| {
    let body = include_str!("../../templates/assets/dev-rotation.js");
    File::new("dev-rotation.js", "text/javascript; charset=utf-8", body)
});

static FAVICON: LazyLock<File> =
    LazyLock::new(|| File::new("favicon.svg", "image/svg+xml", include_str!("../../templates/assets/favicon.svg")));
