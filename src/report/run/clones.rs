//! Muller plots of the clones: by number of cells and by share.

use super::{Choices, lineages};
use crate::render::palette::{OTHER_CLONES, SENSITIVE, clone_colours, told_apart};
use crate::report::colours;
use crate::report::lineage::{Band, Form, Lineage, bands};
use crate::report::plot::{
    Anchor, Axis, Face, Figure, Frame, Key, Paint, Room, SMALL, Scale, Scene, Style, Tag, Text, Tick, font,
    legend, short, value_text,
};
use crate::report::read::RunFolder;
use crate::scenario::Locus;

/// Both forms for the first replicate whose clones were counted; nothing without counts.
pub fn figures(run: &RunFolder, choices: Choices) -> Vec<Figure> {
    let Some(lineage) = lineages(run).into_iter().next() else { return Vec::new() };
    if lineage.days.len() < 2 || bands(&lineage, Form::Frequency, choices.clone_share).len() < 2 {
        return Vec::new();
    }
    let forms = [
        (Form::Population, "clones-population", "Clones by number"),
        (Form::Frequency, "clones-frequency", "Clones by share"),
    ];
    forms.into_iter().map(|(form, name, title)| figure(run, &lineage, choices, form, name, title)).collect()
}

fn figure(
    run: &RunFolder,
    lineage: &Lineage,
    choices: Choices,
    form: Form,
    name: &str,
    title: &str,
) -> Figure {
    let bands = bands(lineage, form, choices.clone_share);
    let replicate = if run.summary.replicates > 1 {
        format!(" of replicate {}", lineage.replicate)
    } else {
        String::new()
    };
    let coloured = if choices.by_clone {
        "The largest clones have colours of their own, as in pictures of clones; others are grey"
    } else {
        "Colours are those of the state in which a clone was founded; its cells may have switched since"
    };
    let caption = format!(
        "Clones{replicate} over time; a clone emerges within its parent. {coloured}. Clones that never reached {} % of the live cells, \
         descendants included, are shown as part of their parents ({} of {} are shown).",
        short(100.0 * choices.clone_share),
        bands.len(),
        lineage.nodes.len()
    );
    let loci = &run.loaded.scenario.loci;
    let paints = paints(loci, lineage, choices);
    Figure::new(name, title, &caption, |width, mut scene| {
        let keys = if choices.by_clone { Vec::new() } else { keys(loci, lineage, &bands) };
        let top = legend(&mut scene, &keys, (4.0, 2.0), width.points() - 8.0);
        let height = width.choose(150.0, 115.0);
        let last = lineage.days[lineage.days.len() - 1];
        let largest = lineage.totals().iter().copied().max().unwrap_or(1) as f64;
        let y = match form {
            Form::Frequency => Axis::percent("Share of live cells (%)"),
            Form::Population => symmetric(largest),
        };
        let room = Room { left: 3.0, right: width.points() - 8.0, top: top + 5.0, height };
        let frame = Frame::new(room, Axis::days(last, width.choose(9, 6)), y);
        let factor = if form == Form::Frequency { 100.0 } else { 1.0 };
        for band in &bands {
            draw(&mut scene, &frame, lineage, band, factor, paints[band.node]);
        }
        for band in &bands {
            label(&mut scene, &frame, lineage, band, factor, paints[band.node]);
        }
        match form {
            Form::Frequency => frame.vertical(&mut scene),
            Form::Population => bar(&mut scene, &frame, largest),
        }
        scene.height = frame.horizontal(&mut scene) + 2.0;
        scene
    })
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
fn bar(scene: &mut Scene, frame: &Frame, largest: f64) {
    let length = bar_length(largest);
    let (x, low, high) = (frame.left - 4.0, frame.py(-length / 2.0), frame.py(length / 2.0));
    let line = Style::line(Paint::Ink, 1.0);
    scene.line((x, low), (x, high), line);
    for y in [low, high] {
        scene.line((x - 2.0, y), (x + 2.0, y), line);
    }
    let words = format!("{} live cells", value_text(length, 1.0));
    let at = (x - 5.0, (low + high) / 2.0);
    scene.text(Text::new(at, words, SMALL).anchor(Anchor::Middle).upwards());
}

/// The colours of the clones: as in pictures of clones if each has its own, or by the states of their founders.
fn paints(loci: &[Locus], lineage: &Lineage, choices: Choices) -> Vec<Paint> {
    let of_state = |state: &str| if state.is_empty() { Paint::Grid } else { colours::state(loci, state) };
    if !choices.by_clone {
        return lineage.nodes.iter().map(|n| of_state(&n.state)).collect();
    }
    // A common origin, which has no state, is no clone.
    let counted = || lineage.nodes.iter().filter(|n| !n.state.is_empty());
    let shown = told_apart(counted().map(|n| (n.clone, n.exclusive.iter().copied().max().unwrap_or(0))));
    let sensitive = Paint::Colour(SENSITIVE);
    let ground =
        counted().any(|n| n.clone == 0 && shown.first() == Some(&0) && of_state(&n.state) == sensitive);
    let hues = clone_colours(shown.len(), ground);
    let own = |clone| shown.iter().position(|c| *c == clone).map_or(OTHER_CLONES, |place| hues[place]);
    lineage
        .nodes
        .iter()
        .map(|n| if n.state.is_empty() { Paint::Grid } else { Paint::Colour(own(n.clone)) })
        .collect()
}

fn keys(loci: &[Locus], lineage: &Lineage, bands: &[Band]) -> Vec<Key> {
    let mut states: Vec<&str> = Vec::new();
    for band in bands {
        let state = lineage.nodes[band.node].state.as_str();
        if !state.is_empty() && !states.contains(&state) {
            states.push(state);
        }
    }
    states.into_iter().map(|s| Key::patch(colours::state(loci, s), colours::state_words(s))).collect()
}

fn draw(scene: &mut Scene, frame: &Frame, lineage: &Lineage, band: &Band, factor: f64, paint: Paint) {
    let edge = |which: usize| band.edges.iter().map(move |e| (e[0], factor * e[which]));
    let around: Vec<_> =
        edge(2).chain(edge(1).collect::<Vec<_>>().into_iter().rev()).map(|p| frame.at(p)).collect();
    let node = &lineage.nodes[band.node];
    let largest = node.inclusive.iter().copied().max().unwrap_or(0);
    let from = node.parent.map_or_else(String::new, |p| format!(", from clone {}", lineage.nodes[p].clone));
    let hint = format!(
        "clone {}{from}: founded on day {} as {}, at most {} live cells with descendants",
        node.clone,
        short(node.birth),
        if node.state.is_empty() {
            "the common origin".to_owned()
        } else {
            colours::state_words(&node.state)
        },
        short(largest as f64)
    );
    // The outline of a thin band would hide it.
    let highest =
        band.edges.iter().map(|e| frame.py(factor * e[1]) - frame.py(factor * e[2])).fold(0.0, f64::max);
    let style = Style::fill(paint);
    let style = if highest > 3.0 { style.outlined(Paint::Paper, 0.35) } else { style };
    scene.group(Tag::class("mark").hint(hint), |scene| scene.polygon(around, style));
}

/// The clone's number where its own part of the band is highest, if it fits there.
fn label(scene: &mut Scene, frame: &Frame, lineage: &Lineage, band: &Band, factor: f64, paint: Paint) {
    let words = format!("{}", lineage.nodes[band.node].clone);
    let size = SMALL - 0.5;
    let half = font::width(&words, size, Face::Bold) / 2.0 + 1.0;
    let high = |e: &[f64; 3]| frame.py(factor * e[1]) - frame.py(factor * e[2]);
    if band.node == 0
        || !lineage.nodes[band.node].children.is_empty()
            && band.edges.iter().map(high).fold(0.0, f64::max) < 14.0
    {
        return;
    }
    let fits = |e: &&[f64; 3]| frame.px(e[0]) - half > frame.left && frame.px(e[0]) + half < frame.right();
    let Some(best) = band.edges.iter().filter(fits).max_by(|a, b| high(a).total_cmp(&high(b))) else {
        return;
    };
    // Where nothing of a child's lies over the middle.
    let covered = lineage.nodes[band.node].children.len() % 2 == 1;
    let y = if covered {
        frame.py(factor * best[1]) - 2.5
    } else {
        (frame.py(factor * best[1]) + frame.py(factor * best[2])) / 2.0 + 0.35 * size
    };
    if high(best) >= size + 1.5 {
        scene.text(
            Text::new((frame.px(best[0]), y), words, size)
                .face(Face::Bold)
                .anchor(Anchor::Middle)
                .paint(colours::text_on(paint)),
        );
    }
}
