//! How many threads are started.

use std::env;

/// Most threads a core that are started: more only wait for each other.
const MAX_A_CORE: usize = 4;

/// What Slurm says of the CPUs that a task was given: those of the task, and those of the whole job on this machine. Not every cluster
/// holds a job to them.
const OF_SLURM: [&str; 2] = ["SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE"];

/// Threads that are started where so many are asked for; 0 means as many as [`granted`].
pub fn threads(asked: usize) -> usize {
    if asked == 0 { granted() } else { asked.min(MAX_A_CORE * cores()) }
}

/// The CPUs that this process was given: the least of its affinity, its control group, and what Slurm says.
pub fn granted() -> usize {
    least(cores(), OF_SLURM.map(|name| env::var(name).ok()))
}

/// The CPUs of affinity and control group.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// What is no number above 0 says nothing.
fn least(cores: usize, said: [Option<String>; 2]) -> usize {
    let said = said.iter().flatten().filter_map(|text| text.trim().parse().ok());
    said.filter(|n| *n > 0).fold(cores, usize::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_has_the_least_of_what_it_was_given() {
        let least = |task: Option<&str>, node: Option<&str>| {
            super::least(8, [task, node].map(|text| text.map(str::to_owned)))
        };
        assert_eq!(least(None, None), 8);
        assert_eq!(least(Some("2"), Some("4")), 2);
        assert_eq!(least(None, Some("1")), 1);
        assert_eq!(least(Some("64"), None), 8);
        for odd in ["0", "", "-3", "many", "2(x3)"] {
            assert_eq!(least(Some(odd), None), 8, "{odd}");
        }
    }

    #[test]
    fn what_is_asked_for_wins() {
        assert_eq!(threads(1), 1);
        assert_eq!(threads(usize::MAX), MAX_A_CORE * cores());
        assert!((1..=cores()).contains(&threads(0)));
    }
}
