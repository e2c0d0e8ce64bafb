//! `countersign client rotate-secret`.

use std::time::Duration;

use clap::Args;
use serde::Serialize;

use crate::audit::Did;
use crate::config::parse_period;
use crate::oauth::Client;
use crate::store::Conn;

use super::printed::previous_secret_until;
use super::settings::print_settings;
use super::{Admin, CommandResult, Format, change, new_secret, print_json, say};

/// Longer than it takes to bring a secret to where it is used, shorter than a secret that nobody means to end.
const MAX_OVERLAP: Duration = Duration::from_secs(90 * 86_400);

const AFTER_HELP: &str = "\
Without downtime: rotate, put the new secret where the client reads it, and end the old one, or let it end by itself.
At most two secrets are valid: rotating again ends the oldest. For a secret that others may have, use --overlap 0: it
ends every older one at once.";

#[derive(Args)]
#[command(after_help = AFTER_HELP)]
pub(in crate::cli) struct RotateSecret {
    /// The client id
    id: String,
    /// How long the old secret stays valid, such as 0, 90s, 30m, 24h or 7d
    #[arg(long, value_name = "DURATION", default_value = "24h")]
    overlap: String,
    /// End the old secret of the last rotation now, without a new one
    #[arg(long, conflicts_with_all = ["overlap", "quiet"])]
    end_previous: bool,
    /// Leave out the settings for libraries
    #[arg(long)]
    quiet: bool,
    #[command(flatten)]
    format: Format,
}

#[derive(Serialize)]
struct Printed<'a> {
    client_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<&'a str>,
    previous_secret_expires_at: Option<String>,
}

pub(super) async fn run(command: RotateSecret, admin: &Admin) -> CommandResult {
    let now = admin.clock.now();
    if command.end_previous {
        let client =
            change(&command.id, Did::ClientSecretEnded, &[], admin, |_, client| Ok(client.end_previous_secret()))
                .await?;
        return ended(&client, &command.format);
    }
    let overlap = overlap(&command.overlap)?;
    let secret = new_secret(admin);
    let new = secret.clone();
    let rotate = move |_: &mut Conn, client: Client| Ok(client.rotate_secret(&new, overlap, now));
    let client = change(&command.id, Did::ClientSecretRotated, &[], admin, rotate).await?;
    let until = previous_secret_until(&client, now).map(|until| until.to_string());
    if command.format.json {
        let client_secret = Some(secret.expose());
        return print_json(&Printed { client_id: &client.id, client_secret, previous_secret_expires_at: until });
    }
    say!("Client {} has a new secret, shown this once: {}", client.id, secret.expose())?;
    match until {
        Some(until) => say!(
            "The old one is valid until {until}; `countersign client rotate-secret {} --end-previous` ends it sooner.",
            client.id
        )?,
        None => say!("The old one has ended.")?,
    }
    if !command.quiet {
        print_settings(&client, admin.config.issuer.as_ref())?;
    }
    Ok(())
}

fn ended(client: &Client, format: &Format) -> CommandResult {
    if format.json {
        let client_id = &client.id;
        return print_json(&Printed { client_id, client_secret: None, previous_secret_expires_at: None });
    }
    say!("Client {} has one secret, the last that was made.", client.id)?;
    Ok(())
}

fn overlap(typed: &str) -> Result<Duration, String> {
    let overlap = parse_period(typed).filter(|overlap| *overlap <= MAX_OVERLAP);
    overlap.ok_or_else(|| {
        format!("--overlap '{}' must be 0, or a time such as 90s, 30m, 24h or 7d up to 90d", typed.escape_debug())
    })
}
