//! All numbers of a drug with their places and units, for cards, tables and checks.

use super::{
    Absorption, Allometry, CellKill, Confidence, Course, Drug, Exchange, KillKind, Metabolite, Number, Pk,
    Shift, Target, Toxicity, Vascular,
};

/// A number of a drug.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry<'a> {
    /// Where it stands, as in a file: `pk.clearance`, `target[1].ec50`.
    pub path: String,
    /// What it belongs to, in words: `pharmacokinetics, exchange`, `target rtk, sum, unbound`.
    pub place: String,
    /// Its name there: `clearance`.
    pub name: &'static str,
    /// The number.
    pub number: &'a Number,
    /// Unit in which it is kept; empty for a plain number.
    pub unit: &'static str,
}

/// Numbers below a place.
struct Place<'a, 'd> {
    all: &'a mut Vec<Entry<'d>>,
    path: String,
    words: String,
}

impl<'d> Place<'_, 'd> {
    fn below(&mut self, name: &str, words: &str) -> Place<'_, 'd> {
        let words = if self.words.is_empty() { words.to_owned() } else { format!("{}, {words}", self.words) };
        Place { path: format!("{}{name}.", self.path), words, all: self.all }
    }

    fn add(&mut self, name: &'static str, number: &'d Number, unit: &'static str) {
        let (path, place) = (format!("{}{name}", self.path), self.words.clone());
        self.all.push(Entry { path, place, name, number, unit });
    }

    fn maybe(&mut self, name: &'static str, number: &'d Option<Number>, unit: &'static str) {
        if let Some(number) = number {
            self.add(name, number, unit);
        }
    }

    fn pk(&mut self, pk: &'d Pk) {
        self.add("clearance", &pk.clearance, "L/h");
        self.add("volume", &pk.volume, "L");
        self.add("bioavailability", &pk.bioavailability, "");
        self.add("occasion_cv", &pk.occasion_cv, "");
        self.add("unbound", &pk.unbound, "");
        self.maybe("hepatic_flow", &pk.hepatic_flow, "L/h");
        self.maybe("infusion", &pk.infusion_h, "h");
        self.maybe("residual_cv", &pk.residual_cv, "");
        self.maybe("residence", &pk.residence_h, "h");
        if let Some(exchange) = &pk.exchange {
            self.below("exchange", "exchange").exchange(exchange);
        }
        if let Some(absorption) = &pk.absorption {
            let words = match absorption.transit {
                0 => "absorption".to_owned(),
                n => format!("absorption after {n} transit compartments"),
            };
            self.below("absorption", &words).absorption(absorption);
        }
        for (index, release) in pk.release.iter().enumerate() {
            let words = format!("share {} of the depot, {} compartments", index + 1, release.transit);
            let mut place = self.below(&format!("release[{}]", index + 1), &words);
            place.add("fraction", &release.fraction, "");
            place.add("mean_time", &release.mean_time, "h");
        }
        if let Some(recirculation) = &pk.recirculation {
            let mut place = self.below("recirculation", "enterohepatic circulation");
            place.add("fraction", &recirculation.fraction, "");
            place.add("rate", &recirculation.rate, "/h");
        }
        if let Some(metabolite) = &pk.metabolite {
            self.below("metabolite", &metabolite.name).metabolite(metabolite);
        }
        if let Some(allometry) = &pk.allometry {
            let words = format!("body weight, reference {} kg", allometry.reference_kg);
            self.below("allometry", &words).allometry(allometry);
        }
    }

    fn exchange(&mut self, exchange: &'d Exchange) {
        self.add("clearance", &exchange.clearance, "L/h");
        self.add("volume", &exchange.volume, "L");
    }

    fn absorption(&mut self, absorption: &'d Absorption) {
        self.add("rate", &absorption.rate, "/h");
        self.maybe("transit_time", &absorption.transit_time, "h");
    }

    fn metabolite(&mut self, metabolite: &'d Metabolite) {
        self.add("fraction", &metabolite.fraction, "");
        self.add("clearance", &metabolite.clearance, "L/h");
        self.add("volume", &metabolite.volume, "L");
        self.add("unbound", &metabolite.unbound, "");
        self.add("molar_mass", &metabolite.molar_mass, "g/mol");
        if let Some(exchange) = &metabolite.exchange {
            self.below("exchange", "exchange").exchange(exchange);
        }
    }

    fn allometry(&mut self, allometry: &'d Allometry) {
        self.add("clearance", &allometry.clearance, "");
        self.add("volume", &allometry.volume, "");
    }

    fn target(&mut self, target: &'d Target) {
        self.add("ec50", &target.ec50, "nM");
        self.add("hill", &target.hill, "");
        self.add("maximum", &target.maximum, "");
        self.shifts(&target.shifts);
    }

    fn shifts(&mut self, shifts: &'d [Shift]) {
        for (index, shift) in shifts.iter().enumerate() {
            let context = shift.tsc_context.as_ref().map_or(String::new(), |c| format!(" (TSC context {c})"));
            let words = format!("factors in {}{context}", shift.states);
            let mut place = self.below(&format!("shift[{}]", index + 1), &words);
            place.add("ec50", &shift.ec50, "");
            place.add("maximum", &shift.maximum, "");
        }
    }

    fn vascular(&mut self, vascular: &'d Vascular) {
        self.add("ec50", &vascular.ec50, "ng/mL");
        self.add("hill", &vascular.hill, "");
        self.add("maximum", &vascular.maximum, "");
        self.add("trap", &vascular.trap, "");
        self.add("formation", &vascular.formation, "");
        self.add("flow", &vascular.flow, "");
        self.add("pruning", &vascular.pruning, "/d");
    }

    fn kill(&mut self, kill: &'d CellKill) {
        let (name, unit) = match kill.kind {
            KillKind::Death => ("rate", "/d"),
            KillKind::Radiation => ("dose", "Gy/GBq"),
            KillKind::AtDivision | KillKind::Removal | KillKind::Ablation => ("probability", ""),
        };
        self.add(name, &kill.strength, unit);
        self.maybe("ec50", &kill.ec50, "ng/mL");
        self.maybe("mgmt", &kill.mgmt, "");
        self.maybe("alpha", &kill.alpha, "/Gy");
        self.maybe("alpha_beta", &kill.alpha_beta, "Gy");
        self.maybe("repair", &kill.repair_h, "h");
        self.maybe("half_life", &kill.half_life_h, "h");
        self.maybe("fall_per_cycle", &kill.fall_per_cycle, "");
        self.shifts(&kill.shifts);
    }

    fn toxicity(&mut self, toxicity: &'d Toxicity, unit: &'static str) {
        self.add("any_grade", &toxicity.any_grade, "");
        self.add("grade_3_4", &toxicity.grade_3_4, "");
        self.add("beta", &toxicity.beta, "");
        let name = if unit.is_empty() { "reference_dose" } else { "reference" };
        self.add(name, &toxicity.reference, unit);
    }
}

