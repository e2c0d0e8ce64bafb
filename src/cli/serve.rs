//! `countersign serve`.

use crate::app::App;
use crate::config::Config;
use crate::server::{bind, bind_management};
use crate::telemetry;
use crate::types::{Clock, Rng, process};

use super::{CommandResult, run_server};

pub(super) async fn run(config: Config) -> CommandResult {
    telemetry::init(config.log.level, config.log.format);
    if let Err(error) = process::forbid_core_dumps() {
        tracing::warn!(%error, "core dumps could not be switched off: one would have secrets in it");
    }
    let open_files = process::raise_open_files();
    for warning in config.warnings() {
        tracing::warn!(warning);
    }
    let (listener, management) = (bind(config.listen)?, bind_management(&config)?);
    let app = App::open(config, Clock::System, Rng::system(), None).await?;
    tracing::info!(issuer = app.issuer.as_str(), listen = %listener.local_addr()?, open_files, "ready");
    if let Some(management) = &management {
        tracing::info!(listen = %management.local_addr()?, "metrics");
    }
    run_server(app, listener, management).await
}
