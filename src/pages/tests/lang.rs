//! The negotiation of the language.

use crate::pages::Lang;

#[test]
fn what_was_asked_for_explicitly_wins() {
    assert_eq!(Lang::negotiate(Some("de"), Some("fr")), Lang::De);
    assert_eq!(Lang::negotiate(Some("tlh pt-BR ES-419 de"), Some("fr")), Lang::Es, "the first that is known");
    assert_eq!(Lang::negotiate(Some("tlh"), Some("fr")), Lang::Fr);
    assert_eq!(Lang::negotiate(Some(""), None), Lang::En);
}

#[test]
fn the_header_is_read_by_weight_then_by_order() {
    for (header, expected) in [
        ("fr-CH, fr;q=0.9, en;q=0.8, *;q=0.5", Lang::Fr),
        ("en;q=0.5, he;q=0.51", Lang::He),
        ("iw", Lang::He),
        ("es;q=0.8,de;q=0.8", Lang::Es),
        ("pt, ar;q=0.1", Lang::Ar),
        ("de;q=0, fr;q=0.001", Lang::Fr),
        ("de ; q=1.000", Lang::De),
        ("de;q=9, fr;q=0.1", Lang::Fr),
        ("de;q=0.+1, fr;q=0.0001, es;level=1", Lang::En),
        ("*", Lang::En),
        ("", Lang::En),
        (";;;,,,=", Lang::En),
    ] {
        assert_eq!(Lang::negotiate(None, Some(header)), expected, "{header}");
    }
}

#[test]
fn a_language_is_found_by_its_own_tag() {
    for lang in Lang::ALL {
        assert_eq!(Lang::from_tag(lang.code()), Some(lang));
    }
    assert_eq!(Lang::from_tag("den"), None);
    assert_eq!(Lang::from_tag(""), None);
}
