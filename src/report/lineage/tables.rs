//! Tables of clones that other programs read.
//!
//! `ggmuller` (R) takes an adjacency table (`Parent`, `Identity`: a row per clone but the root) and a population table (`Generation`,
//! `Identity`, `Population`: exclusive sizes); a clone without a row at a time has no cells then. `EvoFreq` (R) takes inclusive sizes,
//! a row per clone and a column per count, with clones numbered from 1 and 0 as the parent of the one root: zeros cannot be left
//! out, so that small clones are, where there are many; their cells are in the sizes of their ancestors.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::newick::newick;
use super::tree::Lineage;
use crate::report::ReportError;
use crate::report::files::Aside;
use crate::report::read::each;
use crate::simulation::CloneSizeRow;
use crate::simulation::disk;
use crate::simulation::folder::RunTable;

/// Fields of all `EvoFreq` tables that are made at a time.
const MAX_FIELDS: usize = 1 << 21;
/// Files that are written at a time.
const MAX_FILES: usize = 64;

/// Writes trees of clones: for replicate 0 `0-phylogeny.nwk`, `0-ggmuller-adjacency.csv`, `0-ggmuller-population.csv` and
/// `0-evofreq.csv`.
///
/// # Errors
///
/// [`ReportError::Write`], and as for [`each`].
pub fn write(run: &Path, dir: &Path, lineages: &[Lineage]) -> Result<Vec<PathBuf>, ReportError> {
    if lineages.is_empty() {
        return Ok(Vec::new());
    }
    disk::make_folder(dir).map_err(ReportError::write(dir))?;
    let mut written = Vec::new();
    for lineage in lineages {
        let path = |name: &str| dir.join(format!("{}-{name}", lineage.replicate));
        written.push(Aside::write(path("phylogeny.nwk"), |out| newick(lineage, out))?);
        written.push(Aside::write(path("ggmuller-adjacency.csv"), |out| adjacency(lineage, out))?);
    }
    for some in lineages.chunks(MAX_FILES) {
        written.extend(sizes(run, dir, some)?);
    }
    Ok(written)
}

/// `Parent`, `Identity`.
fn adjacency(lineage: &Lineage, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "Parent,Identity")?;
    for node in &lineage.nodes {
        if let Some(parent) = node.parent {
            writeln!(out, "{},{}", lineage.nodes[parent as usize].clone, node.clone)?;
        }
    }
    Ok(())
}

/// Tables with sizes, in one reading of those of the run.
fn sizes(run: &Path, dir: &Path, lineages: &[Lineage]) -> Result<Vec<PathBuf>, ReportError> {
    let mut open = BTreeMap::new();
    for lineage in lineages {
        let mut population = Aside::new(dir.join(format!("{}-ggmuller-population.csv", lineage.replicate)))?;
        population.line(format_args!("Generation,Identity,Population"))?;
        if lineage.has_origin() {
            // It has to be known beside the clones, and has no cells.
            population.line(format_args!("{},{},0", lineage.days[0], lineage.nodes[0].clone))?;
        }
        open.insert(lineage.replicate, (population, EvoFreq::new(lineage, MAX_FIELDS / lineages.len())));
    }
    each(&run.join(RunTable::CloneSizes.file_name()), |size: CloneSizeRow| {
        let Some((population, evofreq)) = open.get_mut(&size.replicate) else { return Ok(()) };
        evofreq.add(&size);
        population.line(format_args!("{},{},{}", size.day, size.clone, size.exclusive))
    })?;
    let mut written = Vec::new();
    for (replicate, (population, evofreq)) in open {
        written.push(population.done()?);
        let path = dir.join(format!("{replicate}-evofreq.csv"));
        written.push(Aside::write(path, |out| evofreq.write(out))?);
    }
    Ok(written)
}

/// A table of inclusive sizes.
struct EvoFreq<'a> {
    lineage: &'a Lineage,
    /// Indices of its clones.
    nodes: Vec<u32>,
    /// Rows of sizes, one after the other.
    sizes: Vec<u32>,
}

impl<'a> EvoFreq<'a> {
    /// A table of the clones that had most cells, of so many fields.
    fn new(lineage: &'a Lineage, fields: usize) -> Self {
        let most = (fields / lineage.days.len().max(1)).max(1);
        let mut nodes: Vec<u32> = (0..lineage.nodes.len() as u32).collect();
        if nodes.len() > most {
            // An ancestor has as many cells at least, and stands before.
            nodes.sort_by_key(|n| (std::cmp::Reverse(lineage.nodes[*n as usize].most), *n));
            nodes.truncate(most);
            nodes.sort_unstable();
        }
        let sizes = vec![0; nodes.len() * lineage.days.len()];
        let mut out = Self { lineage, nodes, sizes };
        if lineage.has_origin() {
            (0..lineage.days.len()).for_each(|count| out.sizes[count] = lineage.totals[count] as u32);
        }
        out
    }

    fn add(&mut self, size: &CloneSizeRow) {
        let node = self.lineage.place(size.clone);
        let row = node.and_then(|node| self.nodes.binary_search(&(node as u32)).ok());
        if let (Some(row), Some(count)) = (row, self.lineage.count_of(size.step)) {
            self.sizes[row * self.lineage.days.len() + count] = size.inclusive as u32;
        }
    }

    /// `clone`, `parent`, and a column of inclusive sizes for each day.
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "clone,parent")?;
        self.lineage.days.iter().try_for_each(|day| write!(out, ",{day}"))?;
        for (node, sizes) in self.nodes.iter().zip(self.sizes.chunks(self.lineage.days.len())) {
            let node = &self.lineage.nodes[*node as usize];
            let parent = node.parent.map_or(0, |p| self.lineage.nodes[p as usize].clone + 1);
            write!(out, "\n{},{parent}", node.clone + 1)?;
            sizes.iter().try_for_each(|size| write!(out, ",{size}"))?;
        }
        writeln!(out)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::tests::nested;
    use super::*;

    fn rows(fields: usize) -> Vec<Vec<u64>> {
        let (lineage, sizes) = nested();
        let mut table = EvoFreq::new(&lineage, fields);
        sizes.iter().for_each(|s| table.add(s));
        let mut out = Vec::new();
        table.write(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        text.lines().skip(1).map(|l| l.split(',').map(|c| c.parse().unwrap()).collect()).collect()
    }

    #[test]
    fn evofreq_gets_inclusive_sizes_that_hold_those_of_children() {
        let rows = rows(100);
        assert_eq!(rows.len(), 4);
        assert_eq!(rows.iter().filter(|r| r[1] == 0).count(), 1);
        for parent in &rows {
            for count in 2..parent.len() {
                let children: u64 = rows.iter().filter(|r| r[1] == parent[0]).map(|r| r[count]).sum();
                assert!(parent[count] >= children);
            }
        }
    }

    // 85,510 clones at 101 counts were 118 MB, of zeros nearly all.
    #[test]
    fn of_too_many_clones_evofreq_gets_the_largest_with_all_their_ancestors() {
        let few = rows(8);
        assert_eq!(few.iter().map(|r| (r[0], r[1])).collect::<Vec<_>>(), [(1, 0), (2, 1)]);
        assert_eq!(few[0][2..], [100, 100, 125, 100]);
    }
}
