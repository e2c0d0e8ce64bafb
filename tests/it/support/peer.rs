//! Somebody whom the server asks: it answers what a test says, and remembers what it was asked.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use openssl::ssl::SslAcceptor;

/// What is answered at a path: bytes as they go over the wire, and how long nothing follows them.
#[derive(Clone)]
struct Answer {
    bytes: Vec<u8>,
    silence: Duration,
}

/// A request that came in.
#[derive(Clone, Debug)]
pub struct Asked {
    pub head: String,
    pub body: String,
}

/// An HTTP server on loopback, which goes on until the test's process ends.
#[derive(Clone)]
pub struct Peer {
    pub address: SocketAddr,
    answers: Arc<Mutex<HashMap<String, Answer>>>,
    asked: Arc<Mutex<Vec<(String, Asked)>>>,
    connections: Arc<AtomicUsize>,
}

impl Peer {
    pub fn start() -> Self {
        Self::accept(Self::answer)
    }

    /// The same behind TLS, with this certificate.
    pub fn start_tls(acceptor: SslAcceptor) -> Self {
        // Whoever does not trust it hangs up.
        Self::accept(move |peer, stream| acceptor.accept(stream).ok().and_then(|stream| peer.answer(stream)))
    }

    fn accept(answer: impl Fn(&Self, TcpStream) -> Option<()> + Send + Sync + 'static) -> Self {
        let answer = Arc::new(answer);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        let peer = Self { address, answers: Arc::default(), asked: Arc::default(), connections: Arc::default() };
        let accepting = peer.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                accepting.connections.fetch_add(1, Ordering::SeqCst);
                let (peer, answer) = (accepting.clone(), Arc::clone(&answer));
                std::thread::spawn(move || answer(&peer, stream));
            }
        });
        peer
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Answers with status 200 and this body from now on.
    pub fn serve(&self, path: &str, body: impl AsRef<[u8]>) {
        self.serve_status(path, "200 OK", body);
    }

    pub fn serve_status(&self, path: &str, status: &str, body: impl AsRef<[u8]>) {
        let body = body.as_ref();
        let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
        self.serve_bytes(path, &[head.as_bytes(), body].concat(), Duration::ZERO);
    }

    /// Answers with bytes as they stand, and then nothing for a while before the connection ends.
    pub fn serve_bytes(&self, path: &str, bytes: &[u8], silence: Duration) {
        let answer = Answer { bytes: bytes.to_vec(), silence };
        self.answers.lock().unwrap().insert(path.to_owned(), answer);
    }

    /// What was asked for at a path.
    pub fn asked(&self, path: &str) -> Vec<Asked> {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|(at, _)| at == path).map(|(_, asked)| asked.clone()).collect()
    }

    /// How many connections there were, with a request or without.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    /// `None` for one that hangs up in the middle.
    fn answer(&self, stream: impl Read + Write) -> Option<()> {
        let mut reader = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if reader.read_line(&mut head).ok()? == 0 {
                return None;
            }
        }
        let length =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body).ok()?;
        let path = head.split(' ').nth(1)?.to_owned();
        let answer = self.answers.lock().unwrap().get(&path).cloned();
        let asked = Asked { head, body: String::from_utf8_lossy(&body).into_owned() };
        self.asked.lock().unwrap().push((path, asked));
        let not_found = || Answer {
            bytes: b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec(),
            silence: Duration::ZERO,
        };
        let Answer { bytes, silence } = answer.unwrap_or_else(not_found);
        reader.get_mut().write_all(&bytes).ok()?;
        std::thread::sleep(silence);
        Some(())
    }
}
