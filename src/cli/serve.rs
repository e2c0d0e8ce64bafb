//! `countersign serve`.

use crate::app::App;
use crate::config::Config;
use crate::server::{bind, bind_management};
use crate::telemetry;
use crate::types::{Clock, Rng};

use super::{CommandResult, run_server};

pub(super) async fn run(config: Config) -> CommandResult {
    telemetry::init(config.log.level, config.log.format);
    for warning in config.warnings() {
        tracing::warn!(warning);
    }
    let (listener, management) = (bind(config.listen)?, bind_management(&config)?);
    let app = App::open(config, Clock::System, Rng::system(), None).await?;
    tracing::info!(issuer = app.issuer.as_str(), listen = %listener.local_addr()?, "ready");
    if let Some(management) = &management {
        tracing::info!(listen = %management.local_addr()?, "metrics");
    }
    run_server(app, listener, management).await
}
