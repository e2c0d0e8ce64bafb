//! Did you mean …?

/// The candidate that `typed` is most likely a slip of, in whatever case; `None` if few letters differ from none.
#[must_use]
pub fn closest<'a>(typed: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let lower = typed.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (edit_distance(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= tolerated(typed))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How many letters of a text may be wrong before it is another one.
#[must_use]
pub fn tolerated(typed: &str) -> usize {
    (typed.chars().count() / 3).clamp(1, 4)
}

/// The letters to insert, delete or replace, and the neighbours to swap (Damerau and Levenshtein's distance, in which no
/// letter is touched twice).
#[must_use]
pub fn edit_distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let (mut before, mut above) = (Vec::new(), (0..=to.len()).collect::<Vec<usize>>());
    for line in 1..=from.len() {
        let mut row = vec![line];
        for column in 1..=to.len() {
            let replaced = above[column - 1] + usize::from(from[line - 1] != to[column - 1]);
            let mut least = replaced.min(above[column] + 1).min(row[column - 1] + 1);
            let swapped =
                line > 1 && column > 1 && from[line - 1] == to[column - 2] && from[line - 2] == to[column - 1];
            if swapped {
                least = least.min(before[column - 2] + 1);
            }
            row.push(least);
        }
        (before, above) = (above, row);
    }
    above[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_count_what_a_hand_does_wrong() {
        for (from, to, distance) in [
            ("", "", 0),
            ("abc", "abc", 0),
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("flaw", "lawn", 2),
            ("é", "e", 1),
            ("alice", "alcie", 1),
            ("ab", "ba", 1),
            ("abcd", "badc", 2),
        ] {
            assert_eq!(edit_distance(from, to), distance, "{from} {to}");
            assert_eq!(edit_distance(to, from), distance, "{to} {from}");
        }
    }

    #[test]
    fn a_slip_finds_what_was_meant_and_anything_else_finds_nothing() {
        let ids = ["photos", "photo-admin", "reports", "web"];
        for (typed, meant) in [
            ("photo", Some("photos")),
            ("PHOTOS", Some("photos")),
            ("phtoos", Some("photos")),
            ("photoadmin", Some("photo-admin")),
            ("wbe", Some("web")),
            ("bew", None),
            ("we", Some("web")),
            ("billing", None),
            ("", None),
        ] {
            assert_eq!(closest(typed, ids), meant, "{typed}");
        }
    }
}
