//! Any scenario that the format can say is written out and read back as the same scenario.

use std::path::Path;

use evotor::biology::patient::{ParameterRange, PatientParameter};
use evotor::catalogue::{Inducer, Induction, LevelEffect, NetworkInput, Number, Suppression};
use evotor::scenario::{
    Adaptive, Begin, Boundary, CellRates, Change, ChangeKind, Confidence, Cycle, DeadStart, Effect, Lattice,
    LesionVolume, Locus, MessageStyle, Mode, Neighbourhood, Origin, Output, Oxygen, PatientData,
    Pharmacokinetics, Placement, Progression, RateRule, Rates, Scenario, Schedule, ScheduledDrug, Selector,
    Share, Start, StartShape, StateCells, StateTarget, Stop, Time, Vessels, effective_toml, parse,
};
use proptest::prelude::*;

/// Any finite float of the kinds that scenarios hold, not only round ones.
fn float(max: f64) -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), 0.0..max, (0.0..max).prop_map(|x| (x * 100.0).round() / 100.0), 1e-12..1e-6_f64]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[ -~]{0,30}",
        Just("a \"quote\", a \\ and\na line\t\u{7f}\u{0}µ".to_owned())
    ]
}

fn time() -> impl Strategy<Value = Time> {
    // A step of a day is refused with rates as high as these; `step-of-a-day` and the corpus cover it.
    let step = prop::sample::select(vec![1_u32, 2, 3, 4, 6, 8, 12]);
    (step, 1..20_u32, 1..200_u32).prop_map(|(step_hours, check, checks)| Time {
        step_hours,
        end: check * checks,
        check,
    })
}

fn lattice() -> impl Strategy<Value = Lattice> {
    let size = prop_oneof![
        (8..300_u32, 8..300_u32).prop_map(|(x, y)| [x, y, 1]),
        (8..40_u32, 8..40_u32, 8..40_u32).prop_map(|(x, y, z)| [x, y, z]),
        (64..300_u32, 1..8_u32).prop_map(|(x, y)| [x, y, 1]),
    ];
    let placement = prop_oneof![
        Just(Placement::Neighbour),
        Just(Placement::Mixed),
        (2..=8_u32, 1..=31_u32).prop_map(|(radius, candidates)| Placement::Radius { radius, candidates }),
    ];
    (size, any::<bool>(), 1.0..100.0_f64, placement).prop_map(|(size, moore, site_um, placement)| Lattice {
        size,
        dimension: if size[2] == 1 { 2 } else { 3 },
        neighbourhood: if moore { Neighbourhood::Moore } else { Neighbourhood::VonNeumann },
        boundary: Boundary::Closed,
        site_um,
        placement,
    })
}

/// Shapes that fit every lattice of [`lattice`], with a share where a length belongs.
fn shape() -> impl Strategy<Value = StartShape> {
    prop_oneof![
        (0.01..0.1_f64, 0.4..1.0_f64, 0.5..1.0_f64)
            .prop_map(|(fraction, packing, radius_um)| StartShape::Nests { fraction, radius_um, packing }),
        (0.5..1.0_f64).prop_map(|radius_um| StartShape::Ball { radius_um }),
        (0.02..1.0_f64).prop_map(|density| StartShape::Random { density }),
        Just(StartShape::Single),
        (1..64_u32).prop_map(|cells| StartShape::Count { cells }),
        Just(StartShape::Saved { path: "Cargo.toml".into() }),
    ]
}

fn locus(name: &'static str, drugs: Vec<String>) -> impl Strategy<Value = Locus> {
    (2..=4_usize, prop::collection::vec(float(2.0), 3), text(), text(), any::<u8>()).prop_flat_map(
        move |(levels, factors, description, source, bits)| {
            let drugs = drugs.clone();
            prop::collection::vec((float(1e-3), float(1e-3)), levels).prop_map(move |rates| {
                let confidence = [Confidence::A, Confidence::B, Confidence::C][usize::from(bits >> 1) % 3];
                let number =
                    |value: f64| Number { value, cv: value / 7.0, source: source.clone(), confidence };
                let by = Inducer::ALL[usize::from(bits >> 3) % 2];
                let kind = if bits & 1 == 0 { ChangeKind::Mutation } else { ChangeKind::Switching };
                let change = |(from, (rate, with)): (usize, &(f64, f64))| Change {
                    from: from as u8,
                    to: ((from + 1) % levels) as u8,
                    kind,
                    rate: *rate,
                    with: drugs.iter().map(|d| (d.clone(), *with)).collect(),
                    induced: (bits & 16 == 0).then(|| Induction { rate: number(*with), by }),
                    suppressed: (bits & 32 == 0).then(|| Suppression { share: number(rate * 1e3), by }),
                    source: source.clone(),
                    confidence,
                };
                let effect = |(index, (value, _)): (usize, &(f64, f64))| LevelEffect {
                    tsc_context: None,
                    level: 1 + (index % (levels - 1)) as u8,
                    input: NetworkInput::ALL[(usize::from(bits) + index) % NetworkInput::ALL.len()],
                    value: number(value * 1e3),
                };
                Locus {
                    name: name.into(),
                    description: description.clone(),
                    levels: ["none", "some", "more", "most"][..levels]
                        .iter()
                        .map(|l| l.to_string())
                        .collect(),
                    birth_factor: [&[1.0], &factors[..levels - 1]].concat(),
                    network: rates.iter().enumerate().map(effect).collect(),
                    changes: rates.iter().enumerate().map(change).collect(),
                }
            })
        },
    )
}

