//! The signalling network and the virtual patient as tables of a reference page, from those that the program computes with.

use std::fmt::Write as _;

use crate::catalogue::{Combination, NetworkInput};
use crate::scenario::units::number_text;

use super::patient::{Distribution, PatientParameter};
use super::signalling::Parameters;

/// Tables of the network and the patient, in Markdown: the end of the reference page.
pub fn signalling_markdown() -> String {
    let mut out = "## Inputs that loci set (`[[locus.network]]`)\n\n| input | meaning | of several loci |\n|---|---|---|\n".to_owned();
    for input in NetworkInput::ALL {
        let joined = match input.combination() {
            Combination::Sum => "summed",
            Combination::Product => "multiplied",
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
