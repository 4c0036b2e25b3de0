//! The sections and keys of a scenario file, format version 1.

mod catalogue;

use super::declare::*;
use super::limits::RATES_MODE;
use super::model::{Assessment, CohortSection, LesionVolume, Mode, Oxygen, PatientData, Stop, Vessels};
use super::read::arms::{ArmKeys, ComparisonKeys};
use super::read::conduct::TrialKeys;
use super::read::drugs::DrugKeys;
use super::read::lattice::LatticeKeys;
use super::read::loci::LocusKeys;
use super::read::output::OutputKeys;
use super::read::published::PublishedKeys;
use super::read::rates::RatesKeys;
use super::read::record::RecordKeys;
use super::read::start::StartKeys;
use super::read::therapy::TherapyKeys;
use super::read::time::TimeKeys;

/// The top level of the file.
pub const ROOT: &Table = RootKeys::SECTION;
/// `[catalogue]`.
pub const DRUGS: &Table = catalogue::DrugsKeys::SECTION;
/// A file with drugs: one of the catalogue's, or one that `catalogue.files` names.
pub const DRUG_FILE: &Table = catalogue::DrugFileKeys::SECTION;
/// `[cohort]`.
pub const COHORT: &Table = CohortSection::SECTION;
/// `[patient]`.
pub const PATIENT: &Table = PatientData::SECTION;

/// Keys that stand before the first section.
#[derive(Section)]
#[section(path = "", heading = "top level", keys)]
#[expect(dead_code, reason = "its keys are all that is wanted of it")]
struct RootKeys {
    /// Version of this file format; this program reads version 1.
    #[key(integer(0, u32::MAX as u64), default = 1)]
    format: u64,
    /// Short name, used in file names and pictures.
    #[key(name(Slug), required, example = "first-run")]
    name: String,
    /// Free text that is shown in summaries.
    #[key(default = "", example = "A first run.")]
    description: String,
    /// Seed that, with the scenario, decides every bit of the result.
    #[key(integer(0, i64::MAX as u64), default = 1)]
    seed: u64,
    /// Number of independent replicates that run as one batch.
    #[key(integer(1, 1_000_000), default = 1, example = 200)]
    replicates: u32,
    /// Factor on every mutation rate per division; 1 leaves the rates of the literature. Results repeat it when it is not 1.
    #[key(number(0.0, 1e9), default = 1.0, example = 1000.0)]
    mutation_amplification: f64,
    /// Cells that an agent stands for at the start. Above 1, states too rare to be worth agents, and all mutants, are numbers of cells in
    /// a ledger until they are; at 1 there is none.
    #[key(
        number(1.0, 1e9),
        absent = "an agent is a cell; in a trial it stands for as many as lesions of the patient's size have",
        example = 800000.0,
        only(phenotype = "signalling")
    )]
    cells_per_agent: Option<f64>,
    /// Loci taken from the catalogue, in the order in which they are packed into a cell's state; `[]` for none.
    #[key(names(Word), derived = "the catalogue's loci that are on by default, and where vessels live those that act on them", example = ["tsc", "rtk"])]
    loci: Vec<String>,
    /// Where the rates of cells come from: from \[rates\], for each state and for drugs that are on or off; or from the
    /// signalling network of a \[patient\]'s cells under the drugs of \[therapy\].
    #[key(default = "rates", example = "signalling")]
    phenotype: Mode,
    /// Time axis.
    #[key(section, required, example = { end = "720 d" })]
    time: TimeKeys,
    /// Lattice and placement.
    #[key(section, required, example = { size = [256, 256] })]
    lattice: LatticeKeys,
    /// Tumour at step 0.
    #[key(section, required, example = { shape = "single" })]
    start: StartKeys,
    /// Loci that are added to those of `loci`, or that override one of the catalogue by having its name.
    #[key(section, absent = "no locus beside those of `loci`")]
    locus: Vec<LocusKeys>,
    /// Rates of cells.
    #[key(section, required_in = RATES_MODE, example = { birth = "0.025 /d", death = "0.02 /d" })]
    rates: RatesKeys,
    /// Drugs and their schedules; at most 8.
    #[key(section, absent = "no drugs", only(phenotype = "rates"))]
    drug: Vec<DrugKeys>,
    /// The patient.
    #[key(section, default = {}, example = { growth = "0.0035 /d" }, only(phenotype = "signalling"))]
    patient: PatientData,
    /// Oxygen field; the section itself, even empty, switches it on.
    #[key(section, absent = "every site is well supplied")]
    oxygen: Option<Oxygen>,
    /// Vessels that live, beside \[oxygen\]; the section itself, even empty, switches them on.
    #[key(section, absent = "the density of vessels never changes", only(phenotype = "signalling"))]
    vessels: Option<Vessels>,
    /// What lesions measure beside the number of their cells.
    #[key(section, default = {}, example = { stroma = 0.1 }, only(phenotype = "signalling"))]
    volume: LesionVolume,
    /// Drugs of one's own.
    #[key(Kind::Table(DRUGS), absent = "the catalogue of the program alone", example = { files = ["my-drugs.toml"] })]
    catalogue: (),
    /// Plan of a therapy with drugs of the catalogue.
    #[key(section, absent = "no therapy", example = { regimen = "everolimus 10 mg daily" }, only(phenotype = "signalling"))]
    therapy: Option<TherapyKeys>,
    /// What a trial is; with \[cohort\] and \[\[arm\]\].
    #[key(section, default = {}, example = { title = "RADIANT-3" }, only(phenotype = "signalling"))]
    trial: TrialKeys,
    /// Who is treated; the section itself, even empty, makes the file a trial.
    #[key(section, absent = "one patient, and no trial", example = { patients = 60 }, only(phenotype = "signalling"))]
    cohort: Option<CohortSection>,
    /// How the patients of a trial are followed.
    #[key(section, default = {}, example = { jitter = "0 d" }, only(phenotype = "signalling"))]
    assessment: Assessment,
    /// Arms of a trial, in place of \[therapy\].
    #[key(section, absent = "no trial", only(phenotype = "signalling"))]
    arm: Vec<ArmKeys>,
    /// Arms that are compared.
    #[key(section, absent = "every arm against the first one", only(phenotype = "signalling"))]
    comparison: Vec<ComparisonKeys>,
    /// Published figures of the trial.
    #[key(section, absent = "none", only(phenotype = "signalling"))]
    published: Vec<PublishedKeys>,
    /// What is known of one patient, for `evotor condition`.
    #[key(section, absent = "no patient of one's own", only(phenotype = "signalling"))]
    record: Option<RecordKeys>,
    /// Rules judged at every observation.
    #[key(section, default = {})]
    stop: Stop,
    /// Optional outputs.
    #[key(section, default = {})]
    output: OutputKeys,
}
