//! A virtual patient: covariates, growth, and how drugs act on this patient's cells.

mod parameters;
mod turnover;

pub use parameters::{Distribution, ParameterRange, PatientParameter};
pub use turnover::{PROGNOSTIC_FACTOR, Turnover, TurnoverError, equilibrium_switching};

use crate::catalogue::{NetworkInput, Node};

use crate::scenario::{PatientData, STARTING_STATES};

use super::signalling::{CellInputs, Network, Parameters};

/// A virtual patient, as biology sees it; [`PatientParameter`] says how patients differ.
#[derive(Debug, Clone, PartialEq)]
pub struct PatientBiology {
    /// Who it is.
    pub data: PatientData,
    /// Birth and uncoupled death of the sensitive cell, from untreated growth and coupled loss.
    pub turnover: Turnover,
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
        Self { data: PatientData::typical(), turnover: Turnover::typical() }
    }

    /// This patient.
    ///
    /// # Errors
    ///
    /// [`TurnoverError`] if growth and loss are impossible.
    pub fn of(data: PatientData) -> Result<Self, TurnoverError> {
        Ok(Self { turnover: Turnover::new(data.growth, data.coupled_loss)?, data })
    }

    /// Inputs of this patient's sensitive cell.
    pub fn sensitive(&self) -> CellInputs {
        let mut inputs = CellInputs::sensitive();
        self.adjust(&mut inputs);
        inputs
    }

    /// What the patient changes of a cell's inputs.
    pub fn adjust(&self, inputs: &mut CellInputs) {
        inputs.upregulated_reach = self.data.upregulated_reach;
        inputs.answers_analogues = !self.data.analogue_refractory;
        if self.data.germline_effects && self.data.phlpp2_s1016 {
            inputs.join(NetworkInput::Phlpp2, PHLPP2_S1016);
        }
    }

    /// Factor on the EC50 of what binds a node.
    pub fn ec50_factor(&self, node: Node) -> f64 {
        if node == Node::MtorAllosteric { self.data.rapalog_ec_factor } else { 1.0 }
    }

    /// The exponent of the growth multiplier with the germline's part.
    pub fn effective_gamma(&self) -> f64 {
        let germline = self.data.germline_effects && self.data.fgfr4_r388;
        self.data.gamma * if germline { FGFR4_R388_GAMMA } else { 1.0 }
    }

    /// The network, relative to this patient's untreated sensitive cell.
    pub fn network(&self, parameters: Parameters) -> Network {
        Network::relative_to(parameters, self.sensitive())
    }

    /// Share of untreated cells at a level of a locus that switches to and fro, if the patient has one.
    pub fn equilibrium_fraction(&self, locus: &str, level: u8) -> Option<f64> {
        let [upregulated, ..] = &STARTING_STATES;
        ((locus, level) == (upregulated.locus, upregulated.level)).then(|| (upregulated.of)(&self.data))
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
        let carries = |fgfr4_r388, phlpp2_s1016, germline_effects| {
            let data = PatientData { fgfr4_r388, phlpp2_s1016, germline_effects, ..PatientData::typical() };
            PatientBiology::of(data).unwrap()
        };
        let carrier = carries(true, true, false);
        assert_eq!(on_rapalog(&carrier), on_rapalog(&plain));
        let t = plain.turnover;
        let net = |p: &PatientBiology| {
            t.birth * on_rapalog(p) * (1.0 - t.coupled_loss) - t.death - 8e-4 * 1.3 / 1.4
        };
        assert!((net(&carries(true, false, true)) / net(&plain) - 1.3).abs() < 0.05);
        assert!((net(&carries(false, true, true)) / net(&plain) - 1.2).abs() < 0.05);
    }
}
