//! The addresses of the assets.

use crate::pages::asset;
use crate::pages::assets::{continue_js_path, css_path, dev_client_js_path, password_js_path};

#[test]
fn an_address_with_the_right_hash_is_immutable() {
    for path in [css_path(), password_js_path(), continue_js_path(), dev_client_js_path()] {
        let asset = asset(path).expect("the pages refer to it");
        assert!(asset.immutable, "{path}");
        assert!(path.contains(asset.etag.trim_matches('"')), "{path}");
    }
}

#[test]
fn an_address_of_another_version_still_answers_but_is_not_immutable() {
    let asset = asset("/assets/0123456789abcdef/countersign.css").expect("the name is known");
    assert!(!asset.immutable);
    assert_eq!(asset.content_type, "text/css; charset=utf-8");
}

#[test]
fn the_icon_has_a_fixed_address() {
    let icon = asset("/favicon.svg").expect("every page refers to it");
    assert_eq!((icon.content_type, icon.immutable), ("image/svg+xml", false));
}

#[test]
fn nothing_else_is_there() {
    for path in
        ["/", "/assets/", "/assets/countersign.css", "/assets/x/../countersign.css", "/assets/x/", "/favicon.ico"]
    {
        assert!(asset(path).is_none(), "{path}");
    }
}
