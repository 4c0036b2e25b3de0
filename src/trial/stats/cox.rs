//! Proportional hazards of one covariate.

use super::subject::{check, order, runs};
use super::{Interval, Subject, Undefined, Z95};

/// Converged once the log-likelihood changes by less than this share of itself, as in `coxph` of R.
const TOLERANCE: f64 = 1e-9;
/// Most of Newton's steps.
const MAX_ITERATIONS: u32 = 50;
/// A step that changes someone's log hazard by this much where the likelihood has come to rest is a way to infinity:
/// there Newton's steps are about 1 for ever, while near a maximum they are of the order of the root of the tolerance.
const RUNAWAY: f64 = 0.01;
/// Most steps towards a bound; about ten are usual.
const MAX_STEPS: u32 = 200;
/// Half of the quantile 0.95 of chi-square with one degree of freedom.
const DROP: f64 = 1.920_729_410_347_062;

/// The hazard ratio of one unit of a covariate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HazardRatio {
    /// The ratio; 0 or infinite where the likelihood rises for ever.
    pub ratio: f64,
    /// Its 95 % interval: Wald's for a finite one; else from the profile likelihood, with 0 or ∞ as the end that the data do not
    /// bound.
    pub interval: Interval,
}

/// Fits Cox's proportional hazards, `hazard = baseline(t)·exp(β·x)`, by maximum partial likelihood (Cox 1972; ties as Efron 1977), with
/// Newton's method and halved steps, as `coxph` of R, but for 50 iterations instead of 20.
///
/// If the likelihood rises for ever (in two arms: no events in one of them while the other is at risk), the ratio is 0 or infinite,
/// with a one-sided bound.
///
/// # Errors
///
/// [`Undefined::NoSubjects`], [`Undefined::NoEvents`], [`Undefined::NoContrast`]; [`Undefined::NoMaximum`] and
/// [`Undefined::NoConvergence`] where Newton's method comes to nothing; faults of the input.
pub fn cox(data: &[(Subject, f64)]) -> Result<HazardRatio, Undefined> {
    fit(data).map(|(ratio, _)| ratio)
}

/// The hazard ratio of a group against another one with other subjects.
///
/// # Errors
///
/// As [`cox`].
pub fn hazard_ratio(first: &[Subject], second: &[Subject]) -> Result<HazardRatio, Undefined> {
    let with = |x: f64| move |subject: &Subject| (*subject, x);
    cox(&first.iter().map(with(1.0)).chain(second.iter().map(with(0.0))).collect::<Vec<_>>())
}

/// The hazard ratio, and the largest log-likelihood or its supremum.
fn fit(data: &[(Subject, f64)]) -> Result<(HazardRatio, f64), Undefined> {
    let data = Prepared::new(data)?;
    let Some(sign) = data.direction()? else {
        let (beta, top) = data.maximum()?;
        let (coefficient, error) = (beta * data.scale, libm::sqrt(1.0 / top.information) * data.scale);
        let end = |sign: f64| libm::exp(coefficient + sign * Z95 * error);
        let interval = Interval { low: end(-1.0), high: end(1.0) };
        return Ok((HazardRatio { ratio: libm::exp(coefficient), interval }, top.log_likelihood));
    };
    let top = data.in_limit(sign).evaluate(0.0).log_likelihood;
    let end = libm::exp(data.bound(sign, top) * data.scale);
    let (ratio, interval) = if sign > 0.0 {
        (f64::INFINITY, Interval { low: end, high: f64::INFINITY })
    } else {
        (0.0, Interval { low: 0.0, high: end })
    };
    Ok((HazardRatio { ratio, interval }, top))
}

/// Covariates of the subjects with one time, those with the event first.
#[derive(Debug, Clone)]
struct TimeBlock {
    /// Whether the risk set begins anew: those of blocks before it are forgotten.
    restart: bool,
    x: Vec<f64>,
    events: usize,
}

/// Blocks by falling time: the risk set of a block is itself and the blocks before it, back to the last restart.
struct Prepared {
    blocks: Vec<TimeBlock>,
    /// What the centred covariate was multiplied by.
    scale: f64,
}

/// Sums over a set of subjects of their hazard ratio `w = exp(β·x − shift)`, of `w·x` and of `w·x²`.
#[derive(Debug, Clone, Copy, Default)]
struct Moments([f64; 3]);

