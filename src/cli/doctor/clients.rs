//! The clients: settings that an operator allowed and rarely means.

use crate::oauth::private_scheme::warnings;
use crate::oauth::{Client, ClientPkce, PkcePolicy};
use crate::store::{Conn, Store, StoreError, clients, grants};

use super::{Examiner, Verdict};

/// Grants of a client that are looked at; those of the password grant had no code.
const NEWEST: i64 = 20;

pub(super) async fn examine(examiner: &mut Examiner, store: Option<&Store>) {
    let Some(store) = store else { return examiner.skip(&["clients"], "the database cannot be read") };
    let config = examiner.config.clone();
    let is_optional = move |client: &Client| {
        client.settings.pkce == ClientPkce::Optional && config.client_policy(client).pkce == PkcePolicy::Optional
    };
    match store.read(move |conn| concerns(conn, &is_optional)).await {
        Ok(found) if found.is_empty() => examiner.note("clients", Verdict::Ok, "in order"),
        Ok(found) => found.iter().for_each(|concern| examiner.note("clients", Verdict::Warning, concern)),
        Err(error) => examiner.note("clients", Verdict::Failed, error.to_string()),
    }
}

fn concerns(conn: &mut Conn, is_optional: &impl Fn(&Client) -> bool) -> Result<Vec<String>, StoreError> {
    let mut found = Vec::new();
    for client in clients::list(conn)? {
        found.extend(warnings(&client));
        if is_optional(&client) && is_unbound(conn, &client)? {
            let id = client.id;
            found.push(format!(
                "client {id} sends neither PKCE nor a nonce, so that a code that leaks is bound to nothing but its secret: have \
                 it send a nonce, or PKCE and then run `countersign client set {id} --pkce required`"
            ));
        }
    }
    Ok(found)
}

/// True when the last code of a client was bound by nothing but the client's secret.
fn is_unbound(conn: &mut Conn, client: &Client) -> Result<bool, StoreError> {
    let mut newest = grants::list(conn, None, Some(&client.id), NEWEST)?.into_iter().map(|listed| listed.grant);
    let last = newest.find(|grant| grant.redirect_uri.is_some());
    Ok(last.is_some_and(|grant| grant.code_challenge.is_none() && grant.nonce.is_none()))
}
