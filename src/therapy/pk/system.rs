//! The compartments of one patient and drug, and what flows between them.

use crate::catalogue::Pk;

use super::PkError;
use super::matrix::Matrix;

/// Largest rate, 1/h: far above anything in a body, far below where rounding would show.
const FASTEST: f64 = 1e6;

/// Rates between compartments (amounts in mg, time in h), where a dose goes, and where to look.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct System {
    /// `d/dt amounts = rates · amounts`.
    pub rates: Matrix,
    /// Compartments that a dose enters, with their shares.
    pub entries: Vec<(usize, f64)>,
    /// Whether a dose has to be absorbed or released before it is in the central compartment.
    pub absorbs: bool,
    /// The pseudo-compartment that holds the rate of infusions, mg/h.
    pub drip: Option<usize>,
    /// The central compartment.
    pub parent: usize,
    /// The metabolite's central compartment.
    pub metabolite: Option<usize>,
    /// Where the parent's effect is seen; the central compartment if it follows at once.
    pub site_parent: usize,
    /// Where the metabolite's effect is seen.
    pub site_metabolite: Option<usize>,
}

/// Compartments while they are being connected.
#[derive(Default)]
struct Builder {
    size: usize,
    flows: Vec<(usize, usize, f64)>,
    losses: Vec<(usize, f64)>,
}

impl Builder {
    fn compartment(&mut self) -> usize {
        self.size += 1;
        self.size - 1
    }

    fn flow(&mut self, from: usize, to: usize, rate: f64) {
        self.flows.push((from, to, rate));
    }

    fn loss(&mut self, from: usize, rate: f64) {
        self.losses.push((from, rate));
    }

    /// A chain of compartments with a mean time through it, ending in `to`. Gives its first one (`to` if it is empty).
    fn chain(&mut self, length: u32, mean_time: f64, to: usize, path: &str) -> Result<usize, PkError> {
        if length == 0 {
            return Ok(to);
        }
        let rate = ratio(f64::from(length), mean_time, path)?;
        let first = self.size;
        for i in 0..length {
            let here = self.compartment();
            self.flow(here, if i + 1 < length { here + 1 } else { to }, rate);
        }
        Ok(first)
    }

    /// A compartment that follows another one's amount with a half-life, without taking from it.
    fn follower(
        &mut self,
        of: usize,
        half_life: f64,
        matrix: &mut Vec<(usize, usize, f64)>,
    ) -> Result<usize, PkError> {
        let rate = ratio(std::f64::consts::LN_2, half_life, "effect_half_life")?;
        let site = self.compartment();
        matrix.push((site, of, rate));
        self.loss(site, rate);
        Ok(site)
    }

    fn matrix(&self, copies: &[(usize, usize, f64)]) -> Matrix {
        let mut matrix = Matrix::zeros(self.size);
        for &(from, to, rate) in &self.flows {
            matrix.add(to, from, rate);
            matrix.add(from, from, -rate);
        }
        self.losses.iter().for_each(|&(from, rate)| matrix.add(from, from, -rate));
        copies.iter().for_each(|&(to, from, rate)| matrix.add(to, from, rate));
        matrix
    }
}

/// A rate as a ratio of two parameters, refused where it is too large.
fn ratio(above: f64, below: f64, path: &str) -> Result<f64, PkError> {
    let rate = above / below;
    if rate <= FASTEST {
        Ok(rate)
    } else {
        Err(PkError::Rate { path: path.to_owned(), rate, limit: FASTEST })
    }
}

impl System {
    /// The system of a patient's own (checked) parameters.
    pub fn new(pk: &Pk) -> Result<Self, PkError> {
        let mut build = Builder::default();
        let parent = build.compartment();
        let metabolite = pk.metabolite.as_ref().map(|_| build.compartment());
        let gut = pk.absorption.as_ref().map(|_| build.compartment());
        peripheral(pk, &mut build, parent, metabolite)?;
        elimination(pk, &mut build, parent, metabolite, gut)?;
        let entries = entries(pk, &mut build, parent, gut)?;
        let mut copies = Vec::new();
        let (mut site_parent, mut site_metabolite) = (parent, metabolite);
        if let Some(half_life) = &pk.residence_h {
            site_parent = build.follower(parent, half_life.value, &mut copies)?;
            if let Some(metabolite) = metabolite {
                site_metabolite = Some(build.follower(metabolite, half_life.value, &mut copies)?);
            }
        }
        let drip = pk.infusion_h.as_ref().map(|_| build.compartment());
        copies.extend(drip.map(|drip| (parent, drip, 1.0)));
        let rates = build.matrix(&copies);
        let absorbs = pk.absorption.is_some() || !pk.release.is_empty();
        Ok(Self { rates, entries, absorbs, drip, parent, metabolite, site_parent, site_metabolite })
    }
}

