//! The end of a server, as its parts see it.

use std::sync::atomic::Ordering;

use super::App;

impl App {
    /// Says that the server is about to stop: `/health/ready` answers 503 from now on, and each answer is the last on its
    /// connection. Everything else goes on.
    pub fn begin_drain(&self) {
        self.draining.store(true, Ordering::SeqCst);
    }

    /// Returns true once the server is about to stop.
    #[must_use]
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::SeqCst) || self.is_stopping()
    }

    /// Says that no new work is wanted: what runs in the background ends.
    pub fn begin_stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.stop.notify_waiters();
    }

    /// Waits for [`App::begin_stop`].
    pub async fn stopped(&self) {
        let told = self.stop.notified();
        if !self.is_stopping() {
            told.await;
        }
    }

    /// Returns true once the work in the background is to end.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }
}
