//! Did you mean …?

/// The candidate that `typed` is most likely a slip of; `None` if none is near. Both are keys with dots.
pub(super) fn closest<'a>(typed: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .filter_map(|candidate| Some((slip(typed, candidate)?, candidate)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How far apart two keys are, if one may be a slip of the other: few letters differ, or only the section is wrong.
fn slip(typed: &str, candidate: &str) -> Option<usize> {
    let name = |key: &str| key.rsplit('.').next().map(str::to_owned);
    let tolerated = (typed.chars().count() / 3).clamp(1, 4);
    let distance = edit_distance(typed, candidate);
    (distance <= tolerated || name(typed) == name(candidate)).then_some(distance)
}

/// Levenshtein's distance: the letters to insert, delete or replace.
fn edit_distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (line, from_letter) in from.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = line + 1;
        for (column, to_letter) in to.iter().enumerate() {
            let replaced = diagonal + usize::from(from_letter != *to_letter);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_levenshteins() {
        for (from, to, distance) in [
            ("", "", 0),
            ("abc", "abc", 0),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("flaw", "lawn", 2),
            ("é", "e", 1),
        ] {
            assert_eq!(edit_distance(from, to), distance, "{from} {to}");
            assert_eq!(edit_distance(to, from), distance, "{to} {from}");
        }
    }

    #[test]
    fn a_slip_finds_its_key_and_anything_else_finds_none() {
        let keys = ["issuer", "name", "tokens.access_ttl", "tokens.refresh_ttl", "session.ttl", "log.level"];
        let closest = |typed| closest(typed, keys.into_iter());
        assert_eq!(closest("tokens.acess_tl"), Some("tokens.access_ttl"));
        assert_eq!(closest("token.access_ttl"), Some("tokens.access_ttl"));
        assert_eq!(closest("access_ttl"), Some("tokens.access_ttl"));
        assert_eq!(closest("session.refresh_ttl"), Some("tokens.refresh_ttl"));
        assert_eq!(closest("log_level"), Some("log.level"));
        assert_eq!(closest("isuer"), Some("issuer"));
        assert_eq!(closest("port"), None);
        assert_eq!(closest("trusted_proxies"), None);
    }
}
