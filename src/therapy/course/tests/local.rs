//! What the tumour is told of a day.

use crate::therapy::Cut;
use crate::therapy::course::{DayReport, Factors, Patient};
use crate::therapy::pk::radiation::{RadiationCourse, RadionuclideKinetics};
use crate::therapy::support::{NO_EVENTS, course, drug, line, live, patient, plan, typical};

fn treat(regimens: &[&str], patient: Patient, days: u32) -> Vec<DayReport> {
    live(&mut course(&plan(vec![line(regimens, &[])], NO_EVENTS), patient), days, |_| 1.0)
}

// 2a: unbound plasma at 10 mg about 1.3 nM.
#[test]
fn everolimus_is_unbound_and_molar() {
    let days = treat(&["everolimus 10 mg daily"], typical(), 60);
    let local = &days[59].drugs[0].local;
    assert!((local.plasma_parent_nm - 1.3).abs() < 0.05, "{local:?}");
    // At steady state the lag of the site moves no average.
    assert!((local.site_parent_nm / local.plasma_parent_nm - 1.0).abs() < 1e-3);
    assert!((local.average - 23.95).abs() < 0.01 && local.plasma_metabolite_nm == 0.0);
    // On the first day the site is far behind plasma.
    let first = &days[0].drugs[0].local;
    assert!(first.site_parent_nm < 0.25 * first.plasma_parent_nm, "{first:?}");
}

// 3b, O'Donnell 2008: 20 mg weekly keeps S6K1 inhibited for 7 d, although blood is clear by then: the site (which cells
// follow) is above the EC50 of 0.1 nM on every day of the week, plasma is not.
#[test]
fn a_weekly_dose_lasts_at_the_site() {
    let days = treat(&["everolimus 20 mg weekly"], typical(), 70);
    let week: Vec<_> = days[63..].iter().map(|d| d.drugs[0].local).collect();
    assert!(week.iter().all(|l| l.site_parent_nm > 0.1), "{week:?}");
    assert!(week[6].plasma_parent_nm < 0.1, "{:?}", week[6]);
}

// 2b: 5 % of 43.8 and 10 % of 19.2 ng/mL. 9 #20: an area of 1.05 mg·h/L on vessels of 1.0 is half the effect.
#[test]
fn sunitinib_acts_with_its_metabolite_and_on_vessels() {
    let days = treat(&["sunitinib 37.5 mg daily"], typical(), 60);
    let local = &days[59].drugs[0].local;
    assert!((local.plasma_parent_nm - 43.8 * 0.05 / 0.3985).abs() < 0.02, "{local:?}");
    assert!((local.plasma_metabolite_nm - 19.2 * 0.10 / 0.3704).abs() < 0.1, "{local:?}");
    assert!((local.vessels.inhibition - 1.05 / 2.05).abs() < 0.003, "{local:?}");
    assert_eq!(days[59].vessels(), local.vessels.and(Default::default()));
}

#[test]
fn a_bath_is_what_it_says() {
    let days = treat(&["PD98059 10 uM, 2 d on 1 d off"], typical(), 3);
    let levels: Vec<f64> = days.iter().map(|d| d.drugs[0].local.plasma_parent_nm).collect();
    assert!((levels[0] - 10_000.0).abs() < 1e-6 && (levels[1] - 10_000.0).abs() < 1e-6, "{levels:?}");
    assert_eq!((levels[2], days[0].drugs[0].local.site_parent_nm), (0.0, 10_000.0));
}

// 2c: 3.41 Gy/GBq times 7.4 GBq, falling by a tenth per cycle: the course and the radiation model agree.
#[test]
fn a_radionuclide_irradiates() {
    let days = treat(&["177Lu-DOTATATE 7.4 GBq every 8 weeks x4"], typical(), 400);
    let kill = &drug("177Lu-DOTATATE").kills[0];
    let mut alone = RadiationCourse::new(RadionuclideKinetics::typical(kill).unwrap());
    for (day, report) in days.iter().enumerate() {
        let day = day as u32;
        if day.is_multiple_of(56) && day < 224 {
            alone.give(day, 0.0, 7.4).unwrap();
        }
        assert_eq!(report.drugs[0].local.radiation, alone.advance_day());
    }
    let gray: f64 = days.iter().map(|d| d.drugs[0].local.radiation.gray).sum();
    assert!((gray - 3.41 * 7.4 * (1.0 + 0.9 + 0.81 + 0.729)).abs() < 1e-6, "{gray}");
    assert!(days[0].drugs[0].local.radiation.hits() > 0.0);
}

// A patient's own factors take the place of what is drawn, and of nothing else.
#[test]
fn factors_are_the_patients_own() {
    let regimens = ["177Lu-DOTATATE 7.4 GBq every 8 weeks", "sunitinib 37.5 mg daily"];
    let of = |patient| treat(&regimens, patient, 10).pop().unwrap().drugs;
    let factors = Some(Factors { radiation_dose: 2.0, vessel_ec50: 3.0 });
    let (typical_day, own) = (of(typical()), of(Patient { factors, ..typical() }));
    let gray = |drugs: &[crate::therapy::course::DrugDay]| drugs[0].local.radiation.gray;
    assert!((gray(&own) / gray(&typical_day) - 2.0).abs() < 1e-12);
    let odds = |inhibition: f64| inhibition / (1.0 - inhibition);
    let ratio = odds(typical_day[1].local.vessels.inhibition) / odds(own[1].local.vessels.inhibition);
    assert!((ratio - 3.0).abs() < 1e-9, "{ratio}");
    assert_eq!(own[1].exposure, typical_day[1].exposure);
    // Drawn: patients differ, and each is always the same.
    assert_ne!(gray(&of(patient(1))), gray(&of(patient(2))));
    assert_eq!(of(patient(1)), of(patient(1)));
    // everolimus: no spread of its EC50 on vessels in the catalogue, so no factor either.
    let vessels = |patient| treat(&["everolimus 10 mg daily"], patient, 1)[0].vessels();
    assert_eq!(vessels(Patient { factors, ..typical() }), vessels(typical()));
}

// Several procedures of a day follow one another; what is given by dose alone is none.
#[test]
fn procedures_cut_on_their_day() {
    let regimens = [
        "debulking surgery 80 % on day 3",
        "chemoembolisation 50 % on days 3 and 5",
        "everolimus 10 mg daily",
    ];
    let days = treat(&regimens, typical(), 7);
    let cuts: Vec<(u32, Vec<Cut>)> =
        days.iter().filter(|d| !d.cuts.is_empty()).map(|d| (d.day, d.cuts.clone())).collect();
    let surgery = Cut { drug: 0, share: 0.8, dead_remain: false };
    let embolised = Cut { drug: 1, share: 0.3, dead_remain: true };
    assert_eq!(cuts, [(3, vec![surgery, embolised]), (5, vec![embolised])]);
}

#[test]
fn supportive_care_is_no_treatment() {
    let days = treat(&["best supportive care"], typical(), 3);
    assert!(days.iter().all(|d| !d.on_treatment && d.drugs[0].given.is_empty()));
}
