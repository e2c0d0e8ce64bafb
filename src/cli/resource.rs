//! `countersign resource`.

mod remove;

use clap::{Args, Subcommand};
use serde::Serialize;

use crate::audit::{Change, Did, On};
use crate::oauth::resource::{NewResource, ScopeWords, parse_scopes};
use crate::oauth::{Client, Resource};
use crate::pages::Lang;
use crate::store::{Conn, StoreError, clients, resources};

use super::output::{Format, print_json, print_table, say};
use super::unknown::{say_none, unknown};
use super::{Admin, CommandResult};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Register a resource (an API), so that clients can get access tokens for it
    #[command(after_help = EXAMPLES)]
    Add(Add),
    /// Change the name, the scopes or the words of a resource
    #[command(after_help = EXAMPLES)]
    Set(Set),
    /// List all resources
    List(Format),
    /// Show a resource, and the clients that name it
    Show(Named),
    /// Remove a resource that no client names
    Remove(remove::Remove),
}

#[derive(Args)]
pub(super) struct Named {
    /// The URI, as it was registered
    uri: String,
    #[command(flatten)]
    format: Format,
}

#[derive(Args)]
pub(super) struct Add {
    #[arg(help = "The absolute URI that its access tokens have as their audience, such as https://api.example.com")]
    uri: String,
    #[command(flatten)]
    options: Options,
}

#[derive(Args)]
pub(super) struct Set {
    /// The URI, as it was registered
    uri: String,
    #[command(flatten)]
    options: Options,
}

#[derive(Args)]
struct Options {
    /// A name that operators and people who consent know it by [default: the URI]
    #[arg(long)]
    name: Option<String>,
    /// The scopes that mean something to it: its tokens carry no other API's [default: it limits nothing]; SCOPE=WORDS adds
    /// the words that people read when they consent, SCOPE@LANGUAGE=WORDS those of one language; repeat it for more
    #[arg(long, value_name = "SCOPES")]
    scope: Vec<String>,
    #[command(flatten)]
    format: Format,
}

const EXAMPLES: &str = "\
Examples:
  countersign resource add https://notes.example.com --name Notes --scope \"notes.read notes.write\"
  countersign resource set https://notes.example.com --scope 'notes.read=Read notes' --scope 'notes.read@de=Notizen lesen'

What --scope names replaces the scopes that were there; words of a scope that stays are kept. The words without a language
are for all languages that have none of their own.";

/// A resource as printed, with the names of RFC 9728 §2 where it has them.
#[derive(Serialize)]
struct Printed<'a> {
    resource: &'a str,
    resource_name: &'a str,
    scope: String,
    #[serde(skip_serializing_if = "ScopeWords::is_empty")]
    scope_words: &'a ScopeWords,
    #[serde(skip_serializing_if = "Option::is_none")]
    clients: Option<Vec<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    served_by: Option<Vec<&'a str>>,
}

pub(super) async fn run(command: Command, admin: &Admin) -> CommandResult {
    match command {
        Command::Add(command) => add(command, admin).await,
        Command::Set(command) => set(command, admin).await,
        Command::List(format) => list(&format, admin).await,
        Command::Show(named) => show(named, admin).await,
        Command::Remove(command) => remove::remove(command, admin).await,
    }
}

async fn add(command: Add, admin: &Admin) -> CommandResult {
    let Options { name, scope, format } = command.options;
    let (scope, words) = parse_scopes(&scope, &languages())?;
    let resource = NewResource { uri: command.uri, name, scope: Some(scope.to_string()), words }.register()?;
    let (stored, now, trail) = (resource.clone(), admin.clock.now(), admin.trail());
    let inserted = admin.store.write(move |conn| {
        resources::insert(conn, &stored, now)?;
        trail.note(conn, &Change::new(Did::ResourceAdded, On::Resource(&stored.uri)))
    });
    let inserted = inserted.await;
    if let Err(StoreError::Exists) = inserted {
        return Err(format!("there is a resource '{}' already", resource.uri).into());
    }
    inserted?;
    if format.json {
        return print_json(&printed(&resource));
    }
    say!("Registered resource {}.", resource.uri)?;
    Ok(())
}

