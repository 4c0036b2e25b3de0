//! Any plan of a therapy that the format can say is written out and read back as the same plan.

use std::path::Path;

use evotor::scenario::regimen::{parse, sound};
use evotor::scenario::{
    AdaptiveDoses, AdverseEvents, AfterLastLine, Line, LineEnd, Monitor, Regimen, Scenario, Style, Therapy,
    Visits, effective_toml,
};
use proptest::prelude::*;

const BASE: &str = "name = \"plan\"\nphenotype = \"signalling\"\n[time]\nend = \"3600 d\"\n[lattice]\n\
    size = [64, 64]\n[start]\nshape = \"single\"\n[oxygen]\n[vessels]\n";

fn read(text: &str) -> Scenario {
    match evotor::scenario::parse(text, "plan.toml", Path::new("")) {
        Ok(loaded) => loaded.scenario,
        Err(error) => panic!("{}\n{text}", error.render(Style::Plain)),
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
    fn line()(
        (regimens, steps) in regimens(),
        delay in 0..50_u32,
        progression in any::<bool>(),
        after in prop::option::of(1..400_u32),
        beyond in 0..100_u32,
        turn in prop::option::of(1..200_u32),
        adaptive in prop::option::of((0.01..0.99_f64, 1.0..16.0_f64, prop::option::of(1..60_u32))),
    ) -> Line {
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
    ) -> Therapy {
        if dated && let Some(last) = lines.last_mut() {
            last.start = Some(1500);
            last.delay = 0;
        }
        let at = gaps.iter().scan(0, |day, gap| { *day += gap; Some(*day) }).collect();
        let [background_share, grade_2, grade_4, grade_4_blood, intolerable, not_restarted] = shares;
        Therapy {
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
            },
        }
    }
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
