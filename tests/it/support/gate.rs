//! A gate in front of a TCP server: open, shut, or silent, as an outage of it would look.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const OPEN: u8 = 0;
const SHUT: u8 = 1;
const SILENT: u8 = 2;

pub struct Gate {
    pub address: String,
    state: Arc<AtomicU8>,
    through: Arc<Mutex<Vec<TcpStream>>>,
}

impl Gate {
    /// A gate to `address`, open.
    pub fn to(address: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let own = listener.local_addr().expect("it has an address").to_string();
        let (state, through) = (Arc::new(AtomicU8::new(OPEN)), Arc::new(Mutex::new(Vec::new())));
        let gate = Self { address: own, state: Arc::clone(&state), through: Arc::clone(&through) };
        let address = address.to_owned();
        // Ends with the tests: a listener cannot be woken.
        std::thread::spawn(move || {
            for client in listener.incoming().filter_map(Result::ok) {
                if state.load(Ordering::SeqCst) == SHUT {
                    continue;
                }
                let Ok(server) = TcpStream::connect(&address) else { continue };
                for (from, to) in [(&client, &server), (&server, &client)] {
                    let (from, to, state) = (copy(from), copy(to), Arc::clone(&state));
                    through.lock().expect("nobody panics here").push(copy(&from));
                    std::thread::spawn(move || pass(from, to, &state));
                }
            }
        });
        gate
    }

    /// Ends every connection, and takes no new one.
    pub fn shut(&self) {
        self.state.store(SHUT, Ordering::SeqCst);
        for stream in self.through.lock().expect("nobody panics here").drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Keeps every connection, and lets nothing through.
    pub fn fall_silent(&self) {
        self.state.store(SILENT, Ordering::SeqCst);
    }

    /// Lets everything through again, what was held back as well.
    pub fn open(&self) {
        self.state.store(OPEN, Ordering::SeqCst);
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.shut();
    }
}

fn copy(stream: &TcpStream) -> TcpStream {
    stream.try_clone().expect("a stream can be shared")
}

fn pass(mut from: TcpStream, mut to: TcpStream, state: &AtomicU8) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        while state.load(Ordering::SeqCst) == SILENT {
            std::thread::sleep(Duration::from_millis(5));
        }
        if to.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
    let _ = (from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both));
}
