//! The picture that takes the place of a logo that cannot be loaded.

use askama::Template;

use super::page::initial_of;
use super::rendered;

#[derive(Template)]
#[template(path = "letter.svg", escape = "html")]
struct LetterLogo {
    letter: String,
}

/// The first letter of an application's name as an SVG image, in the colours of the pages.
#[must_use]
pub fn letter_logo(name: &str) -> String {
    rendered(&LetterLogo { letter: initial_of(name) })
}
