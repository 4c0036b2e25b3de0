//! What dose texts mean, what is wrong with others, and that canonical text reads back.

use proptest::prelude::*;

use super::{
    Body, DoseProblem, DoseTextError, Finding, MAX_DATES, MAX_TEXT, by_vein, fits, parse, parse_days,
    parse_dose, parse_step, sound,
};
use crate::catalogue::{Dose, DoseUnit, Drug, Route};
use crate::scenario::error::Severity;
use crate::scenario::model::{Phases, Regimen, Rhythm};

/// Texts and their canonical form.
const TEXTS: &[(&str, &str)] = &[
    ("everolimus 10 mg daily", "everolimus 10 mg daily"),
    ("  Everolimus   10mg  QD ", "Everolimus 10 mg daily"),
    ("everolimus 5 mg twice daily", "everolimus 5 mg twice daily"),
    ("everolimus 5 mg BID", "everolimus 5 mg twice daily"),
    ("everolimus 5 mg twice a day by mouth", "everolimus 5 mg oral twice daily"),
    ("everolimus 5 mg every 12 h", "everolimus 5 mg twice daily"),
    ("sorafenib 200 mg three times daily", "sorafenib 200 mg 3 times daily"),
    ("everolimus 20 mg weekly", "everolimus 20 mg weekly"),
    ("everolimus 20 mg qw", "everolimus 20 mg weekly"),
    ("everolimus 5 mg every other day", "everolimus 5 mg every 2 d"),
    ("everolimus 5 mg once every 2 d", "everolimus 5 mg every 2 d"),
    ("sunitinib 50 mg daily, 4 weeks on 2 weeks off", "sunitinib 50 mg daily, 4 weeks on 2 weeks off"),
    ("sunitinib 50 mg daily, 4 weeks on, 2 weeks off", "sunitinib 50 mg daily, 4 weeks on 2 weeks off"),
    ("sunitinib 50 mg daily 4w on 2w off", "sunitinib 50 mg daily, 4 weeks on 2 weeks off"),
    ("sunitinib 50 mg daily (4 wk on/2 wk off)", "sunitinib 50 mg daily, 4 weeks on 2 weeks off"),
    ("sunitinib 50 mg 4/2", "sunitinib 50 mg daily, 4 weeks on 2 weeks off"),
    ("sunitinib 50 mg days 1-28 of 42", "sunitinib 50 mg daily, 4 weeks on 2 weeks off"),
    ("everolimus 10 mg daily, 5 weeks on 1 week off", "everolimus 10 mg daily, 5 weeks on 1 week off"),
    ("ridaforolimus 40 mg 5 times a week", "ridaforolimus 40 mg daily, 5 d on 2 d off"),
    ("sunitinib 37.5 mg daily continuously", "sunitinib 37.5 mg daily"),
    ("octreotide LAR 30 mg every 28 d", "octreotide LAR 30 mg every 4 weeks"),
    ("octreotide LAR 30 mg IM q28 days", "octreotide LAR 30 mg intramuscular every 4 weeks"),
    ("everolimus 10 mg CDD", "everolimus 10 mg daily"),
    ("sunitinib 37.5 mg continuous daily dosing", "sunitinib 37.5 mg daily"),
    ("sunitinib 37.5 mg continuously", "sunitinib 37.5 mg daily"),
    ("sunitinib 50 mg 4/2 schedule", "sunitinib 50 mg daily, 4 weeks on 2 weeks off"),
    ("sunitinib 50 mg daily for 4 weeks then 2 weeks off", "sunitinib 50 mg daily, 4 weeks on 2 weeks off"),
    ("Lu-177 DOTATATE 7.4 GBq every 8 weeks x4", "Lu-177 DOTATATE 7.4 GBq every 8 weeks x4"),
    // As people write them. A month between two doses is four weeks; a length of time has mean months.
    ("everolimus 10 mg/day", "everolimus 10 mg daily"),
    ("everolimus 10 mg/d once daily", "everolimus 10 mg daily"),
    ("sunitinib 50 mg/day, 4 weeks on, 2 weeks off", "sunitinib 50 mg daily, 4 weeks on 2 weeks off"),
    ("everolimus 10 mg/d days 1-5 of 7 for 3 cycles", "everolimus 10 mg daily, 5 d on 2 d off x3"),
    ("everolimus 10 mg 1x/day", "everolimus 10 mg daily"),
    ("everolimus 5 mg 2x daily", "everolimus 5 mg twice daily"),
    ("everolimus 5 mg twice/day", "everolimus 5 mg twice daily"),
    ("interferon alfa 2b 5 MU 3x/week", "interferon alfa 2b 5 MU daily, days 1, 3 and 5 of 7"),
    ("everolimus 10 mg per day", "everolimus 10 mg daily"),
    ("everolimus 70 mg per week", "everolimus 70 mg weekly"),
    ("octreotide LAR 30 mg every four weeks", "octreotide LAR 30 mg every 4 weeks"),
    ("octreotide LAR 30 mg monthly", "octreotide LAR 30 mg every 4 weeks"),
    ("octreotide LAR 30 mg once monthly", "octreotide LAR 30 mg every 4 weeks"),
    ("octreotide LAR 30 mg every month", "octreotide LAR 30 mg every 4 weeks"),
    ("lanreotide 120 mg q 4 wk", "lanreotide 120 mg every 4 weeks"),
    ("lanreotide 120 mg 4-weekly", "lanreotide 120 mg every 4 weeks"),
    ("x 1 mg every 3 months", "x 1 mg every 12 weeks"),
    ("x 1 mg daily for 6 months", "x 1 mg daily, until day 183"),
    ("x 1 mg daily until 2 years", "x 1 mg daily, until day 731"),
    ("x 1 mg daily from month 3", "x 1 mg daily, from day 91"),
    ("x 1 mg daily from week 12", "x 1 mg daily, from day 84"),
    ("everolimus 10 mg Mon/Wed/Fri", "everolimus 10 mg daily, days 1, 3 and 5 of 7"),
    ("everolimus 10 mg Mon, Wed and Fri", "everolimus 10 mg daily, days 1, 3 and 5 of 7"),
    ("everolimus 10 mg on Tuesdays & Thursdays", "everolimus 10 mg daily, days 2 and 4 of 7"),
    ("x 5 MU three times a week (Tue, Thu, Sat)", "x 5 MU daily, days 2, 4 and 6 of 7"),
    ("everolimus 70 mg weekly on Mondays", "everolimus 70 mg daily, 1 d on 6 d off"),
    ("everolimus 10 mg every Sunday", "everolimus 10 mg daily, day 7 of 7"),
    ("capecitabine 1 g Mon-Fri", "capecitabine 1000 mg daily, 5 d on 2 d off"),
    ("177Lu-DOTATATE 200 mCi every 8 weeks x4", "177Lu-DOTATATE 7.4 GBq every 8 weeks x4"),
    ("interferon alpha 3000000 IU tiw", "interferon alpha 3 MU daily, days 1, 3 and 5 of 7"),
    ("octreotide LAR 30 mg im q28d", "octreotide LAR 30 mg intramuscular every 4 weeks"),
    ("everolimus 30 mg weekly, 4 weeks on 2 weeks off", "everolimus 30 mg weekly, 4 weeks on 2 weeks off"),
    (
        "temozolomide 150 mg/m2 daily, days 1-7 and 15-21 of 28",
        "temozolomide 150 mg/m2 daily, days 1-7 and 15-21 of 28",
    ),
    (
        "temozolomide 150 mg/m² d1-7, d15-21 every 28 d for 6 cycles",
        "temozolomide 150 mg/m2 daily, days 1-7 and 15-21 of 28 x6",
    ),
    ("x 1 mg days 1, 8, 15 of a 28-day cycle", "x 1 mg daily, days 1, 8 and 15 of 28"),
    ("x 1 mg days 1,8,15 of 28", "x 1 mg daily, days 1, 8 and 15 of 28"),
    ("x 1 mg on day 1 of 21", "x 1 mg daily, 1 d on 20 d off"),
    ("x 1 mg days 1 to 7 of 14", "x 1 mg daily, 1 week on 1 week off"),
    ("bevacizumab 10 mg/kg every 2 weeks", "bevacizumab 10 mg/kg every 2 weeks"),
    ("bevacizumab 10 mg/kg q2w iv", "bevacizumab 10 mg/kg intravenous every 2 weeks"),
    ("177Lu-DOTATATE 7.4 GBq every 8 weeks x4", "177Lu-DOTATATE 7.4 GBq every 8 weeks x4"),
    ("177Lu-DOTATATE 7400 MBq every 8 weeks for 4 cycles", "177Lu-DOTATATE 7.4 GBq every 8 weeks x4"),
    ("pasireotide 600 ug sc twice daily", "pasireotide 0.6 mg subcutaneous twice daily"),
    ("interferon alfa 2b 5 MU tiw", "interferon alfa 2b 5 MU daily, days 1, 3 and 5 of 7"),
    ("surgery 80 % on day 100", "surgery 80 % on day 100"),
    ("SIRT 60% on days 9 and 37", "SIRT 60 % on days 9 and 37"),
    ("best supportive care", "best supportive care"),
    ("best supportive care from day 84", "best supportive care, from day 84"),
    ("PD98059 10 uM", "PD98059 10000 nM"),
    ("PP242 100 nM, 2 d on 5 d off", "PP242 100 nM, 2 d on 5 d off"),
    ("RapaLink-1 10 mg weekly for 24 weeks", "RapaLink-1 10 mg weekly, until day 168"),
    (
        "everolimus 10 mg daily from day 84 until day 168",
        "everolimus 10 mg daily, from day 84, until day 168",
    ),
    ("everolimus 10 mg daily from 12 weeks for 84 d", "everolimus 10 mg daily, from day 84, until day 168"),
];

