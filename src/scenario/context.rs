//! What one pass over a file shares: its text, what was found in it, and what is known so far.

use std::cell::{Cell, OnceCell, RefCell};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::error::{Diagnostic, Severity, SourceText, Span};
use super::model::Locus;
use super::nearest::{list, nearest};
use super::shown::shown;
use super::table::Section;

/// Findings after which reading stops: nobody mends more of them at once.
const MANY: usize = 1000;

/// A value and its place in the file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct At<T> {
    pub value: T,
    /// The value's place, or the section's heading if the value is a default.
    pub span: Span,
}

impl<T> At<T> {
    pub fn new(value: T, span: Span) -> At<T> {
        At { value, span }
    }

    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> At<U> {
        At { value: f(self.value), span: self.span }
    }
}

/// The time axis as far as it could be read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clock {
    pub step_hours: Option<u32>,
    pub end: Option<At<u32>>,
    pub check: Option<At<u32>>,
}

/// What one pass over a file shares: its text, and what was found.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub text: &'a str,
    /// The file, if it is one that the scenario names.
    file: Option<Arc<SourceText>>,
    /// The scenario's name as messages show it.
    shown: &'a str,
    /// All that a file of its format may contain, for what stands in a wrong place.
    format: Option<&'static Section>,
    /// The folder that paths in the file are relative to.
    folder: &'a Path,
    found: RefCell<Vec<Diagnostic>>,
    /// Whether findings are dropped.
    quiet: Cell<bool>,
    /// Loci of the scenario, once they are known.
    loci: OnceCell<Vec<Locus>>,
    /// The time axis, once it is known.
    clock: OnceCell<Clock>,
    /// Names of the scenario's `[[drug]]`, once they are known.
    drugs: OnceCell<Vec<String>>,
    /// Loci that drugs may name: those, and the others of the catalogue.
    drug_loci: OnceCell<Vec<Locus>>,
}

