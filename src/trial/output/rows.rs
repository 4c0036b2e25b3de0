//! The rows of a trial's tables.

use documented::{Documented, DocumentedFields};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::scenario::{Confidence, ScanReader};
use crate::simulation::TherapyRow;
use crate::simulation::care::done;
use crate::table::{Rows, word};
use crate::trial::outcome::{DAYS_PER_MONTH, Ended, FollowedSpan, Outcome};
use crate::trial::results::{Endpoint, PublishedComparison, Resistance};

pub use crate::trial::needed::NeededGrowthRow;
pub use crate::trial::results::{ArmRow, ContrastRow, IncidenceRow, MeasureUnit, PriceRow};

use crate::trial::run::{PatientTrajectory, Plan};
use crate::trial::stats::{KaplanMeier, infinity};

/// One for each patient and arm: what the trial's primary analysis shows of it (`reader` of `[assessment]`; `cutoff`, `withdrawal` and
/// `estimand` of `[trial]`). After these columns: `LOCUS_fraction_at_progression`, the fraction of live cells with each locus
/// changed at progression of the first line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct PatientRow {
    /// Patient, from 0.
    pub patient: u32,
    /// Arm.
    pub arm: String,
    /// Day of entry, from that of the first patient.
    pub entry_day: f64,
    /// Last day, from entry, that is shown: of the cut-off, of withdrawal, or of the simulation.
    pub last_day: f64,
    /// Time to failure of strategy, days: progression on the last planned line, or death.
    pub tfs_days: f64,
    /// How that ended: `progression`, `death`, `censored` (at the last scan).
    pub tfs_ended: Ended,
    /// Days to the first scan with a sum of diameters of 1.2 times that of day 0 and 5 mm more, or death, whatever the line.
    pub time_to_growth_days: f64,
    /// How that ended; `progression` is this growth.
    pub time_to_growth_ended: Ended,
    /// Whether that was only seen after the patient had left, where the tumour is taken to grow untreated.
    pub growth_after_leaving: bool,
    /// Days with an adverse event of a drug of grade 3 or 4, in the whole time of follow-up.
    pub severe_days: f64,
    /// Whether two drugs were given.
    pub second_drug: bool,
    /// Progression-free survival of the first line, days, by the trial's reader, cut-off and estimand.
    pub pfs_days: f64,
    /// How that ended: `progression`, `death`, `toxicity` (a stop that the estimand `composite` counts), `censored` (at the last scan that
    /// is shown).
    pub pfs_ended: Ended,
    /// The same of the second line, from its beginning; empty for who never began it.
    pub second_line_pfs_days: Option<f64>,
    /// How that ended.
    pub second_line_pfs_ended: Option<Ended>,
    /// Days from the start to progression on the second line, or death; empty in an arm with one line.
    pub pfs2_days: Option<f64>,
    /// How that ended.
    pub pfs2_ended: Option<Ended>,
    /// Overall survival, days.
    pub os_days: f64,
    /// How that ended; `censored` is at the cut-off, at withdrawal, or at the end of the simulation.
    pub os_ended: Ended,
    /// Day on which the second line began; empty if it never did.
    pub second_line_day: Option<f64>,
    /// Best response of the first line until it progresses: `CR`, `PR`, `SD`, `PD`; empty without a scan.
    pub best_response: String,
    /// Best change of the sum of diameters from baseline until then, a fraction.
    pub best_change: Option<f64>,
    /// Whether there was progression at the first scan, or death before it.
    pub progressed_at_first_scan: bool,
    /// Whether progression of the first line was by a new lesion.
    pub new_lesion: bool,
    /// Growth of the volume from the start to the first scan, a fraction per month.
    pub growth_per_month: Option<f64>,
    /// Days from the start to the last dose of the first line.
    pub on_treatment_days: f64,
    /// Whether there was an adverse event of grade 3 or 4, of any cause.
    pub grade_3_or_4: bool,
    /// Day of the first dose-limiting event; empty if there was none.
    pub first_dose_limiting_day: Option<f64>,
    /// Whether a drug was discontinued for adverse events of drugs.
    pub discontinued: bool,
    /// Whether a dose was held, reduced or stopped for adverse events of drugs.
    pub dose_modified: bool,
    /// What dominates at progression of the first line: the locus that grew most, or `sensitive`; empty without a progression.
    pub dominant: String,
    /// Volume at that time relative to the start.
    pub relative_volume_at_progression: Option<f64>,
    /// Fraction of live cells without any changed locus at that time.
    pub sensitive_fraction_at_progression: Option<f64>,
    /// Chromogranin A at baseline, ng/mL.
    pub cga_ng_per_ml: f64,
    /// Its change after 4 weeks, a fraction.
    pub cga_change: Option<f64>,
    /// Change of neuron-specific enolase after 4 weeks, a fraction.
    pub nse_change: Option<f64>,
    /// Number of times that a lesion was resampled: each agent then stands for twice as many cells.
    pub resampled: u32,
    /// Blocked divisions as a fraction of all attempts.
    pub blocked_fraction: f64,
    /// Hash of all that was seen of the tumour.
    pub digest: String,
}

