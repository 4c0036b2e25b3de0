//! `[[therapy.monitoring]]`: doses that follow troughs.

use super::regimens::Formulary;
use super::steps::not_its_own;
use crate::catalogue::{Drug, DrugKind};
use crate::scenario::declare::*;
use crate::scenario::error::Diagnostic;
use crate::scenario::model::{DrugMonitoring, Regimen, TroughAnalyte};
use crate::scenario::nearest::{list, nearest};
use crate::scenario::shown::shown;

/// Therapeutic drug monitoring of a drug.
#[derive(Debug, Section)]
#[section(path = "therapy.monitoring", heading = "[[therapy.monitoring]]", given = in_order)]
pub(crate) struct MonitoringKeys {
    /// Name or alias of a drug that the plan gives, by one regimen in all its lines.
    #[key(required, example = "everolimus")]
    pub(crate) drug: At<String>,
    /// Lower end of the target. Everolimus in cancer: 10 (the range of DIANA-1, doi:10.3390/jcm14010145, is 10 to 26.3). Sunitinib
    /// with its metabolite: 50, at 50 mg 4 weeks on and 2 off (ranges of one centre: Cancer Chemother Pharmacol 2017, Sabanathan);
    /// 37.5 for 37.5 mg continuously (in proportion to the dose; from memory, C).
    #[key(within_above(Concentration, 0.0, 1e9), required, example = "10 ng/mL")]
    pub(crate) lower: f64,
    /// Upper end of the target. Everolimus: 15 is a choice (C); above 17.3 dose-limiting events were more frequent in breast
    /// cancer (Fukudo, real-world pharmacokinetics of everolimus in metastatic breast cancer), and a doubled trough has 1.49 times the severe stomatitis (Eur J Cancer 2014;50:486).
    #[key(
        within_above(Concentration, 0.0, 1e9),
        absent = "no trough is too high: the dose is never lowered by one",
        example = "15 ng/mL"
    )]
    pub(crate) upper: Option<f64>,
    /// What is measured: the drug, or the drug and its active metabolite together.
    #[key(default = "parent", example = "total")]
    pub(crate) analyte: TroughAnalyte,
    /// Doses to choose from, in any order; the largest is the largest that a trough may lead to. A dose alone is given like the planned
    /// one: "7.5 mg".
    #[key(derived = "the planned dose and its reduced doses", example = ["5 mg", "7.5 mg", "10 mg", "12.5 mg", "15 mg"])]
    pub(crate) levels: Option<Vec<At<String>>>,
    /// Time of unchanged doses, without a hold or days off, after which a trough is taken for that of the steady state: from the start,
    /// after each change of dose, and after each interruption.
    #[key(default = "14 d", example = "28 d", form = SomeDays)]
    pub(crate) after: u32,
    /// Time from one sample to the next while the dose stays.
    #[key(absent = "one sample, and one after each change of dose or interruption", example = "84 d", form = SomeDays)]
    pub(crate) every: Option<u32>,
    /// Time from a sample to the first dose that may follow from it (C: laboratories differ).
    #[key(default = "7 d", example = "3 d", form = Days)]
    pub(crate) turnaround: u32,
    /// Coefficient of variation of a measured trough about the true one, log-normal: that of the assay, and of sampling times.
    #[key(
        number(0.0, 2.0),
        derived = "the residual error of the drug's pharmacokinetics; 0.3 where none is known (C)",
        example = 0.1
    )]
    pub(crate) cv: Option<f64>,
    /// Whether a trough may raise a dose that was reduced for adverse events.
    #[key(default = false, example = true)]
    pub(crate) raise_after_toxicity: bool,
}

fn in_order(reader: &Reader<'_>) {
    reader.ascending("lower", "upper", "for example `lower = \"10 ng/mL\"` and `upper = \"15 ng/mL\"`");
}

impl MonitoringKeys {
    /// The keys of a rule.
    pub fn of(rule: &DrugMonitoring) -> MonitoringKeys {
        let texts = rule.levels.iter().map(|r| At::new(r.to_string(), 0..0)).collect();
        MonitoringKeys {
            drug: At::new(rule.drug.clone(), 0..0),
            lower: rule.lower,
            upper: rule.upper,
            analyte: rule.analyte,
            levels: (!rule.levels.is_empty()).then_some(texts),
            after: rule.after,
            every: rule.every,
            turnaround: rule.turnaround,
            cv: rule.cv,
            raise_after_toxicity: rule.raise_after_toxicity,
        }
    }

    fn rule(&self, drug: &str, levels: Vec<Regimen>) -> DrugMonitoring {
        DrugMonitoring {
            drug: drug.to_owned(),
            lower: self.lower,
            upper: self.upper,
            analyte: self.analyte,
            levels,
            after: self.after,
            every: self.every,
            turnaround: self.turnaround,
            cv: self.cv,
            raise_after_toxicity: self.raise_after_toxicity,
        }
    }
}

