//! A trial: who is treated, in which arms, how it is measured, and what was published of it.
//!
//! Plain data as the file gives it; names of populations, quantities and end points are checked by the trial's own room.

use schemars::JsonSchema;
use serde::Serialize;

use crate::catalogue::Confidence;
use crate::scenario::declare::*;
use crate::scenario::error::Diagnostic;
use crate::scenario::limits::{MAX_AGENTS, MAX_LESIONS, MAX_PATIENTS};
use crate::words::{named, words};

use super::{Assessment, Origin, PatientRecord, Pharmacokinetics, ScanReader, Therapy};

/// A trial.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trial {
    /// What it is.
    pub about: About,
    /// How it is conducted.
    pub conduct: Conduct,
    /// Who is treated.
    pub cohort: CohortSection,
    /// How patients are followed.
    pub assessment: Assessment,
    /// Arms in order, at least one; all treat the same patients.
    pub arms: Vec<Arm>,
    /// Pairs of arms that are compared: number of the arm, number of that against which.
    pub comparisons: Vec<(usize, usize)>,
    /// Published figures, to stand beside what comes out.
    pub published: Vec<Published>,
    /// What is known of one patient.
    pub record: Option<PatientRecord>,
}

/// What a trial is.
#[derive(Debug, Clone, PartialEq, Serialize, Default, JsonSchema)]
pub struct About {
    /// Number in a list of trials, such as `T04`; empty for none.
    pub id: String,
    /// Title for tables and plots.
    pub title: String,
    /// Where it was published; empty for none.
    pub citation: String,
    /// What of it this file does not represent.
    pub not_represented: Vec<String>,
}

/// When patients come in, when a trial is analysed, and what counts then.
#[derive(Debug, Clone, PartialEq, Serialize, Default)]
pub struct Conduct {
    /// Days over which patients come in; 0: all on the first day.
    pub accrual: u32,
    /// How they come in over that time.
    pub law: AccrualLaw,
    /// Days from the first patient's entry to the cut-off of the primary analysis; `None`: everybody is followed to the end.
    pub cutoff: Option<u32>,
    /// Consent withdrawn or lost to follow-up, per day.
    pub withdrawal: f64,
    /// Days to which restricted means reach; `None`: the cut-off, or else the end.
    pub horizon: Option<u32>,
    /// What a stop of therapy means for end points.
    pub estimand: Estimand,
}

named! {
    /// How patients come in over the time of accrual.
    #[derive(Default)]
    pub enum AccrualLaw {
        /// As many at any time.
        #[default]
        Uniform = "uniform",
        /// More and more: the rate grows in proportion to time.
        Linear = "linear",
    }
}

impl AccrualLaw {
    /// The share of the accrual period after which this share of patients is in: the quantile of the day of entry.
    pub fn quantile(self, share: f64) -> f64 {
        match self {
            Self::Uniform => share,
            Self::Linear => libm::sqrt(share),
        }
    }
}

/// What the stop of a therapy means for end points (ICH E9(R1)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, serde::Deserialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Estimand {
    /// Nothing: until progression or death, whatever was taken.
    #[default]
    TreatmentPolicy,
    /// What comes after it is not looked at.
    WhileOnTreatment,
    /// A stop for adverse events is an event.
    Composite,
    /// Nobody stops for adverse events.
    Hypothetical,
}

impl Estimand {
    /// What it does with a stop of therapy, in words.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::TreatmentPolicy => {
                "followed until progression or death, whatever was taken (treatment policy)"
            }
            Self::WhileOnTreatment => "followed while the drugs are given (while on treatment)",
            Self::Composite => "a stop for adverse events counts as an event (composite)",
            Self::Hypothetical => "nobody stops for adverse events (hypothetical)",
        }
    }
}

words!(
    Estimand: TreatmentPolicy = "treatment-policy",
    WhileOnTreatment = "while-on-treatment",
    Composite = "composite",
    Hypothetical = "hypothetical",
);

