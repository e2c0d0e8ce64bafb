//! Email addresses of people: their form, whose they are, and whether they were verified.

use clap::Args;
use serde_json::{Map, Value};

use crate::config::EmailAddresses;
use crate::store::users::{self, User};
use crate::store::{Conn, StoreError};
use crate::types::is_showable;

/// The claim that says whether the address was verified (OpenID Connect Core §5.1).
const EMAIL_VERIFIED: &str = "email_verified";

/// Options that say if the address of a user was verified.
#[derive(Args, Clone, Copy)]
pub(in crate::cli) struct Verification {
    /// The address was verified to be theirs, which applications are told
    #[arg(long)]
    email_verified: bool,
    /// The address was not verified, which is the default and what applications are told
    #[arg(long, conflicts_with = "email_verified")]
    email_unverified: bool,
}

impl Verification {
    /// Adds the typed flag to the typed claims.
    pub fn add_to(self, claims: &mut Map<String, Value>) -> Result<(), &'static str> {
        if !self.email_verified && !self.email_unverified {
            return Ok(());
        }
        match claims.insert(EMAIL_VERIFIED.to_owned(), self.email_verified.into()) {
            None => Ok(()),
            Some(_) => Err("the claim email_verified was typed twice, write --email-verified alone"),
        }
    }

    /// Refuses to call an address verified that is not there.
    pub fn check(self, user: &User) -> Result<(), String> {
        if self.email_verified && user.email.is_none() {
            return Err("there is no address that can be verified: add --email".to_owned());
        }
        Ok(())
    }
}

/// The address of `--email`.
pub(super) fn new_email(typed: &str) -> Result<String, &'static str> {
    let email = typed.trim();
    if !is_email(email) {
        return Err("the email address must have the form name@domain");
    }
    Ok(email.to_owned())
}

/// One `@` with something around it: only a delivered message proves more.
fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty() && !domain.contains('@'))
        && text.len() <= 320
        && !text.contains(char::is_whitespace)
        && is_showable(text)
}

/// Refuses an address that another user has, unless the configuration lets users share addresses.
///
/// # Errors
/// [`StoreError`]; the inner error is one sentence.
pub(super) fn check_email(
    conn: &mut Conn,
    user: &User,
    rule: EmailAddresses,
) -> Result<Result<(), String>, StoreError> {
    let Some(email) = user.email.as_deref() else { return Ok(Ok(())) };
    if rule == EmailAddresses::Shared {
        return Ok(Ok(()));
    }
    let others = users::find_by_email(conn, email)?;
    Ok(match others.into_iter().find(|other| other.id != user.id) {
        None => Ok(()),
        Some(other) => Err(format!(
            "the address {email} is that of user '{}' already: write another one, or let people share addresses with \
             accounts.email_addresses = \"shared\" in the configuration",
            other.username
        )),
    })
}
