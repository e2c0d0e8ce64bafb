//! Words for scopes, in the operator's own terms: on the command line, and on the consent page.

use serde_json::json;

use crate::support::{ALICE, API, Authorization, Browser, EVIL, Installation, Response, Server};

const READ: &str = "notes.read=Read <i>your</i> notes";
const READ_DE: &str = "notes.read@de=Ihre Notizen lesen";
const READ_HE: &str = "notes.read@he=לקרוא את ההערות שלך";

/// The consent page in a language.
fn consent(server: &Server, language: &str) -> Response {
    let request = Authorization::of(EVIL).with("scope", "openid notes.read notes.write").with("ui_locales", language);
    let mut browser = Browser::new(server);
    let login = browser.visit(&request.path());
    browser.sign_in(&login, ALICE)
}

#[test]
fn the_consent_page_says_what_a_scope_means_in_the_persons_language() {
    let server = Server::start();
    let plain = consent(&server, "en");
    assert!(plain.body.contains(">notes.read</code>") && !plain.body.contains("<strong><bdi>Notes"), "{plain:?}");
    let words = ["--scope", READ, "--scope", READ_DE, "--scope", READ_HE, "--scope", "notes.write"];
    server.command(&[&["resource", "set", API, "--name", "Notes <b>& more</b>"][..], &words].concat(), "");
    for (language, shown) in [
        ("en", "<bdi>Read &#60;i&#62;your&#60;/i&#62; notes</bdi>"),
        ("fr", "<bdi>Read &#60;i&#62;your&#60;/i&#62; notes</bdi>"),
        ("de", "<bdi>Ihre Notizen lesen</bdi>"),
        ("he", "<bdi>לקרוא את ההערות שלך</bdi>"),
    ] {
        let page = consent(&server, language);
        assert!(page.body.contains(&format!("<html lang=\"{language}\"")), "{page:?}");
        assert!(page.body.contains(shown) && !page.body.contains(">notes.read</code>"), "{language}: {}", page.body);
        assert!(page.body.contains(">notes.write</code>"), "a scope without words has its name: {language}");
        let name = format!(
            "<strong><bdi>Notes &#60;b&#62;&#38; more&#60;/b&#62;</bdi></strong> (<code dir=\"ltr\">{API}</code>)"
        );
        assert!(page.body.contains(&name), "{language}: {}", page.body);
    }
    // The words for a scope of OpenID Connect are the server's own.
    server.command(&["resource", "set", API, "--scope", "openid=Everything", "--scope", "notes.read"], "");
    let page = consent(&server, "en");
    assert!(
        !page.body.contains("Everything") && page.body.contains("Read &#60;i"),
        "words of a scope that stays are kept"
    );
}

#[test]
fn words_are_added_changed_shown_and_refused_on_the_command_line() {
    let installation = Installation::new();
    let uri = "https://notes.example";
    let add = ["resource", "add", uri, "--scope", READ, "--scope", READ_DE, "--scope", "notes.write files.read"];
    let expected = json!({
        "resource": uri,
        "resource_name": uri,
        "scope": "notes.read notes.write files.read",
        "scope_words": { "notes.read": { "": "Read <i>your</i> notes", "de": "Ihre Notizen lesen" } },
    });
    assert_eq!(installation.json(&add, ""), expected);
    assert!(
        installation.run(&["resource", "show", uri], "").contains("words      notes.read@de = Ihre Notizen lesen\n")
    );

    let set = ["resource", "set", uri, "--name", "Notes", "--scope", "notes.read=Look", "--scope", "notes.write=Write"];
    let changed = installation.json(&set, "");
    assert_eq!((&changed["resource_name"], &changed["scope"]), (&json!("Notes"), &json!("notes.read notes.write")));
    let words = json!({ "notes.read": { "": "Look", "de": "Ihre Notizen lesen" }, "notes.write": { "": "Write" } });
    assert_eq!(changed["scope_words"], words);
    let all = installation.json(&["resource", "set", uri, "--scope", ""], "");
    assert_eq!((&all["scope"], all.get("scope_words")), (&json!(""), None));

    let before = installation.json(&["resource", "list"], "");
    for (arguments, part) in [
        (&["set", uri][..], "--name or --scope"),
        (&["set", "https://other.example", "--name", "x"], "resource"),
        (&["set", uri, "--name", "a\nb"], "name"),
        (&["set", uri, "--scope", "notes.read@fi=Lue"], "en, de, fr, es, ar, he"),
        (&["set", uri, "--scope", "notes.read="], "1 to 200 characters"),
        (&["add", "https://x.example", "--scope", "a b=Both"], "one scope with its words"),
    ] {
        let sentence = installation.refused(&[], &[&["resource"], arguments].concat(), "");
        assert!(sentence.contains(part), "{arguments:?}: {sentence}");
    }
    assert_eq!(installation.json(&["resource", "list"], ""), before);
}
