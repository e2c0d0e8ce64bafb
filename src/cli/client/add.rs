//! `countersign client add`.

use clap::Args;

use crate::audit::{Change, Did, On};
use crate::oauth::ClientMetadata;
use crate::oauth::registration::NewClient;
use crate::store::{StoreError, clients};
use crate::types::Id;

use super::options::Options;
use super::printed::Printed;
use super::settings::print_settings;
use super::{Admin, CommandResult, Format, new_secret, print_json, registered, say, warn};

const AFTER_HELP: &str = "\
Left out, the name is the id, the grants are authorization_code and refresh_token (none with --serves and without
--redirect-uri), the scope is \"openid profile email roles groups\", and the client may send its secret by client_secret_basic or
client_secret_post. PKCE is required, and ID tokens have the claims of profile, email and groups.

A web application, a native app, and a service of its own:
  countersign client add photos --redirect-uri https://photos.example.com/callback
  countersign client add notes --public --redirect-uri http://127.0.0.1/callback --scope \"openid offline_access\"
  countersign client add reports --grant client_credentials --scope reports.read";

#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(in crate::cli) struct Add {
    /// The client id [default: a random one]
    id: Option<String>,
    #[command(flatten)]
    options: Options,
    /// A public client: an app or a browser program, which cannot keep a secret
    #[arg(long)]
    public: bool,
    /// One of your own: nobody is asked for consent
    #[arg(long)]
    first_party: bool,
    /// Leave out the settings for libraries
    #[arg(long)]
    quiet: bool,
    #[command(flatten)]
    format: Format,
}

pub(super) async fn run(add: Add, admin: &Admin) -> CommandResult {
    let (secret, now, options) = (new_secret(admin), admin.clock.now(), add.options);
    let settings = options.settings.change();
    let new = NewClient {
        id: add.id.unwrap_or_else(|| Id::new(now, &admin.rng).to_string()),
        name: options.name,
        public: add.public,
        auth_method: options.auth_method,
        redirect_uris: options.redirect_uri,
        grant_types: options.grant,
        scope: options.scope,
        resources: options.resource,
        serves: options.serves,
        first_party: add.first_party,
        metadata: ClientMetadata::typed(&options.metadata)?,
        settings,
    };
    let client = new.register(&secret)?;
    let (stored, keys, trail) = (client.clone(), admin.config.keys.clone(), admin.trail());
    let inserted = admin.store.write(move |conn| match registered(conn, &keys, stored.clone())? {
        Ok(client) => {
            clients::insert(conn, &client, now)?;
            trail.note(conn, &Change::new(Did::ClientAdded, On::Client(&client.id)).changed(&settings.named())).map(Ok)
        }
        Err(sentence) => Ok(Err(sentence)),
    });
    let inserted = inserted.await;
    if let Err(StoreError::Exists) = inserted {
        let id = client.id;
        return Err(format!(
            "there is a client '{id}' already: choose another id, or change that one with `countersign client set {id}`"
        )
        .into());
    }
    inserted??;
    warn(&client);
    let secret = client.authentication.secrets().is_some().then_some(&secret);
    if add.format.json {
        return print_json(&Printed::new(&client, secret, now));
    }
    say!("Registered client {}.", client.id)?;
    if let Some(secret) = secret {
        say!("Its secret, shown this once: {}", secret.expose())?;
    }
    if !add.quiet {
        print_settings(&client, admin.config.issuer.as_ref())?;
    }
    Ok(())
}