async fn set(command: Set, admin: &Admin) -> CommandResult {
    let Options { name, scope, format } = command.options;
    if name.is_none() && scope.is_empty() {
        return Err("nothing is to be changed: add --name or --scope".into());
    }
    let scopes = (!scope.is_empty()).then(|| parse_scopes(&scope, &languages())).transpose()?;
    let changed: Vec<&str> =
        [("name", name.is_some()), ("scope", scopes.is_some())].iter().filter(|(_, is)| *is).map(|(n, _)| *n).collect();
    let (uri, trail) = (command.uri.clone(), admin.trail());
    let updated = admin.store.write(move |conn| {
        let Some(mut resource) = resources::find(conn, &uri)? else { return Ok(None) };
        if let Some(name) = &name
            && let Err(sentence) = resource.rename(name.clone())
        {
            return Ok(Some(Err(sentence)));
        }
        if let Some((scope, words)) = &scopes {
            resource.set_scopes(scope.clone(), words.clone());
        }
        resources::update(conn, &resource)?;
        trail.note(conn, &Change::new(Did::ResourceChanged, On::Resource(&uri)).changed(&changed))?;
        Ok(Some(Ok(resource)))
    });
    let Some(resource) = updated.await? else { return unknown_resource(&command.uri, admin).await };
    let resource = resource?;
    if format.json {
        return print_json(&printed(&resource));
    }
    show_to_people(&resource)
}

fn languages() -> Vec<&'static str> {
    Lang::ALL.into_iter().map(Lang::code).collect()
}

fn show_to_people(resource: &Resource) -> CommandResult {
    say!("resource   {}", resource.uri)?;
    say!("name       {}", resource.name)?;
    say!("scope      {}", if resource.scope.is_empty() { "all".to_owned() } else { resource.scope.to_string() })?;
    for (scope, language, words) in resource.words.iter() {
        let language = if language.is_empty() { String::new() } else { format!("@{language}") };
        say!("words      {scope}{language} = {words}")?;
    }
    Ok(())
}

async fn list(format: &Format, admin: &Admin) -> CommandResult {
    let all = admin.store.read(resources::list).await?;
    if format.json {
        return print_json(&all.iter().map(printed).collect::<Vec<_>>());
    }
    if all.is_empty() {
        return say_none("resource", admin);
    }
    let row = |resource: &Resource| [resource.uri.clone(), resource.name.clone(), resource.scope.to_string()];
    print_table(["RESOURCE", "NAME", "SCOPE"], &all.iter().map(row).collect::<Vec<_>>())
}

async fn show(named: Named, admin: &Admin) -> CommandResult {
    let uri = named.uri.clone();
    let found = admin.store.read(move |conn| Ok((resources::find(conn, &uri)?, naming(conn, &uri)?))).await?;
    let (Some(resource), clients) = found else { return unknown_resource(&named.uri, admin).await };
    let ids = |names: fn(&Client) -> &[String]| -> Vec<&str> {
        clients.iter().filter(|client| names(client).contains(&resource.uri)).map(|client| client.id.as_str()).collect()
    };
    let (users, servers) = (ids(|client| &client.resources), ids(|client| &client.serves));
    if named.format.json {
        return print_json(&Printed { clients: Some(users), served_by: Some(servers), ..printed(&resource) });
    }
    show_to_people(&resource)?;
    say!("clients    {}", users.join(" "))?;
    say!("served by  {}", servers.join(" "))?;
    Ok(())
}

/// The clients that get tokens for a resource, or serve it.
fn naming(conn: &mut Conn, uri: &str) -> Result<Vec<Client>, StoreError> {
    let names = |client: &Client| client.resources.iter().chain(&client.serves).any(|named| named == uri);
    Ok(clients::list(conn)?.into_iter().filter(names).collect())
}

async fn unknown_resource(uri: &str, admin: &Admin) -> CommandResult {
    let all = admin.store.read(resources::list).await?;
    Err(unknown("resource", uri, all.iter().map(|resource| resource.uri.as_str())).into())
}

fn printed(resource: &Resource) -> Printed<'_> {
    Printed {
        resource: &resource.uri,
        resource_name: &resource.name,
        scope: resource.scope.to_string(),
        scope_words: &resource.words,
        clients: None,
        served_by: None,
    }
}
