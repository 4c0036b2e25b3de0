//! Muller plots of the clones: by number of cells and by share.

use super::Choices;
use crate::plot::colours;
use crate::plot::palette::{SENSITIVE, clone_paints, told_apart};
use crate::plot::{
    Anchor, Axes, Axis, Face, Figure, LegendKey, Margins, Paint, SMALL, Scale, Scene, Style, Tag, Text, Tick,
    font, legend, short, value_text,
};
use crate::report::ReportError;
use crate::report::lineage::{Band, Form, History, Lineage, bands};
use crate::report::read::RunFolder;
use crate::scenario::Locus;
use crate::simulation::folder::RunTable;
use crate::simulation::naming::{count_text, state_words};

/// Clones over time, with all that is drawn of them.
struct Muller<'a> {
    lineage: &'a Lineage,
    history: History,
    choices: Choices,
    /// Colours of the clones of the history.
    paints: Vec<Paint>,
    /// Names and colours in the legend.
    keys: Vec<LegendKey>,
}

/// Both forms for the first replicate whose clones were counted; nothing without counts.
pub fn figures(run: &RunFolder, choices: Choices) -> Result<Vec<Figure>, ReportError> {
    let Some(lineage) = run.lineages.first().filter(|l| l.days.len() > 1) else { return Ok(Vec::new()) };
    let sizes = run.dir.join(RunTable::CloneSizes.file_name());
    let history = History::read(&sizes, lineage, choices.clone_share)?;
    if bands(lineage, &history, Form::Frequency).len() < 2 {
        return Ok(Vec::new());
    }
    let loci = run.loaded.scenario.loci.as_slice();
    let (paints, keys) = paints(loci, lineage, &history, choices);
    let muller = Muller { lineage, history, choices, paints, keys };
    let forms = [
        (Form::Population, "clones-population", "Clones by number"),
        (Form::Frequency, "clones-frequency", "Clones by share"),
    ];
    Ok(forms.into_iter().map(|(form, name, title)| muller.figure(run, form, name, title)).collect())
}