/// Who is treated in a trial: virtual patients, drawn from the laws of untreated growth and of all else by
/// which patients differ. The section may be empty. A patient is a function of the seed and of its number, the
/// same in every arm and in a larger cohort.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "cohort", rule = growth_once)]
pub struct CohortSection {
    /// Number of patients; every arm treats all of them.
    #[key(integer(1, MAX_PATIENTS), default = 60, example = 200)]
    pub patients: u32,
    /// Growth population: `radiant-3`, `sun-1111`, `radiant-4` or `clarinet`, each fitted to the untreated
    /// growth of that trial (median 0.0035, 0.0025, 0.0045 and 0.0009 /d); or `covariates`: that of RADIANT-3, moved by
    /// where the tumours began, `grade_2` and `progressing`.
    #[key(default = "radiant-3", example = "sun-1111")]
    pub population: String,
    /// From where the distributions between patients are: `fitted` to RADIANT-3 and SUN-1111 (`evotor calibrate`), the
    /// `sources` of each number, or `draw N`, draw N of the posterior of that fit, from 0. Changes below come
    /// on top.
    #[key(name = "distributions", formerly = "laws", default = "fitted", example = "sources")]
    pub laws: Laws,
    /// Growth populations with which `evotor compare` repeats the comparison, by the mean-field surrogate:
    /// whether what was found depends on how fast tumours grow. The own population is repeated so too, since
    /// the surrogate differs from agents by itself.
    #[key(default = [], example = ["sun-1111"])]
    pub repeat: Vec<String>,
    /// Live agents of a patient at the start, at least, over all lesions: cubes are made as large as this
    /// needs, and \[lattice\] has no `size`.
    #[key(integer(1, MAX_AGENTS), absent = "every lesion has the lattice of [lattice]", example = 20000)]
    pub agents: Option<u32>,
    /// Number of target lesions of every patient.
    #[key(integer(1, MAX_LESIONS), absent = "drawn: one or two in each of one to three organs", example = 3)]
    pub lesions: Option<u32>,
    /// Where all tumours began. But for growth by covariates the numbers are those of pancreatic NETs.
    #[key(absent = "the pancreas, or as [cohort.origins] says", example = "gut")]
    pub origin: Option<Origin>,
    /// Shares of patients by where their tumours began, instead of `origin`.
    #[key(section, absent = "all began at `origin`")]
    pub origins: Option<OriginShares>,
    /// Share of patients with grade 2 rather than 1, where growth follows covariates.
    #[key(FRACTION, absent = "0.17, as in RADIANT-3", example = 0.35)]
    pub grade_2: Option<f64>,
    /// Share of patients whose tumours had progressed within the year before, as documented, where growth follows
    /// covariates; 1 where the trial asked for it.
    #[key(FRACTION, absent = "1, as in RADIANT-3", example = 0.0)]
    pub progressing: Option<f64>,
    /// Share of patients who had progressed on a somatostatin analogue before: in 8 of 10 of them analogues no longer slow
    /// growth (C; a choice).
    #[key(FRACTION, default = 0.0, example = 0.8)]
    pub prior_analogue: f64,
    /// Concentrations of drugs: drawn for each patient, or those of the typical one for all.
    #[key(default = "virtual", example = "typical")]
    pub pharmacokinetics: Pharmacokinetics,
    /// Whether FGFR4 R388 and PHLPP2 S1016 make rapalogs work less; the evidence contradicts itself (C).
    #[key(default = false, example = true)]
    pub germline_effects: bool,
    /// Factor on growth where MEN1 and DAXX/ATRX are both mutated (C); 1 for no effect.
    #[key(number(0.01, 100.0), default = 0.8, example = 1.0)]
    pub prognostic_factor: f64,
    /// Changes of the laws between patients.
    #[key(name = "change", section, absent = "patients differ as the model says")]
    pub changes: Vec<CohortChange>,
}

/// Name of the growth population whose growth follows from its covariates.
pub const GROWTH_BY_COVARIATES: &str = "covariates";

impl CohortSection {
    /// Whether growth follows covariates, and not a population that was fitted.
    pub fn grows_by_covariates(&self) -> bool {
        self.population.eq_ignore_ascii_case(GROWTH_BY_COVARIATES)
    }

    /// Shares of patients by where their tumours began.
    pub fn origin_shares(&self) -> OriginShares {
        self.origins.unwrap_or(OriginShares::all(self.origin.unwrap_or(Origin::Pancreas)))
    }
}

/// Growth is given once: by a population that was fitted, or by covariates.
fn growth_once(cohort: &CohortSection, reader: &Reader<'_>) {
    let by_covariates = cohort.grows_by_covariates();
    if !by_covariates && let Some(key) = ["grade_2", "progressing"].into_iter().find(|key| reader.has(key)) {
        reader.cx.report(
            Diagnostic::error(
                reader.place(key),
                format!("growth twice: `{key}`, and the population `{}`", cohort.population),
            )
            .label("expected covariates of growth only with `population = \"covariates\"`")
            .help("a population that was fitted holds them already: leave one of the two out"),
        );
    }
    let own = |change: &&CohortChange| change.quantity == "growth" && change.spread.is_none();
    if by_covariates && cohort.changes.iter().any(|change| own(&change)) {
        reader.cx.report(
            Diagnostic::error(
                reader.place("population"),
                "growth twice: by covariates, and by a [[cohort.change]]",
            )
            .label("expected another population where `growth` is changed")
            .help("leave out the change of `growth`, or name a population that was fitted"),
        );
    }
    if cohort.origins.is_some() && cohort.origin.is_some() {
        reader.cx.report(
            Diagnostic::error(reader.place("origin"), "`origin` beside [cohort.origins]")
                .label("expected one of the two")
                .help("leave `origin` out: it is for cohorts whose tumours all began at one place"),
        );
    }
}

