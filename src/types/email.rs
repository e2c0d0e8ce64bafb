//! Email addresses: which spellings are one address.

use super::precis::compose;

/// The key that tells addresses apart: composed and case-folded, with the domain in its ASCII form (RFC 5891).
///
/// Mail servers may tell the case of the local part apart (RFC 5321 §2.4), and hardly any does. Addresses that differ by
/// case alone would let one person pass for another at applications that fold it.
#[must_use]
pub fn email_key(email: &str) -> String {
    let email = email.trim();
    let (local, domain) = email.rsplit_once('@').unwrap_or((email, ""));
    format!("{}@{}", fold(local), ascii_domain(domain))
}

/// Full case folding by way of upper case, which knows ß as ss and both small sigmas as one.
fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let folded: String = compose(text).chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect();
    compose(&folded).into_owned()
}

fn ascii_domain(domain: &str) -> String {
    if domain.is_ascii() {
        return domain.to_ascii_lowercase();
    }
    url::Host::parse(domain).map_or_else(|_| fold(domain), |host| host.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_address_have_one_key() {
        for (one, other) in [
            ("Alice@Example.COM", " alice@example.com "),
            ("MU\u{308}LLER@example.com", "m\u{fc}ller@example.com"),
            ("stra\u{df}e@example.com", "STRASSE@example.com"),
            ("\u{3a3}\u{3a3}@example.com", "\u{3c3}\u{3c2}@example.com"),
            ("a@b\u{fc}cher.example", "a@xn--bcher-kva.example"),
            ("a@BU\u{308}CHER.example", "a@b\u{fc}cher.example"),
        ] {
            assert_eq!(email_key(one), email_key(other), "{one} {other}");
        }
        for other in ["alice@example.org", "a.lice@example.com", "alice+a@example.com", "\u{e0}lice@example.com"] {
            assert_ne!(email_key("alice@example.com"), email_key(other), "{other}");
        }
        assert_eq!(email_key("Alice@Example.com"), "alice@example.com", "as the migration writes it");
    }
}
