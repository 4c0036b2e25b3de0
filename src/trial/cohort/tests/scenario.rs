//! Patients and scenarios; what is refused; the table.

use std::path::Path;

use super::super::{
    Cohort, CohortRow, CohortSpec, LesionRow, ParameterChange, StartingStateRow, VirtualPatient,
};
use super::{SEED, cohort, many};
use crate::biology::patient::{Distribution, PatientParameter};
use crate::scenario::{Origin, OriginShares, PatientData, Scenario, effective_toml, parse};
use crate::table::{self, Row};

const SCENARIO: &str = "name = \"x\"\nphenotype = \"signalling\"\ntime = { end = \"28 d\" }\n\
    lattice = { size = [64, 64] }\nstart = { shape = \"single\" }\n";

fn scenario(text: &str) -> Scenario {
    parse(text, "x.toml", Path::new("")).unwrap().scenario
}

// With nobody different from the typical patient, the cohort is that patient.
#[test]
fn a_cohort_without_spread_is_the_typical_patient() {
    let mut spec = CohortSpec {
        pharmacokinetics: crate::scenario::Pharmacokinetics::Typical,
        ..CohortSpec::new(3, SEED)
    };
    for parameter in PatientParameter::ALL {
        spec = spec.with(parameter.name(), ParameterChange::Fixed(parameter.typical()));
    }
    let typical = scenario(SCENARIO).patient.unwrap();
    for patient in cohort(spec).patients() {
        let male = PatientData { sex: crate::scenario::Sex::Male, ..patient.data.clone() };
        assert_eq!(male, typical);
        assert!(patient.clonal.is_empty() && (patient.ki67 - 5.0).abs() < 1e-12);
        assert_eq!(patient.biology().unwrap().turnover, patient.turnover);
    }
}

// Every patient can be written as a scenario, and read back the same, to the last bit.
#[test]
fn patients_can_be_written_as_scenarios() {
    let clonal = many().iter().filter(|p| !p.clonal.is_empty()).take(20);
    let cut = many().iter().filter(|p| !p.cut_off.is_empty()).take(20);
    let mut base = scenario(SCENARIO);
    for patient in many()[..40].iter().chain(clonal).chain(cut) {
        base.patient = Some(patient.data.clone());
        base.start.composition = patient.composition(&base.loci);
        let read = scenario(&effective_toml(&base));
        assert_eq!(read.patient.as_ref(), Some(&patient.data));
        assert_eq!(read.start.composition.len(), base.start.composition.len());
        assert_eq!(patient.biology().unwrap().turnover, patient.turnover);
    }
}

#[test]
fn loci_that_a_scenario_lacks_are_named() {
    let base = scenario(SCENARIO);
    let patient = many().iter().find(|p| p.clonal.contains(&("pten", 2))).unwrap();
    assert!(patient.missing_loci(&base.loci).contains(&"pten"));
    let tsc = many().iter().find(|p| p.clonal == [("tsc", 2)]).unwrap();
    assert!(tsc.missing_loci(&base.loci).is_empty());
    let sum: f64 = tsc.composition(&base.loci).iter().map(|s| s.fraction).sum();
    assert!((sum - 1.0).abs() < 1e-12, "nobody is sensitive");
}

