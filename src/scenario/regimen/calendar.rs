//! When a regimen is given, and how much in the long run.

use crate::scenario::model::{Regimen, Rhythm};

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

    /// Day of the first dose, if no end comes before it; of the regimen's beginning where it has no doses.
    pub fn first_day(&self) -> u32 {
        match (&self.rhythm, &self.phases) {
            (Rhythm::Dates { days }, _) => days.first().copied().unwrap_or(self.start),
            (Rhythm::Every { .. }, None) => self.start,
            (Rhythm::Every { .. }, Some(phases)) => {
                self.start.saturating_add(phases.on.first().map_or(0, |(first, _)| first.saturating_sub(1)))
            }
        }
    }

    /// Whether its doses come to an end: by an end, a number of courses, or as a list of dates.
    pub fn ends(&self) -> bool {
        self.stop.is_some() || self.courses.is_some() || matches!(self.rhythm, Rhythm::Dates { .. })
    }

    /// Days after which doses come round again: those of its cycle, or of its interval.
    pub fn period(&self) -> u32 {
        self.phases.as_ref().map_or_else(|| self.interval().max(1), |p| p.period)
    }

    /// Whether two regimens give on the same days, as often.
    pub(super) fn same_schedule(&self, other: &Regimen) -> bool {
        self.rhythm == other.rhythm
            && self.phases == other.phases
            && self.times_per_day == other.times_per_day
    }
}

#[cfg(test)]
mod tests {
    use crate::scenario::regimen::parse;

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

    #[test]
    fn the_first_day_is_the_first_with_a_dose() {
        for text in [
            "x 1 mg daily",
            "x 1 mg every 28 d, from day 9",
            "x 1 mg daily, days 15-21 of 28, from day 3",
            "x 80 % on days 9 and 37",
        ] {
            let regimen = parse(text).unwrap();
            let first = (0..100).find(|day| regimen.given_on(*day));
            assert_eq!(first, Some(regimen.first_day()), "{text}");
        }
    }
}
