//! A course of one drug in one patient, day by day.

use serde::Serialize;

use super::PkError;
use super::individual::{PkBody, PkIndividual, PkModel};
use super::propagator::{CompartmentAmounts, DAY};

/// Concentration over a day, ng/mL of the measured matrix.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct ConcentrationLevel {
    /// Average over the day, exact.
    pub average: f64,
    /// Largest value at a whole minute: looked for every 15 minutes after the day's start, every dose and every end of
    /// an infusion, then minute by minute around the largest. At the moment of an injection it is just after it.
    pub peak: f64,
    /// Value at the end of the day: just before a dose at hour 0 of the next one, which is where doses usually are.
    pub trough: f64,
}

/// Exposure of one day.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct DayExposure {
    /// The drug itself.
    pub parent: ConcentrationLevel,
    /// Its active metabolite, if it has one.
    pub metabolite: Option<ConcentrationLevel>,
    /// Unbound concentration of the drug at its site of action, average over the day, nM; 0 without a molar mass.
    pub site_parent_nm: f64,
    /// The same of the metabolite; 0 without one.
    pub site_metabolite_nm: f64,
    /// Drug and metabolite together as they last at their site of action, average over the day, ng/mL of the measured
    /// matrix.
    pub site_average: f64,
}

/// Concentrations at one moment, ng/mL of the measured matrix.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Concentrations {
    /// The drug itself.
    pub parent: f64,
    /// Its active metabolite, if it has one.
    pub metabolite: Option<f64>,
}

/// A course of one drug in one patient. Days are of 24 h; day 0 begins without any drug in the body.
///
/// ```
/// # use evotor::therapy::pk::{DrugCourse, PkIndividual};
/// # fn show(individual: PkIndividual) -> Result<(), evotor::therapy::pk::PkError> {
/// let mut course = DrugCourse::new(individual);
/// for day in 0..28 {
///     course.give(day, 0.0, 10.0)?; // 10 mg at hour 0; a missed dose is simply not given
///     let exposure = course.advance_day();
///     println!("{day}: {:.1} ng/mL on average", exposure.parent.average);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct DrugCourse {
    individual: PkIndividual,
    day: u32,
    /// Doses of the current day by minute, in the order in which they were given within one.
    doses: Vec<PkDose>,
    amounts: Option<CompartmentAmounts>,
    infusions: Vec<Infusion>,
}

/// Which way a dose goes into the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// That of the drug's data: the depot, the absorption or the infusion that it has.
    Usual,
    /// Into a vessel: the whole dose at once into the central compartment, past depot, absorption and first pass. An
    /// infusion stays one.
    Vein,
}

/// A dose of the current day.
#[derive(Debug, Clone, Copy, PartialEq)]
struct PkDose {
    minute: u32,
    amount: f64,
    way: Way,
}

/// A running infusion.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Infusion {
    /// Minutes from the start of the current day to its end: any length that a file may give has room in it.
    end: u64,
    /// mg/h.
    rate: f64,
}

impl DrugCourse {
    /// A course that begins on day 0 without any drug in the body.
    pub fn new(individual: PkIndividual) -> Self {
        let amounts = match &individual.model {
            PkModel::Compartments(body) => Some(body.steps.start()),
            PkModel::Bath => None,
        };
        Self { individual, day: 0, doses: Vec::new(), amounts, infusions: Vec::new() }
    }

    /// The patient's parameters.
    pub fn individual(&self) -> &PkIndividual {
        &self.individual
    }

    /// The current day: doses are for it, [`advance_day`](Self::advance_day) ends it.
    pub fn day(&self) -> u32 {
        self.day
    }

    /// Gives a dose at an hour (0 or more, less than 24; taken to the minute) of the current day. Doses of a day may
    /// come in any order; missed and held doses are simply not given. A bath takes nM for `amount_mg`, of which the
    /// last one given holds all day.
    ///
    /// # Errors
    /// Another day than the current one, an hour that is none, or an amount below 0.
    pub fn give(&mut self, day: u32, hour: f64, amount_mg: f64) -> Result<(), PkError> {
        self.give_by(Way::Usual, day, hour, amount_mg)
    }

