//! The tree of clones as Newick text.

use std::io::{self, Write};

use super::tree::Lineage;

/// Writes the tree with a name for every clone (`clone12`), and the days from the birth of its parent to its own as branch lengths.
///
/// Without recursion: lineages can be as deep as a run is long.
///
/// # Errors
///
/// Those of the writer.
pub fn newick(lineage: &Lineage, out: &mut dyn Write) -> io::Result<()> {
    let (child, sibling) = family(lineage);
    let mut node = 0;
    loop {
        while let Some(first) = child[node] {
            out.write_all(b"(")?;
            node = first as usize;
        }
        name(lineage, node, out)?;
        while sibling[node].is_none() {
            let Some(parent) = lineage.nodes[node].parent else { return out.write_all(b";\n") };
            node = parent as usize;
            out.write_all(b")")?;
            name(lineage, node, out)?;
        }
        out.write_all(b",")?;
        node = sibling[node].unwrap_or(0) as usize;
    }
}

/// The first child of every clone, and the sibling that follows it.
fn family(lineage: &Lineage) -> (Vec<Option<u32>>, Vec<Option<u32>>) {
    let none = vec![None; lineage.nodes.len()];
    let (mut child, mut sibling) = (none.clone(), none);
    for (index, node) in lineage.nodes.iter().enumerate().rev() {
        if let Some(parent) = node.parent {
            sibling[index] = child[parent as usize].replace(index as u32);
        }
    }
    (child, sibling)
}

fn name(lineage: &Lineage, node: usize, out: &mut dyn Write) -> io::Result<()> {
    let node = &lineage.nodes[node];
    match node.parent {
        None => write!(out, "clone{}", node.clone),
        Some(parent) => {
            write!(out, "clone{}:{}", node.clone, node.birth - lineage.nodes[parent as usize].birth)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::tests::{clone, nested};
    use super::*;

    fn text(lineage: &Lineage) -> String {
        let mut out = Vec::new();
        newick(lineage, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn nested_clones_are_nested() {
        assert_eq!(text(&nested().0), "((clone2:5)clone1:0,clone3:12)clone0;\n");
        assert_eq!(text(&Lineage::new(0, [clone(7, 7, 0.0, "a")])), "clone7;\n");
    }
}
