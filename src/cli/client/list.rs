//! `countersign client list`.

use clap::Args;

use crate::oauth::Client;
use crate::store::clients;

use super::super::output::{Format, print_json, print_table};
use super::super::paging::Paging;
use super::super::unknown::say_none;
use super::super::{Admin, CommandResult};
use super::printed::Printed;

#[derive(Args)]
pub(in crate::cli) struct List {
    #[command(flatten)]
    paging: Paging,
    #[command(flatten)]
    format: Format,
}

pub(super) async fn list(command: List, admin: &Admin) -> CommandResult {
    let texts = |client: &Client| [&[client.id.clone(), client.name.clone()], &client.redirect_uris[..]].concat();
    let page = command.paging.read(admin, clients::page, |client| &client.id, texts).await?;
    let now = admin.clock.now();
    if command.format.json {
        print_json(&page.rows.iter().map(|client| Printed::new(client, None, now)).collect::<Vec<_>>())?;
        return page.print_more(&command.format);
    }
    if page.rows.is_empty() {
        return say_none("client", admin);
    }
    let row = |client: &Client| {
        let grants: Vec<&str> = client.grant_types.iter().map(|grant| grant.as_str()).collect();
        [client.id.clone(), client.name.clone(), client.authentication.describe().to_owned(), grants.join(" ")]
    };
    let rows: Vec<_> = page.rows.iter().map(row).collect();
    print_table(["CLIENT ID", "NAME", "AUTHENTICATION", "GRANTS"], &rows)?;
    page.print_more(&command.format)
}