impl Toxicity {
    /// The event with its organ class and its course: `stomatitis (mucosa), 89 % of a year's within 8 wk`.
    fn title(&self) -> String {
        let course = match self.course {
            Course::Constant => String::new(),
            Course::Weibull { shape } => format!(", Weibull hazard of shape {shape}"),
            Course::Early { weeks, share } => {
                format!(", {} % of a year's within {weeks} wk", libm::round(share * 1000.0) / 10.0)
            }
        };
        format!("adverse event {} ({}){course}", self.event, self.organ.word())
    }
}

impl Drug {
    /// All its numbers, in the order of a file.
    pub fn numbers(&self) -> Vec<Entry<'_>> {
        let mut all = Vec::new();
        let mut root = Place { all: &mut all, path: String::new(), words: String::new() };
        root.maybe("molar_mass", &self.molar_mass, "g/mol");
        root.maybe("units_per_mg", &self.units_per_mg, "MU/mg");
        root.add("delivery_exponent", &self.delivery_exponent, "");
        root.maybe("discontinuation", &self.discontinuation, "");
        if let Some(pk) = &self.pk {
            root.below("pk", &format!("pharmacokinetics ({})", pk.matrix)).pk(pk);
        }
        for (index, target) in self.targets.iter().enumerate() {
            let words = format!("target {}, {}, unbound", target.node.word(), target.analyte.word());
            root.below(&format!("target[{}]", index + 1), &words).target(target);
        }
        if let Some(vascular) = &self.vascular {
            let words = format!("vessels, {}", vascular.analyte.word());
            root.below("vascular", &words).vascular(vascular);
        }
        for (index, kill) in self.kills.iter().enumerate() {
            let follows = kill.node.map_or(String::new(), |n| format!(" with {}", n.word()));
            let words = format!("kill {}{follows}", kill.kind.word());
            root.below(&format!("kill[{}]", index + 1), &words).kill(kill);
        }
        for (index, toxicity) in self.toxicities.iter().enumerate() {
            let unit = if self.pk.is_some() { "ng/mL" } else { "" };
            root.below(&format!("toxicity[{}]", index + 1), &toxicity.title()).toxicity(toxicity, unit);
        }
        root.below("label", "after an adverse event").add("hold", &self.label.hold_days, "d");
        all
    }

    /// How sure its weakest number is; defaults of the file format do not count.
    pub fn weakest(&self) -> Confidence {
        let own = self.numbers().into_iter().filter(|e| !e.number.is_default());
        own.map(|e| e.number.confidence).max().unwrap_or(Confidence::A)
    }

    /// The letter of the weakest number, and how many numbers have which letter: `C (41 A, 5 B, 15 C)`.
    pub fn sureness(&self) -> String {
        let numbers = self.numbers();
        let of = |letter: Confidence| {
            numbers.iter().filter(|e| !e.number.is_default() && e.number.confidence == letter).count()
        };
        let counted = Confidence::ALL.iter().map(|letter| (of(*letter), letter.word()));
        let counts: Vec<String> =
            counted.filter(|(n, _)| *n > 0).map(|(n, letter)| format!("{n} {letter}")).collect();
        format!("{} ({})", self.weakest().word(), counts.join(", "))
    }

    /// Nodes, vessels, and how it kills, in words: `rtk, vessels`.
    pub fn acts_on(&self) -> String {
        let mut parts: Vec<&str> = self.targets.iter().map(|t| t.node.word()).collect();
        parts.extend(self.vascular.iter().map(|_| "vessels"));
        parts.extend(self.kills.iter().map(|k| k.kind.word()));
        if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
    }
}
