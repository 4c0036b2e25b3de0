//! `[record]`: what is known of one patient.

use crate::scenario::context::Clock;
use crate::scenario::declare::*;
use crate::scenario::error::{Diagnostic, Span};
use crate::scenario::model::{
    Arm, Assessment, Marker, PatientRecord, RecordedMarker, RecordedScan, RecordedTrough,
};
use crate::scenario::nearest::{list, nearest};
use crate::scenario::shown::shown;

/// Lengths of lesions and of their sums, mm.
const MILLIMETRES: Bounds = Bounds::above(0.0, 2000.0);
/// Volumes of lesions, mL.
const MILLILITRES: Bounds = Bounds::above(0.0, 10_000.0);
/// Times the SD of the difference of two readings that scans of one day may be apart.
const APART: f64 = 4.0;

/// What is known of one patient, for `evotor condition`: the arms are then what that patient was given until `today`, the same in all of
/// them, and the options from then on. \[cohort\] is the population that the patient is taken to be of. Other commands do without it.
#[derive(Debug, Section)]
#[section(path = "record", heading = "[record]", given = enough)]
pub(crate) struct RecordKeys {
    /// Time of the therapy at which the question is asked: lines end then, by `until` with a time alone, and the options follow.
    #[key(derived = "the last day of which anything is known", example = "168 d", form = Days)]
    pub(crate) today: Option<u32>,
    /// Scans; at least one on day 0, before the therapy.
    #[key(section, absent = "none")]
    pub(crate) scan: Vec<ScanKeys>,
    /// Concentrations of drugs.
    #[key(section, absent = "none")]
    pub(crate) trough: Vec<TroughKeys>,
    /// Markers of the blood.
    #[key(section, absent = "none")]
    pub(crate) marker: Vec<MarkerKeys>,
}

/// A scan of a patient. Give the sum of the diameters of target lesions, or each of them, or the volume of each, of which the
/// diameter is that of a ball.
#[derive(Debug, Section)]
#[section(path = "record.scan", heading = "[[record.scan]]", given = one_size)]
pub(crate) struct ScanKeys {
    /// Time since the start of the therapy.
    #[key(required, example = "84 d", form = Days)]
    pub(crate) day: u32,
    /// Sum of the diameters of target lesions.
    #[key(absent = "told by `diameters_mm` or `volumes_ml`", example = "62 mm", form = Millimetres)]
    pub(crate) sum: Option<f64>,
    /// Longest diameter of each target lesion, mm; at most 5.
    #[key(Kind::Numbers(MILLIMETRES), absent = "the sum alone, or told by `volumes_ml`", example = [41.0, 21.0])]
    pub(crate) diameters_mm: Option<Vec<At<f64>>>,
    /// Volume of each target lesion, mL; at most 5.
    #[key(Kind::Numbers(MILLILITRES), absent = "told by diameters", example = [36.0, 4.8])]
    pub(crate) volumes_ml: Option<Vec<At<f64>>>,
}

/// The concentration of a drug in a patient's blood just before a dose.
#[derive(Debug, Section)]
#[section(path = "record.trough", heading = "[[record.trough]]")]
pub(crate) struct TroughKeys {
    /// Day at whose end it was taken, in time since the start of the therapy.
    #[key(required, example = "28 d", form = Days)]
    pub(crate) day: u32,
    /// The drug, as the arms name it.
    #[key(required, example = "everolimus")]
    pub(crate) drug: At<String>,
    /// The drug and its active metabolite together, in the matrix in which the catalogue has it (everolimus: whole blood).
    #[key(within(Concentration, 0.0, 1e6), required, example = "12 ng/mL")]
    pub(crate) level: At<f64>,
}

/// A marker in a patient's blood.
#[derive(Debug, Section)]
#[section(path = "record.marker", heading = "[[record.marker]]")]
pub(crate) struct MarkerKeys {
    /// Time since the start of the therapy.
    #[key(required, example = "28 d", form = Days)]
    pub(crate) day: u32,
    /// Which: `cga`, chromogranin A.
    #[key(default = "cga")]
    pub(crate) marker: Marker,
    /// How much.
    #[key(within(Concentration, 0.0, 1e9), required, example = "180 ng/mL")]
    pub(crate) level: At<f64>,
}

impl RecordKeys {
    /// The keys of a record.
    pub fn of(record: &PatientRecord) -> Self {
        let at = |value: &f64| At::new(*value, 0..0);
        let scan = |scan: &RecordedScan| ScanKeys {
            day: scan.day,
            sum: scan.diameters_mm.is_empty().then_some(scan.sum_mm),
            diameters_mm: (!scan.diameters_mm.is_empty()).then(|| scan.diameters_mm.iter().map(at).collect()),
            volumes_ml: None,
        };
        let trough = |t: &RecordedTrough| TroughKeys {
            day: t.day,
            drug: At::new(t.drug.clone(), 0..0),
            level: at(&t.ng_per_ml),
        };
        let marker =
            |m: &RecordedMarker| MarkerKeys { day: m.day, marker: m.marker, level: at(&m.ng_per_ml) };
        Self {
            today: Some(record.today),
            scan: record.scans.iter().map(scan).collect(),
            trough: record.troughs.iter().map(trough).collect(),
            marker: record.markers.iter().map(marker).collect(),
        }
    }
}