impl Moments {
    fn add(&mut self, weight: f64, x: f64) {
        let [w, wx, wxx] = &mut self.0;
        *w += weight;
        *wx += weight * x;
        *wxx += weight * x * x;
    }
}

/// The likelihood at a coefficient.
#[derive(Debug, Clone, Copy, Default)]
struct Evaluation {
    log_likelihood: f64,
    /// Its derivative.
    score: f64,
    /// Minus its second derivative.
    information: f64,
}

impl Evaluation {
    /// Newton's step.
    fn step(&self) -> Result<f64, Undefined> {
        if self.information > 0.0 { Ok(self.score / self.information) } else { Err(Undefined::NoMaximum) }
    }
}

impl Prepared {
    /// The covariate is centred, and divided by its mean distance from its mean, as R scales.
    fn new(data: &[(Subject, f64)]) -> Result<Self, Undefined> {
        let (subjects, covariate): (Vec<Subject>, Vec<f64>) = data.iter().copied().unzip();
        check(&subjects)?;
        if let Some(&value) = covariate.iter().find(|x| !x.is_finite()) {
            return Err(Undefined::OutOfRange { what: "a covariate", value, expected: "a finite number" });
        }
        if !subjects.iter().any(|s| s.event) {
            return Err(Undefined::NoEvents);
        }
        let count = covariate.len() as f64;
        let centre = covariate.iter().sum::<f64>() / count;
        let width = covariate.iter().map(|x| (x - centre).abs()).sum::<f64>() / count;
        let scale = if width > 0.0 { 1.0 / width } else { 1.0 };
        let block = |tied: &[usize]| {
            let of = |event: bool| tied.iter().filter(move |&&i| data[i].0.event == event);
            let x = of(true).chain(of(false)).map(|&i| (data[i].1 - centre) * scale).collect();
            TimeBlock { restart: false, x, events: of(true).count() }
        };
        let mut blocks: Vec<TimeBlock> = runs(&order(&subjects), |&i| subjects[i].time).map(block).collect();
        blocks.reverse();
        Ok(Self { blocks, scale })
    }

    /// The sign of an infinite coefficient: the likelihood never falls towards +∞ (−∞) exactly if everyone who has the event has the
    /// largest (smallest) value of all at risk then.
    fn direction(&self) -> Result<Option<f64>, Undefined> {
        let (mut up, mut down, mut contrast) = (true, true, false);
        let (mut least, mut most) = (f64::INFINITY, f64::NEG_INFINITY);
        for block in &self.blocks {
            for x in &block.x {
                (least, most) = (least.min(*x), most.max(*x));
            }
            let events = &block.x[..block.events];
            up &= events.iter().all(|x| *x == most);
            down &= events.iter().all(|x| *x == least);
            contrast |= !events.is_empty() && least < most;
        }
        match (contrast, up, down) {
            (false, ..) => Err(Undefined::NoContrast),
            (true, true, _) => Ok(Some(1.0)),
            (true, _, true) => Ok(Some(-1.0)),
            _ => Ok(None),
        }
    }

    /// The data as they count if the coefficient is infinite: at every time only those at risk whose covariate is the largest (or
    /// smallest) have any weight. A larger value that comes to be at risk makes the risk set begin anew.
    fn in_limit(&self, sign: f64) -> Self {
        let (mut most, mut restart, mut blocks) = (f64::NEG_INFINITY, false, Vec::new());
        for block in &self.blocks {
            let here = block.x.iter().map(|x| sign * x).fold(f64::NEG_INFINITY, f64::max);
            restart |= here > most;
            most = most.max(here);
            let x: Vec<f64> = block.x.iter().copied().filter(|x| sign * x == most).collect();
            if !x.is_empty() {
                blocks.push(TimeBlock { restart, x, events: block.events });
                restart = false;
            }
        }
        Self { blocks, scale: self.scale }
    }

