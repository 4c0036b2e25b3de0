//! Falsifiers of what drugs do to tumours in first-line trials.

use super::names::{CARE, E_BEVACIZUMAB, E_OCTREOTIDE, E5, E10, RADIANT_3};
use super::{Bound, FigurePart, FigureParts, Lab};
use crate::trial::falsify::figures::{
    hazard_ratio, median, median_ratio, paired_hazard_ratio, resampled, share_of, still_free,
};
use crate::trial::falsify::lab::both;
use crate::trial::outcome::Outcome;
use crate::trial::results::Endpoint;
use crate::trial::stats::{Subject, Undefined};

/// Few respond to everolimus, many shrink a little.
pub fn f1(lab: &mut Lab<'_>) -> FigureParts {
    let ran = lab.trial(RADIANT_3)?;
    let arm = ran.arm(E10)?;
    Ok(vec![
        FigurePart::of_share("response rate", Bound::at_most(12.0), share_of(arm, Outcome::responded)),
        FigurePart::of_share("any shrinkage", Bound::between(50.0, 70.0), share_of(arm, Outcome::shrank)),
    ])
}

/// Half the dose costs little.
pub fn f2(lab: &mut Lab<'_>) -> FigureParts {
    let pairs = lab.trial(RADIANT_3)?.pairs(E5, E10, Endpoint::Pfs)?;
    let ratio = median_ratio(&pairs, lab.seed());
    Ok(vec![FigurePart::judged("median PFS, 5 mg over 10 mg", "", Bound::between(0.75, 1.0), ratio)])
}

/// A somatostatin analogue adds little.
pub fn f3(lab: &mut Lab<'_>) -> FigureParts {
    let pairs = lab.trial(RADIANT_3)?.pairs(E_OCTREOTIDE, E10, Endpoint::Pfs)?;
    let ratio = paired_hazard_ratio(&pairs, lab.seed());
    Ok(vec![FigurePart::judged("PFS hazard ratio, with octreotide LAR", "", Bound::at_least(0.75), ratio)])
}

/// PFS on everolimus is that of RADIANT-3.
pub fn f4(lab: &mut Lab<'_>) -> FigureParts {
    let times = lab.trial(RADIANT_3)?.times(E10, Endpoint::Pfs)?;
    Ok(vec![
        FigurePart::judged("PFS at 18 months", "%", Bound::between(26.0, 43.0), still_free(&times, 18.0)),
        FigurePart::judged("median PFS", "months", Bound::between(8.4, 13.9), median(&times)),
    ])
}

/// The effect carries over to another population.
pub fn f5(lab: &mut Lab<'_>) -> FigureParts {
    let pairs = lab.trial("radiant-4")?.pairs(E10, CARE, Endpoint::Pfs)?;
    let ratio = paired_hazard_ratio(&pairs, lab.seed());
    Ok(vec![FigurePart::judged(
        "PFS hazard ratio against supportive care",
        "",
        Bound::between(0.35, 0.67),
        ratio,
    )])
}

/// An antibody against VEGF adds responses, and little time.
pub fn f11(lab: &mut Lab<'_>) -> FigureParts {
    let ran = lab.trial(RADIANT_3)?;
    let patients = both(ran.arm(E_BEVACIZUMAB)?, ran.arm(E10)?);
    let responses = resampled(patients.len(), lab.seed(), |sample| {
        let count = |has: fn(&(&Outcome, &Outcome)) -> bool| {
            sample.iter().filter(|i| has(&patients[**i])).count() as f64
        };
        let ratio = count(|p| p.0.responded()) / count(|p| p.1.responded());
        if ratio.is_nan() { Err(Undefined::EmptyMargin) } else { Ok(ratio) }
    });
    let pairs = ran.pairs(E_BEVACIZUMAB, E10, Endpoint::Pfs)?;
    let ratio = paired_hazard_ratio(&pairs, lab.seed());
    Ok(vec![
        FigurePart::judged(
            "response rate, with bevacizumab over without",
            "",
            Bound::at_least(2.0),
            responses,
        ),
        FigurePart::judged("PFS hazard ratio, with bevacizumab", "", Bound::between(0.6, 1.0), ratio),
    ])
}

/// Chromogranin A falls early, in those who do well.
pub fn f16(lab: &mut Lab<'_>) -> FigureParts {
    let ran = lab.trial(RADIANT_3)?;
    let arm = ran.arm(E10)?;
    let times = |early: bool| -> Vec<Subject> {
        arm.iter().filter(|o| o.early_cga() == Some(early)).map(|o| o.pfs.subject()).collect()
    };
    let elevated: Vec<bool> = arm.iter().filter_map(Outcome::early_cga).collect();
    let ratio = hazard_ratio(&times(true), &times(false));
    Ok(vec![
        FigurePart::of_share(
            "CgA 30 % lower after 4 weeks",
            Bound::at_least(30.0),
            share_of(&elevated, |early| *early),
        ),
        FigurePart::judged("PFS hazard ratio of these patients", "", Bound::at_most(0.8), ratio),
    ])
}
