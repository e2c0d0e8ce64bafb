//! The command line. Administrative commands work on the same configuration and database while the server runs.

mod client;
mod configuration;
mod confirm;
mod consent;
mod dev;
mod doctor;
mod grant;
mod key;
mod output;
mod paging;
mod registration_token;
mod resource;
mod role;
mod serve;
mod session;
mod trail;
mod unknown;
mod user;

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::app::App;
use crate::config::Config;
use crate::login::ending::Ending;
use crate::startup::{StartError, open_existing_store};
use crate::store::Store;
use crate::types::{Clock, Rng};

use unknown::name_database;

/// The arguments of the program.
#[derive(Parser)]
#[command(
    name = "countersign",
    version,
    max_term_width = 100,
    about = "An OAuth 2.1 and OpenID Connect authorization server",
    after_help = "Start with 'countersign dev': a seeded playground that needs no configuration."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[arg(help = "The configuration file [default: COUNTERSIGN_CONFIG, else config/countersign.toml if it is there]")]
    #[arg(long, global = true, value_name = "FILE", display_order = 990)]
    config: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Run a seeded playground on this machine, without any configuration
    Dev(dev::Dev),
    /// Run the server; it needs 'issuer', the URL that clients use, and everything else has a default
    Serve,
    /// Bring the database's schema up to date, as serve does too
    Migrate(configuration::Migrate),
    /// Check, show or describe the configuration
    #[command(subcommand)]
    Config(configuration::Command),
    /// Look at everything that the server depends on, and say what to mend
    Doctor(doctor::Doctor),
    #[command(flatten)]
    Administer(AdminCommand),
}

/// Commands on the rows of an existing database.
#[derive(Subcommand)]
enum AdminCommand {
    /// Register, change, lock and remove clients (applications)
    #[command(subcommand)]
    Client(client::Command),
    /// Register, list and remove resources (APIs)
    #[command(subcommand)]
    Resource(resource::Command),
    /// Add, change, list and remove roles, which people have and tokens tell of
    #[command(subcommand)]
    Role(role::Command),
    /// Add, change, list, lock and remove users (people)
    #[command(subcommand)]
    User(user::Command),
    /// List and revoke grants: what people authorized
    #[command(subcommand)]
    Grant(grant::Command),
    /// List and withdraw consents: what people allowed applications for good
    #[command(subcommand)]
    Consent(consent::Command),
    /// End sessions, which signs people out
    #[command(subcommand)]
    Session(session::Command),
    /// Make, list and remove tokens with which others may register clients
    #[command(subcommand)]
    RegistrationToken(registration_token::Command),
    /// List, rotate and retire the keys that tokens are signed with
    #[command(subcommand)]
    Key(key::Command),
}

/// Exit code for arguments that the command line does not have.
const USAGE_EXIT: u8 = 2;

/// What a command ends with: nothing, or one sentence for the operator.
type CommandResult<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// Runs the command line of this process.
#[must_use]
pub fn run() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => {
            let ended = actix_web::rt::System::new().block_on(execute(cli));
            crate::telemetry::flush();
            output::report(ended)
        }
        Err(error) if error.use_stderr() => {
            output::print_note(error.render().to_string().trim_end());
            ExitCode::from(USAGE_EXIT)
        }
        // `--help` and `--version`.
        Err(page) => output::report(output::print_text(page.render())),
    }
}

async fn execute(cli: Cli) -> CommandResult {
    let load = || Config::load(cli.config.as_deref(), std::env::vars_os());
    match cli.command {
        Command::Dev(command) => dev::run(command, cli.config.as_deref()).await,
        Command::Serve => serve::run(load()?).await,
        Command::Migrate(command) => configuration::migrate(&command, &load()?),
        Command::Config(command) => configuration::run(&command, load).await,
        Command::Doctor(command) => doctor::run(command, load).await,
        Command::Administer(command) => {
            let admin = Admin::open(load()?)?;
            administer(command, &admin).await.map_err(|error| name_database(error, &admin.config.database))
        }
    }
}

async fn administer(command: AdminCommand, admin: &Admin) -> CommandResult {
    match command {
        AdminCommand::Client(command) => client::run(command, admin).await,
        AdminCommand::Resource(command) => resource::run(command, admin).await,
        AdminCommand::Role(command) => role::run(command, admin).await,
        AdminCommand::User(command) => user::run(command, admin).await,
        AdminCommand::Grant(command) => grant::run(command, admin).await,
        AdminCommand::Consent(command) => consent::run(command, admin).await,
        AdminCommand::Session(command) => session::run(command, admin).await,
        AdminCommand::RegistrationToken(command) => registration_token::run(command, admin).await,
        AdminCommand::Key(command) => key::run(command, admin).await,
    }
}

/// What an administrative command works with.
struct Admin {
    config: Config,
    store: Store,
    clock: Clock,
    rng: Rng,
}

impl Admin {
    fn open(config: Config) -> Result<Self, StartError> {
        let store = open_existing_store(&config)?;
        Ok(Self { config, store, clock: Clock::System, rng: Rng::system() })
    }

    /// How a command ends sessions.
    fn ending(&self) -> Ending {
        Ending::new(self.clock.now(), &self.rng)
    }

    /// What a command tells the audit log with.
    fn trail(&self) -> trail::Trail {
        trail::Trail::new(self.clock.clone(), self.rng.clone())
    }
}

/// Runs a server on an app until a signal stops it. Its metrics can be read until the end.
async fn run_server(app: App, listener: TcpListener, management: Option<TcpListener>) -> CommandResult {
    app.standstill.start()?;
    let same_listener = listener.try_clone()?;
    let server = crate::server::serve(&app, listener)?;
    let management = management.map(|listener| crate::server::serve_management(&app, listener)).transpose()?;
    let management = management.map(|server| (server.handle(), actix_web::rt::spawn(server)));
    let current = actix_web::rt::spawn(crate::server::keep_current(app.clone()));
    actix_web::rt::spawn(crate::purge::run(app.clone()));
    actix_web::rt::spawn(crate::backchannel::run(app.clone()));
    actix_web::rt::spawn(crate::server::stop_on_signal(app.clone(), server.handle(), same_listener)?);
    server.await?;
    app.begin_stop();
    current.await?;
    app.traces.close();
    if let Some((handle, ended)) = management {
        handle.stop(true).await;
        ended.await??;
    }
    tracing::info!("stopped");
    Ok(())
}