fn schedule(time: Time) -> impl Strategy<Value = Schedule> {
    let (end, check) = (time.end, time.check);
    let begin = prop_oneof![
        (0..end).prop_map(|step| Begin::Step { step }),
        (1..1000_u32).prop_map(|cells| Begin::Burden { cells }),
    ];
    let pattern = prop_oneof![
        Just((Vec::new(), None, None)),
        (1..50_u32, 1..50_u32).prop_map(|(on, off)| (Vec::new(), Some(Cycle { on, off }), None)),
        (1..50_u32, 1..50_u32).prop_map(|(a, b)| (vec![(0, a), (a + b, a + b + 1)], None, None)),
        (0.01..0.99_f64, 1.0..16.0_f64, 1..10_u32).prop_map(move |(off_below, on_above, n)| {
            (Vec::new(), None, Some(Adaptive { off_below, on_above, every: n * check }))
        }),
    ];
    (begin, prop::option::of(100..1000_u32), pattern).prop_map(
        move |(begin, duration, (windows, cycle, adaptive))| {
            let start = if let Begin::Step { step } = begin { step } else { 0 };
            let reached = |w: &(u32, u32)| w.0 < end - start && duration.is_none_or(|d| w.0 < d);
            let windows = windows.into_iter().filter(reached).collect();
            Schedule { begin, duration, windows, cycle, adaptive }
        },
    )
}

fn oxygen() -> impl Strategy<Value = Oxygen> {
    (1.0..900.0_f64, 10.0..200.0_f64, 20.0..300.0_f64, 0.0..1.0_f64, float(0.1), 1..=8_u32).prop_map(
        |(vessels_per_mm2, vessel_mmhg, diffusion_length_um, share, anoxic_death_add, half)| Oxygen {
            vessels_per_mm2,
            vessel_mmhg,
            diffusion_length_um,
            hypoxic_mmhg: vessel_mmhg * share,
            hypoxic_birth_factor: share,
            anoxic_mmhg: vessel_mmhg * share * share,
            anoxic_death_add,
            sweeps: 2 * half,
        },
    )
}

prop_compose! {
    fn patient()(
        parts in prop::collection::vec(float(1.0), PatientParameter::ALL.len()),
        flags in any::<u8>(),
        surface_m2 in 0.5..4.0_f64,
    ) -> PatientData {
        let flag = |bit: u32| flags >> bit & 1 == 1;
        let mut patient = PatientData {
            germline_effects: flag(0),
            origin: Origin::ALL[usize::from(flags >> 6)],
            surface_m2,
            pharmacokinetics: Pharmacokinetics::ALL[usize::from(flag(1))],
            ..PatientData::typical()
        };
        for (parameter, part) in PatientParameter::ALL.into_iter().zip(parts) {
            let value = match parameter.range() {
                // The loci of these scenarios have none of the states that a patient starts with.
                _ if parameter.starting_state().is_some() => 0.0,
                ParameterRange::Numbers(least, most) => least + part * (most - least),
                ParameterRange::Flag => part.round(),
            };
            parameter.set(&mut patient, value);
        }
        patient
    }
}

fn vessels() -> impl Strategy<Value = Vessels> {
    (
        float(1.0),
        1e-6..1e-3_f64,
        1.01..1.99_f64,
        1.001..9.0_f64,
        1.0..1e3_f64,
        1.0..3.99_f64,
        float(9.0),
        float(1.0),
    )
        .prop_map(
            |(
                unevenness,
                loss,
                ceiling,
                above,
                vegf_length_um,
                hypoxic_secretion,
                nutrient_half,
                starving_death,
            )| {
                let growth = loss * ceiling / (ceiling - 1.0) * above;
                Vessels {
                    unevenness,
                    growth,
                    loss,
                    ceiling,
                    vegf_length_um,
                    hypoxic_secretion,
                    nutrient_half,
                    starving_death,
                }
            },
        )
}

