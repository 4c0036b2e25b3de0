use std::path::Path;

use crate::scenario;
use crate::simulation::{BackendOptions, Job, RunError, Settings, run_in_memory};

fn job(text: &str) -> Result<Job, RunError> {
    let loaded = scenario::parse(text, "test.toml", Path::new("")).unwrap();
    Job::new(&loaded.scenario, Path::new(""))
}

/// A patient on everolimus and octreotide, whose levels differ from day to day.
const TREATED: &str = r#"
name = "treated"
phenotype = "signalling"
loci = ["rtk"]
replicates = 2

[time]
step = "12 h"
end = "40 d"
check = "4 d"

[lattice]
size = [24, 24]

[start]
shape = "nests"

[patient]
pharmacokinetics = "virtual"

[oxygen]

[vessels]

[therapy]
regimen = "everolimus 10 mg daily"
background = ["octreotide LAR 30 mg every 28 d"]
"#;

// Tables that were forgotten are made again as they were.
#[test]
fn forgetting_tables_changes_no_bits() {
    let settings = Settings { backend: BackendOptions::cpu(1), ..Settings::default() };
    let digest = |most_blocks: Option<usize>| {
        let mut job = job(TREATED).unwrap();
        if let (Some(care), Some(most)) = (&mut job.care, most_blocks) {
            care.tissue.most_blocks = most;
        }
        run_in_memory(&job, &settings).unwrap().digest
    };
    let expected = digest(None);
    // 0: they are forgotten every day.
    for most_blocks in [0, 1, 100, 300] {
        assert_eq!(digest(Some(most_blocks)), expected, "at most {most_blocks} blocks");
    }
}

// Divisions 0.025 and losses 0.0215 a day fit a step of a day; 0.0313 and 0.0268 do not.
#[test]
fn a_step_of_a_day_is_refused_where_cells_turn_over_fast() {
    let with = |step: &str, growth: &str| {
        let patient = format!("[patient]\ngrowth = \"{growth} /d\"");
        job(&TREATED.replace("12 h", step).replace("[patient]", &patient))
    };
    for (step, growth) in [("24 h", "0.0035"), ("12 h", "0.0045"), ("12 h", "0.02")] {
        assert!(with(step, growth).is_ok(), "{step}, {growth}");
    }
    let error = with("24 h", "0.0045").unwrap_err();
    assert_eq!(
        error.to_string(),
        "take steps of a day: with `growth` = 0.0045 /d in [patient] divisions and losses come to 0.058 a day, and at most \
         0.05 fit such a step; write `step = \"12 h\"` in [time]"
    );
    assert!(error.is_input());
}
