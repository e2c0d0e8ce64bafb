//! Work that goes on when whoever waits for it goes away.

use std::pin::Pin;
use std::task::{Context, Poll};

/// A future that is polled to its end. Dropped before, as the framework does when a client hangs up, the rest of it runs as a
/// task of its own: what a unit of work has committed is told to the audit log, whoever listens to the answer.
pub struct Finished<F: Future<Output: 'static> + 'static>(Option<Pin<Box<F>>>);

impl<F: Future<Output: 'static> + 'static> Finished<F> {
    /// Wraps a future that nothing has polled.
    pub fn new(future: F) -> Self {
        Self(Some(Box::pin(future)))
    }
}

impl<F: Future<Output: 'static> + 'static> Future for Finished<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let future = self.0.as_mut().expect("a future is not polled after its end");
        let polled = future.as_mut().poll(context);
        if polled.is_ready() {
            self.0 = None;
        }
        polled
    }
}

impl<F: Future<Output: 'static> + 'static> Drop for Finished<F> {
    fn drop(&mut self) {
        // One that panicked has no rest.
        if let Some(rest) = self.0.take().filter(|_| !std::thread::panicking()) {
            drop(actix_web::rt::spawn(rest));
        }
    }
}
