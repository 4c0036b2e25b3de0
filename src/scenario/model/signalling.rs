//! What mode `signalling` needs beside loci and drugs: the patient, and vessels that live.

use std::sync::LazyLock;

use toml::de::DeTable;

use super::Locus;
use crate::catalogue::TscContext;
use crate::scenario::context::Context;
use crate::scenario::declare::{Plain, Section};
use crate::scenario::error::Diagnostic;
use crate::scenario::reader::Reader;
use crate::scenario::regimen::{Body, TYPICAL_SURFACE};
use crate::scenario::units::number_text;
use crate::words::named;
use serde::Serialize;

named! {
    /// Where the rates of cells come from.
    pub enum Mode {
        /// From `[rates]`: a table per state and per drug on or off.
        Rates = "rates",
        /// From the signalling network of the patient's cells under the drugs of `[therapy]`.
        Signalling = "signalling",
    }
}

named! {
    /// Where the tumour began.
    pub enum Origin {
        /// Pancreas.
        Pancreas = "pancreas",
        /// Gut.
        Gut = "gut",
        /// Lung.
        Lung = "lung",
        /// Unknown.
        Unknown = "unknown",
    }
}

named! {
    /// Sex of a patient.
    pub enum Sex {
        /// Male.
        Male = "male",
        /// Female.
        Female = "female",
    }
}

named! {
    /// Whose pharmacokinetics drugs have.
    pub enum Pharmacokinetics {
        /// Those of the typical patient.
        Typical = "typical",
        /// Parameters drawn for each patient.
        Virtual = "virtual",
    }
}

