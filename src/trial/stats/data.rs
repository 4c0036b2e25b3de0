//! Data sets of the tests: `tests/data/stats/`.

use super::Subject;

/// One subject of a data set.
#[derive(Debug, Clone)]
pub struct Record {
    pub subject: Subject,
    /// The arm, 0 is the control.
    pub group: usize,
}

/// Lines of numbers, without comments.
pub fn lines(text: &str) -> Vec<Vec<f64>> {
    let numbers = |line: &str| line.split_whitespace().map(|f| f.parse().expect("a number")).collect();
    text.lines().filter(|line| !line.starts_with('#')).map(numbers).collect()
}

fn records(text: &str) -> Vec<Record> {
    let record = |line: Vec<f64>| Record {
        subject: Subject { time: line[0], event: line[1] == 1.0 },
        group: line[2] as usize,
    };
    lines(text).into_iter().map(record).collect()
}

/// Remission of children with leukaemia, 1 under 6-mercaptopurine; 21 pairs in order.
pub fn gehan() -> Vec<Record> {
    records(include_str!("../../../tests/data/stats/gehan.txt"))
}

/// Acute myelogenous leukaemia, 1 without maintenance.
pub fn aml() -> Vec<Record> {
    records(include_str!("../../../tests/data/stats/aml.txt"))
}

/// Ovarian cancer.
pub fn ovarian() -> Vec<Record> {
    records(include_str!("../../../tests/data/stats/ovarian.txt"))
}

/// Made up, with ties, three groups and strata.
pub fn visits() -> Vec<Record> {
    records(include_str!("../../../tests/data/stats/visits.txt"))
}

/// What R made of the data: values of all lines of a name; NaN for NA.
pub fn expected(name: &str) -> Vec<Vec<f64>> {
    let number = |field: &str| if field == "NA" { f64::NAN } else { field.parse().expect("a number") };
    let text = include_str!("../../../tests/data/stats/expected.txt");
    let lines = text.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    let found: Vec<Vec<f64>> = lines.map(|line| line.split_whitespace().map(number).collect()).collect();
    assert!(!found.is_empty(), "no {name} in the expectations");
    found
}

/// Fails unless a number is within a relative distance of another (of 1 if that is smaller), or both are undefined.
pub fn close(found: impl Into<Option<f64>>, expected: f64, bound: f64) {
    match found.into() {
        Some(found) => {
            let distance = (found - expected).abs() / expected.abs().max(1.0);
            assert!(distance <= bound, "{found} is not {expected}: {distance:e}");
        }
        None => assert!(expected.is_nan(), "undefined is not {expected}"),
    }
}
