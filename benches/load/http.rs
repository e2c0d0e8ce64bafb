//! Keep-alive connections of the load generator.

use std::net::SocketAddr;
use std::pin::Pin;

use hyper::Request;
use hyper::body::Body;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::ETAG;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::Outcome;
use crate::answer::Answer;

/// An open connection.
pub struct Connection(SendRequest<String>);

impl Connection {
    /// Opens one.
    pub async fn open(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        // What ends it is told to whoever sends on it.
        tokio::task::spawn_local(connection);
        Ok(Self(sender))
    }

    /// Sends a request and waits for all of its answer.
    pub async fn send(&mut self, request: Request<String>) -> Outcome<Answer> {
        self.0.ready().await?;
        let (head, mut incoming) = self.0.send_request(request).await?.into_parts();
        let mut body = Vec::new();
        while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut incoming).poll_frame(context)).await {
            if let Ok(data) = frame?.into_data() {
                body.extend_from_slice(&data);
            }
        }
        let etag = head.headers.get(ETAG).and_then(|tag| tag.to_str().ok()).map(str::to_owned);
        Ok(Answer { status: head.status, etag, body })
    }
}
