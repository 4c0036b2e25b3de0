//! The catalogue of drugs: those of the program, and those of a scenario in front of them.

use std::sync::LazyLock;

use super::files::FILES;
use super::nearest::nearest;
use super::read;
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

static EMBEDDED: LazyLock<Catalogue> = LazyLock::new(|| {
    let drugs = FILES.iter().flat_map(|(name, text)| match read::catalogue::embedded_file(name, text) {
        Ok(drugs) => drugs,
        Err(report) => unreachable!("the catalogue of drugs is valid, a test holds it to that:\n{report}"),
    });
    Catalogue { drugs: drugs.collect() }
});

impl Catalogue {
    /// The catalogue that is part of the program.
    pub fn embedded() -> &'static Catalogue {
        &EMBEDDED
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
