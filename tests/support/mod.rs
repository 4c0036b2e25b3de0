//! What all tests of whole runs share.

pub mod folders;
pub mod runs;
#[cfg(unix)]
pub mod signals;
pub mod treated;

use std::fs;
use std::path::Path;

/// Small, but with everything that a checkpoint must carry: replicates that die out, oxygen, drugs with a
/// cycle and with an adaptive rule, mutation and switching, pictures and clone counts off the checks.
pub const SMALL: &str = r#"
name = "small"
seed = 13
replicates = 4
mutation_amplification = 2.0
loci = ["tough", "gsk3", "rtk"]

[time]
step = "12 h"
end = "30 d"
every = "2 d"

[lattice]
size = [70, 40]
placement = "radius"
radius = 2
candidates = 6

[start]
shape = "count"
cells = 3

[[locus]]
name = "tough"
levels = ["no", "yes"]
birth_factor = [1.0, 1.1]

[[locus.change]]
from = 0
to = 1
mutation = "0.1 /division"

[[locus.change]]
from = 1
to = 0
mutation = "0.05 /division"

[[locus]]
name = "rtk"
levels = ["normal", "up"]

[[locus.change]]
from = 0
to = 1
switching = "0.01 /d"
with = { rapalog = "0.05 /d" }

[[locus.change]]
from = 1
to = 0
switching = "0.03 /d"

[rates]
birth = "0.30 /d"
death = "0.14 /d"
migration = "0.02 /d"
clearance = "0.2 /d"

[[rates.effect]]
drug = "rapalog"
states = "rtk=normal"
birth_factor = 0.6
death_add = "0.05 /d"

[[rates.effect]]
drug = "second"
states = "gsk3=normal"
kill_at_division = 0.1

[[drug]]
name = "rapalog"
start = "6 d"
cycle = { on = "3 d", off = "2 d" }

[[drug]]
name = "second"
start_burden = 10
adaptive = { off_below = 0.7, on_above = 1.2, every = "2 d" }

[oxygen]
vessels = "40 /mm2"

[stop]
progression = { factor = 6.0, observations = 2, halt = true }

[[stop.state]]
name = "first-tough"
states = "tough=yes"
cells = 1
halt = false

[[stop.state]]
name = "mostly-tough"
states = "tough=yes"
share = 0.6
halt = false

[output]
snapshots = ["0 d", "7.5 d", "30 d"]
clones = ["0 d", "5.5 d", "20 d", "30 d"]
detailed_replicates = 3
"#;

/// Names and bytes of the result files that must not depend on how a run was computed.
pub fn results(dir: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for folder in [dir.to_owned(), dir.join("snapshots"), dir.join("frames")] {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name.ends_with(".csv")
                || name.ends_with(".png")
                || name.ends_with(".frame")
                || name == "digest.txt"
            {
                files.push((name, fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// Fails with the first file that differs.
pub fn assert_same_results(found: &Path, expected: &Path, what: &str) {
    let (found, expected) = (results(found), results(expected));
    let names = |files: &[(String, Vec<u8>)]| files.iter().map(|f| f.0.clone()).collect::<Vec<_>>();
    assert_eq!(names(&found), names(&expected), "{what}");
    for (f, e) in found.iter().zip(&expected) {
        let lines =
            |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect::<Vec<_>>();
        if f.1 != e.1 {
            let (a, b) = (lines(&f.1), lines(&e.1));
            let line = a.iter().zip(&b).position(|(a, b)| a != b).unwrap_or(a.len().min(b.len()));
            panic!("{what}: {} differs in line {}:\n{:?}\n{:?}", f.0, line + 1, a.get(line), b.get(line));
        }
    }
}
