//! A run with all that therapy brings: two lines, a background, surgery, holds, vessels, drawn pharmacokinetics.

/// One of its three replicates progresses, changes its line and halts between two events; in the others drugs are held and go
/// on, a drug of the background is stopped, and surgery takes most of the tumour on day 100.
pub const TREATED: &str = r#"
name = "treated"
seed = 5
replicates = 3
phenotype = "signalling"
loci = ["gsk3", "rtk"]

[time]
step = "12 h"
end = "128 d"
every = "4 d"

[lattice]
size = [48, 40]
placement = "radius"

[start]
shape = "nests"

[patient]
growth = "0.0225 /d"
analogue_refractory = true
rtk_fraction = 0.05
pharmacokinetics = "virtual"

[rates]
migration = "0.01 /d"

[oxygen]
vessels = "60 /mm2"

[vessels]

[therapy]
background = [
    "octreotide LAR 30 mg every 28 d",
    "bevacizumab 5 mg/kg every 14 d",
    "debulking surgery 80 % on day 100",
]

[therapy.visits]
at = ["12 d"]
every = "28 d"

[therapy.toxicity]
overlap = 3.0

[[therapy.line]]
regimens = "everolimus 10 mg daily"
until = ["progression", "toxicity"]

[[therapy.line]]
regimens = "sunitinib 37.5 mg daily, 4 weeks on 2 weeks off"
until = "progression"
delay = "3 d"

[stop]
progression = { factor = 2.1, observations = 2, halt = true }

[output]
snapshots = ["0 d", "50.5 d", "128 d"]
clones = ["0 d", "80 d", "128 d"]
environment = ["0 d", "33.5 d", "99 d", "100.5 d", "101 d", "128 d"]
detailed_replicates = 3
"#;

/// The same tumours of agents that stand for fifty cells each. Mutants of `gsk3` come from the ledger alone: some are placed on the morning of
/// day 0, others later, and few agents go back.
pub fn with_ledger() -> String {
    let head = "cells_per_agent = 50.0\nmutation_amplification = 20000.0\nreplicates = 3";
    TREATED.replacen("replicates = 3", head, 1)
}