impl System {
    /// Whether a compartment only follows another one, and so holds no drug.
    pub fn is_site(&self, state: usize) -> bool {
        (state == self.site_parent && state != self.parent)
            || (Some(state) == self.site_metabolite && Some(state) != self.metabolite)
    }
}

/// Peripheral compartments of drug and metabolite.
fn peripheral(pk: &Pk, build: &mut Builder, parent: usize, metabolite: Option<usize>) -> Result<(), PkError> {
    let mut exchange = |central: usize, path: &str, q: f64, v1: f64, v2: f64| -> Result<(), PkError> {
        let deep = build.compartment();
        build.flow(central, deep, ratio(q, v1, &format!("{path}exchange.clearance over {path}volume"))?);
        let back = ratio(q, v2, &format!("{path}exchange.clearance over {path}exchange.volume"))?;
        build.flow(deep, central, back);
        Ok(())
    };
    if let Some(e) = &pk.exchange {
        exchange(parent, "", e.clearance.value, pk.volume.value, e.volume.value)?;
    }
    if let (Some(m), Some(central)) = (&pk.metabolite, metabolite)
        && let Some(e) = &m.exchange
    {
        exchange(central, "metabolite.", e.clearance.value, m.volume.value, e.volume.value)?;
    }
    Ok(())
}

/// Elimination of the drug, by the liver's first pass too, what of it becomes metabolite, and what comes back.
///
/// With a hepatic flow Q the liver takes the share `E = CL / (Q + CL)` of what flows through it (well-stirred
/// model): of the absorbed dose, and of Q times the concentration (Yu et al. 2015, doi:10.1111/bcp.12550, equations
/// 6 to 10, solved for the liver's concentration).
fn elimination(
    pk: &Pk,
    build: &mut Builder,
    parent: usize,
    metabolite: Option<usize>,
    gut: Option<usize>,
) -> Result<(), PkError> {
    let (clearance, volume) = (pk.clearance.value, pk.volume.value);
    let extraction = pk.hepatic_flow.as_ref().map(|flow| clearance / (flow.value + clearance));
    let systemic = pk.hepatic_flow.as_ref().zip(extraction).map_or(clearance, |(flow, e)| flow.value * e);
    let formed = pk.metabolite.as_ref().map_or(0.0, |m| m.fraction.value);
    let mut eliminate = |from: usize, rate: f64| {
        if let Some(metabolite) = metabolite {
            build.flow(from, metabolite, formed * rate);
        }
        build.loss(from, (1.0 - formed) * rate);
    };
    let total = ratio(systemic, volume, "clearance over volume")?;
    let returned = pk.recirculation.as_ref().map_or(0.0, |r| r.fraction.value);
    eliminate(parent, (1.0 - returned) * total);
    if let (Some(absorption), Some(gut)) = (&pk.absorption, gut) {
        let rate = ratio(absorption.rate.value, 1.0, "absorption.rate")?;
        let extracted = extraction.unwrap_or(0.0);
        eliminate(gut, extracted * rate);
        build.flow(gut, parent, (1.0 - extracted) * rate);
        if let Some(recirculation) = &pk.recirculation {
            let bile = build.compartment();
            build.flow(parent, bile, returned * total);
            build.flow(bile, gut, ratio(recirculation.rate.value, 1.0, "recirculation.rate")?);
        }
    }
    if let (Some(m), Some(metabolite)) = (&pk.metabolite, metabolite) {
        let path = "metabolite.clearance over metabolite.volume";
        build.loss(metabolite, ratio(m.clearance.value, m.volume.value, path)?);
    }
    Ok(())
}

/// Where a dose goes: into the chains of a depot, the gut, or the central compartment.
fn entries(
    pk: &Pk,
    build: &mut Builder,
    parent: usize,
    gut: Option<usize>,
) -> Result<Vec<(usize, f64)>, PkError> {
    let target = gut.unwrap_or(parent);
    let mut entries = Vec::new();
    for (i, release) in pk.release.iter().enumerate() {
        let path = format!("release[{}].mean_time", i + 1);
        let time = release.mean_time.value;
        entries.push((build.chain(release.transit, time, target, &path)?, release.fraction.value));
    }
    if entries.is_empty() {
        let transit = pk.absorption.as_ref().and_then(|a| Some((a.transit, a.transit_time.as_ref()?.value)));
        let (length, time) = transit.unwrap_or((0, 1.0));
        entries.push((build.chain(length, time, target, "absorption.transit_time")?, 1.0));
    }
    Ok(entries)
}
