//! The disease of one patient, as the founding question tells it.

use std::sync::OnceLock;

use super::trial::{Plan, Ran, lines, number};

/// Two years of a patient: untreated, and under everolimus. Many cells, since some states are rare.
fn plan(therapy: String) -> Plan {
    Plan { days: 364, edge: 48, check_days: 28, therapy, ..Plan::default() }
}

fn untreated() -> &'static Ran {
    static RAN: OnceLock<Ran> = OnceLock::new();
    RAN.get_or_init(|| plan(String::new()).run())
}

/// Everolimus until progression, then sunitinib; a slow patient would take years, so visits see what is there: the growth
/// is that of a fast one in the placebo arm.
fn sequence() -> &'static Ran {
    static RAN: OnceLock<Ran> = OnceLock::new();
    let therapy = lines(&["\"everolimus 10 mg daily\"", "\"sunitinib 37.5 mg daily\""]);
    RAN.get_or_init(|| {
        let plan = Plan { patient: "growth = \"0.009 /d\"\ngsk3_fraction = 0.02", ..plan(therapy) };
        Plan { days: 560, replicates: 2, edge: 40, environment: vec![0, 84, 168, 252, 336, 420, 560], ..plan }
            .run()
    })
}

fn volume(ran: &Ran, replicate: u32, day: f64) -> f64 {
    let burden = ran.burden(replicate);
    let of = |at: f64| burden.iter().find(|b| b.0 == at).map(|b| b.1 + b.2).unwrap();
    of(day) / of(0.0)
}

// Median progressive pancreatic NET: 0.0035 /d (surrogate fit to RADIANT-3's placebo arm), a doubling in 200 d; everolimus
// takes away 71 % (58 to 92 %) of it.
#[test]
fn everolimus_brings_slow_growth_to_a_standstill() {
    let everolimus = plan(lines(&["\"everolimus 10 mg daily\""])).run();
    let rate = |ran: &Ran| libm::log(volume(ran, 0, 168.0)) / 168.0;
    let (untreated, treated) = (rate(untreated()), rate(&everolimus));
    println!("net growth: untreated {untreated:.5}, on everolimus {treated:.5} /d");
    assert!((untreated - 0.0035).abs() < 2e-4, "{untreated}");
    let removed = 1.0 - treated / untreated;
    assert!((0.58..=0.92).contains(&removed), "{removed}");
    // Stasis: the diameter changes by less than 10 % in the first half year.
    assert!((libm::cbrt(volume(&everolimus, 0, 168.0)) - 1.0).abs() < 0.10);
}

/// Day of the first progression of a replicate.
fn progression(ran: &Ran, replicate: u32) -> u32 {
    let visits = ran.of("visits", replicate);
    let row = visits.iter().find(|v| v["progression"] == "true");
    number(row.expect("the tumour progresses"), "day") as u32
}

// F7: below 5 %; ruling 21: escape at first progression is led by `rtk`.
#[test]
fn escape_is_led_by_upregulated_receptors_and_not_by_mutants() {
    let ran = sequence();
    for replicate in 0..2 {
        let day = progression(ran, replicate);
        let share = |day: u32, part: &str| ran.share(replicate, day, part);
        let rtk = [share(0, "rtk="), share(day, "rtk=")];
        let gsk3 = [share(0, "gsk3="), share(day, "gsk3=")];
        let mutants: f64 =
            ["fkbp12_frb=", "mtor_kinase="].iter().map(|part| share(day, part)).fold(0.0, |a, b| a + b);
        println!("progression on day {day}: rtk {rtk:.4?}, gsk3 {gsk3:.4?}, mutants {mutants:.6}");
        assert!(rtk[1] > 3.0 * rtk[0], "{rtk:?}");
        assert!(rtk[1] > 5.0 * gsk3[1] && rtk[1] > share(day, "tsc="), "{rtk:?} {gsk3:?}");
        assert!(mutants < 0.05, "{mutants}");
    }
    // Negative control: without a drug nothing is selected.
    let untreated = untreated().share(0, 252, "rtk=");
    assert!((untreated - 0.02).abs() < 0.01, "{untreated}");
}

/// Share of `gsk3` states over time, from a start at 2 % so that chance is small.
fn gsk3(therapy: String) -> [f64; 2] {
    let plan = Plan { patient: "gsk3_fraction = 0.02", ..plan(therapy) };
    let ran = plan.run();
    [0, 252].map(|day| ran.share(0, day, "gsk3="))
}

