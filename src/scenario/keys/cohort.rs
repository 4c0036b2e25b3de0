//! `[cohort]` and `[assessment]`: who is treated in a trial, and how patients are followed.

use super::key;
use super::therapy::{VISITS_AT, VISITS_EVERY, VISITS_FIRST};
use crate::scenario::table::Fallback::{Absent, Required, Value};
use crate::scenario::table::{Bounds, Kind, Section};
use crate::scenario::units::Dimension::{Rate, Time};

/// Most patients: a lesion's number has 24 bits for its patient.
pub const MOST_PATIENTS: u64 = 1 << 24;
/// Most agents of a patient.
pub const MOST_AGENTS: u64 = 100_000_000;
/// Most target lesions of a patient (RECIST 1.1).
const MOST_LESIONS: u64 = 5;

/// `[cohort]`.
pub static COHORT: Section = Section {
    path: "cohort",
    heading: "[cohort]",
    doc: "Who is treated in a trial: virtual patients, drawn from the laws of untreated growth and of all else by which patients differ. The section may be empty. A patient is a function of the seed and of its number, the same in every arm and in a larger cohort.",
    keys: &[
        key(
            "patients",
            Kind::Integer { min: 1, max: MOST_PATIENTS },
            Value("60"),
            "Number of patients; every arm treats all of them.",
            "200",
        ),
        key(
            "population",
            Kind::Text,
            Value("\"radiant-3\""),
            "Growth population: `radiant-3`, `sun-1111`, `radiant-4` or `clarinet`, each fitted to the untreated growth of that trial (median 0.0035, 0.0025, 0.0045 and 0.0009 /d).",
            "\"sun-1111\"",
        ),
        key(
            "laws",
            Kind::Text,
            Value("\"fitted\""),
            "From where the laws between patients are: `fitted` to RADIANT-3 and SUN-1111 (`evotor calibrate`), the `sources` of each number, or `draw N`, draw N of the posterior of that fit, from 0. Changes below come on top.",
            "\"sources\"",
        ),
        key(
            "repeat",
            Kind::Texts,
            Value("[]"),
            "Growth populations with which `evotor compare` repeats the comparison, by the mean-field surrogate: whether what was found depends on how fast tumours grow. The own population is repeated so too, since the surrogate differs from agents by itself.",
            "[\"sun-1111\"]",
        ),
        key(
            "agents",
            Kind::Integer { min: 1, max: MOST_AGENTS },
            Absent("every lesion has the lattice of [lattice]"),
            "Live agents of a patient at the start, at least, over all lesions: cubes are made as large as this needs, and [lattice] has no `size`.",
            "20000",
        ),
        key(
            "lesions",
            Kind::Integer { min: 1, max: MOST_LESIONS },
            Absent("drawn: one or two in each of one to three organs"),
            "Number of target lesions of every patient.",
            "3",
        ),
        key(
            "origin",
            Kind::Choice(&["pancreas", "gut", "lung", "unknown"]),
            Value("\"pancreas\""),
            "Where the tumours began; a label, the numbers are those of pancreatic NETs.",
            "\"gut\"",
        ),
        key(
            "pharmacokinetics",
            Kind::Choice(&["virtual", "typical"]),
            Value("\"virtual\""),
            "Concentrations of drugs: drawn for each patient, or those of the typical one for all.",
            "\"typical\"",
        ),
        key(
            "germline_effects",
            Kind::Flag,
            Value("false"),
            "Whether FGFR4 R388 and PHLPP2 S1016 make rapalogs work less; the evidence contradicts itself (C).",
            "true",
        ),
        key(
            "prognostic_factor",
            Kind::Number(Bounds::closed(0.01, 100.0)),
            Value("0.8"),
            "Factor on growth where MEN1 and DAXX/ATRX are both mutated (C); 1 for no effect.",
            "1.0",
        ),
        key(
            "change",
            Kind::Tables(&COHORT_CHANGE),
            Absent("patients differ as the model says"),
            "Changes of the laws between patients.",
            "[]",
        ),
    ],
};

/// Values of quantities and of their spreads; each quantity has bounds of its own.
const ANY: Bounds = Bounds::closed(0.0, 1e6);

