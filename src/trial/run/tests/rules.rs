//! Rules of therapy and of measuring that agents and the mean field share.

use std::path::Path;

use super::{all, on_cpu};
use crate::therapy::response::Category;
use crate::therapy::{Action, EndReason};
use crate::trial::run::{PatientTrajectory, Plan, TrialOptions};

/// A trial without errors and chance, of patients with lesions that are killed by a drug of its own.
fn trial(days: u32, lesions: u32, line: &str) -> Plan {
    let text = format!(
        "name = \"t\"\nphenotype = \"signalling\"\nseed = 5\n[time]\nend = \"{days} d\"\n[lattice]\n[start]\n\
         [cohort]\npatients = 3\nagents = 400\nlesions = {lesions}\n\
         [[cohort.change]]\nquantity = \"growth\"\nfixed = 0.03\n\
         [[cohort.change]]\nquantity = \"kill_factor\"\nfixed = 1\n\
         [assessment]\nwithin = 0\nbetween = 0\ngross_error = 0\noverlooked = 0\njitter = \"0 d\"\nnew_lesions = 0\nbackground_mortality = 0\ntumour_death = \"0 /d\"\n\
         [assessment.visits]\nevery = \"28 d\"\n[[arm]]\nname = \"a\"\n[[arm.therapy.line]]\n{line}\n\
         [arm.therapy.toxicity]\nevents = false\n\
         [[catalogue.drug]]\nname = \"killer\"\nroutes = [\"intravenous\"]\nmolar_mass = \"500 g/mol\"\n\
         [catalogue.drug.pk]\nclearance = \"10 L/h\"\nvolume = \"100 L\"\nunbound = 0.1\n\
         [[catalogue.drug.kill]]\nkind = \"death\"\nrate = \"0.6 /d\"\nec50 = \"1 ng/mL\"\n"
    );
    let loaded = crate::scenario::parse(&text, "t.toml", Path::new("")).unwrap_or_else(|e| panic!("{e}"));
    Plan::new(&loaded.scenario, None).unwrap()
}

/// What is done about troughs and markers, with its days.
fn followed(chronicle: &PatientTrajectory) -> Vec<(u32, Action)> {
    let actions = chronicle.record.actions.iter().copied();
    let of = |a: &Action| {
        matches!(
            a,
            Action::Trough { .. } | Action::Adjust { .. } | Action::Marker { .. } | Action::LineEnds { .. }
        )
    };
    actions.filter(|(_, a)| of(a)).collect()
}

/// Everybody through the only arm, by agents and by the mean field.
fn both(plan: &Plan) -> [Vec<PatientTrajectory>; 2] {
    [false, true].map(|surrogate| {
        let runs = all(plan, &TrialOptions { surrogate, ..on_cpu(2) });
        runs.into_iter().map(|run| run.arms.into_iter().next().unwrap().1.unwrap().1).collect()
    })
}

// Lesions that died out halted with their dead, which stayed in every sum measured from then on; and a mean field never came to
// nothing, but grew back from a fraction of a cell.
#[test]
fn a_cured_tumour_is_measured_as_nothing_and_stays_away() {
    let plan = trial(700, 2, "regimens = \"killer 50 mg daily until day 60\"\nuntil = \"progression\"");
    for (patients, what) in both(&plan).iter().zip(["agents", "mean field"]) {
        for patient in patients {
            let late: Vec<_> = patient.chart.scans.iter().filter(|s| s.day >= 200).collect();
            assert!(late.len() > 10, "{what}: {:?}", patient.chart.scans);
            for scan in late {
                assert_eq!(
                    (scan.readings[0].sum_mm, scan.category),
                    (0.0, Category::CompleteResponse),
                    "{what}: {scan:?}"
                );
            }
        }
    }
}

