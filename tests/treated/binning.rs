//! Rates from tables, whose exposures are rounded to bins, against rates at the exact exposure.
//!
//! Theory: a level is rounded by at most half a bin as plasma and by half a bin as delivery, so what a cell sees is within a
//! factor of 2^(1/8) of what it should see; below the floor it is absent, where it would have 0.2 % of its effect. So every rate
//! lies between the exact ones at levels that are an eighth of an octave higher and lower, where it is monotone in each level, but
//! for what is lost by interpolating the network between the exposures for which it is solved (0.4 % of untreated division). An
//! effect of Hill exponent n has a slope of at most n/4 over ln c, so it is at most n·ln2/32 = 2.2 % · n of the full effect off.

use std::path::Path;

use evotor::biology::StateSpace;
use evotor::biology::patient::PatientBiology;
use evotor::biology::phenotype::{Fate, OxygenEffects, Phenotype, Regime, StatePhenotype};
use evotor::biology::potency::Exposure;
use evotor::biology::signalling::Parameters;
use evotor::biology::tissue_tables::{TableRequest, TissueTables, assemble};
use evotor::catalogue::Drug;
use evotor::engine::RateTables;
use evotor::engine::tables::RateRow;
use evotor::scenario::{self, Catalogue, Scenario};
use evotor::tissue::random::philox;

/// Half a bin as plasma, half a bin as delivery.
const ROUNDING: f64 = 1.0 / 8.0;
/// Share of the full effect of a drug that is left out below its floor, and half of it for each of two analytes.
const ABSENT: f64 = 0.002;
/// Error of interpolation, as a share of untreated division; `biology/tissue_tables/answers/tests.rs` holds it over the catalogue.
const INTERPOLATED: f64 = 0.004;
/// Divisions that a full effect takes away or adds, at most, relative to untreated division: the network's growth runs from 0 to
/// 1, and its steepest answer to an inhibition is steeper than 1.
const STEEPEST: f64 = 1.5;

const DRUGS: [&str; 9] = [
    "everolimus",
    "sunitinib",
    "octreotide LAR",
    "sapanisertib",
    "alpelisib",
    "trametinib",
    "RapaLink-1",
    "temozolomide",
    "177Lu-DOTATATE",
];

fn scenario() -> Scenario {
    let text = "name = \"bins\"\nphenotype = \"signalling\"\n[time]\nend = \"1 d\"\n[lattice]\nsize = [64, 64]\n[start]\n[patient]\n\
                [oxygen]\n[vessels]\n";
    scenario::parse(text, "test.toml", Path::new("")).unwrap().scenario
}

/// Numbers from 0 to 1, the same in every run.
struct Numbers(u32);

impl Numbers {
    fn unit(&mut self) -> f64 {
        self.0 += 1;
        f64::from(philox([self.0, 0, 0, 0], [19, 7])[0]) / 4_294_967_296.0
    }

    fn below(&mut self, n: usize) -> usize {
        ((self.unit() * n as f64) as usize).min(n - 1)
    }

    /// Log-uniform over three decades on either side.
    fn about(&mut self, middle: f64) -> f64 {
        middle * libm::exp10(6.0 * self.unit() - 3.0)
    }

    /// What a drug may come to anywhere: nothing, too little, far too much.
    fn exposure(&mut self, drug: &Drug) -> Exposure {
        if self.unit() < 0.1 {
            return Exposure::default();
        }
        let ec50 = drug.targets.first().map_or(1.0, |t| t.ec50.value);
        let average = drug.kills.iter().find_map(|k| k.ec50.as_ref()).map_or(10.0, |n| n.value);
        let metabolite = drug.pk.as_ref().is_some_and(|pk| pk.metabolite.is_some());
        Exposure {
            parent_nm: self.about(ec50),
            metabolite_nm: if metabolite { self.about(ec50) } else { 0.0 },
            average: self.about(average),
            radiation: if drug.kills.iter().any(|k| format!("{:?}", k.kind) == "Radiation") {
                libm::exp10(-4.0 * self.unit() - 0.5)
            } else {
                0.0
            },
            systemic: self.about(drug.hormones.first().map_or(10.0, |h| h.ec50.value)),
            vegf_blockade: 0.0,
        }
    }
}

/// Rates of a row per day.
#[derive(Debug, Clone, Copy, Default)]
struct Rates {
    division: f64,
    death: f64,
    kill: f64,
    net: f64,
}