impl Muller<'_> {
    fn figure(&self, run: &RunFolder, form: Form, name: &str, title: &str) -> Figure {
        let bands = bands(self.lineage, &self.history, form);
        Figure::new(name, title, &self.caption(run, bands.len()), |width, mut scene| {
            let top = legend(&mut scene, &self.keys);
            let height = width.choose(150.0, 115.0);
            let last = self.lineage.days[self.lineage.days.len() - 1];
            let largest = self.history.totals().iter().copied().max().unwrap_or(1) as f64;
            let y = match form {
                Form::Frequency => Axis::percent("Share of live cells (%)"),
                Form::Population => symmetric(largest),
            };
            let margins = Margins::across(&scene, top + 5.0, height);
            let axes = Axes::new(margins, Axis::days(last, width.choose(9, 6)), y);
            let factor = if form == Form::Frequency { 100.0 } else { 1.0 };
            for band in &bands {
                self.draw(&mut scene, &axes, band, factor);
            }
            for band in &bands {
                self.label(&mut scene, &axes, band, factor);
            }
            match form {
                Form::Frequency => axes.vertical(&mut scene),
                Form::Population => bar(&mut scene, &axes, largest),
            }
            scene.height = axes.horizontal(&mut scene) + 2.0;
            scene
        })
    }

    fn caption(&self, run: &RunFolder, bands: usize) -> String {
        let lineage = self.lineage;
        let replicate = if run.summary.replicates > 1 {
            format!(" of replicate {}", lineage.replicate)
        } else {
            String::new()
        };
        let coloured = if self.choices.by_clone {
            "The largest clones have colours of their own, as in pictures of clones; others are grey"
        } else {
            "Colours are those of the state in which a clone was founded; its cells may have switched since"
        };
        format!(
            "Clones{replicate} over time; a clone emerges within its parent. {coloured}. Clones that never reached {} % of the live \
             cells, descendants included, are shown as part of their parents ({} of {} are shown).{}{}{}",
            short(100.0 * self.choices.clone_share),
            count_text(bands as u64),
            count_text(lineage.nodes.len() as u64),
            self.merged(),
            self.thinned(),
            extinction(lineage),
        )
    }

    /// What is said of clones that reached the share and are no bands all the same.
    fn merged(&self) -> String {
        let large =
            self.lineage.nodes.iter().filter(|n| n.most > 0 && n.share >= self.choices.clone_share as f32);
        match large.count() {
            many if many > self.history.clones.len() => format!(
                " {} reached it: the {} that had the largest share without their descendants are bands, others are part of the \
                 nearest of these that they descend from.",
                count_text(many as u64),
                self.history.clones.len()
            ),
            _ => String::new(),
        }
    }

    fn thinned(&self) -> String {
        match (self.history.days.len(), self.lineage.days.len()) {
            (drawn, all) if drawn < all => {
                format!(" {drawn} of {} counts are drawn.", count_text(all as u64))
            }
            _ => String::new(),
        }
    }

    fn draw(&self, scene: &mut Scene, axes: &Axes, band: &Band, factor: f64) {
        let edge = |which: usize| band.edges.iter().map(move |e| (e[0], factor * e[which]));
        let around: Vec<_> =
            edge(2).chain(edge(1).collect::<Vec<_>>().into_iter().rev()).map(|p| axes.at(p)).collect();
        // The outline of a thin band would hide it.
        let highest =
            band.edges.iter().map(|e| axes.py(factor * e[1]) - axes.py(factor * e[2])).fold(0.0, f64::max);
        let style = Style::fill(self.paints[band.clone]);
        let style = if highest > 3.0 { style.outlined(Paint::Paper, 0.35) } else { style };
        let tag = Tag::class("mark").hint(self.hint(self.history.clones[band.clone].node));
        scene.group(tag, |scene| scene.polygon(around, style));
    }

    fn hint(&self, at: usize) -> String {
        let node = &self.lineage.nodes[at];
        let of = |parent: u32| format!(", from clone {}", self.lineage.nodes[parent as usize].clone);
        let state = self.lineage.state_of(at);
        let state = if state.is_empty() { "the common origin".to_owned() } else { state_words(state) };
        format!(
            "clone {}{}: founded on day {} as {state}, at most {} live cells with descendants",
            node.clone,
            node.parent.map_or_else(String::new, of),
            short(node.birth),
            short(f64::from(node.most))
        )
    }

    /// The clone's number where its own part of the band is highest, if it fits there.
    fn label(&self, scene: &mut Scene, axes: &Axes, band: &Band, factor: f64) {
        let clone = &self.history.clones[band.clone];
        let words = format!("{}", self.lineage.nodes[clone.node].clone);
        let size = SMALL - 0.5;
        let half = font::width(&words, size, Face::Bold) / 2.0 + 1.0;
        let high = |e: &[f64; 3]| axes.py(factor * e[1]) - axes.py(factor * e[2]);
        let highest = band.edges.iter().map(high).fold(0.0, f64::max);
        if band.clone == 0 || !clone.children.is_empty() && highest < 14.0 {
            return;
        }
        let fits = |e: &&[f64; 3]| axes.px(e[0]) - half > axes.left && axes.px(e[0]) + half < axes.right();
        let Some(best) = band.edges.iter().filter(fits).max_by(|a, b| high(a).total_cmp(&high(b))) else {
            return;
        };
        // Where nothing of a child's lies over the middle.
        let covered = clone.children.len() % 2 == 1;
        let y = if covered {
            axes.py(factor * best[1]) - 2.5
        } else {
            (axes.py(factor * best[1]) + axes.py(factor * best[2])) / 2.0 + 0.35 * size
        };
        if high(best) >= size + 1.5 {
            let text = Text::new((axes.px(best[0]), y), words, size).face(Face::Bold).anchor(Anchor::Middle);
            scene.text(text.paint(colours::text_on(self.paints[band.clone])));
        }
    }
}

/// What is said of a tumour whose last count found no cell.
fn extinction(lineage: &Lineage) -> String {
    match (lineage.totals.last(), lineage.days.last()) {
        (Some(0), Some(day)) => format!(" No cell was left on day {}.", short(*day)),
        _ => String::new(),
    }
}

/// As much above as below the middle; there are no ticks, since a height means the same everywhere.
fn symmetric(largest: f64) -> Axis {
    let tick = Tick { at: 0.0, label: value_text(bar_length(largest), 1.0) };
    let half = largest.max(1.0) / 2.0 * 1.04;
    Axis { ticks: vec![tick], scale: Scale::Linear(-half, half), title: "Live cells".to_owned() }
}

