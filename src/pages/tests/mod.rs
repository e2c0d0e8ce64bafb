//! Every page, in every language, with every value as hostile as it can be.

mod assets;
mod html;
mod lang;
mod samples;
mod wording;

use samples::{HOSTILE, every_page};

use super::{ErrorPage, Lang};
use html::{attribute, tags};

fn for_every_page(check: impl Fn(&str, Lang, &str)) {
    for lang in Lang::ALL {
        for (name, html) in every_page(lang, HOSTILE) {
            check(&format!("{name} in {}", lang.code()), lang, &html);
        }
    }
}

#[test]
fn what_was_given_is_text_and_never_markup() {
    for_every_page(|page, _, html| {
        assert!(!html.contains(HOSTILE), "{page} repeats a value as it is");
        for piece in ["<svg onload", "<img src=x", "</script>'"] {
            assert!(!html.contains(piece), "{page} has {piece}");
        }
        for tag in tags(html) {
            assert!(attribute(&tag, "onload").is_none(), "{page}: {tag}");
        }
    });
}

#[test]
fn a_strict_policy_holds() {
    for_every_page(|page, _, html| {
        assert!(!html.contains("<style"), "{page}");
        for tag in tags(html) {
            assert!(attribute(&tag, "style").is_none(), "{page}: {tag}");
            assert!(!html::attribute_names(&tag).iter().any(|name| name.starts_with("on")), "{page}: {tag}");
            if tag.starts_with("script") {
                assert!(attribute(&tag, "src").is_some_and(|src| src.starts_with("/assets/")), "{page}: {tag}");
            }
        }
        assert!(!html.to_ascii_lowercase().contains("href=\"javascript:"), "{page}");
    });
}

#[test]
fn one_heading_one_title_a_language_and_a_direction() {
    for_every_page(|page, lang, html| {
        assert_eq!(html.matches("<h1").count(), 1, "{page}");
        assert_eq!(html.matches("<title>").count(), 1, "{page}");
        assert_eq!(html.matches("<main ").count(), 1, "{page}");
        let expected = if page.starts_with("dev") { Lang::En } else { lang };
        let opening = format!("<html lang=\"{}\" dir=\"{}\">", expected.code(), expected.dir());
        assert!(html.starts_with(&format!("<!doctype html>\n{opening}")), "{page}: {}", &html[..80]);
    });
}

#[test]
fn ids_are_unique_and_every_reference_has_one() {
    for_every_page(|page, _, html| {
        let tags = tags(html);
        let mut ids: Vec<_> = tags.iter().filter_map(|tag| attribute(tag, "id")).collect();
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count, "{page}");
        for tag in &tags {
            let local = attribute(tag, "href").and_then(|href| href.strip_prefix('#').map(str::to_owned));
            let names = ["for", "aria-describedby", "aria-labelledby", "aria-controls"];
            for id in names.iter().filter_map(|name| attribute(tag, name)).chain(local) {
                assert!(ids.contains(&id), "{page}: {tag} refers to nothing");
            }
        }
    });
}

#[test]
fn every_control_says_what_may_fill_it_in() {
    for_every_page(|page, _, html| {
        for tag in tags(html).iter().filter(|tag| tag.starts_with("input") || tag.starts_with("select")) {
            let kind = attribute(tag, "type").unwrap_or_default();
            let token = attribute(tag, "autocomplete");
            let known = token.is_some_and(|token| ["username", "current-password", "off"].contains(&token.as_str()));
            assert!(kind == "hidden" || known, "{page}: {tag}");
        }
    });
}

#[test]
fn a_form_that_changes_something_carries_the_proof() {
    for_every_page(|page, _, html| {
        for form in html.split("<form").skip(1).filter_map(|rest| rest.split("</form>").next()) {
            if !form.contains("method=\"post\"") {
                continue;
            }
            // That of an answer belongs to the application.
            assert!(form.contains("name=\"csrf\"") || page.starts_with("form post"), "{page}");
        }
    });
}

#[test]
fn every_page_leads_on() {
    let is_way_on = |tag: &String| {
        let link = tag.starts_with("a ").then(|| attribute(tag, "href")).flatten();
        tag.starts_with("form ") || link.is_some_and(|address| !address.starts_with('#'))
    };
    let assert_leads_on = |page: &str, html: &str| {
        let (_, main) = html.split_once("<main").expect("a page has a main part");
        let (main, _) = main.split_once("</main>").expect("it ends");
        assert!(tags(main).iter().any(is_way_on), "{page} is a dead end");
    };
    for_every_page(|page, _, html| assert_leads_on(page, html));
    for kind in samples::ERROR_KINDS {
        let bare = ErrorPage::new(samples::error(Lang::En, "x", kind).page, kind);
        assert_leads_on(&format!("{kind:?} with nothing known"), &bare.render());
    }
}

#[test]
fn a_page_with_all_that_it_loads_is_small() {
    for lang in Lang::ALL {
        for (name, html) in every_page(lang, "A usual value") {
            let loaded: usize = tags(&html)
                .iter()
                .filter_map(|tag| attribute(tag, "href").or_else(|| attribute(tag, "src")))
                .filter_map(|path| super::asset(&path))
                .map(|asset| asset.body.len())
                .sum();
            let size = html.len() + loaded;
            assert!(size <= 30_000, "{name} in {} has {size} bytes", lang.code());
        }
    }
    assert!(super::asset(super::assets::css_path()).is_some_and(|css| css.body.len() <= 15_000));
}
