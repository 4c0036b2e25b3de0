//! What a reader can open: papers, labels, registries and books that the source of a number names.

use std::sync::LazyLock;

use regex::Regex;

/// Something that a source names and a reader can open.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Citation {
    /// As it is written: `NEJM 2011;364:514`, `label of Torisel, section 12.3`.
    pub text: String,
    /// Its address; none where only a library or an agency has it.
    pub address: Option<String>,
}

/// A way to name what can be opened. The first group of the pattern is what stands after `address`.
struct CitationForm {
    pattern: Regex,
    address: Option<&'static str>,
}

static FORMS: LazyLock<Vec<CitationForm>> = LazyLock::new(|| {
    // Volume and page may have a supplement between them: `Ann Oncol 2019;30 Suppl 10:x21`.
    let paper = "((?:[A-Z][A-Za-z&]*)(?: [A-Z][A-Za-z&]*)* [0-9]{4};[0-9]+(?: ?(?:\\([^)]*\\)|Suppl[a-z. ]*[0-9]*))?:[A-Za-z0-9-]+)";
    let label = "((?:US label|EU product information|Swissmedic product information|SmPC|[Ll]abel) of [A-Za-z]+(?:,? of [0-9]{4})?, (?:section [A-Z0-9][A-Za-z0-9.]*[A-Za-z0-9]|section [0-9]+|table [0-9]+))";
    let meeting = "((?:AACR|ASCO|ESMO|ENETS|NANETS)[A-Za-z ]* [0-9]{4}, abstract [0-9A-Z-]+)";
    let book = "([A-Z][^.;()]*, [0-9]+(?:st|nd|rd|th) edition, [0-9]{4})";
    let web = "((?:[a-z0-9-]+\\.)+(?:com|org|net|gov|edu|eu|ch|nl|uk)(?:/[^ ,;)]*)?)";
    let forms = [
        ("(10\\.[0-9]{4,9}/[^ ,;)]*[^ ,;).:])", Some("https://doi.org/")),
        ("(PMC[0-9]{5,})", Some("https://pmc.ncbi.nlm.nih.gov/articles/")),
        ("PubMed ([0-9]{6,})", Some("https://pubmed.ncbi.nlm.nih.gov/")),
        ("(NCT[0-9]{8})", Some("https://clinicaltrials.gov/study/")),
        ("PubChem ([a-z0-9-]+)", Some("https://pubchem.ncbi.nlm.nih.gov/compound/")),
        ("DrugBank (DB[0-9]{5})", Some("https://go.drugbank.com/drugs/")),
        (web, Some("https://")),
        (paper, None),
        (label, None),
        (meeting, None),
        (book, None),
    ];
    let form = |(pattern, address)| match Regex::new(pattern) {
        Ok(pattern) => CitationForm { pattern, address },
        Err(e) => unreachable!("the patterns are valid, a test reads with each: {e}"),
    };
    forms.into_iter().map(form).collect()
});

impl Citation {
    /// All that a source names, in the order of the forms.
    pub fn all_of(source: &str) -> Vec<Citation> {
        let mut all = Vec::new();
        for form in FORMS.iter() {
            for found in form.pattern.captures_iter(source) {
                let (whole, [named]) = found.extract();
                let address = form.address.map(|before| format!("{before}{named}"));
                all.push(Citation { text: whole.to_owned(), address });
            }
        }
        all
    }

    /// Those of a source that somebody has opened: none where it says that it is from memory.
    pub fn looked_up(source: &str) -> Vec<Citation> {
        if source.contains("from memory") { Vec::new() } else { Self::all_of(source) }
    }
}

/// The other numbers of a drug from which a number was computed: their paths, which stand in backquotes in its source.
pub fn computed_from(source: &str) -> impl Iterator<Item = &str> {
    source.split('`').skip(1).step_by(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(source: &str) -> Vec<(String, Option<String>)> {
        Citation::all_of(source).into_iter().map(|c| (c.text, c.address)).collect()
    }

    #[test]
    fn every_form_is_read() {
        for (source, text, address) in [
            (
                "de Wit 2016, doi:10.1007/s00280-016-3050-6, fixed",
                "10.1007/s00280-016-3050-6",
                "https://doi.org/10.1007/s00280-016-3050-6",
            ),
            (
                "Jain 2011 (doi:10.1111/j.1365-2125.2011.03963.x).",
                "10.1111/j.1365-2125.2011.03963.x",
                "https://doi.org/10.1111/j.1365-2125.2011.03963.x",
            ),
            ("table 1 of PMC9016001", "PMC9016001", "https://pmc.ncbi.nlm.nih.gov/articles/PMC9016001"),
            ("(PubMed 27299325)", "PubMed 27299325", "https://pubmed.ncbi.nlm.nih.gov/27299325"),
            (
                "registry (NCT00510068): 37 of 207",
                "NCT00510068",
                "https://clinicaltrials.gov/study/NCT00510068",
            ),
            (
                "C2, PubChem sirolimus",
                "PubChem sirolimus",
                "https://pubchem.ncbi.nlm.nih.gov/compound/sirolimus",
            ),
            ("DrugBank DB00428", "DrugBank DB00428", "https://go.drugbank.com/drugs/DB00428"),
            (
                "(drugs.com/ppa/pasireotide.html)",
                "drugs.com/ppa/pasireotide.html",
                "https://drugs.com/ppa/pasireotide.html",
            ),
        ] {
            assert_eq!(named(source), [(text.to_owned(), Some(address.to_owned()))], "{source}");
        }
        for (source, text) in [
            ("RADIANT-3 (NEJM 2011;364:514): 49 %", "NEJM 2011;364:514"),
            ("Endocr Connect 2019;8:EC-19-0192", "Endocr Connect 2019;8:EC-19-0192"),
            ("(Ann Oncol 2019;30 Suppl 10:x21, table 2)", "Ann Oncol 2019;30 Suppl 10:x21"),
            ("Cancer Res 2005;65(9 Suppl):715", "Cancer Res 2005;65(9 Suppl):715"),
            ("C22, label of Sutent, section 11", "label of Sutent, section 11"),
            ("label of Cabometyx of 2016, section 6.1, table 1", "label of Cabometyx of 2016, section 6.1"),
            (
                "Swissmedic product information of Piqray, section Pharmacokinetics",
                "Swissmedic product information of Piqray, section Pharmacokinetics",
            ),
            ("EU product information of sunitinib, table 6", "EU product information of sunitinib, table 6"),
            ("final analysis (ASCO GI 2016, abstract 309)", "ASCO GI 2016, abstract 309"),
            (
                "Hall, Radiobiology for the Radiologist, 8th edition, 2018",
                "Hall, Radiobiology for the Radiologist, 8th edition, 2018",
            ),
        ] {
            assert_eq!(named(source), [(text.to_owned(), None)], "{source}");
        }
    }

    #[test]
    fn words_open_nothing() {
        for source in [
            "label, from memory",
            "phase 2 trials, order of magnitude",
            "half of patients are carriers",
            "average at 300 mg/d: dose over clearance",
            "Rini 2013",
            "label of Torisel",
            "section 12.3",
        ] {
            assert_eq!(named(source), [], "{source}");
        }
        assert_eq!(
            computed_from("dose over `pk.clearance`, and `pk.volume`").collect::<Vec<_>>(),
            ["pk.clearance", "pk.volume"]
        );
        assert_eq!(computed_from("nothing").count(), 0);
        let memory = "SHARP (NEJM 2008;359:378), from memory";
        assert_eq!((named(memory).len(), Citation::looked_up(memory).len()), (1, 0));
    }
}