#[test]
fn texts_have_one_canonical_form_each() {
    for (text, canonical) in TEXTS {
        let regimen = parse(text).unwrap_or_else(|e| panic!("{text}: {e} at {:?}", e.span));
        assert_eq!(regimen.to_string(), *canonical, "{text}");
        assert_eq!(parse(canonical).as_ref(), Ok(&regimen), "{canonical}");
    }
}

/// Wrong texts, the part that is marked, and a piece of the message and of the help.
const WRONG: &[(&str, &str, &str, &str)] = &[
    ("", "", "is empty", "everolimus 10 mg daily"),
    ("   ", "   ", "is empty", "everolimus 10 mg daily"),
    ("10 mg daily", "10", "no drug before", "everolimus 10 mg daily"),
    ("everolimus daily", "daily", "`everolimus` has no dose", "everolimus 10 mg daily"),
    ("octreotide LAR every 28 d", "every", "`octreotide LAR` has no dose", "octreotide LAR 10 mg daily"),
    ("everolimus 10 daily", "10", "the dose 10 has no unit", "10 mg"),
    ("everolimus 10", "10", "the dose 10 has no unit", "10 mg"),
    ("everolimus 10 miligrams daily", "miligrams", "`miligrams` is not a unit", "10 mg"),
    ("everolimus 10 ml daily", "10 ml", "`ml` is not a unit", "use one of mg, ug, g, mg/kg"),
    ("everolimus NaN mg daily", "NaN mg", "`NaN` is not a number", "\"10 mg\""),
    ("everolimus ten mg", "ten mg", "`ten` is not a number", "\"10 mg\""),
    ("177Lu-DOTATATE 30 Gy every 8 weeks", "30 Gy", "`Gy` is not a unit", "write it in `GBq`"),
    ("x 1 mg days 15-21 of 28, until day 10", "until day 10", "its first dose is on day 14", "until day 15"),
    ("everolimus 2 tablets daily", "2 tablets", "`tablets` is not a unit", "write it in `mg`"),
    ("PP242 100 nm", "100 nm", "`nm` is not a unit", "write it in `nM`"),
    ("sorafenib 800 mg/d twice daily", "800 mg/d", "800 mg a day is not a single dose", "800 mg daily"),
    ("everolimus 10 mg/day weekly", "10 mg/day", "10 mg a day is not a single dose", "10 mg daily"),
    ("everolimus 10 mg Mon/Wed/Foo", "Mon/Wed/Foo", "is not understood", "for example"),
    ("everolimus 10 mg daily Mon/Wed, 4/2", "4/2", "a cycle twice", "remove one"),
    ("everolimus 5 mg 3x/month", "3x/month", "is not understood", "for example"),
    ("177Lu-DOTATATE 7,4 GBq every 8 weeks", "7,4", "a comma in the number 7,4", "write 7.4"),
    ("everolimus 0 mg daily", "0 mg", "a dose of 0 mg is impossible", "phases"),
    ("everolimus -5 mg daily", "-5 mg", "a dose of -5 mg is impossible", "write 5 mg"),
    ("everolimus 1e300 mg daily", "1e300 mg", "impossible", "correct the number"),
    ("everolimus 10 mg", "10 mg", "nothing says how often", "10 mg daily"),
    ("surgery 80 %", "80 %", "nothing says when", "80 % on day 100"),
    ("surgery 80 % daily", "daily", "nothing says when", "80 % on day 100"),
    ("surgery 180 % on day 3", "180 %", "more than all", "80 %"),
    ("everolimus 10 mg daily weekly", "weekly", "how often twice", "remove one"),
    (
        "everolimus 10 mg daily + sunitinib 37.5 mg daily",
        "+",
        "`+` joins two drugs",
        "[\"everolimus 10 mg daily\",",
    ),
    ("everolimus 70 mg/week", "70 mg/week", "`mg/week` is not a unit", "write it in `mg weekly`"),
    ("everolimus 10 mg dayly", "dayly", "`dayly` is not understood", "did you mean \"daily\"?"),
    ("everolimus 10 mg daily with food", "with", "`with` is not understood", "for example"),
    ("x 1 mg daily until progression", "until progression", "`progression` has no day", "leave it out"),
    ("bevacizumab 10 mg/kg biweekly", "biweekly", "two meanings", "every 2 weeks"),
    ("everolimus 10 mg every 36 h", "every 36 h", "36 h is not a whole number of days", "every 2 d"),
    ("everolimus 10 mg every 7 h", "every 7 h", "does not divide a day", "every 8 h"),
    ("everolimus 10 mg 5 times daily", "5 times daily", "does not divide a day", "twice daily"),
    ("everolimus 10 mg every 0 d", "every 0 d", "an interval of 0 d is impossible", "on day 0"),
    ("everolimus 10 mg every 5000 d", "every 5000 d", "an interval of 5000 d", "on day 0"),
    ("everolimus 10 mg every", "every", "`every` needs a time", "every 28 d"),
    ("sunitinib 50 mg daily, 4 on 2 off", "4 on", "needs a unit of time", "4 weeks on"),
    ("sunitinib 50 mg daily, 4 weeks on", "4 weeks on", "needs a time off", "4 weeks on"),
    ("sunitinib 50 mg daily, 4 weeks on 0 weeks off", "4 weeks on 0 weeks off", "no day without", "leave"),
    ("temozolomide 150 mg/m2 days 1-7", "days 1-7", "length of the cycle is missing", "of 28"),
    (
        "temozolomide 150 mg/m2 days 1-7 and 5-9 of 28",
        "days 1-7 and 5-9 of 28",
        "day 5 is out of place",
        "1-7 and",
    ),
    ("temozolomide 150 mg/m2 days 1-35 of 28", "days 1-35 of 28", "day 35 is out of place", "1-7 and"),
    (
        "octreotide LAR 30 mg every 28 d, 2 weeks on 2 weeks off",
        "every 28 d",
        "has no room",
        "leave the phases out",
    ),
    ("sunitinib 50 mg daily continuously, 4/2", "4/2", "together with phases", "remove"),
    ("surgery 80 % on day 100 and 90", "on day 100 and 90", "day 90 does not come after", "in order"),
    ("surgery 80 % on day 100 x2", "x2", "dates together with a number of courses", "remove"),
    ("177Lu-DOTATATE 7.4 GBq every 8 weeks x0", "x0", "0 courses", "x4"),
    ("everolimus 10 mg daily from day 84 until day 84", "from day 84", "ends on day 84", "until day 85"),
    ("everolimus 10 mg daily from day 99999", "from day 99999", "hundred years", "earlier"),
];

