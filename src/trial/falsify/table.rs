//! The eighteen falsifiers.

use super::checks::{self, FigureParts, names::*};
use super::lab::{Lab, Need};
use crate::scenario::nearest_name;

/// An observation that would falsify the model.
pub struct Falsifier {
    /// Its number, `F1` to `F19`.
    pub id: &'static str,
    /// What is observed.
    pub observed: &'static str,
    /// What it must be.
    pub bound: &'static str,
    /// What is wrong if it is not.
    pub wrong: &'static str,
    /// How the figures are computed.
    pub how: &'static str,
    /// Arms of trials that it looks at.
    pub needs: &'static [Need],
    /// Computes and judges.
    pub(super) check: fn(&mut Lab<'_>) -> FigureParts,
}

/// All of them, in order. Numbers are those of the table of sources; F18, of mice, is not one of them: it set the concentrations of patients
/// and the vessels of neuroendocrine tumours against subcutaneous melanomas.
pub static FALSIFIERS: [Falsifier; 18] = [
    Falsifier {
        id: "F1",
        observed: "responses and shrinkage on everolimus",
        bound: "response rate at most 12 %, any shrinkage in 50 to 70 %",
        wrong: "turnover of cells, or the share of losses that is coupled to division",
        how: "everolimus 10 mg in the population of RADIANT-3, scans every 84 days; RECIST 1.1 on measured sums of diameters; exact binomial intervals",
        needs: &[Need::new(RADIANT_3, &[E10])],
        check: checks::f1,
    },
    Falsifier {
        id: "F2",
        observed: "everolimus 5 mg against 10 mg",
        bound: "ratio of PFS 0.75 to 1",
        wrong: "the EC50 of rapalogs is too high",
        how: "ratio of median PFS, the same patients under both doses; bootstrap over patients",
        needs: &[Need::new(RADIANT_3, &[E10, E5])],
        check: checks::f2,
    },
    Falsifier {
        id: "F3",
        observed: "octreotide LAR added to everolimus",
        bound: "PFS hazard ratio at least 0.75",
        wrong: "what somatostatin receptors and IGF-1 do to growth is too strong",
        how: "Cox's hazard ratio of PFS, the same patients with and without octreotide LAR 30 mg every 28 days, by receptors and by IGF-1; half had an analogue before, after which most receptors no longer slow growth; bootstrap over patients",
        needs: &[Need::new(RADIANT_3, &[E10, E_OCTREOTIDE])],
        check: checks::f3,
    },
    Falsifier {
        id: "F4",
        observed: "PFS on everolimus in the population of RADIANT-3",
        bound: "26 to 43 % at 18 months, median 8.4 to 13.9 months",
        wrong: "the effect of everolimus",
        how: "Kaplan-Meier estimates with log-log intervals (Brookmeyer and Crowley for the median); the bounds are the published 95 % intervals",
        needs: &[Need::new(RADIANT_3, &[E10])],
        check: checks::f4,
    },
    Falsifier {
        id: "F5",
        observed: "everolimus against supportive care in the population of RADIANT-4",
        bound: "PFS hazard ratio 0.35 to 0.67",
        wrong: "the effect does not carry over to another population",
        how: "only the growth population and the calendar of scans change; Cox's hazard ratio, the same patients in both arms; bootstrap over patients",
        needs: &[Need::new("radiant-4", &[CARE, E10])],
        check: checks::f5,
    },
    Falsifier {
        id: "F6",
        observed: "everolimus then sunitinib against the other order",
        bound: "time to failure of strategy within 25 % of each other, second-line PFS 8 to 16 months",
        wrong: "cross-resistance",
        how: "ratio of the median times to failure of strategy within a factor of 1.25 either way, the same patients in both orders, bootstrap over patients; median PFS of the second line in those who began it. A line ends by progression or by toxicity",
        needs: &[Need::new(RADIANT_3, &[E_THEN_S, S_THEN_E])],
        check: checks::f6,
    },
    Falsifier {
        id: "F7",
        observed: "FRB, FKBP12 and kinase mutants at the first progression",
        bound: "below 5 % of cells in more than 80 % of patients",
        wrong: "the supply of mutants is inflated",
        how: "composition of the tumour at progression on everolimus 10 mg, in those who progressed; mutants are numbers of cells of lesions at their true size (a ledger), at the literature's rates; with a supply ten thousand times as large the figure does not hold",
        needs: &[Need::new(RADIANT_3, &[E10])],
        check: checks::f7,
    },
    Falsifier {
        id: "F8",
        observed: "12 weeks without a drug",
        bound: "at least 80 % of lost sensitivity comes back where receptors are upregulated, less where GSK3 is overactive",
        wrong: "reversion of resistant states",
        how: "four tumours of the typical patient, nine tenths of the cells in the state, are simulated for 84 days without a drug. Sensitivity is what everolimus 10 mg (concentrations of the fourth week) would take from the net growth of the live cells, summed over their states; what is lost is the difference to the usual untreated tumour. Student's interval over tumours",
        needs: &[],
        check: checks::f8,
    },
    Falsifier {
        id: "F9",
        observed: "sunitinib 50 mg 4/2 against 37.5 mg daily",
        bound: "PFS within 20 % of each other; perfusion rises in the weeks off",
        wrong: "recovery of vessels",
        how: "ratio of median PFS within a factor of 1.2 either way in the population of SUN-1111, the same patients in both, bootstrap; perfusion on day 42 over day 28 in four tumours of the typical patient, Student's interval",
        needs: &[Need::new("sun-1111", &[DAILY, CYCLES])],
        check: checks::f9,
    },
    Falsifier {
        id: "F10",
        observed: "perfusion from day 2 to week 3",
        bound: "30 to 50 % lower on anti-VEGF, within 15 % on everolimus alone",
        wrong: "the module of vessels",
        how: "mean perfusion at live cells on days 2, 7 and 21 of bevacizumab 15 mg/kg every 21 days, and of everolimus 10 mg daily, relative to the same tumour before; four tumours of the typical patient, Student's interval",
        needs: &[],
        check: checks::f10,
    },
    Falsifier {
        id: "F11",
        observed: "bevacizumab added to everolimus",
        bound: "response rate at least doubled, PFS hazard ratio 0.6 to 1",
        wrong: "synergy of everolimus with anti-VEGF: responses without time are expected",
        how: "bevacizumab 10 mg/kg every 14 days, the same patients with and without; ratio of response rates and Cox's hazard ratio, bootstrap over patients",
        needs: &[Need::new(RADIANT_3, &[E10, E_BEVACIZUMAB])],
        check: checks::f11,
    },
    Falsifier {
        id: "F12",
        observed: "everolimus 10 mg and sunitinib 37.5 mg together every day",
        bound: "dose-limiting events in at least 33 % in the first cycle, where a 3+3 design refuses a dose",
        wrong: "the interaction of toxicities",
        how: "1000 courses of therapy without a tumour; dose-limiting: an event of a drug of grade 3 or 4, or of grade 2 that is not tolerated. Seen were 2 of 2, which alone allows every share from 16 % on (exact interval); that the dose was given up says at least 33 %. The length of the first cycle decides, so both are judged: 28 days, and the 42 days of the phase I trial for which the overlap of toxicities was chosen; exact binomial intervals",
        needs: &[],
        check: checks::f12,
    },
    Falsifier {
        id: "F13",
        observed: "twice the trough of everolimus",
        bound: "odds ratio of shrinkage 1.2 to 1.6, risk ratio of stomatitis 1.05 to 2.1",
        wrong: "the effect of exposure",
        how: "troughs are those of a patient at the full dose of the arm (mean of days 14 to 27). Shrinkage: logistic regression on their logarithm over the arms of 10 and 5 mg, bootstrap over patients. Stomatitis: Cox regression of the time to the first of grade 3 or 4 within a year, 1000 courses without a tumour, every other one at 5 mg, Wald's interval",
        needs: &[Need::new(RADIANT_3, &[E10, E5])],
        check: checks::f13,
    },
    Falsifier {
        id: "F14",
        observed: "everolimus where every cell has lost TSC1/TSC2",
        bound: "context H: volume halved in at least 24 %, not worse than usual tumours; context R: not better than usual tumours",
        wrong: "the states without TSC1/TSC2",
        how: "the patients of RADIANT-3's population with clonal tumours. A sum of diameters 20.6 % smaller is half the volume, the end point of EXIST-1 and -2; 24 % is the lower end of the exact interval of 9 of 19 angiomyolipomas on everolimus within 7 months (doi:10.1186/s13023-016-0517-9); exact binomial interval. Cox's hazard ratio of PFS against the same patients with their usual tumours, at most 1 in context H and at least 1 in context R, bootstrap over patients",
        needs: &[Need::new("tsc-h", &[E10]), Need::new("tsc-r", &[E10]), Need::new(RADIANT_3, &[E10])],
        check: checks::f14,
    },
    Falsifier {
        id: "F15",
        observed: "an inhibitor of the ATP site of mTOR after everolimus, and against an activated kinase",
        bound: "after everolimus: responses, and PFS at least half of the first line's; kinase-activating clone: it fails, a rapalog works",
        wrong: "what works against which state",
        how: "sapanisertib 3 mg daily after progression on everolimus, in those in whom `rtk` had grown most, and in a population where 30 % of cells have an FRB mutation at the start (far more than in life), in those in whom that had grown most; ratio of the medians of both lines of the same patients. Clonal kinase-activating tumours: Cox's hazard ratio of PFS against supportive care; a drug works up to 0.67, the upper end of F5, and fails above. Bootstrap over patients",
        needs: &[
            Need::new(RADIANT_3, &[E_THEN_T]),
            Need::new("frb", &[E_THEN_T]),
            Need::new("kinase", &[CARE, E10, T]),
        ],
        check: checks::f15,
    },
    Falsifier {
        id: "F16",
        observed: "early fall of chromogranin A on everolimus",
        bound: "30 % lower after 4 weeks in at least 30 %, PFS hazard ratio of these at most 0.8",
        wrong: "the link of the marker to the tumour",
        how: "laboratory visit of day 28 against day 0, both with the variation within a person, in those whose CgA was above twice the upper limit of normal; exact binomial interval; Cox's hazard ratio of those with against those without, Wald's interval, where there are ten patients of either kind",
        needs: &[Need::new(RADIANT_3, &[E10])],
        check: checks::f16,
    },
    Falsifier {
        id: "F17",
        observed: "steps of 6, 12 and 24 h",
        bound: "PFS within 5 %",
        wrong: "numerics",
        how: "mean PFS on everolimus up to the last time that both reach (it sees every patient, where a median rests between two scans), over that at 12 h; the same patients, bootstrap. At 24 h in those whose cells turn over slowly enough for the program to take such steps",
        needs: &[
            Need::new(RADIANT_3, &[E10]).at_step(6),
            Need::new(RADIANT_3, &[E10]),
            Need::new(RADIANT_3, &[E10]).at_step(24),
        ],
        check: checks::f17,
    },
    Falsifier {
        id: "F19",
        observed: "CPU and GPU with the same seed",
        bound: "median PFS within 2 %",
        wrong: "the implementation",
        how: "one in ten patients of F1's arm on both; also the share in whom everything is equal, bit for bit. No sampling error: they are the same patients",
        needs: &[],
        check: checks::f19,
    },
];

/// The falsifier of this number, in any case.
///
/// # Errors
///
/// A message with the nearest number there is.
pub fn find(id: &str) -> Result<&'static Falsifier, String> {
    let found = FALSIFIERS.iter().find(|f| f.id.eq_ignore_ascii_case(id));
    found.ok_or_else(|| {
        let near = nearest_name(id, FALSIFIERS.iter().map(|f| f.id));
        let hint = near.map_or_else(
            || "; there are F1 to F19 without F18".to_owned(),
            |n| format!("; did you mean `{n}`?"),
        );
        format!("there is no falsifier `{id}`{hint}")
    })
}
