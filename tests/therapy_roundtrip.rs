//! Any plan of a therapy, and any trial with such plans, that the format can say is written out and read back as the same.

use std::path::Path;

use evotor::scenario::regimen::{parse, sound};
use evotor::scenario::{
    About, AccrualLaw, AdaptiveDoses, AdverseEvents, AfterLastLine, Arm, Assessment, CohortChange,
    CohortSection, Conduct, Confidence, DrugMonitoring, FigureKind, FigureTiming, Laws, Line, LineEnd,
    Marker, MarkerAction, MarkerReference, MarkerTrigger, MessageStyle, Monitor, Origin, OriginShares,
    PatientRecord, Pharmacokinetics, Published, PublishedEndpoint, RecordedMarker, RecordedScan, Regimen,
    Role, ScanReader, Scenario, Therapy, Trial, TriggerMarker, TroughAnalyte, Visits, effective_toml,
};
use proptest::prelude::*;

const BASE: &str = "name = \"plan\"\nphenotype = \"signalling\"\n[time]\nend = \"3600 d\"\n[lattice]\n\
    size = [64, 64]\n[start]\nshape = \"single\"\n[oxygen]\n[vessels]\n";

fn read(text: &str) -> Scenario {
    match evotor::scenario::parse(text, "plan.toml", Path::new("")) {
        Ok(loaded) => loaded.scenario,
        Err(error) => panic!("{}\n{text}", error.render(MessageStyle::Plain)),
    }
}

/// Texts with their drug's reduced doses.
const REGIMENS: &[(&str, &[&str])] = &[
    ("everolimus 10 mg daily", &["everolimus 7.5 mg daily", "everolimus 5 mg every 2 d"]),
    ("sunitinib 50 mg daily, 4 weeks on 2 weeks off", &["sunitinib 37.5 mg daily, 4 weeks on 2 weeks off"]),
    ("temozolomide 150 mg/m2 daily, days 1-7 and 15-21 of 28 x6", &[]),
    ("177Lu-DOTATATE 7.4 GBq every 8 weeks x4", &["177Lu-DOTATATE 3.7 GBq every 16 weeks"]),
    ("bevacizumab 10 mg/kg intravenous every 2 weeks, from day 84, until day 840", &[]),
    ("debulking surgery 80 % on days 100 and 200", &[]),
    ("best supportive care, from day 3", &[]),
    ("PD98059 10000 nM, 2 d on 5 d off", &[]),
];

/// The day from which a regimen gives something: later than its line or its turn lasts is refused.
fn begins(regimen: &Regimen) -> u32 {
    match regimen.drug.as_str() {
        "debulking surgery" => 200,
        "bevacizumab" => 84,
        "best supportive care" => 3,
        _ => 0,
    }
}

fn regimen(text: &str) -> Regimen {
    let regimen = parse(text).unwrap();
    assert_eq!(sound(&regimen), Ok(()));
    regimen
}

/// Some of the regimens, each drug once, with or without own steps.
fn regimens() -> impl Strategy<Value = (Vec<Regimen>, Vec<Regimen>)> {
    let some = prop::sample::subsequence(REGIMENS.to_vec(), 1..=3);
    (some, any::<bool>()).prop_map(|(chosen, own)| {
        let steps = chosen.iter().filter(|_| own).flat_map(|(_, steps)| steps.iter().map(|s| regimen(s)));
        (chosen.iter().map(|(text, _)| regimen(text)).collect(), steps.collect())
    })
}

