//! Tables of clones that other programs read.
//!
//! `ggmuller` (R) takes an adjacency table (`Parent`, `Identity`: a row per clone but the root) and a population table (`Generation`,
//! `Identity`, `Population`: exclusive sizes, a row per clone and count, zeros included). `EvoFreq` (R) takes inclusive sizes, a row
//! per clone and a column per count, with clones numbered from 1 and 0 as the parent of the one root.

use super::tree::Lineage;
use crate::simulation::rows::Rows;

/// `Parent`, `Identity`.
pub fn adjacency(lineage: &Lineage) -> Rows {
    let mut rows = Rows::default();
    rows.line(["Parent", "Identity"]);
    for node in &lineage.nodes {
        if let Some(parent) = node.parent {
            rows.number(lineage.nodes[parent].clone).number(node.clone).end();
        }
    }
    rows
}

/// `Generation` (the day), `Identity`, `Population`.
pub fn population(lineage: &Lineage) -> Rows {
    let mut rows = Rows::default();
    rows.line(["Generation", "Identity", "Population"]);
    for (count, day) in lineage.days.iter().enumerate() {
        for node in &lineage.nodes {
            rows.number(day).number(node.clone).number(node.exclusive[count]).end();
        }
    }
    rows
}

/// `clone`, `parent`, and a column of inclusive sizes for each day.
pub fn evofreq(lineage: &Lineage) -> Rows {
    let mut rows = Rows::default();
    rows.text("clone").text("parent");
    lineage.days.iter().for_each(|day| {
        rows.number(day);
    });
    rows.end();
    for node in &lineage.nodes {
        let parent = node.parent.map_or(0, |parent| lineage.nodes[parent].clone + 1);
        rows.number(node.clone + 1).number(parent);
        node.inclusive.iter().for_each(|size| {
            rows.number(size);
        });
        rows.end();
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::super::tree::tests::nested;
    use super::*;

    fn cells(rows: &Rows) -> Vec<Vec<String>> {
        let text = std::str::from_utf8(rows.bytes()).unwrap();
        text.lines().map(|l| l.split(',').map(str::to_owned).collect()).collect()
    }

    #[test]
    fn ggmuller_gets_one_root_and_exclusive_sizes() {
        let lineage = nested();
        let (edges, people) = (cells(&adjacency(&lineage)), cells(&population(&lineage)));
        assert_eq!(edges[1..], [["0", "1"], ["1", "2"], ["0", "3"]]);
        assert_eq!(people.len(), 1 + 4 * 4);
        let total = |day: &str| -> u64 {
            people[1..].iter().filter(|r| r[0] == day).map(|r| r[2].parse::<u64>().unwrap()).sum()
        };
        assert_eq!((total("0"), total("20")), (100, 125));
    }

    #[test]
    fn evofreq_gets_inclusive_sizes_that_hold_those_of_children() {
        let table = cells(&evofreq(&nested()));
        let rows: Vec<Vec<u64>> =
            table[1..].iter().map(|r| r.iter().map(|c| c.parse().unwrap()).collect()).collect();
        assert_eq!(rows.iter().filter(|r| r[1] == 0).count(), 1);
        for parent in &rows {
            for count in 2..parent.len() {
                let children: u64 = rows.iter().filter(|r| r[1] == parent[0]).map(|r| r[count]).sum();
                assert!(parent[count] >= children);
            }
        }
    }
}
