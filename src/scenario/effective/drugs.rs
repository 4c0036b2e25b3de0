//! Drugs of the catalogue in the effective scenario: in full, with every default.

use super::{Writer, plain, quoted};
use crate::catalogue::{
    CellKill, Course, Drug, Exchange, KillKind, Label, Metabolite, Number, Pk, Shift, Target, Toxicity,
    Vascular,
};
use crate::scenario::keys;
use crate::scenario::table::{Kind, Section};
use crate::scenario::units::number_text;

/// Writes a drug as `[[catalogue.drug]]`.
pub(super) fn write(out: &mut Writer, drug: &Drug) {
    out.section(&keys::MEDICINE);
    out.text("name", &drug.name);
    out.texts("aliases", &drug.aliases);
    out.text("class", &drug.class);
    out.text("kind", drug.kind.word());
    out.text("description", &drug.description);
    out.texts("notes", &drug.notes);
    out.texts("routes", &drug.routes.iter().map(|r| r.word().to_owned()).collect::<Vec<_>>());
    out.maybe("molar_mass", &drug.molar_mass);
    out.maybe("units_per_mg", &drug.units_per_mg);
    out.sourced("delivery_exponent", &drug.delivery_exponent);
    out.maybe("discontinuation", &drug.discontinuation);
    out.below("pk", drug.pk.is_some());
    out.below("vascular", drug.vascular.is_some());
    if let Some(pk) = &drug.pk {
        write_pk(out, pk);
    }
    for target in &drug.targets {
        write_target(out, target);
    }
    if let Some(vascular) = &drug.vascular {
        write_vascular(out, vascular);
    }
    for kill in &drug.kills {
        write_kill(out, kill);
    }
    for toxicity in &drug.toxicities {
        write_toxicity(out, toxicity, drug.pk.is_some());
    }
    write_label(out, &drug.label);
}

impl Writer {
    fn texts(&mut self, name: &'static str, texts: &[String]) {
        let all: Vec<String> = texts.iter().map(|t| quoted(t)).collect();
        self.key(name, format!("[{}]", all.join(", ")));
    }

    /// A number with its spread and source, in the unit of its key.
    fn sourced(&mut self, name: &'static str, number: &Number) {
        let unit = match self.section.find(name).map(|k| &k.kind) {
            Some(Kind::Sourced(measure)) => measure.unit(),
            _ => "",
        };
        let value = if unit.is_empty() {
            plain(number.value)
        } else {
            quoted(&format!("{} {unit}", number_text(number.value)))
        };
        let cv = if number.cv == 0.0 { String::new() } else { format!(", cv = {}", plain(number.cv)) };
        let source = quoted(&number.source);
        let confidence = number.confidence.word();
        self.key(
            name,
            format!("{{ value = {value}{cv}, source = {source}, confidence = \"{confidence}\" }}"),
        );
    }

    fn maybe(&mut self, name: &'static str, number: &Option<Number>) {
        if let Some(number) = number {
            self.sourced(name, number);
        }
    }

    /// Says that a section below is written, if it is.
    fn below(&mut self, name: &'static str, present: bool) {
        if present {
            self.written.push(name);
        }
    }
}