prop_compose! {
    fn trigger()(
        cga in any::<bool>(),
        (above, fraction, detection_limit) in (1.01..9.0_f64, 0.01..0.5_f64, 0.0..0.01_f64),
        baseline in any::<bool>(),
        (samples, every, turnaround) in (1..5_u32, 1..100_u32, 0..30_u32),
        cv in 0.0..1.0_f64,
        hold in any::<bool>(),
        resume in any::<bool>(),
    ) -> MarkerTrigger {
        MarkerTrigger {
            marker: if cga { TriggerMarker::Cga } else { TriggerMarker::Ctdna },
            locus: (!cga).then(|| "fkbp12_frb".to_owned()),
            above: cga.then_some(above),
            fraction: (!cga).then_some(fraction),
            detection_limit: (!cga).then_some(detection_limit),
            reference: cga.then_some(if baseline { MarkerReference::Baseline } else { MarkerReference::Nadir }),
            samples,
            every,
            turnaround,
            cv,
            action: if hold { MarkerAction::Hold } else { MarkerAction::EndLine },
            resume_at: (hold && resume).then_some(0.5 * if cga { above } else { fraction }),
            locus_number: (!cga).then_some(1),
        }
    }
}

prop_compose! {
    fn monitoring()(
        lower in 0.1..50.0_f64,
        wider in prop::option::of(1.01..9.0_f64),
        own in any::<bool>(),
        (after, every, turnaround) in (1..100_u32, prop::option::of(1..100_u32), 0..30_u32),
        cv in prop::option::of(0.0..1.0_f64),
        (total, raise_after_toxicity) in (any::<bool>(), any::<bool>()),
        sunitinib in any::<bool>(),
    ) -> DrugMonitoring {
        let (drug, steps) = (["everolimus", "sunitinib"][usize::from(sunitinib)], REGIMENS[usize::from(sunitinib)].1);
        DrugMonitoring {
            drug: drug.to_owned(),
            lower,
            upper: wider.map(|times| lower * times),
            analyte: if total && sunitinib { TroughAnalyte::Total } else { TroughAnalyte::Parent },
            levels: steps.iter().filter(|_| own).map(|text| regimen(text)).collect(),
            after,
            every,
            turnaround,
            cv,
            raise_after_toxicity,
        }
    }
}

prop_compose! {
    fn line()(
        (regimens, steps) in regimens(),
        delay in 0..50_u32,
        progression in any::<bool>(),
        after in prop::option::of(1..400_u32),
        beyond in 0..100_u32,
        turn in prop::option::of(1..200_u32),
        adaptive in prop::option::of((0.01..0.99_f64, 1.0..16.0_f64, prop::option::of(1..60_u32))),
        trigger in prop::option::of(trigger()),
    ) -> Line {
        let usual = if progression { u32::MAX } else { 168 };
        let lasts = turn.into_iter().chain(after).fold(usual, u32::min);
        let kept: Vec<Regimen> = regimens.into_iter().filter(|r| begins(r) < lasts).collect();
        let regimens = if kept.is_empty() { vec![regimen("everolimus 10 mg daily")] } else { kept };
        let steps: Vec<Regimen> =
            steps.into_iter().filter(|s| regimens.iter().any(|r| r.drug == s.drug)).collect();
        let mut until: Vec<LineEnd> = progression.then_some(LineEnd::Progression).into_iter().collect();
        if regimens.iter().any(|r| r.drug == "everolimus") {
            until.push(LineEnd::Toxicity);
        }
        // Something ends every line, so that another one may follow.
        until.extend(after.or(until.is_empty().then_some(168)).map(|days| LineEnd::After { days }));
        Line {
            alternate: turn.filter(|_| regimens.len() > 1),
            regimens,
            steps,
            start: None,
            delay,
            until,
            beyond_progression: if progression { beyond } else { 0 },
            adaptive: adaptive.map(|(off_below, on_above, days)| AdaptiveDoses {
                off_below,
                on_above,
                monitor: days.map_or(Monitor::Visit, |days| Monitor::Every { days }),
            }),
            // Of a pause by the burden and one by a marker there may be one alone.
            trigger: trigger.filter(|rule| adaptive.is_none() || rule.action == MarkerAction::EndLine),
        }
    }
}

