//! How the patients of a trial are followed.

use schemars::JsonSchema;
use serde::Serialize;

use super::Visits;
use crate::scenario::declare::*;
use crate::scenario::error::Diagnostic;
use crate::words::named;

named! {
    /// Whose reading of scans is shown.
    #[derive(serde::Deserialize, Default, JsonSchema)]
    pub enum ScanReader {
        /// The investigator, who treats by it.
        #[default]
        Investigator = "investigator",
        /// A central reader, who does not know the investigator's.
        Central = "central",
        /// The one of the two, patient by patient, with whom an expert agrees more.
        Adjudicated = "adjudicated",
    }
}

impl ScanReader {
    /// Who that is, in words.
    pub fn person(self) -> &'static str {
        match self {
            Self::Investigator => "the investigator",
            Self::Central => "a central reader",
            Self::Adjudicated => "adjudicators",
        }
    }
}

/// How the patients of a trial are followed, in whole days.
#[derive(Debug, Clone, PartialEq, Serialize, Section)]
#[section(path = "assessment", given = judge)]
pub struct Assessment {
    /// The calendar of scans.
    #[key(section("assessment.visits" "[assessment.visits]" "The calendar of scans, counted from the start of the therapy and the same in every arm." first 3), default = {}, example = { every = "84 d" })]
    pub visits: Visits,
    /// Largest time by which a scan is early or late; less than half of the time between two scans.
    #[key(default = "7 d", form = Days)]
    pub jitter: u32,
    /// Whose reading of the scans tables and figures show: the investigator's, by which patients are treated and
    /// scans end; that of a central reader; or the adjudicated one, which is for each patient that of the two with
    /// which an expert, who reads too, agrees more.
    #[key(default = "investigator", example = "central")]
    pub reader: ScanReader,
    /// SD of the logarithm of a sum of diameters between readings by the same reader, at each scan anew. From
    /// the 95 % limits of agreement of one reader, -9.8 to +13.1 % (12 studies; Eur J Cancer 2016;53:5; B, derived). What
    /// was `noise` stands here; in a file that says so the other errors of readers are 0 unless they are given.
    #[key(number(0.0, 1.0), formerly = "noise", default = 0.041)]
    pub within: f64,
    /// SD of the logarithm of a sum of diameters between readers, beyond that. From the limits of agreement
    /// between readers, -19.2 to +19.5 % (the same source; B, derived). Two thirds of its variance are drawn at each scan
    /// anew (the limits of *changes* between readers are wider than a constant difference allows; C, derived); the rest
    /// is constant for a reader and patient, and cancels in changes from baseline.
    #[key(number(0.0, 1.0), default = 0.057)]
    pub between: f64,
    /// Share of readings with a gross error, such as another lesion measured, whose SD of the logarithm is 0.2.
    /// C, 0.01 to 0.1: three readers differed by 20 % or more in 19 % of NET lesions on CT (Dig Liver Dis
    /// 2017;49:1121), which errors without heavy tails give in 4 to 20 %.
    #[key(number(0.0, 1.0), default = 0.03)]
    pub gross_error: f64,
    /// Probability that a reader overlooks a new lesion at a scan; it is then looked for at the next one (C; a
    /// choice).
    #[key(number(0.0, 0.99), default = 0.1)]
    pub overlooked: f64,
    /// New lesions per unit of the logarithm of the tumour's volume above its largest value before (C; fitted).
    #[key(number(0.0, 100.0), default = 0.494, example = 0.4)]
    pub new_lesions: f64,
    /// Time between laboratory visits (CgA, NSE); the first one is as long after the start.
    #[key(default = "28 d", form = SomeDays)]
    pub laboratory: u32,
    /// Time after which a response must be seen again to count; 0: it counts at once.
    #[key(default = "0 d", example = "28 d", form = Days)]
    pub confirmation: u32,
    /// Deaths of other causes relative to the general population of the patient's age and sex (United States, 2010: 0.77 %
    /// a year at 58; A). C: registries find 2.5 in all patients with neuroendocrine tumours (Am J Clin Oncol 2019;42:668);
    /// trials take those who are well.
    #[key(number(0.0, 100.0), default = 1.3, example = 1.0)]
    pub background_mortality: f64,
    /// Deaths of other causes beyond those by age.
    #[key(within(Rate, 0.0, 1.0), default = "0 /d", example = "1e-4 /d")]
    pub other_death: f64,
    /// Deaths added for each unit of ln(V/V0) above 0, V0 being the volume at the start (C). Chosen so that the
    /// median overall survival on everolimus in RADIANT-3, whose patients had nothing to cross over to, comes near its
    /// 44 months; of overall survival elsewhere nothing was fitted, and it is of confidence C.
    #[key(within(Rate, 0.0, 1.0), default = "5.5e-4 /d")]
    pub tumour_death: f64,
}

/// Reports scans that cannot be meant, whatever else is wrong.
fn judge(reader: &Reader<'_>) {
    let Some(Visits { at, every, .. }) = reader.cx.quietly(|| reader.section::<Visits>("visits")) else {
        return;
    };
    if let Some(jitter) = reader.peek::<Days, u32>("jitter") {
        apart(reader, &at, every, jitter);
    }
    followed(reader, &at);
}

/// Reports scans that could be in another order, or before the start.
fn apart(reader: &Reader<'_>, at: &[u32], every: u32, jitter: u32) {
    let gaps = at.windows(2).map(|pair| pair[1] - pair[0]).chain([every]);
    let gap = gaps.min().unwrap_or(every);
    let first = at.first().copied().unwrap_or(every);
    let (limit, why) = if u64::from(jitter) * 2 >= u64::from(gap) {
        (gap.div_ceil(2), format!("scans {gap} d apart could change their order"))
    } else if jitter >= first {
        (first, format!("the first scan, on day {first}, could be before the start"))
    } else {
        return;
    };
    let most = limit.saturating_sub(1);
    let found = if reader.has("jitter") { "" } else { ", as it is by default" };
    reader.refuse(
        "jitter",
        format!("with a jitter of {jitter} d{found}, {why}"),
        format!("expected a jitter of at most {most} d"),
        format!("write `jitter = \"{most} d\"` in [assessment], or set scans further apart"),
    );
}

/// Reports a follow-up without any scan.
fn followed(reader: &Reader<'_>, at: &[u32]) {
    let Some((clock, first)) = reader.cx.clock().zip(at.first()) else { return };
    let (Some(end), Some(hours)) = (&clock.end, clock.step_hours) else { return };
    // A scan on the last day is made.
    if u64::from(*first) * 24 <= u64::from(end.value) * u64::from(hours) {
        return;
    }
    let section = reader.given("visits").map(|(_, section)| section);
    let key = section.and_then(|s| ["at", "first", "every"].iter().find_map(|name| s.get_ref().get(*name)));
    let place = key.map(|k| k.span()).or(section.map(|s| s.span())).unwrap_or(reader.span.clone());
    // Without anything written, what stands there is the end.
    let place = if place.is_empty() { end.span.clone() } else { place };
    let related = if place == end.span { 0..0 } else { end.span.clone() };
    Diagnostic::error(place, format!("the first scan is on day {first}, when the follow-up is over"))
        .label("expected a scan by the end")
        .related(related, "the follow-up ends here")
        .help("set an earlier visit in [assessment.visits], or a later `end` in [time]")
        .report(reader.cx);
}
