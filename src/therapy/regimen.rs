//! Regimens in use: the doses of a day, amounts for a body, dose intensity, reduced doses.
//!
//! What a regimen is, and its text, belong to the file format and come from there.

use serde::Serialize;

pub use crate::scenario::regimen::{
    DoseProblem, DoseTextError, Finding, fits, parse, parse_days, parse_dose, parse_step, sound,
};
pub use crate::scenario::{Phases, Regimen, Rhythm};

use crate::catalogue::{Dose, DoseUnit, Drug};

/// A patient's body, by which doses are scaled.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Body {
    /// Weight, kg.
    pub weight_kg: f64,
    /// Surface, m².
    pub surface_m2: f64,
}

impl Body {
    /// A body of this weight and height, with the surface of Mosteller 1987 (√(height · weight / 3600)).
    pub fn new(weight_kg: f64, height_cm: f64) -> Body {
        Body { weight_kg, surface_m2: libm::sqrt(weight_kg * height_cm / 3600.0) }
    }

    /// A dose for this body: mg for doses by mass, weight or surface, and for units if `units_per_mg` (MU/mg) is
    /// known; else in the dose's own unit.
    pub fn amount(&self, dose: &Dose, units_per_mg: Option<f64>) -> f64 {
        match (dose.unit, units_per_mg) {
            (DoseUnit::MilligramPerKilogram, _) => dose.amount * self.weight_kg,
            (DoseUnit::MilligramPerSquareMetre, _) => dose.amount * self.surface_m2,
            (DoseUnit::MegaUnit, Some(per_mg)) => dose.amount / per_mg,
            _ => dose.amount,
        }
    }
}

impl Regimen {
    /// Whether there are doses on a day, counted from 0 since the beginning of the line.
    pub fn given_on(&self, day: u32) -> bool {
        if self.dose.is_none() || day < self.start || self.stop.is_some_and(|stop| day >= stop) {
            return false;
        }
        let day = day - self.start;
        match (&self.rhythm, &self.phases) {
            (Rhythm::Dates { days }, _) => days.contains(&(day + self.start)),
            (Rhythm::Every { days }, None) => {
                day.is_multiple_of(*days) && self.courses.is_none_or(|n| day / days < n)
            }
            (Rhythm::Every { days }, Some(phases)) => {
                let (cycle, within) = (day / phases.period, day % phases.period + 1);
                let phase = phases.on.iter().find(|(first, last)| (*first..=*last).contains(&within));
                self.courses.is_none_or(|n| cycle < n)
                    && phase.is_some_and(|(first, _)| (within - first).is_multiple_of(*days))
            }
        }
    }

    /// Whether the regimen has begun and is not over on a day, counted from 0 since the beginning of the line: off-days
    /// of its cycles, and the interval after its last dose, belong to it.
    pub fn runs_on(&self, day: u32) -> bool {
        if day < self.start || self.stop.is_some_and(|stop| day >= stop) {
            return false;
        }
        let passed = day - self.start;
        match (&self.rhythm, &self.phases) {
            (Rhythm::Dates { days }, _) => days.last().is_some_and(|last| day <= *last),
            (Rhythm::Every { days }, None) => self.courses.is_none_or(|n| passed / days < n),
            (Rhythm::Every { .. }, Some(phases)) => self.courses.is_none_or(|n| passed / phases.period < n),
        }
    }

    /// Doses of a day as hour and amount in the regimen's unit; the first one is at hour 0.
    pub fn doses_on(&self, day: u32) -> impl Iterator<Item = (f64, f64)> + use<> {
        let amount = self.dose.as_ref().map_or(0.0, |d| d.amount);
        let times = if self.given_on(day) { self.times_per_day } else { 0 };
        let apart = 24.0 / f64::from(self.times_per_day.max(1));
        (0..times).map(move |n| (f64::from(n) * apart, amount))
    }

    /// Mean amount a day in the long run, in the regimen's unit; 0 for dates and supportive care.
    pub fn intensity(&self) -> f64 {
        let amount = self.dose.as_ref().map_or(0.0, |d| d.amount) * f64::from(self.times_per_day);
        match (&self.rhythm, &self.phases) {
            (Rhythm::Dates { .. }, _) => 0.0,
            (Rhythm::Every { days }, None) => amount / f64::from(*days),
            (Rhythm::Every { days }, Some(phases)) => {
                let doses = |(first, last): &(u32, u32)| (last - first) / days + 1;
                let doses: u32 = phases.on.iter().map(doses).sum();
                amount * f64::from(doses) / f64::from(phases.period)
            }
        }
    }

    /// Days between two doses, or 0 where there is no interval.
    pub fn interval(&self) -> u32 {
        match self.rhythm {
            Rhythm::Every { days } => days,
            Rhythm::Dates { .. } => 0,
        }
    }

    fn same_schedule(&self, other: &Regimen) -> bool {
        self.rhythm == other.rhythm
            && self.phases == other.phases
            && self.times_per_day == other.times_per_day
    }
}

