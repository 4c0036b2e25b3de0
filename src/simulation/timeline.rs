//! When the host has something to do: the steps at which pictures and clone counts are made.

use crate::scenario::Scenario;

/// The host's events of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    snapshots: Vec<u32>,
    clones: Vec<u32>,
    environment: Vec<u32>,
    all: Vec<u32>,
}

/// Which of the optional outputs an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A picture of the lattice.
    Snapshot,
    /// A count of clone sizes.
    Clones,
    /// Averages of the environment.
    Environment,
}

impl Timeline {
    /// The events of a scenario; its end is always one.
    pub fn new(scenario: &Scenario) -> Self {
        let output = &scenario.output;
        let (snapshots, clones) = (output.snapshots.clone(), output.clones.clone());
        let environment = output.environment.clone();
        let mut all: Vec<u32> = snapshots.iter().chain(&clones).chain(&environment).copied().collect();
        all.push(scenario.time.end);
        all.sort_unstable();
        all.dedup();
        Self { snapshots, clones, environment, all }
    }

    /// Last event, the scenario's end.
    pub fn end(&self) -> u32 {
        self.all.last().copied().unwrap_or(0)
    }

    /// Whether a step is an event.
    pub fn is_event(&self, step: u32) -> bool {
        self.all.binary_search(&step).is_ok()
    }

    /// First event after a step; the end if there is none.
    pub fn next_after(&self, step: u32) -> u32 {
        let at = self.all.partition_point(|s| *s <= step);
        self.all.get(at).copied().unwrap_or_else(|| self.end())
    }

    /// Whether an output of a lesion is due at the event `now`.
    ///
    /// A lesion that runs has its outputs at the times asked for. One that halted before the end has them once
    /// more for the step where it halted, at the first event from there on. Which events those are does
    /// not depend on how steps are grouped.
    pub fn is_due(&self, event: Event, now: u32, lesion_step: u32, halted: bool) -> bool {
        let schedule = match event {
            Event::Snapshot => &self.snapshots,
            Event::Clones => &self.clones,
            Event::Environment => &self.environment,
        };
        if schedule.is_empty() {
            return false;
        }
        let halted_early = halted && lesion_step < self.end();
        if lesion_step == now {
            return halted_early || schedule.binary_search(&now).is_ok();
        }
        let before = self.all[..self.all.partition_point(|s| *s < now)].last();
        halted_early && lesion_step < now && before.is_none_or(|b| *b < lesion_step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn timeline() -> Timeline {
        Timeline {
            snapshots: vec![0, 60, 70],
            clones: vec![0, 100],
            environment: Vec::new(),
            all: vec![0, 60, 70, 100, 120],
        }
    }

    #[test]
    fn events_follow_each_other() {
        let t = timeline();
        assert_eq!([0, 59, 60, 100, 120, 130].map(|s| t.next_after(s)), [60, 60, 70, 120, 120, 120]);
        assert!(t.is_event(70) && !t.is_event(71));
    }

    #[test]
    fn running_lesions_are_due_as_asked() {
        let t = timeline();
        assert!(t.is_due(Event::Snapshot, 60, 60, false));
        assert!(!t.is_due(Event::Clones, 60, 60, false));
        assert!(!t.is_due(Event::Snapshot, 120, 120, true), "an ordinary end is no early one");
    }

    #[test]
    fn a_halted_lesion_is_due_once_more() {
        let t = timeline();
        for halted_at in [0, 1, 60, 65, 70, 99, 100, 119] {
            for event in [Event::Snapshot, Event::Clones] {
                let own = t
                    .all
                    .iter()
                    .filter(|now| t.is_due(event, **now, halted_at.min(**now), halted_at <= **now));
                let of_the_end = own.filter(|now| **now >= halted_at).count();
                assert_eq!(of_the_end, 1, "halted at {halted_at}, {event:?}");
            }
        }
    }

    #[test]
    fn what_was_not_asked_for_is_never_due() {
        let t = Timeline { snapshots: vec![], ..timeline() };
        assert!(!t.is_due(Event::Snapshot, 70, 65, true));
    }
}