#[test]
fn wrong_texts_are_marked_and_have_a_way_out() {
    for (text, marked, message, help) in WRONG {
        let Err(DoseTextError { span, problem }) = parse(text) else { panic!("{text} is accepted") };
        let found = format!("{text}: {problem}; {} ({})", problem.help(), &text[span.clone()]);
        assert!(problem.to_string().contains(message), "{found}");
        assert!(problem.help().contains(help), "{found}");
        assert_eq!(&text[span], *marked, "{found}");
        assert!(problem.expected().starts_with("expected "), "{found}");
    }
}

#[test]
fn parts_are_read_alone() {
    assert_eq!(parse_dose(" 37.5 mg"), Ok(Dose { amount: 37.5, unit: DoseUnit::Milligram }));
    assert_eq!(parse_dose("600 ug"), Ok(Dose { amount: 0.6, unit: DoseUnit::Milligram }));
    for wrong in ["", "mg", "10", "7,4 GBq", "10 mg daily", "10 mg/d"] {
        assert!(parse_dose(wrong).is_err(), "{wrong}");
    }
    assert_eq!(parse_days("1-7 and 15-21 of 28"), Ok(Phases { on: vec![(1, 7), (15, 21)], period: 28 }));
    assert!(parse_days("1-7").is_err());
    assert!(parse_days("1-7 of 28 x4").is_err());
    assert_eq!(
        parse_step("5 mg daily", Some("everolimus"), &[]).unwrap(),
        parse("everolimus 5 mg daily").unwrap()
    );
    assert_eq!(parse_step("sunitinib 25 mg daily", None, &[]).unwrap().drug, "sunitinib");
    assert!(parse_step("5 mg daily", None, &[]).is_err());
}

