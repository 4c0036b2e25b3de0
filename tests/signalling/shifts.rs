//! How resistant each state comes out of the network, beside what experiments suggest.
//!
//! The expectation is a target, never an input (no multiplier of it is in the network): where the two
//! differ, the difference stands in `tests/data/signalling/shifts.txt`, and a catalogue may make it up with
//! a named parameter of a drug (`shifts` of its targets and kills). `UPDATE_SIGNALLING=1` writes the file
//! anew.

use std::fmt::Write as _;
use std::path::Path;

use super::bench::Bench;

/// What is expected of a drug in a state: factor on EC50, and on the maximum effect where one is given.
#[derive(Clone, Copy)]
struct Expected {
    drug: &'static str,
    ec50: (f64, f64),
    maximum: Option<f64>,
}

const NEVER: f64 = 1e9;

const fn on(drug: &'static str, least: f64, most: f64) -> Expected {
    Expected { drug, ec50: (least, most), maximum: None }
}

const fn with_maximum(drug: &'static str, least: f64, most: f64, maximum: f64) -> Expected {
    Expected { drug, ec50: (least, most), maximum: Some(maximum) }
}

const EVE: &str = "everolimus";
const TOR: &str = "sapanisertib";
const LINK: &str = "RapaLink-1";
const PI3K: &str = "alpelisib";
const MEK: &str = "trametinib";

/// State, TSC context R, basal growth (least, most), drugs; where it was seen.
type Row = (&'static str, bool, (f64, f64), &'static [Expected], &'static str);

const ROWS: [Row; 9] = [
    (
        "fkbp12_frb=frb_mutant",
        false,
        (0.95, 1.0),
        &[on(EVE, 1e3, NEVER), on(TOR, 1.0, 1.0), on(LINK, 1.0, 3.0), on(PI3K, 1.0, 1.0), on(MEK, 1.0, 1.0)],
        "Nature 2016;534:272; PMC4226703",
    ),
    (
        "fkbp12_frb=fkbp12_lost",
        false,
        (1.0, 1.0),
        &[
            on(EVE, 1e3, NEVER),
            on(TOR, 1.0, 1.0),
            on(LINK, 10.0, 50.0),
            on(PI3K, 1.0, 1.0),
            on(MEK, 1.0, 1.0),
        ],
        "RapaLink is blocked by FK506",
    ),
    (
        "mtor_kinase=active",
        false,
        (1.1, 1.3),
        &[
            with_maximum(EVE, 0.3, 1.0, 1.0),
            on(TOR, 10.0, 30.0),
            on(LINK, 1.0, 1.0),
            on(PI3K, 3.0, 3.0),
            on(MEK, 1.0, 1.0),
        ],
        "Nature 2016;534:272; Cancer Discov 2014;4:546",
    ),
    (
        "tsc=lost",
        false,
        (1.3, 1.3),
        &[
            with_maximum(EVE, 0.3, 0.3, 1.2),
            on(TOR, 1.0, 1.0),
            on(LINK, 1.0, 1.0),
            on(PI3K, 10.0, NEVER),
            on(MEK, 0.8, 0.8),
        ],
        "NEJM 2014;371:1426 (context H)",
    ),
    (
        "tsc=lost",
        true,
        (1.3, 1.3),
        &[
            with_maximum(EVE, 3.0, 10.0, 0.6),
            on(TOR, 1.0, 2.0),
            on(LINK, 1.0, 1.0),
            on(PI3K, 10.0, NEVER),
            on(MEK, 1.0, 1.0),
        ],
        "Front Endocrinol 2020;11:562505 (context R)",
    ),
    (
        "gsk3=overactive",
        false,
        (0.7, 0.85),
        &[on(EVE, 74.0, 150.0), on(TOR, 2.0, 2.0), on(LINK, 2.0, 2.0), on(PI3K, 1.0, 1.0), on(MEK, 1.0, 1.0)],
        "Endocr Relat Cancer 2018;25:893",
    ),
    (
        "rtk=up",
        false,
        (1.0, 1.1),
        &[
            with_maximum(EVE, 3.0, 10.0, 0.5),
            on(TOR, 2.0, 3.0),
            on(LINK, 2.0, 2.0),
            on(PI3K, 0.7, 0.7),
            on(MEK, 0.7, 0.7),
        ],
        "Cancer 2011;117:4141; Endocr Connect 2019;8:EC-19-0192; Cancer Discov 2011;1:248",
    ),
    (
        "aurka=high",
        false,
        (1.1, 1.1),
        &[with_maximum(EVE, 3.0, 3.0, 0.7), on(TOR, 1.0, 1.0), on(LINK, 1.0, 1.0)],
        "order of magnitude",
    ),
    (
        "kras=mutant, pik3ca=mutant",
        false,
        (1.2, 1.2),
        &[
            with_maximum(EVE, 10.0, 10.0, 0.4),
            on(TOR, 3.0, 3.0),
            on(LINK, 3.0, 3.0),
            on(PI3K, 5.0, 5.0),
            on(MEK, 0.5, 0.5),
        ],
        "order of magnitude",
    ),
];

/// Concentration at which a state loses as much growth as the sensitive cell at its EC50, in units of that
/// EC50.
fn equal(bench: &Bench, state: &str, drug: &str, (ec50, maximum): (f64, f64)) -> f64 {
    let reached = |nm: f64| 1.0 - bench.growth(state, &[(drug, nm)]) >= 0.5 * maximum;
    if !reached(1e12) {
        return NEVER;
    }
    let (mut low, mut high) = (1e-9_f64, 1e12_f64);
    for _ in 0..200 {
        let middle = (low * high).sqrt();
        if reached(middle) { high = middle } else { low = middle }
    }
    high / ec50
}

fn factor(x: f64) -> String {
    if x >= NEVER {
        "never".into()
    } else if x >= 100.0 {
        format!("{x:.0}")
    } else {
        format!("{x:.2}")
    }
}

fn range((least, most): (f64, f64)) -> String {
    match (least, most) {
        (least, most) if least == most => factor(least),
        (least, NEVER) => format!(">= {}", factor(least)),
        (least, most) => format!("{} to {}", factor(least), factor(most)),
    }
}

/// Within the range, widened by a factor of 1.5 on both sides.
fn verdict(found: f64, (least, most): (f64, f64), words: (&'static str, &'static str)) -> &'static str {
    match found {
        x if x < least / 1.5 => words.0,
        x if x > most * 1.5 => words.1,
        _ => "as expected",
    }
}

