//! The rest between two readings of what other processes may have changed.

use std::time::Duration;

use super::App;

/// Period of looking at the clock, and the difference from the steady clock, in milliseconds, that means that it was set.
const LOOK_EVERY: Duration = Duration::from_secs(1);
const STEP: u64 = 2_000;

impl App {
    /// Waits for so long, for [`App::begin_stop`], or until the state is to be read again at once: the clock was set, or the
    /// database has trouble.
    pub async fn rest(&self, so_long: Duration) {
        let over = tokio::time::sleep(so_long);
        let mut over = std::pin::pin!(over);
        loop {
            let stepped = self.clock.stepped_by();
            tokio::select! {
                () = &mut over => return,
                () = self.stopped() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {
                    if self.clock.stepped_by().abs_diff(stepped) > STEP {
                        return tracing::warn!(by_ms = self.clock.stepped_by() - stepped, "the clock was set");
                    }
                }
                () = self.store.write_trouble() => {
                    if self.heartbeat.beat().await.is_err() {
                        return;
                    }
                    // Requests cannot have it beat more often.
                    drop(tokio::time::timeout(LOOK_EVERY, self.stopped()).await);
                }
            }
        }
    }
}
