//! The columns of all tables as Markdown, from the types of their rows: `docs/outputs.md` holds them.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::report::adam::{AdaeRow, AdexRow, AdrsRow, AdslRow, AdtteRow};
use crate::report::nonmem::DosingRow;
use crate::report::overlay::OverlayRow;
use crate::simulation::{
    AdverseEventRow, CloneRow, CloneSizeRow, EnvironmentRow, Events, ExposureRow, ReplicateRow, SeriesRow,
    StateRow, TherapyRow, VisitRow,
};
use crate::table::{TableMeaning, markdown, meaning};
use crate::trial::assurance::DesignRow;
use crate::trial::batch::QuantileRow;
use crate::trial::calibrate::{FitRow, PosteriorRow};
use crate::trial::cohort::{CohortRow, LesionRow, StartingStateRow};
use crate::trial::condition::FanRow;
use crate::trial::discriminate::{MeasuredRow, NamingRow};
use crate::trial::falsify::FalsifierRow;
use crate::trial::optimise::FrontRow;
use crate::trial::output::rows::{
    ArmRow, ContrastRow, DoseIntensityRow, EventRow, IncidenceRow, LaboratoryRow, NeededGrowthRow,
    PatientRow, PredictionRow, PriceRow, PublishedRow, ResistanceRow, ScanRow, SurvivalRow,
};

use super::pk::tables::{PkBandRow, PkDayRow, PkHourRow};

/// A table: its title on the page, and what it holds, as Markdown and as data.
type Told = (&'static str, fn(&str) -> String, fn() -> TableMeaning);

macro_rules! tables {
    ($($title:literal: $row:ty),* $(,)?) => {
        [$(($title, markdown::<$row> as fn(&str) -> String, meaning::<$row> as fn() -> TableMeaning)),*]
    };
}

static RUN: [Told; 11] = tables![
    "`series.csv`": SeriesRow,
    "Counts of events": Events,
    "`states.csv`": StateRow,
    "`clone_sizes.csv`": CloneSizeRow,
    "`clones.csv`": CloneRow,
    "`replicates.csv`": ReplicateRow,
    "`exposure.csv`": ExposureRow,
    "`therapy.csv`": TherapyRow,
    "`adverse_events.csv`": AdverseEventRow,
    "`visits.csv`": VisitRow,
    "`environment.csv`": EnvironmentRow,
];

static TRIAL: [Told; 18] = tables![
    "`patients.csv`": PatientRow,
    "`dose_intensity.csv`": DoseIntensityRow,
    "`cohort.csv`": CohortRow,
    "`lesions.csv`": LesionRow,
    "`starting_states.csv`": StartingStateRow,
    "`visits.csv` of a trial": ScanRow,
    "`laboratory.csv`": LaboratoryRow,
    "`events.csv`": EventRow,
    "`arms.csv`": ArmRow,
    "`contrasts.csv`": ContrastRow,
    "`prices.csv`": PriceRow,
    "`survival.csv`": SurvivalRow,
    "`incidence.csv`": IncidenceRow,
    "`resistance.csv`": ResistanceRow,
    "`published.csv`": PublishedRow,
    "`predictions.csv`": PredictionRow,
    "`needed_growth.csv`": NeededGrowthRow,
    "`overlay.csv`": OverlayRow,
];

static OTHERS: [Told; 13] = tables![
    "Dosing records of `evotor tables --format nonmem`": DosingRow,
    "`quantiles.csv`": QuantileRow,
    "`design.csv`": DesignRow,
    "`front.csv`": FrontRow,
    "`naming.csv`": NamingRow,
    "`measured.csv`": MeasuredRow,
    "`condition.csv`": FanRow,
    "`posterior.csv`": PosteriorRow,
    "`fit.csv`": FitRow,
    "`falsify.csv`": FalsifierRow,
    "`evotor pk`, by day": PkDayRow,
    "`evotor pk`, by hour": PkHourRow,
    "`evotor pk`, of a population": PkBandRow,
];

static ADAM: [Told; 5] = tables![
    "`adsl.csv`": AdslRow,
    "`adtte.csv`": AdtteRow,
    "`adrs.csv`": AdrsRow,
    "`adae.csv`": AdaeRow,
    "`adex.csv`": AdexRow,
];

/// Tables of runs, of trials, of trials in the shapes of ADaM, and of other commands, each by the name of its part of the page.
static PARTS: [(&str, &[Told]); 4] = [("run", &RUN), ("trial", &TRIAL), ("adam", &ADAM), ("others", &OTHERS)];

/// All of them as Markdown.
pub fn columns_markdown() -> [(&'static str, String); 4] {
    PARTS.map(|(part, tables)| {
        let pages: Vec<String> = tables.iter().map(|(title, page, _)| page(title)).collect();
        (part, pages.join("\n"))
    })
}

/// All of them as data: what is read by `evotor schema tables`, by part and by title without marks.
pub fn columns_json() -> Value {
    let of = |tables: &[Told]| -> BTreeMap<String, TableMeaning> {
        tables.iter().map(|(title, _, meaning)| (title.replace('`', ""), meaning())).collect()
    };
    let parts: BTreeMap<&str, _> = PARTS.iter().map(|(part, tables)| (*part, of(tables))).collect();
    json!(parts)
}

/// What a row of a table of a trial, or of a run, stands for.
pub fn row_meaning(file: &str, is_trial: bool) -> Option<String> {
    let tables: &[Told] = if is_trial { &TRIAL } else { &RUN };
    let is_it = |title: &str| title.split('`').nth(1) == Some(file);
    let (_, _, meaning) = tables.iter().chain(&OTHERS).find(|(title, _, _)| is_it(title))?;
    Some(meaning().row)
}
