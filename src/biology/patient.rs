//! A virtual patient: covariates, growth, and how drugs act on this patient's cells.

#[cfg(test)]
mod defaults;
mod spread;
mod turnover;

pub use spread::{Law, SPREADS, Spread};
pub use turnover::{
    COUPLED_LOSS, PROGNOSTIC_FACTOR, Turnover, TurnoverError, UNTREATED_GROWTH, equilibrium_switching,
};

use serde::Serialize;

use crate::catalogue::{NetworkInput, Node};

pub use crate::catalogue::TscContext;
use crate::scenario::PatientData;
pub use crate::scenario::{Origin, Sex};

use super::signalling::{CellInputs, Network, Parameters, UPREGULATED_REACH};

/// A virtual patient. [`PatientBiology::typical`] has the median of everything; [`SPREADS`] says how patients differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PatientBiology {
    /// Birth and uncoupled death of the sensitive cell, from untreated growth and coupled loss.
    pub turnover: Turnover,
    /// Ki-67 index, percent; a biomarker only.
    pub ki67: f64,
    /// Exponent of the growth multiplier, `m = growth^gamma`: how strongly a slowed network slows division.
    pub gamma: f64,
    /// Factor on deaths that drugs cause.
    pub kill_factor: f64,
    /// Factor on the EC50 of rapalogs.
    pub rapalog_ec_factor: f64,
    /// Factor on rates that drugs induce.
    pub induction_factor: f64,
    /// Share of untreated cells with upregulated receptors (`rtk=1`), an equilibrium of switching.
    pub rtk_fraction: f64,
    /// Share of starting cells with overactive GSK3.
    pub gsk3_fraction: f64,
    /// Share of starting cells that have lost TSC1/TSC2.
    pub tsc_fraction: f64,
    /// Share of starting cells with an activating mutation of the MTOR kinase.
    pub kinase_fraction: f64,
    /// Share of starting cells with an FRB mutation.
    pub frb_fraction: f64,
    /// Share of upregulated receptors that inhibitors of PDGFR and KIT reach.
    pub upregulated_reach: f64,
    /// How cells without TSC1/TSC2 answer to rapalogs.
    pub tsc_context: TscContext,
    /// Somatostatin receptor 2, 0 to 1.
    pub sstr: f64,
    /// Carries FGFR4 R388.
    pub fgfr4_r388: bool,
    /// Carries PHLPP2 S1016.
    pub phlpp2_s1016: bool,
    /// Whether these two act (off by default: the evidence is contradictory).
    pub germline_effects: bool,
    /// MEN1 mutated (prognosis only).
    pub men1: bool,
    /// DAXX or ATRX mutated (prognosis only).
    pub daxx_atrx: bool,
    /// Where the tumour began.
    pub origin: Origin,
    /// Sex.
    pub sex: Sex,
    /// Body weight, kg.
    pub weight_kg: f64,
}

/// PHLPP2 function of a carrier of S1016: half, so that such a patient's tumour grows 1.2 times as fast on
/// a rapalog (PFS 7.7 against 16.8 months in carriers; extra-pancreatic; C).
const PHLPP2_S1016: f64 = 0.5;

/// Factor on gamma of a carrier of FGFR4 R388, which acts through STAT3, outside the network: the typical
/// tumour then grows 1.3 times as fast on a rapalog (PFS 4.8 against 16.6 months; not confirmed in 41
/// patients; C).
const FGFR4_R388_GAMMA: f64 = 0.94;

impl PatientBiology {
    /// The median of everything; the commoner value of every covariate.
    pub fn typical() -> Self {
        Self::with_turnover(Turnover::typical())
    }

    /// The typical patient with this untreated growth `r` per day and coupled loss.
    ///
    /// # Errors
    ///
    /// [`TurnoverError`] if they are impossible.
    pub fn growing(r: f64, coupled_loss: f64) -> Result<Self, TurnoverError> {
        Ok(Self::with_turnover(Turnover::new(r, coupled_loss)?))
    }

    /// The patient of a scenario.
    ///
    /// # Errors
    ///
    /// [`TurnoverError`] if growth and loss are impossible.
    pub fn of(data: &PatientData) -> Result<Self, TurnoverError> {
        let turnover =
            if (data.growth, data.coupled_loss) == (turnover::UNTREATED_GROWTH, turnover::COUPLED_LOSS) {
                Turnover::typical()
            } else {
                Turnover::new(data.growth, data.coupled_loss)?
            };
        Ok(Self {
            gamma: data.gamma,
            kill_factor: data.kill_factor,
            rapalog_ec_factor: data.rapalog_ec_factor,
            induction_factor: data.induction_factor,
            rtk_fraction: data.rtk_fraction,
            gsk3_fraction: data.gsk3_fraction,
            tsc_fraction: data.tsc_fraction,
            kinase_fraction: data.kinase_fraction,
            frb_fraction: data.frb_fraction,
            upregulated_reach: data.upregulated_reach,
            tsc_context: data.tsc_context,
            sstr: data.sstr,
            fgfr4_r388: data.fgfr4_r388,
            phlpp2_s1016: data.phlpp2_s1016,
            germline_effects: data.germline_effects,
            men1: data.men1,
            daxx_atrx: data.daxx_atrx,
            origin: data.origin,
            sex: data.sex,
            weight_kg: data.weight_kg,
            ..Self::with_turnover(turnover)
        })
    }

