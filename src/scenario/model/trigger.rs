//! What is measured in blood and pauses or ends a line.

use serde::Serialize;

use super::locus::ChangeKind;
use crate::scenario::declare::*;
use crate::scenario::nearest::{list, nearest};
use crate::scenario::shown::shown;
use crate::words::named;

named! {
    /// What is measured in blood.
    pub enum TriggerMarker {
        /// Chromogranin A.
        Cga = "cga",
        /// A mutation in circulating tumour DNA.
        Ctdna = "ctdna",
    }
}

named! {
    /// What a marker is held against.
    pub enum MarkerReference {
        /// The smallest of the samples before it in the line.
        Nadir = "nadir",
        /// The first sample of the line.
        Baseline = "baseline",
    }
}

named! {
    /// What a marker that has risen leads to.
    pub enum MarkerAction {
        /// The line's drugs pause.
        Hold = "hold",
        /// The line ends, and the next one begins.
        EndLine = "end_line",
    }
}

/// A marker of the blood that pauses or ends the line when it has risen.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "therapy.line.trigger", heading = "trigger = { … }", given = in_order, rule = of_locus)]
pub struct MarkerTrigger {
    /// What is measured: chromogranin A, which follows the number of live cells and what each of them secretes; or a mutation in
    /// circulating DNA, which live cells shed alike.
    #[key(required, example = "cga")]
    pub marker: TriggerMarker,
    /// The locus that is looked for in circulating DNA: one that mutates.
    #[key(name(Word), required_there, example = "mtor_kinase", only(marker = "ctdna"))]
    pub locus: Option<String>,
    /// Chromogranin A has risen when it is above this many times `reference`. No threshold is established (C).
    #[key(above(1.0, 1000.0), required_there, example = 1.5, only(marker = "cga"))]
    pub above: Option<f64>,
    /// The mutation has risen when its variant allele fraction, half of the share of cells that carry it, is above this.
    #[key(above(0.0, 0.5), required_there, example = 0.05, only(marker = "ctdna"))]
    pub fraction: Option<f64>,
    /// Variant allele fraction below which the assay finds nothing (C: one or two molecules of the 300 that
    /// `evotor discriminate` takes a sample to hold).
    #[key(number(0.0, 0.5), default = 0.005, only(marker = "ctdna"))]
    pub detection_limit: Option<f64>,
    /// What chromogranin A is held against: the smallest sample of the line before it, or the first one.
    #[key(default = "nadir", example = "baseline", only(marker = "cga"))]
    pub reference: Option<MarkerReference>,
    /// Samples in a row that have to show it.
    #[key(integer(1, 20), default = 2, example = 1)]
    pub samples: u32,
    /// Time from one sample to the next, since the line began. One more is taken on the morning on which it begins, where that is
    /// known in the morning: not after a line that ended by its time, by toxicity or by a marker.
    #[key(default = "28 d", example = "84 d", form = SomeDays)]
    pub every: u32,
    /// Time from a sample to what follows from it (C: laboratories differ).
    #[key(default = "7 d", example = "3 d", form = Days)]
    pub turnaround: u32,
    /// Coefficient of variation of the assay, log-normal; of chromogranin A in a trial beside its variation within a person (C).
    #[key(number(0.0, 2.0), default = 0.1)]
    pub cv: f64,
    /// What it leads to: the line's drugs pause, or the line ends and the next one begins.
    #[key(required, example = "end_line")]
    pub action: MarkerAction,
    /// Paused drugs resume at a sample that is at most this: times `reference`, or a variant allele fraction.
    #[key(
        above(0.0, 1000.0),
        only(action = "hold"),
        absent = "they stay paused until the line ends",
        example = 1.2
    )]
    pub resume_at: Option<f64>,
    /// Number of the locus.
    pub locus_number: Option<usize>,
}

impl MarkerTrigger {
    /// What an assay reports of a measurement.
    pub fn reported(&self, measured: f64) -> f64 {
        let missed = self.detection_limit.is_some_and(|limit| measured < limit);
        if missed { 0.0 } else { measured }
    }

    /// Whether a sample shows that the marker has risen; `reference` is what chromogranin A is held against.
    pub fn has_risen(&self, sample: f64, reference: f64) -> bool {
        match self.marker {
            TriggerMarker::Cga => self.above.is_some_and(|above| sample > above * reference),
            TriggerMarker::Ctdna => self.fraction.is_some_and(|fraction| sample > fraction),
        }
    }

    /// Whether a sample lets paused drugs resume.
    pub fn resumes(&self, sample: f64, reference: f64) -> bool {
        let unit = if self.marker == TriggerMarker::Cga { reference } else { 1.0 };
        self.resume_at.is_some_and(|at| sample <= at * unit)
    }
}

/// Reports drugs that would resume while the marker says that they pause.
fn in_order(reader: &Reader<'_>) {
    for threshold in
        ["above", "fraction"].into_iter().filter(|key| reader.has("resume_at") && reader.has(key))
    {
        reader.ascending("resume_at", threshold, "for example `resume_at = 1.2` with `above = 1.5`");
    }
}

/// Finds the locus, and reports one that there is not or that circulating DNA does not show.
fn of_locus(read: &mut MarkerTrigger, reader: &Reader<'_>) {
    let (Some(name), Some(loci)) = (&read.locus, reader.cx.loci()) else { return };
    read.locus_number = loci.iter().position(|locus| locus.name == *name);
    let names = || loci.iter().map(|locus| locus.name.as_str());
    let Some(number) = read.locus_number else {
        let help = match nearest(name, names()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "name a locus of the scenario, or list this one in `loci`".to_owned(),
        };
        let found = format!("the scenario has no locus {}", shown(name));
        return reader.refuse("locus", found, format!("expected one of {}", list(names())), help);
    };
    if !loci[number].changes.iter().any(|change| change.kind == ChangeKind::Mutation) {
        let found =
            format!("circulating DNA does not show `{name}`, which is a state of cells and not a mutation");
        reader.refuse(
            "locus",
            found,
            "expected a locus that mutates",
            "name another locus, or `marker = \"cga\"`",
        );
    }
}