    /// As [`give`](Self::give), by one of the ways into the body.
    ///
    /// # Errors
    /// As for [`give`](Self::give).
    pub fn give_by(&mut self, way: Way, day: u32, hour: f64, amount_mg: f64) -> Result<(), PkError> {
        if day != self.day {
            return Err(PkError::Day { day, current: self.day });
        }
        if !(0.0..24.0).contains(&hour) {
            return Err(PkError::Hour { hour });
        }
        if !(amount_mg >= 0.0 && amount_mg.is_finite()) {
            return Err(PkError::Amount { amount: amount_mg });
        }
        let minute = minute_of(hour).min(DAY - 1);
        let place = self.doses.partition_point(|dose| dose.minute <= minute);
        self.doses.insert(place, PkDose { minute, amount: amount_mg, way });
        Ok(())
    }

    /// Ends the current day.
    pub fn advance_day(&mut self) -> DayExposure {
        let exposure = match (&self.individual.model, &mut self.amounts) {
            (PkModel::Compartments(body), Some(amounts)) => {
                let factor = self.individual.bioavailability(self.day);
                let mut peaks = [0.0; 2];
                let mut run =
                    DoseRun { body, amounts, infusions: &mut self.infusions, peaks: Some(&mut peaks) };
                run.until(&self.doses, factor, DAY);
                let exposure = exposure(&self.individual, body, amounts, peaks);
                body.steps.new_day(amounts);
                exposure
            }
            _ => bath(&self.individual, &self.doses),
        };
        self.infusions.iter_mut().for_each(|infusion| infusion.end -= u64::from(DAY));
        self.doses.clear();
        self.day += 1;
        exposure
    }

    /// Amount of drug and metabolite in the body and its depots at the start of the current day, mg. What waits to be
    /// infused is not counted.
    pub fn in_body(&self) -> f64 {
        let (PkModel::Compartments(body), Some(amounts)) = (&self.individual.model, &self.amounts) else {
            return 0.0;
        };
        let system = &body.steps.system;
        let counted = |state: &usize| !system.is_site(*state) && Some(*state) != system.drip;
        (0..amounts.now.len()).filter(counted).map(|state| amounts.now[state]).sum()
    }

    /// Concentrations at an hour (0 to 24) of the current day under the doses given so far, just before a dose at
    /// that very minute.
    pub fn concentration(&self, hour: f64) -> Concentrations {
        let (PkModel::Compartments(body), Some(amounts)) = (&self.individual.model, &self.amounts) else {
            return Concentrations {
                parent: bath(&self.individual, &self.doses).parent.average,
                metabolite: None,
            };
        };
        let mut amounts = amounts.clone();
        let factor = self.individual.bioavailability(self.day);
        let mut infusions = self.infusions.clone();
        let mut run = DoseRun { body, amounts: &mut amounts, infusions: &mut infusions, peaks: None };
        run.until(&self.doses, factor, minute_of(hour.clamp(0.0, 24.0)));
        let system = &body.steps.system;
        Concentrations {
            parent: amounts.now[system.parent] * per_parent(body),
            metabolite: system.metabolite.map(|state| amounts.now[state] * per_metabolite(body)),
        }
    }
}

/// An hour of a day to the minute.
fn minute_of(hour: f64) -> u32 {
    (hour * 60.0 + 0.5) as u32
}

/// A length of time in minutes; beyond all bounds the largest number.
fn minutes_of(hours: f64) -> u64 {
    (hours * 60.0 + 0.5) as u64
}

/// ng/mL per mg in the central compartment.
fn per_parent(body: &PkBody) -> f64 {
    1000.0 / body.pk.volume.value
}

/// ng/mL per mg in the metabolite's central compartment.
fn per_metabolite(body: &PkBody) -> f64 {
    body.pk.metabolite.as_ref().map_or(0.0, |m| 1000.0 / m.volume.value)
}

/// A part of a day being computed.
struct DoseRun<'a> {
    body: &'a PkBody,
    amounts: &'a mut CompartmentAmounts,
    infusions: &'a mut Vec<Infusion>,
    peaks: Option<&'a mut [f64; 2]>,
}