/// The rules of a plan that gives these regimens; what is wrong with one is reported.
pub(super) fn read(
    all: &[(MonitoringKeys, Reader<'_>)],
    formulary: &Formulary<'_>,
    given: &[&At<Regimen>],
) -> Vec<DrugMonitoring> {
    let mut rules: Vec<DrugMonitoring> = Vec::new();
    for (keys, reader) in all {
        let Some(planned) = planned(keys, reader, formulary, given) else { continue };
        if rules.iter().any(|rule| rule.drug == planned.value.drug) {
            let found = format!("the trough of `{}` has two targets", planned.value.drug);
            reader.refuse("drug", found, "expected each drug once", "remove one of the two");
            continue;
        }
        let levels = levels(keys, reader, formulary, planned);
        rules.push(keys.rule(&planned.value.drug, levels.into_iter().map(|level| level.value).collect()));
    }
    rules
}

/// The regimen that a rule is about.
fn planned<'g>(
    keys: &MonitoringKeys,
    reader: &Reader<'_>,
    formulary: &Formulary<'_>,
    given: &[&'g At<Regimen>],
) -> Option<&'g At<Regimen>> {
    let drug = formulary.catalogue.find(keys.drug.value.trim()).ok();
    let mut of_drug = given.iter().filter(|r| drug.is_some_and(|drug| drug.name == r.value.drug));
    let (Some(drug), Some(planned)) = (drug, of_drug.next()) else {
        return not_given(keys, reader, given);
    };
    measurable(keys, reader, drug, &planned.value)?;
    let schedule = |r: &Regimen| (r.dose, r.times_per_day, r.rhythm.clone(), r.phases.clone());
    if let Some(other) = of_drug.find(|r| schedule(&r.value) != schedule(&planned.value)) {
        return Diagnostic::error(
            keys.drug.span.clone(),
            format!("the plan gives `{}` by two regimens", drug.name),
        )
        .label("expected one regimen of the drug in all lines: a trough belongs to a schedule")
        .related(planned.span.clone(), "one regimen")
        .related(other.span.clone(), "another one")
        .help("give the drug by the same dose and schedule in all lines, or leave its monitoring out")
        .fail(reader.cx);
    }
    Some(planned)
}

fn not_given<T>(keys: &MonitoringKeys, reader: &Reader<'_>, given: &[&At<Regimen>]) -> Option<T> {
    let mut names: Vec<&str> = given.iter().map(|r| r.value.drug.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let help = match nearest(&keys.drug.value, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "name a drug of the plan, or add a regimen of this one".to_owned(),
    };
    let found = format!("the plan does not give {}", shown(&keys.drug.value));
    reader.refused("drug", found, format!("expected one of {}", list(names)), help)
}

/// Refuses a drug without a trough that a dose could follow.
fn measurable(keys: &MonitoringKeys, reader: &Reader<'_>, drug: &Drug, planned: &Regimen) -> Option<()> {
    let name = &drug.name;
    let leave_out =
        "remove this section, or name a drug that is given by mouth or into tissue, over and over";
    let no_trough = |why: String, expected: &str| reader.refused("drug", why, expected, leave_out);
    let pk = match &drug.pk {
        Some(pk) if drug.kind == DrugKind::Medicine => pk,
        _ => {
            let why = format!("`{name}` has no concentration in the model that could be measured");
            return no_trough(why, "expected a drug with pharmacokinetics");
        }
    };
    if planned.intensity() <= 0.0
        || planned.dose.is_some_and(|d| d.unit == crate::catalogue::DoseUnit::Nanomolar)
    {
        let why = format!("`{name}` has no trough by the regimen \"{planned}\"");
        return no_trough(why, "expected doses that come round again");
    }
    if pk.infusion_h.is_some() {
        let why = format!("`{name}` is infused, and has no trough that its dose is adjusted by");
        return no_trough(why, "expected a drug that is not infused");
    }
    if keys.analyte == TroughAnalyte::Total && pk.metabolite.is_none() {
        return reader.refused(
            "analyte",
            format!("`{name}` has no active metabolite to be measured with it"),
            "expected \"parent\"",
            "write `analyte = \"parent\"`, or leave it out",
        );
    }
    Some(())
}

/// The doses to choose from.
fn levels(
    keys: &MonitoringKeys,
    reader: &Reader<'_>,
    formulary: &Formulary<'_>,
    planned: &At<Regimen>,
) -> Vec<At<Regimen>> {
    let texts = keys.levels.as_deref();
    if texts.is_some_and(<[_]>::is_empty) {
        let help = "list doses, or leave `levels` out for the planned one and its reduced doses";
        reader.refuse("levels", "no dose to choose from", "expected at least one dose", help);
    }
    let alone = std::slice::from_ref(planned);
    let mut levels: Vec<At<Regimen>> = Vec::new();
    for level in texts.unwrap_or_default().iter().filter_map(|text| formulary.step(text, alone)) {
        not_its_own(reader.cx, &level, &planned.value);
        let same =
            |r: &&At<Regimen>| r.value.dose == level.value.dose && r.value.rhythm == level.value.rhythm;
        if let Some(first) = levels.iter().find(same) {
            Diagnostic::error(level.span.clone(), "a level twice")
                .label("expected each dose once")
                .related(first.span.clone(), "the first one")
                .help("remove one of the two")
                .report(reader.cx);
        }
        levels.push(level);
    }
    levels
}