fn report() -> String {
    let (h, r) = (Bench::new(), Bench::context_r());
    let mut out = String::from(
        "Resistance of each state as the network makes it, beside what experiments suggest.\n\n\
         equal    concentration for the growth loss of the sensitive cell at its EC50, in units of that EC50\n\
         maximum  largest loss of growth, relative to that of the sensitive cell\n\
         `as expected` is within a factor of 1.5 of the expected range.\n",
    );
    for (state, context_r, growth, drugs, seen) in ROWS {
        let (bench, name) =
            if context_r { (&r, format!("{state}, context R")) } else { (&h, state.to_owned()) };
        let basal = bench.off(state).growth;
        // Basal growth is held more tightly: a tenth.
        let verdict_growth = match basal {
            x if x < growth.0 - 0.1 => "slower",
            x if x > growth.1 + 0.1 => "faster",
            _ => "as expected",
        };
        let _ = writeln!(out, "\n{name} ({seen})");
        let _ = writeln!(
            out,
            "  {:<14} {:<10} {basal:<8.2} expected {:<14} {verdict_growth}",
            "untreated",
            "growth",
            range(growth)
        );
        for e in drugs {
            let sensitive = h.potency("sensitive", e.drug).unwrap();
            let found = equal(bench, state, e.drug, sensitive);
            let judged = verdict(found, e.ec50, ("less resistant", "more resistant"));
            let _ = writeln!(
                out,
                "  {:<14} {:<10} {:<8} expected {:<14} {judged}",
                e.drug,
                "equal",
                factor(found),
                range(e.ec50)
            );
            let most = bench.potency(state, e.drug).map_or(0.0, |p| p.1) / sensitive.1;
            let (wanted, judged) = match e.maximum {
                Some(wanted) => (factor(wanted), verdict(most, (wanted, wanted), ("weaker", "stronger"))),
                None => ("-".into(), ""),
            };
            let _ =
                writeln!(out, "  {:<14} {:<10} {most:<8.2} expected {wanted:<14} {judged}", "", "maximum");
        }
    }
    out.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}

#[test]
fn emergent_resistance_is_what_is_written_down() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/signalling/shifts.txt");
    let found = report();
    if std::env::var_os("UPDATE_SIGNALLING").is_some() {
        std::fs::write(&file, &found).unwrap();
    }
    let stored = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(stored == found, "set UPDATE_SIGNALLING=1 if this is meant:\n{found}");
}

// What must come out whatever the sizes: who resists what.
#[test]
fn the_order_of_resistance_is_right() {
    let bench = Bench::new();
    let shift =
        |state: &str, drug: &str| equal(&bench, state, drug, bench.potency("sensitive", drug).unwrap());
    for resistant in ["fkbp12_frb=frb_mutant", "fkbp12_frb=fkbp12_lost", "gsk3=overactive", "rtk=up"] {
        assert!(shift(resistant, EVE) >= 3.0, "{resistant}");
        assert!(shift(resistant, TOR) <= 3.0 * 1.5, "{resistant}");
    }
    assert!(shift("mtor_kinase=active", TOR) >= 10.0 && shift("mtor_kinase=active", LINK) <= 3.0);
    assert!(shift("rtk=up", MEK) < 1.0 && shift("tsc=lost", PI3K) >= 10.0);
}