prop_compose! {
    fn plans()(
        mut lines in prop::collection::vec(line(), 1..4),
        dated in any::<bool>(),
        background in any::<bool>(),
        gaps in prop::collection::vec(1..200_u32, 1..4),
        every in 1..200_u32,
        mm in prop::option::of(10.0..300.0_f64),
        shares in prop::array::uniform6(0.0..0.99_f64),
        (overlap, longest_hold) in (1.0..9.0_f64, 1..60_u32),
        rule in prop::option::of(monitoring()),
    ) -> Therapy {
        if dated && let Some(last) = lines.last_mut() {
            last.start = Some(1500);
            last.delay = 0;
        }
        let at = gaps.iter().scan(0, |day, gap| { *day += gap; Some(*day) }).collect();
        let [background_share, grade_2, grade_4, grade_4_blood, intolerable, not_restarted] = shares;
        let given = |rule: &DrugMonitoring| {
            lines.iter().flat_map(|line: &Line| &line.regimens).any(|r| r.drug == rule.drug)
        };
        let monitoring = rule.into_iter().filter(given).collect();
        Therapy {
            monitoring,
            background: background.then(|| regimen("octreotide LAR 30 mg every 4 weeks")).into_iter().collect(),
            lines,
            after_last_line: AfterLastLine::Stop,
            visits: Visits { at, every, baseline_mm: mm },
            toxicity: AdverseEvents {
                occur: true,
                overlap,
                background: background_share,
                grade_2,
                grade_4,
                grade_4_blood,
                intolerable,
                not_restarted,
                longest_hold,
                stops: longest_hold % 2 == 0,
            },
        }
    }
}

/// A trial of which only the arms are to be varied.
const TRIAL: &str = "name = \"trial\"\nphenotype = \"signalling\"\n[time]\nend = \"3600 d\"\n[lattice]\n\
    size = [32, 32, 32]\n[start]\n[oxygen]\n[vessels]\n[cohort]\n[[arm]]\nname = \"a\"\n[arm.therapy]\n\
    regimen = \"best supportive care\"\n";

/// The same with lattices as large as the agents need.
fn with_agents(agents: u32) -> String {
    TRIAL.replace("size = [32, 32, 32]", "").replace("[cohort]", &format!("[cohort]\nagents = {agents}"))
}

fn names() -> impl Strategy<Value = String> {
    prop_oneof![Just("a \"quoted\" arm \\".to_owned()), "[a-zA-Z0-9%+,;µ()]{1,20}( [a-z]{1,9}){0,3}"]
}

prop_compose! {
    fn change()(
        quantity in prop::sample::select(vec!["growth", "gamma", "rtk_fraction", "men1", "no such one"]),
        numbers in (0.0..9.0_f64, 1e-9..1e6_f64),
        given in 0..4_usize,
    ) -> CohortChange {
        let (typical, spread) = (Some(numbers.0), Some(numbers.1));
        let (typical, spread, fixed) = [
            (typical, None, None), (None, spread, None), (typical, spread, None), (None, None, typical),
        ][given];
        CohortChange { quantity: quantity.into(), typical, spread, fixed }
    }
}

prop_compose! {
    fn cohorts()(
        (patients, agents) in (1..=1_u32 << 24, prop::option::of(1..100_000_000_u32)),
        lesions in prop::option::of(1..=5_u32),
        population in prop::sample::select(vec!["radiant-3", "sun-1111", "Radiant-4", "other"]),
        laws in prop::sample::select(vec![Laws::Fitted, Laws::Sources, Laws::Draw(7)]),
        prognostic_factor in 0.01..100.0_f64,
        (origin, share, whose) in (prop::option::of(prop::sample::select(Origin::ALL)), 0.0..=1.0_f64, any::<bool>()),
        (germline_effects, pharmacokinetics) in (any::<bool>(), prop::sample::select(Pharmacokinetics::ALL)),
        changes in prop::collection::vec(change(), 0..3),
    ) -> CohortSection {
        CohortSection {
            patients, population: population.into(), laws, repeat: vec![population.into()], agents, lesions, prognostic_factor, origin,
            origins: (origin.is_none() && whose)
                .then_some(OriginShares { gut: share, lung: 1.0 - share, pancreas: 0.0, unknown: 0.0 }),
            grade_2: None, progressing: None, prior_analogue: share,
            germline_effects, pharmacokinetics, changes,
        }
    }
}