impl Rates {
    fn of_row(row: &RateRow, step_days: f64) -> Self {
        let (die, divide) = (row.die.probability(), row.divide.probability() - row.die.probability());
        let (kill, replace) = (row.kill.probability(), row.replace.probability());
        // A probability is a rate times the days that a cell and its descendants live through in the step.
        let gain = Self::new(divide, die, kill, replace).net;
        let growth = libm::log1p(gain);
        let days = if growth == 0.0 { step_days } else { step_days * gain / growth };
        Self::new(divide / days, die / days, kill, replace)
    }

    fn of_fate(fate: &Fate, fed: f64, starved: f64) -> Self {
        Self::new(fate.division * fed, fate.death + starved, fate.kill_at_division, fate.replace)
    }

    fn new(division: f64, death: f64, kill: f64, replace: f64) -> Self {
        Self { division, death, kill, net: division * ((1.0 - kill) * (1.0 - replace) - kill) - death }
    }

    fn all(&self) -> [f64; 4] {
        [self.division, self.death, self.kill, self.net]
    }
}

fn scaled(e: &Exposure, factor: f64) -> Exposure {
    Exposure {
        parent_nm: e.parent_nm * factor,
        metabolite_nm: e.metabolite_nm * factor,
        average: e.average * factor,
        radiation: e.radiation * factor,
        ..*e
    }
}

/// A place where a cell may be: what it has of oxygen, and the class of its table.
fn places(tables: &RateTables) -> [(Regime, u32); 3] {
    // Of 64 bins up to 40 mmHg the lowest is below 1, the fifth below 5.
    let class = |bin: usize| tables.block_of[bin];
    [(Regime::Anoxic, class(0)), (Regime::Hypoxic, class(4)), (Regime::Normoxic, class(63))]
}

/// What was found in all samples.
#[derive(Debug, Default)]
struct Found {
    samples: usize,
    /// Largest errors: division relative to untreated division, death relative to death, kill as a probability, net growth relative to
    /// division and death.
    worst: [f64; 4],
    /// Largest error of division relative to its bound.
    of_bound: f64,
    /// Samples outside what an eighth of an octave allows.
    outside: Vec<String>,
}

/// Samples exposures of up to three drugs, states, places and perfusions. The tables are those of exposures wrong by a factor: 1 for
/// the program as it is.
fn sample(wrong: f64) -> Found {
    let scenario = scenario();
    let space = StateSpace::new(&scenario);
    let patient = PatientBiology::typical();
    let mut numbers = Numbers(0);
    let mut found = Found::default();
    for _ in 0..60 {
        let count = 1 + numbers.below(3);
        let mut drugs: Vec<Drug> = Vec::new();
        while drugs.len() < count {
            let drug = Catalogue::embedded().find(DRUGS[numbers.below(DRUGS.len())]).unwrap().clone();
            if drugs.iter().all(|d| d.name != drug.name) {
                drugs.push(drug);
            }
        }
        let mut tissue = TissueTables::new(&scenario, &space, &patient, &drugs).unwrap();
        let effects = OxygenEffects::from(scenario.oxygen.as_ref().unwrap());
        let phenotype =
            Phenotype::new(&patient, Parameters::default(), &scenario.loci, &drugs, effects).unwrap();
        for _ in 0..4 {
            let plasma: Vec<Exposure> = drugs.iter().map(|d| numbers.exposure(d)).collect();
            let given: Vec<Exposure> = plasma.iter().map(|e| scaled(e, wrong)).collect();
            let bins = tissue.bins(&given);
            let table = tissue.table(&bins);
            let tables =
                assemble(&scenario, &space, std::slice::from_ref(&tissue), &[TableRequest::Of(0, table)]);
            for _ in 0..60 {
                let code = space.codes[numbers.below(space.codes.len())];
                let perfusion = numbers.below(tissue.perfusions().len());
                let (regime, class) = places(&tables)[numbers.below(3)];
                let row = &tables.rows[tables.row_index(0, class, perfusion as u32, code)];
                let state = phenotype.state(&space.levels(code));
                let local: Vec<Exposure> = plasma
                    .iter()
                    .zip(&drugs)
                    .map(|(e, d)| {
                        let relative = tissue.perfusions()[perfusion];
                        scaled(e, libm::pow(relative, d.delivery_exponent.value))
                    })
                    .collect();
                let (fed, starved) = (tissue.fed(perfusion), tissue.starved(perfusion));
                let here = Here { state, drugs: &drugs, local, regime, fed, starved };
                here.judge(&Rates::of_row(row, scenario.time.step_days()), &patient, &mut found);
            }
        }
    }
    found
}

/// A cell with what it should see.
struct Here<'a> {
    state: StatePhenotype,
    drugs: &'a [Drug],
    local: Vec<Exposure>,
    regime: Regime,
    fed: f64,
    starved: f64,
}