/// The patient, from whom the rates of cells follow: untreated growth, what drugs do to this patient's cells,
/// covariates. Every default is that of the typical patient (the median, or the commoner value), so that the
/// section may be left out. Letters in brackets: A a direct human number, B one good study, C an order of
/// magnitude or a choice of the model.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "patient")]
pub struct PatientData {
    /// Untreated net growth of the sensitive cell, above 0, at most 1 /d; divisions and deaths follow from it.
    /// Median of the placebo arm of RADIANT-3 (NEJM 2011;364:514; surrogate fit), log-SD 1.32 between patients
    /// (B).
    #[key(within_above(Rate, 0.0, 1.0), default = "0.0035 /d")]
    pub growth: f64,
    /// Share of division attempts that replace the mother in place, so that they add no cell. 0.65 to 0.77
    /// agree with RADIANT-3 (NEJM 2011;364:514), SD 0.04 between patients; confounded with the growth weights
    /// of the network (C).
    #[key(number(0.0, 0.99), default = 0.72)]
    pub coupled_loss: f64,
    /// How strongly a slowed network slows division: attempts are multiplied by growth^gamma. Log-SD 0.4
    /// between patients (C; surrogate fit to RADIANT-3).
    #[key(number(0.0, 10.0), default = 1.0, example = 0.7)]
    pub gamma: f64,
    /// Factor on deaths that drugs cause. Log-SD 0.9 between patients (B; models of tumour size, CPT Pharmacometrics
    /// Syst Pharmacol 2013;2:e84).
    #[key(FACTOR, default = 1.0, example = 2.0)]
    pub kill_factor: f64,
    /// Factor on the EC50 of rapalogs in cells. Log-SD 0.5 between patients (C; a choice).
    #[key(above(0.0, 1000.0), default = 1.0, example = 1.5)]
    pub rapalog_ec_factor: f64,
    /// Factor on the EC50 of inhibitors of VEGF receptors in vessels. Log-SD 0.5 between patients (A;
    /// sunitinib, CPT Pharmacometrics Syst Pharmacol 2013;2:e84).
    #[key(above(0.0, 1000.0), default = 1.0, example = 1.5)]
    pub vegfr_ec_factor: f64,
    /// Factor on the tumour's dose of radiation. Log-SD 0.5 between patients (C; tumour doses of 177Lu, PMC8978188).
    #[key(FACTOR, default = 1.0, example = 0.5)]
    pub radiation_dose_factor: f64,
    /// Factor on the rates of change that drugs induce. Log-SD 0.5 between patients (C; surrogate fit to
    /// RADIANT-3).
    #[key(FACTOR, default = 1.0, example = 1.5)]
    pub induction_factor: f64,
    /// Share of untreated cells with upregulated receptors (`rtk=1`), at the start and at the equilibrium of
    /// switching to and fro, from which the untreated rate of switching follows. 3e-4 to 0.13, log-SD 1.0
    /// between patients (C; surrogate fit to RADIANT-3).
    #[key(number(0.0, 0.5), default = 0.02)]
    pub rtk_fraction: f64,
    /// Share of starting cells with overactive GSK3 (`gsk3=1`). Log-SD 1.0 between patients (C; a choice).
    #[key(FRACTION, default = 0.002)]
    pub gsk3_fraction: f64,
    /// Share of starting cells that have lost TSC1/TSC2 (`tsc=2`); clonal, 1, in 2 to 4 % of pancreatic NETs
    /// (B; Nature 2017;543:65).
    #[key(FRACTION, default = 1e-6, example = 1.0)]
    pub tsc_fraction: f64,
    /// Share of starting cells with an activating mutation of the MTOR kinase (`mtor_kinase=1`): what 2.3e-8
    /// per division leaves in 1e9 cells; clonal, 1, in 0.5 to 1 % of patients (C).
    #[key(FRACTION, default = 3e-6)]
    pub kinase_fraction: f64,
    /// Share of starting cells with an FRB mutation (`fkbp12_frb=1`): what 8e-9 per division leaves in 1e10
    /// cells (C).
    #[key(FRACTION, default = 1.2e-6)]
    pub frb_fraction: f64,
    /// Share of upregulated receptors that inhibitors of PDGFR and KIT reach; anything from 0 to 1, since the
    /// receptor that drives the escape differs between tumours (C; a choice).
    #[key(FRACTION, default = 0.5)]
    pub upregulated_reach: f64,
    /// How cells without TSC1/TSC2 answer to rapalogs: hypersensitive (H; NEJM 2014;371:1426), or resistant
    /// (R), in 3 of 10 patients (C; a choice).
    #[key(default = "H", example = "R")]
    pub tsc_context: TscContext,
    /// Somatostatin receptor 2, from 0 (none: somatostatin analogues do nothing) to 1; 80 % of patients have it
    /// (C).
    #[key(FRACTION, default = 1.0, example = 0.0)]
    pub sstr: f64,
    /// Whether somatostatin analogues no longer slow growth, as in 8 of 10 patients who progressed on one (C; a choice). Secretion
    /// they still lower.
    #[key(default = false, example = true)]
    pub analogue_refractory: bool,
    /// Carries FGFR4 R388, as half of patients do (C); without effect unless `germline_effects`.
    #[key(default = false, example = true)]
    pub fgfr4_r388: bool,
    /// Carries PHLPP2 S1016, as 3 of 10 patients do (C); without effect unless `germline_effects`.
    #[key(default = false, example = true)]
    pub phlpp2_s1016: bool,
    /// Whether these two make rapalogs work less; the evidence contradicts itself (C).
    #[key(default = false, example = true)]
    pub germline_effects: bool,
    /// MEN1 mutated, in 44 % of pancreatic NETs (B; Nature 2017;543:65, Science 2011;331:1199). Prognosis only:
    /// `growth` as written already holds it.
    #[key(default = false, example = true)]
    pub men1: bool,
    /// DAXX or ATRX mutated, in 43 % of pancreatic NETs (B; Nature 2017;543:65, Science 2011;331:1199).
    /// Prognosis only, as `men1`.
    #[key(default = false, example = true)]
    pub daxx_atrx: bool,
    /// Where the tumour began; a label, the numbers are those of pancreatic NETs.
    #[key(default = "pancreas", example = "gut")]
    pub origin: Origin,
    /// Sex; a label. 55 % of patients in trials of pancreatic NETs are men (C).
    #[key(default = "male", example = "female")]
    pub sex: Sex,
    /// Body weight, 20 to 300 kg; scales doses in mg/kg and, where the catalogue says so, clearance and
    /// volumes. Log-SD 0.2 between patients (C; a choice).
    #[key(name = "weight", within(Weight, 20.0, 300.0), default = "70 kg")]
    pub weight_kg: f64,
    /// Body surface, 0.5 to 4 m2; scales doses in mg/m2.
    #[key(
        name = "surface", by = surface, within(Surface, 0.5, 4.0),
        derived = TYPICAL_SURFACE, example = "1.8 m2",
    )]
    pub surface_m2: f64,
    /// Concentrations of drugs: those of the typical patient, or with parameters drawn for each replicate from
    /// the differences between patients in the catalogue.
    #[key(default = "typical", example = "virtual")]
    pub pharmacokinetics: Pharmacokinetics,
}

impl PatientData {
    /// The typical patient, of whom a scenario says nothing.
    pub fn typical() -> Self {
        static TYPICAL: LazyLock<PatientData> = LazyLock::new(|| {
            let (context, nothing) = (Context::new(""), DeTable::new());
            PatientData::read(&Reader::root(&context, PatientData::SECTION, &nothing))
                .unwrap_or_else(|| unreachable!("every key of [patient] has a default"))
        });
        TYPICAL.clone()
    }