/// One for each patient, arm and drug that was planned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct DoseIntensityRow {
    /// Patient, from 0.
    pub patient: u32,
    /// Arm.
    pub arm: String,
    /// Drug.
    pub drug: String,
    /// Amount given over amount planned, until the drug is stopped.
    pub relative_dose_intensity: f64,
    /// The same where a drug that was stopped stays planned, as much a day as before, until its line progresses or the next one begins.
    pub to_progression: f64,
}

/// One for each scan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct ScanRow {
    /// Patient, from 0.
    pub patient: u32,
    /// Arm.
    pub arm: String,
    /// Day.
    pub day: f64,
    /// Line that is judged, from 1: the one given, or else the last one.
    pub line: usize,
    /// Sum of the diameters of target lesions as the investigator measured it, mm.
    pub sum_mm: f64,
    /// Its change from the line's baseline, a fraction; empty where nothing was there.
    pub change: Option<f64>,
    /// The investigator's judgement, by which the patient is treated: `CR`, `PR`, `SD`, `PD`.
    pub category: String,
    /// Whether the investigator saw a new lesion.
    pub new_lesion: bool,
    /// The sum as the central reader measured it, mm.
    pub central_sum_mm: f64,
    /// Whether the central reader saw a new lesion.
    pub central_new_lesion: bool,
    /// The sum as the expert measured it, who adjudicates between both, mm.
    pub expert_sum_mm: f64,
    /// Whether the expert saw a new lesion.
    pub expert_new_lesion: bool,
}

/// One for each laboratory visit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct LaboratoryRow {
    /// Patient, from 0.
    pub patient: u32,
    /// Arm.
    pub arm: String,
    /// Day.
    pub day: f64,
    /// Chromogranin A, ng/mL.
    pub cga_ng_per_ml: f64,
    /// Neuron-specific enolase relative to the baseline.
    pub nse_relative: f64,
}

/// One for each action or adverse event, in the order of days.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct EventRow {
    /// Patient, from 0.
    pub patient: u32,
    /// Arm.
    pub arm: String,
    /// Day.
    pub day: f64,
    /// An `action` of `therapy.csv`, or `adverse_event`.
    pub kind: String,
    /// Line that begins or ends, from 1.
    pub line: Option<usize>,
    /// Drug, also that which caused an event; `disease` for a disease-related event.
    pub drug: String,
    /// As in `therapy.csv`.
    pub dose_step: Option<u64>,
    /// As in `therapy.csv`.
    pub until_day: Option<u64>,
    /// As in `therapy.csv`.
    pub reason: String,
    /// The adverse event.
    pub event: String,
    /// Its grade, 1 to 4.
    pub grade: Option<u8>,
    /// As in `therapy.csv`.
    #[serde(default)]
    pub measured: Option<f64>,
    /// As in `therapy.csv`.
    #[serde(default)]
    pub relative_dose: Option<f64>,
}

