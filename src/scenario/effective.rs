//! The effective scenario: every default and conversion written out, as a scenario file again.

mod drugs;
mod signalling;
mod therapy;
mod trial;

use std::fmt::Write as _;

use crate::catalogue::{Inducer, Number};
use crate::sink::is_hidden;

use super::keys;
use super::model::{
    Begin, Boundary, Change, ChangeKind, DeadStart, Drug, Lattice, Locus, Mode, Neighbourhood, Output,
    Oxygen, Placement, Rates, Reach, Scenario, Start, StartShape, StateTarget, Stop, Time,
};
use super::selector::state_text;
use super::table::{Fallback, Kind, Section};
use super::units::{hours_text, number_text};

/// Writes a scenario as a file that [`parse`](super::parse) reads back as the same scenario.
///
/// Units are canonical (days or hours, per day, micrometres), every default is written out, and
/// comments give times in steps and rates per step. Loci are written in full, so that the file
/// does not depend on the catalogue of the program that reads it.
pub fn effective_toml(scenario: &Scenario) -> String {
    let mut out =
        Writer { out: String::new(), time: scenario.time.clone(), section: &keys::ROOT, written: Vec::new() };
    out.comment("Effective scenario: every default and every conversion is written out.");
    out.comment("A step has the length given in [time]; rates per step are rate times step.");
    out.comment(
        "The probability of an event is its expected number in a step: rate times (exp(r step) - 1)/r, r the net growth.",
    );
    out.comment(in_force(scenario));
    root(&mut out, scenario);
    time(&mut out, &scenario.time);
    lattice(&mut out, scenario);
    start(&mut out, scenario);
    for locus in &scenario.loci {
        write_locus(&mut out, locus, scenario.mutation_amplification);
    }
    if let Some(patient) = scenario.patient.as_ref().filter(|_| scenario.trial.is_none()) {
        signalling::patient(&mut out, patient);
    }
    rates(&mut out, &scenario.rates, scenario.mode);
    for drug in &scenario.drugs {
        write_drug(&mut out, drug);
    }
    if let Some(oxygen) = &scenario.oxygen {
        write_oxygen(&mut out, oxygen);
    }
    if let Some(vessels) = &scenario.vessels {
        signalling::vessels(&mut out, vessels);
    }
    for drug in &scenario.catalogue {
        drugs::write(&mut out, drug);
    }
    if let Some(plan) = &scenario.therapy {
        therapy::write(&mut out, plan, &therapy::OF_SCENARIO);
    }
    if let Some(of) = &scenario.trial {
        trial::write(&mut out, of);
    }
    stop(&mut out, &scenario.stop, scenario.trial.is_some());
    for target in &scenario.stop.targets {
        write_target(&mut out, target);
    }
    if scenario.trial.is_none() {
        output(&mut out, &scenario.output, scenario.time.end);
    }
    out.finish();
    out.out
}

/// Whether steps are short enough for the rates.
fn in_force(scenario: &Scenario) -> &'static str {
    match scenario.mode {
        Mode::Signalling => {
            "Where births and deaths come to more than one event a step (strong radiation), they are held to one."
        }
        Mode::Rates if scenario.exceeds_step() => {
            "Here births and deaths of some cells come to more than one event a step and are held to one: growth is slower than r."
        }
        Mode::Rates => {
            "Here births and deaths come to less than one event a step: mean growth is exp(r step), exactly."
        }
    }
}

