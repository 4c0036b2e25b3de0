//! Calendars of visits and scans.

use crate::scenario::declare::*;
use crate::scenario::error::Diagnostic;
use crate::scenario::model::Visits;

/// When the tumour is measured, counted from the start of the therapy.
#[derive(Debug, Section)]
#[section(path = "therapy.visits", given = in_order)]
struct CalendarKeys {
    /// Time between visits.
    #[key(default = "84 d", example = "56 d", form = SomeDays)]
    every: u32,
    /// The first visit; not together with `at`.
    #[key(derived = "`every`", example = "35 d", form = SomeDays)]
    first: Option<u32>,
    /// The first visits, where they are not regular; from the last one on `every` holds.
    #[key(absent = "regular visits", example = ["35 d", "63 d"], form = Days)]
    at: Option<Vec<At<u32>>>,
    /// Sum of the diameters at the start; progression then needs an increase of 5 mm, beside 20 %.
    #[key(
        absent = "progression is judged by its percentage alone", example = "110 mm",
        form = Millimetres,
    )]
    baseline_diameter: Option<f64>,
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

/// Visits stand in a file as keys that say the same in fewer words.
impl Section for Visits {
    const KEYS: &'static [Key] = CalendarKeys::KEYS;
    const SECTION: &'static Table = CalendarKeys::SECTION;

    fn read(reader: &Reader<'_>) -> Option<Visits> {
        let CalendarKeys { every, first, at, baseline_diameter } = CalendarKeys::read(reader)?;
        let baseline_mm = baseline_diameter.filter(|mm| *mm > 0.0);
        let Some(at) = at else {
            return Some(Visits { at: vec![first.unwrap_or(every)], every, baseline_mm });
        };
        let at: Vec<u32> = at.into_iter().map(|day| day.value).collect();
        let ascends = at.first().is_some_and(|first| *first > 0) && at.is_sorted_by(|a, b| a < b);
        ascends.then_some(Visits { at, every, baseline_mm })
    }

    fn write(&self, out: &mut Writer) {
        let (first, at) = match self.at[..] {
            [first] => (Some(first), None),
            _ => (None, Some(self.at.iter().map(|day| At::new(*day, 0..0)).collect())),
        };
        CalendarKeys { every: self.every, first, at, baseline_diameter: self.baseline_mm }.write(out);
    }

    fn numbers<'n>(&'n self, _: &Place, _: &mut Visit<'_, 'n>) {}

    fn numbers_mut<'n>(&'n mut self, _: &Place, _: &mut VisitMut<'_, 'n>) {}
}
