use std::path::Path;

use crate::scenario;
use crate::simulation::{BackendOptions, Job, RunError, RunRecord, Settings, run_in_memory};

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
every = "4 d"

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

const HEAD: &str = "name = \"x\"\nphenotype = \"signalling\"\nloci = [\"rtk\"]\n[lattice]\nsize = [96, 96]\nplacement = \"radius\"\n\
    [start]\nshape = \"nests\"\n";

fn run(time: &str, patient: &str, therapy: &str) -> RunRecord {
    let text = format!(
        "{HEAD}[time]\n{time}\n[patient]\n{patient}\n[therapy]\n{therapy}\n[therapy.toxicity]\nevents = false\n"
    );
    let loaded = scenario::parse(&text, "x.toml", Path::new("")).unwrap_or_else(|e| panic!("{e}"));
    let job = Job::new(&loaded.scenario, Path::new("")).unwrap();
    run_in_memory(&job, &Settings::default()).unwrap().record
}

fn counts(record: &RunRecord) -> (u32, u32) {
    let last = record.tallies[0].last.as_ref().unwrap();
    (last.live, last.dead)
}

// With a step of a day, the step in which the dead of an operation are removed belongs to the next day: its plan once took
// that step for itself, and the dead stayed.
#[test]
fn what_surgery_removes_is_gone_at_any_step() {
    for step in ["24 h", "12 h"] {
        let time = format!("step = \"{step}\"\nend = \"6 d\"\ncheck = \"1 d\"");
        let record = run(&time, "", "regimen = \"debulking surgery 90 % on day 2\"");
        let (live, dead) = counts(&record);
        assert!((60..140).contains(&live) && dead < 10, "{step}: {live} live, {dead} dead");
    }
}

#[test]
fn what_embolisation_kills_remains_for_a_while() {
    let record = run("end = \"6 d\"\ncheck = \"1 d\"", "", "regimen = \"chemoembolisation 100 % on day 2\"");
    let (live, dead) = counts(&record);
    assert!(dead > live, "{live} live, {dead} dead");
}

// 177Lu-DOTATATE is taken up through SSTR2 (NETTER-1 asked for it): the catalogue's kill did not say so.
#[test]
fn a_radionuclide_for_somatostatin_receptors_needs_them() {
    // Cells that are hit die when they divide, so that it takes some months.
    let time = "end = \"140 d\"\ncheck = \"7 d\"";
    let therapy = "regimen = \"177Lu-DOTATATE 7.4 GBq every 8 weeks x4\"";
    let (with, _) = counts(&run(time, "sstr = 1.0", therapy));
    let (without, _) = counts(&run(time, "sstr = 0.0", therapy));
    assert!(with * 3 < without * 2, "{with} with receptors, {without} without");
}

// Adducts outlast temozolomide (`effect_half_life`), but kills by concentration followed plasma, which is empty a day later.
#[test]
fn kills_by_concentration_last_as_long_as_the_drug_at_its_site() {
    use crate::therapy::pk::{DrugCourse, PkIndividual};
    let drug = crate::scenario::Catalogue::embedded().find("temozolomide").unwrap();
    let mut course = DrugCourse::new(PkIndividual::of_drug(drug, 70.0, None).unwrap().unwrap());
    course.give(0, 0.0, 270.0).unwrap();
    let days: Vec<_> = (0..3).map(|_| course.advance_day()).collect();
    assert!(days[0].site_average < days[0].parent.average);
    assert!(days[1].site_average > 100.0 * days[1].parent.average, "{:?}", days[1]);
}
