//! Runs of scenarios put together from parts, and their tables.

use std::collections::HashMap;

use crate::support::runs::{job, run_whole, settings};

/// A table: a map from column to text for each row.
pub type Table = Vec<HashMap<String, String>>;

/// What a run left behind.
pub struct Ran {
    folder: tempfile::TempDir,
}

/// Parts of a scenario in mode `signalling` with oxygen and vessels. Sections that are not given have their defaults.
#[derive(Debug, Clone)]
pub struct Plan {
    pub replicates: u32,
    /// Edge of a cubic lattice.
    pub edge: u32,
    pub days: u32,
    pub step_hours: u32,
    pub check_days: u32,
    /// Lines of `[patient]`.
    pub patient: &'static str,
    /// Sections of the therapy.
    pub therapy: String,
    /// Days on which the environment is averaged.
    pub environment: Vec<u32>,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            replicates: 1,
            edge: 48,
            days: 120,
            step_hours: 12,
            check_days: 4,
            patient: "",
            therapy: String::new(),
            environment: Vec::new(),
        }
    }
}

/// Sections of a therapy without adverse events: lines by their regimens, each until progression.
pub fn lines(regimens: &[&str]) -> String {
    let lines =
        regimens.iter().map(|r| format!("[[therapy.line]]\nregimens = {r}\nuntil = \"progression\"\n"));
    format!(
        "[therapy]\n[therapy.visits]\nevery = \"84 d\"\n[therapy.toxicity]\nevents = false\n{}",
        lines.collect::<String>()
    )
}

impl Plan {
    pub fn text(&self) -> String {
        let days: Vec<String> = self.environment.iter().map(|d| format!("\"{d} d\"")).collect();
        let output = if days.is_empty() {
            String::new()
        } else {
            format!(
                "[output]\ndetailed_replicates = {}\nenvironment = [{}]\n",
                self.replicates,
                days.join(", ")
            )
        };
        format!(
            "name = \"trial\"\nphenotype = \"signalling\"\nreplicates = {}\n[time]\nstep = \"{} h\"\nend = \"{} d\"\n\
             every = \"{} d\"\n[lattice]\nsize = [{e}, {e}, {e}]\nplacement = \"radius\"\n[start]\nshape = \"nests\"\n\
             [patient]\n{}\n[oxygen]\n[vessels]\n{}{output}",
            self.replicates,
            self.step_hours,
            self.days,
            self.check_days,
            self.patient,
            self.therapy,
            e = self.edge,
        )
    }

    pub fn run(&self) -> Ran {
        run(&self.text())
    }
}

/// Runs a scenario.
pub fn run(text: &str) -> Ran {
    let folder = tempfile::tempdir().unwrap();
    run_whole(&job(text), &settings(), folder.path());
    Ran { folder }
}

impl Ran {
    /// A table by its name without `.csv`; empty if the run has none.
    pub fn table(&self, name: &str) -> Table {
        let path = self.folder.path().join(name).with_extension("csv");
        let Ok(text) = std::fs::read_to_string(path) else { return Vec::new() };
        let mut lines = text.lines().map(cells);
        let head = lines.next().unwrap();
        lines.map(|row| head.iter().cloned().zip(row).collect()).collect()
    }

    /// Rows of a table of one replicate.
    pub fn of(&self, name: &str, replicate: u32) -> Table {
        let mut table = self.table(name);
        table.retain(|row| row["replicate"] == replicate.to_string());
        table
    }

    /// Live and dead cells of a replicate at each check: day, live, dead.
    pub fn burden(&self, replicate: u32) -> Vec<(f64, f64, f64)> {
        let rows = self.of("series", replicate);
        rows.iter().map(|r| (number(r, "day"), number(r, "live"), number(r, "dead"))).collect()
    }

    /// Live cells of a replicate by day and state.
    pub fn states(&self, replicate: u32) -> HashMap<u32, HashMap<String, f64>> {
        let mut days: HashMap<u32, HashMap<String, f64>> = HashMap::new();
        for row in self.of("states", replicate) {
            let day = number(&row, "day") as u32;
            days.entry(day).or_default().insert(row["state"].clone(), number(&row, "live"));
        }
        days
    }

    /// Share of live cells of a replicate on a day in states that name a part.
    pub fn share(&self, replicate: u32, day: u32, part: &str) -> f64 {
        let states = &self.states(replicate)[&day];
        let all: f64 = states.values().sum();
        states.iter().filter(|(name, _)| name.contains(part)).map(|(_, n)| n).sum::<f64>() / all
    }
}

/// A cell as a number.
pub fn number(row: &HashMap<String, String>, column: &str) -> f64 {
    row[column].parse().unwrap_or_else(|_| panic!("{column}: {:?}", row[column]))
}

/// Cells of a line; quotes keep commas.
fn cells(line: &str) -> Vec<String> {
    let (mut all, mut quoted) = (vec![String::new()], false);
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => all.push(String::new()),
            c => all.last_mut().unwrap().push(c),
        }
    }
    all
}