    /// The likelihood of a coefficient of the scaled covariate.
    fn evaluate(&self, beta: f64) -> Evaluation {
        let mut sum = Evaluation::default();
        // Weights are relative to the largest predictor at risk, so that none overflows.
        let (mut risk, mut shift) = (Moments::default(), f64::NEG_INFINITY);
        for block in &self.blocks {
            if block.restart {
                (risk, shift) = (Moments::default(), f64::NEG_INFINITY);
            }
            let most = block.x.iter().map(|x| x * beta).fold(shift, f64::max);
            if most > shift {
                risk.0.iter_mut().for_each(|m| *m *= libm::exp(shift - most));
                shift = most;
            }
            let mut tied = Moments::default();
            for (i, &x) in block.x.iter().enumerate() {
                let above = x * beta - shift;
                let weight = libm::exp(above);
                risk.add(weight, x);
                if i < block.events {
                    tied.add(weight, x);
                    sum.log_likelihood += above;
                    sum.score += x;
                }
            }
            for k in 0..block.events {
                let share = k as f64 / block.events as f64;
                let left = |m: usize| risk.0[m] - share * tied.0[m];
                let (weight, mean) = (left(0), left(1) / left(0));
                sum.log_likelihood -= libm::log(weight);
                sum.score -= mean;
                sum.information += left(2) / weight - mean * mean;
            }
        }
        sum
    }

    /// The coefficient of the largest likelihood. Newton's method from 0 with the criteria of R's `coxph`: stop once the log-likelihood
    /// changes by less than a share of itself; go back towards the last point where it has fallen. One step more is made at the end,
    /// since the error then squares once more.
    fn maximum(&self) -> Result<(f64, Evaluation), Undefined> {
        let (mut beta, mut now, mut halvings) = (0.0, self.evaluate(0.0), 0.0);
        let mut next = beta + now.step()?;
        for _ in 0..MAX_ITERATIONS {
            let new = self.evaluate(next);
            let change = (new.log_likelihood - now.log_likelihood).abs();
            if halvings == 0.0 && change <= TOLERANCE * new.log_likelihood.abs() {
                let last = new.step()?;
                if self.blocks.iter().flat_map(|b| &b.x).any(|x| (x * last).abs() > RUNAWAY) {
                    return Err(Undefined::NoMaximum);
                }
                let top = self.evaluate(next + last);
                return top.step().map(|_| (next + last, top));
            }
            if new.log_likelihood >= now.log_likelihood {
                (beta, now, halvings) = (next, new, 0.0);
                next = beta + now.step()?;
            } else {
                halvings += 1.0;
                next = (next + halvings * beta) / (halvings + 1.0);
            }
        }
        Err(Undefined::NoConvergence { iterations: MAX_ITERATIONS })
    }

    /// The finite end of the 95 % interval of an infinite coefficient: where the likelihood is below its supremum by half of
    /// chi-square's quantile (Venzon and Moolgavkar 1988).
    fn bound(&self, sign: f64, top: f64) -> f64 {
        let mut size = 0.0;
        for iteration in 0..MAX_STEPS {
            let here = self.evaluate(sign * size);
            let step = (top - DROP - here.log_likelihood) / (sign * here.score);
            if iteration > 0 && step <= 1e-14 * (1.0 + f64::abs(size)) {
                break;
            }
            size += step;
        }
        sign * size
    }
}

#[cfg(test)]
mod tests {
    use super::super::data::{self, Record, close, expected};
    use super::*;

    fn arms(records: &[Record]) -> Vec<(Subject, f64)> {
        records.iter().map(|r| (r.subject, r.group as f64)).collect()
    }

    /// Log hazard ratio and its standard error, of Wald's interval.
    fn wald(found: HazardRatio) -> (f64, f64) {
        let HazardRatio { ratio, interval } = found;
        (libm::log(ratio), libm::log(interval.high / interval.low) / (2.0 * Z95))
    }

    #[test]
    fn fits_are_those_of_r() {
        for (name, records) in [("gehan", data::gehan()), ("aml", data::aml()), ("ovarian", data::ovarian())]
        {
            let (found, log) = fit(&arms(&records)).unwrap();
            let r = &expected(&format!("{name}.efron"))[0];
            close(Prepared::new(&arms(&records)).unwrap().evaluate(0.0).log_likelihood, r[0], 1e-13);
            close(log, r[1], 1e-13);
            close(found.ratio, libm::exp(r[6]), 1e-10);
            close(wald(found).1, r[7], 1e-10);
            close(found.interval.low, r[9], 1e-10);
            close(found.interval.high / r[10], 1.0, 1e-10);
        }
    }

