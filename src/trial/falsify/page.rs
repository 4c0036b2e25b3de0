//! The falsifiers as a page of the documentation.

use std::fmt::Write as _;

use super::files::FILES;
use super::table::FALSIFIERS;

const INTRODUCTION: &str = r"# What would falsify the model

This page is generated from the table that `evotor falsify` works with; do not edit it by hand.

A model that can explain anything explains nothing. These nineteen observations stand with their bounds in the project's table of
sources, apart from the code; `evotor falsify` computes each of them and says whether it holds. What fails stays in the table: no bound
is moved and no parameter is changed to make a line look better.

    evotor falsify                        # all of them: 60 patients a trial, five to ten minutes on two cores
    evotor falsify --patients 240         # narrower intervals, four times as long
    evotor falsify --only F6 --only F9
    evotor falsify --only F19 --adapter llvmpipe
    evotor falsify --list

It prints a row for each part of a falsifier and writes `falsify.csv` (the same with more digits; `inside` says whether the figure itself is
allowed) and `falsify.json` (with the texts below) into `results/falsify`, or the folder of `--out`. The exit code is 0 whatever the
verdicts: a falsified model is a result, not a failure of the program.

## Verdicts

A figure comes with a 95 % interval of its sampling error, that of drawing these patients (or tumours) and not others. It is no
interval of what is unknown about the model.

| verdict | when |
|---|---|
| holds | every value of the interval is allowed by the bound |
| fails | no value of the interval is allowed |
| undecided | some values are allowed and some are not, or there is no figure or no interval; the table says on which side the figure lies |
| not tested | what the test needs is not here |

Ends of a bound are allowed, except where it says *above*, *below* or *more than*. Of a falsifier with several parts one that fails makes it
fail, and it holds only if all parts hold. Three things to keep in mind:

- **Nothing is corrected for the number of parts.** Of about forty intervals two miss their true value on average.
- **A bound as narrow as a published interval cannot hold at 60 patients**, since the interval here is no narrower: F4 is
  undecided at best, until there are a few hundred patients.
- **Not all bounds are predictions.** What the model was fitted to, or what shaped a default, must come out again: everolimus in RADIANT-3 (F1,
  F4), everolimus 5 and 10 mg (F2), reversion (F8), perfusion under bevacizumab (F10), the overlap of toxicities (F12), stomatitis
  and concentration (F13), TSC-null tumours of context H (F14).

Where the table of sources leaves open how a bound is to be read, this is the reading, chosen before the figures were known unless it
says otherwise:

| | reading |
|---|---|
| F2, F6, F9 | a ratio of PFS is one of medians; *within 25 %* (20 %) means a factor of 1.25 (1.2) either way |
| F8 | *restores 80 %* means 80 % of what was lost, which is stricter than 80 % of the usual sensitivity |
| F10 | *anti-VEGF* is bevacizumab, of which the measurements are; on every one of days 2, 7 and 21 |
| F12 | *cycle 1* may be 28 or 42 days; the second length was added when the first figure was known, and both must hold |
| F14 | *not better* is a hazard ratio of at least 1, so that no difference at all is undecided |
| F15 | a drug *works* at a hazard ratio against supportive care of at most 0.67, and *fails* above |
| F16 | two groups of at least ten patients; this was added when there was one patient in one of them |
| F17 | mean PFS, which is more sensitive to the step than the median |
| F18 | T/C is the ratio of growth; alone within a factor of 1.5 |

## Intervals

- **Shares**: exact binomial (Clopper and Pearson 1934). **Survival at a time**: complementary log-log. **Medians**: Brookmeyer and Crowley 1982.
- **Two arms over the same patients** (ratios of medians, means and rates; hazard ratios): percentile interval of 1999 bootstrap
  samples of patients, each of whom brings both arms along. What is the same in both arms does not count as error, so the intervals are
  narrower than those of a trial with other patients in each arm. From fewer than 20 patients there is none.
- **Groups of different patients, regressions on a concentration**: Wald's interval of Cox's model; none for a group of fewer than 10.
- **Single tumours**: Student's interval over four tumours of the typical patient, which differ by their draws alone. It says nothing
  about differences between patients.

The figure of a bootstrap is that of all patients. A median that is not reached is infinite (`NR`, in the table `inf`).

";

const AFTER: &str = r"
## How they are computed

";

const FILES_HEAD: &str = r"
## Files

The trials and tumours are files of the usual format in `scenarios/falsify/`, and part of the program. All trials have about 3000 agents a
patient and steps of 12 h; arms of one file treat the same patients, and so do `radiant-3`, `tsc-h` and `tsc-r`, whose tumours differ by one
mutation. `--patients` and `--seed` replace those of the files; of each file only the arms are run that a chosen falsifier looks at.

| file | falsifiers |
|---|---|
";

const END: &str = r"
F17 runs `radiant-3` at other steps too, F19 a part of it on a GPU. F19 takes a hardware GPU if there is one, and a software adapter only if
`--adapter` names it, on which then everything is computed: use it with `--only F19`.
";

/// Files of the falsifiers that are not trials.
const TUMOURS: [(&str, &str); 5] = [
    ("tolerance", "F12, F13"),
    ("vessels", "F8, F9, F10"),
    ("persistence-rtk", "F8"),
    ("persistence-gsk3", "F8"),
    ("mouse", "F18"),
];

/// The falsifiers as a page, in Markdown.
pub fn falsifiers_markdown() -> String {
    let mut out = INTRODUCTION.to_owned();
    out.push_str(
        "## Definitions\n\n| | what is observed | bound | what is wrong if it fails |\n|---|---|---|---|\n",
    );
    for f in &FALSIFIERS {
        let _ = writeln!(out, "| {} | {} | {} | {} |", f.id, f.observed, f.bound, f.wrong);
    }
    out.push_str(AFTER);
    for f in &FALSIFIERS {
        let _ = writeln!(out, "- **{}**: {}.", f.id, f.how);
    }
    out.push_str(FILES_HEAD);
    for file in &FILES {
        let ids: Vec<&str> =
            FALSIFIERS.iter().filter(|f| f.needs.iter().any(|n| n.file == file.name)).map(|f| f.id).collect();
        let other = TUMOURS.iter().find(|(name, _)| *name == file.name).map(|(_, ids)| *ids);
        let _ = writeln!(out, "| `{}` | {} |", file.name, other.unwrap_or(&ids.join(", ")));
    }
    out.push_str(END);
    out
}
