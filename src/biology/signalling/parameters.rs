//! The constants of the network, each with its name, meaning, bounds, source and confidence.

use crate::catalogue::Confidence;

/// Source of most constants.
const CHOICE: &str = "choice of the model, set so that the network meets its qualitative checks";

/// One constant of the network, for listings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Constant {
    /// Name, as in [`Parameters`].
    pub name: &'static str,
    /// Standard value.
    pub value: f64,
    /// Smallest value that is allowed.
    pub least: f64,
    /// Largest value that is allowed.
    pub most: f64,
    /// What it is.
    pub meaning: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// How sure it is.
    pub confidence: Confidence,
}

/// Why a constant cannot be set.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ParameterError {
    /// No constant of that name.
    #[error("find a constant `{name}` of the network")]
    Unknown {
        /// The name.
        name: String,
    },
    /// Outside its bounds.
    #[error("set `{name}` to {value}: it lies between {least} and {most}")]
    OutOfRange {
        /// The constant.
        name: &'static str,
        /// The value.
        value: f64,
        /// Smallest value that is allowed.
        least: f64,
        /// Largest value that is allowed.
        most: f64,
    },
}

macro_rules! parameters {
    ($($name:ident = $value:literal, $least:literal..$most:literal, $confidence:ident, $source:expr, $meaning:literal;)*) => {
        /// The constants of the network.
        ///
        /// Within the bounds of [`Parameters::TABLE`] the network has exactly one steady state, see
        /// [`feedback`](super::feedback). Concentrations and activities are relative, 0 to about 1.
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct Parameters {
            $(#[doc = $meaning] pub $name: f64,)*
        }

        impl Parameters {
            /// Every constant with its standard value, bounds, meaning, source and confidence.
            pub const TABLE: &'static [Constant] = &[$(Constant {
                name: stringify!($name),
                value: $value,
                least: $least,
                most: $most,
                meaning: $meaning,
                source: $source,
                confidence: Confidence::$confidence,
            },)*];

            /// A constant by name.
            pub fn get(&self, name: &str) -> Option<f64> {
                match name {
                    $(stringify!($name) => Some(self.$name),)*
                    _ => None,
                }
            }

            fn slot(&mut self, name: &str) -> Option<&mut f64> {
                match name {
                    $(stringify!($name) => Some(&mut self.$name),)*
                    _ => None,
                }
            }
        }

        impl Default for Parameters {
            /// The standard values.
            fn default() -> Self {
                Self { $($name: $value,)* }
            }
        }
    };
}

