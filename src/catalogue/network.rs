//! What a level of a locus does in the signalling network.

use serde::Serialize;

use super::Number;

/// How cells without TSC1/TSC2 answer to rapalogs in a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum TscContext {
    /// Hypersensitive (NEJM 2014;371:1426).
    H,
    /// Resistant: feedback through ERK and receptors is stronger.
    R,
}

/// How the values that several loci give to one input come together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Combination {
    /// They are summed, from 0.
    Sum,
    /// They are multiplied, from 1.
    Product,
    /// The smallest counts, at most 1.
    Minimum,
}

impl Combination {
    /// The value of an input to which no locus gives anything.
    pub fn neutral(self) -> f64 {
        match self {
            Self::Sum => 0.0,
            Self::Product | Self::Minimum => 1.0,
        }
    }

    /// Adds one more value.
    pub fn join(self, so_far: f64, value: f64) -> f64 {
        match self {
            Self::Sum => so_far + value,
            Self::Product => so_far * value,
            Self::Minimum => so_far.min(value),
        }
    }
}

/// Largest factor that the loci of a cell may put together on its secretion of VEGF where vessels live: what the engine holds.
pub const MAX_VEGF_FACTOR: u32 = 15;

/// An input of the signalling network that a level of a locus can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NetworkInput {
    /// Upregulated receptor tyrosine kinases; 1 is the tabulated upregulated state.
    Rtk,
    /// Factor on the growth factors that reach the receptors.
    Ligand,
    /// Remaining function of TSC1/TSC2, 1 to 0.
    Tsc,
    /// Remaining function of PTEN, 1 to 0.
    Pten,
    /// Remaining function of PHLPP2.
    Phlpp2,
    /// Factor on the activity of mTORC1.
    MtorGain,
    /// Factor on IRS-1.
    Irs,
    /// Factor on the activity of PI3K.
    Pik3ca,
    /// Mutant KRAS: 1 for a codon 12 or 13 mutation.
    Kras,
    /// Factor on eIF4E per 4E-BP.
    EifRatio,
    /// Excess of Aurora kinase A.
    Aurka,
    /// Excess of GSK3 activity.
    Gsk3,
    /// Deaths that full inhibition of GSK3 adds, as a multiple of the death rate.
    Gsk3Death,
    /// Factor on the secretion of VEGF.
    Vegf,
    /// Share of the vessels about it that a cell keeps alive without VEGF and its receptors.
    Vessels,
    /// Basal growth relative to the sensitive cell; it replaces the network's own where `coupling` is below 1.
    Growth,
    /// Factor on the death rate.
    Death,
    /// Factor on how far the size of a cell follows mTORC1.
    CellSize,
    /// Share of growth that follows the network's output; inhibition of PI3K, the mTOR kinase or GSK3
    /// restores the rest.
    Coupling,
}

impl NetworkInput {
    /// How values of several loci come together.
    pub fn combination(self) -> Combination {
        match self {
            Self::Rtk | Self::Kras | Self::Aurka | Self::Gsk3 | Self::Gsk3Death | Self::Vessels => {
                Combination::Sum
            }
            Self::Coupling => Combination::Minimum,
            _ => Combination::Product,
        }
    }

    /// Largest value that one level may give.
    pub fn largest(self) -> f64 {
        match self {
            Self::Tsc | Self::Pten | Self::Coupling | Self::Vessels => 1.0,
            _ => 100.0,
        }
    }

    /// Whether it acts on the tissue about the cell, by way of the engine's vessels, and on nothing in the cell itself.
    pub fn is_of_tissue(self) -> bool {
        self == Self::Vessels
    }

    /// Whether a value of it says what comes out (growth, deaths, what drugs do to them) and not only what is wrong with a node: then what the
    /// state does is imposed and not derived.
    pub fn is_imposed(self) -> bool {
        matches!(self, Self::Growth | Self::Death | Self::Gsk3Death | Self::Coupling | Self::CellSize)
    }

    /// What it is, in words.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Rtk => "upregulated receptor tyrosine kinases; 1 is the tabulated upregulated state",
            Self::Ligand => "factor on the growth factors that reach the receptors",
            Self::Tsc => "remaining function of TSC1/TSC2",
            Self::Pten => "remaining function of PTEN",
            Self::Phlpp2 => "remaining function of PHLPP2",
            Self::MtorGain => "factor on the activity of mTORC1",
            Self::Irs => "factor on IRS-1",
            Self::Pik3ca => "factor on the activity of PI3K",
            Self::Kras => "mutant KRAS, 1 for one mutation",
            Self::EifRatio => "factor on eIF4E per 4E-BP",
            Self::Aurka => "excess of Aurora kinase A",
            Self::Gsk3 => "excess of GSK3 activity",
            Self::Gsk3Death => "deaths added by full inhibition of GSK3, as a multiple of the death rate",
            Self::Vegf => "factor on the secretion of VEGF",
            Self::Vessels => {
                "share of the vessels about it that a cell keeps alive without VEGF and its receptors"
            }
            Self::Growth => "basal growth relative to the sensitive cell",
            Self::Death => "factor on the death rate",
            Self::CellSize => "factor on how far the size of a cell follows mTORC1",
            Self::Coupling => "share of growth that follows the network's output",
        }
    }
}

/// What one level of a locus does to one input of the network.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LevelEffect {
    /// The level, 1 or above: level 0 is the sensitive cell, to which all is compared.
    pub level: u8,
    /// The input.
    pub input: NetworkInput,
    /// Only in patients of this context; in all if there is none.
    pub tsc_context: Option<TscContext>,
    /// Its value at that level.
    pub value: Number,
}

/// Which inhibition speeds up or slows down a change of a locus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Inducer {
    /// Fall of S6K below the same state without drugs, 0 to 1: inhibition of mTORC1 by any drug.
    S6kInhibition,
    /// Share of mTORC1 that a rapalog holds, 0 to 1.
    Rapalog,
    /// Inhibition of VEGF or its receptors in the vessels about the cell, 0 to 1, by any drug.
    VegfBlockade,
}

/// A change that drugs make faster: `rate` times the inhibition is added to the basal rate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Induction {
    /// Added at full inhibition: per completed division of a mutation, per day of a switching.
    pub rate: Number,
    /// Which inhibition.
    pub by: Inducer,
}

/// A change that drugs make slower: the rate is multiplied by `1 − share · inhibition`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suppression {
    /// Share of the rate that full inhibition removes, 0 to 1.
    pub share: Number,
    /// Which inhibition.
    pub by: Inducer,
}
