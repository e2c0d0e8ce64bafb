//! `countersign dev`: a playground that needs no configuration.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use clap::Args;

use crate::app::App;
use crate::config::{Config, DevVariables};
use crate::dev::{Playground, plan, seed};
use crate::server::bind;
use crate::telemetry;
use crate::types::{Clock, Rng, Secret, base64url, process};

use super::output::{print_note, print_text};
use super::{CommandResult, run_server};

/// The address without `--listen` and `COUNTERSIGN_LISTEN`.
const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

#[derive(Args)]
pub(super) struct Dev {
    #[arg(help = "The address to listen on, on this machine only [default: COUNTERSIGN_LISTEN, else 127.0.0.1:8080]")]
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Where the playground keeps its database and keys
    #[arg(long, value_name = "DIR", default_value = "data/dev")]
    data: PathBuf,
}

/// Runs the playground. `config` is the file after `--config`, which the playground does not read.
pub(super) async fn run(command: Dev, config: Option<&Path>) -> CommandResult {
    let variables = DevVariables::read(std::env::vars_os())?;
    let listen = command.listen.or(variables.listen).unwrap_or(DEFAULT_LISTEN);
    // Refused before the address is taken, and again with the port that was taken.
    Config::for_dev(listen, command.data.clone())?;
    let ignored = [config.map(|_| "--config".to_owned()).into_iter().collect(), variables.ignored].concat();
    if !ignored.is_empty() {
        print_note(format_args!("The playground needs no configuration and ignores {}.", ignored.join(", ")));
    }
    let listener = bind(listen)?;
    let config = Config::for_dev(listener.local_addr()?, command.data)?;
    telemetry::init(config.log.level, config.log.format);
    // The password of a playground is no secret, and the limit is that of a desktop.
    let _ = process::raise_open_files();
    let rng = Rng::system();
    let playground = plan(&config, &rng)?;
    let app = App::open(config, Clock::System, rng, Some(playground)).await?;
    seed(&app).await?;
    if let Some(playground) = &app.dev {
        print_text(welcome(&app, playground))?;
    }
    run_server(app, listener, None).await
}

/// What to try next. Each line is pasted as it stands.
fn welcome(app: &App, playground: &Playground) -> String {
    let (issuer, username, password) = (app.issuer.as_str(), Playground::USERNAME, playground.password.expose());
    let secret = playground.secret_of(Playground::PASSWORD_CLIENT).map(Secret::expose).unwrap_or_default();
    let client = Playground::PASSWORD_CLIENT;
    let field = |name: &str| format!("sed -E 's/.*\"{name}\":\"([^\"]+)\".*/\\1/'");
    format!(
        "
Countersign runs on {issuer}: a playground on this machine only, in {data}.

  sign in as   {username}    password   {password}
  start at     {issuer}/            clients, secrets, links
               {issuer}/dev/client  every grant, refresh, retry and replay in the browser

Three lines to paste:

1. A code grant, in the browser:
   {link}

2. A sign-in and a refresh, in a shell (any number of times):
   T=$(curl -s {issuer}/token -d grant_type=password -d client_id={client} -d client_secret={secret} -d username={username} -d password={password} -d scope='openid roles notes.read' | {refresh}); A=$(curl -s {issuer}/token -d grant_type=refresh_token -d client_id={client} -d client_secret={secret} -d refresh_token=$T | {access}); echo $A

3. A verification, by the API of the playground:
   curl -s {api} -H \"Authorization: Bearer $A\"

Ctrl-C stops it.

",
        data = app.config.data_dir.display(),
        link = link(app, playground),
        refresh = field("refresh_token"),
        access = field("access_token"),
        api = playground.api,
    )
}

/// An authorization request for the page `/dev/client`, which knows the verifier that belongs to it.
fn link(app: &App, playground: &Playground) -> String {
    let challenge = base64url::encode(ring::digest::digest(&ring::digest::SHA256, Playground::VERIFIER.as_bytes()));
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("client_id", Playground::PUBLIC_CLIENT)
        .append_pair("redirect_uri", &app.issuer.url("/dev/client"))
        .append_pair("scope", Playground::SCOPE)
        .append_pair("resource", &playground.api)
        .append_pair("state", "paste")
        .append_pair("code_challenge", &challenge)
        .append_pair("code_challenge_method", "S256")
        .finish();
    app.issuer.url(&format!("/authorize?{query}"))
}
