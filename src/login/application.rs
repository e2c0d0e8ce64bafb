//! Applications as a person gets back to them: a name, and the address at which the application begins.

use url::Url;

use crate::app::App;
use crate::oauth::Client;
use crate::oauth::redirect_uri::ProvenRedirectUri;
use crate::store::{Conn, StoreError, consents, session_clients};

use super::people::People;

/// Applications that the page of somebody who is signed in offers at most.
const MAX_OFFERED: usize = 50;

/// An application that a person can be sent back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// Its name.
    pub name: String,
    /// The address at which it begins, where the client has one on the web.
    pub address: Option<String>,
}

impl Application {
    /// An application by its registration alone: `initiate_login_uri`, which starts a sign-in there (OpenID Connect Core §4), or
    /// else `client_uri`.
    #[must_use]
    pub fn registered(client: &Client, issuer: &str) -> Self {
        let metadata = &client.metadata;
        let initiate = metadata.initiate_login_uri.as_deref().and_then(|uri| initiated(uri, issuer));
        Self { name: client.name.clone(), address: initiate.or_else(|| metadata.client_uri.clone()) }
    }

    /// The application of a request: as registered, or else the origin of the redirect URI that the request has proven.
    #[must_use]
    pub fn of_request(client: &Client, redirect_uri: &ProvenRedirectUri, issuer: &str) -> Self {
        Self::registered(client, issuer).or_at(redirect_uri.web_origin())
    }

    /// The application that asked to sign somebody out: as registered, or else the first address that it has for afterwards.
    #[must_use]
    pub fn of_logout(client: &Client, issuer: &str) -> Self {
        Self::registered(client, issuer).or_at(client.metadata.post_logout_redirect_uris.first().cloned())
    }

    fn or_at(self, address: Option<String>) -> Self {
        Self { address: self.address.or(address), ..self }
    }
}

/// "iss: REQUIRED. The Issuer Identifier for the OP that the RP is to send the Authentication Request to" (§4).
fn initiated(uri: &str, issuer: &str) -> Option<String> {
    let mut url = Url::parse(uri).ok()?;
    url.query_pairs_mut().append_pair("iss", issuer);
    Some(url.into())
}

/// The applications that the current person has used in this session, or has allowed before, and that have an address to begin
/// at; by name.
///
/// # Errors
/// [`StoreError`].
pub async fn applications_to_open(app: &App, people: &People) -> Result<Vec<Application>, StoreError> {
    let Some(session) = people.current() else { return Ok(Vec::new()) };
    let (sid, user_id) = (session.sid, session.user_id);
    let unit = move |conn: &mut Conn| {
        let mut found = session_clients::list(conn, sid)?;
        found.extend(consents::clients(conn, user_id, MAX_OFFERED)?);
        Ok(found)
    };
    let mut found = app.store.read(unit).await?;
    found.retain(|client| !client.disabled);
    let mut applications: Vec<_> =
        found.iter().map(|client| Application::registered(client, app.issuer.as_str())).collect();
    applications.retain(|application| application.address.is_some());
    applications.sort_by(|one, other| one.name.cmp(&other.name));
    applications.dedup();
    applications.truncate(MAX_OFFERED);
    Ok(applications)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::redirect_uri;
    use crate::oauth::registration::NewClient;
    use crate::types::Secret;

    const ISSUER: &str = "https://login.example";

    fn client(metadata: &[(&str, &str)], redirect_uri: &str) -> Client {
        let new = NewClient {
            id: "photos".to_owned(),
            name: Some("Photos".to_owned()),
            public: true,
            redirect_uris: vec![redirect_uri.to_owned()],
            grant_types: vec!["authorization_code".to_owned()],
            metadata: metadata.iter().map(|&(name, uri)| (name.to_owned(), uri.into())).collect(),
            ..NewClient::default()
        };
        new.register(&Secret::new("")).expect("the client is in order")
    }

    #[test]
    fn an_application_begins_where_it_says() {
        let initiate = ("initiate_login_uri", "https://photos.example/start?a=b");
        let home = ("client_uri", "https://photos.example/");
        for (metadata, redirect_uri, expected) in [
            (
                &[initiate, home][..],
                "https://photos.example/cb",
                Some("https://photos.example/start?a=b&iss=https%3A%2F%2Flogin.example"),
            ),
            (&[home], "https://other.example/cb", Some("https://photos.example/")),
            (&[], "https://photos.example/deep/cb?x=y", Some("https://photos.example/")),
            (&[], "com.example.photos:/cb", None),
        ] {
            let client = client(metadata, redirect_uri);
            let proven = redirect_uri::prove(&client, None).expect("there is one");
            let application = Application::of_request(&client, &proven, ISSUER);
            assert_eq!((application.name.as_str(), application.address.as_deref()), ("Photos", expected));
        }
    }
}