impl DoseRun<'_> {
    /// From the start of the day to a minute of it, from dose to dose and from one end of an infusion to the next.
    fn until(&mut self, doses: &[PkDose], factor: f64, end: u32) {
        let mut doses = doses.iter().peekable();
        let mut now = 0;
        loop {
            self.infusions.retain(|infusion| infusion.end > u64::from(now));
            while let Some(dose) = doses.next_if(|dose| dose.minute <= now && now < end) {
                self.dose(dose, factor, now);
            }
            self.set_drip();
            let ends = self.infusions.iter().filter_map(|infusion| u32::try_from(infusion.end).ok());
            let next = ends.chain(doses.peek().map(|dose| dose.minute)).fold(end, u32::min);
            self.look(next - now);
            self.body.steps.advance(self.amounts, next - now);
            if next == end {
                self.look(0);
                self.infusions.retain(|infusion| infusion.end > u64::from(end));
                return;
            }
            now = next;
        }
    }

    /// A dose enters the body; `factor` is the bioavailability of the day, which a dose into a vessel does not have.
    fn dose(&mut self, dose: &PkDose, factor: f64, now: u32) {
        let system = &self.body.steps.system;
        if let Some(hours) = &self.body.pk.infusion_h {
            let minutes = minutes_of(hours.value).max(1);
            let rate = dose.amount * factor / (minutes as f64 / 60.0);
            self.infusions.push(Infusion { end: u64::from(now).saturating_add(minutes), rate });
        } else if dose.way == Way::Vein && system.absorbs {
            self.amounts.now[system.parent] += dose.amount;
        } else {
            let amount = dose.amount * factor;
            system.entries.iter().for_each(|&(state, share)| self.amounts.now[state] += amount * share);
        }
    }

    fn set_drip(&mut self) {
        if let Some(drip) = self.body.steps.system.drip {
            self.amounts.now[drip] = self.infusions.iter().map(|infusion| infusion.rate).sum();
        }
    }

    fn look(&mut self, minutes: u32) {
        let Some(peaks) = &mut self.peaks else { return };
        peaks[0] = peaks[0].max(self.body.steps.largest(self.amounts, 0, minutes));
        if self.body.steps.system.metabolite.is_some() {
            peaks[1] = peaks[1].max(self.body.steps.largest(self.amounts, 1, minutes));
        }
    }
}

/// A day's exposure from areas, peaks and what is left at its end.
fn exposure(
    individual: &PkIndividual,
    body: &PkBody,
    amounts: &CompartmentAmounts,
    peaks: [f64; 2],
) -> DayExposure {
    let system = &body.steps.system;
    let average = |state: usize, scale: f64| body.steps.area(amounts, state) / 24.0 * scale;
    let level = |state: usize, scale: f64, peak: f64| ConcentrationLevel {
        average: average(state, scale),
        peak: peak * scale,
        trough: amounts.now[state] * scale,
    };
    let (parent, metabolite) = (per_parent(body), per_metabolite(body));
    let site = |state: Option<usize>, scale: f64| state.map_or(0.0, |state| average(state, scale));
    DayExposure {
        parent: level(system.parent, parent, peaks[0]),
        metabolite: system.metabolite.map(|state| level(state, metabolite, peaks[1])),
        site_parent_nm: site(Some(system.site_parent), parent * individual.parent_nm()),
        site_metabolite_nm: site(system.site_metabolite, metabolite * individual.metabolite_nm()),
        site_average: site(Some(system.site_parent), parent) + site(system.site_metabolite, metabolite),
    }
}

/// A day in a bath.
fn bath(individual: &PkIndividual, doses: &[PkDose]) -> DayExposure {
    let nanomolar = doses.last().map_or(0.0, |dose| dose.amount);
    let scale = individual.parent_nm();
    let level = if scale > 0.0 { nanomolar / scale } else { 0.0 };
    let parent = ConcentrationLevel { average: level, peak: level, trough: level };
    DayExposure {
        parent,
        metabolite: None,
        site_parent_nm: nanomolar,
        site_metabolite_nm: 0.0,
        site_average: level,
    }
}
