//! What a cell's state gives to the network.

use crate::catalogue::{LevelEffect, NetworkInput, Node, TscContext};
use crate::scenario::{Locus, PatientData};

use super::inhibition::Inhibition;
/// Inputs of the network for one cell: neutral where no level of its loci says otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CellInputs {
    values: [f64; NetworkInput::ALL.len()],
    /// Share of upregulated receptors that inhibitors of PDGFR and KIT reach (the rest: IGF1R, EGFR).
    pub upregulated_reach: f64,
    /// Whether engaged somatostatin receptors still slow growth; secretion they always slow.
    pub answers_analogues: bool,
}

impl CellInputs {
    /// The sensitive cell of the typical patient: level 0 of every locus.
    pub fn sensitive() -> Self {
        let values = std::array::from_fn(|input| NetworkInput::ALL[input].combination().neutral());
        Self { values, upregulated_reach: PatientData::typical().upregulated_reach, answers_analogues: true }
    }

    /// A cell with these levels of these loci, in a patient of this context.
    pub fn of(loci: &[Locus], levels: &[u8], context: TscContext) -> Self {
        let mut inputs = Self::sensitive();
        let here = |own: Option<TscContext>| own.is_none_or(|own| own == context);
        for (locus, level) in loci.iter().zip(levels) {
            let own = |e: &&LevelEffect| e.level == *level && here(e.tsc_context) && !e.input.is_of_tissue();
            for effect in locus.network.iter().filter(own) {
                inputs.join(effect.input, effect.value.value);
            }
        }
        inputs
    }

    /// The value of an input.
    pub fn get(&self, input: NetworkInput) -> f64 {
        self.values[input as usize]
    }

    /// Engagement of somatostatin receptors as far as growth answers to it.
    pub fn braked(&self, drugs: &Inhibition) -> f64 {
        if self.answers_analogues { drugs.get(Node::Sstr) } else { 0.0 }
    }

    /// Adds one more value to an input, as a further locus would.
    pub fn join(&mut self, input: NetworkInput, value: f64) {
        let slot = &mut self.values[input as usize];
        *slot = input.combination().join(*slot, value);
    }

    /// The same cell where growth factors are those of the sensitive cell: what it leans on is its own, not its medium's.
    #[must_use]
    pub fn in_usual_medium(&self) -> Self {
        let mut own = *self;
        own.values[NetworkInput::Ligand as usize] = NetworkInput::Ligand.combination().neutral();
        own
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Confidence, Number};

    fn locus(effects: &[(u8, NetworkInput, f64)]) -> Locus {
        let number = |value| Number { value, cv: 0.0, source: String::new(), confidence: Confidence::C };
        let effect = |(level, input, value): &(u8, NetworkInput, f64)| LevelEffect {
            level: *level,
            input: *input,
            tsc_context: None,
            value: number(*value),
        };
        Locus {
            name: "x".into(),
            description: String::new(),
            levels: vec!["a".into(), "b".into(), "c".into()],
            birth_factor: vec![1.0; 3],
            network: effects.iter().map(effect).collect(),
            changes: Vec::new(),
        }
    }

    #[test]
    fn values_of_several_loci_come_together() {
        use NetworkInput as N;
        let one = locus(&[(1, N::Rtk, 1.0), (1, N::Irs, 0.5), (1, N::Coupling, 0.3), (2, N::Rtk, 9.0)]);
        let two = locus(&[(1, N::Rtk, 0.3), (1, N::Irs, 0.4), (1, N::Coupling, 0.2)]);
        let of = |levels: &[u8]| CellInputs::of(&[one.clone(), two.clone()], levels, TscContext::H);
        let both = of(&[1, 1]);
        assert_eq!((both.get(N::Rtk), both.get(N::Irs), both.get(N::Coupling)), (1.3, 0.2, 0.2));
        assert_eq!(of(&[0, 0]), CellInputs::sensitive());
    }

    // Cells without TSC1/TSC2 escape by their receptors in one context and shrink in the other.
    #[test]
    fn what_holds_in_one_context_is_not_in_the_other() {
        let mut locus = locus(&[(1, NetworkInput::Rtk, 0.7)]);
        locus.network[0].tsc_context = Some(TscContext::R);
        let of = |context| CellInputs::of(std::slice::from_ref(&locus), &[1], context).get(NetworkInput::Rtk);
        assert_eq!((of(TscContext::R), of(TscContext::H)), (0.7, 0.0));
    }
}
