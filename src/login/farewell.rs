//! After signing out: which applications are told in the browser itself (OpenID Connect Front-Channel Logout), and where the
//! person goes on.

use url::Url;

use crate::app::App;
use crate::browser::Farewell;
use crate::oauth::Client;
use crate::oauth::redirect_uri::prove_after_logout;
use crate::store::{Conn, StoreError, clients};
use crate::types::Id;

use super::application::Application;

/// What is left to be done and said.
#[derive(Debug, Default)]
pub struct Goodbye {
    /// The names of the applications.
    pub applications: Vec<String>,
    /// The addresses that the browser loads for those that listen there.
    pub frames: Vec<String>,
    /// The application's name, and the address to go on to.
    pub back: Option<(String, String)>,
    /// Somebody vouches for that application: the browser is sent on. Otherwise the address is a link that the person
    /// may follow ([decision 6](../../docs/decisions/0006-redirects-before-sign-in.md)).
    pub is_vouched: bool,
    /// The application that asked to sign the person out.
    pub asked_by: Option<Application>,
}

/// Looks up what a farewell tells of. A client that is gone since, or has registered another address, is left out.
///
/// # Errors
/// [`StoreError`].
pub async fn goodbye(app: &App, farewell: Farewell) -> Result<Goodbye, StoreError> {
    let Farewell { used_at, client_id, back } = farewell;
    let unit = move |conn: &mut Conn| {
        let found = used_at.iter().map(|(sid, id)| Ok(clients::find(conn, id)?.map(|client| (*sid, client))));
        let used_at: Vec<(Id, Client)> = found.filter_map(Result::transpose).collect::<Result<_, StoreError>>()?;
        let client = client_id.as_deref().map(|id| clients::find(conn, id)).transpose()?.flatten();
        Ok((used_at, client))
    };
    let (used_at, client) = app.store.read(unit).await?;
    let mut applications: Vec<String> = used_at.iter().map(|(_, client)| client.name.clone()).collect();
    applications.sort();
    applications.dedup();
    let frames = used_at.iter().filter_map(|(sid, client)| frame(app.issuer.as_str(), *sid, client)).collect();
    let asked_by = client.as_ref().filter(|client| !client.disabled);
    let asked_by = asked_by.map(|client| Application::of_logout(client, app.issuer.as_str()));
    let mut goodbye = Goodbye { applications, frames, asked_by, ..Goodbye::default() };
    if let Some((client, (uri, state))) = client.zip(back)
        && let Some(proven) = prove_after_logout(&client, &uri)
    {
        let address = match &state {
            Some(state) => proven.with_query(&[("state", state)]),
            None => proven.as_str().to_owned(),
        };
        goodbye.is_vouched = !client.is_self_registered();
        goodbye.back = Some((client.name, address));
    }
    Ok(goodbye)
}

/// "The RP's `frontchannel_logout_uri` […] MAY include a query component, which MUST be retained", and `iss` and `sid` are added
/// (Front-Channel Logout §2, §3).
fn frame(issuer: &str, sid: Id, client: &Client) -> Option<String> {
    let registered = client.metadata.frontchannel_logout_uri.as_deref()?;
    let mut url = Url::parse(registered).ok().filter(|url| matches!(url.scheme(), "https" | "http"))?;
    url.query_pairs_mut().append_pair("iss", issuer).append_pair("sid", &sid.to_string());
    Some(url.into())
}
