//! `countersign client`.

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::oauth::registration::NewClient;
use crate::oauth::{Client, ClientAuthentication};
use crate::store::{Conn, StoreError, clients, resources};
use crate::types::{Id, Secret, base64url};

use super::output::{Format, print_json, print_table};
use super::{Admin, CommandResult};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Register a client; its secret is printed once
    Add(Add),
    /// List all clients
    List(Format),
    /// Show a client
    Show(Named),
    /// Remove a client, with its grants and consents
    Remove(Named),
}

#[derive(Args)]
pub(super) struct Named {
    /// The client id
    id: String,
    #[command(flatten)]
    format: Format,
}

#[derive(Args)]
pub(super) struct Add {
    /// The client id [default: a random one]
    id: Option<String>,
    /// The name that people see
    #[arg(long)]
    name: Option<String>,
    /// A public client: an app or a browser program that cannot keep a secret
    #[arg(long)]
    public: bool,
    /// Where codes may be sent; repeat it for more
    #[arg(long, value_name = "URI")]
    redirect_uri: Vec<String>,
    #[arg(
        long,
        value_name = "GRANT",
        help = "A grant it may use: authorization_code, refresh_token, client_credentials, password; repeat it for more \
                [default: authorization_code and refresh_token, or none with --serves and without --redirect-uri]"
    )]
    grant: Vec<String>,
    /// All scopes it may ask for [default: "openid profile email roles"]
    #[arg(long, value_name = "\"A B\"")]
    scope: Option<String>,
    #[arg(
        long,
        value_name = "METHOD",
        help = "How it authenticates: client_secret_basic or client_secret_post [default: client_secret_basic]"
    )]
    auth_method: Option<String>,
    /// A registered API its tokens may be for; repeat it for more, the first is the default
    #[arg(long, value_name = "URI")]
    resource: Vec<String>,
    /// A registered API that this client is: it may introspect the tokens for it; repeat it for more
    #[arg(long, value_name = "URI")]
    serves: Vec<String>,
    /// One of your own: nobody is asked for consent
    #[arg(long)]
    first_party: bool,
    #[command(flatten)]
    format: Format,
}

/// A client as printed: with its secret the one time that there is one to print.
#[derive(Serialize)]
struct Printed<'a> {
    client_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
    client_name: &'a str,
    token_endpoint_auth_method: &'static str,
    redirect_uris: &'a [String],
    grant_types: Vec<&'static str>,
    scope: String,
    resources: &'a [String],
    serves: &'a [String],
    first_party: bool,
    disabled: bool,
}

pub(super) async fn run(command: Command, admin: &Admin) -> CommandResult {
    match command {
        Command::Add(add) => register(add, admin).await,
        Command::List(format) => list(&format, admin).await,
        Command::Show(named) => show(named, admin).await,
        Command::Remove(named) => remove(named, admin).await,
    }
}

async fn register(add: Add, admin: &Admin) -> CommandResult {
    let secret = Secret::new(format!("cs_cs_{}", base64url::encode(admin.rng.bytes::<32>())));
    let new = NewClient {
        id: add.id.unwrap_or_else(|| Id::new(admin.clock.now(), &admin.rng).to_string()),
        name: add.name,
        public: add.public,
        auth_method: add.auth_method,
        redirect_uris: add.redirect_uri,
        grant_types: add.grant,
        scope: add.scope,
        resources: add.resource,
        serves: add.serves,
        first_party: add.first_party,
    };
    let client = new.register(&secret)?;
    let (stored, now) = (client.clone(), admin.clock.now());
    let inserted = admin.store.write(move |conn| match unregistered(conn, &stored)? {
        Some(uri) => Ok(Some(uri)),
        None => clients::insert(conn, &stored, now).map(|()| None),
    });
    match inserted.await {
        Err(StoreError::Exists) => {
            return Err(format!(
                "there is a client '{}' already: choose another id, or remove that one first",
                client.id
            )
            .into());
        }
        Ok(Some(uri)) => {
            return Err(
                format!("resource '{uri}' is not registered: run `countersign resource add {uri}` first").into()
            );
        }
        other => other?,
    };
    let secret = (!client.is_public()).then(|| secret.expose());
    if add.format.json {
        return print_json(&printed(&client, secret));
    }
    println!("Registered client {}.", client.id);
    if let Some(secret) = secret {
        println!("Its secret, shown this once: {secret}");
    }
    Ok(())
}

/// A resource that a client names and that nobody registered.
fn unregistered(conn: &mut Conn, client: &Client) -> Result<Option<String>, StoreError> {
    for uri in client.resources.iter().chain(&client.serves) {
        if resources::find(conn, uri)?.is_none() {
            return Ok(Some(uri.clone()));
        }
    }
    Ok(None)
}

async fn list(format: &Format, admin: &Admin) -> CommandResult {
    let all = admin.store.read(clients::list).await?;
    if format.json {
        return print_json(&all.iter().map(|client| printed(client, None)).collect::<Vec<_>>());
    }
    let row = |client: &Client| {
        let grants: Vec<&str> = client.grant_types.iter().map(|grant| grant.as_str()).collect();
        [client.id.clone(), client.name.clone(), client.authentication.method().to_owned(), grants.join(" ")]
    };
    print_table(["CLIENT ID", "NAME", "AUTHENTICATION", "GRANTS"], &all.iter().map(row).collect::<Vec<_>>());
    Ok(())
}

async fn show(named: Named, admin: &Admin) -> CommandResult {
    let id = named.id.clone();
    let client = admin.store.read(move |conn| clients::find(conn, &id)).await?;
    let client = client.ok_or_else(|| unknown(&named.id))?;
    if named.format.json {
        return print_json(&printed(&client, None));
    }
    let grants: Vec<&str> = client.grant_types.iter().map(|grant| grant.as_str()).collect();
    println!("client id       {}", client.id);
    println!("name            {}", client.name);
    println!("authentication  {}", client.authentication.method());
    println!("redirect URIs   {}", client.redirect_uris.join(" "));
    println!("grants          {}", grants.join(" "));
    println!("scope           {}", client.scope);
    println!("resources       {}", client.resources.join(" "));
    println!("serves          {}", client.serves.join(" "));
    println!("first party     {}", if client.first_party { "yes, nobody is asked for consent" } else { "no" });
    Ok(())
}

async fn remove(named: Named, admin: &Admin) -> CommandResult {
    let id = named.id.clone();
    if !admin.store.write(move |conn| clients::remove(conn, &id)).await? {
        return Err(unknown(&named.id).into());
    }
    if named.format.json {
        return print_json(&serde_json::json!({ "removed": named.id }));
    }
    println!("Removed client {} with its grants and consents.", named.id);
    Ok(())
}

fn unknown(id: &str) -> String {
    format!("there is no client '{id}': `countersign client list` shows them all")
}

fn printed<'a>(client: &'a Client, secret: Option<&'a str>) -> Printed<'a> {
    debug_assert!(secret.is_none() || client.authentication != ClientAuthentication::Public);
    Printed {
        client_id: &client.id,
        client_secret: secret,
        client_name: &client.name,
        token_endpoint_auth_method: client.authentication.method(),
        redirect_uris: &client.redirect_uris,
        grant_types: client.grant_types.iter().map(|grant| grant.as_str()).collect(),
        scope: client.scope.to_string(),
        resources: &client.resources,
        serves: &client.serves,
        first_party: client.first_party,
        disabled: client.disabled,
    }
}
