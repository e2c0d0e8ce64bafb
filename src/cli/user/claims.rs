//! The claims of a person, as `user add` and `user set` take them.

use clap::Args;
use serde_json::{Map, Value};

use crate::oidc::{check_claims, typed_claim};
use crate::types::slip;

/// What is to be known of a person from now on.
#[derive(Args)]
pub(in crate::cli) struct NewClaims {
    #[arg(
        long,
        value_name = "NAME=VALUE",
        help = "A claim about them, such as given_name=Ada; a claim of your own is a text or JSON; repeat it for more"
    )]
    claim: Vec<String>,
}

impl NewClaims {
    /// The claims that were typed.
    pub fn read(&self) -> Result<Map<String, Value>, String> {
        let mut claims = Map::new();
        for word in &self.claim {
            let example =
                || format!("the claim '{}' must be NAME=VALUE, for example given_name=Ada", word.escape_debug());
            let (name, text) = word.split_once('=').ok_or_else(example)?;
            if claims.insert(name.to_owned(), typed_claim(name, text)?).is_some() {
                return Err(format!("the claim {name} was typed twice, write it once"));
            }
        }
        check_claims(&claims)?;
        Ok(claims)
    }
}

/// What changes about the claims of a person.
#[derive(Clone, Default)]
pub(super) struct ClaimChange {
    /// Claims that get these values.
    pub set: Map<String, Value>,
    /// Claims that are known no more.
    pub unset: Vec<String>,
}

impl ClaimChange {
    /// The claims as they are afterwards. A verified address is another address's once it changes.
    pub fn apply(&self, mut known: Map<String, Value>, is_email_new: bool) -> Result<Map<String, Value>, String> {
        for name in &self.unset {
            if known.remove(name).is_none() {
                let shown = name.escape_debug();
                return Err(match slip::closest(name, known.keys().map(String::as_str)) {
                    Some(meant) => format!("there is no claim '{shown}' to take away, did you mean {meant}?"),
                    None => format!("there is no claim '{shown}' to take away: look at `countersign user show`"),
                });
            }
        }
        if is_email_new {
            known.remove("email_verified");
        }
        known.extend(self.set.clone());
        check_claims(&known)?;
        Ok(known)
    }
}