/// Shares of patients by where their tumours began; they sum to 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Section)]
#[section(path = "cohort.origins", rule = all_patients)]
pub struct OriginShares {
    /// Pancreas.
    #[key(FRACTION, default = 0.0, example = 0.45)]
    pub pancreas: f64,
    /// Gut.
    #[key(FRACTION, default = 0.0, example = 0.55)]
    pub gut: f64,
    /// Lung.
    #[key(FRACTION, default = 0.0)]
    pub lung: f64,
    /// Not known, or elsewhere.
    #[key(FRACTION, default = 0.0)]
    pub unknown: f64,
}

impl OriginShares {
    /// All patients alike.
    pub fn all(origin: Origin) -> Self {
        let share = |own: Origin| f64::from(u8::from(own == origin));
        Self {
            pancreas: share(Origin::Pancreas),
            gut: share(Origin::Gut),
            lung: share(Origin::Lung),
            unknown: share(Origin::Unknown),
        }
    }

    /// Each origin with its share.
    pub fn each(&self) -> [(Origin, f64); 4] {
        [
            (Origin::Pancreas, self.pancreas),
            (Origin::Gut, self.gut),
            (Origin::Lung, self.lung),
            (Origin::Unknown, self.unknown),
        ]
    }

    /// Whether these can be the shares of all patients.
    pub fn sum_to_one(&self) -> bool {
        let shares = self.each().map(|(_, share)| share);
        shares.iter().all(|share| *share >= 0.0) && (shares.iter().sum::<f64>() - 1.0).abs() < 1e-6
    }
}

/// Every patient has one origin.
fn all_patients(shares: &OriginShares, reader: &Reader<'_>) {
    if !shares.sum_to_one() {
        let sum: f64 = shares.each().iter().map(|(_, share)| share).sum();
        reader.cx.report(
            Diagnostic::error(
                reader.span.clone(),
                format!("shares of patients by origin that sum to {sum:.4}"),
            )
            .label("expected shares that sum to 1")
            .help("give what is left to `unknown`"),
        );
    }
}

/// From where the laws between patients are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Default)]
#[serde(rename_all = "snake_case")]
pub enum Laws {
    /// Fitted to the trials that were set aside for it.
    #[default]
    Fitted,
    /// The sources of each number.
    Sources,
    /// A draw of the posterior of that fit, by its number from 0.
    Draw(u32),
}

impl std::fmt::Display for Laws {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Fitted => f.write_str("fitted"),
            Self::Sources => f.write_str("sources"),
            Self::Draw(number) => write!(f, "draw {number}"),
        }
    }
}

/// A change of the law by which one quantity differs between patients; a later one of the same quantity wins.
/// Give `typical`, `spread`, or both; or `fixed`. Numbers are in the unit of the quantity in \[patient\],
/// without it.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "cohort.change", heading = "[[cohort.change]]", given = one_change)]
pub struct CohortChange {
    /// The quantity: a key of \[patient\] such as `growth`, `coupled_loss`, `gamma`, `rtk_fraction` or `sstr`;
    /// or `ki67`, `diameter_sum` (mm), `vessels` (/mm2), `cga_per_cell`, `weight_kg`, `mgmt_low`, `male`,
    /// `pten`, `pik3ca`, `kras`. What is present or absent has the values 1 and 0.
    #[key(required, example = "growth")]
    pub quantity: String,
    /// Another typical value: the median, the mean of a share, or the value of those who have not the rarer
    /// one.
    #[key(number(0.0, 1e6), absent = "that of the model, or of the growth population", example = 0.002)]
    pub typical: Option<f64>,
    /// Another spread: the SD of the logarithm, the SD of a share, or the probability of the rarer value.
    #[key(number(0.0, 1e6), absent = "that of the model", example = 0.5)]
    pub spread: Option<f64>,
    /// The same value for all.
    #[key(number(0.0, 1e6), absent = "patients differ", example = 0.0)]
    pub fixed: Option<f64>,
}

/// An arm.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Arm {
    /// Name, unique in the trial.
    pub name: String,
    /// Patients of the published arm.
    pub enrolled: Option<u32>,
    /// What a stop of its therapy means; `None`: as in the trial.
    pub estimand: Option<Estimand>,
    /// The plan; its own calendar is that of [`Assessment`].
    pub therapy: Therapy,
}

