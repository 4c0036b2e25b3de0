//! Sorafenib: the linear representation of its enterohepatic circulation against the published gated one.
//!
//! Jain 2011 (doi:10.1111/j.1365-2125.2011.03963.x) empties the gallbladder at 0.857 /h, but only later than 6.13 h
//! after the last dose. That switch depends on the times of doses, so the system is not time-invariant. The nearest
//! linear system has the same flows and empties at one over the mean time that drug waits: at a dose every T = 12 h
//! what enters while the switch is off (a share 6.13/T) waits 6.13/2 on average until it is on, and all of it 1/0.857
//! more.

use super::support::{as_printed, off, sorafenib, sorafenib_wait, treat, typical};

/// The published system by Runge and Kutta: average, peak and trough of the last interval, ng/mL.
fn gated(mg: f64, interval_h: f64, doses: u32, weight_kg: f64) -> (f64, f64, f64) {
    let (ka, k, fent, kehc, switch) = (5.0 / 1.98, 8.13 / (213.0 * weight_kg / 80.0), 0.498, 0.857, 6.13f64);
    let rates = |x: &[f64; 7], since: f64| {
        let open = since.powi(40) / (since.powi(40) + switch.powi(40));
        let bile = open * kehc * x[6];
        let mut d = [0.0; 7];
        for i in 0..5 {
            d[i] = ka * (if i == 0 { 0.0 } else { x[i - 1] } - x[i]);
        }
        d[4] += bile;
        d[5] = ka * x[4] - k * x[5];
        d[6] = fent * k * x[5] - bile;
        d
    };
    let step = 0.01;
    let steps = (interval_h / step).round() as u32;
    let mut x = [0.0; 7];
    let (mut sum, mut peak) = (0.0, 0.0f64);
    for dose in 0..doses {
        x[0] += mg;
        for i in 0..steps {
            let t = f64::from(i) * step;
            let plus = |a: &[f64; 7], b: &[f64; 7], h: f64| std::array::from_fn(|j| a[j] + h * b[j]);
            let k1 = rates(&x, t);
            let k2 = rates(&plus(&x, &k1, step / 2.0), t + step / 2.0);
            let k3 = rates(&plus(&x, &k2, step / 2.0), t + step / 2.0);
            let k4 = rates(&plus(&x, &k3, step), t + step);
            let before = x[5];
            x = std::array::from_fn(|j| x[j] + step / 6.0 * (k1[j] + 2.0 * k2[j] + 2.0 * k3[j] + k4[j]));
            if dose + 1 == doses {
                sum += 0.5 * (before + x[5]) * step;
                peak = peak.max(x[5]);
            }
        }
    }
    let scale = 1000.0 / (213.0 * weight_kg / 80.0);
    (sum / interval_h * scale, peak * scale, x[5] * scale)
}

#[test]
fn the_linear_system_is_near_the_published_one_at_the_usual_dose() {
    as_printed(sorafenib_wait(), 2.73, 2);
    let (average, peak, trough) = gated(400.0, 12.0, 60, 70.0);
    let mut course = typical(&sorafenib());
    let day = treat(&mut course, 30, |_| vec![(0.0, 400.0), (12.0, 400.0)])[29];
    assert!(off(day.parent.average, average) < 0.02, "{} {average}", day.parent.average);
    assert!(off(day.parent.peak, peak) < 0.05, "{} {peak}", day.parent.peak);
    assert!(off(day.parent.trough, trough) < 0.05, "{} {trough}", day.parent.trough);
}

// Everything recirculated comes back, so the average is dose/(CL·(1 − Fent)): 4.1 µg/mL at 400 mg a day (the dose
// tolerated with everolimus), 8.2 at 400 mg twice daily.
#[test]
fn the_average_is_that_of_what_is_lost_for_good() {
    let mut course = typical(&sorafenib());
    let day = treat(&mut course, 60, |_| vec![(0.0, 400.0)])[59];
    assert!(off(day.parent.average, 400e3 / 24.0 / (8.13 * 0.502)) < 1e-6, "{}", day.parent.average);
}

// Label: half-life 25 to 48 h.
#[test]
fn the_half_life_is_within_its_label() {
    let mut course = typical(&sorafenib());
    let days = treat(&mut course, 20, |day| if day == 0 { vec![(0.0, 400.0)] } else { Vec::new() });
    let half_life = 24.0 * 5.0 * 2f64.ln() / (days[10].parent.trough / days[15].parent.trough).ln();
    assert!((25.0..48.0).contains(&half_life), "{half_life}");
}