parameters! {
    receptor_input = 0.5, 0.0..10.0, C, CHOICE, "Receptor activity of the sensitive cell.";
    receptor_gain = 1.6, 0.0..10.0, C, CHOICE, "Receptor activity that upregulation adds, relative to the sensitive cell's.";
    receptor_reach = 0.30, 0.0..1.0, C, "set so that sunitinib at saturation slows NET cells by about 0.1 (Endocr Connect 2019;8:EC-19-0192)", "Share of the sensitive cell's receptor activity from receptors that PDGFR and KIT inhibitors reach.";
    receptor_feedback = 0.3, 0.0..10.0, C, CHOICE, "Rise of receptor activity when S6K is off (re-expression).";
    receptor_feedback_below = 0.45, 0.01..10.0, C, CHOICE, "S6K below which receptors are re-expressed.";
    igf1_share = 0.3, 0.0..1.0, C, "NET cells also make their own (BON: Endocrinology 2000;141:3818); share: choice of the model", "Share of the sensitive cell's receptor activity from IGF-1 of the blood.";
    insulin_share = 0.1, 0.0..1.0, C, "insulin that rises under a PI3K inhibitor reactivates PI3K in tumours of mice (Nature 2018;560:499); share: choice of the model", "Share of the drive of IRS-1 from insulin of the blood.";
    s6k_irs = 0.80, 0.0..1.0, C, "S6K degrades IRS-1 (Cancer Res 2006;66:1500); size: choice of the model", "Share of IRS-1 that full S6K removes.";
    s6k_ras = 0.35, 0.0..1.0, C, "mTORC1 restrains RAS and ERK through S6K (J Clin Invest 2008;118:3065); size: choice of the model", "Share of the receptors' pull on RAS that full S6K removes.";
    sstr_erk = 0.30, 0.0..1.0, C, "SSTR2 binds SHP-1, which silences ERK (Int J Mol Sci 2024;25:436); size: choice of the model", "Share of MEK's pull on ERK that a fully engaged somatostatin receptor removes.";
    sstr_p27 = 0.70, 0.0..1.0, C, "p27 rises and cells stay in G1 (Int J Mol Sci 2024;25:436); size: growth rates of CLARINET (PMC6332566) and PROMID (J Clin Oncol 2009;27:4656)", "Share of division attempts that p27 withholds under a fully engaged somatostatin receptor.";
    sstr_secretion = 0.40, 0.0..1.0, C, "chromogranin A at least halved in 42 % on lanreotide and 5 % on placebo (CLARINET, NEJM 2014;371:224, from memory)", "Share of chromogranin A secretion that a fully engaged somatostatin receptor stops.";
    kras_pi3k = 0.25, 0.0..10.0, C, CHOICE, "PI3K input of mutant KRAS.";
    kras_ras = 1.2, 0.0..10.0, C, CHOICE, "RAS input of mutant KRAS.";
    pi3k_half = 0.35, 0.01..10.0, C, CHOICE, "Input of half PI3K activity.";
    pi3k_hill = 1.5, 0.5..8.0, C, CHOICE, "Hill exponent of PI3K.";
    pten_strength = 0.5, 0.0..10.0, C, CHOICE, "PTEN against PI3K in the balance of PIP3.";
    t308_half = 0.4, 0.01..10.0, C, CHOICE, "PIP3 of half AKT-T308 phosphorylation by PDK1.";
    t308_hill = 2.0, 0.5..8.0, C, CHOICE, "Hill exponent of T308.";
    mtorc2_basal = 0.1, 0.0..1.0, C, "low, since S473 rises with PI3K where a rapalog relieves its feedback (Cancer Res 2006;66:1500; J Clin Oncol 2008;26:1603); size: choice of the model", "Share of mTORC2 activity that needs no PIP3.";
    t308_needs_s473 = 0.6, 0.0..1.0, C, "T308 falls with S473 in the first hours of an ATP-site inhibitor and comes back (Cancer Discov 2011;1:248); size: choice of the model", "Share of T308 lost at once with S473, before feedback (first hours only).";
    s473_half = 0.5, 0.01..10.0, C, CHOICE, "mTORC2 activity of half AKT-S473 phosphorylation, times PHLPP2.";
    s473_hill = 2.0, 0.5..8.0, C, CHOICE, "Hill exponent of S473.";
    akt_t308_only = 0.35, 0.0..1.0, C, "AKT keeps activity with T308 alone (Cancer Discov 2011;1:248); size: choice of the model", "AKT activity with T308 and without S473, as a share.";
    akt_tsc_half = 0.30, 0.01..10.0, C, CHOICE, "AKT activity that halves TSC1/TSC2 function.";
    erk_tsc_half = 0.60, 0.01..10.0, C, CHOICE, "ERK activity that halves TSC1/TSC2 function.";
    tsc_rheb = 0.85, 0.0..1.0, C, CHOICE, "Share of Rheb that full TSC1/TSC2 function switches off.";
    hypoxia_mtor = 0.5, 0.0..1.0, C, "REDD1 in hypoxia below 1 % oxygen (textbook)", "Share of mTORC1 activity that hypoxia removes.";
    rapalog_s6k = 0.95, 0.0..1.0, B, "pS6 in tumours nearly gone at 10 mg daily (J Clin Oncol 2008;26:1603)", "Share of mTORC1's work on S6K that a bound rapalog stops.";
    rapalog_bp1 = 0.45, 0.0..1.0, B, "p4E-BP1 in tumours hardly changed (J Clin Oncol 2008;26:1603; PMC7186336)", "Share of mTORC1's work on 4E-BP1 that a bound rapalog stops.";
    rapalog_mtorc2 = 0.05, 0.0..1.0, C, "assembly of mTORC2 suffers in some lines after a day; S473 rises in tumours of patients (J Clin Oncol 2008;26:1603), so little; size: choice of the model", "Share of mTORC2 activity that a bound rapalog stops (assembly).";
    s6k_half = 0.45, 0.01..10.0, C, CHOICE, "mTORC1 activity of half S6K.";
    s6k_hill = 2.0, 0.5..8.0, C, CHOICE, "Hill exponent of S6K.";
    bp1_half = 0.40, 0.01..10.0, C, CHOICE, "mTORC1 activity of half 4E-BP1 phosphorylation.";
    bp1_hill = 2.0, 0.5..8.0, C, CHOICE, "Hill exponent of 4E-BP1.";
    eif4e_half = 0.5, 0.01..10.0, C, CHOICE, "4E-BP1 phosphorylation of half eIF4E activity.";
    eif4e_hill = 2.5, 0.5..8.0, C, CHOICE, "Hill exponent of eIF4E.";
    aurka_eif4e = 1.0, 0.0..10.0, C, "AURKA raises eIF4E in everolimus-resistant gastrointestinal lines; size: a rapalog then has 0.7 of its effect, choice of the model", "Rise of eIF4E per 4E-BP with high Aurora kinase A.";
    aurka_myc = 0.5, 0.0..10.0, C, "AURKA stabilises MYC (textbook); size: choice of the model", "Rise of MYC beyond eIF4E with high Aurora kinase A (observable only).";
    ras_half = 0.45, 0.01..10.0, C, CHOICE, "Input of half RAS activity.";
    ras_hill = 1.5, 0.5..8.0, C, CHOICE, "Hill exponent of RAS.";
    erk_half = 0.29, 0.01..10.0, C, CHOICE, "Output of MEK of half ERK activity.";
    erk_raf = 2.0, 0.0..50.0, C, "ERK phosphorylates SOS and RAF and induces Sprouty: an inhibitor of MEK frees RAF (Cancer Cell 2012;22:668, PMC3713778); size: choice of the model", "Strength with which ERK holds RAF back.";
    erk_hill = 2.0, 0.5..8.0, C, CHOICE, "Hill exponent of ERK.";
    growth_eif4e = 0.45, 0.0..1.0, C, CHOICE, "Weight of eIF4E in the growth of the sensitive cell.";
    growth_s6k = 0.30, 0.0..1.0, C, CHOICE, "Weight of S6K in the growth of the sensitive cell.";
    growth_erk = 0.15, 0.0..1.0, C, CHOICE, "Weight of ERK in the growth of the sensitive cell.";
    growth_akt = 0.10, 0.0..1.0, C, CHOICE, "Weight of AKT in the growth of the sensitive cell.";
    driven_eif4e = 0.30, 0.0..1.0, C, CHOICE, "Weight of eIF4E in the growth of a cell driven by RTK or RAS.";
    driven_s6k = 0.10, 0.0..1.0, C, CHOICE, "Weight of S6K in the growth of a cell driven by RTK or RAS.";
    driven_erk = 0.40, 0.0..1.0, C, CHOICE, "Weight of ERK in the growth of a cell driven by RTK or RAS.";
    driven_akt = 0.20, 0.0..1.0, C, CHOICE, "Weight of AKT in the growth of a cell driven by RTK or RAS.";
    ras_lean = 1.5, 0.0..100.0, C, "cells with upregulated receptors or mutant KRAS grow on where mTORC1 is off (Cancer 2011;117:4141; J Clin Invest 2010;120:2858) and answer to inhibitors of MEK; size: all the way in both, choice of the model", "How fast growth goes over to the weights of a cell driven by RTK or RAS as its untreated RAS rises above the sensitive cell's.";
    mtor_dependence = 3.0, 0.0..100.0, C, "lines with PIK3CA or PTEN alterations and without KRAS are the ones that everolimus slows (J Clin Invest 2010;120:2858), activating MTOR mutants are hypersensitive (Cancer Discov 2014;4:554); size: choice of the model", "How fast growth comes to depend on the output of mTORC1 as its untreated activity rises above the sensitive cell's.";
    gsk3_need = 0.4, 0.0..1.0, C, "lithium slows BON and H727, lowers chromogranin A and cleaves PARP (PMC2892410); xenografts were 54 % smaller after 20 days (Oncologist 2011;16:452); size: choice of the model", "Share of division and of chromogranin A that full inhibition of GSK3 takes, and of deaths that it adds, in any cell.";
    gsk3_akt_half = 0.30, 0.01..10.0, C, CHOICE, "AKT activity that halves GSK3.";
    foxo_akt_half = 0.30, 0.01..10.0, C, CHOICE, "AKT activity that halves nuclear FOXO.";
    bad_akt_half = 0.10, 0.01..10.0, C, "AKT at S136 and ERK at S112 each suffice to silence BAD (Cancer Cell 2005;8:287); size: choice of the model", "AKT activity that halves active BAD.";
    bad_erk_half = 0.10, 0.01..10.0, C, "AKT at S136 and ERK at S112 each suffice to silence BAD (Cancer Cell 2005;8:287); size: choice of the model", "ERK activity that halves active BAD.";
    bad_death = 1.5, 0.0..100.0, C, "cell death when AKT and ERK are both lost (Cancer Discov 2011;1:248); size: as a GSK3 inhibitor in its state, choice of the model", "Deaths that fully active BAD adds, as a multiple of the death rate.";
    cdk1_gsk3_half = 0.8, 0.01..10.0, C, CHOICE, "GSK3 activity that halves CDK1 (observable only).";
    gsk3_autophagy = 1.0, 0.0..10.0, C, "autophagy low where GSK3 is overactive (Endocr Relat Cancer 2018;25:893); size: choice of the model", "Fall of autophagy per excess of GSK3 (observable only).";
    secretion_floor = 0.4, 0.0..1.0, C, "VEGF falls and does not vanish on a rapalog; size: choice of the model", "Share of the secretion of VEGF and chromogranin A that does not follow mTORC1.";
    cga_s6k = 0.6, 0.0..1.0, B, "set to the fold change of chromogranin A in cycle 1 of RADIANT-3, 0.617 on everolimus against 1.081 on placebo, which is the growth of the tumour; NSE 0.478 against 0.951 (ASCO 2011, abstract 10624)", "Share of S6K, beside eIF4E, in what chromogranin A and NSE follow.";
    mass_s6k = 0.8, 0.0..1.0, C, "S6K1 alone accounts for the size of myoblasts (Nat Cell Biol 2005;7:286) and of other cells (Science 2010;328:1172); eIF4E adds in U2OS cells (Genes Dev 2002;16:1472); share: choice of the model", "Share of S6K, beside eIF4E, in what sets the size of a cell.";
    hypoxia_vegf = 4.0, 0.0..100.0, C, "HIF raises VEGF several-fold (textbook)", "Rise of VEGF secretion in hypoxia.";
}