/// A published figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Published {
    /// Number of the arm.
    pub arm: usize,
    /// Number of the arm against which, for ratios.
    pub against: Option<usize>,
    /// What was measured.
    pub endpoint: PublishedEndpoint,
    /// Time in months for shares at a time.
    pub at_months: Option<f64>,
    /// The figure: months, percent, or a ratio.
    pub value: f64,
    /// Its 95 % interval.
    pub interval: Option<(f64, f64)>,
    /// Who read the scans; `None`: nobody, or it is not known.
    pub reader: Option<ScanReader>,
    /// When it was read.
    pub timing: FigureTiming,
    /// Whether responses were confirmed; `None`: not a matter, or not known.
    pub confirmed: Option<bool>,
    /// How well its source is known.
    pub grade: Confidence,
    /// What is not known of it; empty: nothing.
    pub doubt: String,
    /// What it was used for here.
    pub role: Role,
    /// Where it was published.
    pub source: String,
}

/// When a published figure was read.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FigureTiming {
    /// This many days after the first patient's entry.
    Cutoff(u32),
    /// When patients had been followed for so many days in median.
    FollowUp(u32),
    /// It is not known, or not a matter.
    Unknown,
}

impl FigureTiming {
    /// Days from the first patient's entry to the cut-off. That of a median follow-up is the follow-up after the median day of entry,
    /// since a patient is followed from entry to cut-off: half of the accrual period by uniform accrual, 0.71 of it by linear.
    pub fn cutoff(self, conduct: &Conduct) -> Option<u32> {
        match self {
            Self::Cutoff(days) => Some(days),
            Self::FollowUp(days) => {
                let entry = f64::from(conduct.accrual) * conduct.law.quantile(0.5);
                Some(days.saturating_add(libm::round(entry) as u32))
            }
            Self::Unknown => None,
        }
    }
}

named! {
    /// What a published figure did for this model.
    pub enum Role {
        /// Parameters were fitted to it.
        Calibrated = "calibrated",
        /// It shaped a default.
        Informed = "informed",
        /// It was held out.
        Predicted = "predicted",
    }
}

named! {
    /// What is measured of an arm, or between two.
    pub enum PublishedEndpoint {
        /// Median progression-free survival of the first line, months.
        PfsMedian = "pfs_median",
        /// Progression-free at a time, percent.
        PfsRate = "pfs_rate",
        /// Hazard ratio of progression or death.
        PfsHazardRatio = "pfs_hazard_ratio",
        /// Median total PFS over two lines, months.
        TotalPfsMedian = "total_pfs_median",
        /// Hazard ratio of total PFS.
        TotalPfsHazardRatio = "total_pfs_hazard_ratio",
        /// Median PFS of the second line, months.
        SecondLinePfsMedian = "second_line_pfs_median",
        /// Median overall survival, months.
        OsMedian = "os_median",
        /// Alive at a time, percent.
        OsRate = "os_rate",
        /// Hazard ratio of death.
        OsHazardRatio = "os_hazard_ratio",
        /// Complete or partial responses, percent.
        ResponseRate = "response_rate",
        /// Responses and stable disease, percent.
        DiseaseControl = "disease_control",
        /// Any shrinkage of the sum of diameters as best change, percent.
        AnyShrinkage = "any_shrinkage",
        /// Progression as best response, percent.
        ProgressiveDisease = "progressive_disease",
        /// Progression or death by the first scan, percent.
        FirstScanProgression = "first_scan_progression",
        /// An adverse event of grade 3 or 4, percent.
        Grade3Or4 = "grade3_or4",
        /// A dose-limiting event within a time, percent.
        DoseLimiting = "dose_limiting",
        /// Stopped a drug for adverse events, percent.
        Discontinuation = "discontinuation",
        /// Dose held, reduced or stopped, percent.
        DoseChange = "dose_change",
        /// Relative dose intensity of the first drug, percent.
        DoseIntensity = "dose_intensity",
        /// Early response of chromogranin A (30 % lower after 4 weeks), percent.
        EarlyCga = "early_cga",
    }
}

/// A change has something to change, and a value for all is the only one.
fn one_change(reader: &Reader<'_>) {
    let given = |name: &&str| reader.has(name);
    let other = ["typical", "spread"].into_iter().find(given);
    match (reader.has("fixed"), other) {
        (false, None) => {
            let quantity = reader.peek::<Plain, String>("quantity").unwrap_or_default();
            reader.refuse(
                "",
                format!("a change of `{quantity}` that changes nothing"),
                "expected `typical`, `spread` or `fixed`",
                "write for example `typical = 0.002`, or remove the change",
            );
        }
        (true, Some(name)) => {
            Diagnostic::error(reader.place("fixed"), format!("`fixed` together with `{name}`"))
                .label("expected only one of them: with `fixed` all patients have this value")
                .related(reader.place(name), "the other one")
                .help(format!("remove `fixed`, or `{name}`"))
                .report(reader.cx)
        }
        _ => {}
    }
}