impl<'a> Context<'a> {
    pub fn new(text: &'a str) -> Context<'a> {
        Context {
            text,
            file: None,
            shown: "",
            format: None,
            folder: Path::new(""),
            found: RefCell::default(),
            quiet: Cell::default(),
            loci: Default::default(),
            clock: Default::default(),
            drugs: Default::default(),
            drug_loci: Default::default(),
        }
    }

    /// A pass over a file that the scenario names.
    pub fn of_file(file: &'a Arc<SourceText>) -> Context<'a> {
        Context { file: Some(Arc::clone(file)), ..Context::new(&file.text) }
    }

    /// Says what a file of its format may contain.
    pub fn in_format(self, format: &'static Section) -> Context<'a> {
        Context { format: Some(format), ..self }
    }

    /// Another section in which a key of this name may stand.
    pub fn elsewhere(&self, name: &str, here: &Section) -> Option<&'static Section> {
        let other = |s: &&Section| s.path != here.path && s.find(name).is_some();
        self.format?.walk().into_iter().find(other)
    }

    /// What comes to a value without a word about what is wrong: of what was, or will be, read aloud.
    pub fn quietly<T>(&self, read: impl Fn() -> T) -> T {
        let was = self.quiet.replace(true);
        let value = read();
        self.quiet.set(was);
        value
    }

    /// Says what paths in the file are relative to.
    pub fn in_folder(self, folder: &'a Path) -> Context<'a> {
        Context { folder, ..self }
    }

    /// A path of the file.
    pub fn path(&self, named: &str) -> PathBuf {
        self.folder.join(named)
    }

    /// Says which loci there are, for the selectors that are read from here on.
    pub fn set_loci(&self, loci: &[Locus]) {
        let _ = self.loci.set(loci.to_vec());
    }

    /// The loci; none as long as they are not known.
    pub fn loci(&self) -> Option<&[Locus]> {
        self.loci.get().map(Vec::as_slice)
    }

    /// Says what the time axis is, for the times that are read from here on.
    pub fn set_clock(&self, clock: &Clock) {
        let _ = self.clock.set(clock.clone());
    }

    /// The time axis.
    pub fn clock(&self) -> Option<&Clock> {
        self.clock.get()
    }

    /// Says which `[[drug]]` there are.
    pub fn set_drugs(&self, names: &[String]) {
        let _ = self.drugs.set(names.to_vec());
    }

    /// Names of the scenario's `[[drug]]`.
    pub fn drugs(&self) -> &[String] {
        self.drugs.get().map_or(&[], Vec::as_slice)
    }

    /// The same for the selectors of drugs.
    pub fn set_drug_loci(&self, loci: Vec<Locus>) {
        let _ = self.drug_loci.set(loci);
    }

    /// Loci that drugs may name.
    pub fn drug_loci(&self) -> Option<&[Locus]> {
        self.drug_loci.get().map(Vec::as_slice)
    }

    /// Reports a drug that the scenario does not have.
    pub fn known_drug(&self, drug: &At<String>) {
        let drugs = self.drugs();
        if drugs.contains(&drug.value) {
            return;
        }
        let names = || drugs.iter().map(String::as_str);
        let help = match nearest(&drug.value, names()) {
            Some(near) => format!("did you mean `{near}`? drugs of this scenario: {}", list(names())),
            None => format!("drugs of this scenario: {}; add one with [[drug]]", list(names())),
        };
        self.report(
            Diagnostic::error(drug.span.clone(), format!("unknown drug {}", shown(&drug.value)))
                .label("expected the name of a [[drug]]")
                .help(help),
        );
    }

    pub fn report(&self, mut diagnostic: Diagnostic) {
        if self.quiet.get() {
            return;
        }
        if let Some(file) = &self.file {
            diagnostic = in_drug_file(diagnostic);
            diagnostic.file = Some(Arc::clone(file));
        }
        self.found.borrow_mut().push(diagnostic);
    }

    /// The same pass, over a scenario that messages show by this name.
    pub fn shown_as(self, file_name: &'a str) -> Context<'a> {
        Context { shown: file_name, ..self }
    }

    /// How messages show a file whose path is relative to the scenario.
    pub fn beside(&self, path: &str) -> String {
        let folder = Path::new(self.shown).parent().unwrap_or(Path::new(""));
        folder.join(path).display().to_string()
    }

    /// The file, if it is one that the scenario names.
    pub fn file(&self) -> Option<Arc<SourceText>> {
        self.file.clone()
    }

    /// Takes over what a pass over another file found.
    pub fn absorb(&self, found: Vec<Diagnostic>) {
        self.found.borrow_mut().extend(found);
    }

    /// Whether so much was found that reading on would help nobody.
    pub fn is_full(&self) -> bool {
        self.found.borrow().len() >= MANY
    }

    pub fn has_errors(&self) -> bool {
        self.found.borrow().iter().any(|d| d.severity == Severity::Error)
    }

    /// All findings in the order of their places, those of files that the scenario names first: what is wrong in the
    /// scenario may follow from them.
    pub fn finish(self) -> Vec<Diagnostic> {
        let mut all = self.found.into_inner();
        all.sort_by_cached_key(|d| (d.file.is_none(), d.file.clone(), d.span.start, d.severity));
        all.dedup();
        all
    }

    /// Place of a part of a string value; the whole value where escapes move its bytes.
    pub fn within(&self, value: &At<String>, part: std::ops::Range<usize>) -> Span {
        let inner = value.span.start + 1..value.span.end.saturating_sub(1);
        let bare = value.span.clone();
        if self.text.get(inner.clone()) == Some(value.value.as_str()) {
            inner.start + part.start..inner.start + part.end
        } else if self.text.get(bare.clone()) == Some(value.value.as_str()) {
            bare.start + part.start..bare.start + part.end
        } else {
            value.span.clone()
        }
    }
}

impl Diagnostic {
    /// Reports it.
    pub(crate) fn report(self, cx: &Context<'_>) {
        cx.report(self);
    }

    /// Reports it, as the reason why there is no value.
    pub(crate) fn fail<T>(self, cx: &Context<'_>) -> Option<T> {
        cx.report(self);
        None
    }
}

/// In a file with drugs, their sections stand without `catalogue.`.
fn in_drug_file(mut found: Diagnostic) -> Diagnostic {
    let bare = |text: &str| text.replace("[[catalogue.", "[[").replace("[catalogue.", "[");
    found.message = bare(&found.message);
    found.label = bare(&found.label);
    found.notes = found.notes.iter().map(|n| bare(n)).collect();
    found.help = found.help.as_deref().map(bare);
    found
}
