//! The sections and keys of a scenario file, format version 1.

mod catalogue;

pub use catalogue::{DRUG_FILE, DRUGS};

use super::declare::Section as _;
use super::limits::RATES_MODE;
use super::model::{CohortSection, LesionVolume, Oxygen, PatientData, Vessels};
use super::read::arms::{ArmKeys, ComparisonKeys};
use super::read::assessment::AssessmentKeys;
use super::read::conduct::TrialKeys;
use super::read::drugs::DrugKeys;
use super::read::lattice::LatticeKeys;
use super::read::loci::LocusKeys;
use super::read::output::OutputKeys;
use super::read::published::PublishedKeys;
use super::read::rates::RatesKeys;
use super::read::start::StartKeys;
use super::read::stop::StopKeys;
use super::read::therapy::TherapyKeys;
use super::read::time::TimeKeys;
use super::table::{Bounds, Fallback, Kind, NamePattern, Section, key, only};
use Fallback::{Absent, Derived, Required, RequiredIn, Value};

/// `[cohort]`.
pub const COHORT: &Section = CohortSection::SECTION;

/// `[patient]`.
pub const PATIENT: &Section = PatientData::SECTION;

/// The top level of the file.
pub static ROOT: Section = Section {
    path: "",
    heading: "top level",
    doc: "Keys that stand before the first section.",
    keys: &[
        key(
            "format",
            Kind::Integer { min: 0, max: u32::MAX as u64 },
            Value("1"),
            "Version of this file format; this program reads version 1.",
            "1",
        ),
        key(
            "name",
            Kind::Name(NamePattern::Slug),
            Required,
            "Short name, used in file names and pictures.",
            "\"first-run\"",
        ),
        key(
            "description",
            Kind::Text,
            Value("\"\""),
            "Free text that is shown in summaries.",
            "\"A first run.\"",
        ),
        key(
            "seed",
            Kind::Integer { min: 0, max: i64::MAX as u64 },
            Value("1"),
            "Seed that, with the scenario, decides every bit of the result.",
            "1",
        ),
        key(
            "replicates",
            Kind::Integer { min: 1, max: 1_000_000 },
            Value("1"),
            "Number of independent replicates that run as one batch.",
            "200",
        ),
        key(
            "mutation_amplification",
            Kind::Number(Bounds::closed(0.0, 1e9)),
            Value("1.0"),
            "Factor on every mutation rate per division; 1 leaves the rates of the literature. Results repeat it when it is not 1.",
            "1000.0",
        ),
        only(
            key(
                "cells_per_agent",
                Kind::Number(Bounds::closed(1.0, 1e9)),
                Absent(
                    "an agent is a cell; in a trial it stands for as many as lesions of the patient's size have",
                ),
                "Cells that an agent stands for at the start. Above 1, states too rare to be worth agents, and all mutants, are numbers of cells in a ledger until they are; at 1 there is none.",
                "800000.0",
            ),
            "phenotype",
            &["signalling"],
        ),
        key(
            "loci",
            Kind::Names(NamePattern::Word),
            Derived("the catalogue's loci that are on by default"),
            "Loci taken from the catalogue, in the order in which they are packed into a cell's state; `[]` for none.",
            "[\"tsc\", \"rtk\"]",
        ),
        key(
            "phenotype",
            Kind::Choice(&["rates", "signalling"]),
            Value("\"rates\""),
            "Where the rates of cells come from: from [rates], for each state and for drugs that are on or off; or from the signalling network of a [patient]'s cells under the drugs of [therapy].",
            "\"signalling\"",
        ),
        key("time", Kind::Table(TimeKeys::SECTION), Required, "Time axis.", "{ end = \"720 d\" }"),
        key(
            "lattice",
            Kind::Table(LatticeKeys::SECTION),
            Required,
            "Lattice and placement.",
            "{ size = [256, 256] }",
        ),
        key(
            "start",
            Kind::Table(StartKeys::SECTION),
            Required,
            "Tumour at step 0.",
            "{ shape = \"single\" }",
        ),
        key(
            "locus",
            Kind::Tables(LocusKeys::SECTION),
            Absent("no locus beside those of `loci`"),
            "Loci that are added to those of `loci`, or that override one of the catalogue by having its name.",
            "[]",
        ),
        key(
            "rates",
            Kind::Table(RatesKeys::SECTION),
            RequiredIn(RATES_MODE),
            "Rates of cells.",
            "{ birth = \"0.025 /d\", death = \"0.02 /d\" }",
        ),
        only(
            key(
                "drug",
                Kind::Tables(DrugKeys::SECTION),
                Absent("no drugs"),
                "Drugs and their schedules; at most 8.",
                "[]",
            ),
            "phenotype",
            &["rates"],
        ),
        only(
            key(
                "patient",
                Kind::Table(PatientData::SECTION),
                Value("{}"),
                "The patient.",
                "{ growth = \"0.0035 /d\" }",
            ),
            "phenotype",
            &["signalling"],
        ),
        key(
            "oxygen",
            Kind::Table(Oxygen::SECTION),
            Absent("every site is well supplied"),
            "Oxygen field; the section itself, even empty, switches it on.",
            "{}",
        ),
        only(
            key(
                "vessels",
                Kind::Table(Vessels::SECTION),
                Absent("the density of vessels never changes"),
                "Vessels that live, beside [oxygen]; the section itself, even empty, switches them on.",
                "{}",
            ),
            "phenotype",
            &["signalling"],
        ),
        only(
            key(
                "volume",
                Kind::Table(LesionVolume::SECTION),
                Value("{}"),
                "What lesions measure beside the number of their cells.",
                "{ stroma = 0.1 }",
            ),
            "phenotype",
            &["signalling"],
        ),
        key(
            "catalogue",
            Kind::Table(&DRUGS),
            Absent("the catalogue of the program alone"),
            "Drugs of one's own.",
            "{ files = [\"my-drugs.toml\"] }",
        ),
        only(
            key(
                "therapy",
                Kind::Table(TherapyKeys::SECTION),
                Absent("no therapy"),
                "Plan of a therapy with drugs of the catalogue.",
                "{ regimen = \"everolimus 10 mg daily\" }",
            ),
            "phenotype",
            &["signalling"],
        ),
        only(
            key(
                "trial",
                Kind::Table(TrialKeys::SECTION),
                Value("{}"),
                "What a trial is; with [cohort] and [[arm]].",
                "{ title = \"RADIANT-3\" }",
            ),
            "phenotype",
            &["signalling"],
        ),
        only(
            key(
                "cohort",
                Kind::Table(CohortSection::SECTION),
                Absent("one patient, and no trial"),
                "Who is treated; the section itself, even empty, makes the file a trial.",
                "{ patients = 60 }",
            ),
            "phenotype",
            &["signalling"],
        ),
        only(
            key(
                "assessment",
                Kind::Table(AssessmentKeys::SECTION),
                Value("{}"),
                "How the patients of a trial are followed.",
                "{ jitter = \"0 d\" }",
            ),
            "phenotype",
            &["signalling"],
        ),
        only(
            key(
                "arm",
                Kind::Tables(ArmKeys::SECTION),
                Absent("no trial"),
                "Arms of a trial, in place of [therapy].",
                "[]",
            ),
            "phenotype",
            &["signalling"],
        ),
        only(
            key(
                "comparison",
                Kind::Tables(ComparisonKeys::SECTION),
                Absent("every arm against the first one"),
                "Arms that are compared.",
                "[]",
            ),
            "phenotype",
            &["signalling"],
        ),
        only(
            key(
                "published",
                Kind::Tables(PublishedKeys::SECTION),
                Absent("none"),
                "Published figures of the trial.",
                "[]",
            ),
            "phenotype",
            &["signalling"],
        ),
        key("stop", Kind::Table(StopKeys::SECTION), Value("{}"), "Rules judged at every observation.", "{}"),
        key("output", Kind::Table(OutputKeys::SECTION), Value("{}"), "Optional outputs.", "{}"),
    ],
};
