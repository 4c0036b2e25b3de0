//! The rules of the label: what an adverse event does to a drug's dose.
//!
//! | grade | what is done |
//! |---|---|
//! | 1, tolerated 2 | nothing |
//! | 2, not tolerated | held until recovery, then the same dose; the second time, or in the lung, a step lower |
//! | 3 | held until recovery, then a step lower; stopped if the label's number of grade 3 events in one organ class is reached, or by decision |
//! | 4 | stopped; blood counts: held until recovery, then a step lower |
//!
//! A drug that shares the organ class and is there is held too, at its dose. A disease-related event is recorded and changes no
//! dose. No recovery within the longest hold stops a drug, and so does a reduction below the last step.

use std::collections::BTreeMap;

use super::record::{Action, StopReason};
use super::toxicity::AdverseEvent;
use crate::catalogue::Organ;

/// A hold of a drug.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Hold {
    since: u32,
    until: u32,
    reduce: bool,
}

/// Where a drug stands with one patient.
#[derive(Debug, Clone, Default)]
pub(super) struct Dosing {
    /// Dose step: 0 for the full dose.
    pub step: usize,
    /// Level that a trough has led to, in place of the step's dose.
    pub level: Option<usize>,
    /// Whether adverse events have reduced the dose.
    pub is_reduced: bool,
    hold: Option<Hold>,
    pub stopped: Option<(u32, StopReason)>,
    severe: BTreeMap<Organ, u32>,
    intolerable: BTreeMap<String, u32>,
}

/// What a drug's rules need to know of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    /// Number of the drug.
    pub drug: usize,
    /// Grade 3 events of one organ class at which it is stopped; 0 for never.
    pub stop_after: u32,
    /// Longest hold, d.
    pub longest_hold: u32,
    /// Whether adverse events stop it. If not, it is held until recovery and goes on a step lower, or at the last one.
    pub stops: bool,
}

/// What an event asks for.
enum DoseAction {
    Nothing,
    Hold { reduce: bool },
    Stop(StopReason),
}

impl Dosing {
    /// The dose step, and the level that takes its place.
    pub fn dose(&self) -> (usize, Option<usize>) {
        (self.step, self.level)
    }

    /// Whether the drug may be given.
    pub fn allowed(&self) -> bool {
        self.hold.is_none() && self.stopped.is_none()
    }

    /// Reacts to an event on its day; what is asked for holds from the next day on.
    pub fn react(&mut self, event: &AdverseEvent, rules: &Rules) -> Option<Action> {
        if self.stopped.is_some() {
            return None;
        }
        let own = event.drug == Some(rules.drug);
        let asked = match event.drug {
            Some(_) if own => self.own_event(event, rules),
            Some(_) if event.partners.contains(&rules.drug) && calls_for_hold(event) => {
                DoseAction::Hold { reduce: false }
            }
            _ => DoseAction::Nothing,
        };
        match asked {
            DoseAction::Nothing => None,
            DoseAction::Stop(_) if !rules.stops => self.hold(event, rules, true),
            DoseAction::Stop(reason) => Some(self.stop(event.day, rules, reason)),
            DoseAction::Hold { reduce } => self.hold(event, rules, reduce),
        }
    }

    fn own_event(&mut self, event: &AdverseEvent, rules: &Rules) -> DoseAction {
        let organ = event.organ.unwrap_or(Organ::General);
        match event.grade {
            4 if organ != Organ::Blood => DoseAction::Stop(StopReason::Grade4),
            4 => DoseAction::Hold { reduce: true },
            3 => {
                let count = self.severe.entry(organ).or_default();
                *count += 1;
                if rules.stop_after > 0 && *count >= rules.stop_after {
                    DoseAction::Stop(StopReason::Recurrent)
                } else if event.decisive {
                    DoseAction::Stop(StopReason::NotRestarted)
                } else {
                    DoseAction::Hold { reduce: true }
                }
            }
            2 if event.decisive => {
                let count = self.intolerable.entry(event.event.clone()).or_default();
                *count += 1;
                DoseAction::Hold { reduce: *count > 1 || organ == Organ::Lung }
            }
            _ => DoseAction::Nothing,
        }
    }

