//! The columns of all tables as Markdown, from the types of their rows: `docs/outputs.md` holds them.

use crate::report::overlay::OverlayRow;
use crate::simulation::{
    AdverseEventRow, CloneRow, CloneSizeRow, EnvironmentRow, Events, ExposureRow, ReplicateRow, SeriesRow,
    StateRow, TherapyRow, VisitRow,
};
use crate::table::markdown;
use crate::trial::calibrate::{FitRow, PosteriorRow};
use crate::trial::cohort::{CohortRow, LesionRow, StartingStateRow};
use crate::trial::falsify::FalsifierRow;
use crate::trial::output::rows::{
    ArmRow, ContrastRow, DoseIntensityRow, EventRow, IncidenceRow, LaboratoryRow, NeededGrowthRow,
    PatientRow, PredictionRow, PriceRow, PublishedRow, ResistanceRow, ScanRow, SurvivalRow,
};

use super::pk::tables::{PkBandRow, PkDayRow, PkHourRow};

/// Tables of runs, of trials, and of other commands, each by the name of its part of the page.
pub fn columns_markdown() -> [(&'static str, String); 3] {
    let run = [
        markdown::<SeriesRow>("`series.csv`"),
        markdown::<Events>("Counts of events"),
        markdown::<StateRow>("`states.csv`"),
        markdown::<CloneSizeRow>("`clone_sizes.csv`"),
        markdown::<CloneRow>("`clones.csv`"),
        markdown::<ReplicateRow>("`replicates.csv`"),
        markdown::<ExposureRow>("`exposure.csv`"),
        markdown::<TherapyRow>("`therapy.csv`"),
        markdown::<AdverseEventRow>("`adverse_events.csv`"),
        markdown::<VisitRow>("`visits.csv`"),
        markdown::<EnvironmentRow>("`environment.csv`"),
    ];
    let trial = [
        markdown::<PatientRow>("`patients.csv`"),
        markdown::<DoseIntensityRow>("`dose_intensity.csv`"),
        markdown::<CohortRow>("`cohort.csv`"),
        markdown::<LesionRow>("`lesions.csv`"),
        markdown::<StartingStateRow>("`starting_states.csv`"),
        markdown::<ScanRow>("`visits.csv` of a trial"),
        markdown::<LaboratoryRow>("`laboratory.csv`"),
        markdown::<EventRow>("`events.csv`"),
        markdown::<ArmRow>("`arms.csv`"),
        markdown::<ContrastRow>("`contrasts.csv`"),
        markdown::<PriceRow>("`prices.csv`"),
        markdown::<SurvivalRow>("`survival.csv`"),
        markdown::<IncidenceRow>("`incidence.csv`"),
        markdown::<ResistanceRow>("`resistance.csv`"),
        markdown::<PublishedRow>("`published.csv`"),
        markdown::<PredictionRow>("`predictions.csv`"),
        markdown::<NeededGrowthRow>("`needed_growth.csv`"),
        markdown::<OverlayRow>("`overlay.csv`"),
    ];
    let others = [
        markdown::<PosteriorRow>("`posterior.csv`"),
        markdown::<FitRow>("`fit.csv`"),
        markdown::<FalsifierRow>("`falsify.csv`"),
        markdown::<PkDayRow>("`evotor pk`, by day"),
        markdown::<PkHourRow>("`evotor pk`, by hour"),
        markdown::<PkBandRow>("`evotor pk`, of a population"),
    ];
    [("run", run.join("\n")), ("trial", trial.join("\n")), ("others", others.join("\n"))]
}
