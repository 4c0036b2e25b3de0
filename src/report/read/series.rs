//! `series.csv`, joined with `states.csv` where that stands beside it.
//!
//! A series can have millions of checks of thousands of replicates, of which a plot shows hundreds. So it is read twice: first its
//! length, then what is kept, which is all of a series that is not too long, else checks at even distances in time, with the extremes
//! of each replicate. What has to be exact is worked out on the way.

use std::collections::BTreeMap;
use std::path::Path;

use documented::DocumentedFields;

use super::table::{each, each_record, field, row};
use crate::plot::MAX_POINTS;
use crate::report::ReportError;
use crate::simulation::folder::RunTable;
use crate::simulation::{Events, ReplicateRow, SeriesRow, StateRow};

/// Columns before those of states.
const FIXED: usize = SeriesRow::FIELD_NAMES.len() + Events::FIELD_NAMES.len();
/// Numbers that are kept of all checks together.
const MAX_NUMBERS: usize = 1 << 22;
/// Times of which all replicates are kept.
const MAX_TIMES: usize = 1 << 13;
/// Fewer live cells times steps than this tell nothing of how often cells divide or die.
const MIN: f64 = 1000.0;

/// A check, with live cells by state.
#[derive(Debug, Clone, PartialEq)]
pub struct Check {
    /// Replicate.
    pub replicate: u32,
    /// Step.
    pub step: u32,
    /// Day.
    pub day: f64,
    /// Live cells.
    pub live: u64,
    /// Dead cells.
    pub dead: u64,
    /// Live cells by state, in the order of [`Series::states`].
    pub by_state: Vec<u32>,
}

/// When drugs were on: a stretch of time between two checks of which all replicates are kept.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Stretch {
    /// First day.
    pub from: f64,
    /// Last day.
    pub to: f64,
    /// Checks of replicates within.
    pub checks: u32,
    /// In how many of these each drug was on, in the order of [`Series::drugs`].
    pub on: Vec<u32>,
}

/// Checks of all replicates.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Series {
    /// Names of the states.
    pub states: Vec<String>,
    /// Drugs that were on at any check.
    pub drugs: Vec<String>,
    /// What is kept of each replicate, replicates by their numbers, checks in order of time.
    pub checks: BTreeMap<u32, Vec<Check>>,
    /// Days of which all replicates are kept, rising; the last one is that of the last check.
    pub days: Vec<f64>,
    /// When drugs were on.
    pub therapy: Vec<Stretch>,
    /// How many checks there are in all.
    pub length: u64,
    /// The largest share of the live cells that divided or died in a step between two checks; `None` where cells were too few.
    pub busiest: Option<f64>,
    /// Largest number of live cells, and of dead ones, at any check.
    pub most: (u64, u64),
    /// Smallest number of live cells above 0.
    pub least: u64,
}

impl Series {
    /// Reads the series of a folder.
    ///
    /// # Errors
    ///
    /// As for [`each`].
    pub fn read(dir: &Path) -> Result<Self, ReportError> {
        let path = dir.join(RunTable::Series.file_name());
        let long = Some(dir.join(RunTable::States.file_name())).filter(|p| p.exists());
        let (length, columns) = measure(&path)?;
        let mut numbers = BTreeMap::new();
        if let (Some(long), true) = (&long, columns.len() == FIXED) {
            each(long, |row: StateRow| {
                let next = numbers.len();
                numbers.entry(row.state).or_insert(next);
                Ok(())
            })?;
        }
        let width = 8 + (columns.len() - FIXED).max(numbers.len());
        let mut reading = Reading::new(&length, width);
        reading.series.states = columns[FIXED..].to_vec();
        each_record(&path, |head, row| reading.add(&path, head, row))?;
        let mut series = reading.done();
        if let (Some(long), false) = (&long, numbers.is_empty()) {
            join(&mut series, long, &numbers)?;
        }
        Ok(series)
    }