impl From<&ScanKeys> for RecordedScan {
    fn from(keys: &ScanKeys) -> Self {
        // The diameter of a ball of so many mL, mm.
        let of_ball = |at: &At<f64>| libm::cbrt(6.0 / std::f64::consts::PI * 1000.0 * at.value);
        let diameters_mm: Vec<f64> = match (&keys.diameters_mm, &keys.volumes_ml) {
            (Some(all), _) => all.iter().map(|at| at.value).collect(),
            (None, Some(all)) => all.iter().map(of_ball).collect(),
            (None, None) => Vec::new(),
        };
        let sum_mm = keys.sum.unwrap_or_else(|| diameters_mm.iter().sum());
        RecordedScan { day: keys.day, sum_mm, diameters_mm }
    }
}

/// Reports a scan with no size, or with several.
fn one_size(reader: &Reader<'_>) {
    let sizes = ["sum", "diameters_mm", "volumes_ml"];
    let given: Vec<&str> = sizes.into_iter().filter(|key| reader.has(key)).collect();
    match given[..] {
        [] => reader.refuse(
            "sum",
            "a scan without a size",
            "expected `sum`, `diameters_mm` or `volumes_ml`",
            "write for example `sum = \"62 mm\"`",
        ),
        [_] => {}
        [first, second, ..] => reader.exclusive(second, first, "leave one out: the others follow from it"),
    }
    if reader.peek::<Millimetres, f64>("sum").is_some_and(|sum| sum <= 0.0) {
        reader.refuse(
            "sum",
            "a sum of nothing",
            "expected more than 0 mm",
            "RECIST counts what is too small to measure as 5 mm",
        );
    }
    for key in ["diameters_mm", "volumes_ml"] {
        let Some(all) = reader.peek::<Plain, Vec<At<f64>>>(key) else { continue };
        if !(1..=crate::scenario::limits::MAX_LESIONS as usize).contains(&all.len()) {
            reader.refuse(
                key,
                format!("a scan of {} target lesions", all.len()),
                "expected 1 to 5 (RECIST 1.1)",
                "give target lesions alone, in the same order at each scan",
            );
        }
    }
}

/// Reports a record without a baseline.
fn enough(reader: &Reader<'_>) {
    let days = reader.tables("scan").into_iter().filter_map(|scan| scan.peek::<Days, u32>("day"));
    if days.into_iter().all(|day| day > 0) {
        reader.refuse(
            "scan",
            "a patient without a baseline",
            "expected a [[record.scan]] with `day = \"0 d\"`",
            "add the scan before the therapy: all others are held against it",
        );
    }
}

/// Places of the scans of a record.
pub(super) fn places(root: &Reader<'_>) -> Vec<Span> {
    let record = root.cx.quietly(|| root.table("record"));
    record.map_or_else(Vec::new, |record| {
        root.cx.quietly(|| record.tables("scan")).into_iter().map(|scan| scan.span).collect()
    })
}

/// The record of a trial's file: `None` if it is wrong, `Some(None)` if there is none.
pub(super) fn read(
    root: &Reader<'_>,
    clock: &Clock,
    assessment: Option<&Assessment>,
    arms: Option<&[Arm]>,
) -> Option<Option<PatientRecord>> {
    let Some(reader) = root.table("record") else { return (!root.has("record")).then_some(None) };
    let keys = RecordKeys::read(&reader)?;
    let mut record = PatientRecord {
        today: 0,
        scans: keys.scan.iter().map(RecordedScan::from).collect(),
        troughs: keys.trough.iter().map(trough).collect(),
        markers: keys.marker.iter().map(marker).collect(),
    };
    record.today = keys.today.unwrap_or_else(|| record.last_day());
    if let Some(assessment) = assessment {
        contradictions(&reader, &record, assessment);
    }
    above_zero(&reader, &record);
    times(&reader, clock, &record);
    if let Some(arms) = arms {
        drugs(&keys, &reader, arms);
        given(root, &reader, &record, arms);
    }
    (!root.cx.has_errors()).then_some(Some(record))
}

fn trough(keys: &TroughKeys) -> RecordedTrough {
    RecordedTrough { day: keys.day, drug: keys.drug.value.trim().to_owned(), ng_per_ml: keys.level.value }
}

fn marker(keys: &MarkerKeys) -> RecordedMarker {
    RecordedMarker { day: keys.day, marker: keys.marker, ng_per_ml: keys.level.value }
}