/// The same scenario in mode `signalling`, with this patient.
fn with_patient(scenario: Scenario, patient: PatientData, vessels: Option<Vessels>) -> Scenario {
    let mut loci = scenario.loci;
    loci.iter_mut().flat_map(|l| &mut l.changes).for_each(|c| c.with.clear());
    // What drugs induce is judged together with the mutations, which are amplified here.
    let induction_factor = patient.induction_factor.min(1.0);
    let still = CellRates { birth: 0.0, death: 0.0, kill_at_division: 0.0, ..scenario.rates.base };
    let rates = Rates { base: still, rules: Vec::new(), effects: Vec::new(), ..scenario.rates };
    Scenario {
        mode: Mode::Signalling,
        patient: Some(PatientData { induction_factor, ..patient }),
        vessels: vessels.filter(|_| scenario.oxygen.is_some()),
        rates,
        loci,
        drugs: Vec::new(),
        // A patient is looked at after whole days.
        time: Time {
            check: scenario.time.check * 24 / scenario.time.step_hours,
            end: scenario.time.end * 24 / scenario.time.step_hours,
            ..scenario.time
        },
        ..scenario
    }
}

/// Selectors with their conditions as indices into two loci named `a` and `b`.
fn rules_and_effects(loci: &[Locus], drugs: &[ScheduledDrug], x: f64) -> (Vec<RateRule>, Vec<Effect>) {
    let any = Selector { text: "any".into(), conditions: Vec::new() };
    let states = match loci {
        [_, ..] => Selector {
            text: "a!=none".into(),
            conditions: vec![evotor::scenario::Condition {
                locus: 0,
                allowed: (1 << loci[0].levels.len()) - 2,
            }],
        },
        [] => any.clone(),
    };
    let rule = RateRule {
        states,
        drugs: drugs.iter().take(1).map(|d| d.name.clone()).collect(),
        birth: Some(x * 0.01),
        death: None,
        migration: Some(x * 0.02),
        kill_at_division: None,
    };
    let effect = |d: &ScheduledDrug| Effect {
        drug: d.name.clone(),
        states: any.clone(),
        birth_factor: x,
        death_factor: 1.0,
        death_add: x * 0.01,
        migration_factor: 1.0 - x / 2.0,
        kill_at_division: x,
    };
    (vec![rule], drugs.iter().map(effect).collect())
}

/// Some drugs of the program, and one that no file could have written.
fn catalogue() -> impl Strategy<Value = Vec<evotor::catalogue::Drug>> {
    let drugs = evotor::scenario::Catalogue::embedded().drugs();
    (prop::sample::subsequence(drugs.to_vec(), 0..3), 1e-9..1e9_f64, text()).prop_map(
        |(mut drugs, x, text)| {
            if let Some(pk) = drugs.first_mut().and_then(|d| d.pk.as_mut()) {
                pk.clearance.value = x;
                pk.clearance.source = text;
            }
            drugs
        },
    )
}

fn names(n: usize) -> Vec<String> {
    ["one", "two-b", "three_c"][..n].iter().map(|n| n.to_string()).collect()
}

prop_compose! {
    fn parts()(time in time(), n in 0..=3_usize)(
        time in Just(time.clone()),
        schedules in prop::collection::vec(schedule(time), n),
        a in prop::option::of(locus("a", names(n))),
        b in prop::option::of(locus("b", names(n))),
    ) -> (Time, Vec<ScheduledDrug>, Vec<Locus>) {
        let drugs = names(schedules.len()).into_iter().zip(schedules);
        let drugs = drugs.map(|(name, schedule)| ScheduledDrug { name, schedule }).collect();
        // Selectors name locus `a`, so `b` never stands alone.
        let loci = a.into_iter().flat_map(|a| [Some(a), b.clone()]).flatten().collect();
        (time, drugs, loci)
    }
}

