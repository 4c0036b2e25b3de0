//! Which patients of a cohort some shards hold.

use serde::Serialize;

use super::{PatientRange, Shard};

/// Which patients, or rows of a batch, are in no shard, and which in several. As JSON it is what a script needs to run what is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// Patients of the whole cohort.
    pub patients: u32,
    /// Patients who are in no shard.
    pub gaps: Vec<PatientRange>,
    /// Patients who are in several.
    pub overlaps: Vec<Overlap>,
    /// Into how many shards the cohort was cut, if all are of the same cut.
    pub of: Option<u32>,
    /// Numbers of the shards whose patients are missing; empty without that.
    pub missing_shards: Vec<u32>,
    /// Folders whose shard is not done.
    pub unfinished: Vec<String>,
}

/// Patients who are in two shards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overlap {
    /// The patients.
    #[serde(flatten)]
    pub range: PatientRange,
    /// The folders.
    pub dirs: [String; 2],
}

impl Coverage {
    /// Of shards in the order of their ranges, each with its folder.
    pub fn new(patients: u32, shards: &[(Shard, String)], unfinished: Vec<String>) -> Self {
        let (mut gaps, mut overlaps) = (Vec::new(), Vec::new());
        // The first patient who is not covered yet, and the folder that reaches so far.
        let (mut next, mut reach) = (0, "");
        for (shard, dir) in shards {
            let PatientRange { first, last } = shard.range(patients);
            if first > next {
                gaps.push(PatientRange { first: next, last: first - 1 });
            }
            if first < next {
                let range = PatientRange { first, last: last.min(next - 1) };
                overlaps.push(Overlap { range, dirs: [reach.to_owned(), dir.clone()] });
            }
            if last + 1 > next {
                (next, reach) = (last + 1, dir);
            }
        }
        if next < patients {
            gaps.push(PatientRange { first: next, last: patients - 1 });
        }
        let of = shards.first().map(|(shard, _)| shard.of);
        let of = of.filter(|of| shards.iter().all(|(shard, _)| shard.of == *of));
        let is_there = |index: &u32| shards.iter().any(|(shard, _)| shard.index == *index);
        let missing_shards = (0..of.unwrap_or(0)).filter(|index| !is_there(index)).collect();
        Self { patients, gaps, overlaps, of, missing_shards, unfinished }
    }

    /// Whether every patient is in exactly one shard.
    pub fn is_whole(&self) -> bool {
        self.gaps.is_empty() && self.overlaps.is_empty()
    }

    /// As one line of JSON, in which the number of all is called by what they are.
    pub fn json(&self, what: &str) -> String {
        let text = serde_json::to_string(self);
        let text = text.unwrap_or_else(|e| unreachable!("plain data becomes text: {e}"));
        text.replacen("\"patients\"", &format!("\"{what}\""), 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coverage(patients: u32, shards: &[(u32, u32)]) -> Coverage {
        let shard = |(index, of): &(u32, u32)| (Shard { index: *index, of: *of }, format!("p{index}"));
        Coverage::new(patients, &shards.iter().map(shard).collect::<Vec<_>>(), Vec::new())
    }

    fn range(first: u32, last: u32) -> PatientRange {
        PatientRange { first, last }
    }

    #[test]
    fn gaps_are_named_with_the_shards_to_run() {
        let found = coverage(40, &[(1, 4), (3, 4)]);
        assert_eq!(found.gaps, [range(0, 9), range(20, 29)]);
        assert_eq!((found.of, &found.missing_shards[..]), (Some(4), &[0, 2][..]));
        assert!(found.overlaps.is_empty() && !found.is_whole());
        let end = coverage(40, &[(0, 4), (1, 4), (2, 4)]);
        assert_eq!((end.gaps, end.missing_shards), (vec![range(30, 39)], vec![3]));
        assert_eq!(coverage(40, &[]).gaps, [range(0, 39)]);
        assert!(coverage(40, &[(0, 4), (1, 4), (2, 4), (3, 4)]).is_whole());
    }

    // Shards of several cuts are a whole too, where they fit.
    #[test]
    fn cuts_may_be_mixed_where_they_fit_and_overlaps_are_named() {
        let mixed = coverage(40, &[(0, 2), (2, 4), (3, 4)]);
        assert!(mixed.is_whole() && mixed.of.is_none(), "{mixed:?}");
        let twice = coverage(40, &[(0, 2), (1, 4), (2, 4), (2, 4), (3, 4)]);
        let dirs = |a: &str, b: &str| [a.to_owned(), b.to_owned()];
        let expected = [
            Overlap { range: range(10, 19), dirs: dirs("p0", "p1") },
            Overlap { range: range(20, 29), dirs: dirs("p2", "p2") },
        ];
        assert_eq!(twice.overlaps, expected);
        assert!(twice.gaps.is_empty() && !twice.is_whole());
    }
}