fn write_pk(out: &mut Writer, pk: &Pk) {
    out.section(&keys::PK);
    out.text("matrix", &pk.matrix);
    out.sourced("clearance", &pk.clearance);
    out.sourced("volume", &pk.volume);
    out.sourced("bioavailability", &pk.bioavailability);
    out.sourced("occasion_cv", &pk.occasion_cv);
    out.sourced("unbound", &pk.unbound);
    out.maybe("hepatic_flow", &pk.hepatic_flow);
    out.maybe("infusion", &pk.infusion_h);
    out.maybe("residual_cv", &pk.residual_cv);
    out.maybe("residence", &pk.residence_h);
    out.below("exchange", pk.exchange.is_some());
    out.below("absorption", pk.absorption.is_some());
    out.below("recirculation", pk.recirculation.is_some());
    out.below("metabolite", pk.metabolite.is_some());
    out.below("allometry", pk.allometry.is_some());
    if let Some(exchange) = &pk.exchange {
        write_exchange(out, &keys::EXCHANGE, exchange);
    }
    if let Some(absorption) = &pk.absorption {
        out.section(&keys::ABSORPTION);
        out.sourced("rate", &absorption.rate);
        out.key("transit", absorption.transit.to_string());
        out.maybe("transit_time", &absorption.transit_time);
    }
    for release in &pk.release {
        out.section(&keys::RELEASE);
        out.sourced("fraction", &release.fraction);
        out.key("transit", release.transit.to_string());
        out.sourced("mean_time", &release.mean_time);
    }
    if let Some(recirculation) = &pk.recirculation {
        out.section(&keys::RECIRCULATION);
        out.sourced("fraction", &recirculation.fraction);
        out.sourced("rate", &recirculation.rate);
    }
    if let Some(metabolite) = &pk.metabolite {
        write_metabolite(out, metabolite);
    }
    for correlation in &pk.correlations {
        out.section(&keys::CORRELATION);
        out.text("first", &correlation.first);
        out.text("second", &correlation.second);
        out.number("value", correlation.value);
    }
    if let Some(allometry) = &pk.allometry {
        out.section(&keys::ALLOMETRY);
        out.unit("reference", allometry.reference_kg, "kg");
        out.sourced("clearance", &allometry.clearance);
        out.sourced("volume", &allometry.volume);
        out.key("peripheral", allometry.peripheral.to_string());
    }
}

fn write_exchange(out: &mut Writer, section: &'static Section, exchange: &Exchange) {
    out.section(section);
    out.sourced("clearance", &exchange.clearance);
    out.sourced("volume", &exchange.volume);
}

fn write_metabolite(out: &mut Writer, metabolite: &Metabolite) {
    out.section(&keys::METABOLITE);
    out.text("name", &metabolite.name);
    out.sourced("fraction", &metabolite.fraction);
    out.sourced("clearance", &metabolite.clearance);
    out.sourced("volume", &metabolite.volume);
    out.sourced("unbound", &metabolite.unbound);
    out.sourced("molar_mass", &metabolite.molar_mass);
    out.below("exchange", metabolite.exchange.is_some());
    if let Some(exchange) = &metabolite.exchange {
        write_exchange(out, &keys::METABOLITE_EXCHANGE, exchange);
    }
}

fn write_target(out: &mut Writer, target: &Target) {
    out.section(&keys::TARGET);
    out.text("node", target.node.word());
    out.text("analyte", target.analyte.word());
    out.sourced("ec50", &target.ec50);
    out.sourced("hill", &target.hill);
    out.sourced("maximum", &target.maximum);
    write_shifts(out, &keys::TARGET_SHIFT, &target.shifts);
}

fn write_shifts(out: &mut Writer, section: &'static Section, shifts: &[Shift]) {
    for shift in shifts {
        out.section(section);
        out.text("states", &shift.states);
        if let Some(context) = &shift.tsc_context {
            out.text("tsc_context", context);
        }
        out.sourced("ec50", &shift.ec50);
        out.sourced("maximum", &shift.maximum);
    }
}

fn write_vascular(out: &mut Writer, vascular: &Vascular) {
    out.section(&keys::VASCULAR);
    out.text("analyte", vascular.analyte.word());
    out.sourced("ec50", &vascular.ec50);
    out.sourced("hill", &vascular.hill);
    out.sourced("maximum", &vascular.maximum);
    out.sourced("trap", &vascular.trap);
    out.sourced("formation", &vascular.formation);
    out.sourced("flow", &vascular.flow);
    out.sourced("pruning", &vascular.pruning);
}

