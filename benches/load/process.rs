//! What processes cost: processor time and memory, from the kernel.

use std::time::Duration;

use nix::time::{ClockId, clock_gettime};
use nix::unistd::Pid;

use crate::Outcome;

/// The unit of the times in `/proc/PID/stat`: `USER_HZ`, which Linux has fixed at 100.
const TICK: Duration = Duration::from_millis(10);

/// The processes whose time is taken.
pub struct Meter {
    server: Pid,
    postmaster: Option<Pid>,
}

/// Processor time that was used up to some moment.
#[derive(Clone, Copy, Debug, Default)]
pub struct Used {
    /// By the server.
    pub server: Duration,
    /// By all processes of the database, where it is not in the server.
    pub database: Duration,
}

/// Memory of a process, in KiB.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory {
    /// Resident now.
    pub resident: u64,
    /// Resident at most since it started, or since the peak was forgotten.
    pub peak: u64,
}

impl Meter {
    /// A meter of a server, and of the cluster under a postmaster.
    pub fn new(server: Pid, postmaster: Option<Pid>) -> Self {
        Self { server, postmaster }
    }

    /// What they used so far.
    pub fn read(&self) -> Outcome<Used> {
        let database = self.postmaster.map(cluster_time).transpose()?.unwrap_or_default();
        Ok(Used { server: processor_time(self.server)?, database })
    }

    /// Begins to take the peak of the server's memory anew.
    pub fn forget_peak(&self) -> Outcome {
        Ok(std::fs::write(format!("/proc/{}/clear_refs", self.server), "5")?)
    }

    /// The memory of the server.
    pub fn memory(&self) -> Outcome<Memory> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.server))?;
        let kib = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|line| line.trim_start_matches(':').trim().split(' ').next()?.parse().ok())
                .ok_or_else(|| format!("/proc/PID/status has no {name}"))
        };
        Ok(Memory { resident: kib("VmRSS")?, peak: kib("VmHWM")? })
    }
}

/// The processor time of a process, in nanoseconds: of its threads that are and of those that were. It is the sum that
/// `/proc/PID/stat` shows in hundredths of a second.
pub fn processor_time(process: Pid) -> Outcome<Duration> {
    Ok(clock_gettime(ClockId::pid_cpu_clock_id(process)?)?.into())
}

/// The processor time of a cluster: of the postmaster, of its children, and of those that have ended.
fn cluster_time(postmaster: Pid) -> Outcome<Duration> {
    let mut total = processor_time(postmaster)? + TICK * Stat::of(postmaster)?.ended_children;
    for entry in std::fs::read_dir("/proc")? {
        let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse().ok()).map(Pid::from_raw) else {
            continue;
        };
        // One that ends between two looks is counted among the ended, the next time.
        if Stat::of(pid).is_ok_and(|stat| stat.parent == postmaster) {
            total += processor_time(pid).unwrap_or_default();
        }
    }
    Ok(total)
}

/// The parent of a process.
pub fn parent(process: Pid) -> Outcome<Pid> {
    Ok(Stat::of(process)?.parent)
}

/// As much of `/proc/PID/stat` as is asked for.
struct Stat {
    parent: Pid,
    /// In ticks.
    ended_children: u32,
}

impl Stat {
    fn of(process: Pid) -> Outcome<Self> {
        let text = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
        // The name in parentheses may hold anything; the third field is behind it.
        let (_, rest) = text.rsplit_once(") ").ok_or("/proc/PID/stat has no name")?;
        let fields: Vec<&str> = rest.split(' ').collect();
        let field = |number: usize| fields.get(number - 3).copied().ok_or("/proc/PID/stat is short");
        let ended_children = field(16)?.parse::<u32>()? + field(17)?.parse::<u32>()?;
        Ok(Self { parent: Pid::from_raw(field(4)?.parse()?), ended_children })
    }
}
