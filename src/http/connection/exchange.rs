//! The exchange of a connection: one request and its answer, as the stream and the request's own code see it.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Waker};
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING};
use actix_web::rt::net::TcpStream;
use tokio::time::Instant;

use crate::types::Caller;

/// Time for the head of a request, from its first byte or from the beginning of the connection.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
/// Time for the body of a request, from the end of its head.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);
/// Time between an answer and the next request on the same connection.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);

/// The part of an exchange that a connection is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The head of a request is read.
    Head,
    /// A head was read. The code that answers the request has not begun.
    HeadRead,
    /// The body is read; so many bytes are left of it, or as many as its chunks say.
    Body { left: Option<u64> },
    /// The request was read. Nothing more is read until it is answered.
    Answering,
}

/// See the module.
#[derive(Debug)]
pub struct Exchange {
    stage: Cell<Stage>,
    deadline: Cell<Instant>,
    accepted: Cell<Instant>,
    body: Cell<Body>,
    reader: RefCell<Option<Waker>>,
    socket: Arc<TcpStream>,
}

/// Fate of the body of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Body {
    /// Nobody has read it to its end.
    Unread,
    /// The handler has read it to its end, or there is none.
    Read,
    /// The body did not come in time.
    TimedOut,
}

impl Exchange {
    pub(super) fn new(socket: Arc<TcpStream>) -> Self {
        let now = Instant::now();
        Self {
            stage: Cell::new(Stage::Head),
            deadline: Cell::new(now + HEAD_TIMEOUT),
            accepted: Cell::new(now),
            body: Cell::new(Body::Read),
            reader: RefCell::new(None),
            socket,
        }
    }

    /// The exchange of a request's connection.
    fn of(request: &HttpRequest) -> Option<&Rc<Self>> {
        request.conn_data()
    }

    pub(super) fn stage(&self) -> Stage {
        self.stage.get()
    }

    /// The time by which the next bytes have to be there.
    pub(super) fn deadline(&self) -> Instant {
        self.deadline.get()
    }

    /// Notes the first byte of a head.
    pub(super) fn head_begun(&self) {
        self.deadline.set(Instant::now() + HEAD_TIMEOUT);
    }

    /// Notes the end of a head: the request is accepted.
    pub(super) fn head_read(&self) {
        let now = Instant::now();
        self.accepted.set(now);
        self.deadline.set(now + BODY_TIMEOUT);
        self.stage.set(Stage::HeadRead);
    }

    /// Notes bytes of a body.
    pub(super) fn body_bytes_read(&self, length: usize) {
        if let Stage::Body { left: Some(left) } = self.stage.get() {
            let left = left.saturating_sub(u64::try_from(length).unwrap_or(u64::MAX));
            self.stage.set(if left == 0 { Stage::Answering } else { Stage::Body { left: Some(left) } });
        }
    }

    /// Notes the end of a chunked body.
    pub(super) fn body_ended(&self) {
        self.stage.set(Stage::Answering);
    }

    /// Notes that the body did not come in time.
    pub(super) fn body_timed_out(&self) {
        self.body.set(Body::TimedOut);
        self.stage.set(Stage::Answering);
    }

    /// Keeps the reader of the stream until the stage changes.
    pub(super) fn wait(&self, cx: &Context<'_>) {
        let mut reader = self.reader.borrow_mut();
        if !reader.as_ref().is_some_and(|waker| waker.will_wake(cx.waker())) {
            *reader = Some(cx.waker().clone());
        }
    }

    fn enter(&self, stage: Stage) {
        self.stage.set(stage);
        if let Some(reader) = self.reader.borrow().as_ref() {
            reader.wake_by_ref();
        }
    }

    fn begin(&self, headers: &HeaderMap) {
        let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        let left = if headers.contains_key(TRANSFER_ENCODING) { None } else { Some(length.unwrap_or(0)) };
        self.body.set(if left == Some(0) { Body::Read } else { Body::Unread });
        match left {
            Some(0) => self.stage.set(Stage::Answering),
            left => self.enter(Stage::Body { left }),
        }
    }

    fn end(&self) {
        self.deadline.set(Instant::now() + IDLE_TIMEOUT);
        self.enter(Stage::Head);
    }

    /// Returns true for a connection of no use after this answer: the rest of a body would be taken for a request.
    fn has_unread_body(&self) -> bool {
        self.body.get() != Body::Read
    }
}

/// Notes that a request is being answered. Nothing but its body is read from its connection until [`end_exchange`].
pub fn begin_exchange(request: &ServiceRequest) {
    if let Some(exchange) = Exchange::of(request.request()) {
        exchange.begin(request.headers());
    }
}

/// Notes that a request was answered. The answer is the last on its connection if `is_last`, or if the body was not read.
pub fn end_exchange<B>(response: &mut ServiceResponse<B>, is_last: bool) {
    let exchange = Exchange::of(response.request()).cloned();
    if is_last || exchange.as_ref().is_some_and(|exchange| exchange.has_unread_body()) {
        response.response_mut().head_mut().set_connection_type(actix_http::ConnectionType::Close);
    }
    if let Some(exchange) = exchange {
        exchange.end();
    }
}

/// Notes that a handler has read the body of its request to the end.
pub fn body_was_read(request: &HttpRequest) {
    if let Some(exchange) = Exchange::of(request) {
        exchange.body.set(Body::Read);
    }
}

/// Returns true if the body of a request did not come in time.
pub fn has_timed_out(request: &HttpRequest) -> bool {
    Exchange::of(request).is_some_and(|exchange| exchange.body.get() == Body::TimedOut)
}

/// The other end of a request's connection.
pub fn caller(request: &HttpRequest) -> Caller {
    Exchange::of(request).map_or_else(Caller::unknown, |exchange| {
        Caller::new(exchange.socket.clone(), exchange.accepted.get().into_std())
    })
}