// The drug spares cells with overactive GSK3: against the same tumour without a drug they are enriched.
#[test]
fn everolimus_enriches_gsk3_against_the_untreated_tumour() {
    let (off, on) = (gsk3(String::new()), gsk3(lines(&["\"everolimus 10 mg daily\""])));
    println!("gsk3: untreated {off:.4?}, on everolimus {on:.4?}");
    assert_eq!(off[0], on[0]);
    assert!(on[1] > 1.3 * off[1], "{off:?} {on:?}");
}

// Ruling 21 asks that at first progression it be enriched against its share at the start, too. It is not: its growth is 0.72 of
// that of other cells without a drug and hardly more with one, the deaths that a rapalog causes spare it no more than others,
// and cells with upregulated receptors outgrow it. What 250 such cells come to scatters by a tenth: enrichment is by a fifth at
// least. If this fails, it is enriched: make it a check.
#[test]
fn expected_failure_gsk3_is_not_enriched_against_the_start() {
    let ran = sequence();
    let sum = |day: fn(&Ran, u32) -> u32| (0..2).map(|i| ran.share(i, day(ran, i), "gsk3=")).sum::<f64>();
    let (start, then) = (sum(|_, _| 0), sum(progression));
    println!("gsk3 at first progression: {:.2} of the share at the start", then / start);
    assert!(then < 1.2 * start, "gsk3 is now enriched against the start: {start} {then}");
}

#[test]
fn the_line_switches_at_progression_and_sunitinib_takes_vessels() {
    let ran = sequence();
    for replicate in 0..2 {
        let day = progression(ran, replicate);
        let therapy = ran.of("therapy", replicate);
        let at = |action: &str, line: &str| {
            let row = therapy.iter().find(|r| r["action"] == action && r["line"] == line);
            number(row.unwrap_or_else(|| panic!("{action} {line}")), "day") as u32
        };
        assert_eq!((at("line_begins", "1"), at("line_ends", "1"), at("line_begins", "2")), (0, day, day));
        let given = |drug: &str, day: u32| {
            let rows = ran.of("exposure", replicate);
            rows.iter()
                .any(|r| r["drug"] == drug && number(r, "day") as u32 == day && number(r, "given") > 0.0)
        };
        assert!(given("everolimus", day - 1) && !given("everolimus", day));
        assert!(!given("sunitinib", day - 1) && given("sunitinib", day));
        let rows = ran.of("environment", replicate);
        let vessels = |row: &std::collections::HashMap<String, String>| number(row, "vessels");
        let row = |from: u32| rows.iter().find(|r| number(r, "day") >= f64::from(from)).unwrap();
        let (before, after) = (vessels(row(day)), vessels(row(day + 28)));
        println!("vessels: {before:.2} at progression, {after:.2} on sunitinib");
        assert!(after < 0.7 * before, "{before} {after}");
    }
}

/// Patients at full daily doses of drugs for six weeks, toxicity ending the line.
fn six_weeks(regimens: &str) -> Ran {
    let therapy = format!(
        "[therapy]\n[therapy.visits]\nevery = \"42 d\"\n[[therapy.line]]\nregimens = {regimens}\nuntil = \"toxicity\"\n"
    );
    let patient = "pharmacokinetics = \"virtual\"";
    let plan =
        Plan { replicates: 16, edge: 16, days: 84, check_days: 42, patient, therapy, ..Plan::default() };
    plan.run()
}

/// Patients with a drug held, reduced or stopped within twelve weeks.
fn broken_off(ran: &Ran) -> usize {
    let broken = |replicate: &u32| {
        let rows = ran.of("therapy", *replicate);
        rows.iter().any(|r| r["action"] == "hold" || r["action"] == "stop")
    };
    (0..16).filter(broken).count()
}

// Daily 10 mg and 37.5 mg together were not deliverable (Molina 2012; F12: half have a dose-limiting event in the first cycle;
// of 300 virtual patients 56 %, see the tests of the therapy). Of 16 patients over two cycles at least half.
#[test]
fn both_drugs_at_full_dose_are_broken_off() {
    let (both, alone) = (
        six_weeks("[\"everolimus 10 mg daily\", \"sunitinib 37.5 mg daily\"]"),
        six_weeks("\"everolimus 10 mg daily\""),
    );
    let (both, alone) = (broken_off(&both), broken_off(&alone));
    println!(
        "held or stopped within 12 weeks: {both} of 16 on both drugs, {alone} of 16 on everolimus alone"
    );
    assert!(both > 8, "{both} of 16");
    assert!(alone < both, "{alone} of 16 alone, {both} together");
}
