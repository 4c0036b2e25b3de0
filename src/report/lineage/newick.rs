//! The tree of clones as Newick text.

use super::tree::Lineage;

/// The tree with a name for every clone (`clone12`), and the days from the birth of its parent to its own as branch lengths.
///
/// Written without recursion: lineages can be as deep as a run is long.
pub fn newick(lineage: &Lineage) -> String {
    enum Step {
        Enter(usize),
        Text(&'static str),
        Leave(usize),
    }
    let mut out = String::new();
    let mut stack = vec![Step::Enter(0)];
    while let Some(step) = stack.pop() {
        match step {
            Step::Text(text) => out.push_str(text),
            Step::Leave(node) => out.push_str(&name(lineage, node)),
            Step::Enter(node) => {
                stack.push(Step::Leave(node));
                let children = &lineage.nodes[node].children;
                if children.is_empty() {
                    continue;
                }
                stack.push(Step::Text(")"));
                for (i, child) in children.iter().enumerate().rev() {
                    stack.push(Step::Enter(*child));
                    if i > 0 {
                        stack.push(Step::Text(","));
                    }
                }
                out.push('(');
            }
        }
    }
    out + ";\n"
}

fn name(lineage: &Lineage, node: usize) -> String {
    let node = &lineage.nodes[node];
    match node.parent {
        None => format!("clone{}", node.clone),
        Some(parent) => format!("clone{}:{}", node.clone, node.birth - lineage.nodes[parent].birth),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tree::tests::nested;
    use super::*;

    #[test]
    fn nested_clones_are_nested() {
        assert_eq!(newick(&nested()), "((clone2:5)clone1:0,clone3:12)clone0;\n");
    }
}