/// One for each arm, end point and distinct time, after one at time 0 (Kaplan and Meier).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct SurvivalRow {
    /// Arm.
    pub arm: String,
    /// `tfs`, `time_to_growth`, `pfs`, `second_line_pfs`, `pfs2`, `os`.
    pub endpoint: Endpoint,
    /// Time, months.
    pub time_months: f64,
    /// Patients whose own time is at least as long.
    pub at_risk: usize,
    /// Events at this time.
    pub events: usize,
    /// Patients who were censored at this time.
    pub censored: usize,
    /// Fraction without an event after this time.
    pub survival: f64,
    /// Lower end of the pointwise 95 % interval (log-log); empty where there is none.
    pub survival_low: Option<f64>,
    /// Upper end.
    pub survival_high: Option<f64>,
}

/// One for each arm and laboratory visit: means over the patients who are still followed. After these columns: `LOCUS_fraction`, the
/// mean fraction of live cells with each locus changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields)]
pub struct ResistanceRow {
    /// Arm.
    pub arm: String,
    /// Day.
    pub day: f64,
    /// Patients still followed.
    pub patients: u32,
    /// Volume relative to the start, geometric mean.
    pub relative_volume: f64,
    /// Fraction of live cells without any changed locus.
    pub sensitive_fraction: f64,
}

/// One for each published figure, beside the simulated one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields, JsonSchema)]
pub struct PublishedRow {
    /// Arm, or both as `arm / other`.
    pub arm: String,
    /// What was measured, as in the trial file.
    pub endpoint: String,
    /// `months`, `fraction` or `ratio`.
    pub unit: MeasureUnit,
    /// Time of a fraction at a time, months.
    pub at_months: Option<f64>,
    /// Whose reading of scans: `investigator`, `central`, `adjudicated`; empty where none is needed.
    pub reader: Option<ScanReader>,
    /// Cut-off, months from the first patient's entry; empty where everybody is followed to the end.
    pub cutoff_months: Option<f64>,
    /// Whether responses were confirmed; empty where that is not a matter.
    pub confirmed: Option<bool>,
    /// How well the figure and these circumstances are known: A, B, C.
    pub grade: Confidence,
    /// The figure as published.
    pub published: f64,
    /// Lower end of its interval.
    pub published_low: Option<f64>,
    /// Upper end.
    pub published_high: Option<f64>,
    /// `calibrated`, `informed` or `predicted`.
    pub role: String,
    /// The figure as simulated.
    #[serde(serialize_with = "infinity::maybe")]
    #[schemars(with = "infinity::Maybe")]
    pub simulated: Option<f64>,
    /// Lower end of its 95 % interval over patients; empty where it is not reached.
    #[serde(serialize_with = "infinity::maybe")]
    #[schemars(with = "infinity::Maybe")]
    pub simulated_low: Option<f64>,
    /// Upper end.
    #[serde(serialize_with = "infinity::maybe")]
    #[schemars(with = "infinity::Maybe")]
    pub simulated_high: Option<f64>,
    /// Whether one lies in the interval of the other, which may be open: the fewer are simulated, the wider it is.
    pub agrees: Option<bool>,
    /// Whether the simulated figure lies in the published interval, or of a fraction without one in the exact interval of the
    /// patients who were enrolled: that does not depend on how many are simulated.
    pub within_published: Option<bool>,
}

/// One for each published figure: what trials of the published size come to over draws of the posterior (`trial --predict`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Documented, DocumentedFields, JsonSchema)]
pub struct PredictionRow {
    /// Arm, or both as `arm / other`.
    pub arm: String,
    /// What was measured, as in the trial file.
    pub endpoint: String,
    /// `months`, `fraction` or `ratio`.
    pub unit: MeasureUnit,
    /// Time of a fraction at a time, months.
    pub at_months: Option<f64>,
    /// The figure as published.
    pub published: f64,
    /// `calibrated`, `informed` or `predicted`.
    pub role: String,
    /// Median over draws.
    pub predicted_median: Option<f64>,
    /// Lower end of the central 95 %.
    pub predicted_low: Option<f64>,
    /// Upper end.
    pub predicted_high: Option<f64>,
    /// Draws that gave the figure.
    pub draws: Option<u32>,
    /// Whether the published figure lies in between; empty below 40 draws.
    pub inside: Option<bool>,
}