fn write_kill(out: &mut Writer, kill: &CellKill) {
    out.section(&keys::KILL);
    out.text("kind", kill.kind.word());
    if let Some(node) = kill.node {
        out.text("node", node.word());
    }
    let strength = match kill.kind {
        KillKind::Death => "rate",
        KillKind::Radiation => "dose",
        KillKind::AtDivision | KillKind::Removal | KillKind::Ablation => "probability",
    };
    out.sourced(strength, &kill.strength);
    out.maybe("ec50", &kill.ec50);
    out.maybe("mgmt", &kill.mgmt);
    out.maybe("alpha", &kill.alpha);
    out.maybe("alpha_beta", &kill.alpha_beta);
    out.maybe("repair", &kill.repair_h);
    out.maybe("half_life", &kill.half_life_h);
    out.maybe("fall_per_cycle", &kill.fall_per_cycle);
    out.below("fall_per_cycle", kill.kind != KillKind::Radiation);
    write_shifts(out, &keys::KILL_SHIFT, &kill.shifts);
}

fn write_toxicity(out: &mut Writer, toxicity: &Toxicity, with_pk: bool) {
    out.section(&keys::TOXICITY);
    out.text("event", &toxicity.event);
    out.text("organ", toxicity.organ.word());
    out.sourced("any_grade", &toxicity.any_grade);
    out.sourced("grade_3_4", &toxicity.grade_3_4);
    out.sourced("beta", &toxicity.beta);
    let reference = if with_pk { "reference" } else { "reference_dose" };
    out.below(if with_pk { "reference_dose" } else { "reference" }, true);
    if !toxicity.reference.is_default() {
        out.sourced(reference, &toxicity.reference);
    }
    match toxicity.course {
        Course::Constant => out.text("course", "constant"),
        Course::Weibull { shape } => {
            out.text("course", "weibull");
            out.number("shape", shape);
        }
        Course::Early { weeks, share } => {
            out.text("course", "early");
            out.unit("early", weeks, "wk");
            out.number("early_share", share);
        }
    }
}

fn write_label(out: &mut Writer, label: &Label) {
    out.section(&keys::LABEL);
    out.text("regimen", &label.regimen);
    out.texts("reductions", &label.reductions);
    if let Some(maximum) = &label.maximum {
        out.unit("maximum", maximum.amount, maximum.unit.word());
    }
    out.sourced("hold", &label.hold_days);
    out.key("stop_after", label.stop_after.to_string());
    out.text("source", &label.source);
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::catalogue::Confidence;
    use crate::scenario::{Catalogue, Style, effective_toml, parse};

    const PLAIN: &str = "name = 'x'\ntime = { end = '10 d' }\nlattice = { size = [64, 64] }\n\
        start = { shape = 'single' }\nrates = { birth = '0.1 /d', death = '0.1 /d' }\n";

    // The effective scenario is complete by itself: every drug of the catalogue, bit for bit.
    #[test]
    fn every_drug_of_the_catalogue_reads_back() {
        let mut scenario = parse(PLAIN, "x.toml", Path::new("")).unwrap().scenario;
        assert!(!effective_toml(&scenario).contains("[[catalogue"));
        scenario.catalogue = Catalogue::embedded().drugs().to_vec();
        let text = effective_toml(&scenario);
        let again = parse(&text, "effective.toml", Path::new(""));
        let again = again.unwrap_or_else(|e| panic!("{}", e.render(Style::Plain)));
        assert_eq!(again.warnings, []);
        assert_eq!(again.scenario, scenario);
        assert_eq!(effective_toml(&again.scenario), text);
    }

    #[test]
    fn odd_numbers_read_back() {
        let mut scenario = parse(PLAIN, "x.toml", Path::new("")).unwrap().scenario;
        let mut drug = Catalogue::embedded().find("sunitinib").unwrap().clone();
        drug.name = "odd".into();
        drug.aliases.clear();
        let pk = drug.pk.as_mut().unwrap();
        pk.clearance.value = 0.1 + 0.2;
        pk.clearance.source = "a \"quote\" and\na line".into();
        pk.clearance.confidence = Confidence::B;
        pk.absorption.as_mut().unwrap().rate.value = 1.0 / 3.0;
        drug.label.hold_days.value = 1e-7;
        scenario.catalogue = vec![drug];
        let again = parse(&effective_toml(&scenario), "effective.toml", Path::new("")).unwrap();
        assert_eq!(again.scenario, scenario);
    }
}
