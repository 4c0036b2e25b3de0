//! Rivals made ready, simulated and held against each other.

mod prepare;

use super::file::{PlannedMeasurement, RivalQuestion};
use super::measurement::Instrument;
use super::naming::{Findings, Naming, TRIES, naming, needed};
use super::row::{FoundDifference, MeasuredRow, NamingRow, NeededPatients};
use crate::scenario::{Scenario, ScenarioError};
use crate::simulation::naming::counted;
use crate::simulation::{BackendOptions, RunError};
use crate::trial::error::TrialError;
use crate::trial::hooks::TrialHooks;
use crate::trial::question::{QuestionText, finding};
use crate::trial::run::{PatientRun, PatientSink, Plan, TrialEnding, TrialOptions, run};
use crate::trial::stats::quantile;
use prepare::{differ, instruments, planned};

/// Name of the arm that everybody is treated in.
const ARM: &str = "treated";
/// Fewest patients of a rival who must be measurable.
const MIN: usize = 30;
/// Patients between two looks at the clock.
const PART: usize = 20;

/// A comparison of rivals that can be made.
#[derive(Debug, Clone)]
pub struct RivalPlan {
    /// What was asked.
    pub question: RivalQuestion,
    rivals: Vec<PlannedRival>,
    instruments: Vec<Instrument>,
}

/// A rival with its trial of one arm.
#[derive(Debug, Clone)]
struct PlannedRival {
    name: String,
    scenario: Scenario,
    plan: Plan,
}

/// What is true in the patients of a rival: by measurement, then by patient.
type Truths = Vec<Vec<(u32, f64)>>;

impl RivalPlan {
    /// Makes a comparison ready.
    ///
    /// # Errors
    ///
    /// [`TrialError`]: at the place of what is wrong in the file, or in a trial that it asks about.
    pub fn new(text: &QuestionText) -> Result<Self, TrialError> {
        let question = RivalQuestion::parse(text)?;
        let rivals = question
            .rivals
            .iter()
            .map(|rival| planned(&question, text, rival))
            .collect::<Result<Vec<_>, _>>()?;
        differ(&question, text, &rivals)?;
        let instruments = instruments(&question, text, &rivals)?;
        Ok(Self { question, rivals, instruments })
    }

    /// The trial of the first rival.
    pub fn scenario(&self) -> &Scenario {
        &self.rivals[0].scenario
    }

    /// The trials of all rivals, with their names.
    pub fn scenarios(&self) -> impl Iterator<Item = (&str, &Scenario)> {
        self.rivals.iter().map(|rival| (rival.name.as_str(), &rival.scenario))
    }

    /// What will be done, in a line.
    pub fn words(&self) -> String {
        let names: Vec<&str> = self.rivals.iter().map(|rival| rival.name.as_str()).collect();
        format!(
            "comparison of {} rivals ({}) by {}, from {} of each",
            names.len(),
            names.join(", "),
            counted(self.instruments.len() as u64, "measurement"),
            counted(self.patients().into(), "patient")
        )
    }

    /// Simulates the patients of each rival and holds them against each other.
    ///
    /// # Errors
    ///
    /// [`TrialError`], of a simulation that failed, or a signal; [`TrialError::Input`] where the rivals do not differ in anything that is
    /// measured, or too few patients can be measured.
    pub fn run(
        &self,
        text: &QuestionText,
        backend: &BackendOptions,
        hooks: &mut TrialHooks<'_>,
    ) -> Result<FoundDifference, TrialError> {
        let truths = self
            .rivals
            .iter()
            .map(|rival| self.truths(rival, backend, hooks))
            .collect::<Result<Vec<_>, _>>()?;
        self.enough(text, &truths)?;
        let alike: Vec<Vec<[usize; 2]>> =
            (0..self.instruments.len()).map(|at| self.alike(&truths, at)).collect();
        let pairs = self.rivals.len() * (self.rivals.len() - 1) / 2;
        if alike.iter().all(|all| all.len() == pairs) {
            return Err(self.nothing_differs(text).into());
        }
        Ok(self.compare(&truths, &alike))
    }

    fn patients(&self) -> u32 {
        *self.question.patients.get_ref()
    }

    /// What is true in the patients of a rival.
    fn truths(
        &self,
        rival: &PlannedRival,
        backend: &BackendOptions,
        hooks: &mut TrialHooks<'_>,
    ) -> Result<Truths, TrialError> {
        let all: Vec<u32> = (0..self.patients()).collect();
        hooks.listener.begins(&format!("patients: {}", rival.name), all.len() as u64);
        let mut sink =
            TruthSink { instruments: &self.instruments, truths: vec![Vec::new(); self.instruments.len()] };
        let mut done = 0;
        for part in all.chunks(PART) {
            let patients = Some(part.to_vec());
            let options = TrialOptions { backend: backend.clone(), patients, arms: None, surrogate: true };
            if let TrialEnding::Stopped(signal) = run(&rival.plan, &options, &mut sink, hooks.stop)? {
                return Err(TrialError::Stopped(signal));
            }
            done += part.len() as u64;
            hooks.listener.progress(done, all.len() as u64);
        }
        Ok(sink.truths)
    }

    /// Pairs of rivals between which a measurement is the same in every patient.
    fn alike(&self, truths: &[Truths], at: usize) -> Vec<[usize; 2]> {
        let same = |one: usize, other: usize| {
            let (a, b) = (&truths[one][at], &truths[other][at]);
            a.len() == b.len() && a.iter().zip(b).all(|(x, y)| x.0 == y.0 && (x.1 - y.1).abs() < 1e-12)
        };
        let all = 0..self.rivals.len();
        let pairs = all.flat_map(|one| (0..one).map(move |other| [other, one]));
        pairs.filter(|[other, one]| same(*other, *one)).collect()
    }