/// The reduced doses of a planned regimen, in order.
///
/// Those of the label if the plan is the label's own regimen. For another schedule or dose: the planned schedule at
/// doses reduced in the same proportions, so that 20 mg weekly of a drug with the steps 10, 5 and 2.5 mg a day becomes 10
/// and 5 mg weekly.
pub fn label_steps(planned: &Regimen, drug: &Drug) -> Vec<Regimen> {
    let read = |text: &String| parse_step(text, Some(&drug.name)).ok();
    let (Some(usual), Some(dose)) = (read(&drug.label.regimen), planned.dose) else {
        return Vec::new();
    };
    let window = |step: Regimen| Regimen {
        drug: planned.drug.clone(),
        route: planned.route,
        courses: planned.courses,
        start: planned.start,
        stop: planned.stop,
        ..step
    };
    let reductions = drug.label.reductions.iter().filter_map(read);
    if planned.same_schedule(&usual) && usual.dose == planned.dose {
        return reductions.map(window).collect();
    }
    let full = usual.intensity();
    let ratios = reductions.map(|step| step.intensity() / full).filter(|r| *r > 0.0 && *r < 1.0);
    ratios
        .map(|ratio| Regimen { dose: Some(Dose { amount: dose.amount * ratio, ..dose }), ..planned.clone() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(text: &str, until: u32) -> Vec<u32> {
        let regimen = parse(text).unwrap();
        (0..until).filter(|d| regimen.given_on(*d)).collect()
    }

    #[test]
    fn days_with_doses() {
        assert_eq!(days("x 1 mg daily", 4), [0, 1, 2, 3]);
        assert_eq!(days("x 1 mg every 2 d", 6), [0, 2, 4]);
        assert_eq!(days("x 1 mg weekly", 22), [0, 7, 14, 21]);
        assert_eq!(days("x 1 mg daily, 2 d on 3 d off", 9), [0, 1, 5, 6]);
        assert_eq!(days("x 1 mg every 8 weeks x4", 400), [0, 56, 112, 168]);
        assert_eq!(days("x 1 mg daily, days 1-2 and 5 of 6 x2", 30), [0, 1, 4, 6, 7, 10]);
        assert_eq!(days("x 1 mg weekly, from day 3, until day 18", 40), [3, 10, 17]);
        assert_eq!(days("x 80 % on days 9 and 37", 40), [9, 37]);
        assert_eq!(days("best supportive care", 3), [0; 0]);
        // Molina: everolimus weekly within the four weeks of sunitinib, then two weeks off.
        assert_eq!(days("x 20 mg weekly, 4 weeks on 2 weeks off", 50), [0, 7, 14, 21, 42, 49]);
    }

    #[test]
    fn doses_of_a_day() {
        let doses = |text: &str| parse(text).unwrap().doses_on(0).collect::<Vec<_>>();
        assert_eq!(doses("x 10 mg daily"), [(0.0, 10.0)]);
        assert_eq!(doses("x 5 mg twice daily"), [(0.0, 5.0), (12.0, 5.0)]);
        assert_eq!(doses("x 600 ug 3 times daily"), [(0.0, 0.6), (8.0, 0.6), (16.0, 0.6)]);
        assert_eq!(doses("x 1 mg daily, from day 1"), []);
    }

    #[test]
    fn amounts_follow_the_body() {
        let body = Body::new(80.0, 180.0);
        assert_eq!(body.surface_m2, 2.0);
        let amount = |text| body.amount(&parse_dose(text).unwrap(), Some(200.0));
        assert_eq!(amount("10 mg"), 10.0);
        assert_eq!(amount("10 mg/kg"), 800.0);
        assert_eq!(amount("150 mg/m2"), 300.0);
        assert_eq!(amount("7.4 GBq"), 7.4);
        assert_eq!(amount("5 MU"), 0.025);
    }

    // A scenario that gives no surface: that of a body 170 cm tall.
    #[test]
    fn the_surface_of_a_scenario_is_that_of_its_weight() {
        for kg in [20.0, 55.5, 70.0, 300.0] {
            let text = format!(
                "name = \"x\"\nphenotype = \"signalling\"\ntime = {{ end = \"28 d\" }}\nlattice = {{ size = [64, 64] }}\n\
                 start = {{}}\npatient = {{ weight = \"{kg} kg\" }}\n"
            );
            let read = crate::scenario::parse(&text, "x.toml", std::path::Path::new("")).unwrap();
            assert_eq!(read.scenario.patient.unwrap().surface_m2, Body::new(kg, 170.0).surface_m2);
        }
    }

    #[test]
    fn off_days_belong_to_a_regimen() {
        let runs = |text: &str, until: u32| {
            let regimen = parse(text).unwrap();
            let on: Vec<u32> = (0..until).filter(|d| regimen.runs_on(*d)).collect();
            assert!((0..until).all(|d| regimen.runs_on(d) || !regimen.given_on(d)), "{text}");
            (on[0], on.len() as u32)
        };
        assert_eq!(runs("x 1 mg daily, 2 weeks on 1 week off", 100), (0, 100));
        assert_eq!(runs("x 1 mg daily, 2 weeks on 1 week off x2", 100), (0, 42));
        assert_eq!(runs("x 7.4 GBq every 8 weeks x4", 500), (0, 224));
        assert_eq!(runs("x 1 mg daily, from day 10, until day 30", 100), (10, 20));
        assert_eq!(runs("x 80 % on days 3 and 9", 100), (0, 10));
    }

    #[test]
    fn intensity_is_the_mean_of_a_long_course() {
        for text in [
            "x 10 mg daily",
            "x 5 mg twice daily",
            "x 20 mg weekly",
            "x 50 mg daily, 4 weeks on 2 weeks off",
            "x 20 mg weekly, 4 weeks on 2 weeks off",
            "x 150 mg/m2 daily, days 1-7 and 15-21 of 28",
            "x 5 mg every 2 d",
        ] {
            let regimen = parse(text).unwrap();
            let total: f64 = (0..42 * 28).flat_map(|d| regimen.doses_on(d)).map(|(_, a)| a).sum();
            assert!((regimen.intensity() - total / f64::from(42 * 28)).abs() < 1e-9, "{text}");
        }
        assert_eq!(parse("x 80 % on day 3").unwrap().intensity(), 0.0);
    }
}
