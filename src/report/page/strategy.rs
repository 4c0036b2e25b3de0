//! Tables of whole strategies, and of first events in their first line.

use super::PageTable;
use super::with;
use crate::report::read::ReadTrial;
use crate::trial::results::{CountedEvent, Endpoint};

/// What strategies came to, up to the horizon.
pub fn strategies(trial: &ReadTrial) -> PageTable {
    let months = trial.horizon_months().map_or_else(String::new, |h| format!(" to month {h:.0}"));
    let title = format!("Whole strategies{months}, by one rule for every arm, with 95 % intervals");
    let heads = [
        "arm",
        "#median TFS, months",
        "#mean TFS, months",
        "#mean time to growth, months",
        "#burden, 1 on day 0",
        "#days of grade 3–4",
        "#two drugs, %",
    ];
    let mut table = PageTable::new(&title, &heads);
    for arm in &trial.arms {
        let of = |measure: &str, digits: usize, scale: f64| {
            let row = trial.measure(arm, measure).next();
            let [value, low, high] =
                row.map_or([None; 3], |r| [r.value, r.low, r.high].map(|x| x.map(|x| scale * x)));
            with(value, low, high, digits)
        };
        table.row([
            arm.clone(),
            trial.median(arm, Endpoint::Tfs).1,
            of("tfs_restricted_mean", 1, 1.0),
            of("time_to_growth_restricted_mean", 1, 1.0),
            of("burden", 2, 1.0),
            of("severe_days", 1, 1.0),
            of("second_drug", 0, 100.0),
        ]);
    }
    table
}

/// Cumulative incidences at fixed times.
pub fn incidences(trial: &ReadTrial) -> PageTable {
    let word = |event: CountedEvent| format!("{}_incidence", event.word());
    let mut times: Vec<f64> = Vec::new();
    for row in trial.measures.iter().filter(|r| r.measure.ends_with("_incidence")) {
        times.extend(row.at_months.filter(|at| !times.contains(at)));
    }
    let heads: Vec<String> = times.iter().map(|at| format!("#by month {at:.0}")).collect();
    let heads: Vec<&str> = ["arm", "event"].into_iter().chain(heads.iter().map(String::as_str)).collect();
    let title = "First line: cumulative incidence, percent with 95 % intervals; progression and death are competing events";
    let mut table = PageTable::new(title, &heads);
    for (arm, event) in trial.arms.iter().flat_map(|arm| CountedEvent::ALL.map(|event| (arm, event))) {
        let measure = word(event);
        let at = |at: &f64| {
            let row = trial.measure(arm, &measure).find(|r| r.at_months == Some(*at));
            match row.map(|r| [r.value, r.low, r.high].map(|x| x.map(|x| 100.0 * x))) {
                Some([Some(p), Some(low), Some(high)]) => format!("{p:.0} ({low:.0}–{high:.0})"),
                _ => "–".to_owned(),
            }
        };
        table.row([arm.clone(), event.name().to_owned()].into_iter().chain(times.iter().map(at)));
    }
    table
}

/// How much of the time to growth rests on what is assumed of tumours after the last line.
pub fn left(trial: &ReadTrial) -> Option<String> {
    let of = |arm: &String| {
        let row = trial.measure(arm, "growth_after_leaving").next()?;
        row.value.filter(|share| *share > 0.0).map(|share| format!("{arm} {:.0} %", 100.0 * share))
    };
    let listed: Vec<String> = trial.arms.iter().filter_map(of).collect();
    (!listed.is_empty()).then(|| {
        format!(
            "After progression on the last planned line nothing is simulated: tumours are taken to grow untreated from there on. Time to growth and \
             burden rest on that where growth or death came later ({}).",
            listed.join(", ")
        )
    })
}
