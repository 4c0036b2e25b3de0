//! States against drugs, cell by cell: direction and bound of what experiments say, the source in the name of each test.
//!
//! Bounds are those of the experiment where it has some, else the direction alone (above or below 1, or the sensitive cell). The
//! mechanisms of resistance R01 to R20 and the preclinical facts P01 to P12 of the founding review (Front Endocrinol
//! 2020;11:562505) are all here, or where [`ELSEWHERE`] says.

use evotor::biology::signalling::SteadyState;

use super::bench::{Bath, Bench, MEK, OCTREOTIDE, PI3K, RAPALINK, RAPALOG, TORKI};

/// What is compared.
enum Measure {
    /// Division relative to the same state without drugs.
    Division,
    /// Division of both drugs relative to the better one alone.
    Together,
    /// Net growth beyond that of the sensitive cell in the same bath, 10⁻³ per day.
    NetBeyondSensitive,
    /// A node relative to the same state without drugs.
    Fold(fn(&SteadyState) -> f64),
    /// A node in the bath relative to the sensitive cell without drugs.
    Against(fn(&SteadyState) -> f64),
}
use Measure::*;

/// ATP-site inhibitor at the concentration at which kinase mutants were tried, and a dish's dose of other drugs, nM.
const TORKI_30: (&str, f64) = ("sapanisertib", 30.0);
const DUAL: (&str, f64) = ("dactolisib", 20.0);
const RAPAMYCIN: (&str, f64) = ("sirolimus", 2.0);
const PD98059: (&str, f64) = ("PD98059", 20_000.0);
const RTKI: (&str, f64) = ("pan-RTK inhibitor", 100.0);
const GSK3I: (&str, f64) = ("GSK3 inhibitor", 1e4);
const SORAFENIB: (&str, f64) = ("sorafenib", 1000.0);
const ALISERTIB: (&str, f64) = ("alisertib", 1000.0);
const NO_DRUG: Bath<'static> = &[];

fn measured(bench: &Bench, state: &str, bath: Bath<'_>, measure: &Measure) -> f64 {
    match measure {
        Division => bench.growth(state, bath),
        Together => {
            let alone = bath.iter().map(|drug| bench.growth(state, &[*drug]));
            bench.growth(state, bath) / alone.fold(f64::INFINITY, f64::min)
        }
        NetBeyondSensitive => 1e3 * (bench.fate(state, bath).net() - bench.fate("sensitive", bath).net()),
        Fold(node) => node(&bench.on(state, bath)) / node(&bench.off(state)),
        Against(node) => node(&bench.on(state, bath)) / node(&bench.off("sensitive")),
    }
}

/// Everything above this is as good as any.
const ANY: f64 = f64::INFINITY;

macro_rules! cells {
    ($($ids:literal $name:ident $context:ident $state:literal, $bath:expr => $measure:expr, $least:expr, $most:expr;)*) => {
        /// The facts that each cell stands for.
        const FACTS: &[&str] = &[$($ids),*];

        $(
            #[test]
            fn $name() {
                let bench = match stringify!($context) { "R" => Bench::context_r(), _ => Bench::new() };
                let found = measured(&bench, $state, $bath, &$measure);
                let (least, most): (f64, f64) = ($least, $most);
                assert!((least..=most).contains(&found), "{}: {found:.4}, expected {least} to {most}", $state);
            }
        )*
    };
}

