//! Calendars of visits and scans.

use crate::scenario::declare::*;
use crate::scenario::error::Diagnostic;
use crate::scenario::model::Visits;

/// When the tumour is measured, counted from the start of the therapy.
#[derive(Debug, Section)]
#[section(path = "therapy.visits", given = in_order)]
pub(crate) struct CalendarKeys {
    /// Time between visits.
    #[key(default = "84 d", example = "56 d", form = SomeDays)]
    pub(crate) every: u32,
    /// The first visit; not together with `at`.
    #[key(derived = "`every`", example = "35 d", form = SomeDays)]
    pub(crate) first: Option<u32>,
    /// The first visits, where they are not regular; from the last one on `every` holds.
    #[key(absent = "regular visits", example = ["35 d", "63 d"], form = Days)]
    pub(crate) at: Option<Vec<At<u32>>>,
    /// Sum of the diameters at the start; progression then needs an increase of 5 mm, beside 20 %.
    #[key(
        absent = "progression is judged by its percentage alone", example = "110 mm",
        form = Millimetres,
    )]
    pub(crate) baseline_diameter: Option<f64>,
}

fn in_order(reader: &Reader<'_>) {
    reader.exclusive("first", "at", "remove `first`: the first of `at` is the first visit");
    let Some(at) = reader.peek::<Days, Vec<At<u32>>>("at") else { return };
    if at.is_empty() {
        let help = "leave `at` out if the visits are regular";
        reader.refuse("at", "`at` is empty", "expected at least one time", help);
    }
    let before = std::iter::once(0).chain(at.iter().map(|day| day.value));
    if let Some((_, day)) = before.zip(&at).find(|(before, day)| day.value <= *before) {
        Diagnostic::error(day.span.clone(), "visits out of order")
            .label("expected a time after the visit before it, and after the start")
            .help("list the visits in the order of time, each once")
            .report(reader.cx);
    }
}

impl CalendarKeys {
    /// The keys of a calendar: days of the first visits, and days between later ones.
    pub fn of(at: &[u32], every: u32, baseline_diameter: Option<f64>) -> CalendarKeys {
        let (first, at) = match at {
            [first] => (Some(*first), None),
            _ => (None, Some(at.iter().map(|day| At::new(*day, 0..0)).collect())),
        };
        CalendarKeys { every, first, at, baseline_diameter }
    }

    /// Visits of a plan.
    pub fn visits(self) -> Option<Visits> {
        let baseline_mm = self.baseline_diameter.filter(|mm| *mm > 0.0);
        let (at, every) = self.scans()?;
        Some(Visits { at, every, baseline_mm })
    }

    /// Days of the first visits, and days between later ones; `None` if they are not in order.
    pub fn scans(self) -> Option<(Vec<u32>, u32)> {
        let Some(at) = self.at else { return Some((vec![self.first.unwrap_or(self.every)], self.every)) };
        let at: Vec<u32> = at.into_iter().map(|day| day.value).collect();
        let ascends = at.first().is_some_and(|first| *first > 0) && at.is_sorted_by(|a, b| a < b);
        ascends.then_some((at, self.every))
    }
}
