//! A server in a process of its own.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use countersign::metrics::Stopwatch;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::Outcome;
use crate::place::Place;

/// How long a server may take to get ready, or to end.
const PATIENCE: Duration = Duration::from_secs(60);
/// What every line about a request has.
const REQUEST_LINE: &[u8] = b"\"target\":\"countersign::request\"";

/// What is started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// The real server, as `cargo build --release` makes it.
    Countersign,
    /// The bare one of `hello.rs`: this program again.
    Hello,
}

/// A running server, which is killed in the end.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// From its start to its first answer.
    pub ready_after: Duration,
    child: Child,
    log: PathBuf,
}

impl Server {
    /// Starts a server and waits until it is ready. Its log goes to a file in the place.
    pub fn start(place: &Place, program: Program) -> Outcome<Self> {
        let log = OpenOptions::new().create(true).append(true).open(place.log())?;
        let mut command = match program {
            Program::Countersign => Command::new(env!("CARGO_BIN_EXE_countersign")),
            Program::Hello => Command::new(std::env::current_exe()?),
        };
        command.arg(if program == Program::Hello { "hello" } else { "serve" });
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("COUNTERSIGN_")) {
            command.env_remove(name);
        }
        // Not where the repository's own configuration file is found.
        command.envs(place.environment()).current_dir(&place.data_dir).stdin(Stdio::null());
        let started = Stopwatch::start();
        let child = command.stdout(log.try_clone()?).stderr(log).spawn()?;
        let mut server = Self { address: place.address, ready_after: Duration::ZERO, child, log: place.log() };
        while !server.is_ready() {
            if server.child.try_wait()?.is_some() || started.elapsed() > PATIENCE {
                return Err(format!("the server does not start: {}", std::fs::read_to_string(&server.log)?).into());
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        server.ready_after = started.elapsed();
        Ok(server)
    }

    fn is_ready(&self) -> bool {
        let ask = || -> std::io::Result<bool> {
            let mut stream = TcpStream::connect(self.address)?;
            stream.write_all(b"GET /health/ready HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer)?;
            Ok(answer.starts_with(b"HTTP/1.1 200"))
        };
        ask().unwrap_or(false)
    }

    /// Its process.
    pub fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }

    /// Empties its log: under load it grows by gigabytes.
    pub fn empty_log(&self) -> Outcome {
        Ok(OpenOptions::new().write(true).open(&self.log)?.set_len(0)?)
    }

    /// How many lines about requests are in its log.
    pub fn logged_requests(&self) -> Outcome<usize> {
        let mut lines = BufReader::with_capacity(1 << 20, File::open(&self.log)?);
        let (mut line, mut count) = (Vec::new(), 0);
        while lines.read_until(b'\n', &mut line)? > 0 {
            count += usize::from(line.windows(REQUEST_LINE.len()).any(|part| part == REQUEST_LINE));
            line.clear();
        }
        Ok(count)
    }

    /// Ends it as a service manager does, and waits.
    pub fn stop(mut self) -> Outcome {
        kill(self.pid(), Signal::SIGTERM)?;
        let waiting = Stopwatch::start();
        while waiting.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait()? {
                return if status.success() { Ok(()) } else { Err(format!("the server ended with {status}").into()) };
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Err("the server does not end".into())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
