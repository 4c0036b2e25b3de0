//! How many steps are taken between two looks at the world.

use std::time::Duration;

/// Below this a chunk is made longer.
const SHORT: Duration = Duration::from_millis(100);
/// Above this it is made shorter.
const LONG: Duration = Duration::from_millis(400);
/// Longest chunk in steps.
const MAX: u32 = 1 << 16;

/// The pace of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    fixed: bool,
    steps: u32,
}

impl Pace {
    /// Chunks of this many steps, or of as many as take a fraction of a second.
    pub fn new(fixed: Option<u32>) -> Self {
        Self { fixed: fixed.is_some(), steps: fixed.unwrap_or(1).max(1) }
    }

    /// Where the next chunk ends: at the event at the latest.
    pub fn until(&self, step: u32, event: u32) -> u32 {
        step.saturating_add(self.steps).min(event)
    }

    /// Learns how long a chunk took.
    pub fn took(&mut self, time: Duration, steps: u32) {
        if self.fixed {
        } else if time > LONG {
            self.steps = (self.steps / 2).max(1);
        } else if time < SHORT && steps >= self.steps {
            self.steps = (self.steps * 2).min(MAX);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_grow_and_shrink_with_the_time_that_they_take() {
        let mut pace = Pace::new(None);
        for _ in 0..3 {
            pace.took(Duration::from_millis(1), pace.steps);
        }
        assert_eq!(pace.until(10, 100), 18);
        assert_eq!(pace.until(10, 12), 12);
        pace.took(Duration::from_secs(1), 8);
        assert_eq!(pace.until(0, 100), 4);
        pace.took(Duration::from_millis(1), 2);
        assert_eq!(pace.until(0, 100), 4, "a chunk cut short by an event says nothing");
    }

    #[test]
    fn a_fixed_pace_stays() {
        let mut pace = Pace::new(Some(7));
        pace.took(Duration::from_secs(9), 7);
        assert_eq!(pace.until(0, 100), 7);
    }
}
