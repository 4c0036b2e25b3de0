//! A laboratory for the checks: cells of the catalogue's states in baths of the catalogue's drugs.

use evotor::biology::patient::PatientBiology;
use evotor::biology::phenotype::{Fate, OxygenEffects, Phenotype, Regime};
use evotor::biology::potency::Exposure;
use evotor::biology::signalling::{CellInputs, Parameters, SteadyState};
use evotor::catalogue::{Confidence, LevelEffect, NetworkInput, Number, TscContext};
use evotor::scenario::{Catalogue, Locus, PatientData, catalogue_loci, parse_state};

/// Cells of one patient, and all drugs of the catalogue.
pub struct Bench {
    phenotype: Phenotype,
    loci: Vec<Locus>,
}

/// The catalogue's loci, and a user's own: IGF1 in the medium doubles what receptors see.
fn loci() -> Vec<Locus> {
    let number = Number { value: 2.0, cv: 0.0, source: "a test".into(), confidence: Confidence::C };
    let igf1 = Locus {
        name: "igf1".into(),
        description: String::new(),
        levels: vec!["none".into(), "added".into()],
        birth_factor: vec![1.0, 1.0],
        network: vec![LevelEffect {
            level: 1,
            input: NetworkInput::Ligand,
            tsc_context: None,
            value: number,
        }],
        changes: Vec::new(),
    };
    catalogue_loci().iter().cloned().chain([igf1]).collect()
}

/// Drugs with their unbound concentrations, nM.
pub type Bath<'a> = &'a [(&'a str, f64)];

/// Usual concentrations, nM: everolimus at 20 times its EC50, inhibitors at 10 times theirs.
pub const RAPALOG: (&str, f64) = ("everolimus", 2.0);
pub const TORKI: (&str, f64) = ("sapanisertib", 100.0);
pub const RAPALINK: (&str, f64) = ("RapaLink-1", 10.0);
pub const PI3K: (&str, f64) = ("alpelisib", 5000.0);
pub const MEK: (&str, f64) = ("trametinib", 8.0);
pub const OCTREOTIDE: (&str, f64) = ("octreotide", 50.0);

impl Bench {
    /// The typical patient.
    pub fn patient() -> PatientBiology {
        PatientBiology::typical()
    }

    /// Cells of the typical patient (TSC context H).
    pub fn new() -> Self {
        Self::of(&PatientBiology::typical())
    }

    /// Cells of a patient in whom cells without TSC1/TSC2 resist.
    pub fn context_r() -> Self {
        let resisting = PatientData { tsc_context: TscContext::R, ..PatientData::typical() };
        Self::of(&PatientBiology::of(resisting).unwrap())
    }

    /// Cells of this patient.
    pub fn of(patient: &PatientBiology) -> Self {
        Self::with(patient, Parameters::default())
    }

    /// Cells of this patient with these constants.
    pub fn with(patient: &PatientBiology, parameters: Parameters) -> Self {
        let oxygen = OxygenEffects::default();
        let loci = loci();
        let phenotype =
            Phenotype::new(patient, parameters, &loci, Catalogue::embedded().drugs(), oxygen).unwrap();
        Self { phenotype, loci }
    }

    fn exposures(bath: Bath<'_>) -> Vec<Exposure> {
        let catalogue = Catalogue::embedded();
        let mut exposures = vec![Exposure::default(); catalogue.drugs().len()];
        for (name, nm) in bath {
            exposures[Self::place(name)] = Exposure::bath(*nm);
        }
        exposures
    }

    /// Place of a drug in the catalogue.
    fn place(name: &str) -> usize {
        let catalogue = Catalogue::embedded();
        let drug = catalogue.find(name).unwrap();
        catalogue.drugs().iter().position(|d| d.name == drug.name).unwrap()
    }

    /// Rates of a cell.
    pub fn fate(&self, state: &str, bath: Bath<'_>) -> Fate {
        let levels = parse_state(&self.loci, state).unwrap();
        self.phenotype.state(&levels).fate(&Self::exposures(bath), Regime::Normoxic)
    }

    /// The network of a cell in a patient on one drug, unbound in tissue (nM) and on average in the blood (ng/mL).
    pub fn treated(&self, state: &str, drugs: &[(&str, f64, f64)]) -> SteadyState {
        let bath: Vec<(&str, f64)> = drugs.iter().map(|(name, nm, _)| (*name, *nm)).collect();
        let mut exposures = Self::exposures(&bath);
        for (name, _, systemic) in drugs {
            exposures[Self::place(name)].systemic = *systemic;
        }
        let levels = parse_state(&self.loci, state).unwrap();
        self.phenotype.state(&levels).fate(&exposures, Regime::Normoxic).network
    }

    /// The network of a cell.
    pub fn on(&self, state: &str, bath: Bath<'_>) -> SteadyState {
        self.fate(state, bath).network
    }

    /// The network of a cell without drugs.
    pub fn off(&self, state: &str) -> SteadyState {
        self.on(state, &[])
    }

    /// The network of a cell in the first hours of a bath.
    pub fn first_hours(&self, state: &str, bath: Bath<'_>) -> SteadyState {
        let levels = parse_state(&self.loci, state).unwrap();
        let network = self.phenotype.network();
        let cell =
            network.cell(CellInputs::of(&self.loci, &levels, self.phenotype.patient().data.tsc_context));
        let inhibition = self.phenotype.state(&levels).effects(&Self::exposures(bath)).inhibition;
        network.first_hours(&cell, &inhibition, 0.0)
    }

    /// Growth in a bath relative to the same state without drugs.
    pub fn growth(&self, state: &str, bath: Bath<'_>) -> f64 {
        self.on(state, bath).growth / self.off(state).growth
    }

    /// Concentration, nM, of half the largest effect of a drug on growth, and that effect (share of growth
    /// lost).
    pub fn potency(&self, state: &str, drug: &str) -> Option<(f64, f64)> {
        let loss = |nm: f64| 1.0 - self.growth(state, &[(drug, nm)]);
        let most = loss(1e12);
        if most < 0.01 {
            return None;
        }
        let (mut low, mut high) = (1e-6_f64, 1e12_f64);
        for _ in 0..200 {
            let middle = (low * high).sqrt();
            if loss(middle) < 0.5 * most { low = middle } else { high = middle }
        }
        Some((low, most))
    }
}

/// A check that is known to fail: alarms when it passes, so that the list of defects stays true.
pub fn known_defect(what: &str, holds: bool) {
    assert!(!holds, "{what}: this was a known defect and now holds; make it a plain check");
}