    /// Refuses a measurement that too few patients are there for.
    fn enough(&self, text: &QuestionText, truths: &[Truths]) -> Result<(), ScenarioError> {
        let mut found = Vec::new();
        for (at, measurement) in self.question.measurements.iter().enumerate() {
            let least = (0..self.rivals.len()).min_by_key(|rival| truths[*rival][at].len());
            let Some(rival) = least.filter(|rival| truths[*rival][at].len() < MIN) else { continue };
            let message = format!(
                "on day {} only {} of {} patients of `{}` are still followed",
                self.instruments[at].day,
                truths[rival][at].len(),
                self.patients(),
                self.rivals[rival].name
            );
            let help = format!(
                "measure earlier, or simulate more `patients`; {MIN} are needed to know what is found in them"
            );
            found.push(finding(measurement.at.span(), message, "expected an earlier time", help));
        }
        if found.is_empty() { Ok(()) } else { Err(text.refused(found)) }
    }

    fn nothing_differs(&self, text: &QuestionText) -> ScenarioError {
        let of = |one: &PlannedMeasurement| {
            finding(
                one.name.span(),
                format!("the rivals do not differ in `{}` in any patient", one.name.get_ref()),
                "every rival gives the same",
                "measure something that the rivals' own keys act on: another locus, another time, or under a therapy",
            )
        };
        text.refused(self.question.measurements.iter().map(of).collect())
    }

    fn compare(&self, truths: &[Truths], alike: &[Vec<[usize; 2]>]) -> FoundDifference {
        let mut found = FoundDifference {
            rivals: self.rivals.iter().map(|rival| rival.name.clone()).collect(),
            patients: self.patients(),
            most: *self.question.most.get_ref(),
            power: *self.question.power.get_ref(),
            needed: Vec::new(),
            naming: Vec::new(),
            measured: Vec::new(),
        };
        for (at, instrument) in self.instruments.iter().enumerate() {
            let name = self.question.measurements[at].name.get_ref();
            let findings: Findings = truths.iter().map(|of| findings(instrument, &of[at])).collect();
            let named = naming(&findings, found.most, self.scenario().seed, at as u32);
            let names =
                |[one, other]: &[usize; 2]| [*one, *other].map(|rival| self.rivals[rival].name.clone());
            found.needed.push(NeededPatients {
                measurement: name.clone(),
                kind: instrument.kind,
                day: instrument.day,
                patients: needed(&named, found.power),
                alike: alike[at].iter().map(names).collect(),
            });
            found.naming.extend(self.naming_rows(name, &named));
            let measured = findings
                .iter()
                .enumerate()
                .map(|(rival, all)| self.measured_row(name, instrument, rival, all));
            found.measured.extend(measured);
        }
        found
    }

    fn naming_rows(&self, measurement: &str, named: &Naming) -> Vec<NamingRow> {
        let row = |truth: usize, at: usize| {
            let one = &named[truth][at];
            let [right_fraction, right_low_fraction, right_high_fraction] = one.right;
            NamingRow {
                measurement: measurement.to_owned(),
                patients: at as u32 + 1,
                truth: self.rivals[truth].name.clone(),
                right_fraction,
                right_low_fraction,
                right_high_fraction,
                log_bayes_factor: one.log_factor,
                mistaken_for: one
                    .mistaken_for
                    .map_or_else(String::new, |other| self.rivals[other].name.clone()),
            }
        };
        let of = |truth: usize| (0..named[truth].len()).map(move |at| (truth, at));
        (0..named.len()).flat_map(of).map(|(truth, at)| row(truth, at)).collect()
    }

    fn measured_row(
        &self,
        measurement: &str,
        instrument: &Instrument,
        rival: usize,
        all: &[(u32, [f64; TRIES as usize])],
    ) -> MeasuredRow {
        let values: Vec<f64> = all.iter().flat_map(|(_, values)| values.iter().copied()).collect();
        let at = |p: f64| instrument.kind.shown(quantile(&values, p).unwrap_or(0.0));
        MeasuredRow {
            measurement: measurement.to_owned(),
            rival: self.rivals[rival].name.clone(),
            patients: self.patients(),
            measured_fraction: all.len() as f64 / f64::from(self.patients().max(1)),
            quantity: instrument.kind.quantity().to_owned(),
            median: at(0.5),
            low: at(0.1),
            high: at(0.9),
        }
    }
}

/// What is found in patients, with noise.
fn findings(instrument: &Instrument, truths: &[(u32, f64)]) -> Vec<(u32, [f64; TRIES as usize])> {
    let of = |(patient, truth): &(u32, f64)| {
        (*patient, std::array::from_fn(|attempt| instrument.found(*truth, *patient, attempt as u32)))
    };
    truths.iter().map(of).collect()
}

/// Keeps what is true in patients, as they are done.
struct TruthSink<'a> {
    instruments: &'a [Instrument],
    truths: Truths,
}

impl PatientSink for TruthSink<'_> {
    fn progress(&mut self, _done: u32, _all: u32) {}

    fn take(&mut self, run: PatientRun) -> Result<(), RunError> {
        let Some((_, Ok((_, trajectory)))) = run.arms.first() else { return Ok(()) };
        for (instrument, truths) in self.instruments.iter().zip(&mut self.truths) {
            truths.extend(instrument.truth(&trajectory.chart).map(|truth| (run.patient.id, truth)));
        }
        Ok(())
    }
}
