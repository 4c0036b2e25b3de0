//! The words by which files and messages name the kinds of the catalogue.

use super::{Analyte, Hormone, Inducer, KillKind, NetworkInput, Node, TscContext};
use crate::words::words;

words!(TscContext: H = "H", R = "R");
words!(
    NetworkInput: Rtk = "rtk",
    Ligand = "ligand",
    Tsc = "tsc",
    Pten = "pten",
    Phlpp2 = "phlpp2",
    MtorGain = "mtor_gain",
    Irs = "irs",
    Pik3ca = "pik3ca",
    Kras = "kras",
    EifRatio = "eif_ratio",
    Aurka = "aurka",
    Gsk3 = "gsk3",
    Gsk3Death = "gsk3_death",
    Vegf = "vegf",
    Vessels = "vessels",
    Growth = "growth",
    Death = "death",
    CellSize = "cell_size",
    Coupling = "coupling",
);
words!(
    Inducer: S6kInhibition = "s6k_inhibition",
    Rapalog = "rapalog",
    VegfBlockade = "vegf_blockade",
);
words!(Analyte: Parent = "parent", Metabolite = "metabolite", Sum = "sum");
words!(
    Node: MtorAllosteric = "mtor_allosteric",
    MtorKinase = "mtor_kinase",
    MtorBivalent = "mtor_bivalent",
    Pi3k = "pi3k",
    Mek = "mek",
    Raf = "raf",
    Rtk = "rtk",
    GrowthFactor = "growth_factor",
    Sstr = "sstr",
    Gsk3 = "gsk3",
    Aurora = "aurora",
);
words!(Hormone: Insulin = "insulin", Igf1 = "igf1");
words!(
    KillKind: Death = "death",
    AtDivision = "at_division",
    Radiation = "radiation",
    Removal = "removal",
    Ablation = "ablation",
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{Confidence, DoseUnit, DrugKind, Organ, Route};

    fn agree<T: serde::Serialize + Copy>(all: &[T], word: impl Fn(T) -> &'static str) {
        for value in all {
            assert_eq!(serde_json::to_value(value).unwrap(), word(*value));
        }
    }

    #[test]
    fn words_are_those_of_the_json_output() {
        agree(Confidence::ALL, Confidence::word);
        agree(Analyte::ALL, Analyte::word);
        agree(DrugKind::ALL, DrugKind::word);
        agree(Route::ALL, Route::word);
        agree(DoseUnit::ALL, DoseUnit::word);
        agree(Node::ALL, Node::word);
        agree(Hormone::ALL, Hormone::word);
        agree(KillKind::ALL, KillKind::word);
        agree(Organ::ALL, Organ::word);
    }

    #[test]
    fn a_word_names_its_value() {
        assert_eq!(Node::of("mtor_kinase"), Some(Node::MtorKinase));
        assert_eq!(Node::of("mtor"), None);
        assert_eq!(DoseUnit::of("mg/m2"), Some(DoseUnit::MilligramPerSquareMetre));
    }
}
