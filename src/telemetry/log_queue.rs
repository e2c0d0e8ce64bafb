//! The queue of the log: lines wait here for the thread that writes them. A reader of the log that stands still costs lines, and
//! no request its time.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use tracing::Metadata;
use tracing_subscriber::fmt::MakeWriter;

use crate::audit;
use crate::metrics::{Counter, Page};

/// Bytes of lines that may wait.
const MOST: usize = 1024 * 1024;
/// Bytes that may wait before a line of the audit log is dropped.
const MOST_WITH_AUDIT: usize = 8 * 1024 * 1024;
/// Capacity that the two buffers keep.
const KEPT_CAPACITY: usize = 256 * 1024;
/// Time in which lines gather before they are written together.
const GATHER: Duration = Duration::from_millis(10);

/// Lines that wait to be written.
#[derive(Debug, Default)]
pub(super) struct LogQueue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
    dropped: Counter,
    dropped_audit: Counter,
}

#[derive(Debug, Default)]
struct Waiting {
    lines: Vec<u8>,
    /// Lines that were dropped since the log last said so.
    untold: u64,
    /// The thread waits for lines, and everything before was written.
    is_idle: bool,
}

impl LogQueue {
    /// Starts the thread that writes lines to `output`.
    ///
    /// # Errors
    /// The system starts no thread.
    pub fn start(output: impl Write + Send + 'static) -> io::Result<Arc<Self>> {
        let queue = Arc::new(Self::default());
        let thread = Arc::clone(&queue);
        thread::Builder::new().name("log".to_owned()).spawn(move || thread.write_to(output))?;
        Ok(queue)
    }

    /// Waits until all lines are written, and for no longer than `timeout`.
    pub fn flush(&self, timeout: Duration) {
        let is_busy = |waiting: &mut Waiting| !(waiting.is_idle && waiting.lines.is_empty());
        drop(self.changed.wait_timeout_while(self.waiting(), timeout, is_busy));
    }

    /// Writes how many lines were dropped.
    pub fn write_metrics(&self, page: &mut Page) {
        page.counter(
            "countersign_log_lines_dropped_total",
            "Lines that were dropped because nobody read the log, by log.",
        )
        .number(&[("log", "audit")], self.dropped_audit.get())
        .number(&[("log", "other")], self.dropped.get());
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, line: &[u8], is_audit: bool) {
        let mut waiting = self.waiting();
        let most = if is_audit { MOST_WITH_AUDIT } else { MOST };
        if waiting.lines.len() + line.len() > most {
            waiting.untold += 1;
            let dropped = if is_audit { &self.dropped_audit } else { &self.dropped };
            dropped.increment();
            return;
        }
        waiting.lines.extend_from_slice(line);
        if std::mem::take(&mut waiting.is_idle) {
            drop(waiting);
            self.changed.notify_all();
        }
    }

    fn write_to(&self, mut output: impl Write) {
        let mut lines = Vec::new();
        loop {
            let untold = self.take(&mut lines);
            // An output that is closed costs the lines, and must not cost the requests.
            drop(output.write_all(&lines).and_then(|()| output.flush()));
            lines.clear();
            lines.shrink_to(KEPT_CAPACITY);
            if untold > 0 {
                tracing::warn!(lines = untold, "lines of the log were dropped: its reader was too slow");
            }
        }
    }

    /// Waits for lines, and takes all of them. Returns how many were dropped meanwhile.
    fn take(&self, lines: &mut Vec<u8>) -> u64 {
        let mut waiting = self.waiting();
        if waiting.lines.is_empty() {
            waiting.is_idle = true;
            self.changed.notify_all();
            let is_empty = |waiting: &mut Waiting| waiting.lines.is_empty();
            waiting = self.changed.wait_while(waiting, is_empty).unwrap_or_else(PoisonError::into_inner);
            drop(waiting);
            thread::sleep(GATHER);
            waiting = self.waiting();
        }
        std::mem::swap(lines, &mut waiting.lines);
        std::mem::take(&mut waiting.untold)
    }
}

/// Writes each line into the queue.
pub(super) struct QueueWriter(pub Arc<LogQueue>);

/// A line on its way into the queue.
pub(super) struct LineWriter<'a> {
    queue: &'a LogQueue,
    is_audit: bool,
}

impl<'a> MakeWriter<'a> for QueueWriter {
    type Writer = LineWriter<'a>;

    fn make_writer(&'a self) -> LineWriter<'a> {
        LineWriter { queue: &self.0, is_audit: false }
    }

    fn make_writer_for(&'a self, metadata: &Metadata<'_>) -> LineWriter<'a> {
        LineWriter { queue: &self.0, is_audit: metadata.target() == audit::TARGET }
    }
}

impl Write for LineWriter<'_> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.queue.push(line, self.is_audit);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};

    use super::*;

    /// An output that takes a write each time that it is let.
    struct Slow {
        let_in: Receiver<()>,
        written: Sender<Vec<u8>>,
    }

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.let_in.recv().map_err(io::Error::other)?;
            self.written.send(bytes.to_vec()).map_err(io::Error::other)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_that_nobody_reads_are_dropped_and_counted_and_those_of_the_audit_log_last() {
        let ((let_in, gate), (written, output)) = (channel(), channel());
        let queue = LogQueue::start(Slow { let_in: gate, written }).unwrap();
        let line = [b'x'; 1024];
        queue.push(&line, false);
        // The thread waits with the first line, or with all of them.
        for _ in 0..4 * MOST / line.len() {
            queue.push(&line, false);
        }
        assert!(queue.dropped.get() >= 2 * 1024, "{}", queue.dropped.get());
        for _ in 0..2 * MOST / line.len() {
            queue.push(&line, true);
        }
        assert_eq!(queue.dropped_audit.get(), 0);
        for _ in 0..2 * MOST_WITH_AUDIT / line.len() {
            queue.push(&line, true);
        }
        assert!(queue.dropped_audit.get() > 0);
        queue.flush(Duration::ZERO);
        for _ in 0..3 {
            let_in.send(()).unwrap();
        }
        queue.flush(Duration::from_secs(20));
        let written: usize = output.try_iter().map(|bytes| bytes.len()).sum();
        let sent = 1 + 4 * 1024 + 2 * 1024 + 16 * 1024;
        let dropped = usize::try_from(queue.dropped.get() + queue.dropped_audit.get()).unwrap();
        assert_eq!(written, (sent - dropped) * line.len(), "every other line is written");
    }
}