prop_compose! {
    fn assessments()(
        gaps in prop::collection::vec(2..300_u32, 1..4),
        every in 2..400_u32,
        share in 0.0..1.0_f64,
        (within, new_lesions) in (0.0..1.0_f64, 0.0..100.0_f64),
        reader in prop::sample::select(ScanReader::ALL.to_vec()),
        (laboratory, confirmation) in (1..100_u32, 0..100_u32),
        (other_death, tumour_death) in (0.0..1.0_f64, 1e-9..1.0_f64),
    ) -> Assessment {
        let least = gaps.iter().copied().chain([every]).min().unwrap();
        Assessment {
            visits: Visits {
                at: gaps.iter().scan(0, |day, gap| { *day += gap; Some(*day) }).collect(),
                every,
                baseline_mm: None,
            },
            // Less than half of the shortest time between two scans.
            jitter: (f64::from(least.div_ceil(2) - 1) * share) as u32,
            reader, within, between: within / 2.0, gross_error: within / 3.0, overlooked: within / 4.0,
            new_lesions, laboratory, confirmation, other_death, background_mortality: 50.0 * tumour_death, tumour_death,
        }
    }
}

/// A figure that its end point can have, of one of so many arms.
fn figure(arms: usize) -> impl Strategy<Value = Published> {
    let endpoint = prop::sample::select(PublishedEndpoint::ALL.to_vec());
    let role = prop::sample::select(vec![Role::Calibrated, Role::Informed, Role::Predicted]);
    let numbers = (0.1..50.0_f64, 0.01..40.0_f64, 0.1..100.0_f64, any::<bool>());
    (endpoint, role, 0..arms, numbers, ".{0,20}").prop_map(move |(endpoint, role, arm, numbers, source)| {
        let (value, width, month, interval) = numbers;
        Published {
            arm,
            against: (endpoint.figure() == FigureKind::Ratio).then_some((arm + 1) % arms),
            endpoint,
            at_months: endpoint.has_time().then_some(month),
            value,
            interval: interval.then_some((value / 2.0, value + width)),
            reader: (endpoint.has_reader() && interval).then_some(ScanReader::Central),
            timing: match month as u32 % 3 {
                0 => FigureTiming::Unknown,
                1 => FigureTiming::Cutoff(3600 - month as u32 % 100),
                _ => FigureTiming::FollowUp(3500 - month as u32 % 100),
            },
            confirmed: endpoint.has_confirmation().then_some(interval),
            grade: if interval { Confidence::A } else { Confidence::C },
            doubt: source.clone(),
            role,
            source,
        }
    })
}

/// Accrual, law and cut-off; figures whose median follow-up is 3500 days leave 100 for the median entry.
fn conducts() -> impl Strategy<Value = Conduct> {
    let law = prop::sample::select(AccrualLaw::ALL.to_vec());
    (0..100_u32, law, prop::option::of(3100..=3600_u32)).prop_map(|(accrual, law, cutoff)| Conduct {
        accrual,
        law,
        cutoff,
        ..Conduct::default()
    })
}

/// A patient of whom a scan before the therapy is known, by its sum or by its lesions, and markers.
fn records() -> impl Strategy<Value = PatientRecord> {
    let lesions = prop::collection::vec(0.5..400.0_f64, 0..=5);
    let marker =
        (0.1..1e6_f64).prop_map(|ng_per_ml| RecordedMarker { day: 0, marker: Marker::Cga, ng_per_ml });
    (1.0..900.0_f64, lesions, prop::collection::vec(marker, 0..3)).prop_map(|(sum, diameters_mm, markers)| {
        let sum_mm = if diameters_mm.is_empty() { sum } else { diameters_mm.iter().sum() };
        PatientRecord {
            today: 0,
            scans: vec![RecordedScan { day: 0, sum_mm, diameters_mm }],
            troughs: Vec::new(),
            markers,
        }
    })
}