impl Here<'_> {
    fn rates(&self, exposures: &[Exposure]) -> Rates {
        Rates::of_fate(&self.state.fate(exposures, self.regime), self.fed, self.starved)
    }

    /// Lowest and highest of each exact rate with every drug an eighth of an octave up, down or as it is.
    fn corners(&self) -> [(f64, f64); 4] {
        let mut range = [(f64::INFINITY, f64::NEG_INFINITY); 4];
        let count = self.drugs.len() as u32;
        for corner in 0..3_u32.pow(count) {
            let factor = |d: u32| libm::exp2(ROUNDING * (f64::from(corner / 3_u32.pow(d) % 3) - 1.0));
            let exposures: Vec<Exposure> =
                self.local.iter().enumerate().map(|(d, e)| scaled(e, factor(d as u32))).collect();
            for (range, rate) in range.iter_mut().zip(self.rates(&exposures).all()) {
                *range = (range.0.min(rate), range.1.max(rate));
            }
        }
        range
    }

    /// Sum over drugs of what rounding may cost of a full effect.
    fn bound(&self) -> f64 {
        let of = |drug: &Drug| {
            let hill = drug.targets.iter().map(|t| t.hill.value).fold(0.0, f64::max);
            libm::tanh(hill * ROUNDING * std::f64::consts::LN_2 / 4.0) + ABSENT
        };
        self.drugs.iter().map(of).sum()
    }

    fn judge(&self, binned: &Rates, patient: &PatientBiology, found: &mut Found) {
        let exact = self.rates(&self.local);
        let birth = patient.turnover.birth * self.fed.max(1e-3);
        let units = [birth, exact.death, 1.0, birth + exact.death];
        // What is absent has 0.2 % of its effect: deaths of at most a tenth of that of an untreated cell, kills of 1.
        let between = INTERPOLATED * patient.turnover.birth;
        let slack = [
            STEEPEST * ABSENT * birth * self.drugs.len() as f64 + between,
            ABSENT * (exact.death + 4.0 * patient.turnover.death) + between,
            2.0 * ABSENT,
            ABSENT * 4.0 * (birth + exact.death + patient.turnover.death) + 2.0 * between,
        ];
        found.samples += 1;
        let corners = self.corners();
        for (i, (rate, exact)) in binned.all().into_iter().zip(exact.all()).enumerate() {
            found.worst[i] = found.worst[i].max((rate - exact).abs() / units[i]);
            let (low, high) = corners[i];
            if rate < low - slack[i] || rate > high + slack[i] {
                let names: Vec<&str> = self.drugs.iter().map(|d| d.name.as_str()).collect();
                found.outside.push(format!(
                    "{} {names:?} {:?} {:?}: {rate} outside {low} to {high} + {}",
                    ["division", "death", "kill", "net"][i],
                    self.local,
                    self.regime,
                    slack[i]
                ));
            }
        }
        let division = (binned.division - exact.division).abs() / (birth * STEEPEST * self.bound());
        found.of_bound = found.of_bound.max(division);
    }
}

#[test]
fn rates_of_bins_are_within_an_eighth_of_an_octave() {
    let found = sample(1.0);
    let [division, death, kill, net] = found.worst;
    println!(
        "{} samples, largest errors: division {division:.4} of untreated division, death {death:.4} of itself, kill {kill:.4}, \
         net {net:.4} of division and death; division at {:.2} of its bound",
        found.samples, found.of_bound
    );
    assert!(found.outside.is_empty(), "{} outside: {:#?}", found.outside.len(), &found.outside[..1]);
    assert!(found.of_bound <= 1.0, "{}", found.of_bound);
    // Drugs kill at division with Hill exponents of 1; radiation by 1 − exp(−level), which is off most at a level of 1, by a share 1/e of the
    // level's own error.
    assert!(death <= libm::exp2(ROUNDING) - 1.0 + 4.0 * ABSENT, "{death}");
    let by_drugs = libm::tanh(ROUNDING * std::f64::consts::LN_2 / 4.0);
    let by_radiation = libm::exp(-1.0) * (libm::exp2(ROUNDING) - 1.0);
    assert!(kill <= by_drugs.max(by_radiation) + ABSENT, "{kill}");
    assert!(net <= libm::exp2(ROUNDING) - 1.0 + 4.0 * ABSENT, "{net}");
}

// Negative control: exposures wrong by three bins are noticed, in many samples.
#[test]
fn exposures_that_are_wrong_are_noticed() {
    let found = sample(libm::exp2(3.0 / 8.0));
    println!("{} of {} samples outside", found.outside.len(), found.samples);
    assert!(found.outside.len() * 10 > found.samples, "{} of {}", found.outside.len(), found.samples);
    assert!(found.of_bound > 1.0, "{}", found.of_bound);
}
