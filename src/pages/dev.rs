//! The pages of `countersign dev`. They speak to developers, in English whatever the page's language.

use askama::Template;

use super::{Page, rendered};

/// Lists what was seeded, and where to start.
#[derive(Clone, Debug, Template)]
#[template(path = "dev/home.html")]
pub struct DevHomePage {
    /// What every page has.
    pub page: Page,
    /// The issuer's URL.
    pub issuer: String,
    /// The seeded user.
    pub username: String,
    /// Their password.
    pub password: String,
    /// The seeded clients.
    pub clients: Vec<DevClient>,
    /// The URL of the seeded API.
    pub api: String,
}

/// A seeded client.
#[derive(Clone, Debug)]
pub struct DevClient {
    /// Its `client_id`.
    pub id: String,
    /// What kind it is, such as "public" or "confidential".
    pub kind: String,
    /// Its secret, if it has one.
    pub secret: Option<String>,
    /// What it is for.
    pub note: String,
}

/// A seeded client with its secret, which the test client authenticates with.
#[derive(Clone, Debug)]
pub struct DevSecret {
    /// Its `client_id`.
    pub id: String,
    /// Its secret.
    pub secret: String,
}

/// Clients that run in the browser, to try every grant and refresh token rotation on.
#[derive(Clone, Debug, Template)]
#[template(path = "dev/client.html")]
pub struct DevClientPage {
    /// What every page has.
    pub page: Page,
    /// The issuer's URL, where the client finds everything else.
    pub issuer: String,
    /// The public client that it is.
    pub client_id: String,
    /// Its redirect URI: the address of this page.
    pub redirect_uri: String,
    /// The scope that it asks for.
    pub scope: String,
    /// The API that it asks for.
    pub resource: String,
    /// The confidential client, for the client credentials grant and introspection.
    pub confidential: DevSecret,
    /// The client with the password grant.
    pub terminal: DevSecret,
    /// The seeded user.
    pub username: String,
    /// Their password.
    pub password: String,
    /// The PKCE verifier of the authorization URL that was printed for pasting, whose `state` is `paste`.
    pub paste_verifier: String,
}

impl DevHomePage {
    /// The page as HTML.
    #[must_use]
    pub fn render(&self) -> String {
        rendered(self)
    }
}

impl DevClientPage {
    /// The page as HTML.
    #[must_use]
    pub fn render(&self) -> String {
        rendered(self)
    }
}
