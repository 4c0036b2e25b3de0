//! Preclinical facts P01 to P12.

use evotor::biology::patient::PatientBiology;
use evotor::scenario::PatientData;

use super::bench::{Bath, Bench, MEK, OCTREOTIDE, PI3K, RAPALINK, RAPALOG, TORKI, known_defect};

const STATES: [&str; 5] =
    ["rtk=up", "gsk3=overactive", "fkbp12_frb=frb_mutant", "fkbp12_frb=fkbp12_lost", "rtk=highest"];

// Temsirolimus lowers pS6 in paired biopsies (p 0.02; Br J Cancer 2006;95:1148).
#[test]
fn p01_temsirolimus_lowers_ps6() {
    let bench = Bench::new();
    // 25 mg a week keeps sirolimus, its metabolite, at nanomolar concentrations.
    assert!(bench.on("sensitive", &[("sirolimus", 1.0)]).s6 < 0.2 * bench.off("sensitive").s6);
}

// Rapamycin with PD98059 inhibits Tsc2−/− cells more than either alone.
#[test]
fn p02_rapamycin_and_pd98059_in_tsc2_null_cells() {
    let bench = Bench::new();
    let (rapamycin, pd) = (("sirolimus", 2.0), ("PD98059", 20_000.0));
    let growth = |bath: Bath<'_>| bench.on("tsc=lost", bath).growth;
    assert!(growth(&[rapamycin, pd]) < growth(&[rapamycin]).min(growth(&[pd])) - 0.05);
}

// Everolimus with BEZ235 does more than everolimus alone in BON and H727 (PMC4170632).
#[test]
fn p03_everolimus_and_bez235_do_more_than_everolimus() {
    let bench = Bench::new();
    for state in ["sensitive", "rtk=up", "gsk3=overactive"] {
        let growth = |bath: Bath<'_>| bench.on(state, bath).growth;
        assert!(growth(&[RAPALOG, ("dactolisib", 20.0)]) < 0.8 * growth(&[RAPALOG]), "{state}");
    }
}

// BON1 RR1/RR2: GSK3 up, IRS-1, autophagy and CDK1 down; BYL719 with everolimus restores sensitivity,
// through inhibition of GSK3 and restored autophagy (Endocr Relat Cancer 2018;25:893).
#[test]
fn p04_everolimus_resistant_bon1() {
    let (bench, gsk3) = (Bench::new(), "gsk3=overactive");
    let (resistant, parent) = (bench.off(gsk3), bench.off("sensitive"));
    assert!(resistant.gsk3 > 1.5 * parent.gsk3 && resistant.irs < 0.7 * parent.irs);
    assert!(resistant.autophagy < 0.8 * parent.autophagy && resistant.cdk1 < 0.7 * parent.cdk1);
    assert!(resistant.growth < parent.growth);
    let with = |bath: Bath<'_>| bench.on(gsk3, bath);
    let both = with(&[RAPALOG, PI3K]);
    assert!(both.growth < 0.65 * with(&[RAPALOG]).growth);
    assert!(with(&[PI3K]).gsk3 < resistant.gsk3 && both.autophagy > 1.5 * with(&[RAPALOG]).autophagy);
}

// KRJ-I and H-STS: escape within 72 h through AKT and ERK; octreotide does not prevent it, and does nothing to their growth
// (Cancer 2011;117:4141): they are lines that no longer answer.
#[test]
fn p05_small_intestinal_lines_escape() {
    let refractory = PatientData { analogue_refractory: true, ..PatientData::typical() };
    let bench = Bench::of(&PatientBiology::of(refractory).unwrap());
    assert_eq!(bench.growth("sensitive", &[OCTREOTIDE]), 1.0);
    let off = bench.off("sensitive");
    for bath in [&[RAPALOG][..], &[RAPALOG, OCTREOTIDE]] {
        let (at_once, up) = (bench.on("sensitive", bath), bench.on("rtk=up", bath));
        assert!(at_once.akt > 1.3 * off.akt && at_once.erk > 1.2 * off.erk);
        // −40 % to +15 % of growth.
        assert!((0.60..=1.15).contains(&at_once.growth) && (0.85..=1.15).contains(&up.growth));
    }
}

