//! Doses that follow troughs: samples are taken and acted on in the morning, after holds that are over and before doses.

use super::{DrugDay, Status, TreatmentCourse};
use crate::therapy::pk::drug_key;
use crate::therapy::record::Action;
use crate::therapy::troughs::{DoseChoice, TroughDecision, TroughSample, choose, measured, trough};
use crate::tissue::random::StreamKey;

impl TreatmentCourse {
    /// Takes samples that are due, and acts on those whose result is there.
    pub(super) fn follow_troughs(&mut self) -> Vec<Action> {
        let mut actions = Vec::new();
        for drug in 0..self.drugs.len() {
            actions.extend(self.sample(drug));
            actions.extend(self.adjust(drug));
        }
        actions
    }

    /// Where a drug is given today, if its doses are.
    fn given_today(&self, drug: usize) -> Option<usize> {
        let (dosing, paused) = (&self.drugs[drug].dosing, self.progress.paused);
        self.active.iter().position(|a| a.drug == drug && a.status(self.day, dosing, paused) == Status::On)
    }

    /// Takes a sample before today's first dose.
    fn sample(&mut self, drug: usize) -> Option<Action> {
        let rule = self.protocol.monitoring(drug)?;
        let state = &self.drugs[drug];
        let active = &self.active[self.given_today(drug)?];
        if !state.watch.is_due(self.day, rule) || active.due(self.day).next().is_none() {
            return None;
        }
        let entry = &self.protocol.drugs()[drug];
        let key = StreamKey { seed: self.patient.seed, patient: self.patient.id };
        let cv = rule.cv.unwrap_or_else(|| entry.measurement_cv());
        let level = trough(&state.exposure, rule.analyte);
        let level = measured(key, drug_key(&entry.name), self.day, cv, level);
        let share = active.slot.share(state.dosing.dose());
        let TroughSample { due, .. } = self.drugs[drug].watch.take(self.day, rule, level, share);
        Some(Action::Trough { drug, measured: level, until: due })
    }

    /// Acts on a sample whose result is there.
    fn adjust(&mut self, drug: usize) -> Option<Action> {
        let sample = self.drugs[drug].watch.waiting.take_if(|sample| sample.due <= self.day)?;
        let Some(at) = self.given_today(drug) else {
            return Some(Action::Adjust { drug, relative_dose: 0.0, reason: TroughDecision::NotGiven });
        };
        let rule = self.protocol.monitoring(drug)?;
        let (slot, dosing) = (&self.active[at].slot, &mut self.drugs[drug].dosing);
        let held_down = dosing.is_reduced && !rule.raise_after_toxicity;
        let largest = if held_down { slot.share((dosing.step, None)) } else { f64::INFINITY };
        let levels: Vec<f64> = slot.levels.iter().map(|level| level.share).collect();
        let doses = DoseChoice { levels: &levels, current: slot.share(dosing.dose()), largest };
        let (level, reason) = choose(rule, &sample, &doses);
        dosing.level = level.or(dosing.level);
        let dose = dosing.dose();
        let relative_dose = slot.share(dose);
        if level.is_some() {
            self.active.iter_mut().filter(|a| a.drug == drug).for_each(|a| a.resume(self.day, dose));
        }
        Some(Action::Adjust { drug, relative_dose, reason })
    }

    /// Takes what was given today.
    pub(super) fn watch_doses(&mut self, drugs: &[DrugDay]) {
        for (state, today) in self.drugs.iter_mut().zip(drugs) {
            let given = today.status == Status::On && today.covered;
            state.watch.pass(self.day, given, state.dosing.dose());
        }
    }
}