    fn stop(&mut self, day: u32, rules: &Rules, reason: StopReason) -> Action {
        self.stopped = Some((day, reason));
        self.hold = None;
        Action::Stop { drug: rules.drug, reason }
    }

    /// Holds the drug from the next day on; a hold that lasts is made longer, and reduces once.
    fn hold(&mut self, event: &AdverseEvent, rules: &Rules, reduce: bool) -> Option<Action> {
        let before = self.hold.unwrap_or(Hold { since: event.day + 1, until: 0, reduce: false });
        let until = before.until.max(event.recovered);
        self.hold = Some(Hold { until, reduce: before.reduce || reduce, ..before });
        (until > before.until).then_some(Action::Hold { drug: rules.drug, until })
    }

    /// What happens on the morning of a day: a hold that is over, or has lasted too long. `lower` is the step to which a reduction
    /// leads, if there is one.
    pub fn morning(&mut self, day: u32, lower: Option<usize>, rules: &Rules) -> Option<Action> {
        let hold = self.hold?;
        if day >= hold.until {
            self.hold = None;
            if !hold.reduce {
                return Some(Action::Resume { drug: rules.drug, step: self.step, reduced: false });
            }
            let Some(lower) = lower else {
                if rules.stops {
                    return Some(self.stop(day, rules, StopReason::BelowLastStep));
                }
                return Some(Action::Resume { drug: rules.drug, step: self.step, reduced: false });
            };
            (self.step, self.level, self.is_reduced) = (lower, None, true);
            return Some(Action::Resume { drug: rules.drug, step: self.step, reduced: true });
        }
        (rules.stops && day - hold.since >= rules.longest_hold)
            .then(|| self.stop(day, rules, StopReason::NoRecovery))
    }
}