// Somatostatin analogues: SHP-1 silences ERK and p27 holds cells in G1 (Int J Mol Sci 2024;25:436), secretion falls; what escapes a rapalog
// rises under both too. Where they no longer slow growth they still lower secretion.
#[test]
fn somatostatin_analogues_act_by_erk_p27_and_secretion() {
    let bench = Bench::new();
    let off = bench.off("sensitive");
    let on = bench.on("sensitive", &[OCTREOTIDE]);
    assert!(on.erk < 0.8 * off.erk && on.growth < 0.8 * off.growth && on.cga < 0.7 * off.cga);
    assert!(
        (on.t308 / off.t308 - 1.0).abs() < 0.1,
        "PI3K hears of it through feedback alone: {}",
        on.t308 / off.t308
    );
    let both = bench.on("sensitive", &[RAPALOG, OCTREOTIDE]);
    assert!(both.akt > 1.3 * off.akt && both.erk > 1.3 * on.erk, "the escape is not prevented");
    assert!(both.growth < bench.growth("sensitive", &[RAPALOG]));
    let refractory = PatientData { analogue_refractory: true, ..PatientData::typical() };
    let refractory = Bench::of(&PatientBiology::of(refractory).unwrap());
    let still = refractory.on("sensitive", &[OCTREOTIDE]);
    assert_eq!((still.erk, still.growth), (off.erk, off.growth));
    assert!((still.cga / on.cga - 1.0).abs() < 0.1 && still.cga < 0.7 * off.cga);
    // Without receptors nothing happens.
    let without = PatientData { sstr: 0.0, ..PatientData::typical() };
    let without = Bench::of(&PatientBiology::of(without).unwrap());
    assert_eq!(without.on("sensitive", &[OCTREOTIDE]), off);
}

// Everolimus lowers VEGF release in sensitive and in insensitive cells. What it and PTK/ZK do to
// endothelium, and that both together do more (Cancer Res 2005;65(9S):715), belongs to vessels, and is not
// this network's.
#[test]
fn p06_everolimus_lowers_vegf() {
    let bench = Bench::new();
    for state in ["sensitive", "rtk=up", "gsk3=overactive", "tsc=lost"] {
        let vegf = |bath: Bath<'_>| bench.on(state, bath).vegf;
        assert!(vegf(&[RAPALOG]) < 0.95 * vegf(&[]), "{state}: {} {}", vegf(&[RAPALOG]), vegf(&[]));
        assert!(vegf(&[TORKI]) < vegf(&[RAPALOG]));
    }
    // The share that does not follow mTOR: HIF re-expressed, or angiogenic upregulation.
    assert!(bench.on("vegf=up", &[RAPALOG]).vegf > bench.off("sensitive").vegf);
}

// FRB and FKBP12 mutants resist rapalogs, kinase mutants ATP-site inhibitors; RapaLink is active in both
// (Nature 2016;534:272).
#[test]
fn p07_mutants_resist_their_class_and_not_rapalink() {
    let bench = Bench::new();
    let growth = |state, drug| bench.growth(state, &[drug]);
    let (frb, active) = ("fkbp12_frb=frb_mutant", "mtor_kinase=active");
    assert!(growth(frb, RAPALOG) > 0.99 && growth("fkbp12_frb=fkbp12_lost", RAPALOG) > 0.99);
    assert!(
        growth(active, ("sapanisertib", 30.0)) > 0.9 && growth("sensitive", ("sapanisertib", 30.0)) < 0.4
    );
    assert!(growth(frb, RAPALINK) < 0.3 && growth(active, RAPALINK) < 0.3);
}

// Everolimus-resistant PDX-PNET shrink on sapanisertib (PMC6279485); BON-1/R and QGP-1/R answer to OSI-027,
// AZD2014 and BEZ235 (PMC4800296).
#[test]
fn p08_everolimus_resistant_tumours_respond_to_an_atp_site_inhibitor() {
    let bench = Bench::new();
    for state in STATES {
        let lost = |drug| 1.0 - bench.growth(state, &[drug]);
        assert!(lost(TORKI) > 2.0 * lost(RAPALOG) && lost(TORKI) > 0.4, "{state}");
    }
    for state in ["gsk3=overactive", "fkbp12_frb=frb_mutant", "fkbp12_frb=fkbp12_lost"] {
        assert!(bench.fate(state, &[TORKI]).net() < 0.0, "{state}");
    }
    // Which of these the PDX was is not known.
    let up = bench.fate("rtk=up", &[TORKI]).net();
    known_defect("tumours of upregulated cells shrink on sapanisertib", up < 0.0);
}

// Activating MTOR mutants are hypersensitive to rapamycin (Cancer Discov 2014;4:554), with a remission of
// 14 months on everolimus and pazopanib (Cancer Discov 2014;4:546), and at once resistant to ATP-site
// inhibitors.
#[test]
fn p09_activating_mtor_mutants_and_rapamycin() {
    let (bench, active) = (Bench::new(), "mtor_kinase=active");
    assert!(bench.on(active, &[RAPALOG]).s6 < 0.1 * bench.off(active).s6);
    let potency = |state| bench.potency(state, "everolimus").unwrap();
    assert!(potency(active).0 < 1.1 * potency("sensitive").0);
    assert!(potency(active).1 > potency("sensitive").1);
    assert!(bench.fate(active, &[RAPALOG]).net() < bench.fate("sensitive", &[RAPALOG]).net());
}