/// `[[cohort.change]]`.
pub static COHORT_CHANGE: Section = Section {
    path: "cohort.change",
    heading: "[[cohort.change]]",
    doc: "A change of the law by which one quantity differs between patients; a later one of the same quantity wins. Give `typical`, `spread`, or both; or `fixed`. Numbers are in the unit of the quantity in [patient], without it.",
    keys: &[
        key(
            "quantity",
            Kind::Text,
            Required,
            "The quantity: a key of [patient] such as `growth`, `coupled_loss`, `gamma`, `rtk_fraction` or `sstr`; or `ki67`, `diameter_sum` (mm), `vessels` (/mm2), `cga_per_cell`, `weight_kg`, `mgmt_low`, `male`, `pten`, `pik3ca`, `kras`. What is present or absent has the values 1 and 0.",
            "\"growth\"",
        ),
        key(
            "typical",
            Kind::Number(ANY),
            Absent("that of the model, or of the growth population"),
            "Another typical value: the median, the mean of a share, or the value of those who have not the rarer one.",
            "0.002",
        ),
        key(
            "spread",
            Kind::Number(ANY),
            Absent("that of the model"),
            "Another spread: the SD of the logarithm, the SD of a share, or the probability of the rarer value.",
            "0.5",
        ),
        key("fixed", Kind::Number(ANY), Absent("patients differ"), "The same value for all.", "0.0"),
    ],
};

/// `[assessment]`.
pub static ASSESSMENT: Section = Section {
    path: "assessment",
    heading: "[assessment]",
    doc: "How the patients of a trial are followed, in whole days.",
    keys: &[
        key(
            "visits",
            Kind::Table(&ASSESSMENT_VISITS),
            Value("{}"),
            "The calendar of scans.",
            "{ every = \"84 d\" }",
        ),
        key(
            "jitter",
            Kind::Quantity(Time),
            Value("\"7 d\""),
            "Largest time by which a scan is early or late; less than half of the time between two scans.",
            "\"7 d\"",
        ),
        key(
            "noise",
            Kind::Number(Bounds::closed(0.0, 1.0)),
            Value("0.05"),
            "Coefficient of variation of a measured sum of diameters. 0.04 to 0.06 (B): without, the 21 % of RADIANT-3's placebo arm that shrank could not be.",
            "0.05",
        ),
        key(
            "new_lesions",
            Kind::Number(Bounds::closed(0.0, 100.0)),
            Value("0.7963"),
            "New lesions per unit of the logarithm of the tumour's volume above its largest value before (C; fitted to RADIANT-3 and SUN-1111, posterior 0.21 to 1.28; the first estimate from RADIANT-3 alone was 0.4).",
            "0.4",
        ),
        key(
            "laboratory",
            Kind::Quantity(Time),
            Value("\"28 d\""),
            "Time between laboratory visits (CgA, NSE); the first one is as long after the start.",
            "\"28 d\"",
        ),
        key(
            "confirmation",
            Kind::Quantity(Time),
            Value("\"0 d\""),
            "Time after which a response must be seen again to count; 0: it counts at once.",
            "\"28 d\"",
        ),
        key(
            "other_death",
            Kind::Quantity(Rate),
            Value("\"2.5e-4 /d\""),
            "Deaths of other causes (C; a choice).",
            "\"2.5e-4 /d\"",
        ),
        key(
            "tumour_death",
            Kind::Quantity(Rate),
            Value("\"1.8e-4 /d\""),
            "Deaths added for each unit of ln(V/V0) above 0, V0 being the volume at the start (C). Chosen so that the median overall survival of RADIANT-3's population comes near its 38 to 44 months; not validated: overall survival is no prediction of this model.",
            "\"1.8e-4 /d\"",
        ),
    ],
};

/// `[assessment.visits]`.
pub static ASSESSMENT_VISITS: Section = Section {
    path: "assessment.visits",
    heading: "[assessment.visits]",
    doc: "The calendar of scans, counted from the start of the therapy and the same in every arm.",
    keys: &[VISITS_EVERY, VISITS_FIRST, VISITS_AT],
};