    /// The body, by which doses are scaled.
    pub fn body(&self) -> Body {
        Body { weight_kg: self.weight_kg, surface_m2: self.surface_m2 }
    }
}

/// A level of a locus that some cells of a tumour start with, and the key of their share.
#[derive(Debug)]
pub struct StartingFraction {
    /// Key of the share.
    pub key: &'static str,
    /// The locus.
    pub locus: &'static str,
    /// Its level.
    pub level: u8,
    /// The share of a patient.
    pub of: fn(&PatientData) -> f64,
    /// The same, to be changed.
    pub(crate) of_mut: fn(&mut PatientData) -> &mut f64,
}

impl StartingFraction {
    /// Whether a scenario has the level.
    pub(crate) fn is_in(&self, locus: &Locus) -> bool {
        locus.name == self.locus && usize::from(self.level) < locus.levels.len()
    }
}

macro_rules! fraction {
    ($key:ident, $locus:literal, $level:literal) => {
        StartingFraction {
            key: stringify!($key),
            locus: $locus,
            level: $level,
            of: |patient| patient.$key,
            of_mut: |patient| &mut patient.$key,
        }
    };
}

/// States that a tumour starts with beside the sensitive one. The first is held at its share by switching to and fro.
pub static STARTING_STATES: [StartingFraction; 5] = [
    fraction!(rtk_fraction, "rtk", 1),
    fraction!(gsk3_fraction, "gsk3", 1),
    fraction!(tsc_fraction, "tsc", 2),
    fraction!(kinase_fraction, "mtor_kinase", 1),
    fraction!(frb_fraction, "fkbp12_frb", 1),
];

/// Vessels that live: they grow with VEGF and are lost, they carry oxygen, nutrients and drugs, and drugs act
/// on them. Beside \[oxygen\]; the section itself, even empty, switches them on. Densities are relative to the
/// patient's, `vessels` of \[oxygen\], at which growth and loss of the untreated tumour balance: VEGF there
/// saturates growth by h = loss / (growth (1 - 1/ceiling)), which must be below 1. Letters in brackets as in
/// \[patient\].
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "vessels", rule = balance)]
pub struct Vessels {
    /// Coefficient of variation of the local density, log-normal, cut off at twice the mean; 0 for the same
    /// everywhere. Well-differentiated tumours have so many vessels (252 to 535 /mm2, Br J Cancer 2005;92:94)
    /// that fewer of them tell only where they are sparse (C; about 0.5, derived).
    #[key(FRACTION, default = 0.5)]
    pub unevenness: f64,
    /// Growth of vessels under saturating VEGF, far below the ceiling; at most 1 /d. Endothelial cells of these
    /// tumours divide rarely (Br J Cancer 2005;92:94); gives a recovery within 2 to 3 weeks off drug (C).
    #[key(within_above(Rate, 0.0, 1.0), default = "0.03 /d")]
    pub growth: f64,
    /// Loss of vessels without drugs; above 0, at most 1 /d (C; an order of magnitude).
    #[key(within_above(Rate, 0.0, 1.0), default = "0.01 /d")]
    pub loss: f64,
    /// Relative density at which growth comes to a halt (C; a choice). 2 is meant; the engine's fixed point
    /// holds numbers below 2, so that 1.99 is the largest.
    #[key(above(1.0, 1.99), default = 1.99)]
    pub ceiling: f64,
    /// Diffusion length of VEGF, 1 um to 1 mm (C; an order of magnitude).
    #[key(name = "vegf_length", within(Length, 1.0, 1000.0), default = "100 um")]
    pub vegf_length_um: f64,
    /// Factor of hypoxia on the secretion of VEGF by a cell (C; an order of magnitude). The engine's fixed
    /// point holds factors below 4, so that 3.99 is the largest.
    #[key(number(1.0, 3.99), default = 3.0)]
    pub hypoxic_secretion: f64,
    /// Division attempts follow perfusion p, relative to the patient's, as p/(p + this): at this perfusion they
    /// are half of what unlimited supply would give. 0 for no such effect (C; a choice).
    #[key(number(0.0, 10.0), default = 0.3)]
    pub nutrient_half: f64,
    /// Nutrient-deprivation deaths of a cell that nothing is brought to, 0 to 1 /d (C; fitted). They fall in proportion to none where nutrients allow 0.6 of the attempts of the untreated
    /// tumour's mean: at a quarter of its perfusion, which untreated tumours hardly have anywhere (C).
    #[key(
        name = "deprivation_death",
        formerly = "starving_death",
        within(Rate, 0.0, 1.0),
        default = "0.01816 /d",
        example = "0.005 /d"
    )]
    pub starving_death: f64,
}

