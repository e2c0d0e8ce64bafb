//! What a run ran on, in words.

use std::process::Command;
use std::time::Duration;

use countersign::types::Clock;

use crate::Outcome;
use crate::table::micros;
use crate::yardsticks::{Yardsticks, median};

/// Date, machine, commit, and what the yardsticks came to; S is given.
pub fn describe(yardsticks: &Yardsticks, signature: Duration) -> Outcome<String> {
    let now = Clock::System.now().to_string();
    let cores = std::thread::available_parallelism()?;
    let memory: u64 = field("/proc/meminfo", "MemTotal")?.trim_end_matches(" kB").parse()?;
    let kernel = std::fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let processor = field("/proc/cpuinfo", "model name").unwrap_or_else(|_| std::env::consts::ARCH.to_owned());
    Ok(format!(
        "{}, commit {}; {cores} cores of {processor}, {} GiB of memory, Linux {}. S, one RSA-2048 signature: {:.0} µs; \
         ES256: {:.1} µs; EdDSA: {:.1} µs; Argon2id: {:.2} ms.",
        now.split('T').next().unwrap_or_default(),
        commit(),
        (memory + (1 << 19)) >> 20,
        kernel.trim(),
        micros(signature),
        micros(yardsticks.es256),
        micros(yardsticks.eddsa),
        micros(median(yardsticks.hashes()?)) / 1e3,
    ))
}

/// The first value of a name in one of the kernel's lists.
fn field(file: &str, name: &str) -> Outcome<String> {
    let text = std::fs::read_to_string(file)?;
    let line = text.lines().filter_map(|line| line.split_once(':')).find(|(known, _)| known.trim() == name);
    Ok(line.map(|(_, value)| value.trim().to_owned()).ok_or_else(|| format!("{file} has no {name}"))?)
}

fn commit() -> String {
    let describe = ["-C", env!("CARGO_MANIFEST_DIR"), "describe", "--always", "--dirty", "--abbrev=7"];
    let output = Command::new("git").args(describe).output();
    let text = output.ok().filter(|output| output.status.success()).map(|output| output.stdout);
    text.and_then(|text| String::from_utf8(text).ok())
        .map_or_else(|| "unknown".to_owned(), |text| text.trim().to_owned())
}
