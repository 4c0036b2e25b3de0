//! Subjects in the order in which risk sets grow.

use super::super::Undefined;
use super::super::subject::{check, check_length, order, runs};
use super::CoxData;
use super::infinite::Direction;

/// Subjects of one stratum and time. Members are rows of the covariates, those with the event first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    /// Whether the risk set begins anew: those of blocks before it are forgotten.
    pub restart: bool,
    /// First row.
    pub begin: usize,
    /// End of the rows with the event.
    pub events_end: usize,
    /// End of all rows.
    pub end: usize,
}

/// Data of a fit. The risk set of a block is itself and the blocks before it, back to the last restart.
#[derive(Debug, Clone)]
pub(super) struct Prepared {
    /// Covariates, rows × columns, centred and scaled.
    pub x: Vec<f64>,
    /// Columns.
    pub columns: usize,
    /// Blocks by stratum, then by falling time.
    pub blocks: Vec<Block>,
    /// What each column was multiplied by.
    pub scale: Vec<f64>,
    /// Subjects.
    pub subjects: usize,
    /// Events.
    pub events: usize,
}

impl Prepared {
    pub fn new(data: &CoxData) -> Result<Prepared, Undefined> {
        let CoxData { subjects, covariates, columns, strata } = *data;
        check_inputs(data)?;
        let events = subjects.iter().filter(|s| s.event).count();
        if events == 0 {
            return Err(Undefined::NoEvents);
        }
        let (centre, scale) = standard(covariates, columns);
        let mut prepared = Prepared {
            x: Vec::with_capacity(covariates.len()),
            columns,
            blocks: Vec::new(),
            scale,
            subjects: subjects.len(),
            events,
        };
        for stratum in runs(&order(subjects, strata), |&i| strata.map_or(0, |s| s[i])) {
            let times: Vec<&[usize]> = runs(stratum, |&i| subjects[i].time).collect();
            for (nth, tied) in times.iter().rev().enumerate() {
                let row = |i: usize| &covariates[i * columns..(i + 1) * columns];
                let with = tied.iter().filter(|&&i| subjects[i].event).map(|&i| row(i));
                let without = tied.iter().filter(|&&i| !subjects[i].event).map(|&i| row(i));
                prepared.push(nth == 0, with.clone().count(), with.chain(without), &centre);
            }
        }
        Ok(prepared)
    }

    fn push<'a>(
        &mut self,
        restart: bool,
        events: usize,
        rows: impl Iterator<Item = &'a [f64]>,
        centre: &[f64],
    ) {
        let begin = self.rows();
        for row in rows {
            let scaled = row.iter().zip(centre).zip(&self.scale).map(|((x, c), s)| (x - c) * s);
            self.x.extend(scaled);
        }
        self.blocks.push(Block { restart, begin, events_end: begin + events, end: self.rows() });
    }

    /// A row's covariates.
    pub fn row(&self, i: usize) -> &[f64] {
        &self.x[i * self.columns..(i + 1) * self.columns]
    }

    fn rows(&self) -> usize {
        self.x.len() / self.columns
    }

    /// The data as they count if a coefficient is infinite: at every time only those at risk whose covariate is the largest
    /// (or smallest) have any weight. A larger value that comes to be at risk makes the risk set begin anew.
    pub fn in_limit(self, column: usize, direction: Direction) -> Prepared {
        let Some(sign) = direction.sign() else { return self };
        let mut limit = Prepared { x: Vec::with_capacity(self.x.len()), blocks: Vec::new(), ..self.clone() };
        let (mut most, mut restart) = (f64::NEG_INFINITY, false);
        for block in &self.blocks {
            let value = |i: usize| sign * self.row(i)[column];
            let here = (block.begin..block.end).map(value).fold(f64::NEG_INFINITY, f64::max);
            restart |= block.restart || here > most;
            most = if block.restart { here } else { most.max(here) };
            let begin = limit.rows();
            for i in (block.begin..block.end).filter(|&i| value(i) == most) {
                limit.x.extend_from_slice(self.row(i));
            }
            if limit.rows() > begin {
                let events_end = begin + (block.events_end - block.begin);
                limit.blocks.push(Block { restart, begin, events_end, end: limit.rows() });
                restart = false;
            }
        }
        limit
    }
}

fn check_inputs(data: &CoxData) -> Result<(), Undefined> {
    let count = data.subjects.len();
    check(data.subjects)?;
    if data.columns == 0 {
        return Err(Undefined::OutOfRange {
            what: "the number of covariates",
            value: 0.0,
            expected: "1 or more",
        });
    }
    check_length("the covariates", data.covariates.len(), count.saturating_mul(data.columns))?;
    check_length("the strata", data.strata.map_or(count, <[usize]>::len), count)?;
    match data.covariates.iter().find(|x| !x.is_finite()) {
        Some(&value) => {
            Err(Undefined::OutOfRange { what: "a covariate", value, expected: "a finite number" })
        }
        None => Ok(()),
    }
}

/// Mean of each column, and one over its mean distance from it (1 where that is 0), as R scales.
fn standard(covariates: &[f64], columns: usize) -> (Vec<f64>, Vec<f64>) {
    let rows = (covariates.len() / columns) as f64;
    let column = |j: usize| covariates.iter().skip(j).step_by(columns);
    let centre: Vec<f64> = (0..columns).map(|j| column(j).sum::<f64>() / rows).collect();
    let width = |j: usize| column(j).map(|x| (x - centre[j]).abs()).sum::<f64>() / rows;
    let scale = (0..columns).map(width).map(|w| if w > 0.0 { 1.0 / w } else { 1.0 }).collect();
    (centre, scale)
}
