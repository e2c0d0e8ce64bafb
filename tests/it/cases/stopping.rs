//! The end of a server that load balancers send requests to, and a log that nobody reads.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::time::Duration;

use super::logs::records;
use crate::support::installation::{terminate, wait_for_end};
use crate::support::program::administer;
use crate::support::{Http, Installation, Metrics, Program};

const LIVE: &[u8] = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// The head of an answer, and its body of so many bytes as it says.
fn answer(stream: &mut BufReader<TcpStream>) -> String {
    let (mut head, mut length) = (String::new(), 0);
    while !head.ends_with("\r\n\r\n") {
        let start = head.len();
        assert!(stream.read_line(&mut head).expect("it is answered") > 0, "the connection was closed: {head:?}");
        let value = head[start..].strip_prefix("content-length: ");
        length = value.map_or(length, |value| value.trim().parse().expect("a length is a number"));
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).expect("it is answered");
    head + &String::from_utf8(body).expect("a body is text")
}

#[test]
fn a_server_that_was_told_to_stop_goes_on_serving_until_balancers_have_noticed() {
    let installation = Installation::new();
    let mut server = installation.serve(&[("SHUTDOWN_DELAY", "3s")]);
    let mut kept = BufReader::new(TcpStream::connect(&server.address).expect("it listens"));
    kept.get_mut().write_all(LIVE).expect("it reads");
    assert!(!answer(&mut kept).contains("connection: close"));
    terminate(&server);
    let is_draining = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        server.get("/health/ready").status == 503
    });
    assert!(is_draining, "balancers see that it is about to stop");
    assert_eq!(server.get("/health/ready").json()["reason"], "stopping");
    kept.get_mut().write_all(LIVE).expect("it reads");
    let last = answer(&mut kept);
    assert!(last.starts_with("HTTP/1.1 200") && last.contains("connection: close"), "{last}");
    assert_eq!(server.get("/.well-known/jwks.json").status, 200, "whoever has not noticed is served");
    assert!(wait_for_end(&mut server).success());
    assert!(records(&server.log()).iter().any(|line| line["message"] == "stopped"), "{}", server.log());
}

/// A log that nobody reads costs lines, and no request its answer.
#[test]
fn a_log_that_nobody_reads_stops_nothing() {
    let installation = Installation::new();
    let port = crate::support::program::free_port();
    let management = format!("127.0.0.1:{port}");
    let settings = [("MANAGEMENT__LISTEN", management.as_str())];
    let mut serve = administer(&installation.data_dir, installation.port, &settings, &["serve"]);
    let mut child = serve.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts");
    let log = child.stderr.take().expect("it is piped");
    std::fs::write(installation.data_dir.join("server.log"), "").expect("the folder is there");
    let mut server = Program::of(child, &installation.data_dir, installation.port);
    let metrics = || Metrics::of(&Http::new(&management));
    let dropped = |metrics: &Metrics| metrics.get("countersign_log_lines_dropped_total", &[("log", "other")]);
    let mut stream = BufReader::new(TcpStream::connect(&server.address).expect("it listens"));
    // A megabyte of lines fits into the queue, and some more into the pipe.
    for _ in 0..100 {
        stream.get_mut().write_all(&LIVE.repeat(200)).expect("it reads");
        for _ in 0..200 {
            assert!(answer(&mut stream).starts_with("HTTP/1.1 200"));
        }
        if dropped(&metrics()) > 0.0 {
            break;
        }
    }
    assert!(dropped(&metrics()) > 0.0, "lines were dropped");
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        BufReader::new(log).read_to_string(&mut text).expect("the log is text");
        text
    });
    terminate(&server);
    assert!(wait_for_end(&mut server).success());
    let log = records(&reader.join().expect("it reads to the end"));
    let told = log.iter().find(|line| line["message"] == "lines of the log were dropped: its reader was too slow");
    assert!(told.is_some_and(|line| line["lines"].as_u64() > Some(0)), "the log says that it has gaps");
}

/// A core would have tokens, cookies and keys in it.
#[test]
fn the_memory_of_a_server_is_dumped_nowhere() {
    let installation = Installation::new();
    let server = installation.serve(&[]);
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.child.id())).expect("the process is there");
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("there is such a limit");
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"], "{core}");
    let memory = std::fs::metadata(format!("/proc/{}/mem", server.child.id())).expect("the process is there");
    // What cannot be dumped belongs to root in /proc, whoever runs it.
    assert_eq!(std::os::unix::fs::MetadataExt::uid(&memory), 0);
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.child.id())).expect("the process is there");
    assert!(!status.contains("CoreDumping:\t1"), "{status}");
}
