//! Verdicts on published figures.

use super::*;

fn beside(
    value: f64,
    interval: Option<(f64, f64)>,
    simulated: Option<SimulatedFigure>,
) -> PublishedComparison {
    let published = Published {
        arm: 0,
        against: None,
        endpoint: PublishedEndpoint::PfsMedian,
        at_months: None,
        value,
        interval,
        reader: None,
        timing: crate::scenario::FigureTiming::Unknown,
        confirmed: None,
        grade: crate::scenario::Confidence::C,
        doubt: String::new(),
        role: crate::scenario::Role::Predicted,
        source: String::new(),
    };
    let view =
        TrialView { reader: Default::default(), cutoff: None, confirmation: 0, estimand: Default::default() };
    PublishedComparison { view, arm: "a".to_owned(), published, simulated, within_published: None }
}

fn open(value: Option<f64>, low: f64, high: f64) -> Option<SimulatedFigure> {
    let end = |x: f64| x.is_finite().then_some(x);
    Some(SimulatedFigure { value, low: end(low), high: end(high), within: Some(Interval { low, high }) })
}

// An interval that is open upwards holds all that is larger than its lower end, also where the figure itself is not reached.
#[test]
fn open_intervals_hold_what_lies_beyond() {
    let endless = f64::INFINITY;
    let agrees = |published, interval, figure| beside(published, interval, figure).agrees();
    let eight = open(Some(8.2), 2.8, endless);
    assert_eq!(agrees(11.0, Some((8.4, 13.9)), eight), Some(true), "within 2.8 and more");
    assert_eq!(agrees(2.0, None, eight), Some(false), "below 2.8");
    let not_reached = open(None, 20.0, endless);
    assert_eq!(
        (agrees(25.0, None, not_reached), agrees(11.0, Some((8.0, 14.0)), not_reached)),
        (Some(true), Some(false))
    );
    assert_eq!(agrees(11.0, None, open(None, endless, endless)), Some(false), "later than all that was seen");
    // Infinite hazard ratios and 0 have intervals that are open at one end.
    assert_eq!(
        (agrees(2.0, None, open(Some(endless), 1.2, endless)), agrees(0.4, None, open(Some(0.0), 0.0, 0.7))),
        (Some(true), Some(true))
    );
    assert_eq!(
        (agrees(1.0, None, open(Some(endless), 1.2, endless)), agrees(0.9, None, open(Some(0.0), 0.0, 0.7))),
        (Some(false), Some(false))
    );
    // Where nothing is known there is no verdict, unless the published interval gives one.
    let one = Some(SimulatedFigure { value: Some(46.8), low: None, high: None, within: None });
    assert_eq!((agrees(11.0, None, one), agrees(11.0, Some((8.4, 13.9)), one)), (None, Some(false)));
    assert_eq!((agrees(11.0, None, None), agrees(11.0, Some((8.4, 13.9)), None)), (None, None));
}

fn outcome(patient: u32, days: u32, ended: crate::trial::outcome::Ended) -> Outcome {
    crate::trial::outcome::tests::plain(patient, crate::trial::outcome::FollowedSpan { days, ended })
}

fn plan() -> Plan {
    let file = crate::trial::review::find("radiant-3").unwrap();
    Plan::new(&crate::trial::review::parse(file).unwrap().scenario, Some(4)).unwrap()
}

fn results(outcomes: Vec<Outcome>) -> Results {
    let mut results = Results::new(&plan());
    results.fill(|_| outcomes.clone());
    results
}

// A rate of all or of none has an interval like any other one: of a few patients it holds much.
#[test]
fn rates_of_none_and_of_all_are_judged() {
    use crate::trial::outcome::Ended;
    let rate = |days| {
        let results = results((0..4).map(|p| outcome(p, days, Ended::Progression)).collect());
        let p = Published {
            at_months: Some(18.0),
            endpoint: PublishedEndpoint::PfsRate,
            ..plan().trial.published[0].clone()
        };
        figure(&plan().trial, &results, &p).unwrap()
    };
    let (none, all) = (rate(30), rate(3000));
    assert_eq!((none.value, none.low), (Some(0.0), Some(0.0)));
    assert_eq!((all.value, all.high), (Some(100.0), Some(100.0)));
    assert_eq!(beside(9.0, None, Some(none)).agrees(), Some(true), "9 % of 4 patients may well be none");
    assert_eq!(beside(90.0, None, Some(none)).agrees(), Some(false));
    assert_eq!(beside(90.0, None, Some(all)).agrees(), Some(true));
}

// A verdict at the published size does not change with the number that was simulated.
#[test]
fn published_intervals_judge_at_the_published_size() {
    use crate::trial::outcome::Ended;
    let of = |patients: u32| {
        let outcomes = (0..patients).map(|p| outcome(p, 150 + 100 * (p % 4), Ended::Progression)).collect();
        simulated(&plan(), &results(outcomes)).into_iter().map(|b| b.within_published).collect::<Vec<_>>()
    };
    let (few, many) = (of(4), of(400));
    assert_eq!(few, many);
    assert!(few.contains(&Some(true)) && few.contains(&Some(false)), "{few:?}");
    let plan = plan();
    let share = plan
        .trial
        .published
        .iter()
        .find(|p| p.interval.is_none() && p.endpoint.is_share_of_patients())
        .unwrap();
    let (low, high) = published_interval(&plan, share).unwrap();
    assert!(low < share.value && share.value < high && high - low < 20.0, "{low} {high}");
}
