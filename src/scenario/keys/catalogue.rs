//! `[catalogue]`, `[[catalogue.drug]]`, its label and its adverse events; the table of a number.

use super::pharmacology::{KILL, PK, TARGET, VASCULAR};
use super::{FRACTION, SHARE, key, only};
use crate::scenario::table::Fallback::{Absent, Derived, Required, RequiredThere, Value};
use crate::scenario::table::{Bounds, Kind, Measure, NamePattern, Section};
use crate::scenario::units::Dimension::{Concentration, MolarMass, Potency, Time};

/// `[catalogue]`.
pub static DRUGS: Section = Section {
    path: "catalogue",
    heading: "[catalogue]",
    doc: "Drugs of one's own, beside those of the program (`evotor drugs` lists these). A drug that has the name of one of the program takes its place.",
    keys: &[
        key(
            "files",
            Kind::Texts,
            Value("[]"),
            "Files with drugs, relative to the scenario. There the sections below stand without `catalogue.`: `[[drug]]`, `[drug.pk]`.",
            "[\"my-drugs.toml\"]",
        ),
        key(
            "drug",
            Kind::Tables(&MEDICINE),
            Absent("none in this file"),
            "Drugs defined in this file.",
            "[]",
        ),
    ],
};

/// A file with drugs: one of the catalogue's, or one that `catalogue.files` names.
pub static DRUG_FILE: Section = Section {
    path: "",
    heading: "top level",
    doc: "A file with drugs.",
    keys: &[key("drug", Kind::Tables(&MEDICINE), Required, "The drugs.", "[]")],
};

/// The table that stands for a number: `{ value = …, cv = …, source = …, confidence = … }`.
pub static NUMBER: Section = Section {
    path: "number",
    heading: "{ value = … }",
    doc: "A number of the catalogue is given with its spread and its source: `clearance = { value = \"17.4 L/h\", cv = 0.351, source = \"de Wit 2016\", confidence = \"A\" }`. In a drug of one's own the value may stand alone: `clearance = \"17.4 L/h\"`.",
    keys: &[
        key(
            "value",
            Kind::Text,
            Required,
            "The number: with its unit in quotes where it has one, else plain.",
            "\"17.4 L/h\"",
        ),
        key(
            "cv",
            Kind::Number(Bounds::closed(0.0, 10.0)),
            Value("0.0"),
            "Coefficient of variation between patients, of a log-normal law; 0: all patients have the value.",
            "0.351",
        ),
        key("source", Kind::Text, Value("\"scenario\""), "Where the number comes from.", "\"de Wit 2016\""),
        key(
            "confidence",
            Kind::Choice(&["A", "B", "C"]),
            Value("\"C\""),
            "A: direct human number; B: one good study; C: order of magnitude or a choice of the model.",
            "\"A\"",
        ),
    ],
};

/// `[[catalogue.drug]]`.
pub static MEDICINE: Section = Section {
    path: "catalogue.drug",
    heading: "[[catalogue.drug]]",
    doc: "A drug, radionuclide, local procedure or supportive care: what it is, how it behaves in the body, and what it does. Names are compared without regard to case, spaces and hyphens.",
    keys: &[
        key(
            "name",
            Kind::Name(NamePattern::Title),
            Required,
            "Name, as used in scenarios.",
            "\"everolimus\"",
        ),
        key("aliases", Kind::Names(NamePattern::Title), Value("[]"), "Other names.", "[\"RAD001\"]"),
        key("class", Kind::Text, Value("\"other\""), "Class, in lower case.", "\"rapalog\""),
        key(
            "kind",
            Kind::Choice(&["medicine", "radionuclide", "procedure", "supportive"]),
            Value("\"medicine\""),
            "What kind of therapy it is: given by dose, by activity, a local procedure, or nothing that acts on the tumour.",
            "\"medicine\"",
        ),
        key("description", Kind::Text, Value("\"\""), "What it is, in a sentence or two.", "\"A rapalog.\""),
        key("notes", Kind::Texts, Value("[]"), "What a user must know.", "[\"No number is measured.\"]"),
        key(
            "routes",
            Kind::Choices(&[
                "oral",
                "intravenous",
                "subcutaneous",
                "intramuscular",
                "intraarterial",
                "bath",
                "none",
            ]),
            Derived("`none` for procedures and supportive care; required otherwise"),
            "How it can be given, the usual way first; `bath` is a constant unbound concentration, as in a dish. An intravenous or intraarterial dose of a drug with an absorption or a depot goes past them, past the first pass and `bioavailability`, whole into the central compartment: `clearance` and `volume` must then be the true ones, and not relative to a bioavailability.",
            "[\"oral\"]",
        ),
        key(
            "molar_mass",
            Kind::Sourced(Measure::positive(MolarMass, "g/mol")),
            Absent("unknown: concentrations cannot be turned into nM"),
            "Molar mass.",
            "\"958.2 g/mol\"",
        ),
        key(
            "units_per_mg",
            Kind::Sourced(Measure::positive(Potency, "MU/mg")),
            Absent("not dosed by units"),
            "International units in a milligram, for a drug that is dosed by them.",
            "\"260 MU/mg\"",
        ),
        key(
            "delivery_exponent",
            Kind::Sourced(Measure::Plain(Bounds::closed(0.0, 2.0))),
            Value("{ value = 0.0, source = \"default: perfusion does not matter\", confidence = \"C\" }"),
            "Exponent of perfusion: concentration in the tumour = in plasma x (perfusion / untreated perfusion)^exponent.",
            "0.2",
        ),
        key(
            "pk",
            Kind::Table(&PK),
            Absent("none: a bath, a radionuclide, a procedure"),
            "Pharmacokinetics.",
            "{}",
        ),
        key("target", Kind::Tables(&TARGET), Absent("no node"), "Nodes of the signalling network.", "[]"),
        key("vascular", Kind::Table(&VASCULAR), Absent("nothing"), "What it does to vessels.", "{}"),
        key("kill", Kind::Tables(&KILL), Absent("no direct killing"), "Direct killing of cells.", "[]"),
        key("toxicity", Kind::Tables(&TOXICITY), Absent("no adverse events"), "Adverse events.", "[]"),
        key(
            "discontinuation",
            Kind::Sourced(Measure::Plain(FRACTION)),
            Absent("unknown"),
            "Published share of patients who stop for adverse events within a year; compared, not used.",
            "0.17",
        ),
        key("label", Kind::Table(&LABEL), Value("{}"), "Doses.", "{}"),
    ],
};