fn calls_for_hold(event: &AdverseEvent) -> bool {
    event.grade >= 3 || (event.grade == 2 && event.decisive)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules = Rules { drug: 0, stop_after: 2, longest_hold: 28, stops: true };

    fn event(day: u32, organ: Organ, grade: u8, decisive: bool) -> AdverseEvent {
        AdverseEvent {
            day,
            event: format!("{organ:?}"),
            organ: Some(organ),
            drug: Some(0),
            partners: vec![1],
            grade,
            recovered: day + 11,
            decisive,
        }
    }

    /// Reacts to an event and lives on until the drug is given again or stopped; the day and what happened then.
    fn live(dosing: &mut Dosing, event: &AdverseEvent, rules: &Rules) -> Option<(u32, Action)> {
        let at_once = dosing.react(event, rules);
        if dosing.stopped.is_some() || dosing.allowed() {
            return at_once.map(|a| (event.day, a));
        }
        let lower = |dosing: &Dosing| (dosing.step < 2).then_some(dosing.step + 1);
        (event.day + 1..).find_map(|day| dosing.morning(day, lower(dosing), rules).map(|a| (day, a)))
    }

    fn resume(step: usize, reduced: bool) -> Action {
        Action::Resume { drug: 0, step, reduced }
    }

    #[test]
    fn grade_1_and_tolerated_grade_2_change_nothing() {
        let mut dosing = Dosing::default();
        assert_eq!(live(&mut dosing, &event(5, Organ::Mucosa, 1, true), &RULES), None);
        assert_eq!(live(&mut dosing, &event(5, Organ::Mucosa, 2, false), &RULES), None);
        assert!(dosing.allowed());
    }

    // Label: grade 2 not tolerated, same dose; recurrence, lower dose. Pneumonitis: lower at once.
    #[test]
    fn grade_2_that_is_not_tolerated_is_held() {
        let mut dosing = Dosing::default();
        assert_eq!(
            live(&mut dosing, &event(5, Organ::Mucosa, 2, true), &RULES),
            Some((16, resume(0, false)))
        );
        assert_eq!(
            live(&mut dosing, &event(30, Organ::Mucosa, 2, true), &RULES),
            Some((41, resume(1, true)))
        );
        let mut dosing = Dosing::default();
        assert_eq!(live(&mut dosing, &event(5, Organ::Lung, 2, true), &RULES), Some((16, resume(1, true))));
    }

    #[test]
    fn grade_3_is_held_and_reduced_and_the_second_of_an_organ_stops() {
        let mut dosing = Dosing::default();
        assert_eq!(live(&mut dosing, &event(5, Organ::Lung, 3, false), &RULES), Some((16, resume(1, true))));
        assert_eq!(live(&mut dosing, &event(30, Organ::Gut, 3, false), &RULES), Some((41, resume(2, true))));
        let second = Action::Stop { drug: 0, reason: StopReason::Recurrent };
        assert_eq!(live(&mut dosing.clone(), &event(50, Organ::Lung, 3, false), &RULES), Some((50, second)));
        let below = Action::Stop { drug: 0, reason: StopReason::BelowLastStep };
        assert_eq!(live(&mut dosing, &event(50, Organ::Skin, 3, false), &RULES), Some((61, below)));
        let mut dosing = Dosing::default();
        let decided = Action::Stop { drug: 0, reason: StopReason::NotRestarted };
        assert_eq!(live(&mut dosing, &event(5, Organ::Gut, 3, true), &RULES), Some((5, decided)));
    }

    #[test]
    fn grade_4_stops_but_not_of_the_blood() {
        let stop = Action::Stop { drug: 0, reason: StopReason::Grade4 };
        assert_eq!(live(&mut Dosing::default(), &event(5, Organ::Gut, 4, false), &RULES), Some((5, stop)));
        let held = live(&mut Dosing::default(), &event(5, Organ::Blood, 4, false), &RULES);
        assert_eq!(held, Some((16, resume(1, true))));
    }

    #[test]
    fn a_hold_that_lasts_too_long_stops() {
        let long = AdverseEvent { recovered: 80, ..event(5, Organ::Gut, 3, false) };
        let stop = Action::Stop { drug: 0, reason: StopReason::NoRecovery };
        assert_eq!(live(&mut Dosing::default(), &long, &RULES), Some((34, stop)));
    }

    // The estimand `hypothetical`: what would stop the drug holds it until recovery, however long, and lowers its dose to the last step.
    #[test]
    fn where_nothing_stops_a_drug_it_is_held_and_lowered() {
        let rules = Rules { stops: false, ..RULES };
        let mut dosing = Dosing::default();
        assert_eq!(live(&mut dosing, &event(5, Organ::Gut, 4, false), &rules), Some((16, resume(1, true))));
        let long = AdverseEvent { recovered: 90, ..event(20, Organ::Gut, 3, true) };
        assert_eq!(live(&mut dosing, &long, &rules), Some((90, resume(2, true))));
        let last = live(&mut dosing, &event(100, Organ::Gut, 4, false), &rules);
        assert_eq!(last, Some((111, resume(2, false))), "the last step");
        assert!(dosing.stopped.is_none());
    }

    #[test]
    fn two_events_in_one_hold_reduce_once() {
        let mut dosing = Dosing::default();
        dosing.react(&event(5, Organ::Gut, 3, false), &RULES);
        assert_eq!(live(&mut dosing, &event(9, Organ::Skin, 3, false), &RULES), Some((20, resume(1, true))));
    }

    #[test]
    fn partners_hold_at_the_same_dose() {
        let partner = Rules { drug: 1, ..RULES };
        let stranger = Rules { drug: 2, ..RULES };
        let severe = event(5, Organ::Gut, 3, false);
        let held = live(&mut Dosing::default(), &severe, &partner);
        assert_eq!(held, Some((16, Action::Resume { drug: 1, step: 0, reduced: false })));
        assert_eq!(live(&mut Dosing::default(), &severe, &stranger), None);
    }

    // What the disease does says nothing of a drug: it is never a reason to hold, reduce or stop one.
    #[test]
    fn disease_related_events_change_no_dose() {
        for (grade, decisive) in [(2, true), (3, false), (3, true), (4, false), (4, true)] {
            let own = event(5, Organ::Gut, grade, decisive);
            let disease = AdverseEvent { drug: None, organ: None, partners: Vec::new(), ..own };
            let mut dosing = Dosing::default();
            assert_eq!(dosing.react(&disease, &RULES), None);
            assert!(dosing.allowed() && dosing.stopped.is_none());
        }
    }
}