    // Printed for Gehan's data with treatment 1: Efron -1.572 (0.412) (Therneau and Grambsch 2000).
    #[test]
    fn published_values_of_gehan() {
        let (coefficient, error) = wald(cox(&arms(&data::gehan())).unwrap());
        close(coefficient, -1.572, 5.1e-4);
        close(error, 0.412, 5.1e-4);
        let of = |group| data::gehan().into_iter().filter(move |r| r.group == group).map(|r| r.subject);
        let (treated, control): (Vec<Subject>, Vec<Subject>) = (of(1).collect(), of(0).collect());
        assert_eq!(hazard_ratio(&treated, &control), {
            let data: Vec<_> =
                treated.iter().map(|s| (*s, 1.0)).chain(control.iter().map(|s| (*s, 0.0))).collect();
            cox(&data)
        });
        close(wald(hazard_ratio(&treated, &control).unwrap()).0, coefficient, 1e-12);
    }

    /// The log partial likelihood, straight from its definition (Efron 1977).
    fn naive(data: &[(Subject, f64)], beta: f64) -> f64 {
        let sum = |of: &dyn Fn(&Subject) -> bool| {
            data.iter().filter(|d| of(&d.0)).map(|d| libm::exp(beta * d.1)).sum::<f64>()
        };
        let mut log = 0.0;
        for (i, (subject, x)) in data.iter().enumerate().filter(|(_, d)| d.0.event) {
            log += beta * x;
            let same = |s: &Subject| s.event && s.time == subject.time;
            if data[..i].iter().any(|d| same(&d.0)) {
                continue;
            }
            let (risk, tied) = (sum(&|s| s.time >= subject.time), sum(&same));
            let events = data.iter().filter(|d| same(&d.0)).count();
            for k in 0..events {
                log -= libm::log(risk - k as f64 / events as f64 * tied);
            }
        }
        log
    }