/// `[[catalogue.drug.toxicity]]`.
pub static TOXICITY: Section = Section {
    path: "catalogue.drug.toxicity",
    heading: "[[catalogue.drug.toxicity]]",
    doc: "An adverse event: shares of patients who have it within a year at the reference exposure. The hazard changes as (exposure / reference)^beta.",
    keys: &[
        key("event", Kind::Text, Required, "The event.", "\"stomatitis\""),
        key(
            "organ",
            Kind::Choice(&[
                "mucosa",
                "skin",
                "gut",
                "general",
                "infection",
                "lung",
                "metabolic",
                "blood",
                "cardiovascular",
                "kidney",
                "liver",
                "endocrine",
            ]),
            Required,
            "Organ class; drugs that share one potentiate each other there.",
            "\"mucosa\"",
        ),
        key("any_grade", Kind::Sourced(Measure::Plain(FRACTION)), Required, "Share with any grade.", "0.64"),
        key(
            "grade_3_4",
            Kind::Sourced(Measure::Plain(FRACTION)),
            Required,
            "Share with grade 3 or 4.",
            "0.07",
        ),
        key(
            "beta",
            Kind::Sourced(Measure::Plain(Bounds::closed(0.0, 10.0))),
            Value("{ value = 0.0, source = \"default: exposure does not matter\", confidence = \"C\" }"),
            "Exponent on exposure.",
            "0.58",
        ),
        key(
            "reference",
            Kind::Sourced(Measure::positive(Concentration, "ng/mL")),
            Absent("needed with pharmacokinetics if `beta` is above 0"),
            "Daily average concentration at which the shares were seen, of drug and active metabolite together.",
            "\"22.8 ng/mL\"",
        ),
        key(
            "reference_dose",
            Kind::Sourced(Measure::Plain(Bounds::above(0.0, 1e6))),
            Absent("needed for a drug without pharmacokinetics if `beta` is above 0"),
            "Dose at which the shares were seen, in the unit of the label's doses, for a drug without pharmacokinetics.",
            "7.4",
        ),
        key(
            "course",
            Kind::Choice(&["constant", "weibull", "early"]),
            Value("\"constant\""),
            "How the hazard changes over the time on drug.",
            "\"early\"",
        ),
        only(
            key(
                "shape",
                Kind::Number(Bounds::above(0.0, 10.0)),
                RequiredThere,
                "Shape of the Weibull law; below 1 the hazard is high at first.",
                "0.5",
            ),
            "course",
            &["weibull"],
        ),
        only(
            key(
                "early",
                Kind::Quantity(Time),
                RequiredThere,
                "Length of the early part of the year; the hazard is constant within it, and within the rest.",
                "\"8 wk\"",
            ),
            "course",
            &["early"],
        ),
        only(
            key(
                "early_share",
                Kind::Number(SHARE),
                Value("1.0"),
                "Share of those with the event within a year who have had it by then.",
                "0.89",
            ),
            "course",
            &["early"],
        ),
    ],
};

/// `[catalogue.drug.label]`.
pub static LABEL: Section = Section {
    path: "catalogue.drug.label",
    heading: "[catalogue.drug.label]",
    doc: "What the label says about doses.",
    keys: &[
        key(
            "regimen",
            Kind::Text,
            Value("\"\""),
            "The usual regimen, without the drug's name.",
            "\"10 mg daily\"",
        ),
        key(
            "reductions",
            Kind::Texts,
            Value("[]"),
            "Reduced doses, each below the one before it. A dose alone is given like the usual one: \"5 mg\".",
            "[\"5 mg daily\", \"5 mg every 2 d\"]",
        ),
        key(
            "maximum",
            Kind::Dose,
            Absent("no dose is too large"),
            "Largest single dose. There is a warning above it, in whatever unit a dose is written, and where doses are so frequent that they come to more than this one at the usual schedule. Doses by weight or surface are those of the scenario's patient; in a trial, and without one, of 70 kg and 170 cm.",
            "\"10 mg\"",
        ),
        key(
            "hold",
            Kind::Sourced(Measure::positive(Time, "d")),
            Value("{ value = \"10 d\", source = \"default: middle of 7 to 14 d\", confidence = \"C\" }"),
            "Median length of a hold for an adverse event.",
            "\"10 d\"",
        ),
        key(
            "stop_after",
            Kind::Integer { min: 0, max: 100 },
            Value("0"),
            "Grade-3 events of one organ class after which the drug is stopped; 0: never by count.",
            "2",
        ),
        key("source", Kind::Text, Value("\"scenario\""), "Where the rules come from.", "\"label\""),
    ],
};
