//! A client's connection: a stream that takes in one request at a time, within bounds of time and size.
//!
//! The HTTP library decodes whatever it reads, and keeps requests and answers until they are taken. So the stream hands over
//! no more than one head at a time, then its body, then nothing until it was answered and the answer was taken by the peer. A
//! request that does not come in time ends the connection, and so does an answer that nobody reads.

mod admission;
mod chunks;
mod exchange;
mod head;

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::rt::net::TcpStream;
use actix_web::web::BufMut;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::time::{Instant, Sleep, sleep_until};

use chunks::ChunkScanner;
use exchange::Stage;
use head::HeadScanner;

pub use admission::{Admission, ConnectionLimits, Place};
pub use exchange::{Exchange, begin_exchange, body_was_read, caller, end_exchange, has_timed_out};

/// Time for the peer to take an answer that it does not take at once.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(15);
/// Bytes that the system keeps of an answer that nobody reads. Linux doubles it.
pub const SEND_BUFFER: usize = 128 * 1024;

/// See the module.
#[derive(Debug)]
pub struct Connection {
    socket: Arc<TcpStream>,
    exchange: Rc<Exchange>,
    head: HeadScanner,
    chunks: ChunkScanner,
    /// Bytes behind the end of a head or of a chunked body, which were read with it.
    ahead: Vec<u8>,
    /// The time by which the peer has to have taken the answer, where it does not take it at once.
    answer_deadline: Option<Instant>,
    timer: Pin<Box<Sleep>>,
    _place: Place,
}

/// Gives a place to a new connection, or tells the peer that there is none.
///
/// # Errors
/// No place is free, or the peer has gone.
pub fn admit(admission: &Arc<Admission>, socket: TcpStream) -> io::Result<(Connection, Option<SocketAddr>)> {
    let peer = socket.peer_addr()?;
    let Some(place) = admission.admit(peer.ip()) else {
        let description = "there are too many connections: try again later";
        refuse(&socket, "503 Service Unavailable", "retry-after: 5\r\n", description);
        return Err(io::Error::other("there are too many connections"));
    };
    Ok((Connection::new(socket, place), Some(peer)))
}

/// Refuses a peer of which no request was read, by as much of the answer as the system takes at once.
fn refuse(socket: &TcpStream, status: &str, headers: &str, description: &str) {
    let body = format!(r#"{{"error":"temporarily_unavailable","error_description":"{description}"}}"#);
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncache-control: no-store\r\nconnection: close\r\n\
         {headers}content-length: {}\r\n\r\n{body}",
        body.len()
    );
    let socket = SockRef::from(socket);
    // A peer that has gone needs no answer.
    drop(socket.send(answer.as_bytes()).and_then(|_| socket.shutdown(std::net::Shutdown::Write)));
}

/// Reads from a socket. Fewer bytes than asked for mean that there were no more: the next read waits, and does not try first.
fn read(socket: &TcpStream, buf: &mut ReadBuf<'_>, most: usize) -> io::Result<usize> {
    let (buf, mut read) = (&mut buf.limit(most), None);
    let has_more = socket.try_io(Interest::READABLE, || {
        let length = *read.insert(socket.try_read_buf(buf)?);
        if length == 0 || length == most { Ok(()) } else { Err(io::ErrorKind::WouldBlock.into()) }
    });
    read.map_or_else(|| has_more.map(|()| 0), Ok)
}

impl Connection {
    fn new(socket: TcpStream, place: Place) -> Self {
        let socket = Arc::new(socket);
        let exchange = Rc::new(Exchange::new(Arc::clone(&socket)));
        Self {
            timer: Box::pin(sleep_until(exchange.deadline())),
            exchange,
            socket,
            head: HeadScanner::default(),
            chunks: ChunkScanner::default(),
            ahead: Vec::new(),
            answer_deadline: None,
            _place: place,
        }
    }

    /// The exchange that the requests of this connection share.
    #[must_use]
    pub fn exchange(&self) -> Rc<Exchange> {
        Rc::clone(&self.exchange)
    }