    /// Place of the largest value, by golden sections.
    fn golden(of: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> f64 {
        let ratio = 0.5 * (libm::sqrt(5.0) - 1.0);
        while high - low > 1e-9 {
            let (a, b) = (high - ratio * (high - low), low + ratio * (high - low));
            if of(a) < of(b) { low = a } else { high = b }
        }
        0.5 * (low + high)
    }

    /// Small random data with ties.
    fn random(key: u32) -> Vec<(Subject, f64)> {
        let words = |i: u32| crate::tissue::random::philox([i, key, 0, 0], [5, 7]);
        let subject = |i| Subject { time: f64::from(words(i)[0] % 6), event: words(i)[1] % 3 > 0 };
        (0..6 + key % 9).map(|i| (subject(i), f64::from(words(i)[2] % 5) - 1.5)).collect()
    }

    // The likelihood, its maximum and its curvature, against the definition on 300 small data sets with ties.
    #[test]
    fn fits_maximise_the_naive_likelihood() {
        let mut finite = 0;
        for key in 0..300 {
            let data = random(key);
            let Ok((found, top)) = fit(&data) else { continue };
            let log = |beta: f64| naive(&data, beta);
            if found.ratio == 0.0 || found.ratio.is_infinite() {
                // For ever upwards, and never above the supremum.
                let sign = if found.ratio > 0.0 { 1.0 } else { -1.0 };
                let rising: Vec<f64> = (-3..12).map(|b| log(sign * f64::from(b))).collect();
                assert!(rising.windows(2).all(|w| w[0] <= w[1] + 1e-12), "{rising:?}");
                close(log(sign * 30.0), top, 1e-10);
                continue;
            }
            finite += 1;
            let (beta, error) = wald(found);
            close(top, log(beta), 1e-12);
            // A maximum is flat: golden sections find its place to the root of the precision only.
            close(golden(log, beta - 1.0, beta + 1.0), beta, 1e-6);
            // Five-point differences of the definition: slope 0 and curvature 1/se².
            let h = 3e-3;
            let slope = (log(beta - 2.0 * h) - 8.0 * log(beta - h) + 8.0 * log(beta + h)
                - log(beta + 2.0 * h))
                / (12.0 * h);
            close(slope, 0.0, 1e-8);
            let bend = (-log(beta - 2.0 * h) + 16.0 * log(beta - h) - 30.0 * log(beta)
                + 16.0 * log(beta + h)
                - log(beta + 2.0 * h))
                / (12.0 * h * h);
            close(-bend * error * error, 1.0, 1e-5);
        }
        assert!(finite > 150, "{finite}");
    }

    // Two arms, no ties, no events in the second. The likelihood of coefficient b at each event is 1/(n0 + n1 e^b), so that all is
    // known in closed form: here risk sets (3, 3), (2, 3), (1, 3).
    #[test]
    fn no_event_in_one_arm_has_a_bound() {
        let subjects = [1.0, 2.0, 3.0].map(Subject::event).into_iter().chain([9.0; 3].map(Subject::censored));
        let log = |b: f64| -[3.0, 2.0, 1.0].iter().map(|n| libm::log(n + 3.0 * libm::exp(b))).sum::<f64>();
        for sign in [1.0, -1.0] {
            let x = |i: usize| if i < 3 { 0.0 } else { sign };
            let data: Vec<_> = subjects.clone().enumerate().map(|(i, s)| (s, x(i))).collect();
            let (found, top) = fit(&data).unwrap();
            assert_eq!(found.ratio, if sign < 0.0 { f64::INFINITY } else { 0.0 });
            close(top, -libm::log(6.0), 1e-14);
            // Where twice the drop of the log-likelihood is the 0.95 quantile of chi-square.
            let (mut low, mut high) = (-9.0, 9.0);
            for _ in 0..80 {
                let middle = 0.5 * (low + high);
                let p = libm::erfc(libm::sqrt(-libm::log(6.0) - log(middle)));
                if p > 0.05 { low = middle } else { high = middle }
            }
            let end = libm::exp(sign * low);
            let interval = found.interval;
            let (open, bound) =
                if sign > 0.0 { (interval.low, interval.high) } else { (interval.high, interval.low) };
            assert_eq!(open, if sign > 0.0 { 0.0 } else { f64::INFINITY });
            close(bound, end, 1e-12);
        }
    }

    // The unit of a covariate does not matter, nor what is added to it.
    #[test]
    fn units_do_not_matter() {
        let data = arms(&data::ovarian());
        let other: Vec<_> = data.iter().map(|(s, x)| (*s, 1e6 + 365.0 * x)).collect();
        let (a, b) = (wald(cox(&data).unwrap()), wald(cox(&other).unwrap()));
        close(365.0 * b.0, a.0, 1e-9);
        close(365.0 * b.1, a.1, 1e-9);
    }

    #[test]
    fn degenerate_data_are_defined() {
        let (early, late, censored) = (Subject::event(1.0), Subject::event(2.0), Subject::censored(3.0));
        assert_eq!(cox(&[]), Err(Undefined::NoSubjects));
        assert_eq!(cox(&[(censored, 0.0), (censored, 1.0)]), Err(Undefined::NoEvents));
        assert_eq!(cox(&[(early, 1.0)]), Err(Undefined::NoContrast));
        assert_eq!(cox(&[(early, 1.0), (late, 1.0)]), Err(Undefined::NoContrast));
        // An empty arm: the other is all there is.
        assert_eq!(hazard_ratio(&[], &[early, late, censored]), Err(Undefined::NoContrast));
        // Everyone at once: the Efron likelihood still knows who was at risk; nobody's hazard was higher.
        close(hazard_ratio(&[late; 2], &[late; 2]).unwrap().ratio, 1.0, 1e-15);
        // Events at 0.
        let at_start = Subject::event(0.0);
        assert!(hazard_ratio(&[late, at_start], &[at_start, censored]).unwrap().ratio > 0.0);
        let wrong = cox(&[(early, 0.0), (late, f64::NAN)]);
        assert!(matches!(wrong, Err(Undefined::OutOfRange { .. })));
    }

    // Large covariates overflow nothing, and a large effect is found from far away.
    #[test]
    fn large_effects_are_found() {
        let x = |i: u32| if i % 7 == 3 { 900.0 } else { 10.0 * f64::from(60 - i) };
        let data: Vec<_> = (0..60).map(|i| (Subject::event(f64::from(i)), x(i))).collect();
        let (found, top) = fit(&data).unwrap();
        let (beta, _) = wald(found);
        let log = |b: f64| naive(&data, b);
        close(top, log(beta), 1e-12);
        close(golden(log, beta - 0.1, beta + 0.1), beta, 1e-7);
    }
}