prop_compose! {
    fn trials()(count in 2..5_usize)(
        plans in prop::collection::vec(plans(), count),
        arms in prop::collection::vec(names(), count),
        texts in prop::array::uniform4(".{0,20}"),
        cohort in cohorts(),
        assessment in assessments(),
        pairs in prop::sample::subsequence((1..count).map(|arm| (arm, arm - 1)).collect::<Vec<_>>(), 1..count),
        published in prop::collection::vec(figure(count), 0..5),
        conduct in conducts(),
        withdrawal in 0.0..0.01_f64,
        horizon in prop::option::of(1..3000_u32),
        record in prop::option::of(records()),
    ) -> Trial {
        let visits = assessment.visits.clone();
        // Names differ by a number.
        let arm = |(number, (name, plan)): (usize, (String, Therapy))| Arm {
            name: format!("{name} {number}"),
            enrolled: (number % 2 == 1).then_some(number as u32),
            estimand: None,
            therapy: Therapy { visits: visits.clone(), ..plan },
        };
        let arms: Vec<Arm> = arms.into_iter().zip(plans).enumerate().map(arm).collect();
        let second = |p: &Published| {
            p.endpoint != PublishedEndpoint::SecondLinePfsMedian || arms[p.arm].therapy.lines.len() > 1
        };
        let [id, title, citation, left_out] = texts;
        Trial {
            about: About { id, title, citation, not_represented: vec![left_out] },
            conduct: Conduct { withdrawal, horizon, ..conduct },
            published: published.into_iter().filter(second).collect(),
            cohort,
            assessment,
            arms,
            comparisons: pairs,
            record,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_of_a_trial_reads_back(trial in trials()) {
        let base = trial.cohort.agents.map_or(TRIAL.to_owned(), with_agents);
        let mut scenario = read(&base);
        scenario.trial = Some(trial);
        let first = read(&effective_toml(&scenario));
        prop_assert_eq!(&first.trial, &scenario.trial);
        prop_assert_eq!((&first.start, &first.lattice), (&scenario.start, &scenario.lattice));
        // The drugs of all arms are written out too, and then are the scenario's own.
        let again = read(&effective_toml(&first));
        prop_assert_eq!(again, first);
    }
}

// What the sections leave out is what the format's page says.
#[test]
fn a_trial_with_nothing_but_its_arms_has_the_defaults() {
    let trial = read(TRIAL).trial.unwrap();
    let about = About { title: "trial".into(), ..About::default() };
    assert_eq!((trial.about, trial.comparisons, trial.published), (about, vec![], vec![]));
    let cohort = CohortSection {
        patients: 60,
        population: "radiant-3".into(),
        laws: Laws::Fitted,
        repeat: vec![],
        agents: None,
        lesions: None,
        prognostic_factor: 0.8,
        origin: None,
        origins: None,
        grade_2: None,
        progressing: None,
        prior_analogue: 0.0,
        germline_effects: false,
        pharmacokinetics: Pharmacokinetics::Virtual,
        changes: vec![],
    };
    assert_eq!(trial.cohort, cohort);
    let assessment = Assessment {
        visits: Visits { at: vec![84], every: 84, baseline_mm: None },
        jitter: 7,
        reader: ScanReader::Investigator,
        within: 0.041,
        between: 0.057,
        gross_error: 0.03,
        overlooked: 0.1,
        new_lesions: 0.494,
        laboratory: 28,
        confirmation: 0,
        other_death: 0.0,
        background_mortality: 1.3,
        tumour_death: 5.5e-4,
    };
    assert_eq!(trial.assessment, assessment);
    let visits = Visits { at: vec![84], every: 84, baseline_mm: None };
    assert_eq!(trial.arms[0].therapy.visits, visits);
}

// The plan of an arm and that of a scenario are read by the same rules; all arms' drugs are kept.
#[test]
fn arms_are_planned_like_scenarios() {
    let plan = "background = \"octreotide LAR 30 mg every 4 weeks\"\n[therapy.visits]\nfirst = \"35 d\"\nevery = \"56 d\"\n\
        [therapy.toxicity]\noverlap = 2\n[[therapy.line]]\nregimens = \"everolimus 10 mg daily\"\n\
        until = [\"progression\", \"toxicity\"]\n[[therapy.line]]\nregimens = \"sunitinib 37.5 mg daily\"\n";
    let alone = read(&format!("{BASE}[therapy]\n{plan}"));
    let arm = plan.replace("[therapy.visits]", "[assessment.visits]");
    let (above, rest) = arm.split_once("[assessment.visits]").unwrap();
    let (visits, rest) = rest.split_once("[therapy.toxicity]").unwrap();
    let rest = rest.replace("[[therapy.line]]", "[[arm.therapy.line]]");
    let text = format!(
        "{TRIAL}[[arm]]\nname = \"b\"\n[arm.therapy]\n{above}[arm.therapy.toxicity]{rest}[[arm]]\nname = \"c\"\n\
         [arm.therapy]\nregimen = \"sorafenib 400 mg daily\"\n[assessment.visits]{visits}"
    );
    let scenario = read(&text);
    let trial = scenario.trial.unwrap();
    assert_eq!(Some(&trial.arms[1].therapy), alone.therapy.as_ref());
    assert_eq!(trial.comparisons, [(1, 0), (2, 0)]);
    let kept: Vec<&str> = scenario.catalogue.iter().map(|d| d.name.as_str()).collect();
    let drugs = ["best supportive care", "octreotide LAR", "everolimus", "sunitinib", "sorafenib"];
    assert_eq!(kept, drugs);
    assert_eq!(scenario.therapy, None);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_reads_back(plan in plans()) {
        let mut scenario = read(BASE);
        scenario.therapy = Some(plan);
        let first = read(&effective_toml(&scenario));
        prop_assert_eq!(&first.therapy, &scenario.therapy);
        // The drugs that the plan uses are written out too, and then are the scenario's own.
        let again = read(&effective_toml(&first));
        prop_assert_eq!(again, first);
    }
}

// Short and full forms, text and table, say the same.
#[test]
fn one_plan_in_several_forms() {
    let plan = |text: &str| read(&format!("{BASE}{text}")).therapy.unwrap();
    let short = plan("[therapy]\nregimen = \"everolimus 10 mg daily\"");
    assert_eq!(plan("[therapy]\nregimen = [\"RAD001 10mg QD\"]"), short);
    assert_eq!(
        plan(
            "therapy.regimen = { drug = \"Everolimus\", dose = \"10 mg\" }"
                .replace("therapy.", "[therapy]\n")
                .as_str()
        ),
        short
    );
    assert_eq!(plan("[[therapy.line]]\nregimens = \"everolimus 10 mg daily\""), short);
    let four_two = plan("[therapy]\nregimen = \"sunitinib 50 mg daily, 4/2\"");
    for table in ["on = \"28 d\", off = \"2 wk\"", "days = \"1-28 of 42\""] {
        let text = format!("[therapy]\nregimen = {{ drug = \"sunitinib\", dose = \"50 mg\", {table} }}");
        assert_eq!(plan(&text), four_two);
    }
    let steps = "[[therapy.line]]\nregimens = \"everolimus 10 mg daily\"\nsteps = ";
    assert_eq!(
        plan(&format!("{steps}[\"5 mg daily\"]")),
        plan(&format!("{steps}[\"everolimus 5 mg daily\"]"))
    );
}