#[test]
fn what_is_impossible_is_refused() {
    let usual = || CohortSpec::new(10, 1);
    let distribution = Distribution::LogNormal { log_sd: -1.0, most: f64::INFINITY };
    for (spec, text) in [
        (CohortSpec { patients: 0, ..usual() }, "draw a cohort of 0 patients: give at least 1"),
        (CohortSpec { patients: (1 << 24) + 1, ..usual() }, "at most 16777216"),
        (
            CohortSpec { population: "radiant-5".into(), ..usual() },
            "find the growth population `radiant-5`; did you mean `radiant-",
        ),
        (
            CohortSpec { population: "x".into(), ..usual() },
            "there are `radiant-3`, `sun-1111`, `radiant-4`, `clarinet`, `covariates`",
        ),
        (CohortSpec { prognostic_factor: 0.0, ..usual() }, "multiply the growth"),
        (
            CohortSpec {
                origins: OriginShares { gut: 0.5, ..OriginShares::all(Origin::Pancreas) },
                ..usual()
            },
            "they must be 0 or more and sum to 1",
        ),
        (CohortSpec { prognostic_factor: f64::NAN, ..usual() }, "by NaN"),
        (
            usual().with("growht", ParameterChange::Fixed(1.0)),
            "find the quantity `growht` of a patient; did you mean `growth`?",
        ),
        (usual().with("gamma", ParameterChange::Spread(-0.4)), "spread `gamma` with a log-SD of -0.4"),
        (
            usual().with("growth", ParameterChange::Typical(0.0)),
            "spread `growth` with a median of 0: it must be above 0",
        ),
        (usual().with("pten", ParameterChange::Spread(1.1)), "spread `pten` with a probability of 1.1"),
        (
            usual().with("kill_factor", ParameterChange::Distribution { typical: 1.0, distribution }),
            "log-SD of -1",
        ),
        (
            usual().with("frb_fraction", ParameterChange::Spread(0.1)),
            "spread `frb_fraction` by one number: its law is the same value for all",
        ),
        (
            usual().with("upregulated_reach", ParameterChange::Typical(0.1)),
            "change the typical value of `upregulated_reach`",
        ),
        (usual().with("upregulated_reach", ParameterChange::Spread(0.1)), "its law is uniform"),
        (usual().with("male", ParameterChange::Fixed(0.5)), "use 0.5 for `male`, which is present or absent"),
        (
            usual().with("coupled_loss", ParameterChange::Fixed(1.0)),
            "use 1 for `coupled_loss`: it must be from 0 to 0.99",
        ),
    ] {
        let message = Cohort::new(&spec).unwrap_err().to_string();
        assert!(message.contains(text), "{message}");
        assert!(message.starts_with(|c: char| c.is_ascii_lowercase()), "failed to {message}");
    }
    // A change that a later one undoes is not judged.
    let spec =
        usual().with("gamma", ParameterChange::Typical(-1.0)).with("gamma", ParameterChange::Fixed(1.0));
    assert!(Cohort::new(&spec).is_ok());
}

#[test]
fn tables_hold_each_patient_with_its_lesions_and_starting_states() {
    fn read<T: Row>(rows: impl Iterator<Item = T>) -> Vec<T> {
        csv::Reader::from_reader(table::csv(rows).as_slice()).deserialize().map(Result::unwrap).collect()
    }
    let patients: Vec<VirtualPatient> = many()[..60].to_vec();
    let rows = read(patients.iter().map(CohortRow::of));
    let lesions = read(patients.iter().flat_map(LesionRow::of));
    let states = read(patients.iter().flat_map(StartingStateRow::of));
    assert_eq!(rows.len(), 60);
    for (row, patient) in rows.iter().zip(&patients) {
        assert_eq!(row.patient, patient.id);
        let numbers = [
            (row.growth_per_day, patient.data.growth),
            (row.birth_per_day, patient.turnover.birth),
            (row.frb_fraction, patient.data.frb_fraction),
            (row.cga_per_cell, patient.cga_per_cell),
            (row.diameter_sum_mm, patient.diameter_sum_mm),
        ];
        assert!(numbers.iter().all(|(written, drawn)| *written == table::rounded(*drawn)), "{numbers:?}");
        assert_eq!(row.floor_applied, patient.turnover.floored);
        assert_eq!(row.tsc_context, patient.data.tsc_context.word());
        assert_eq!(row.daxx_atrx, patient.data.daxx_atrx);
        assert_eq!(row.pharmacokinetics, "virtual");
        let own: Vec<&LesionRow> = lesions.iter().filter(|l| l.patient == patient.id).collect();
        assert_eq!((own.len(), own.len()), (row.lesions, patient.lesions.len()));
        for (i, lesion) in patient.lesions.iter().enumerate() {
            assert_eq!((own[i].lesion, own[i].organ), (i + 1, lesion.organ));
            assert_eq!(own[i].diameter_mm, table::rounded(lesion.diameter_mm));
        }
        let own: Vec<&StartingStateRow> = states.iter().filter(|s| s.patient == patient.id).collect();
        assert_eq!(own.len(), patient.start.len());
        assert!((own.iter().map(|s| s.fraction).sum::<f64>() - 1.0).abs() < 1e-5);
        for (locus, level) in &patient.clonal {
            assert!(own.iter().all(|s| s.state.contains(&format!("{locus}={level}"))), "{own:?}");
        }
    }
}
