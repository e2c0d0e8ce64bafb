//! The process, under the names that every client library of Prometheus gives it.

use std::fs;

use super::Page;
use super::stopwatch::process_cpu;
use crate::types::Timestamp;

/// Writes what the operating system knows of this process, as far as it tells.
pub fn write_process(started_at: Timestamp, page: &mut Page) {
    page.counter("process_cpu_seconds_total", "Processor time of all threads.").duration(&[], process_cpu());
    page.gauge("process_start_time_seconds", "When the process started, since the Unix epoch.")
        .number(&[], started_at.seconds());
    if let Some(bytes) = resident_memory() {
        page.gauge("process_resident_memory_bytes", "Memory that is held.").number(&[], bytes);
    }
    if let Some(open) = fs::read_dir("/proc/self/fd").ok().map(Iterator::count) {
        // Reading the folder takes one itself.
        let open = u64::try_from(open.saturating_sub(1)).unwrap_or(u64::MAX);
        page.gauge("process_open_fds", "Open files and sockets.").number(&[], open);
    }
    if let Some(most) = field("/proc/self/limits", "Max open files") {
        page.gauge("process_max_fds", "Files and sockets that may be open.").number(&[], most);
    }
    if let Some(threads) = field("/proc/self/status", "Threads:") {
        page.gauge("process_threads", "Threads.").number(&[], threads);
    }
}

fn resident_memory() -> Option<u64> {
    field("/proc/self/status", "VmRSS:").map(|kib| kib * 1024)
}

/// The first number behind a name in one of the files that Linux keeps about a process.
fn field(file: &str, name: &str) -> Option<u64> {
    let text = fs::read_to_string(file).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_are_there() {
        assert!(resident_memory().is_some_and(|bytes| bytes > 1024 * 1024));
        assert!(field("/proc/self/status", "Threads:").is_some_and(|threads| threads > 0));
        assert!(field("/proc/self/limits", "Max open files").is_some_and(|most| most > 0));
        assert_eq!(field("/proc/self/status", "Nothing:"), None);
    }
}