    /// Start and end of each replicate, where there is no series.
    ///
    /// # Errors
    ///
    /// As for [`each`].
    pub fn ends(dir: &Path) -> Result<Self, ReportError> {
        let mut out = Self { least: u64::MAX, ..Self::default() };
        each(&dir.join(RunTable::Replicates.file_name()), |row: ReplicateRow| {
            let check = |step, day, live, dead| {
                let (replicate, by_state) = (row.replicate, Vec::new());
                Check { replicate, step, day, live, dead, by_state }
            };
            let mut checks = vec![check(0, 0.0, row.start_live, 0)];
            if row.end_step > 0 {
                checks.push(check(row.end_step, row.end_day, row.live, row.dead));
            }
            out.length += checks.len() as u64;
            out.days.push(row.end_day);
            out.checks.insert(row.replicate, checks);
            Ok(())
        })?;
        out.days = [0.0].into_iter().chain(out.days.into_iter().max_by(f64::total_cmp)).collect();
        out.days.dedup();
        Ok(out)
    }

    /// Whether some checks were not kept.
    pub fn is_thinned(&self) -> bool {
        self.checks.values().map(|c| c.len() as u64).sum::<u64>() < self.length
    }

    /// Whether a replicate has more checks than a line shows.
    pub fn is_crowded(&self) -> bool {
        self.checks.values().any(|c| c.len() > MAX_POINTS)
    }

    /// Checks of a replicate that are kept, in order of time.
    pub fn of(&self, replicate: u32) -> &[Check] {
        self.checks.get(&replicate).map_or(&[], Vec::as_slice)
    }

    /// For each of the days, what every replicate was on it: as at its last check, if it was halted before.
    pub fn on_days(&self) -> impl Iterator<Item = (f64, impl Iterator<Item = &Check>)> {
        self.days.iter().map(|day| {
            let latest = |checks: &'_ Vec<Check>| checks.partition_point(|c| c.day <= *day).checked_sub(1);
            (*day, self.checks.values().filter_map(move |c| latest(c).map(|at| &c[at])))
        })
    }

    /// Last day of any replicate.
    pub fn last_day(&self) -> f64 {
        self.days.last().copied().unwrap_or(0.0)
    }

    /// First day on which a replicate with live cells was halted, if others went on.
    pub fn first_halt(&self) -> Option<f64> {
        let last = self.checks.values().filter_map(|c| c.last());
        let ends = last.filter(|c| c.live > 0).map(|c| c.day);
        ends.min_by(f64::total_cmp).filter(|day| *day < self.last_day())
    }
}

/// What is looked at first.
struct SeriesLength {
    /// Rows.
    rows: u64,
    /// Steps, from the first one to the last one.
    steps: u32,
    /// From a check to the next one, steps.
    check: u32,
}

/// How long a series is, and its columns.
fn measure(path: &Path) -> Result<(SeriesLength, Vec<String>), ReportError> {
    let mut length = SeriesLength { rows: 0, steps: 0, check: u32::MAX };
    let mut columns: Vec<String> = Vec::new();
    each_record(path, |head, row| {
        if columns.is_empty() {
            columns = head.iter().map(str::to_owned).collect();
        }
        let step: u32 = field(path, head, row, 1)?;
        length.rows += 1;
        length.steps = length.steps.max(step);
        length.check = if step > 0 { length.check.min(step) } else { length.check };
        Ok(())
    })?;
    if columns.len() < FIXED {
        let why = "its head is not that of a time series, or it has no rows".to_owned();
        return Err(ReportError::Table { path: path.to_owned(), line: Some(1), why });
    }
    Ok((length, columns))
}

/// What is remembered of a replicate while its checks are read.
#[derive(Default)]
struct Known {
    /// Live cells and step of the check before, and its births and deaths.
    before: Option<(u64, u32, u64)>,
    /// Its least and largest check after the first one, as far as they are kept for that alone.
    least: Option<Check>,
    largest: Option<Check>,
    /// Its latest check, if it is not kept yet.
    last: Option<Check>,
}

struct Reading {
    series: Series,
    known: BTreeMap<u32, Known>,
    /// Every check at a multiple of so many steps is kept.
    every: u32,
    /// Days by kept steps.
    days: BTreeMap<u32, f64>,
    stretches: BTreeMap<u32, Stretch>,
}