// PIK3CA- or PTEN-altered cells with high pAKT are sensitive; with KRAS resistant; without KRAS sensitive
// again.
#[test]
fn p10_pi3k_altered_cells_and_kras() {
    let bench = Bench::new();
    let lost = |state: &str| 1.0 - bench.growth(state, &[RAPALOG]);
    for altered in ["pik3ca=mutant", "pten=lost"] {
        assert!(bench.off(altered).akt > 1.2 * bench.off("sensitive").akt, "{altered}");
        assert!(lost(altered) > 1.1 * lost("sensitive"), "{altered}: {}", lost(altered));
        let net = |state: &str| bench.fate(state, &[RAPALOG]).net();
        assert!(
            net(altered) < net("sensitive") && net("sensitive") < net(&format!("{altered}, kras=mutant"))
        );
        assert!(lost(&format!("{altered}, kras=mutant")) < 0.5 * lost(altered), "{altered}");
    }
}

// AURKA, eIF4E and MYC in everolimus-resistant gastrointestinal lines; an inhibitor of AURKA undoes it.
#[test]
fn p11_aurora_eif4e_myc() {
    let (bench, high) = (Bench::new(), "aurka=high");
    let (up, not) = (bench.off(high), bench.off("sensitive"));
    assert!(up.eif4e > 1.2 * not.eif4e && up.myc > 1.2 * not.myc);
    let lost = |bath: Bath<'_>| 1.0 - bench.on(high, bath).growth / bench.off(high).growth;
    let sensitive = 1.0 - bench.growth("sensitive", &[RAPALOG]);
    assert!((0.6..0.8).contains(&(lost(&[RAPALOG]) / sensitive)));
    let inhibitor = ("alisertib", 1000.0);
    let on_inhibitor = bench.on(high, &[inhibitor]).growth;
    let both = bench.on(high, &[inhibitor, RAPALOG]).growth;
    assert!(1.0 - both / on_inhibitor > 0.95 * sensitive && bench.on(high, &[inhibitor]).myc < 1.2);
}

// Primary cultures: in those with an active pathway IGF1 promotes growth and everolimus blocks it; those
// with low pAKT answer to neither (Endocr Relat Cancer 2016;23:883). Cells with overactive GSK3 and little
// IRS-1 stand for the latter.
#[test]
fn p12_igf1_counts_where_the_pathway_is_active() {
    let bench = Bench::new();
    let igf1 =
        |state: &str| if state == "sensitive" { "igf1=added".into() } else { format!("{state}, igf1=added") };
    let gain =
        |state: &str, bath: Bath<'_>| bench.on(&igf1(state), bath).growth - bench.on(state, bath).growth;
    assert!(gain("sensitive", &[]) > 0.05);
    assert!(bench.on("igf1=added", &[RAPALOG]).growth < 0.75 * bench.off("sensitive").growth);
    let quiet = "gsk3=overactive";
    assert!(bench.off(quiet).akt < 0.7 * bench.off("sensitive").akt);
    assert!(bench.off(quiet).bp1 < bench.off("sensitive").bp1);
    assert!(gain(quiet, &[]) < 0.02 && bench.growth(quiet, &[RAPALOG]) > 0.95);
}

// Without TSC1/TSC2 growth depends on mTORC1 in context H, whose tumours shrink on everolimus for as long as it is given (NEJM
// 2014;371:1426); in context R receptors and ERK take over. Neither dies more of the drug than a sensitive cell.
#[test]
fn tsc_null_cells_are_held_in_one_context_and_escape_in_the_other() {
    let bath: Bath<'_> = &[("everolimus", 1.3)];
    let (h, r) = (Bench::new(), Bench::context_r());
    for bench in [&h, &r] {
        assert!(bench.on("tsc=lost", bath).s6 < 0.1 * bench.off("tsc=lost").s6);
        assert_eq!(bench.fate("tsc=lost", bath).death, bench.fate("sensitive", bath).death);
    }
    let (held, usual, escaped) =
        (h.fate("tsc=lost", bath), h.fate("sensitive", bath), r.fate("tsc=lost", bath));
    assert!(held.net() < 0.0 && held.net() < usual.net() && usual.net() < 0.5 * escaped.net());
    assert!(r.growth("tsc=lost", &[MEK]) < h.growth("tsc=lost", &[MEK]) - 0.1);
}