impl Parameters {
    /// Sets a constant by name.
    ///
    /// # Errors
    ///
    /// [`ParameterError`] if there is no such constant or the value is outside its bounds.
    pub fn set(&mut self, name: &str, value: f64) -> Result<(), ParameterError> {
        let unknown = || ParameterError::Unknown { name: name.to_owned() };
        let constant = Self::TABLE.iter().find(|c| c.name == name).ok_or_else(unknown)?;
        let Constant { name, least, most, .. } = *constant;
        if !(least..=most).contains(&value) {
            return Err(ParameterError::OutOfRange { name, value, least, most });
        }
        *self.slot(name).ok_or_else(unknown)? = value;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_constant_has_a_source_and_stands_within_its_bounds() {
        let mut parameters = Parameters::default();
        for c in Parameters::TABLE {
            assert_eq!(parameters.get(c.name), Some(c.value));
            assert!(!c.source.is_empty() && c.meaning.ends_with('.'), "{}", c.name);
            parameters.set(c.name, c.most).unwrap();
            parameters.set(c.name, c.least).unwrap();
            assert_eq!(parameters.get(c.name), Some(c.least));
            assert!((c.least..=c.most).contains(&c.value), "{}", c.name);
        }
    }

    #[test]
    fn weights_sum_to_one() {
        let p = Parameters::default();
        assert!((p.growth_eif4e + p.growth_s6k + p.growth_erk + p.growth_akt - 1.0).abs() < 1e-12);
        assert!((p.driven_eif4e + p.driven_s6k + p.driven_erk + p.driven_akt - 1.0).abs() < 1e-12);
    }

    #[test]
    fn what_cannot_be_set_is_said() {
        let mut p = Parameters::default();
        assert_eq!(
            p.set("s6k_iris", 0.5).unwrap_err().to_string(),
            "find a constant `s6k_iris` of the network"
        );
        assert!(p.set("s6k_irs", 1.5).unwrap_err().to_string().contains("between 0 and 1"));
        assert!(p.set("s6k_irs", f64::NAN).is_err());
    }
}
