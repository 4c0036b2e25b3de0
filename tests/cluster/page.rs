//! The commands of `docs/cluster.md`.

/// The blocks of commands below a heading, up to the next one.
pub fn commands(heading: &str) -> Vec<String> {
    let page = include_str!("../../docs/cluster.md");
    let section = page.split_once(&format!("\n{heading}\n")).expect(heading).1;
    let section = section.split("\n## ").next().unwrap_or(section);
    section
        .split("```bash\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .map(str::to_owned)
        .collect()
}
