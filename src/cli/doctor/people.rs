//! People whose usernames or addresses are the same to this version, and were not to an older one.

use std::collections::BTreeMap;

use crate::config::EmailAddresses;
use crate::store::Store;
use crate::store::users::{self, Name};
use crate::types::{email_key, username_key};

use super::{Examiner, Verdict};

/// Groups of people that are listed; more are counted.
const LISTED: usize = 5;

pub(super) async fn examine(examiner: &mut Examiner, store: Option<&Store>) {
    let Some(store) = store else { return examiner.skip(&["usernames", "addresses"], "the database cannot be read") };
    let names = match store.read(users::names).await {
        Ok(names) => names,
        Err(error) => return examiner.note("usernames", Verdict::Failed, error.to_string()),
    };
    let same_name = same(&names, |name| Some(username_key(&name.username)));
    note(examiner, "usernames", &same_name, "each has one of their own", |people| {
        format!(
            "these users have one username, spelled with other characters: {}; each signs in with exactly theirs until one is \
             renamed with `countersign user set SUBJECT --username NEW`",
            listed(people, |name| &name.username)
        )
    });
    if examiner.config.email_addresses == EmailAddresses::Shared {
        return examiner.note("addresses", Verdict::Ok, "people may share them");
    }
    let same_address = same(&names, |name| name.email.as_deref().map(email_key));
    note(examiner, "addresses", &same_address, "each belongs to one person", |people| {
        format!(
            "these users have one email address: {}; give each their own with `countersign user set SUBJECT --email NEW`, or \
             set accounts.email_addresses = \"shared\"",
            listed(people, |name| name.email.as_deref().unwrap_or_default())
        )
    });
}

/// The people that share a key, of those with one, in groups of two and more.
fn same(names: &[Name], key: impl Fn(&Name) -> Option<String>) -> Vec<Vec<&Name>> {
    let mut groups: BTreeMap<String, Vec<&Name>> = BTreeMap::new();
    for name in names {
        if let Some(key) = key(name) {
            groups.entry(key).or_default().push(name);
        }
    }
    groups.into_values().filter(|people| people.len() > 1).collect()
}

fn note(
    examiner: &mut Examiner,
    check: &'static str,
    groups: &[Vec<&Name>],
    none: &str,
    sentence: impl Fn(&[&Name]) -> String,
) {
    if groups.is_empty() {
        examiner.note(check, Verdict::Ok, none);
    }
    for people in groups.iter().take(LISTED) {
        examiner.note(check, Verdict::Warning, sentence(people));
    }
    if groups.len() > LISTED {
        examiner.note(check, Verdict::Warning, format!("and {} groups more", groups.len() - LISTED));
    }
}

fn listed<'a>(people: &[&'a Name], spelling: impl Fn(&'a Name) -> &'a str) -> String {
    let one = |name: &&'a Name| format!("{} ({})", spelling(name), name.id);
    people.iter().take(LISTED).map(one).collect::<Vec<_>>().join(", ")
}