cells! {
    // The sensitive cell.
    "P01" sensitive_temsirolimus_ps6_duran_2006_br_j_cancer_95_1148 H "sensitive", &[("sirolimus", 1.0)] => Fold(|s| s.s6), 0.0, 0.2;
    "" sensitive_everolimus_ps6_tabernero_2008_jco_26_1603 H "sensitive", &[RAPALOG] => Fold(|s| s.s6), 0.0, 0.1;
    "" sensitive_everolimus_p4ebp1_tabernero_2008_jco_26_1603 H "sensitive", &[RAPALOG] => Fold(|s| s.bp1), 0.6, 1.0;
    "R01 R09 R18" sensitive_everolimus_s473_oreilly_2006_cancer_res_66_1500 H "sensitive", &[RAPALOG] => Fold(|s| s.s473), 1.2, 3.0;
    "R01" sensitive_everolimus_t308_oreilly_2006_cancer_res_66_1500 H "sensitive", &[RAPALOG] => Fold(|s| s.t308), 1.2, 3.0;
    "R10" sensitive_everolimus_irs1_oreilly_2006_cancer_res_66_1500 H "sensitive", &[RAPALOG] => Fold(|s| s.irs), 1.5, ANY;
    "R02 R18" sensitive_everolimus_perk_carracedo_2008_jci_118_3065 H "sensitive", &[RAPALOG] => Fold(|s| s.erk), 1.2, 3.0;
    "P05" sensitive_everolimus_division_cancer_2011_117_4141 H "sensitive", &[RAPALOG] => Division, 0.6, 0.75;
    "" sensitive_sapanisertib_s473_rodrik_outmezguine_2011_cancer_discov_1_248 H "sensitive", &[TORKI] => Fold(|s| s.s473), 0.0, 0.2;
    "R13" sensitive_sapanisertib_t308_rodrik_outmezguine_2011_cancer_discov_1_248 H "sensitive", &[TORKI] => Fold(|s| s.t308), 1.0, ANY;
    "" sensitive_sapanisertib_division_rodrik_outmezguine_2016_nature_534_272 H "sensitive", &[TORKI_30] => Division, 0.0, 0.4;
    "" sensitive_rapalink_division_rodrik_outmezguine_2016_nature_534_272 H "sensitive", &[RAPALINK] => Division, 0.0, 0.4;
    "" sensitive_torki_with_rtk_inhibitor_akt_rodrik_outmezguine_2011_cancer_discov_1_248 H "sensitive", &[TORKI, RTKI] => Fold(|s| s.akt), 0.0, 0.2;
    "" sensitive_alpelisib_t308_plos_one_2017_pmc5553670 H "sensitive", &[PI3K] => Fold(|s| s.t308), 0.0, 0.3;
    "R13" sensitive_alpelisib_irs1_plos_one_2017_pmc5553670 H "sensitive", &[PI3K] => Fold(|s| s.irs), 1.05, ANY;
    "R13" sensitive_mek_inhibitor_akt_zitzmann_2010_cancer_lett_295_100 H "sensitive", &[MEK] => Fold(|s| s.akt), 1.0, ANY;
    "" sensitive_mek_inhibitor_raf_lito_2012_cancer_cell_22_668 H "sensitive", &[MEK] => Fold(|s| s.raf), 1.3, ANY;
    "" sensitive_everolimus_with_mek_inhibitor_carracedo_2008_jci_118_3065 H "sensitive", &[RAPALOG, MEK] => Together, 0.0, 0.95;
    "P03" sensitive_everolimus_with_bez235_oncotarget_2014_pmc4170632 H "sensitive", &[RAPALOG, DUAL] => Together, 0.0, 0.95;
    "" sensitive_octreotide_division_int_j_mol_sci_2024_25_436 H "sensitive", &[OCTREOTIDE] => Division, 0.1, 0.9;
    "R12 P05" sensitive_everolimus_with_octreotide_akt_cancer_2011_117_4141 H "sensitive", &[RAPALOG, OCTREOTIDE] => Fold(|s| s.akt), 1.2, ANY;
    "P06" sensitive_everolimus_vegf_cancer_res_2005_65_715 H "sensitive", &[RAPALOG] => Fold(|s| s.vegf), 0.3, 0.95;
    "" sensitive_everolimus_cga_radiant_3_abstract_10624 H "sensitive", &[("everolimus", 1.3)] => Fold(|s| s.cga), 0.5, 0.7;
    "" sensitive_gsk3_inhibitor_division_pmc2892410 H "sensitive", &[GSK3I] => Division, 0.4, 0.8;
    "" sensitive_gsk3_inhibitor_cga_pmc2892410 H "sensitive", &[GSK3I] => Fold(|s| s.cga), 0.3, 0.9;
    "" sensitive_gsk3_inhibitor_death_pmc2892410 H "sensitive", &[GSK3I] => Fold(|s| s.death), 1.1, 2.0;
    "" sensitive_sorafenib_raf_poulikakos_2010_nature_464_427 H "sensitive", &[SORAFENIB] => Fold(|s| s.mek / s.ras), 1.0, ANY;
    "P12" igf1_division_endocr_relat_cancer_2016_23_883 H "igf1=added", NO_DRUG => Against(|s| s.growth), 1.05, ANY;
    "P12" igf1_with_everolimus_endocr_relat_cancer_2016_23_883 H "igf1=added", &[RAPALOG] => Against(|s| s.growth), 0.0, 0.75;

    // FRB mutants.
    "R07 P07" frb_everolimus_ps6_pmc4226703 H "fkbp12_frb=frb_mutant", &[RAPALOG] => Fold(|s| s.s6), 0.95, 1.0;
    "R07 P07" frb_everolimus_division_rodrik_outmezguine_2016_nature_534_272 H "fkbp12_frb=frb_mutant", &[RAPALOG] => Division, 0.99, 1.0;
    "P08" frb_sapanisertib_division_rodrik_outmezguine_2016_nature_534_272 H "fkbp12_frb=frb_mutant", &[TORKI_30] => Division, 0.0, 0.4;
    "R20 P07" frb_rapalink_division_rodrik_outmezguine_2016_nature_534_272 H "fkbp12_frb=frb_mutant", &[RAPALINK] => Division, 0.0, 0.4;
    "" frb_alpelisib_as_sensitive H "fkbp12_frb=frb_mutant", &[PI3K] => NetBeyondSensitive, -1e-9, 1e-9;
    "" frb_everolimus_with_mek_inhibitor_is_mek_alone H "fkbp12_frb=frb_mutant", &[RAPALOG, MEK] => Together, 0.999, 1.0;

    // Cells without FKBP12.
    "R07 P07" fkbp12_everolimus_division_rodrik_outmezguine_2016_nature_534_272 H "fkbp12_frb=fkbp12_lost", &[RAPALOG] => Division, 0.99, 1.0;
    "P08" fkbp12_sapanisertib_division_rodrik_outmezguine_2016_nature_534_272 H "fkbp12_frb=fkbp12_lost", &[TORKI_30] => Division, 0.0, 0.4;
    "" fkbp12_rapalink_10_nm_rodrik_outmezguine_2016_nature_534_272 H "fkbp12_frb=fkbp12_lost", &[RAPALINK] => Division, 0.7, 1.0;
    "" fkbp12_rapalink_100_nm_rodrik_outmezguine_2016_nature_534_272 H "fkbp12_frb=fkbp12_lost", &[("RapaLink-1", 100.0)] => Division, 0.0, 0.5;

    // Activating MTOR mutants.
    "R08 R18 R19 P07" kinase_sapanisertib_division_rodrik_outmezguine_2016_nature_534_272 H "mtor_kinase=active", &[TORKI_30] => Division, 0.9, 1.0;
    "R20 P07" kinase_rapalink_division_rodrik_outmezguine_2016_nature_534_272 H "mtor_kinase=active", &[RAPALINK] => Division, 0.0, 0.4;
    "R19 P09" kinase_everolimus_ps6_grabiner_2014_cancer_discov_4_554 H "mtor_kinase=active", &[RAPALOG] => Fold(|s| s.s6), 0.0, 0.1;
    "R19 P09" kinase_everolimus_division_grabiner_2014_cancer_discov_4_554 H "mtor_kinase=active", &[RAPALOG] => Division, 0.0, 0.645;
    "R19 P09" kinase_everolimus_net_wagle_2014_cancer_discov_4_546 H "mtor_kinase=active", &[RAPALOG] => NetBeyondSensitive, f64::NEG_INFINITY, 0.0;
    "R03" kinase_untreated_division_rodrik_outmezguine_2016_nature_534_272 H "mtor_kinase=active", NO_DRUG => Against(|s| s.growth), 1.05, 1.3;
    "" kinase_everolimus_with_mek_inhibitor_carracedo_2008_jci_118_3065 H "mtor_kinase=active", &[RAPALOG, MEK] => Together, 0.0, 0.95;

    // Cells without TSC1/TSC2, context H.
    "R03" tsc_h_untreated_ps6_inoki_2003_genes_dev_17_1829 H "tsc=lost", NO_DRUG => Against(|s| s.s6), 1.05, 2.0;
    "R03" tsc_h_untreated_akt_inoki_2003_genes_dev_17_1829 H "tsc=lost", NO_DRUG => Against(|s| s.akt), 0.0, 0.95;
    "" tsc_h_everolimus_ps6_bissler_2008_nejm_358_140 H "tsc=lost", &[RAPALOG] => Fold(|s| s.s6), 0.0, 0.1;
    "" tsc_h_everolimus_division_wagle_2014_nejm_371_1426 H "tsc=lost", &[RAPALOG] => Division, 0.0, 0.6;
    "" tsc_h_everolimus_does_not_kill_bissler_2008_nejm_358_140 H "tsc=lost", &[RAPALOG] => Fold(|s| s.death), 0.9, 1.0;
    "" tsc_h_alpelisib_ps6_inoki_2003_genes_dev_17_1829 H "tsc=lost", &[PI3K] => Fold(|s| s.s6), 0.95, 1.0;
    "" tsc_h_sapanisertib_division_rodrik_outmezguine_2016_nature_534_272 H "tsc=lost", &[TORKI_30] => Division, 0.0, 0.5;
    "P02" tsc_h_rapamycin_with_pd98059_zanini_2020_front_endocrinol_11_562505 H "tsc=lost", &[RAPAMYCIN, PD98059] => Together, 0.0, 0.95;

    // Context R.
    "R03 R18" tsc_r_everolimus_ps6_zanini_2020_front_endocrinol_11_562505 R "tsc=lost", &[RAPALOG] => Fold(|s| s.s6), 0.0, 0.1;
    "R03" tsc_r_everolimus_division_zanini_2020_front_endocrinol_11_562505 R "tsc=lost", &[RAPALOG] => Division, 0.75, 1.0;
    "R03" tsc_r_everolimus_net_zanini_2020_front_endocrinol_11_562505 R "tsc=lost", &[RAPALOG] => NetBeyondSensitive, 0.5, ANY;
    "R03" tsc_r_everolimus_perk_zanini_2020_front_endocrinol_11_562505 R "tsc=lost", &[RAPALOG] => Against(|s| s.erk), 1.3, ANY;
    "P02" tsc_r_rapamycin_with_pd98059_zanini_2020_front_endocrinol_11_562505 R "tsc=lost", &[RAPAMYCIN, PD98059] => Together, 0.0, 0.95;
    "" tsc_r_rtk_inhibitor_division_zanini_2020_front_endocrinol_11_562505 R "tsc=lost", &[RTKI] => Division, 0.0, 0.8;

    // Overactive GSK3.
    "R05 P04" gsk3_untreated_irs1_endocr_relat_cancer_2018_25_893 H "gsk3=overactive", NO_DRUG => Against(|s| s.irs), 0.0, 0.7;
    "R05 P04" gsk3_untreated_gsk3_endocr_relat_cancer_2018_25_893 H "gsk3=overactive", NO_DRUG => Against(|s| s.gsk3), 1.5, ANY;
    "R05 P04" gsk3_untreated_autophagy_endocr_relat_cancer_2018_25_893 H "gsk3=overactive", NO_DRUG => Against(|s| s.autophagy), 0.0, 0.8;
    "R05 P04" gsk3_untreated_cdk1_endocr_relat_cancer_2018_25_893 H "gsk3=overactive", NO_DRUG => Against(|s| s.cdk1), 0.0, 0.7;
    "R05 P04" gsk3_everolimus_division_endocr_relat_cancer_2018_25_893 H "gsk3=overactive", &[RAPALOG] => Division, 0.9, 1.0;
    "P04" gsk3_everolimus_with_alpelisib_endocr_relat_cancer_2018_25_893 H "gsk3=overactive", &[RAPALOG, PI3K] => Division, 0.0, 0.65;
    "" gsk3_inhibitor_death_endocr_relat_cancer_2018_25_893 H "gsk3=overactive", &[GSK3I] => Fold(|s| s.death), 2.0, ANY;
    "P08" gsk3_sapanisertib_division_br_j_cancer_2016_pmc4800296 H "gsk3=overactive", &[TORKI] => Division, 0.0, 0.6;
    "P12" gsk3_everolimus_low_pakt_endocr_relat_cancer_2016_23_883 H "gsk3=overactive", NO_DRUG => Against(|s| s.akt), 0.0, 0.7;

    // Upregulated receptors.
    "R04 R11" rtk_untreated_akt_cancer_2011_117_4141 H "rtk=up", NO_DRUG => Against(|s| s.akt), 1.2, ANY;
    "R04" rtk_untreated_perk_cancer_2011_117_4141 H "rtk=up", NO_DRUG => Against(|s| s.erk), 1.2, ANY;
    "R04 P05" rtk_everolimus_division_cancer_2011_117_4141 H "rtk=up", &[RAPALOG] => Division, 0.75, 1.15;
    "R09" rtk_everolimus_s473_oreilly_2006_cancer_res_66_1500 H "rtk=up", &[RAPALOG] => Fold(|s| s.s473), 1.0, ANY;
    "R04" rtk_mek_inhibitor_division_cancer_2011_117_4141 H "rtk=up", &[MEK] => Division, 0.0, 0.75;
    "R04" rtk_highest_everolimus_division_cancer_2011_117_4141 H "rtk=highest", &[RAPALOG] => Division, 0.75, 1.15;
    "R04" rtk_everolimus_with_mek_inhibitor_cancer_2011_117_4141 H "rtk=up", &[RAPALOG, MEK] => Together, 0.0, 0.95;
    "P03" rtk_everolimus_with_bez235_oncotarget_2014_pmc4170632 H "rtk=up", &[RAPALOG, DUAL] => Together, 0.0, 0.98;
    "P08" rtk_sapanisertib_division_pmc6279485 H "rtk=up", &[TORKI] => Division, 0.0, 0.6;

    // PI3K altered.
    "P10" pten_everolimus_division_di_nicolantonio_2010_jci_120_2858 H "pten=lost", &[RAPALOG] => Division, 0.0, 0.6;
    "P10" pten_everolimus_net_di_nicolantonio_2010_jci_120_2858 H "pten=lost", &[RAPALOG] => NetBeyondSensitive, f64::NEG_INFINITY, -0.1;
    "P10" pten_untreated_akt_meric_bernstam_2012_clin_cancer_res_18_1777 H "pten=lost", NO_DRUG => Against(|s| s.akt), 1.2, ANY;
    "R09" pten_everolimus_s473_oreilly_2006_cancer_res_66_1500 H "pten=lost", &[RAPALOG] => Fold(|s| s.s473), 1.0, ANY;
    "P10" pik3ca_everolimus_division_di_nicolantonio_2010_jci_120_2858 H "pik3ca=mutant", &[RAPALOG] => Division, 0.0, 0.6;
    "P10" pik3ca_everolimus_net_di_nicolantonio_2010_jci_120_2858 H "pik3ca=mutant", &[RAPALOG] => NetBeyondSensitive, f64::NEG_INFINITY, -0.1;
    "" pik3ca_alpelisib_division_juric_2018_jco_36_1291 H "pik3ca=mutant", &[PI3K] => NetBeyondSensitive, f64::NEG_INFINITY, 0.0;

    // RAS.
    "R15" kras_everolimus_division_di_nicolantonio_2010_jci_120_2858 H "kras=mutant", &[RAPALOG] => Division, 0.75, 1.0;
    "R15 P10" kras_pik3ca_everolimus_division_di_nicolantonio_2010_jci_120_2858 H "kras=mutant, pik3ca=mutant", &[RAPALOG] => Division, 0.75, 1.0;
    "R15 P10" kras_pten_everolimus_division_di_nicolantonio_2010_jci_120_2858 H "kras=mutant, pten=lost", &[RAPALOG] => Division, 0.75, 1.0;
    "R15" kras_mek_inhibitor_division_di_nicolantonio_2010_jci_120_2858 H "kras=mutant", &[MEK] => Division, 0.0, 0.75;

    // Aurora kinase A.
    "R14 P11" aurka_untreated_eif4e_zanini_2020_front_endocrinol_11_562505 H "aurka=high", NO_DRUG => Against(|s| s.eif4e), 1.2, ANY;
    "R14 P11" aurka_untreated_myc_zanini_2020_front_endocrinol_11_562505 H "aurka=high", NO_DRUG => Against(|s| s.myc), 1.2, ANY;
    "R14 P11" aurka_everolimus_net_zanini_2020_front_endocrinol_11_562505 H "aurka=high", &[RAPALOG] => NetBeyondSensitive, 0.5, ANY;
    "R14 P11" aurka_everolimus_with_alisertib_zanini_2020_front_endocrinol_11_562505 H "aurka=high", &[RAPALOG, ALISERTIB] => Division, 0.0, 0.7;

    // Angiogenic upregulation.
    "R06" vegf_everolimus_secretion_zanini_2020_front_endocrinol_11_562505 H "vegf=up", &[RAPALOG] => Against(|s| s.vegf), 1.0, ANY;
}

/// Facts that the network cannot show, and the tests that do.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("R16", "src/biology/patient.rs", "germline_variants_are_off_by_default_and_make_everolimus_work_less"),
    ("R17", "src/biology/patient.rs", "germline_variants_are_off_by_default_and_make_everolimus_work_less"),
    ("P06", "src/therapy/local.rs", "everolimus_leaves_flow_alone"),
];

#[test]
fn every_fact_of_the_founding_review_has_a_cell() {
    let here = |fact: &str| FACTS.iter().any(|facts| facts.split(' ').any(|f| f == fact));
    let facts = (1..=20).map(|n| format!("R{n:02}")).chain((1..=12).map(|n| format!("P{n:02}")));
    for fact in facts {
        let there = ELSEWHERE.iter().any(|(elsewhere, ..)| *elsewhere == fact);
        assert!(here(&fact) || there, "{fact} has no cell");
    }
    for (fact, file, test) in ELSEWHERE {
        let text =
            std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        assert!(text.contains(&format!("fn {test}()")), "{fact}: {file} has no test {test}");
    }
}