impl Reading {
    fn new(length: &SeriesLength, width: usize) -> Self {
        let check = if length.check == u32::MAX { 1 } else { length.check };
        let times = (length.steps / check) as usize;
        let numbers = (length.rows as usize).saturating_mul(width);
        let stride = numbers.div_ceil(MAX_NUMBERS).max(times.div_ceil(MAX_TIMES)).max(1);
        Self {
            series: Series { length: length.rows, least: u64::MAX, ..Series::default() },
            known: BTreeMap::new(),
            every: check.saturating_mul(u32::try_from(stride).unwrap_or(u32::MAX)),
            days: BTreeMap::new(),
            stretches: BTreeMap::new(),
        }
    }

    fn add(
        &mut self,
        path: &Path,
        head: &csv::StringRecord,
        record: &csv::StringRecord,
    ) -> Result<(), ReportError> {
        let SeriesRow { replicate, step, day, live, dead, drugs, .. } = row(path, head, record)?;
        let events: Events = row(path, head, record)?;
        let by_state = (FIXED..head.len()).map(|c| field(path, head, record, c)).collect::<Result<_, _>>()?;
        let check = Check { replicate, step, day, live, dead, by_state };
        self.drugs(&check, &drugs);
        self.judge(&check, events.births + events.deaths);
        self.keep(check);
        Ok(())
    }

    /// Which drugs were on before a check.
    fn drugs(&mut self, check: &Check, names: &str) {
        let stretch = self.stretches.entry(check.step.div_ceil(self.every)).or_default();
        stretch.to = stretch.to.max(check.day);
        stretch.checks += 1;
        for name in names.split('+').filter(|d| !d.is_empty()) {
            let drugs = &mut self.series.drugs;
            let drug = drugs.iter().position(|d| d == name).unwrap_or_else(|| {
                drugs.push(name.to_owned());
                drugs.len() - 1
            });
            if stretch.on.len() <= drug {
                stretch.on.resize(drug + 1, 0);
            }
            stretch.on[drug] += 1;
        }
    }

    /// What has to be exact.
    fn judge(&mut self, check: &Check, events: u64) {
        let known = self.known.entry(check.replicate).or_default();
        if let Some((live, step, before)) = known.before {
            let cells = (live + check.live) as f64 / 2.0 * f64::from(check.step - step.min(check.step));
            if cells >= MIN {
                let share = events.saturating_sub(before) as f64 / cells;
                self.series.busiest = Some(self.series.busiest.map_or(share, |most| most.max(share)));
            }
        }
        known.before = Some((check.live, check.step, events));
        let (live, dead) = self.series.most;
        self.series.most = (live.max(check.live), dead.max(check.dead));
        if check.live > 0 {
            self.series.least = self.series.least.min(check.live);
        }
    }

    fn keep(&mut self, check: Check) {
        let known = self.known.entry(check.replicate).or_default();
        let kept = self.series.checks.entry(check.replicate).or_default();
        if check.step.is_multiple_of(self.every) || kept.is_empty() {
            if check.step.is_multiple_of(self.every) {
                self.days.insert(check.step, check.day);
            }
            known.last = None;
            kept.push(check);
            return;
        }
        if known.least.as_ref().is_none_or(|least| check.live < least.live) {
            known.least = Some(check.clone());
        }
        if known.largest.as_ref().is_none_or(|largest| check.live > largest.live) {
            known.largest = Some(check.clone());
        }
        known.last = Some(check);
    }

    fn done(mut self) -> Series {
        for (replicate, known) in self.known {
            let kept = self.series.checks.entry(replicate).or_default();
            kept.extend([known.least, known.largest, known.last].into_iter().flatten());
            kept.sort_by_key(|c| c.step);
            kept.dedup_by_key(|c| c.step);
        }
        let last = self.series.checks.values().filter_map(|c| c.last()).max_by_key(|c| c.step);
        last.into_iter().for_each(|c| {
            self.days.insert(c.step, c.day);
        });
        self.series.days = self.days.into_values().collect();
        let mut from = 0.0;
        for mut stretch in self.stretches.into_values() {
            stretch.from = std::mem::replace(&mut from, stretch.to);
            stretch.on.resize(self.series.drugs.len(), 0);
            self.series.therapy.push(stretch);
        }
        self.series
    }
}