/// Reports scans of one day that differ by far more than readings do.
fn contradictions(reader: &Reader<'_>, record: &PatientRecord, assessment: &Assessment) {
    let Assessment { within, between, .. } = assessment;
    let most = APART * std::f64::consts::SQRT_2 * libm::sqrt(within * within + between * between);
    let places = reader.tables("scan");
    for (number, scan) in record.scans.iter().enumerate() {
        // What has no size is reported as that.
        let same = |other: &&RecordedScan| other.day == scan.day && other.sum_mm > 0.0 && scan.sum_mm > 0.0;
        let Some(first) = record.scans[..number].iter().position(|other| same(&other)) else { continue };
        let other = &record.scans[first];
        if libm::fabs(libm::log(scan.sum_mm / other.sum_mm)) <= most {
            continue;
        }
        let place = |at: usize| places.get(at).map_or(reader.span.clone(), |scan| scan.span.clone());
        let (low, high) = (other.sum_mm * libm::exp(-most), other.sum_mm * libm::exp(most));
        Diagnostic::error(
            place(number),
            format!("two scans of day {}, with sums of {:.0} and {:.0} mm", scan.day, other.sum_mm, scan.sum_mm),
        )
        .label(format!("expected {low:.0} to {high:.0} mm beside the other one: readings differ by no more"))
        .related(place(first), "the other one")
        .help("check day and lesions of both; or raise `within` and `between` of [assessment], which say how far readings differ")
        .report(reader.cx);
    }
}

/// Reports concentrations of nothing.
fn above_zero(reader: &Reader<'_>, record: &PatientRecord) {
    let blood = [
        ("trough", record.troughs.iter().map(|t| t.ng_per_ml).collect::<Vec<_>>()),
        ("marker", record.markers.iter().map(|m| m.ng_per_ml).collect()),
    ];
    for (name, levels) in blood {
        for (place, _) in reader.tables(name).iter().zip(levels).filter(|(_, level)| *level <= 0.0) {
            place.refuse(
                "level",
                "a level of 0",
                "expected more than 0",
                "write the limit of the assay where nothing was found",
            );
        }
    }
}

/// Reports what is known of days after the question, and questions after the end.
fn times(reader: &Reader<'_>, clock: &Clock, record: &PatientRecord) {
    let known = record.last_day();
    if record.today < known {
        reader.refuse(
            "today",
            format!("a question on day {}, of a patient known until day {known}", record.today),
            format!("expected at least {known} d"),
            "write a later time, or leave `today` out",
        );
    }
    let end = clock.end.as_ref().zip(clock.step_hours);
    if let Some((end, hours)) = end.filter(|(end, hours)| end.value / (24 / hours) <= record.today) {
        Diagnostic::error(
            reader.place("today"),
            format!("a question on day {}, when the simulation is over", record.today),
        )
        .label(format!("expected less than {} d", end.value / (24 / hours)))
        .related(end.span.clone(), "the simulation ends here")
        .help("write a later `end` in [time]: as far as the options are to be followed")
        .report(reader.cx);
    }
}

/// Reports troughs of drugs that no arm gives.
fn drugs(keys: &RecordKeys, reader: &Reader<'_>, arms: &[Arm]) {
    let mut names: Vec<&str> = arms.iter().flat_map(|arm| arm.therapy.drugs()).collect();
    names.sort_unstable();
    names.dedup();
    for TroughKeys { drug, .. } in &keys.trough {
        if names.contains(&drug.value.trim()) {
            continue;
        }
        let help = match nearest(&drug.value, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "write the name of a drug as the arms have it".to_owned(),
        };
        Diagnostic::error(drug.span.clone(), format!("no arm gives {}", shown(&drug.value)))
            .label(format!("expected one of {}", list(names.iter().copied())))
            .help(help)
            .report(reader.cx);
    }
}

/// Reports arms that are not what was given until the question is asked.
fn given(root: &Reader<'_>, reader: &Reader<'_>, record: &PatientRecord, arms: &[Arm]) {
    // Before the start nothing was given.
    let places = if record.today > 0 { root.tables("arm") } else { Vec::new() };
    let mut first = None;
    for (arm, place) in arms.iter().zip(&places) {
        let until = record.today;
        let Some(lines) = record.given_lines(&arm.therapy) else {
            Diagnostic::error(
                place.place("name"),
                format!("arm {} does not say what was given until day {until}", shown(&arm.name)),
            )
            .label(format!("expected lines that end on day {until} by their time alone"))
            .related(reader.place("today"), "the question is asked then")
            .help(format!(
                "write the therapy so far as [[arm.therapy.line]] with `until = \"{until} d\"`, the same in each arm, and the option in \
                 a line below it"
            ))
            .report(reader.cx);
            continue;
        };
        let own = (&arm.therapy.lines[..lines], &arm.therapy.background);
        match &first {
            None => first = Some((own, place)),
            Some((before, _)) if *before == own => {}
            Some((_, other)) => Diagnostic::error(
                place.place("name"),
                format!("arm {} was treated otherwise before day {until}", shown(&arm.name)),
            )
            .label("expected the lines of the first arm until then, and its background")
            .related(other.place("name"), "the first arm")
            .help("arms are options from then on; what was given before is one thing")
            .report(reader.cx),
        }
    }
}
