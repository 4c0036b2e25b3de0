//! The signalling network and the virtual patient as a reference page, from the tables that the program
//! computes with.

use std::fmt::Write as _;

use crate::catalogue::{Combination, NetworkInput};
use crate::scenario::units::number_text;

use super::patient::{Distribution, PatientParameter};
use super::signalling::Parameters;

const INTRODUCTION: &str = r"# The signalling network and the virtual patient

This page is generated from the tables that the program computes with; do not edit it by hand. Confidence A is a direct human number, B one good
study or a re-derivation, C an order of magnitude or a choice of the model. `evotor signalling` shows every node for a cell; `evotor
loci NAME` what a state does to the network.

## Equations

With `h(x; K, n) = x^n / (K^n + x^n)`, and `I` the inhibition of a node by drugs, 0 to 1:

```text
receptors  = receptor_input · ligand · (reached(receptor_reach) + receptor_gain · rtk · reached(reach of the patient))
             · (1 + receptor_feedback · max(0, 1 - S6K/receptor_feedback_below))
reached(a) = (1 - a)(1 - I_growth_factor) + a (1 - I_rtk)
IRS-1      = (1 - s6k_irs · S6K) · irs
PI3K       = h(receptors · IRS-1 · (1 - sstr_brake · I_sstr) + kras_pi3k · kras; pi3k_half, pi3k_hill) · pik3ca · (1 - I_pi3k)
PIP3       = PI3K / (PI3K + pten_strength · pten)
T308       = h(PIP3; t308_half, t308_hill)
kinase     = (1 - I_mtor_kinase)(1 - I_mtor_bivalent)
mTORC2     = (mtorc2_basal + (1 - mtorc2_basal) · PIP3) · kinase · (1 - rapalog_mtorc2 · I_mtor_allosteric)
S473       = h(mTORC2; s473_half · phlpp2, s473_hill)
AKT        = T308 · (akt_t308_only + (1 - akt_t308_only) · S473)
RAS        = h(receptors · (1 - s6k_ras · S6K) + kras_ras · kras; ras_half, ras_hill)
ERK        = h(RAS · (1 - I_raf)(1 - I_mek); erk_half, erk_hill)
TSC1/2     = tsc / (1 + (AKT/akt_tsc_half)^2 + (ERK/erk_tsc_half)^2)
mTORC1     = (1 - tsc_rheb · TSC1/2) · mtor_gain · (1 - hypoxia_mtor · hypoxia)
S6K        = h(mTORC1 · kinase · (1 - rapalog_s6k · I_mtor_allosteric); s6k_half, s6k_hill)
p4E-BP1    = h(mTORC1 · kinase · (1 - rapalog_bp1 · I_mtor_allosteric); bp1_half, bp1_hill)
eIF4E      = h(p4E-BP1 · eif_ratio · (1 + aurka_eif4e · aurka · (1 - I_aurora)); eif4e_half, eif4e_hill)
core       = growth_eif4e · eIF4E + growth_s6k · S6K + growth_erk · ERK + growth_akt · AKT
growth     = growth input · core / core of the untreated sensitive cell
VEGF       = vegf · (1 + hypoxia_vegf · hypoxia) · (secretion_floor + (1 - secretion_floor) · eIF4E / that of the sensitive cell)
```

Cells with `growth_weights` = 1 use the weights `driven_*`. Where `coupling` c is below 1, growth is
`growth input · (1 - c' (1 - core / own untreated core))` with `c' = c + (1 - c)(1 - (1 - I_pi3k)(1 - I_gsk3) · kinase)`. Deaths beyond the coupled loss are multiplied by
`1 + bad_death · BAD`, where BAD is active only if both AKT and ERK are lost, and by `1 + gsk3_death · I_gsk3`.

For given S6K every node is explicit, and the S6K that the chain returns falls as S6K rises: so there is exactly one steady state, whatever the state, the
drugs and the oxygen (`src/biology/signalling/feedback.rs`).

## Rates

Division attempts `b · growth^gamma`, of which a share `coupled_loss` replaces the mother in place; deaths `d0 · death` and those by drugs; `b` is
0.025 (r/0.0035)^0.9 per day within 0.003 to 0.12, never below `r/(1 - coupled_loss)`; `d0 = b (1 - coupled_loss) - r`. Hypoxia (below 5 mmHg) divides the
untreated sensitive cell's attempts to 0.3 in all, anoxia (below 1 mmHg) adds 0.01 deaths per day.

";

/// The reference page of the network and the patient, in Markdown.
pub fn signalling_markdown() -> String {
    let mut out = INTRODUCTION.to_owned();
    out.push_str(
        "## Inputs that loci set (`[[locus.network]]`)\n\n| input | meaning | of several loci |\n|---|---|---|\n",
    );
    for input in NetworkInput::ALL {
        let joined = match input.combination() {
            Combination::Sum => "summed",
            Combination::Product => "multiplied",
            Combination::Maximum => "the largest",
            Combination::Minimum => "the smallest",
        };
        let _ = writeln!(out, "| `{}` | {} | {joined} |", input.word(), input.meaning());
    }
    out.push_str("\n## Constants\n\n| constant | value | bounds | meaning | confidence | source |\n|---|---|---|---|---|---|\n");
    for c in Parameters::TABLE {
        let bounds = format!("{} to {}", number_text(c.least), number_text(c.most));
        let value = number_text(c.value);
        let _ = writeln!(
            out,
            "| `{}` | {value} | {bounds} | {} | {:?} | {} |",
            c.name, c.meaning, c.confidence, c.source
        );
    }
    out.push_str("\n## How patients differ\n\n| number | typical | law | confidence | source |\n|---|---|---|---|---|\n");
    for p in PatientParameter::ALL {
        let typical = format!("{} {}", number_text(p.typical()), p.unit());
        let (name, differs, source) = (p.name(), in_words(&p.distribution()), p.source());
        let _ =
            writeln!(out, "| `{name}` | {} | {differs} | {:?} | {source} |", typical.trim(), p.confidence());
    }
    out
}

fn in_words(distribution: &Distribution) -> String {
    match distribution {
        Distribution::Fixed => "the same for all".into(),
        Distribution::LogNormal { log_sd, most } if most.is_finite() => {
            format!("log-normal, log-SD {}, at most {}", number_text(*log_sd), number_text(*most))
        }
        Distribution::LogNormal { log_sd, .. } => format!("log-normal, log-SD {}", number_text(*log_sd)),
        Distribution::Beta { sd } => format!("beta, SD {}", number_text(*sd)),
        Distribution::Uniform { least, most } => {
            format!("uniform, {} to {}", number_text(*least), number_text(*most))
        }
        Distribution::Bernoulli { probability, is } => {
            format!("{is} in {} %", number_text((probability * 1000.0).round() / 10.0))
        }
    }
}