prop_compose! {
    fn scenarios()(
        (time, drugs, loci) in parts(),
        lattice in lattice(),
        shape in shape(),
        (seed, replicates, description) in (0..=i64::MAX as u64, 1..=1_000_000_u32, text()),
        (birth, death, x, amplification) in (float(0.04), float(0.04), 0.0..1.0_f64, float(100.0)),
        clearance in prop::option::of(float(0.9)),
        oxygen in prop::option::of(oxygen()),
        (extinction, burden, halt, every) in (any::<bool>(), prop::option::of(1..1000_u32), any::<bool>(), 1..9_u32),
        catalogue in catalogue(),
        times in prop::collection::btree_set(0..1000_u32, 0..5),
        (patient, vessels, equilibrium) in (prop::option::of(patient()), prop::option::of(vessels()), any::<bool>()),
    ) -> Scenario {
        let half = f64::from(lattice.width()) * lattice.site_um / 2.0;
        let is_thin = lattice.size[..lattice.dimension as usize].iter().any(|edge| *edge < 8);
        let shape = match shape {
            StartShape::Nests { fraction, radius_um, packing } =>
                StartShape::Nests { fraction, radius_um: radius_um * half, packing },
            StartShape::Ball { radius_um } => StartShape::Ball { radius_um: radius_um * half },
            other => other,
        };
        let saved = matches!(shape, StartShape::Saved { .. });
        let composition = loci.first().filter(|_| !saved).map(|_| Share {
            levels: (0..loci.len()).map(|l| u8::from(l == 0)).collect(),
            fraction: x,
        });
        // One cell, in a state of its own, and what is watched of the first locus.
        let cells = loci.get(1).filter(|_| !saved && halt).map(|_| StateCells { levels: vec![0, 1], cells: 1 });
        let target = |(name, cells, share): (&str, Option<u32>, Option<f64>)| StateTarget {
            name: name.into(),
            states: Selector { text: "any".into(), conditions: Vec::new() },
            cells,
            share,
            halt,
        };
        let targets = [("first", Some(every), None), ("fixed", None, Some(x.max(1e-9)))];
        let (rules, effects) = rules_and_effects(&loci, &drugs, x);
        let dead = match clearance {
            Some(_) if equilibrium && !saved => DeadStart::Equilibrium,
            Some(_) if !saved => DeadStart::Fraction { fraction: x * 0.99 },
            _ => DeadStart::Fraction { fraction: 0.0 },
        };
        let end = time.end;
        let scenario = Scenario {
            name: "round-trip".into(),
            description,
            seed,
            replicates,
            start: Start { shape, composition: composition.into_iter().collect(), cells: cells.into_iter().collect(), dead },
            loci,
            mode: Mode::Rates,
            patient: None,
            trial: None,
            vessels: None,
            volume: LesionVolume::typical(),
            mutation_amplification: amplification,
            cells_per_agent: None,
            rates: Rates {
                base: CellRates { birth, death, migration: birth / 3.0, kill_at_division: x },
                clearance,
                rules,
                effects,
            },
            drugs,
            catalogue,
            oxygen: oxygen.filter(|_| lattice.placement != Placement::Mixed && !is_thin),
            therapy: None,
            stop: Stop {
                extinction,
                burden,
                progression: halt.then_some(Progression { factor: 1.0 + x + 1e-9, checks: every, halt }),
                targets: targets.into_iter().take(every as usize % 3).map(target).collect(),
            },
            output: Output {
                series: !halt,
                snapshots: times.into_iter().filter(|t| *t <= end).collect(),
                frames: !halt,
                clones: if halt { Vec::new() } else { (0..=end).step_by(every as usize).collect() },
                environment: Vec::new(),
                clone_minimum: every,
                detailed_replicates: replicates.min(every),
            },
            time,
            lattice,
        };
        match patient {
            Some(patient) => with_patient(scenario, patient, vessels),
            None => scenario,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_reads_back(scenario in scenarios()) {
        let text = effective_toml(&scenario);
        let base = Path::new(env!("CARGO_MANIFEST_DIR"));
        match parse(&text, "effective.toml", base) {
            Ok(loaded) => prop_assert_eq!(loaded.scenario, scenario),
            Err(error) => prop_assert!(false, "{}\n{text}", error.render(MessageStyle::Plain)),
        }
    }
}

// The random scenarios above leave out steps of a day, so one stands here.
#[test]
fn a_step_of_a_day_reads_back() {
    let text = "name = \"daily\"\n[time]\nstep = \"24 h\"\nend = \"30 d\"\n[lattice]\nsize = [64, 64]\n\
        [start]\nshape = \"random\"\ndensity = 0.1\n[rates]\nbirth = \"0.02 /d\"\ndeath = \"0.018 /d\"\n";
    let here = std::path::Path::new("");
    let scenario = evotor::scenario::parse(text, "daily.toml", here).unwrap().scenario;
    let written = evotor::scenario::effective_toml(&scenario);
    assert_eq!(evotor::scenario::parse(&written, "effective.toml", here).unwrap().scenario, scenario);
}