/// Adds the states of a table of their own, in the order in which they first appear.
fn join(series: &mut Series, path: &Path, numbers: &BTreeMap<String, usize>) -> Result<(), ReportError> {
    series.states = vec![String::new(); numbers.len()];
    numbers.iter().for_each(|(name, number)| series.states[*number].clone_from(name));
    series.checks.values_mut().flatten().for_each(|c| c.by_state = vec![0; numbers.len()]);
    each(path, |row: StateRow| {
        let checks = series.checks.get_mut(&row.replicate);
        let place = checks.and_then(|checks| {
            let at = checks.binary_search_by_key(&row.step, |c| c.step).ok()?;
            checks.get_mut(at)
        });
        if let (Some(check), Some(state)) = (place, numbers.get(&row.state)) {
            check.by_state[*state] = row.live;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> String {
        [SeriesRow::FIELD_NAMES, Events::FIELD_NAMES, &["s\n"]].concat().join(",")
    }

    fn series(replicates: u32, checks: u32, live: impl Fn(u32, u32) -> u64) -> Series {
        let temp = tempfile::tempdir().unwrap();
        let mut text = head();
        let zeros = "0,".repeat(Events::FIELD_NAMES.len());
        for (step, replicate) in (0..checks).flat_map(|c| (0..replicates).map(move |r| (3 * c, r))) {
            let cells = live(replicate, step);
            let drug = if step / 3 % 2 == 1 { "one" } else { "" };
            text += &format!("{replicate},{step},{step},{cells},0,{drug},running,{zeros}{cells}\n");
        }
        std::fs::write(temp.path().join("series.csv"), text).unwrap();
        Series::read(temp.path()).unwrap()
    }

    #[test]
    fn all_checks_of_a_short_series_are_kept() {
        let short = series(2, 5, |r, step| u64::from(step + r));
        assert!(!short.is_thinned());
        assert_eq!((short.of(1).len(), short.days.as_slice()), (5, &[0.0, 3.0, 6.0, 9.0, 12.0][..]));
        let on: Vec<(f64, f64, u32)> = short.therapy.iter().map(|t| (t.from, t.to, t.on[0])).collect();
        assert_eq!(on, [(0.0, 0.0, 0), (0.0, 3.0, 2), (3.0, 6.0, 0), (6.0, 9.0, 2), (9.0, 12.0, 0)]);
    }

    // A report of 4e5 checks took half a gigabyte, and the page grew without bound.
    #[test]
    fn of_a_long_series_even_times_the_extremes_and_the_end_are_kept() {
        let odd = |step| if step == 3 * 33_331 { 1 } else { u64::from(1000 + step % 7) };
        let long = series(1, 100_000, |_, step| odd(step));
        let checks = long.of(0);
        assert!(long.is_thinned() && checks.len() <= MAX_TIMES + 4, "{}", checks.len());
        assert!(checks.iter().any(|c| c.live == 1) && long.least == 1);
        assert_eq!((checks[0].step, checks.last().unwrap().step), (0, 3 * 99_999));
        assert!(long.days.windows(2).all(|w| w[0] < w[1]) && long.days.len() <= MAX_TIMES + 2);
        let (on, checks): (u32, u32) =
            long.therapy.iter().fold((0, 0), |(on, all), t| (on + t.on[0], all + t.checks));
        assert_eq!((on, checks), (50_000, 100_000));
    }

    // Replicates that were halted left the sums, and a growing tumour seemed to collapse.
    #[test]
    fn a_replicate_that_was_halted_stays_what_it_was() {
        let temp = tempfile::tempdir().unwrap();
        let zeros = "0,".repeat(Events::FIELD_NAMES.len());
        let row = |r, step, live| format!("{r},{step},{step},{live},0,,x,{zeros}{live}\n");
        let rows = [row(0, 0, 5), row(1, 0, 5), row(0, 2, 90), row(1, 2, 6), row(1, 4, 7)].concat();
        std::fs::write(temp.path().join("series.csv"), head() + &rows).unwrap();
        let series = Series::read(temp.path()).unwrap();
        let sums: Vec<(f64, u64)> =
            series.on_days().map(|(day, checks)| (day, checks.map(|c| c.live).sum())).collect();
        assert_eq!((sums, series.first_halt()), (vec![(0.0, 10), (2.0, 96), (4.0, 97)], Some(2.0)));
    }
}
