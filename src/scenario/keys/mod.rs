//! The sections and keys of a scenario file, format version 1.

mod arm;
mod catalogue;
mod cells;
mod cohort;
mod course;
mod patient;
mod pharmacology;
mod space;
mod stop;
mod therapy;
mod trial;
mod vessels;

pub use arm::{ARM, ARM_ADVERSE_EVENTS, ARM_LINE, ARM_THERAPY};
pub use catalogue::{DRUG_FILE, DRUGS, LABEL, MEDICINE, NUMBER, TOXICITY};
pub use cells::{CHANGE, EFFECT, INDUCED, LOCUS, NETWORK, RATES, RULE, SUPPRESSED};
pub use cohort::{ASSESSMENT, ASSESSMENT_VISITS, COHORT, COHORT_CHANGE, MOST_AGENTS, MOST_PATIENTS};
pub use course::{ADAPTIVE, CYCLE, DRUG, OUTPUT};
pub use patient::{PATIENT, WEIGHT_KG};
pub use pharmacology::{
    ABSORPTION, ALLOMETRY, CORRELATION, EXCHANGE, KILL, KILL_SHIFT, METABOLITE, METABOLITE_EXCHANGE, PK,
    RECIRCULATION, RELEASE, TARGET, TARGET_SHIFT, VASCULAR,
};
pub use space::{LATTICE, OXYGEN, START, TIME};
pub use stop::{PROGRESSION, STATE_TARGET, STOP};
pub use therapy::{ADAPTIVE_DOSES, ADVERSE_EVENTS, LINE, REGIMEN, THERAPY, VISITS};
pub use trial::{COMPARISON, ENDPOINTS, PUBLISHED, TRIAL};
pub use vessels::VESSELS;

use super::table::{Bounds, Fallback, Key, Kind, NamePattern, Only, Section};
use Fallback::{Absent, Derived, Required, RequiredIn, Value};

/// The format version that this program writes and reads.
pub const FORMAT: u64 = 1;

/// Largest number of steps in a run.
pub const MOST_STEPS: u32 = 10_000_000;

/// Largest number of cells or sites that a scenario may name: site numbers have 31 bits.
pub const MOST_CELLS: u64 = (1 << 31) - 1;

/// Where rates are given.
const RATES_MODE: &str = "phenotype = \"rates\"";

const FACTOR: Bounds = Bounds::closed(0.0, 1000.0);
const FRACTION: Bounds = Bounds::closed(0.0, 1.0);
const SHARE: Bounds = Bounds::above(0.0, 1.0);

const fn key(
    name: &'static str,
    kind: Kind,
    default: Fallback,
    doc: &'static str,
    example: &'static str,
) -> Key {
    Key { name, kind, default, only: None, doc, example }
}

const fn only(mut key: Key, other: &'static str, values: &'static [&'static str]) -> Key {
    key.only = Some(Only { key: other, values });
    key
}

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
        key("time", Kind::Table(&TIME), Required, "Time axis.", "{ end = \"720 d\" }"),
        key("lattice", Kind::Table(&LATTICE), Required, "Lattice and placement.", "{ size = [256, 256] }"),
        key("start", Kind::Table(&START), Required, "Tumour at step 0.", "{ shape = \"single\" }"),
        key(
            "locus",
            Kind::Tables(&LOCUS),
            Absent("no locus beside those of `loci`"),
            "Loci that are added to those of `loci`, or that override one of the catalogue by having its name.",
            "[]",
        ),
        key(
            "rates",
            Kind::Table(&RATES),
            RequiredIn(RATES_MODE),
            "Rates of cells.",
            "{ birth = \"0.025 /d\", death = \"0.02 /d\" }",
        ),
        only(
            key(
                "drug",
                Kind::Tables(&DRUG),
                Absent("no drugs"),
                "Drugs and their schedules; at most 8.",
                "[]",
            ),
            "phenotype",
            &["rates"],
        ),
        only(
            key("patient", Kind::Table(&PATIENT), Value("{}"), "The patient.", "{ growth = \"0.0035 /d\" }"),
            "phenotype",
            &["signalling"],
        ),
        key(
            "oxygen",
            Kind::Table(&OXYGEN),
            Absent("every site is well supplied"),
            "Oxygen field; the section itself, even empty, switches it on.",
            "{}",
        ),
        only(
            key(
                "vessels",
                Kind::Table(&VESSELS),
                Absent("the density of vessels never changes"),
                "Vessels that live, beside [oxygen]; the section itself, even empty, switches them on.",
                "{}",
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
                Kind::Table(&THERAPY),
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
                Kind::Table(&TRIAL),
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
                Kind::Table(&COHORT),
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
                Kind::Table(&ASSESSMENT),
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
                Kind::Tables(&ARM),
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
                Kind::Tables(&COMPARISON),
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
                Kind::Tables(&PUBLISHED),
                Absent("none"),
                "Published figures of the trial.",
                "[]",
            ),
            "phenotype",
            &["signalling"],
        ),
        key("stop", Kind::Table(&STOP), Value("{}"), "Rules judged at every check.", "{}"),
        key("output", Kind::Table(&OUTPUT), Value("{}"), "Optional outputs.", "{}"),
    ],
};

/// The catalogue of loci, which is a file of its own.
pub static CATALOGUE: Section = Section {
    path: "catalogue",
    heading: "catalogue",
    doc: "The catalogue of loci that is part of the program.",
    keys: &[
        key(
            "on_by_default",
            Kind::Names(NamePattern::Word),
            Required,
            "Loci that a scenario has unless it says otherwise.",
            "[\"tsc\"]",
        ),
        key("locus", Kind::Tables(&LOCUS), Required, "The loci.", "[]"),
    ],
};
