//! The catalogue of drugs: those of the program, and those of a scenario in front of them.

use super::nearest::nearest;
use crate::catalogue::{Drug, plain_name};

/// Drugs by name.
#[derive(Debug, Clone, PartialEq)]
pub struct Catalogue {
    drugs: Vec<Drug>,
}

/// A name that no drug of the catalogue has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("find the drug `{name}` in the catalogue")]
pub struct UnknownDrug {
    /// The name as asked for.
    pub name: String,
    /// The name that was probably meant.
    pub nearest: Option<String>,
}

impl Catalogue {
    /// Of these drugs.
    pub fn of(drugs: Vec<Drug>) -> Catalogue {
        Catalogue { drugs }
    }

    /// All drugs: those of a scenario first, then those of the program in the order of their files.
    pub fn drugs(&self) -> &[Drug] {
        &self.drugs
    }

    /// The drug of that name or alias; case, spaces, hyphens and other marks do not matter.
    ///
    /// # Errors
    ///
    /// [`UnknownDrug`], with the name that was probably meant.
    pub fn find(&self, name: &str) -> Result<&Drug, UnknownDrug> {
        let wanted = plain_name(name);
        let named = |d: &&Drug| plain_name(&d.name) == wanted;
        let found = self.drugs.iter().find(named).or_else(|| self.drugs.iter().find(|d| d.is_called(name)));
        found.filter(|_| !wanted.is_empty()).ok_or_else(|| UnknownDrug {
            name: name.to_owned(),
            nearest: nearest(name, self.drugs.iter().flat_map(Drug::names)).map(str::to_owned),
        })
    }

    /// Other forms of a drug, as `octreotide` and `octreotide LAR` are of each other: of two names one goes on where the other ends.
    pub fn other_forms(&self, drug: &Drug) -> Vec<&Drug> {
        let goes_on =
            |longer: &str, name: &str| longer.strip_prefix(name).is_some_and(|rest| rest.starts_with(' '));
        let is_form = |form: &&Drug| goes_on(&form.name, &drug.name) || goes_on(&drug.name, &form.name);
        self.drugs.iter().filter(is_form).collect()
    }

    /// A scenario's own drugs in front of `embedded`.
    ///
    /// A drug that has the name of an embedded one takes its place; a name or alias of an own drug is no
    /// longer an alias of an embedded one.
    pub fn merged(embedded: &Catalogue, own: Vec<Drug>) -> Catalogue {
        let taken: Vec<String> = own.iter().flat_map(Drug::names).map(plain_name).collect();
        let replaced = |d: &Drug| own.iter().any(|o| plain_name(&o.name) == plain_name(&d.name));
        let mut others: Vec<Drug> = embedded.drugs.iter().filter(|d| !replaced(d)).cloned().collect();
        for drug in &mut others {
            drug.aliases.retain(|alias| !taken.contains(&plain_name(alias)));
        }
        Catalogue { drugs: own.into_iter().chain(others).collect() }
    }

    /// The drugs that a scenario keeps, so that it is complete by itself: its own, then those that it uses,
    /// in the order of their first use.
    ///
    /// # Errors
    ///
    /// [`UnknownDrug`] of the first name in `used` that is none.
    pub fn kept(&self, own: &[Drug], used: &[String]) -> Result<Vec<Drug>, UnknownDrug> {
        let mut kept = own.to_vec();
        for name in used {
            let drug = self.find(name)?;
            if kept.iter().all(|k| k.name != drug.name) {
                kept.push(drug.clone());
            }
        }
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::catalogue::{Analyte, Citation, Confidence, DrugKind, Node, Number, Route, computed_from};
    use crate::scenario::sourced::UNSOURCED;

    fn all() -> &'static [Drug] {
        Catalogue::embedded().drugs()
    }