// Texts of the length of a file must cost no more than their length, and are refused.
#[test]
fn long_texts_are_read_in_linear_time_or_refused() {
    for joint in ["on/", "off/", "once-", "Twice-"] {
        let within = format!("x 10 mg {}", joint.repeat(MAX_TEXT / joint.len() - 8));
        assert!(parse(&within).is_err());
        let words = super::cursor::words(&within);
        assert_eq!(words.len(), MAX_TEXT / joint.len() - 8 + 3, "{joint}");
        assert!(words.iter().all(|w| within[w.span()] == *w.text));
    }
    let beyond = format!("x 10 mg {}", "on/".repeat(1_000_000));
    let error = parse(&beyond).unwrap_err();
    assert!(matches!(error.problem, DoseProblem::TooLong { .. }), "{error}");
    assert!(parse_days(&"1-7 ".repeat(10_000)).is_err());
    // What is wrong with a long word is told in a short message.
    let long = parse(&format!("x 10 {} daily", "m".repeat(9000))).unwrap_err();
    assert!(long.to_string().len() < 200, "{long}");
}

#[test]
fn a_regimen_has_as_many_dates_as_its_text_can_hold() {
    let dates = |count: usize| Regimen {
        rhythm: Rhythm::Dates { days: (36_525 - count as u32..36_525).collect() },
        ..parse("everolimus 10 mg on day 1").unwrap()
    };
    let most = dates(MAX_DATES);
    assert_eq!((sound(&most), parse(&most.to_string())), (Ok(()), Ok(most.clone())));
    assert!(sound(&dates(MAX_DATES + 1)).is_err());
}