/// A row of `patients.csv`.
pub(super) fn patient(rows: &mut Rows, plan: &Plan, arm: usize, o: &Outcome) {
    let loci = plan.loci();
    let days = |span: FollowedSpan| f64::from(span.days);
    let at = o.at_progression.as_ref();
    let row = PatientRow {
        patient: o.patient,
        arm: plan.arms()[arm].name.clone(),
        entry_day: o.entry.into(),
        last_day: o.last_day.into(),
        tfs_days: days(o.strategy.tfs),
        tfs_ended: o.strategy.tfs.ended,
        time_to_growth_days: days(o.strategy.growth),
        time_to_growth_ended: o.strategy.growth.ended,
        growth_after_leaving: o.strategy.after_leaving,
        severe_days: o.strategy.severe_days(u32::MAX).into(),
        second_drug: o.strategy.second_drug,
        pfs_days: days(o.pfs),
        pfs_ended: o.pfs.ended,
        second_line_pfs_days: o.second_pfs.map(days),
        second_line_pfs_ended: o.second_pfs.map(|s| s.ended),
        pfs2_days: o.pfs2.map(days),
        pfs2_ended: o.pfs2.map(|s| s.ended),
        os_days: days(o.os),
        os_ended: o.os.ended,
        second_line_day: o.second_line.map(f64::from),
        best_response: o.best.map_or("", |category| category.code()).to_owned(),
        best_change: o.best_change,
        progressed_at_first_scan: o.progressed_at_first_scan,
        new_lesion: o.new_lesion,
        growth_per_month: o.growth_percent_month.map(|percent| percent / 100.0),
        on_treatment_days: o.on_treatment.into(),
        grade_3_or_4: o.severe,
        first_dose_limiting_day: o.dose_limiting.map(f64::from),
        discontinued: o.discontinued,
        dose_modified: o.dose_changed,
        dominant: at.map_or("", |_| o.dominant.map_or("sensitive", |locus| loci[locus])).to_owned(),
        relative_volume_at_progression: at.map(|c| c.volume),
        sensitive_fraction_at_progression: at.map(|c| c.sensitive),
        cga_ng_per_ml: o.cga,
        cga_change: o.cga_change,
        nse_change: o.nse_change,
        resampled: o.thinned,
        blocked_fraction: o.blocked,
        digest: o.digest.clone(),
    };
    rows.row(&row).cells((0..loci.len()).map(|locus| at.map(|c| c.changed[locus]))).end();
}

/// Rows of `dose_intensity.csv`.
pub(super) fn intensities(rows: &mut Rows, plan: &Plan, arm: usize, o: &Outcome) {
    let arm = &plan.arms()[arm];
    let both = o.intensities.iter().zip(&o.strategy.intensities);
    for (drug, intensities) in arm.therapy.drugs().iter().zip(both) {
        if let (Some(relative_dose_intensity), Some(to_progression)) = intensities {
            let (arm, drug, patient) = (arm.name.clone(), (*drug).to_owned(), o.patient);
            let (relative_dose_intensity, to_progression) = (*relative_dose_intensity, *to_progression);
            rows.add(&DoseIntensityRow { patient, arm, drug, relative_dose_intensity, to_progression });
        }
    }
}

/// Rows of `visits.csv`.
pub(super) fn scans(rows: &mut Rows, arm: &str, patient: u32, chronicle: &PatientTrajectory) {
    for scan in &chronicle.chart.scans {
        let [own, central, expert] = scan.readings;
        rows.add(&ScanRow {
            patient,
            arm: arm.to_owned(),
            day: scan.day.into(),
            line: scan.line + 1,
            sum_mm: own.sum_mm,
            change: scan.change,
            category: scan.category.code().to_owned(),
            new_lesion: own.new_lesion,
            central_sum_mm: central.sum_mm,
            central_new_lesion: central.new_lesion,
            expert_sum_mm: expert.sum_mm,
            expert_new_lesion: expert.new_lesion,
        });
    }
}

/// Rows of `laboratory.csv`.
pub(super) fn laboratory(rows: &mut Rows, arm: &str, patient: u32, chronicle: &PatientTrajectory) {
    for values in &chronicle.chart.laboratory {
        let (day, cga_ng_per_ml, nse_relative) = (values.day.into(), values.cga, values.nse);
        rows.add(&LaboratoryRow { patient, arm: arm.to_owned(), day, cga_ng_per_ml, nse_relative });
    }
}