// An adaptive line with a calendar of its own looked at the first lesion alone; in the mean field it did not look at all.
#[test]
fn a_line_with_a_calendar_of_its_own_pauses_agents_and_mean_field_as_visits_would() {
    let line = |monitor: &str| {
        format!(
            "regimens = \"killer 50 mg daily\"\n\
             adaptive = {{ off_below = 0.5, on_above = 1.0, monitor = \"{monitor}\" }}"
        )
    };
    let switches = |chronicle: &PatientTrajectory| -> Vec<(u32, Action)> {
        let actions = chronicle.record.actions.iter().copied();
        actions.filter(|(_, a)| matches!(a, Action::Pause | Action::Continue)).collect()
    };
    let (own, visits) = (both(&trial(250, 5, &line("28 d"))), both(&trial(250, 5, &line("visit"))));
    for (own, visits) in own.iter().flatten().zip(visits.iter().flatten()) {
        assert!(!switches(own).is_empty(), "{:?}", own.record.actions);
        assert_eq!(switches(own), switches(visits));
    }
}

// Troughs follow from doses alone, so that agents and mean field measure and decide the same to the last bit.
#[test]
fn doses_follow_troughs_alike_in_agents_and_mean_field() {
    let line = "regimens = \"everolimus 10 mg daily\"\n[[arm.therapy.monitoring]]\ndrug = \"everolimus\"\nlower = \"10 ng/mL\"\n\
                upper = \"15 ng/mL\"\nlevels = [\"5 mg\", \"7.5 mg\", \"10 mg\", \"15 mg\"]\nevery = \"28 d\"";
    let [agents, field] = both(&trial(100, 1, line));
    for (agents, field) in agents.iter().zip(&field) {
        // One may leave at another scan than the other.
        let (agents, field) = (followed(agents), followed(field));
        let both = agents.len().min(field.len());
        assert!(both >= 4, "{agents:?} and {field:?}");
        assert_eq!(agents[..both], field[..both]);
    }
}

// A drug that kills what secretes, then none: chromogranin A falls, rises, and ends the line, in agents and mean field within one
// sample of each other. What is reported on day 0 is the baseline of the laboratory, for the assay is exact.
#[test]
fn a_marker_ends_a_line_alike_in_agents_and_mean_field() {
    let line = "regimens = \"killer 50 mg daily until day 3\"\n\
                trigger = { marker = \"cga\", above = 1.6, every = \"14 d\", cv = 0, action = \"end_line\" }";
    let [agents, field] = both(&trial(250, 1, line));
    let ended = |c: &PatientTrajectory| c.record.lines[0].ended.map(|(day, reason)| (day / 14, reason));
    for (agents, field) in agents.iter().zip(&field) {
        let Some((0, Action::Marker { measured, .. })) = followed(agents).first().copied() else {
            panic!("{:?}", followed(agents))
        };
        assert_eq!(measured, agents.chart.laboratory[0].cga);
        let (Some((one, because)), Some((other, _))) = (ended(agents), ended(field)) else {
            panic!("{:?} and {:?}", followed(agents), followed(field))
        };
        assert_eq!(because, EndReason::Marker);
        assert!(one.abs_diff(other) <= 1, "{one} and {other}");
    }
}

// What a mean field takes for a cell is an agent of the lattices in its place, and its dead are theirs.
#[test]
fn a_mean_field_begins_with_the_cells_of_its_lattices() {
    use crate::simulation::Job;
    use crate::tissue::LesionId;
    use crate::trial::surrogate::beginning;
    let plan = trial(100, 2, "regimens = \"killer 50 mg daily\"");
    for dead in [None, Some(0.0), Some(0.25)] {
        let patient = plan.cohort.patient(0);
        let mut own = plan.scenario_of(&patient);
        if let Some(fraction) = dead {
            own.start.dead = crate::scenario::DeadStart::Fraction { fraction };
        }
        let job = Job::new(&own, Path::new("")).unwrap();
        let burdens: Vec<(u64, u64)> =
            (0..2).map(|l| job.placed(LesionId::new(0, l)).unwrap().burden()).collect();
        let (live, gone) = burdens.iter().fold((0.0, 0.0), |s, b| (s.0 + b.0 as f64, s.1 + b.1 as f64));
        let turnover = patient.biology().unwrap().turnover;
        // Six standard deviations of so many coin tosses.
        let agents = beginning::agents(&own, &turnover, 2);
        assert!((agents - live).abs() <= 6.0 * f64::sqrt(live / 4.0), "{dead:?}: {agents} and {live}");
        let ratio = beginning::dead(&own, &turnover);
        assert!((ratio * live - gone).abs() <= 6.0 * f64::sqrt(live), "{dead:?}: {ratio} and {live}, {gone}");
    }
}