// A reduced dose that says nothing else is given like the full one: "30 mg" on a label of "40 mg daily".
#[test]
fn a_bare_dose_has_the_schedule_of_the_full_one() {
    for (full, step, expected) in [
        ("x 40 mg daily", "30 mg", "x 30 mg daily"),
        (
            "x 50 mg daily, 4 weeks on 2 weeks off, from day 9",
            "37.5 mg",
            "x 37.5 mg daily, 4 weeks on 2 weeks off",
        ),
        ("x 5 mg twice daily x4", "2.5 mg", "x 2.5 mg twice daily"),
        ("x 5 mg twice daily", "2.5 mg daily", "x 2.5 mg daily"),
        ("x 90 % on days 9 and 37", "50 %", "x 50 % on days 9 and 37"),
    ] {
        let full = parse(full).unwrap();
        assert_eq!(parse_step(step, Some("x"), &[&full]).unwrap().to_string(), expected);
    }
    let full = parse("x 40 mg daily").unwrap();
    let wrong = parse_step("20", Some("x"), &[&full]).unwrap_err();
    assert_eq!(wrong.problem, DoseProblem::NoUnit { number: "20".into() });
    assert!(parse_step("banana", Some("x"), &[&full]).is_ok_and(|r| r.dose.is_none()));
}

