//! Subjects with a time and an event, in order.

use super::Undefined;

/// One subject: followed from 0 to `time`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Subject {
    /// When the event happened or following ended: finite, 0 or more, in any unit.
    pub time: f64,
    /// Whether the event happened; otherwise the subject is censored at that time.
    pub event: bool,
}

impl Subject {
    /// Had the event at a time.
    pub fn event(time: f64) -> Subject {
        Subject { time, event: true }
    }

    /// Was last seen without the event at a time.
    pub fn censored(time: f64) -> Subject {
        Subject { time, event: false }
    }
}

/// Fails unless there are subjects and every time is finite and not negative.
pub(super) fn check(subjects: &[Subject]) -> Result<(), Undefined> {
    if subjects.is_empty() {
        return Err(Undefined::NoSubjects);
    }
    match subjects.iter().position(|s| !(s.time.is_finite() && s.time >= 0.0)) {
        Some(subject) => Err(Undefined::BadTime { subject }),
        None => Ok(()),
    }
}

/// The subjects' places by rising time. Ties keep their order.
pub(super) fn order(subjects: &[Subject]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..subjects.len()).collect();
    // -0 is 0.
    let time = |i: usize| subjects[i].time + 0.0;
    places.sort_by(|&a, &b| time(a).total_cmp(&time(b)));
    places
}

/// Cuts an ordered list into runs of equal keys.
pub(super) fn runs<T, K: PartialEq>(list: &[T], key: impl Fn(&T) -> K) -> impl Iterator<Item = &[T]> {
    list.chunk_by(move |a, b| key(a) == key(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_times_are_found() {
        assert_eq!(check(&[]), Err(Undefined::NoSubjects));
        for time in [-1.0, f64::NAN, f64::INFINITY] {
            let found = check(&[Subject::event(1.0), Subject::event(time)]);
            assert_eq!(found, Err(Undefined::BadTime { subject: 1 }));
        }
        assert_eq!(check(&[Subject::event(-0.0)]), Ok(()));
    }

    #[test]
    fn order_is_by_time_and_zero_has_no_sign() {
        let subjects = [3.0, 0.0, -0.0, 1.0].map(Subject::event);
        assert_eq!(order(&subjects), [1, 2, 3, 0]);
        let lengths: Vec<usize> =
            runs(&order(&subjects), |&i| subjects[i].time).map(<[usize]>::len).collect();
        assert_eq!(lengths, [2, 1, 1]);
    }
}