    /// Reads up to `most` bytes: those that were read ahead, or else from the socket. No bytes mean that the peer sends no more.
    fn poll_bytes(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>, most: usize) -> Poll<io::Result<usize>> {
        let most = most.min(buf.remaining());
        if !self.ahead.is_empty() {
            let length = most.min(self.ahead.len());
            buf.put_slice(&self.ahead[..length]);
            self.ahead.drain(..length);
            return Poll::Ready(Ok(length));
        }
        loop {
            ready!(self.socket.poll_read_ready(cx))?;
            match read(&self.socket, buf, most) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                length => return Poll::Ready(length),
            }
        }
    }

    fn poll_head(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let start = buf.filled().len();
        let Poll::Ready(read) = self.poll_bytes(cx, buf, usize::MAX) else {
            ready!(self.poll_deadline(cx, self.exchange.deadline()));
            if self.head.is_inside() {
                refuse(&self.socket, "408 Request Timeout", "", "the request did not come in time: send it again");
            }
            return Poll::Ready(Ok(()));
        };
        read?;
        let was_inside = self.head.is_inside();
        if let Some(length) = self.head.find_end(&buf.filled()[start..]) {
            self.put_back(buf, start + length);
            self.chunks = ChunkScanner::default();
            self.exchange.head_read();
        } else if self.head.is_inside() && !was_inside {
            self.exchange.head_begun();
        }
        Poll::Ready(Ok(()))
    }

    /// Keeps the bytes from `end` on for later.
    fn put_back(&mut self, buf: &mut ReadBuf<'_>, end: usize) {
        // What is ahead of the rest was taken from it, so that the rest comes first.
        self.ahead.splice(..0, buf.filled()[end..].iter().copied());
        buf.set_filled(end);
    }

    fn poll_body(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>, left: Option<u64>) -> Poll<io::Result<()>> {
        let start = buf.filled().len();
        let most = left.map_or(usize::MAX, |left| usize::try_from(left).unwrap_or(usize::MAX));
        let Poll::Ready(read) = self.poll_bytes(cx, buf, most) else {
            ready!(self.poll_deadline(cx, self.exchange.deadline()));
            self.exchange.body_timed_out();
            return Poll::Ready(Ok(()));
        };
        let length = read?;
        if left.is_some() {
            self.exchange.body_bytes_read(length);
        } else if let Some(length) = self.chunks.find_end(&buf.filled()[start..]) {
            self.put_back(buf, start + length);
            self.exchange.body_ended();
        }
        Poll::Ready(Ok(()))
    }

    /// Waits until a time has passed. Setting the timer back is left until it fires.
    fn poll_deadline(&mut self, cx: &mut Context<'_>, deadline: Instant) -> Poll<()> {
        if self.timer.deadline() > deadline {
            self.timer.as_mut().reset(deadline);
        }
        while self.timer.as_mut().poll(cx).is_ready() {
            if self.timer.deadline() >= deadline {
                return Poll::Ready(());
            }
            self.timer.as_mut().reset(deadline);
        }
        Poll::Pending
    }
}

impl AsyncRead for Connection {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        match this.exchange.stage() {
            Stage::Head if this.answer_deadline.is_none() => this.poll_head(cx, buf),
            Stage::Body { left } if this.answer_deadline.is_none() => this.poll_body(cx, buf, left),
            stage => {
                this.exchange.wait(cx);
                if stage == Stage::HeadRead {
                    // The library took the head for something else, such as a part of a body that no handler reads.
                    ready!(this.poll_deadline(cx, this.exchange.deadline()));
                    return Poll::Ready(Ok(()));
                }
                Poll::Pending
            }
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        while this.socket.poll_write_ready(cx)?.is_ready() {
            match this.socket.try_write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                written => return Poll::Ready(written),
            }
        }
        let deadline = *this.answer_deadline.get_or_insert_with(|| Instant::now() + ANSWER_TIMEOUT);
        ready!(this.poll_deadline(cx, deadline));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// The library calls this once it has written all that it had.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.get_mut().answer_deadline.take().is_some() {
            // Reading was put off until now.
            cx.waker().wake_by_ref();
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(SockRef::from(&*self.socket).shutdown(std::net::Shutdown::Write))
    }
}
