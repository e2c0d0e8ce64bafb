//! What the pages say, where it matters.

use super::samples::{ERROR_KINDS, FAULTS, LOGIN_ERRORS, consent, error, login};
use crate::oauth::RequestFault;
use crate::pages::{ConsentPage, ErrorKind, Lang, LoginError};

#[test]
fn a_wrong_username_and_a_wrong_password_look_the_same() {
    let html = login(Lang::En, "alice", Some(LoginError::Wrong), None).render();
    assert!(html.contains("The username or the password is not right."));
    let alert = html.split("role=\"alert\"").nth(1).and_then(|rest| rest.split("</div>").next()).expect("there is one");
    assert_eq!(alert.matches("<a ").count(), 1, "one fault is one link: {alert}");
    assert!(alert.contains("<a href=\"#password\">The username or the password is not right.</a>"), "{alert}");
    assert!(!html.contains("aria-invalid"), "neither field is blamed");
}

#[test]
fn only_the_field_at_fault_is_marked() {
    for error in LOGIN_ERRORS {
        let html = login(Lang::En, "alice", Some(error), None).render();
        let marked = matches!(error, LoginError::MissingUsername | LoginError::MissingPassword);
        assert_eq!(html.matches("aria-invalid=\"true\"").count(), usize::from(marked), "{error:?}");
        assert!(html.contains("role=\"alert\""), "{error:?}");
        assert!(html.contains("<title>Error: "), "{error:?}");
    }
}

#[test]
fn the_password_is_never_sent_back() {
    let html = login(Lang::En, "alice", Some(LoginError::Wrong), None).render();
    let password = html.split("id=\"password\"").nth(1).and_then(|rest| rest.split('>').next());
    assert!(password.is_some_and(|input| !input.contains("value=")));
}

#[test]
fn allow_and_deny_weigh_the_same() {
    let html = consent(Lang::En, "Photos", &["openid"]).render();
    assert!(html.contains("<button name=\"decision\" value=\"allow\">Allow</button>"));
    assert!(html.contains("<button name=\"decision\" value=\"deny\">Deny</button>"));
    assert!(html.contains("value=\"switch\""));
    assert!(!html.contains("autofocus"));
}

#[test]
fn a_scope_with_a_sentence_is_never_shown_raw() {
    for lang in Lang::ALL {
        for scope in ["openid", "profile", "email", "address", "phone", "offline_access", "roles"] {
            let html = consent(lang, "Photos", &[scope]).render();
            assert!(!html.contains(&format!("<code dir=\"ltr\">{scope}</code>")), "{scope}");
        }
        assert!(consent(lang, "Photos", &["photos:write"]).render().contains("<code dir=\"ltr\">photos:write</code>"));
    }
}

#[test]
fn a_claim_that_is_asked_for_by_name_is_told_in_words_once() {
    for lang in Lang::ALL {
        let claims = ["name", "given_name", "phone_number", "department"].map(str::to_owned);
        let page = ConsentPage { more_claims: claims.to_vec(), ..consent(lang, "Photos", &[]) };
        let (html, words) = (page.render(), &lang.messages().consent);
        assert!(html.contains(words.more) && html.contains("<li><code dir=\"ltr\">department</code></li>"));
        for words in [words.claims.name, words.claims.phone] {
            assert_eq!(html.matches(&format!("<li>{words}</li>")).count(), 1, "{words}");
        }
        assert!(!html.contains(words.nothing));
    }
}

#[test]
fn the_way_back_is_never_a_script() {
    for (target, shown) in [
        ("https://photos.example/cb?error=access_denied", true),
        ("com.example.photos:/cb", true),
        ("javascript:alert(1)", false),
        (" JavaScript:alert(1)", false),
        ("data:text/html,hello", false),
        ("no scheme at all", false),
    ] {
        let html = error(Lang::En, target, ErrorKind::BadRequest(RequestFault::Other)).render();
        assert_eq!(html.contains("Back to the application"), shown, "{target}");
    }
}

#[test]
fn waiting_is_told_in_every_language() {
    for lang in Lang::ALL {
        let wait = lang.messages().common.try_again_in;
        assert!(wait(30).contains("30"), "{}", wait(30));
        assert!(wait(600).contains("10"), "{}", wait(600));
        assert!(!wait(0).contains('0'), "{}", wait(0));
    }
    assert_eq!((Lang::Ar.messages().common.try_again_in)(2), "حاول مرة أخرى بعد ثانيتين.");
    assert_eq!((Lang::En.messages().common.try_again_in)(91), "Try again in 2 minutes.");
}

#[test]
fn every_fault_has_a_line_of_its_own_that_names_the_parameter() {
    for lang in Lang::ALL {
        let words = &lang.messages().errors.faults;
        let mut lines = Vec::new();
        for fault in FAULTS {
            let html = error(lang, "value", ErrorKind::BadRequest(fault)).render();
            let start = format!("<p class=\"request\">{} ", words.developers);
            let line = html.split(&start).nth(1).and_then(|rest| rest.split("</p>").next()).expect("there is a line");
            let parameter = fault.parameter().map(|name| format!("<code dir=\"ltr\">{name}</code>"));
            assert_eq!(line.contains("<code"), parameter.is_some(), "{fault:?} in {}: {line}", lang.code());
            assert!(parameter.is_none_or(|parameter| line.contains(&parameter)), "{fault:?}: {line}");
            lines.push(line.to_owned());
        }
        lines.sort();
        lines.dedup();
        assert_eq!(lines.len(), FAULTS.len(), "{}", lang.code());
    }
}

#[test]
fn every_error_has_its_status() {
    let statuses = ERROR_KINDS.map(ErrorKind::status);
    assert_eq!(statuses, [400, 400, 403, 404, 405, 413, 408, 429, 503, 500]);
    assert_eq!(ErrorKind::BadRequest(RequestFault::TooLong).status(), 414);
}
