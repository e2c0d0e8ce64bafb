//! The end of a server: no request is lost that a load balancer sends meanwhile.
//!
//! 1. `/health/ready` answers 503, and each answer is the last on its connection, for `shutdown_delay`;
//! 2. no connection begins any more, and those that have begun are accepted;
//! 3. the listener is closed, so that connections are refused, and requests in flight are finished.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use socket2::{SockFilter, SockRef};
use tokio::signal::unix::{SignalKind, signal};

use crate::app::App;

/// Time in which connections that have begun are accepted, and their requests come.
const SETTLE: Duration = Duration::from_millis(250);

/// Waits for SIGTERM or SIGINT, then stops. SIGINT, and a second signal, end the delay. A signal counts from the moment that
/// this is called, whenever the future that it returns is awaited. `listener` is the one that the server has.
///
/// # Errors
/// The system cannot wait for signals.
pub fn stop_on_signal(
    app: App,
    handle: ServerHandle,
    listener: TcpListener,
) -> std::io::Result<impl Future<Output = ()>> {
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    Ok(async move {
        let is_in_no_hurry = tokio::select! {
            _ = terminate.recv() => true,
            _ = interrupt.recv() => false,
        };
        tracing::info!("stopping");
        app.begin_drain();
        if is_in_no_hurry {
            tokio::select! {
                () = tokio::time::sleep(app.config.shutdown_delay) => settle(&listener).await,
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        }
        drop(listener);
        handle.stop(true).await;
    })
}

/// Lets no further connection begin, and leaves time for those that have begun.
///
/// A listener that is closed resets the connections in its queue, whose requests may have been sent. So the requests to connect
/// (SYN) are ignored first. The system on the other side repeats them after a second, when they are refused.
async fn settle(listener: &TcpListener) {
    match SockRef::from(listener).attach_filter(&ignore_connections()) {
        Ok(()) => tokio::time::sleep(SETTLE).await,
        Err(error) => tracing::warn!(%error, "connections that begin now may be reset"),
    }
}

/// A filter of packets (BPF) that ignores those with SYN and without ACK (RFC 9293 §3.1).
fn ignore_connections() -> [SockFilter; 5] {
    const LOAD_BYTE: u16 = 0x30;
    const AND: u16 = 0x54;
    const JUMP_IF_EQUAL: u16 = 0x15;
    const RETURN: u16 = 0x06;
    const FLAGS: u32 = 13;
    const SYN: u32 = 0x02;
    const ACK: u32 = 0x10;
    [
        SockFilter::new(LOAD_BYTE, 0, 0, FLAGS),
        SockFilter::new(AND, 0, 0, SYN | ACK),
        SockFilter::new(JUMP_IF_EQUAL, 0, 1, SYN),
        SockFilter::new(RETURN, 0, 0, 0),
        SockFilter::new(RETURN, 0, 0, u32::MAX),
    ]
}