/// About a third of the largest size, tidily.
fn bar_length(largest: f64) -> f64 {
    Axis::linear(0.0, largest, 4, "").ticks.get(1).map_or(1.0, |t| t.at)
}

/// A bar that says what height so many cells have, at the left.
fn bar(scene: &mut Scene, axes: &Axes, largest: f64) {
    let length = bar_length(largest);
    let (x, low, high) = (axes.left - 4.0, axes.py(-length / 2.0), axes.py(length / 2.0));
    let line = Style::line(Paint::Ink, 1.0);
    scene.line((x, low), (x, high), line);
    for y in [low, high] {
        scene.line((x - 2.0, y), (x + 2.0, y), line);
    }
    let words = format!("{} live cells", value_text(length, 1.0));
    let at = (x - 5.0, (low + high) / 2.0);
    scene.text(Text::new(at, words, SMALL).anchor(Anchor::Middle).upwards());
}

/// Colours of the clones of a history with their keys: as in pictures of clones if each has its own, or by the states of their
/// founders.
fn paints(
    loci: &[Locus],
    lineage: &Lineage,
    history: &History,
    choices: Choices,
) -> (Vec<Paint>, Vec<LegendKey>) {
    let of_state = |state: &str| if state.is_empty() { Paint::Grid } else { colours::state(loci, state) };
    let states = history.clones.iter().map(|c| lineage.state_of(c.node));
    if choices.by_clone {
        let (own, others) = own_colours(lineage, of_state);
        let paint = |node: usize| match lineage.state_of(node) {
            "" => Paint::Grid,
            _ => own.iter().find(|o| o.0 == node).map_or(others, |o| o.1),
        };
        let paints: Vec<Paint> = history.clones.iter().map(|c| paint(c.node)).collect();
        return (paints, own_keys(lineage, history, &own, others));
    }
    let mut named: Vec<&str> = Vec::new();
    for state in states.clone().filter(|s| !s.is_empty()) {
        if !named.contains(&state) {
            named.push(state);
        }
    }
    let keys = colours::shared(loci, &named, state_words);
    let key = |shared: colours::Shared| LegendKey::patch(shared.paint, shared.words);
    let origin = lineage.has_origin().then(|| LegendKey::patch(Paint::Grid, "common origin"));
    (states.map(of_state).collect(), keys.into_iter().map(key).chain(origin).collect())
}

/// Clones with colours of their own, by their nodes, and the colour of all others.
fn own_colours(lineage: &Lineage, of_state: impl Fn(&str) -> Paint) -> (Vec<(usize, Paint)>, Paint) {
    // A common origin is not a clone.
    let counted = lineage.nodes.iter().skip(usize::from(lineage.has_origin()));
    let shown = told_apart(counted.map(|n| (n.clone, u64::from(n.most_own))));
    let nodes: Vec<usize> = shown.iter().filter_map(|clone| lineage.place(*clone)).collect();
    let ground =
        shown.first() == Some(&0) && of_state(lineage.state_of(nodes[0])) == Paint::Colour(SENSITIVE);
    let (own, others) = clone_paints(ground);
    (nodes.into_iter().zip(own).collect(), others)
}

/// Keys of the clones that are bands.
fn own_keys(lineage: &Lineage, history: &History, own: &[(usize, Paint)], rest: Paint) -> Vec<LegendKey> {
    let is_shown = |node: usize| history.clones.iter().any(|c| c.node == node);
    let words =
        |node: usize| format!("{}:\u{a0}{}", lineage.nodes[node].clone, state_words(lineage.state_of(node)));
    let mut keys: Vec<LegendKey> = own
        .iter()
        .filter(|o| is_shown(o.0))
        .map(|(node, paint)| LegendKey::patch(*paint, words(*node)))
        .collect();
    let others = |c: &&crate::report::lineage::Shown| {
        !lineage.state_of(c.node).is_empty() && !own.iter().any(|o| o.0 == c.node)
    };
    if history.clones.iter().any(|c| others(&c)) {
        keys.push(LegendKey::patch(rest, "other clones"));
    }
    if lineage.has_origin() {
        keys.push(LegendKey::patch(Paint::Grid, "common origin"));
    }
    keys
}