/// Text with quotes, escaped as TOML wants it.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_hidden(c) => {
                let _ = write!(out, "\\U{:08X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A plain number that reads back as the same float, recognisable as no integer.
fn plain(value: f64) -> String {
    format!("{value:?}")
}

/// A number for a comment: six significant digits.
fn rounded(value: f64) -> String {
    format!("{value:.5e}").parse().map_or_else(|_| plain(value), number_text)
}

struct Writer {
    out: String,
    time: Time,
    section: &'static Section,
    written: Vec<&'static str>,
}

impl Writer {
    fn comment(&mut self, text: &str) {
        let _ = writeln!(self.out, "# {text}");
    }

    fn section(&mut self, section: &'static Section) {
        self.finish();
        let _ = writeln!(self.out, "\n{}", section.heading);
        self.section = section;
    }

    /// Says of the optional keys that were not written what their absence means.
    fn finish(&mut self) {
        for key in self.section.keys {
            let below = matches!(key.kind, Kind::Tables(_) | Kind::Shares);
            if let Fallback::Absent(meaning) = key.default
                && !below
                && !self.written.contains(&key.name)
            {
                let _ = writeln!(self.out, "# {}: {meaning}", key.name);
            }
        }
        self.written.clear();
    }

    fn noted(&mut self, name: &'static str, value: &str, comment: &str) {
        debug_assert!(self.section.find(name).is_some(), "`{name}` is no key of {}", self.section.heading);
        self.written.push(name);
        let line = format!("{name} = {value}");
        let _ = if comment.is_empty() {
            writeln!(self.out, "{line}")
        } else {
            writeln!(self.out, "{line:<40} # {comment}")
        };
    }

    fn key(&mut self, name: &'static str, value: impl Into<String>) {
        self.noted(name, &value.into(), "");
    }

    fn number(&mut self, name: &'static str, value: f64) {
        self.key(name, plain(value));
    }

    fn text(&mut self, name: &'static str, value: &str) {
        self.key(name, quoted(value));
    }

    fn unit(&mut self, name: &'static str, value: f64, unit: &str) {
        self.key(name, format!("\"{} {unit}\"", number_text(value)));
    }

    fn time_text(&self, steps: u32) -> String {
        format!("\"{}\"", hours_text(f64::from(steps) * f64::from(self.time.step_hours)))
    }

    fn steps(&mut self, name: &'static str, steps: u32) {
        self.noted(name, &self.time_text(steps), &super::error::plural(steps as usize, "step"));
    }

    fn rate(&mut self, name: &'static str, rate: f64) {
        let per_step = rounded(rate * self.time.step_days());
        let comment = if rate == 0.0 { String::new() } else { format!("{per_step} per step") };
        self.noted(name, &format!("\"{} /d\"", number_text(rate)), &comment);
    }

    /// Times as a regular interval where they are one, else as a list.
    fn times(&mut self, list: &'static str, every: &'static str, steps: &[u32], end: u32) {
        if let [0, interval, _, ..] = *steps
            && steps.iter().copied().eq((0..=end).step_by(interval.max(1) as usize))
        {
            let comment = format!("{interval} steps: {} times with the start", steps.len());
            self.noted(every, &self.time_text(interval), &comment);
            self.written.push(list);
            return;
        }
        let all: Vec<String> = steps.iter().map(|s| self.time_text(*s)).collect();
        let comment = match steps {
            [] => "none".to_owned(),
            [first, .., last] => format!("steps {first} to {last}"),
            [one] => format!("step {one}"),
        };
        self.noted(list, &format!("[{}]", all.join(", ")), &comment);
        self.written.push(every);
    }
}

fn root(out: &mut Writer, scenario: &Scenario) {
    out.key("format", keys::FORMAT.to_string());
    out.text("name", &scenario.name);
    out.text("description", &scenario.description);
    out.key("seed", scenario.seed.to_string());
    out.key("replicates", scenario.replicates.to_string());
    out.number("mutation_amplification", scenario.mutation_amplification);
    let signalling = scenario.mode == Mode::Signalling;
    out.text("phenotype", if signalling { "signalling" } else { "rates" });
    let count = super::error::plural(scenario.loci.len(), "locus").replace("locuss", "loci");
    out.noted("loci", "[]", &format!("{count}, written out below"));
    out.written.extend(["oxygen"].into_iter().filter(|_| scenario.oxygen.is_some()));
    out.written.extend(["vessels"].into_iter().filter(|_| !signalling || scenario.vessels.is_some()));
    let planned = scenario.therapy.is_some() || scenario.trial.is_some();
    out.written.extend(["therapy"].into_iter().filter(|_| !signalling || planned));
    out.written.push("cohort");
    out.written.extend(["catalogue"].into_iter().filter(|_| !scenario.catalogue.is_empty()));
}

fn time(out: &mut Writer, time: &Time) {
    out.section(&keys::TIME);
    out.noted("step", &format!("\"{} h\"", time.step_hours), &format!("{} d", number_text(time.step_days())));
    out.steps("end", time.end);
    out.steps("check", time.check);
}

fn lattice(out: &mut Writer, scenario: &Scenario) {
    let lattice = &scenario.lattice;
    out.section(&keys::LATTICE);
    // With `agents` lattices are as large as these need.
    if scenario.trial.as_ref().is_none_or(|trial| trial.cohort.agents.is_none()) {
        size(out, lattice);
    }
    let moore = lattice.neighbourhood == Neighbourhood::Moore;
    out.text("neighbourhood", if moore { "moore" } else { "von_neumann" });
    out.text("boundary", if lattice.boundary == Boundary::Closed { "closed" } else { "periodic" });
    out.unit("site", lattice.site_um, "um");
    match lattice.placement {
        Placement::Neighbour => out.text("placement", "neighbour"),
        Placement::Mixed => out.text("placement", "mixed"),
        Placement::Radius { radius, candidates } => {
            out.text("placement", "radius");
            out.key("radius", radius.to_string());
            out.key("candidates", candidates.to_string());
        }
    }
}

fn size(out: &mut Writer, lattice: &Lattice) {
    let edges = &lattice.size[..lattice.dimension as usize];
    let size: Vec<String> = edges.iter().map(u32::to_string).collect();
    let sites: u64 = edges.iter().map(|e| u64::from(*e)).product();
    out.noted("size", &format!("[{}]", size.join(", ")), &format!("{sites} sites"));
}

fn start(out: &mut Writer, scenario: &Scenario) {
    let Start { shape, composition, cells, dead } = &scenario.start;
    out.section(&keys::START);
    write_shape(out, shape, scenario.lattice.dimension);
    let saved = matches!(shape, StartShape::Saved { .. });
    match dead {
        DeadStart::Fraction { fraction } if !saved => out.number("dead", *fraction),
        DeadStart::Equilibrium => out.text("dead", "equilibrium"),
        DeadStart::Fraction { .. } => {}
    }
    if scenario.trial.is_some() {
        // Every patient has an own one.
        return;
    }
    if !composition.is_empty() || !cells.is_empty() {
        out.finish();
        let _ = writeln!(out.out, "\n[start.composition]");
        let state = |levels: &[u8]| quoted(&state_text(&scenario.loci, levels));
        for share in composition {
            let _ = writeln!(out.out, "{} = {}", state(&share.levels), plain(share.fraction));
        }
        for exact in cells {
            let cells = super::error::plural(exact.cells as usize, "cell");
            let _ = writeln!(out.out, "{} = \"{cells}\"", state(&exact.levels));
        }
    } else if scenario.mode == Mode::Signalling && !saved {
        // Without it the patient's fractions would hold.
        out.key("composition", "{}");
    }
}

fn write_shape(out: &mut Writer, shape: &StartShape, dimension: u32) {
    match shape {
        StartShape::Nests { fraction, radius_um, packing } => {
            out.text("shape", "nests");
            out.number("fraction", *fraction);
            out.unit("radius", *radius_um, "um");
            out.number("packing", *packing);
        }
        StartShape::Ball { radius_um } => {
            out.text("shape", if dimension == 2 { "disc" } else { "ball" });
            out.unit("radius", *radius_um, "um");
        }
        StartShape::Random { density } => {
            out.text("shape", "random");
            out.number("density", *density);
        }
        StartShape::Single => out.text("shape", "single"),
        StartShape::Count { cells } => {
            out.text("shape", "count");
            out.key("cells", cells.to_string());
        }
        StartShape::Saved { path } => {
            out.text("shape", "saved");
            out.text("path", path);
        }
    }
}

fn write_locus(out: &mut Writer, locus: &Locus, amplification: f64) {
    out.section(&keys::LOCUS);
    out.text("name", &locus.name);
    out.text("description", &locus.description);
    let levels: Vec<String> = locus.levels.iter().map(|l| quoted(l)).collect();
    out.key("levels", format!("[{}]", levels.join(", ")));
    let factors: Vec<String> = locus.birth_factor.iter().map(|f| plain(*f)).collect();
    out.key("birth_factor", format!("[{}]", factors.join(", ")));
    for effect in &locus.network {
        out.section(&keys::NETWORK);
        out.key("level", effect.level.to_string());
        out.text("input", effect.input.name());
        out.number("value", effect.value.value);
        out.number("cv", effect.value.cv);
        out.text("source", &effect.value.source);
        out.text("confidence", &format!("{:?}", effect.value.confidence));
    }
    for change in &locus.changes {
        write_change(out, change, amplification);
    }
}

fn write_change(out: &mut Writer, change: &Change, amplification: f64) {
    out.section(&keys::CHANGE);
    out.key("from", change.from.to_string());
    out.key("to", change.to.to_string());
    let unit = match change.kind {
        ChangeKind::Mutation => {
            let value = format!("\"{} /division\"", number_text(change.rate));
            let amplified = rounded(change.rate * amplification);
            let comment =
                if amplification == 1.0 { String::new() } else { format!("{amplified} with amplification") };
            out.noted("mutation", &value, &comment);
            out.written.push("switching");
            "/division"
        }
        ChangeKind::Switching => {
            out.rate("switching", change.rate);
            out.written.push("mutation");
            "/d"
        }
    };
    if !change.with.is_empty() {
        let with: Vec<String> =
            change.with.iter().map(|(d, r)| format!("{d} = \"{} {unit}\"", number_text(*r))).collect();
        out.key("with", format!("{{ {} }}", with.join(", ")));
    }
    if let Some(induced) = &change.induced {
        let rate = format!("\"{} {unit}\"", number_text(induced.rate.value));
        out.key("induced", inline("rate", &rate, induced.by, &induced.rate));
    }
    if let Some(suppressed) = &change.suppressed {
        let share = plain(suppressed.share.value);
        out.key("suppressed", inline("share", &share, suppressed.by, &suppressed.share));
    }
    out.text("source", &change.source);
    out.text("confidence", &format!("{:?}", change.confidence));
}

/// What drugs do to a change, as an inline table.
fn inline(name: &str, value: &str, by: Inducer, number: &Number) -> String {
    let Number { cv, source, confidence, .. } = number;
    let (cv, source) = (plain(*cv), quoted(source));
    format!(
        "{{ {name} = {value}, by = {:?}, cv = {cv}, source = {source}, confidence = \"{confidence:?}\" }}",
        by.name()
    )
}

fn rates(out: &mut Writer, rates: &Rates, mode: Mode) {
    out.section(&keys::RATES);
    if mode == Mode::Rates {
        out.rate("birth", rates.base.birth);
        out.rate("death", rates.base.death);
    }
    out.rate("migration", rates.base.migration);
    if mode == Mode::Rates {
        out.number("kill_at_division", rates.base.kill_at_division);
    }
    match rates.clearance {
        Some(rate) => out.rate("clearance", rate),
        None => out.text("clearance", "at once"),
    }
    for rule in &rates.rules {
        out.section(&keys::RULE);
        out.text("states", &rule.states.text);
        let drugs: Vec<String> = rule.drugs.iter().map(|d| quoted(d)).collect();
        out.key("drugs", format!("[{}]", drugs.join(", ")));
        for (name, rate) in [("birth", rule.birth), ("death", rule.death), ("migration", rule.migration)] {
            if let Some(rate) = rate {
                out.rate(name, rate);
            }
        }
        if let Some(kill) = rule.kill_at_division {
            out.number("kill_at_division", kill);
        }
    }
    for effect in &rates.effects {
        out.section(&keys::EFFECT);
        out.text("drug", &effect.drug);
        out.text("states", &effect.states.text);
        out.number("birth_factor", effect.birth_factor);
        out.number("death_factor", effect.death_factor);
        out.rate("death_add", effect.death_add);
        out.number("migration_factor", effect.migration_factor);
        out.number("kill_at_division", effect.kill_at_division);
    }
}

fn write_drug(out: &mut Writer, drug: &Drug) {
    out.section(&keys::DRUG);
    out.text("name", &drug.name);
    let schedule = &drug.schedule;
    match schedule.begin {
        Begin::Step { step } => out.steps("start", step),
        Begin::Burden { cells } => out.key("start_burden", cells.to_string()),
    }
    if let Some(duration) = schedule.duration {
        out.steps("duration", duration);
    }
    if !schedule.windows.is_empty() {
        let pair = |(from, to): &(u32, u32)| format!("[{}, {}]", out.time_text(*from), out.time_text(*to));
        let all: Vec<String> = schedule.windows.iter().map(pair).collect();
        out.key("windows", format!("[{}]", all.join(", ")));
    }
    if let Some(cycle) = &schedule.cycle {
        let value = format!("{{ on = {}, off = {} }}", out.time_text(cycle.on), out.time_text(cycle.off));
        out.noted("cycle", &value, &format!("{} and {} steps", cycle.on, cycle.off));
    }
    if let Some(adaptive) = &schedule.adaptive {
        let value = format!(
            "{{ off_below = {}, on_above = {}, every = {} }}",
            plain(adaptive.off_below),
            plain(adaptive.on_above),
            out.time_text(adaptive.every)
        );
        out.noted("adaptive", &value, &format!("every {} steps", adaptive.every));
    }
}

fn write_oxygen(out: &mut Writer, oxygen: &Oxygen) {
    out.section(&keys::OXYGEN);
    out.unit("vessels", oxygen.vessels_per_mm2, "/mm2");
    out.unit("vessel_pressure", oxygen.vessel_mmhg, "mmHg");
    out.unit("diffusion_length", oxygen.diffusion_length_um, "um");
    out.unit("hypoxic", oxygen.hypoxic_mmhg, "mmHg");
    out.number("hypoxic_birth_factor", oxygen.hypoxic_birth_factor);
    out.unit("anoxic", oxygen.anoxic_mmhg, "mmHg");
    out.rate("anoxic_death", oxygen.anoxic_death_add);
    out.key("sweeps", oxygen.sweeps.to_string());
}

fn stop(out: &mut Writer, stop: &Stop, trial: bool) {
    out.section(&keys::STOP);
    if trial {
        // Progression is that of the assessment.
        out.written.extend(["burden", "progression"]);
    }
    out.key("extinction", stop.extinction.to_string());
    if let Some(burden) = stop.burden {
        out.key("burden", burden.to_string());
    }
    if let Some(p) = &stop.progression {
        let factor = plain(p.factor);
        out.key("progression", format!("{{ factor = {factor}, checks = {}, halt = {} }}", p.checks, p.halt));
    }
}

fn write_target(out: &mut Writer, target: &StateTarget) {
    out.section(&keys::STATE_TARGET);
    out.text("name", &target.name);
    out.text("states", &target.states.text);
    match target.reach {
        Reach::Cells { cells } => out.key("cells", cells.to_string()),
        Reach::Share { share } => out.number("share", share),
    }
    out.key("halt", target.halt.to_string());
}

fn output(out: &mut Writer, output: &Output, end: u32) {
    out.section(&keys::OUTPUT);
    out.key("series", output.series.to_string());
    out.times("snapshots", "snapshots_every", &output.snapshots, end);
    out.key("frames", output.frames.to_string());
    out.times("clones", "clones_every", &output.clones, end);
    out.times("environment", "environment_every", &output.environment, end);
    out.key("clone_minimum", output.clone_minimum.to_string());
    out.key("detailed_replicates", output.detailed_replicates.to_string());
}
