//! The caller of a request: the other end of its connection.

use std::fmt;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Instant;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

const NO_TIME: Timespec = Timespec { tv_sec: 0, tv_nsec: 0 };

/// The other end of a request's connection, and the time at which the request was accepted.
#[derive(Clone)]
pub struct Caller {
    socket: Option<Arc<dyn AsFd + Send + Sync>>,
    accepted: Option<Instant>,
}

impl Caller {
    /// The caller of a request that was accepted on a socket at a time.
    #[must_use]
    pub fn new(socket: Arc<dyn AsFd + Send + Sync>, accepted: Instant) -> Self {
        Self { socket: Some(socket), accepted: Some(accepted) }
    }

    /// A caller whose connection is not known, and who counts as present.
    #[must_use]
    pub const fn unknown() -> Self {
        Self { socket: None, accepted: None }
    }

    /// The time at which the head of the request had been read.
    #[must_use]
    pub const fn accepted(&self) -> Option<Instant> {
        self.accepted
    }

    /// Returns true if the caller has closed the connection, or its own half of it: nobody waits for the answer. The system is
    /// asked, which knows more than has been read from the connection.
    #[must_use]
    pub fn has_gone(&self) -> bool {
        let Some(socket) = &self.socket else { return false };
        let mut polled = [PollFd::new(socket, PollFlags::RDHUP)];
        let gone = PollFlags::RDHUP | PollFlags::HUP | PollFlags::ERR;
        poll(&mut polled, Some(&NO_TIME)).is_ok() && polled[0].revents().intersects(gone)
    }
}

impl fmt::Debug for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Caller").field("accepted", &self.accepted).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::net::{Shutdown, TcpListener, TcpStream};

    use super::*;

    #[expect(clippy::disallowed_methods, reason = "any time will do")]
    fn connect() -> (TcpStream, Caller) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (server, _) = listener.accept().unwrap();
        (client, Caller::new(Arc::new(server), Instant::now()))
    }

    /// The system tells of the end of a connection a moment after the other end has closed it.
    fn goes(caller: &Caller) -> bool {
        (0..500).any(|_| {
            std::thread::sleep(std::time::Duration::from_millis(2));
            caller.has_gone()
        })
    }

    #[test]
    fn a_caller_that_waits_is_there() {
        let (mut client, caller) = connect();
        client.write_all(b"unread").unwrap();
        assert!(!caller.has_gone());
        assert!(!Caller::unknown().has_gone());
    }

    #[test]
    fn a_caller_is_gone_once_it_closes_its_half_whatever_is_unread() {
        let (mut client, caller) = connect();
        client.write_all(b"unread").unwrap();
        client.shutdown(Shutdown::Write).unwrap();
        assert!(goes(&caller));
    }

    #[test]
    fn a_caller_is_gone_once_it_closes() {
        let (client, caller) = connect();
        drop(client);
        assert!(goes(&caller));
    }
}