/// What a lesion's measured volume is made of beside the number of its cells, in mode `signalling`; the section may be left out. Fractions
/// are of the volume at the start, what they leave is cells. Letters in brackets as in \[patient\].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Section)]
#[section(path = "volume", rule = room_for_cells)]
pub struct LesionVolume {
    /// Fraction of stroma (C: more than 0.3 of the area is fibrous in 52 of 361 pancreatic NETs, Hum Pathol 2012;43:1169; a mean that
    /// goes with it).
    #[key(FRACTION, default = 0.18)]
    pub stroma: f64,
    /// Loss of stroma that has lost its cells; at most 1 /d (C: a half-life of a year, from the slow shrinkage of residual masses elsewhere).
    #[key(within(Rate, 0.0, 1.0), default = "0.0019 /d")]
    pub stroma_loss: f64,
    /// Fraction of blood (A: 4.3 mL/100 g in metastases of carcinoids, AJR 2011;196:569). It follows the vessels and the square root of
    /// their flow.
    #[key(FRACTION, default = 0.043)]
    pub blood: f64,
    /// Fraction of a live cell's size that goes with all of what mTORC1 does for it (B: red cells of patients are 12 % smaller after
    /// half a year of everolimus, K562 cells 8 % in the dish, Int J Mol Sci 2021;22:6802).
    #[key(FRACTION, default = 0.12)]
    pub cell_size: f64,
    /// Rate at which cells come to the size that mTORC1 allows; at most 10 /d (C: reversible within weeks).
    #[key(within_above(Rate, 0.0, 10.0), default = "0.07 /d")]
    pub cell_size_rate: f64,
}

impl LesionVolume {
    /// Where a scenario says nothing of it.
    pub fn typical() -> Self {
        let (context, nothing) = (Context::new(""), DeTable::new());
        Self::read(&Reader::root(&context, Self::SECTION, &nothing))
            .unwrap_or_else(|| unreachable!("every key of [volume] has a default"))
    }
}

/// Stroma and blood leave room for cells.
fn room_for_cells(volume: &LesionVolume, reader: &Reader<'_>) {
    if volume.stroma + volume.blood < 1.0 {
        return;
    }
    let key = ["stroma", "blood"].into_iter().find(|name| reader.has(name));
    Diagnostic::error(reader.place(key.unwrap_or_default()), "stroma and blood leave no room for cells")
        .label("expected `stroma` and `blood` to sum to less than 1")
        .help("lower one of them; by default they are 0.18 and 0.043")
        .report(reader.cx);
}
impl Body {
    /// That of the typical patient.
    pub fn typical() -> Body {
        PatientData::typical().body()
    }
}

/// Largest ratio of growth at saturating VEGF to loss at the patient's density: VEGF of half the growth is then a
/// sixteenth of what untreated cells see, the most that its fixed point holds.
const MAX_RESERVE: f64 = 17.0;

/// At the patient's density growth and loss must balance: `growth · h · (1 − 1/ceiling) = loss` with `h` below 1, and not
/// so near 0 that VEGF means nothing.
fn balance(vessels: &Vessels, reader: &Reader<'_>) {
    let most = vessels.growth * (vessels.ceiling - 1.0) / vessels.ceiling;
    if vessels.loss < most && most <= MAX_RESERVE * vessels.loss {
        return;
    }
    let key = ["growth", "loss", "ceiling"].into_iter().find(|name| reader.has(name));
    let place = reader.place(key.unwrap_or_default());
    let needed = vessels.loss * vessels.ceiling / (vessels.ceiling - 1.0);
    let rounded = |x: f64| number_text((x * 1e4).ceil() / 1e4);
    let error = if vessels.loss >= most {
        let found = format!("vessels are lost faster than they can grow: {} /d", number_text(vessels.loss));
        Diagnostic::error(place, found)
            .label(format!("expected `growth` above {} /d for this loss and ceiling", rounded(needed)))
            .help("raise `growth` or `ceiling`, or lower `loss`")
    } else {
        Diagnostic::error(place, "vessels grow so much faster than they are lost that VEGF means nothing")
            .label(format!(
                "expected `growth` of at most {} /d for this loss and ceiling",
                rounded(MAX_RESERVE * needed)
            ))
            .help("lower `growth`, or raise `loss`")
    };
    error.note(
        "at the untreated tumour's density growth is at most growth (1 - 1/ceiling), and has to make up for the loss",
    ).report(reader.cx);
}

/// The surface where only the weight is known.
fn surface(reader: &Reader<'_>) -> Option<f64> {
    reader.value::<Plain, f64>("weight").map(|kg| Body::of_weight(kg).surface_m2)
}
