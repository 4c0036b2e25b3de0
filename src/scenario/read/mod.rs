//! From the file's tables to a [`Scenario`], one module for each section.

pub(crate) mod arms;
mod calendar;
pub(crate) mod catalogue;
pub(crate) mod cohort;
mod composition;
pub(crate) mod conduct;
pub(crate) mod drug_file;
pub(crate) mod drugs;
mod label;
pub(crate) mod lattice;
pub(crate) mod line;
pub(crate) mod loci;
mod mode;
pub(crate) mod monitoring;
mod network;
mod occupied;
pub(crate) mod output;
pub(crate) mod oxygen;
mod parts;
pub(crate) mod patient;
mod plan;
pub(crate) mod published;
pub(crate) mod rates;
mod reach;
pub(crate) mod record;
pub(crate) mod regimens;
pub(crate) mod start;
mod steps;
pub(crate) mod stop;
pub(crate) mod therapy;
pub(crate) mod time;
pub(crate) mod trial;
pub(crate) mod vessels;
pub(crate) mod visits;

pub(crate) use loci::LocusCatalogue;

use std::path::Path;

use therapy::{Calendar, Practice};

use super::advice;
use super::catalogue::Catalogue;
use super::check;
use super::declare::{Plain, Section as _};
use super::error::Diagnostic;
use super::limits::FORMAT;
use super::model::{LesionVolume, Mode, Scenario};
use super::places::TrialSpans;
use super::reader::Reader;
use super::regimen::Body;

/// Reads the whole file, with places of a trial. `None` if a part that is needed is missing or wrong; the context then
/// holds the errors.
pub(crate) fn scenario(root: &Reader<'_>, base_dir: &Path) -> Option<(Scenario, Option<TrialSpans>)> {
    if !supported(root) {
        return None;
    }
    root.check_keys();
    let (name, description) =
        (root.value::<Plain, String>("name"), root.value::<Plain, String>("description"));
    let (seed, replicates) = (root.value::<Plain, u64>("seed"), root.placed::<Plain, u32>("replicates"));
    let amplification = root.value::<Plain, f64>("mutation_amplification");
    let cells_per_agent =
        root.has("cells_per_agent").then(|| root.value::<Plain, f64>("cells_per_agent")).flatten();
    let clock = time::read(root);
    root.cx.set_clock(&clock);
    let mode = mode::read(root);
    let is_trial = mode == Mode::Signalling && cohort::is_trial(root);
    let (cohort, spans) = if is_trial { cohort::read(root).unzip() } else { (None, None) };
    let spans = spans.map(|spans| TrialSpans { scans: record::places(root), ..spans });
    let agents = if is_trial { lattice::agents(root, cohort.as_ref()) } else { None };
    let has_size = agents.is_none();
    let lattice = root.table("lattice").and_then(|r| lattice::read(&r, agents));
    let drugs = if mode == Mode::Rates { drugs::read(root, &clock) } else { Vec::new() };
    let names: Vec<String> = drugs.iter().map(|d| d.name.value.clone()).collect();
    root.cx.set_drugs(&names);
    let loci = loci::read(root, mode == Mode::Signalling && root.has("vessels"));
    let traits: Option<Vec<_>> = loci.as_ref().map(|l| l.iter().map(|l| l.value.clone()).collect());
    traits.iter().for_each(|traits| root.cx.set_loci(traits));
    let start = root.table("start");
    let dead = start.as_ref().and_then(|r| r.given("dead")).map_or(0..0, |(_, v)| v.span());
    let patient = patient::read(root, mode);
    let patient = patient.map(|p| p.map(|p| patient::of_loci(root, p, traits.as_deref())));
    let patient_of_start = patient.as_ref().and_then(Option::as_ref);
    let start = start.and_then(|r| {
        let start = start::read(&r, traits.as_deref(), lattice.as_ref(), patient_of_start, base_dir)?;
        lattice.as_ref().filter(|_| has_size).into_iter().for_each(|l| occupied::check(&r, &start.shape, l));
        Some(start)
    });
    let rates = match mode {
        Mode::Rates => root.table("rates").and_then(|r| rates::read(&r)),
        Mode::Signalling => rates::with_patient(root),
    };
    let oxygen = oxygen::read(root, lattice.as_ref());
    let own = catalogue::read(root, traits.as_deref(), base_dir);
    let vessels = vessels::read(root, mode);
    let volume = root.table("volume").and_then(|reader| LesionVolume::read(&reader));
    let body = patient_of_start.map_or_else(Body::typical, |p| p.value.body());
    let catalogue = Catalogue::merged(Catalogue::embedded(), own.clone().unwrap_or_default());
    let practice = Practice {
        root,
        catalogue: &catalogue,
        own_known: own.is_some(),
        clock: &clock,
        body,
        calendar: Calendar::Own,
    };
    let therapy = if is_trial { Some(None) } else { therapy::read(&practice, mode) };
    let trial = trial::read(&practice, mode, cohort);
    let stop = root.table("stop").and_then(|r| stop::read(&r));
    let stop = stop.map(|stop| if is_trial { trial::never_halting(root, stop) } else { stop });
    let output = root.table("output");
    let has = (root.has("oxygen"), root.has("vessels"));
    let output = if is_trial {
        Some(trial::output())
    } else {
        output.and_then(|r| output::read(&r, &clock, replicates.as_ref(), has))
    };
    let (therapy, trial) = (therapy?, trial?);
    let (rates, places) = rates?;
    let loci = loci?;
    let places = check::Places {
        drugs: drugs.iter().map(|d| d.name.span.clone()).collect(),
        loci: loci.iter().map(|l| l.span.clone()).collect(),
        dead,
        ..places
    };
    let arms = trial.iter().flat_map(|t| &t.arms).map(|arm| &arm.therapy);
    let catalogue = therapy::kept(own?, therapy.iter().chain(arms));
    let scenario = Scenario {
        name: name?,
        description: description?,
        seed: seed?,
        replicates: replicates?.value,
        time: clock.time()?,
        lattice: lattice?,
        start: start?,
        loci: loci.into_iter().map(|l| l.value).collect(),
        mutation_amplification: amplification?,
        cells_per_agent,
        mode,
        patient: patient?.map(|p| p.value),
        rates,
        drugs: drugs
            .into_iter()
            .map(|d| Some(super::model::ScheduledDrug { name: d.name.value, schedule: d.schedule? }))
            .collect::<Option<_>>()?,
        oxygen,
        vessels: vessels?,
        volume: volume?,
        catalogue,
        therapy,
        trial,
        stop: stop?,
        output: output?,
    };
    if scenario.has_ledger() && matches!(scenario.start.shape, super::model::StartShape::Saved { .. }) {
        root.refuse(
            "cells_per_agent",
            "a saved start has no ledger to go on with",
            "expected no more than 1 with a start of kind `saved`",
            "leave `cells_per_agent` out: an agent of the saved state is a cell",
        );
    }
    if !root.cx.has_errors() {
        check::whole(root.cx, &scenario, &places);
    }
    if !root.cx.has_errors() {
        advice::whole(root, &scenario);
    }
    Some((scenario, spans))
}

/// Whether the file's format is the one that this program reads; other formats are not read on.
fn supported(root: &Reader<'_>) -> bool {
    let Some(format) = root.placed::<Plain, u64>("format") else {
        return false;
    };
    if format.value == FORMAT {
        return true;
    }
    Diagnostic::error(format.span, format!("format {} is not supported", format.value))
        .label(format!("expected {FORMAT}"))
        .help("use a version of evotor that knows this format, or rewrite the file for format 1")
        .report(root.cx);
    false
}