    fn drug(name: &str) -> &'static Drug {
        Catalogue::embedded().find(name).unwrap_or_else(|e| panic!("{e}"))
    }

    #[test]
    fn no_two_drugs_share_a_name() {
        let mut seen: BTreeMap<String, &str> = BTreeMap::new();
        for drug in all() {
            for name in drug.names() {
                if let Some(other) = seen.insert(plain_name(name), &drug.name) {
                    panic!("{name}: {} and {other}", drug.name);
                }
            }
        }
    }

    /// Whether a number's source can be opened, or it was computed from numbers whose sources can be.
    fn can_be_opened(source: &str) -> bool {
        let vague = ["choice of the model", "order of magnitude", "from memory"];
        let opened = !Citation::looked_up(source).is_empty() || computed_from(source).next().is_some();
        opened && !vague.iter().any(|words| source.contains(words))
    }

    // A number that was computed from others is no surer than the least sure of them.
    #[test]
    fn numbers_that_others_give_are_no_surer_than_those() {
        let mut computed = 0;
        for drug in all() {
            let numbers = drug.numbers();
            for entry in &numbers {
                for path in computed_from(&entry.number.source) {
                    let from = numbers.iter().find(|e| e.path == path);
                    let from = from.unwrap_or_else(|| panic!("{} {}: no {path}", drug.name, entry.path));
                    assert!(
                        entry.number.confidence >= from.number.confidence,
                        "{} {}: {path}",
                        drug.name,
                        entry.path
                    );
                    computed += 1;
                }
            }
        }
        assert!(computed > 100, "{computed}");
    }

    // Numbers that nobody had looked up were called measured.
    #[test]
    fn every_number_has_a_source_of_its_own() {
        for drug in all() {
            assert!(!drug.description.is_empty() && drug.label.source != UNSOURCED, "{}", drug.name);
            for entry in drug.numbers() {
                let source = &entry.number.source;
                assert!(source.len() > 3 && source != UNSOURCED, "{} {}: {source:?}", drug.name, entry.path);
                assert!(
                    can_be_opened(source) || entry.number.confidence == Confidence::C,
                    "{} {}: {source:?} is not surer than C",
                    drug.name,
                    entry.path
                );
            }
        }
    }

    // The names that the field's review (Front Endocrinol 2020;11:562505) uses, misprints included.
    #[test]
    fn all_that_the_review_names_is_found() {
        for name in [
            "Rapamycin",
            "sirolimus",
            "temsirolimus",
            "RAD001",
            "ridaforolimus",
            "octreotide LAR",
            "lanreotide",
            "pasireotide",
            "Paoirreotide",
            "pasireotide LAR",
            "SSA",
            "interferon",
            "bevacizumab",
            "sorafenib",
            "sunitinib",
            "PTK/ZK",
            "temozolomide",
            "177Lu-DOTATATE",
            "177Lu-octreotate",
            "PRRT",
            "SIRT",
            "PP242",
            "MLN0128",
            "Torin1",
            "Torin2",
            "QSI-027",
            "OSI-027",
            "ku0063792",
            "Ku-0063794",
            "Ku-0068650",
            "AZD8055",
            "AZD2014",
            "CC-223",
            "RapaLink",
            "NVP-BEZ235",
            "sapanisertib",
            "BLY719",
            "BYL719",
            "PD98059",
            "MEK inhibitors",
            "cytotoxic chemotherapy",
            "surgery",
            "chemoembolization",
            "radiofrequency ablation",
            "best supportive care",
        ] {
            drug(name);
        }
        assert_eq!(drug("MLN0128").name, drug("sapanisertib").name, "one molecule");
    }

    // What is on the box, and what is said at the bedside.
    #[test]
    fn brand_names_are_names() {
        for (name, drug_name) in [
            ("Xeloda", "capecitabine"),
            ("5-FU", "fluorouracil"),
            ("5FU", "fluorouracil"),
            ("5 fluorouracil", "fluorouracil"),
            ("adrucil", "fluorouracil"),
            ("Zanosar", "streptozotocin"),
            ("streptozocin", "streptozotocin"),
            ("Cabometyx", "cabozantinib"),
            ("XL-184", "cabozantinib"),
            ("inlyta", "axitinib"),
            ("Lenvima", "lenvatinib"),
            ("Votrient", "pazopanib"),
            ("Sandostatin", "octreotide"),
            ("Sandostatin LAR", "octreotide LAR"),
        ] {
            assert_eq!(drug(name).name, drug_name, "{name}");
        }
    }

    // Half of the effect on vessels of the class lies within an octave or two of the usual dose.
    #[test]
    fn inhibitors_of_vegf_receptors_reach_vessels_at_the_usual_dose() {
        for (name, mg) in
            [("cabozantinib", 60.0), ("axitinib", 4.02), ("lenvatinib", 24.0), ("pazopanib", 800.0)]
        {
            let d = drug(name);
            let c = average(d, mg);
            let effect = c / (c + d.vascular.as_ref().unwrap().ec50.value);
            assert!((0.3..0.97).contains(&effect), "{name}: {effect}");
            let reached = occupied(d, Node::Rtk, unbound_nm(d, c));
            assert!((0.05..0.9).contains(&reached), "{name}: {reached}");
        }
    }

    // With what is usual, half of the division attempts end in death, and what MGMT undoes says so.
    #[test]
    fn cytotoxic_drugs_kill_every_second_attempt_on_days_with_doses() {
        for (name, mg, metabolite, mgmt) in [
            ("temozolomide", 150.0 * 1.8, 0.0, true),
            ("streptozotocin", 500.0 * 1.8, 0.0, true),
            ("fluorouracil", 400.0 * 1.8, 0.0, false),
            ("capecitabine", 2500.0 * 1.8, 0.0202 * 231.0 / 66.0, false),
        ] {
            let d = drug(name);
            let c = average(d, mg) * (1.0 + metabolite);
            let kill = &d.kills[0];
            let effect = c / (c + kill.ec50.as_ref().unwrap().value);
            assert!((effect - 0.5).abs() < 0.01, "{name}: {effect}");
            assert_eq!(kill.mgmt.is_some(), mgmt, "{name}");
        }
    }

    // The short-acting form, three times a day, is not the depot, and who writes the depot's dose is told of it.
    #[test]
    fn a_short_acting_form_is_a_drug_of_its_own() {
        let (short, depot) = (drug("octreotide"), drug("octreotide LAR"));
        assert_ne!(short.name, depot.name);
        assert!(
            short.pk.as_ref().unwrap().release.is_empty() && depot.pk.as_ref().unwrap().release.len() > 1
        );
        assert_eq!(drug("Sandostatin").name, "octreotide");
        assert_eq!(Catalogue::embedded().other_forms(short), [depot]);
        assert_eq!(Catalogue::embedded().other_forms(drug("pasireotide")), [drug("pasireotide LAR")]);
        assert_eq!(Catalogue::embedded().other_forms(depot), [short]);
        // 172 mL/min: 0.3 mg a day is 1.2 ng/mL.
        assert!((average(short, 0.3) - 1.21).abs() < 0.01);
    }

    #[test]
    fn unknown_names_are_told_with_the_nearest() {
        let unknown = Catalogue::embedded().find("evrolimus").unwrap_err();
        assert_eq!(unknown.nearest.as_deref(), Some("everolimus"));
        assert_eq!(unknown.to_string(), "find the drug `evrolimus` in the catalogue");
        assert_eq!(Catalogue::embedded().find("zzzz").unwrap_err().nearest, None);
        assert!(Catalogue::embedded().find("").is_err());
        assert!(Catalogue::embedded().find(" - ").is_err());
    }

    fn average(drug: &Drug, mg_per_day: f64) -> f64 {
        1000.0 * mg_per_day / drug.pk.as_ref().unwrap().clearance.value / 24.0
    }

    /// Unbound nM of an average concentration.
    fn unbound_nm(drug: &Drug, average: f64) -> f64 {
        average * drug.pk.as_ref().unwrap().unbound.value / drug.molar_mass.as_ref().unwrap().value * 1000.0
    }

    fn occupied(drug: &Drug, node: Node, nm: f64) -> f64 {
        let target = drug.targets.iter().find(|t| t.node == node).unwrap();
        target.maximum.value * nm / (nm + target.ec50.value)
    }

    // de Wit 2016 and ter Heine 2018: 22.8 ng/mL of blood at 10 mg/d, 1.3 nM unbound.
    #[test]
    fn everolimus_saturates_its_node_at_the_usual_dose() {
        let everolimus = drug("everolimus");
        assert!((average(everolimus, 10.0) - 23.9).abs() < 0.1);
        let nm = unbound_nm(everolimus, 22.8);
        assert!((nm - 1.25).abs() < 0.01, "{nm}");
        let (ten, five) = (
            occupied(everolimus, Node::MtorAllosteric, nm),
            occupied(everolimus, Node::MtorAllosteric, nm / 2.0),
        );
        assert!(ten > 0.9 && five / ten > 0.9, "{ten} {five}");
    }

    // Hansson 2013: 37.5 mg a day over 35.7 L/h is 1.05 mg*h/L, 51 % of the effect.
    #[test]
    fn sunitinib_halves_vegf_receptor_signalling_at_the_usual_dose() {
        let sunitinib = drug("sunitinib");
        let vascular = sunitinib.vascular.as_ref().unwrap();
        assert_eq!(vascular.analyte, Analyte::Parent);
        let c = average(sunitinib, 37.5);
        let effect = c / (c + vascular.ec50.value);
        assert!((effect - 0.512).abs() < 0.002, "{effect}");
    }

    // The IC50 of a class that is given at its tolerated dose must be within its reach.
    #[test]
    fn usual_doses_reach_their_targets() {
        for (name, node, mg) in [
            ("sapanisertib", Node::MtorKinase, 3.0),
            ("onatasertib", Node::MtorKinase, 45.0),
            ("vistusertib", Node::MtorKinase, 100.0),
            ("dactolisib", Node::Pi3k, 800.0),
            ("alpelisib", Node::Pi3k, 300.0),
            ("trametinib", Node::Mek, 2.0),
            ("RapaLink-1", Node::MtorBivalent, 8.0 / 7.0),
        ] {
            let d = drug(name);
            let reached = occupied(d, node, unbound_nm(d, average(d, mg)));
            assert!((0.3..0.97).contains(&reached), "{name}: {reached}");
        }
    }

    // Shares and references of adverse events belong to the doses of the label.
    #[test]
    fn references_are_averages_at_the_usual_dose() {
        for (name, mg, metabolite) in [
            ("everolimus", 10.0, 0.0),
            ("sirolimus", 5.0, 0.0),
            ("ridaforolimus", 40.0 * 5.0 / 7.0, 0.0),
            ("temsirolimus", 25.0 / 7.0, 2.7),
            ("sunitinib", 37.5, 0.21 * 35.7 / 17.1),
            ("sapanisertib", 3.0, 0.0),
            ("onatasertib", 45.0, 0.0),
            ("vistusertib", 100.0, 0.0),
            ("dactolisib", 800.0, 0.0),
            ("alpelisib", 300.0, 0.0),
            ("trametinib", 2.0, 0.0),
            ("sorafenib", 800.0 / (1.0 - 0.498), 0.0),
            ("vatalanib", 1250.0, 0.0),
            ("cabozantinib", 60.0, 0.0),
            ("axitinib", 10.0 * 0.402, 0.0),
            ("lenvatinib", 24.0, 0.0),
            ("pazopanib", 800.0, 0.0),
            ("capecitabine", 2.0 * 1250.0 * 1.8 * 14.0 / 21.0, 0.0202 * 231.0 / 66.0),
            ("5-FU", 425.0 * 1.8 * 5.0 / 28.0, 0.0),
            ("streptozotocin", 500.0 * 1.8 * 5.0 / 42.0, 0.0),
            ("temozolomide", 150.0 * 1.8, 0.0),
            ("alisertib", 100.0, 0.0),
            ("pasireotide", 1.2, 0.0),
            ("pasireotide LAR", 60.0 / 28.0, 0.0),
            ("RapaLink-1", 8.0 / 7.0, 0.0),
            ("interferon alpha", 5.0 / 260.0 * 3.0 / 7.0, 0.0),
        ] {
            let d = drug(name);
            let expected = average(d, mg) * (1.0 + metabolite);
            let follow = d.toxicities.iter().filter(|t| t.beta.value > 0.0);
            let references: Vec<f64> = follow.map(|t| t.reference_exposure()).collect();
            assert!(!references.is_empty(), "{name}");
            for reference in references {
                assert!((reference / expected - 1.0).abs() < 0.06, "{name}: {reference} for {expected}");
            }
        }
    }

    #[test]
    fn own_drugs_take_the_place_of_others() {
        let mut own = drug("everolimus").clone();
        own.aliases = vec!["SU11248".into()];
        let merged = Catalogue::merged(Catalogue::embedded(), vec![own.clone()]);
        assert_eq!(merged.drugs().len(), all().len());
        assert_eq!(merged.find("EVEROLIMUS").unwrap(), &own);
        assert_eq!(merged.find("su 11248").unwrap().name, "everolimus");
        assert!(merged.find("Afinitor").is_err(), "the catalogue's everolimus is gone");
        let kept = merged.kept(&[own.clone()], &["Sutent".into(), "sunitinib".into()]).unwrap();
        assert_eq!(kept.iter().map(|d| d.name.as_str()).collect::<Vec<_>>(), ["everolimus", "sunitinib"]);
        assert!(merged.kept(&[], &["no such drug".into()]).is_err());
    }

    #[test]
    fn kinds_have_what_they_need() {
        for drug in all() {
            let bath = drug.routes == [Route::Bath];
            match drug.kind {
                DrugKind::Medicine => assert!(drug.pk.is_some() != bath, "{}", drug.name),
                DrugKind::Radionuclide => assert!(!drug.kills.is_empty(), "{}", drug.name),
                DrugKind::Procedure => assert_eq!(drug.kills.len(), 1, "{}", drug.name),
                DrugKind::Supportive => assert!(drug.kills.is_empty() && drug.targets.is_empty()),
            }
        }
        assert!(all().iter().flat_map(Drug::numbers).filter(|e| !Number::is_default(e.number)).count() > 500);
    }
}
