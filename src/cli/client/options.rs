//! What `client add` and `client set` say about a client.

use clap::Args;

use crate::oauth::{ClaimsInIdToken, ClientPkce, Profile, SettingsChange};

#[derive(Args)]
pub(super) struct Options {
    /// The name that people see
    #[arg(long)]
    pub name: Option<String>,
    /// Where authorization codes may be sent; repeat it for more
    #[arg(long, value_name = "URI")]
    pub redirect_uri: Vec<String>,
    #[arg(
        long,
        value_name = "GRANT",
        help = "One of authorization_code, refresh_token, client_credentials, password; repeat it for more"
    )]
    pub grant: Vec<String>,
    /// All scopes it may ask for, separated by spaces
    #[arg(long, value_name = "SCOPES")]
    pub scope: Option<String>,
    #[arg(
        long,
        value_name = "METHOD",
        help = "The one way in which it authenticates: client_secret_basic, client_secret_post, private_key_jwt, or none for a public client; client_secret for its secret by either way"
    )]
    pub auth_method: Option<String>,
    /// A registered API its access tokens may be for; repeat it for more, the first is the default
    #[arg(long, value_name = "URI")]
    pub resource: Vec<String>,
    /// A registered API that it is: it may introspect the tokens for it; repeat it for more
    #[arg(long, value_name = "URI")]
    pub serves: Vec<String>,
    #[arg(
        long,
        value_name = "NAME=VALUE",
        help = "Any other metadata of RFC 7591, for example backchannel_logout_uri=https://app.example/logout; repeat it for more and for lists"
    )]
    pub metadata: Vec<String>,
    #[command(flatten)]
    pub settings: Settings,
}

/// Settings that no specification has a name for.
#[derive(Args)]
pub(super) struct Settings {
    #[arg(
        long,
        value_name = "RULE",
        help = "Whether its requests need PKCE: required, or optional for a confidential client whose library has none; PKCE that is sent counts in any case"
    )]
    pkce: Option<ClientPkce>,
    #[arg(
        long,
        value_name = "CLAIMS",
        help = "The claims about a person in its ID tokens: scopes for those of profile, email and groups, or requested for those that a request names"
    )]
    id_token_claims: Option<ClaimsInIdToken>,
    #[arg(
        long,
        value_name = "PROFILE",
        help = "standard, or strict: PKCE, one way of sending the secret, claims in ID tokens where a request names them, and no scope that it may not have"
    )]
    profile: Option<Profile>,
}

impl Settings {
    pub fn change(&self) -> SettingsChange {
        SettingsChange { pkce: self.pkce, id_token_claims: self.id_token_claims, profile: self.profile }
    }
}
