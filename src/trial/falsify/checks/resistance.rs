//! Falsifiers of resistant states.

use super::names::{CARE, E_THEN_T, E10, RADIANT_3, T};
use super::{Bound, FigurePart, FigureParts, Lab};
use crate::trial::error::TrialError;
use crate::trial::falsify::Ran;
use crate::trial::falsify::figures::{median_ratio, paired_hazard_ratio, share_of};
use crate::trial::falsify::lab::pairs;
use crate::trial::outcome::{Ended, Outcome};
use crate::trial::results::Endpoint;
use crate::trial::stats::Subject;
use crate::trial::visits::Composition;

/// Share of cells, in all, from which on mutants count.
const FEW: f64 = 0.05;

/// Point mutants do not lead the first progression.
pub fn f7(lab: &mut Lab<'_>) -> FigureParts {
    let ran = lab.trial(RADIANT_3)?;
    let loci = [ran.locus("fkbp12_frb")?, ran.locus("mtor_kinase")?];
    let mutants = |c: &Composition| loci.iter().map(|l| c.changed[*l]).sum::<f64>();
    let seen: Vec<f64> =
        ran.arm(E10)?.iter().filter_map(|o| o.at_progression.as_ref()).map(mutants).collect();
    let what = "progressed patients with mutants below 5 % of cells";
    Ok(vec![FigurePart::of_share(what, Bound::above(80.0), share_of(&seen, |m| *m < FEW))])
}

/// Change of a diameter where the volume halves, the response of the trials of tumours without TSC1/TSC2.
const HALVED: f64 = -0.206;

/// Tumours without TSC1/TSC2.
pub fn f14(lab: &mut Lab<'_>) -> FigureParts {
    let (h, r) = (lab.trial("tsc-h")?, lab.trial("tsc-r")?);
    let usual = lab.trial(RADIANT_3)?;
    let against_usual = |ran: &Ran| {
        let pairs = pairs(ran.arm(E10)?, usual.arm(E10)?, Endpoint::Pfs);
        Ok::<_, TrialError>(paired_hazard_ratio(&pairs, lab.seed()))
    };
    let (held, escaped) = (against_usual(&h)?, against_usual(&r)?);
    let halved = share_of(h.arm(E10)?, |o| o.best_change.is_some_and(|change| change <= HALVED));
    let name = |context| format!("context {context}, PFS hazard ratio against usual tumours");
    Ok(vec![
        FigurePart::of_share("context H, volume halved", Bound::at_least(24.0), halved),
        FigurePart::judged(name("H"), "", Bound::at_most(1.0), held),
        FigurePart::judged(name("R"), "", Bound::at_least(1.0), escaped),
    ])
}

/// Hazard ratio against supportive care up to which a drug is said to work: the upper end of what everolimus does in F5.
const WORKS: f64 = 0.67;

/// Inhibitors of the ATP site work where rapalogs no longer do, and the other way round.
pub fn f15(lab: &mut Lab<'_>) -> FigureParts {
    let mut parts = Vec::new();
    for (file, locus) in [(RADIANT_3, "rtk"), ("frb", "fkbp12_frb")] {
        parts.extend(after_everolimus(lab, file, locus)?);
    }
    let kinase = lab.trial("kinase")?;
    let against_care =
        |arm| Ok::<_, TrialError>(paired_hazard_ratio(&kinase.pairs(arm, CARE, Endpoint::Pfs)?, lab.seed()));
    let [torki, rapalog] = [against_care(T)?, against_care(E10)?];
    let name = |drug| format!("kinase-activating clone, PFS hazard ratio of {drug} against supportive care");
    parts.push(FigurePart::judged(name("sapanisertib"), "", Bound::above(WORKS), torki));
    parts.push(FigurePart::judged(name("everolimus"), "", Bound::at_most(WORKS), rapalog));
    Ok(parts)
}

/// Sapanisertib after a progression on everolimus that a locus led.
fn after_everolimus(lab: &mut Lab<'_>, file: &'static str, locus: &str) -> FigureParts {
    let ran = lab.trial(file)?;
    let led = led_by(&ran, locus)?;
    let responded =
        led.iter().map(|o| ran.responded_later(E_THEN_T, o.patient)).collect::<Result<Vec<_>, _>>()?;
    let times = |o: &&Outcome| Some((o.second_pfs?.subject(), o.pfs.subject()));
    let pairs: Vec<(Subject, Subject)> = led.iter().filter_map(times).collect();
    let name = |what| format!("sapanisertib after progression by {locus}, {what}");
    let ratio = median_ratio(&pairs, lab.seed());
    Ok(vec![
        FigurePart::judged(name("response rate"), "%", Bound::above(0.0), share_of(&responded, |yes| *yes)),
        FigurePart::judged(name("median PFS over that of everolimus"), "", Bound::at_least(0.5), ratio),
    ])
}

/// Patients in whom this locus had grown most when the first line progressed, and who began the second one.
fn led_by<'r>(ran: &'r Ran, locus: &str) -> Result<Vec<&'r Outcome>, TrialError> {
    let locus = ran.locus(locus)?;
    let is_led = |o: &&Outcome| {
        o.pfs.ended == Ended::Progression && o.dominant == Some(locus) && o.second_pfs.is_some()
    };
    Ok(ran.arm(E_THEN_T)?.iter().filter(is_led).collect())
}