fn phases() -> impl Strategy<Value = Phases> {
    prop::collection::vec((1..9_u32, 1..9_u32), 1..4).prop_map(|lengths| {
        let mut at = 0;
        let mut on = Vec::new();
        for (gap, length) in lengths {
            on.push((at + gap, at + gap + length - 1));
            at += gap + length;
        }
        Phases { on, period: at + 7 }
    })
}

fn regimens() -> impl Strategy<Value = Regimen> {
    let names = prop::sample::select(vec![
        "everolimus",
        "octreotide LAR",
        "177Lu-DOTATATE",
        "PP242",
        "interferon alfa 2b",
        "90Y spheres",
        "Ku-0063794",
    ]);
    let units = prop::sample::select(vec![
        DoseUnit::Milligram,
        DoseUnit::MilligramPerKilogram,
        DoseUnit::MilligramPerSquareMetre,
        DoseUnit::Gigabecquerel,
        DoseUnit::MegaUnit,
        DoseUnit::Nanomolar,
    ]);
    let amounts = prop_oneof![0.001..1e4_f64, (1..4000_u32).prop_map(|n| f64::from(n) / 8.0)];
    let routes = prop::option::of(prop::sample::select(vec![
        Route::Oral,
        Route::Intravenous,
        Route::Subcutaneous,
        Route::Intramuscular,
        Route::Intraarterial,
    ]));
    let every = (prop::sample::select(vec![1_u32, 2, 3, 4, 6, 8, 12, 24]), 1..=732_u32, any::<bool>());
    let courses = prop::option::of(1..=1000_u32);
    let window = (0..900_u32, prop::option::of(1..900_u32));
    let dates = prop::option::weighted(0.2, prop::collection::btree_set(0..5000_u32, 1..5));
    ((names, amounts, units, routes), every, prop::option::of(phases()), courses, window, dates).prop_map(
        |((name, amount, unit, route), (times, days, often), phases, courses, (start, length), dates)| {
            let (times, days) = if often { (times, 1) } else { (1, days) };
            let base = Regimen {
                drug: name.to_owned(),
                dose: Some(Dose { amount, unit }),
                route,
                times_per_day: times,
                rhythm: Rhythm::Every { days },
                phases,
                courses,
                start,
                stop: length.map(|l| start + l),
            };
            match dates {
                Some(days) => Regimen {
                    times_per_day: 1,
                    rhythm: Rhythm::Dates { days: days.into_iter().collect() },
                    phases: None,
                    courses: None,
                    start: 0,
                    stop: None,
                    ..base
                },
                None => base,
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_reads_back(regimen in regimens()) {
        let text = regimen.to_string();
        match (sound(&regimen), parse(&text)) {
            (Ok(()), Ok(read)) => prop_assert_eq!(read, regimen),
            (Ok(()), Err(error)) => prop_assert!(false, "{}: {} at {:?}", text, error, error.span),
            (Err(_), _) => {}
        }
    }

    #[test]
    fn any_text_is_judged_with_a_place_inside_it(text in "[a-z0-9µ%,./ ()-]{0,40}|(everolimus |10 mg |daily |every |days |of |1-7 |28 |on |off |weeks |x4 |, |q2w |until |day ){0,9}|\\PC{0,20}") {
        match parse(&text) {
            Ok(regimen) => {
                prop_assert_eq!(sound(&regimen), Ok(()));
            }
            Err(error) => {
                prop_assert!(text.get(error.span.clone()).is_some(), "{:?} {:?}", text, error);
                prop_assert!(!error.problem.help().is_empty());
            }
        }
    }
}

// What the catalogue says in words must be what the program reads.
#[test]
fn labels_of_the_catalogue_are_read_and_fit_their_drugs() {
    for drug in crate::scenario::Catalogue::embedded().drugs() {
        let label = &drug.label;
        let mut before = f64::INFINITY;
        for text in std::iter::once(&label.regimen).chain(&label.reductions) {
            let read =
                if text.is_empty() { parse(&drug.name) } else { parse_step(text, Some(&drug.name), &[]) };
            let regimen = read.unwrap_or_else(|e| panic!("{}: {text}: {e}", drug.name));
            assert_eq!(regimen.drug, drug.name, "{text}");
            assert_eq!(fits(&regimen, drug, &Body::typical()), [], "{}: {text}", drug.name);
            let intensity = regimen.intensity();
            assert!(intensity < before || intensity == 0.0, "{}: {text}", drug.name);
            before = intensity;
        }
    }
}

#[test]
fn misfits_are_told() {
    let catalogue = crate::scenario::Catalogue::embedded();
    let found = |text: &str| {
        let regimen = parse(text).unwrap();
        let drug = catalogue.find(&regimen.drug).unwrap();
        fits(&regimen, drug, &Body::typical())
            .into_iter()
            .map(|f| (f.severity, f.message))
            .collect::<Vec<_>>()
    };
    assert_eq!(found("everolimus 20 mg daily"), []);
    let above = "30 mg of everolimus is above the label's largest dose".to_owned();
    assert_eq!(found("everolimus 30 mg weekly"), [(Severity::Warning, above)]);
    // Whatever the unit: 50 mg/kg are 3.5 g, and two doses a day are twice as much.
    for (text, above) in [
        ("sunitinib 50 mg/kg daily", "50 mg/kg (3500 mg) of sunitinib is above"),
        ("sunitinib 0.7 mg/kg daily", ""),
        ("bevacizumab 100 g every 2 weeks", "100000 mg of bevacizumab is above"),
        ("bevacizumab 1000 mg every 3 weeks", ""),
        ("temozolomide 200 mg/kg days 1-5 of 28", "200 mg/kg (14000 mg) of temozolomide is above"),
        ("temozolomide 200 mg/m2 days 1-5 of 28", ""),
        ("everolimus 10 mg/kg daily", "10 mg/kg (700 mg) of everolimus is above"),
        ("interferon alpha 20 MU tiw", "20 MU of interferon alpha is above"),
        ("everolimus 20 mg twice daily", "more than the label's largest dose as often as it is given"),
        ("177Lu-DOTATATE 7.4 GBq weekly", "more than the label's largest dose as often as it is given"),
        ("octreotide LAR 30 mg every 14 d", ""),
    ] {
        let found = found(text);
        assert_eq!(found.len(), usize::from(!above.is_empty()), "{text}: {found:?}");
        assert!(found.iter().all(|(s, m)| *s == Severity::Warning && m.contains(above)), "{text}: {found:?}");
    }
    for wrong in [
        "everolimus 10 nM",
        "everolimus",
        "everolimus 10 mg intravenous daily",
        "surgery 10 mg daily",
        "PD98059 5 mg daily",
    ] {
        assert!(found(wrong).iter().any(|(severity, _)| *severity == Severity::Error), "{wrong}");
    }
}

// 30 mg are the depot's: computed as the short-acting form they would be 880 ng/mL for a few hours.
#[test]
fn a_dose_of_the_depot_is_not_one_of_the_short_acting_form() {
    let catalogue = crate::scenario::Catalogue::embedded();
    let body = Body::typical();
    let found = |text: &str| {
        let regimen = parse(text).unwrap();
        let drug = catalogue.find(&regimen.drug).unwrap();
        let forms = catalogue.other_forms(drug);
        let with_forms = |finding: Finding| finding.with_forms(&regimen, &forms, &body);
        fits(&regimen, drug, &body).into_iter().map(with_forms).collect::<Vec<_>>()
    };
    for text in ["octreotide 30 mg every 28 d", "Sandostatin 30 mg im every 4 weeks", "octreotide 20 mg q4w"]
    {
        let [finding] = &found(text)[..] else { panic!("{text}") };
        assert_eq!(finding.severity, Severity::Error, "{text}");
        assert!(finding.message.contains("mg is a dose of `octreotide LAR`"), "{text}: {}", finding.message);
        assert!(finding.help.contains("0 mg every 4 weeks\""), "{text}: {}", finding.help);
    }
    assert!(found("pasireotide 60 mg every 28 d")[0].help.contains("pasireotide LAR 60 mg every 4 weeks"));
    for short in ["octreotide 100 ug sc three times daily", "octreotide 0.5 mg tid", "octreotide 30 ug daily"]
    {
        assert_eq!(found(short), [], "{short}");
    }
    // Above the label, but no dose of the depot: a warning as ever.
    let [finding] = &found("octreotide 1 mg daily")[..] else { panic!() };
    assert_eq!(finding.severity, Severity::Warning);
    assert!(finding.help.contains("another form of the drug is `octreotide LAR`"));
}

// CAPTEM, and streptozotocin with 5-FU, as they are given.
#[test]
fn regimens_of_two_cytotoxic_drugs_fit_their_labels() {
    let catalogue = crate::scenario::Catalogue::embedded();
    for (text, per_day) in [
        ("Xeloda 750 mg/m2 twice daily, days 1-14 of 28", 750.0),
        ("temozolomide 200 mg/m2 daily, days 10-14 of 28", 200.0 * 5.0 / 28.0),
        ("streptozocin 500 mg/m2 daily, days 1-5 of 42", 500.0 * 5.0 / 42.0),
        ("5-FU 400 mg/m2 daily, days 1-5 of 42", 400.0 * 5.0 / 42.0),
        ("fluorouracil 400 mg/m2 iv daily, days 1-5 of 42", 400.0 * 5.0 / 42.0),
    ] {
        let regimen = parse(text).unwrap();
        let drug = catalogue.find(&regimen.drug).unwrap();
        assert_eq!(fits(&regimen, drug, &Body::typical()), [], "{text}");
        assert!((regimen.intensity() / per_day - 1.0).abs() < 1e-9, "{text}: {}", regimen.intensity());
    }
}

// A drug may have several routes, but its data hold for those that they are of.
#[test]
fn a_route_needs_its_data() {
    let octreotide = crate::scenario::Catalogue::embedded().find("octreotide").unwrap();
    let routes =
        vec![Route::Subcutaneous, Route::Intravenous, Route::Oral, Route::Intramuscular, Route::Bath];
    let drug = Drug { routes, ..octreotide.clone() };
    let fine = |text: &str| fits(&parse(text).unwrap(), &drug, &Body::typical()).is_empty();
    assert!(fine("octreotide 0.1 mg 3 times daily") && fine("octreotide 0.1 mg iv 3 times daily"));
    assert!(fine("octreotide 0.1 mg im 3 times daily"), "both are injected into tissue");
    assert!(!fine("octreotide 0.1 mg oral 3 times daily"), "the absorption is that from under the skin");
    assert!(fine("octreotide 1 nM") && !fine("octreotide 1 nM iv"));
    assert!(by_vein(&parse("octreotide 0.1 mg iv daily").unwrap(), &drug));
    assert!(!by_vein(&parse("octreotide 0.1 mg daily").unwrap(), &drug));
}
