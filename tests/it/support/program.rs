//! The program itself, in a process of its own.

use std::io::{BufRead, BufReader, Write};
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use super::server::new_folder;
use super::{Http, database};

/// A running `countersign dev` or `countersign serve`, which is killed in the end.
pub struct Program {
    pub issuer: String,
    pub data_dir: PathBuf,
    pub child: Child,
    http: Http,
}

impl Program {
    /// `countersign dev` on a free port, with the lines that it printed.
    pub fn dev() -> (Self, Vec<String>) {
        let data_dir = new_folder();
        let mut child = command(&["dev", "--listen", "127.0.0.1:0", "--data"])
            .arg(&data_dir)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        let mut lines = Vec::new();
        for line in BufReader::new(child.stdout.take().expect("it is piped")).lines() {
            lines.push(line.expect("it prints text"));
            if lines.last().is_some_and(|line| line.starts_with("Ctrl-C")) {
                break;
            }
        }
        let start = lines.iter().find_map(|line| line.strip_prefix("Countersign runs on "));
        let port = start.and_then(|line| line.split(':').nth(2)).expect("it says where it runs");
        let issuer = format!("http://localhost:{port}");
        let http = Http::new(&issuer.replace("http://localhost", "127.0.0.1"));
        (Self { issuer, data_dir, child, http }, lines)
    }

    /// `countersign serve` on a data folder and a port, with settings as environment variables without `COUNTERSIGN_`.
    pub fn serve(data_dir: &Path, port: u16, settings: &[(&str, &str)]) -> Self {
        Self::run(administer(data_dir, port, settings, &["serve"]), data_dir, port)
    }

    /// The same for a server that is not to become ready.
    pub fn serve_unready(data_dir: &Path, port: u16) -> Self {
        let log = std::fs::File::create(log_file(data_dir)).expect("a log can be kept");
        let mut serve = administer(data_dir, port, &[], &["serve"]);
        let child = serve.stdout(Stdio::null()).stderr(log).spawn().expect("the program starts");
        Self::answering(child, data_dir, port, "/health/live")
    }

    /// The same on a machine that trusts the issuers of these certificates, and no others.
    pub fn serve_trusting(data_dir: &Path, port: u16, settings: &[(&str, &str)], certificates: &Path) -> Self {
        let mut serve = administer(data_dir, port, settings, &["serve"]);
        serve.env("SSL_CERT_FILE", certificates).env("SSL_CERT_DIR", data_dir);
        Self::run(serve, data_dir, port)
    }

    fn run(mut serve: Command, data_dir: &Path, port: u16) -> Self {
        let log =
            std::fs::OpenOptions::new().create(true).append(true).open(log_file(data_dir)).expect("a log can be kept");
        let child = serve
            .stdout(log.try_clone().expect("a file can be shared"))
            .stderr(log)
            .spawn()
            .expect("the program starts");
        Self::of(child, data_dir, port)
    }

    /// A server that was started by hand, as soon as it is ready.
    pub fn of(child: Child, data_dir: &Path, port: u16) -> Self {
        Self::answering(child, data_dir, port, "/health/ready")
    }

    fn answering(child: Child, data_dir: &Path, port: u16, path: &str) -> Self {
        let (issuer, address) = (format!("http://127.0.0.1:{port}"), format!("127.0.0.1:{port}"));
        let mut program = Self { issuer, data_dir: data_dir.to_owned(), child, http: Http::new(&address) };
        program.wait_until_200(path);
        program
    }

    /// What `serve` printed so far, on both streams.
    pub fn log(&self) -> String {
        std::fs::read_to_string(log_file(&self.data_dir)).expect("the log is text")
    }

    fn wait_until_200(&mut self, path: &str) {
        for _ in 0..500 {
            let ended = self.child.try_wait().expect("it is a child");
            assert!(ended.is_none(), "the program ended with {ended:?}: {}", self.log());
            if std::net::TcpStream::connect(&self.http.address).is_ok() && self.http.get(path).status == 200 {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the program does not get ready: {}", self.log());
    }
}

impl Deref for Program {
    type Target = Http;

    fn deref(&self) -> &Http {
        &self.http
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A command of the program, with nothing from this process's own configuration.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.args(arguments);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("COUNTERSIGN_")) {
        command.env_remove(name);
    }
    command
}

/// A command on the configuration of [`Program::serve`].
pub fn administer(data_dir: &Path, port: u16, settings: &[(&str, &str)], arguments: &[&str]) -> Command {
    std::fs::create_dir_all(data_dir).expect("a folder can be made");
    let mut command = command(arguments);
    command
        .env("COUNTERSIGN_ISSUER", format!("http://127.0.0.1:{port}"))
        .env("COUNTERSIGN_LISTEN", format!("127.0.0.1:{port}"))
        .env("COUNTERSIGN_DATA_DIR", data_dir)
        .envs(database::url(data_dir).map(|url| ("COUNTERSIGN_DATABASE__URL", url)))
        .envs(settings.iter().map(|(name, value)| (format!("COUNTERSIGN_{name}"), *value)));
    command
}

/// Runs a command to its end, with something on its standard input.
pub fn run(mut command: Command, input: &str) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("it is piped").write_all(input.as_bytes()).expect("it reads");
    child.wait_with_output().expect("it ends")
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    listener.local_addr().expect("it has an address").port()
}

fn log_file(data_dir: &Path) -> PathBuf {
    data_dir.join("server.log")
}
