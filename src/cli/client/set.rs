//! `countersign client set`.

use clap::Args;

use crate::audit::Did;
use crate::oauth::ClientMetadata;
use crate::oauth::registration::ClientChange;
use crate::store::Conn;

use super::options::Options;
use super::printed::Printed;
use super::{Admin, CommandResult, Format, change, new_secret, print_json, registered, say, warn};

const AFTER_HELP: &str = "\
An option that is given replaces what the client has, lists as a whole; an empty text empties a list. What people
allowed before stays, but for what the client loses: that is gone at the next refresh.

  countersign client set photos --redirect-uri https://a.example/callback --redirect-uri https://b.example/callback
  countersign client set reports --scope \"reports.read reports.write\" --resource \"\"
  countersign client set notes --confidential";

#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(in crate::cli) struct Set {
    /// The client id
    id: String,
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    secrecy: Secrecy,
    #[command(flatten)]
    party: Party,
    #[command(flatten)]
    format: Format,
}

/// Whether it keeps a secret.
#[derive(Args)]
struct Secrecy {
    /// Make it a public client: its secret ends
    #[arg(long, conflicts_with = "confidential")]
    public: bool,
    /// Make it a confidential client: it gets a secret, printed once
    #[arg(long)]
    confidential: bool,
}

/// Whose it is.
#[derive(Args)]
struct Party {
    /// Make it one of your own: nobody is asked for consent
    #[arg(long, conflicts_with = "no_first_party")]
    first_party: bool,
    /// Make it somebody else's: people are asked for consent
    #[arg(long)]
    no_first_party: bool,
}

pub(super) async fn run(set: Set, admin: &Admin) -> CommandResult {
    let (id, options, format) = (set.id, set.options, set.format);
    let wanted = ClientChange {
        name: options.name,
        public: choice(set.secrecy.public, set.secrecy.confidential),
        auth_method: options.auth_method,
        redirect_uris: list(options.redirect_uri),
        grant_types: list(options.grant),
        scope: options.scope,
        resources: list(options.resource),
        serves: list(options.serves),
        first_party: choice(set.party.first_party, set.party.no_first_party),
        metadata: ClientMetadata::typed(&options.metadata)?,
        settings: options.settings.change(),
    };
    if wanted == ClientChange::default() {
        return Err("there is nothing to change: `countersign client set --help` lists what can be".into());
    }
    let changed = wanted.settings.named();
    let secret = new_secret(admin);
    let hash = secret.sha256();
    let (offered, keys) = (secret.clone(), admin.config.keys.clone());
    let rule = move |conn: &mut Conn, client| match wanted.clone().apply(client, &offered) {
        Ok(client) => registered(conn, &keys, client),
        Err(sentence) => Ok(Err(sentence)),
    };
    let client = change(&id, Did::ClientChanged, &changed, admin, rule).await?;
    warn(&client);
    let is_new = client.authentication.secrets().is_some_and(|secrets| secrets.current == hash);
    let secret = is_new.then_some(&secret);
    if format.json {
        return print_json(&Printed::new(&client, secret, admin.clock.now()));
    }
    say!("Changed client {}.", client.id)?;
    if let Some(secret) = secret {
        say!("Its secret, shown this once: {}", secret.expose())?;
    }
    Ok(())
}

/// Yes, no, or as it was.
fn choice(yes: bool, no: bool) -> Option<bool> {
    (yes || no).then_some(yes)
}

/// No option leaves a list as it was, an empty word empties it.
fn list(typed: Vec<String>) -> Option<Vec<String>> {
    match typed.as_slice() {
        [] => None,
        [only] if only.is_empty() => Some(Vec::new()),
        _ => Some(typed),
    }
}