    fn with_turnover(turnover: Turnover) -> Self {
        Self {
            ki67: turnover.ki67(),
            turnover,
            gamma: 1.0,
            kill_factor: 1.0,
            rapalog_ec_factor: 1.0,
            induction_factor: 1.0,
            rtk_fraction: 0.02,
            gsk3_fraction: 0.002,
            tsc_fraction: 1e-6,
            kinase_fraction: 3e-6,
            frb_fraction: 1.2e-6,
            upregulated_reach: UPREGULATED_REACH,
            tsc_context: TscContext::H,
            sstr: 1.0,
            fgfr4_r388: false,
            phlpp2_s1016: false,
            germline_effects: false,
            men1: false,
            daxx_atrx: false,
            origin: Origin::Pancreas,
            sex: Sex::Male,
            weight_kg: 70.0,
        }
    }

    /// Inputs of this patient's sensitive cell.
    pub fn sensitive(&self) -> CellInputs {
        let mut inputs = CellInputs::sensitive();
        self.adjust(&mut inputs);
        inputs
    }

    /// What the patient changes of a cell's inputs.
    pub fn adjust(&self, inputs: &mut CellInputs) {
        inputs.upregulated_reach = self.upregulated_reach;
        if self.germline_effects && self.phlpp2_s1016 {
            inputs.join(NetworkInput::Phlpp2, PHLPP2_S1016);
        }
    }

    /// Factor on the EC50 of what binds a node.
    pub fn ec50_factor(&self, node: Node) -> f64 {
        if node == Node::MtorAllosteric { self.rapalog_ec_factor } else { 1.0 }
    }

    /// The exponent of the growth multiplier with the germline's part.
    pub fn effective_gamma(&self) -> f64 {
        let germline = self.germline_effects && self.fgfr4_r388;
        self.gamma * if germline { FGFR4_R388_GAMMA } else { 1.0 }
    }

    /// The network, relative to this patient's untreated sensitive cell.
    pub fn network(&self, parameters: Parameters) -> Network {
        Network::relative_to(parameters, self.sensitive())
    }

    /// States that the tumour starts with beside the sensitive one, as selectors over the catalogue's loci,
    /// with their shares.
    pub fn starting_fractions(&self) -> [(&'static str, f64); 5] {
        [
            ("rtk=1", self.rtk_fraction),
            ("gsk3=1", self.gsk3_fraction),
            ("tsc=2", self.tsc_fraction),
            ("mtor_kinase=1", self.kinase_fraction),
            ("fkbp12_frb=1", self.frb_fraction),
        ]
    }

    /// Share of untreated cells at a level of a locus that switches to and fro, if the patient has one.
    pub fn equilibrium_fraction(&self, locus: &str, level: u8) -> Option<f64> {
        (locus == "rtk" && level == 1).then_some(self.rtk_fraction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::biology::signalling::Inhibition;
    use crate::catalogue::Node;

    /// Growth of the sensitive cell on 1.3 nM of a rapalog, relative to its own without.
    fn on_rapalog(patient: &PatientBiology) -> f64 {
        let network = patient.network(Parameters::default());
        let cell = network.cell(patient.sensitive());
        let drugs = Inhibition::only(Node::MtorAllosteric, 1.3 / 1.4);
        assert_eq!(network.solve(&cell, &Inhibition::NONE, 0.0).growth, 1.0);
        libm::pow(network.solve(&cell, &drugs, 0.0).growth, patient.effective_gamma())
    }

    #[test]
    fn germline_variants_are_off_by_default_and_make_everolimus_work_less() {
        let plain = PatientBiology::typical();
        let carrier = PatientBiology { fgfr4_r388: true, phlpp2_s1016: true, ..plain.clone() };
        assert_eq!(on_rapalog(&carrier), on_rapalog(&plain));
        let t = plain.turnover;
        let net = |p: &PatientBiology| {
            t.birth * on_rapalog(p) * (1.0 - t.coupled_loss) - t.death - 8e-4 * 1.3 / 1.4
        };
        let acts = |fgfr4_r388, phlpp2_s1016| PatientBiology {
            fgfr4_r388,
            phlpp2_s1016,
            germline_effects: true,
            ..plain.clone()
        };
        assert!((net(&acts(true, false)) / net(&plain) - 1.3).abs() < 0.05);
        assert!((net(&acts(false, true)) / net(&plain) - 1.2).abs() < 0.05);
    }

    #[test]
    fn a_spread_is_known_for_every_number_of_a_patient() {
        let typical = serde_json::to_value(PatientBiology::typical()).unwrap();
        for spread in SPREADS {
            if let Some(value) = typical.get(spread.name).and_then(serde_json::Value::as_f64) {
                assert_eq!(value, spread.typical, "{}", spread.name);
            }
            assert!(!spread.source.is_empty());
        }
        for name in
            ["gamma", "kill_factor", "rapalog_ec_factor", "induction_factor", "rtk_fraction", "weight_kg"]
        {
            assert!(SPREADS.iter().any(|s| s.name == name), "{name}");
        }
    }
}