/// Rows of `events.csv`.
pub(super) fn events(rows: &mut Rows, plan: &Plan, arm: usize, patient: u32, chronicle: &PatientTrajectory) {
    let arm = &plan.arms()[arm];
    let drugs = arm.therapy.drugs();
    let name = |drug: usize| drugs.get(drug).copied().unwrap_or("");
    let actions = chronicle.record.actions.iter().map(|(day, action)| {
        let TherapyRow {
            line,
            action: kind,
            drug,
            dose_step,
            until_day,
            measured,
            relative_dose,
            reason,
            ..
        } = done(action, name);
        let of_action = EventRow { kind, line, drug, dose_step, until_day, ..EventRow::default() };
        EventRow { day: (*day).into(), measured, relative_dose, reason, ..of_action }
    });
    let events = chronicle.record.events.iter().map(|event| EventRow {
        day: event.day.into(),
        kind: "adverse_event".to_owned(),
        drug: event.drug.map_or("disease", name).to_owned(),
        event: event.event.clone(),
        grade: Some(event.grade),
        ..EventRow::default()
    });
    let mut all: Vec<EventRow> = actions.chain(events).collect();
    all.sort_by(|a, b| a.day.total_cmp(&b.day));
    all.into_iter().for_each(|row| rows.add(&EventRow { patient, arm: arm.name.clone(), ..row }));
}

impl SurvivalRow {
    /// The curve of an arm.
    pub fn of(arm: &str, endpoint: Endpoint, curve: &KaplanMeier) -> Vec<Self> {
        let row = |time_months, at_risk, survival| Self {
            arm: arm.to_owned(),
            endpoint,
            time_months,
            at_risk,
            events: 0,
            censored: 0,
            survival,
            survival_low: None,
            survival_high: None,
        };
        let start =
            curve.rows.first().filter(|first| first.time > 0.0).map(|_| row(0.0, curve.subjects, 1.0));
        let times = curve.rows.iter().map(|r| Self {
            events: r.events,
            censored: r.censored,
            survival_low: r.interval.map(|i| i.low),
            survival_high: r.interval.map(|i| i.high),
            ..row(r.time, r.at_risk, r.survival)
        });
        start.into_iter().chain(times).collect()
    }
}

impl ResistanceRow {
    /// The composition of an arm's tumours on a day.
    pub fn of(arm: &str, mean: &Resistance) -> Self {
        let (day, patients, sensitive_fraction) = (mean.day.into(), mean.patients, mean.sensitive);
        Self { arm: arm.to_owned(), day, patients, relative_volume: mean.volume, sensitive_fraction }
    }
}

/// The unit of a published figure, and what its number in the trial file, which has percent, is multiplied by.
pub fn unit(endpoint: crate::scenario::PublishedEndpoint) -> (MeasureUnit, f64) {
    match endpoint.name() {
        name if name.contains("hazard_ratio") => (MeasureUnit::Ratio, 1.0),
        name if name.contains("median") => (MeasureUnit::Months, 1.0),
        _ => (MeasureUnit::Fraction, 0.01),
    }
}

impl From<&PublishedComparison> for PublishedRow {
    fn from(b: &PublishedComparison) -> Self {
        let p = &b.published;
        let (unit, scale) = unit(p.endpoint);
        Self {
            arm: b.arm.clone(),
            endpoint: word(&p.endpoint),
            unit,
            at_months: p.at_months,
            reader: p.endpoint.has_reader().then_some(b.view.reader),
            cutoff_months: b
                .view
                .cutoff
                .filter(|_| p.endpoint.has_cutoff())
                .map(|days| f64::from(days) / DAYS_PER_MONTH),
            confirmed: p.endpoint.has_confirmation().then_some(b.view.confirmation > 0),
            grade: p.grade,
            published: scale * p.value,
            published_low: p.interval.map(|i| scale * i.0),
            published_high: p.interval.map(|i| scale * i.1),
            role: word(&p.role),
            simulated: b.simulated.and_then(|f| f.value).map(|x| scale * x),
            simulated_low: b.simulated.and_then(|f| f.low).map(|x| scale * x),
            simulated_high: b.simulated.and_then(|f| f.high).map(|x| scale * x),
            agrees: b.agrees(),
            within_published: b.within_published,
        }
    }
}
