//! How much memory the program may still take: the least of what the machine has, what a batch system or a container grants, and
//! what the shell allows.

use std::fs;
use std::path::{Path, PathBuf};

/// Where the system does not say how much memory is available.
const ASSUMED_BYTES: u64 = 8 << 30;

/// What there is of memory, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// What this program can still take now.
    pub free: u64,
    /// What it could take if no other needed any.
    pub whole: u64,
}

impl Memory {
    /// The same if no other program needed any.
    pub fn at_best(self) -> Self {
        Self { free: self.whole, ..self }
    }

    fn least(self, other: Self) -> Self {
        Self { free: self.free.min(other.free), whole: self.whole.min(other.whole) }
    }

    /// A limit, of which so much is used.
    fn limited(limit: u64, used: u64) -> Self {
        Self { free: limit.saturating_sub(used), whole: limit }
    }
}

/// The memory that there is for this program, as the system says, or a careful guess.
pub fn available() -> Memory {
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| of_machine(&text));
    let of_group = fs::read_to_string("/proc/self/cgroup").ok();
    let group = of_group.and_then(|text| of_groups(&text, Path::new("/sys/fs/cgroup")));
    let machine = machine.unwrap_or(Memory { free: ASSUMED_BYTES, whole: ASSUMED_BYTES });
    [group, of_shell()].into_iter().flatten().fold(machine, Memory::least)
}

/// Memory that the machine has, and what it can give without swapping.
fn of_machine(meminfo: &str) -> Option<Memory> {
    let bytes = |name: &str| {
        let line = meminfo.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
    };
    let free = bytes("MemAvailable")?;
    Some(Memory { free, whole: bytes("MemTotal").unwrap_or(free) })
}

/// Address space by the shell's limit (`ulimit -v`).
#[cfg(unix)]
fn of_shell() -> Option<Memory> {
    let limit = rustix::process::getrlimit(rustix::process::Resource::As).current?;
    let pages = fs::read_to_string("/proc/self/statm").ok();
    let used = pages.and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0);
    Some(Memory::limited(limit, used * rustix::param::page_size() as u64))
}

#[cfg(not(unix))]
fn of_shell() -> Option<Memory> {
    None
}

/// What the control groups of a process leave, by the text of `/proc/self/cgroup`: a line for each hierarchy, as `0::/job/step` in
/// version 2 and `4:memory:/job/step` in version 1. The limits of all groups above hold too.
fn of_groups(cgroup: &str, mounted: &Path) -> Option<Memory> {
    let groups = cgroup.lines().filter_map(|line| {
        let mut parts = line.splitn(3, ':').skip(1);
        let (kinds, path) = (parts.next()?, parts.next()?);
        if kinds.is_empty() {
            return Some((mounted.to_owned(), path, ["memory.max", "memory.current"]));
        }
        let files = ["memory.limit_in_bytes", "memory.usage_in_bytes"];
        kinds.split(',').any(|kind| kind == "memory").then(|| (mounted.join("memory"), path, files))
    });
    groups.filter_map(|(root, path, files)| least_above(&root, path, files)).reduce(Memory::least)
}

/// The least that a group and those above it leave.
fn least_above(root: &Path, path: &str, files: [&str; 2]) -> Option<Memory> {
    let own = root.join(path.trim_start_matches('/'));
    let above = own.ancestors().take_while(|dir| dir.starts_with(root));
    above.filter_map(|dir| left_in(dir.to_owned(), files)).reduce(Memory::least)
}

/// What one group leaves; `None` where it has no limit. Files that are kept in memory for later give way.
fn left_in(dir: PathBuf, [limit, used]: [&str; 2]) -> Option<Memory> {
    let number = |file: &str| fs::read_to_string(dir.join(file)).ok()?.trim().parse::<u64>().ok();
    let limit = number(limit)?;
    let stat = fs::read_to_string(dir.join("memory.stat")).unwrap_or_default();
    // In version 1 the first of the names counts the groups below too, as the use does; version 2 has the second alone.
    let kept = ["total_inactive_file ", "inactive_file "]
        .into_iter()
        .find_map(|name| stat.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<u64>().ok()));
    Some(Memory::limited(limit, number(used).unwrap_or(0).saturating_sub(kept.unwrap_or(0))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_tells_what_is_available() {
        let memory = of_machine("MemTotal: 2048 kB\nMemAvailable:   1024 kB\n");
        assert_eq!(memory, Some(Memory { free: 1 << 20, whole: 2 << 20 }));
        assert_eq!(of_machine("MemTotal: 9 kB\n"), None);
        assert_eq!(of_machine("MemAvailable: many kB\n"), None);
    }

    fn group(root: &Path, path: &str, files: &[(&str, &str)]) {
        let dir = root.join(path);
        fs::create_dir_all(&dir).unwrap();
        files.iter().for_each(|(name, text)| fs::write(dir.join(name), text).unwrap());
    }

    // Batch systems and containers grant less than the machine has; a step's group lies in that of its job.
    #[test]
    fn a_control_group_grants_what_it_and_those_above_leave() {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path();
        group(
            root,
            "job",
            &[
                ("memory.max", "5000\n"),
                ("memory.current", "1500\n"),
                ("memory.stat", "anon 1\ninactive_file 500\n"),
            ],
        );
        group(root, "job/step", &[("memory.max", "max\n"), ("memory.current", "10\n")]);
        assert_eq!(of_groups("0::/job/step\n", root), Some(Memory { free: 4000, whole: 5000 }));
        assert_eq!(of_groups("0::/elsewhere\n", root), None);
        group(root, "job/step", &[("memory.max", "3000\n")]);
        assert_eq!(of_groups("0::/job/step\n", root), Some(Memory { free: 2990, whole: 3000 }));
    }

    #[test]
    fn control_groups_of_the_first_version_count_too() {
        let temp = tempfile::tempdir().unwrap();
        let files = [
            ("memory.limit_in_bytes", "700\n"),
            ("memory.usage_in_bytes", "100\n"),
            ("memory.stat", "inactive_file 1\ntotal_inactive_file 30\n"),
        ];
        group(temp.path(), "memory/slurm", &files);
        assert_eq!(
            of_groups("7:cpuset:/slurm\n4:memory:/slurm\n", temp.path()),
            Some(Memory { free: 630, whole: 700 })
        );
    }
}
