//! What a patient adds to a dish: hormones of the blood, and the size of a lesion.

use evotor::biology::volume::{Cellularity, TissueParts};
use evotor::scenario::LesionVolume;

use super::bench::{Bench, RAPALOG};

/// Drugs at their usual doses: unbound in tissue (nM) and on average in the blood (ng/mL).
const ALPELISIB: (&str, f64, f64) = ("alpelisib", 333.0, 1360.0);
const EVEROLIMUS: (&str, f64, f64) = ("everolimus", 1.3, 23.9);
const PASIREOTIDE: (&str, f64, f64) = ("pasireotide LAR", 1.2, 10.9);
const OCTREOTIDE: (&str, f64, f64) = ("octreotide LAR", 0.4, 1.37);

fn in_a_dish((name, nm, _): (&'static str, f64, f64)) -> (&'static str, f64, f64) {
    (name, nm, 0.0)
}

// Insulin that answers a PI3K inhibitor reactivates PI3K in tumours and takes from its effect (Nature 2018;560:499).
#[test]
fn insulin_takes_from_a_pi3k_inhibitor() {
    let bench = Bench::new();
    let (patient, dish) =
        (bench.treated("sensitive", &[ALPELISIB]), bench.treated("sensitive", &[in_a_dish(ALPELISIB)]));
    assert!(patient.pi3k > 1.1 * dish.pi3k && patient.t308 > dish.t308);
    assert!(patient.growth > dish.growth + 0.02 && patient.growth < 1.0);
    // What holds insulin back gives the effect back.
    let held = bench.treated("sensitive", &[ALPELISIB, PASIREOTIDE]);
    let apart = bench.treated("sensitive", &[ALPELISIB, in_a_dish(PASIREOTIDE)]);
    assert!(held.pi3k < apart.pi3k && held.growth < apart.growth);
}

// Everolimus raises insulin by far less (Eur J Endocrinol 2014;170:R43).
#[test]
fn insulin_takes_little_from_everolimus() {
    let bench = Bench::new();
    let (patient, dish) =
        (bench.treated("sensitive", &[EVEROLIMUS]), bench.treated("sensitive", &[in_a_dish(EVEROLIMUS)]));
    assert!(patient.pi3k > dish.pi3k && patient.akt > dish.akt);
    assert!((0.0..0.01).contains(&(patient.growth - dish.growth)));
}

// IGF-1 falls to 0.74 on octreotide LAR (J Endocrinol Invest, doi:10.1007/BF03347432). It feeds both arms, and less of it is worth less
// beside everolimus than alone.
#[test]
fn somatostatin_analogues_lower_both_arms_by_way_of_igf1() {
    let bench = Bench::new();
    let lost = |with: &[(&str, f64, f64)], without: &[(&str, f64, f64)]| {
        let (with, without) = (bench.treated("sensitive", with), bench.treated("sensitive", without));
        assert!(with.erk < without.erk && with.pi3k < without.pi3k);
        1.0 - with.growth / without.growth
    };
    let alone = lost(&[OCTREOTIDE], &[in_a_dish(OCTREOTIDE)]);
    let beside = lost(&[OCTREOTIDE, EVEROLIMUS], &[in_a_dish(OCTREOTIDE), EVEROLIMUS]);
    assert!(alone > 0.01 && beside < alone, "{alone} {beside}");
}

/// Volume of a lesion whose cells do not change in number, relative to the start, after half a year in a bath and half a year without.
fn on_and_off(bench: &Bench, state: &str) -> [f64; 2] {
    let (rule, cells) = (LesionVolume::typical(), Cellularity { live: 1.0, dead: 0.0 });
    let mut parts = TissueParts::default();
    let masses = [bench.on(state, &[RAPALOG]).mass, bench.off(state).mass];
    masses.map(|mass| {
        (0..182).for_each(|_| parts.advance_day(&rule, cells, mass));
        parts.volume(&rule, cells, 1.0)
    })
}

// Angiomyolipomas without TSC1/TSC2 are at 53 % of their volume after a year of sirolimus and at 86 % a year after its end (NEJM
// 2008;358:140): cells that swell and shrink, not deaths. Other cells hardly change, and context R is like them.
#[test]
fn lesions_without_tsc_shrink_and_swell_again() {
    let bench = Bench::new();
    let [on, off] = on_and_off(&bench, "tsc=lost");
    assert!((0.45..0.70).contains(&on), "{on}");
    assert!((0.85..=1.0).contains(&off), "{off}");
    for [on, off] in [on_and_off(&bench, "sensitive"), on_and_off(&Bench::context_r(), "tsc=lost")] {
        assert!(on > 0.85 && off > 0.99, "{on} {off}");
    }
}
