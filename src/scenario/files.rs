//! The files of the catalogue of drugs, as text.

/// One file of `scenarios/catalogue/drugs/`: its name and its text.
macro_rules! file {
    ($stem:literal) => {
        (
            concat!("scenarios/catalogue/drugs/", $stem, ".toml"),
            include_str!(concat!("../../scenarios/catalogue/drugs/", $stem, ".toml")),
        )
    };
}

/// Every file of the catalogue of drugs, in the order in which the drugs are listed: by class.
pub(super) const FILES: &[(&str, &str)] = &[
    file!("everolimus"),
    file!("sirolimus"),
    file!("temsirolimus"),
    file!("ridaforolimus"),
    file!("sapanisertib"),
    file!("onatasertib"),
    file!("vistusertib"),
    file!("osi-027"),
    file!("pp242"),
    file!("azd8055"),
    file!("torin-1"),
    file!("torin-2"),
    file!("ku-0063794"),
    file!("ku-0068650"),
    file!("rapalink-1"),
    file!("dactolisib"),
    file!("alpelisib"),
    file!("trametinib"),
    file!("pd98059"),
    file!("sunitinib"),
    file!("sorafenib"),
    file!("vatalanib"),
    file!("cabozantinib"),
    file!("axitinib"),
    file!("lenvatinib"),
    file!("pazopanib"),
    file!("bevacizumab"),
    file!("octreotide"),
    file!("octreotide-lar"),
    file!("lanreotide"),
    file!("pasireotide"),
    file!("pasireotide-lar"),
    file!("interferon-alpha"),
    file!("temozolomide"),
    file!("streptozotocin"),
    file!("fluorouracil"),
    file!("capecitabine"),
    file!("prior-chemotherapy"),
    file!("177lu-dotatate"),
    file!("90y-sirt"),
    file!("alisertib"),
    file!("gsk3-inhibitor"),
    file!("pan-rtk-inhibitor"),
    file!("debulking-surgery"),
    file!("chemoembolisation"),
    file!("radiofrequency-ablation"),
    file!("best-supportive-care"),
];
