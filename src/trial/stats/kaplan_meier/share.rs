//! The share without an event at a time, with an interval whatever it is.

use super::KaplanMeier;
use crate::trial::stats::{Interval, Proportion, Undefined, proportion};

impl KaplanMeier {
    /// The share without an event at a time, with the interval of the curve; where all or none are free, the exact interval of
    /// [`proportion`] over those of whom it is known.
    ///
    /// # Errors
    ///
    /// [`Undefined::BeyondFollowUp`] where nobody was followed so long and the share is not 0.
    pub fn free_at(&self, time: f64) -> Result<(f64, Interval), Undefined> {
        let at = self.at(time);
        if at.beyond {
            return Err(Undefined::BeyondFollowUp { time, last: self.last() });
        }
        if let Some(interval) = at.interval {
            return Ok((at.survival, interval));
        }
        let free = if at.survival > 0.5 { at.at_risk } else { 0 };
        let had: usize = self.rows.iter().take_while(|row| row.time <= time).map(|row| row.events).sum();
        let Proportion { estimate, interval, .. } = proportion(free as u64, (free + had) as u64)?;
        Ok((estimate, interval))
    }
}
