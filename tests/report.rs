//! Reports and plots: what commands write, where text lies in a figure, and what is refused.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use crate::support::treated::TREATED;
use crate::support::{self, SMALL};
use evotor::plot::svg::{SvgOptions, svg};
use evotor::plot::{Anchor, Figure, Scene, Style, Width, colours, scene::Item};
use evotor::report::read::{FolderKind, ReadTrial, RunFolder, kind};
use evotor::report::{self, ReportError, RunChoices};

const TRIAL: &str = include_str!("data/small-trial.toml");

fn evotor(args: &[&str], dir: &Path) -> Output {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("evotor"));
    command.args(args).current_dir(dir).stdin(Stdio::null()).output().unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Folders of a small run, of one with a therapy, and of a trial, with their reports.
static MADE: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let temp = tempfile::tempdir().unwrap();
    for (name, text, command) in
        [("small", SMALL, "run"), ("treated", TREATED, "run"), ("trial", TRIAL, "compare")]
    {
        let file = format!("{name}.toml");
        fs::write(temp.path().join(&file), text).unwrap();
        let done = evotor(&[command, &file, "--backend", "cpu", "--quiet", "--out", name], temp.path());
        assert_eq!(done.status.code(), Some(0), "{name}: {}", err(&done));
        assert_eq!(err(&done), "", "{name}");
    }
    let args = ["trial", "radiant-3", "--surrogate", "--patients", "8", "--quiet", "--out", "published"];
    assert_eq!(evotor(&args, temp.path()).status.code(), Some(0));
    temp
});

fn made(name: &str) -> PathBuf {
    MADE.path().join(name)
}

fn figures(name: &str) -> Vec<Figure> {
    let dir = made(name);
    match kind(&dir).unwrap() {
        FolderKind::Run(loaded) => {
            report::run::figures(&RunFolder::read(&dir, *loaded).unwrap(), RunChoices::default()).unwrap()
        }
        FolderKind::Trial(loaded) => report::trial::figures(&ReadTrial::read(&dir, *loaded).unwrap()),
        FolderKind::Batch(_)
        | FolderKind::Design(_)
        | FolderKind::Condition(_)
        | FolderKind::Search(_)
        | FolderKind::Rivals(_)
        | FolderKind::Trials(_) => {
            unreachable!()
        }
    }
}

#[test]
fn commands_end_with_a_report_that_needs_nothing_else() {
    for (name, plots) in [
        ("small", ["burden", "composition"]),
        ("treated", ["exposure", "toxicity"]),
        ("trial", ["survival-tfs", "swimmer"]),
    ] {
        let dir = made(name);
        let page = fs::read_to_string(dir.join("report.html")).unwrap();
        for section in ["What was asked", "What happened", "Limitations", "How to repeat it", "</html>"] {
            assert!(page.contains(section), "{name}: {section}");
        }
        let without = page.replace("http://www.w3.org/2000/svg", "");
        assert!(!without.contains("http:") && !without.contains("https:"), "{name} points at the network");
        for plot in plots {
            assert!(page.contains(&format!("id=\"{plot}\"")), "{name}: {plot} is in the page");
            for end in [".svg", ".png", "-column.svg", "-column.png"] {
                assert!(dir.join("plots").join(format!("{plot}{end}")).exists(), "{name}: {plot}{end}");
            }
        }
    }
    let lineage = made("small").join("lineage");
    for file in ["0-phylogeny.nwk", "0-ggmuller-adjacency.csv", "0-ggmuller-population.csv", "0-evofreq.csv"]
    {
        assert!(lineage.join(file).exists(), "{file}");
    }
}

#[test]
fn a_report_changes_no_result_and_can_be_left_out() {
    let temp = tempfile::tempdir().unwrap();
    fs::write(temp.path().join("small.toml"), SMALL).unwrap();
    let args = ["run", "small.toml", "--backend", "cpu", "--quiet", "--out", "plain", "--no-report"];
    assert_eq!(evotor(&args, temp.path()).status.code(), Some(0));
    let plain = temp.path().join("plain");
    assert!(!plain.join("report.html").exists() && !plain.join("plots").exists());
    support::assert_same_results(&plain, &made("small"), "with a report");
    let before: Vec<(PathBuf, Vec<u8>)> = files(&plain);
    let again = evotor(&["report", "plain"], temp.path());
    assert_eq!(again.status.code(), Some(0), "{}", err(&again));
    for (path, bytes) in before {
        assert!(fs::read(&path).unwrap() == bytes, "{} was changed", path.display());
    }
}

fn files(dir: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let paths = fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).filter(|p| p.is_file());
    paths.map(|p| (p.clone(), fs::read(&p).unwrap())).collect()
}

#[test]
fn the_same_folder_gives_the_same_bytes() {
    let temp = tempfile::tempdir().unwrap();
    let page = |name: &str, to: &str| {
        report::report(&made(name), Some(&temp.path().join(to)), report::PlotFormat::default()).unwrap();
        fs::read(temp.path().join(to)).unwrap()
    };
    for name in ["small", "trial"] {
        assert!(page(name, "a.html") == page(name, "b.html"), "{name}");
    }
}

// A figure editor's rules: nothing is cut off, nothing lies over something else.
#[test]
fn no_text_is_cut_off_or_overprinted() {
    let mut seen = 0;
    for name in ["small", "treated", "trial", "published"] {
        for figure in figures(name) {
            assert!(report::files::NAMES.contains(&figure.name.as_str()), "{} is no known name", figure.name);
            for width in Width::ALL {
                let scene = figure.at(width);
                let words =
                    |all: Vec<&evotor::plot::Text>| all.iter().map(|t| t.words.clone()).collect::<Vec<_>>();
                let place = format!("{name}, {} at {width:?}", figure.name);
                assert!(scene.cut_off().is_empty(), "{place}: {:?} is cut off", words(scene.cut_off()));
                let over: Vec<_> =
                    scene.overlaps().into_iter().map(|(a, b)| (a.words.clone(), b.words.clone())).collect();
                assert!(over.is_empty(), "{place}: {over:?}");
                assert!(scene.texts().all(|t| t.size >= 5.9), "{place}: type is too small");
                assert!(
                    scene.height > 40.0 && scene.height < 1200.0,
                    "{place}: {} points high",
                    scene.height
                );
                seen += 1;
            }
        }
    }
    assert!(seen >= 30, "{seen} figures");
}

fn centres<'a>(scene: &'a Scene, is: impl Fn(&str) -> bool + 'a) -> Vec<(f64, f64, &'a str)> {
    let middle = scene.texts().filter(|t| t.anchor == Anchor::Middle && !t.upwards);
    middle.filter(|t| is(&t.words)).map(|t| (t.at.0, t.at.1, t.words.as_str())).collect()
}

#[test]
fn numbers_at_risk_stand_under_the_ticks_of_their_times() {
    let number = |words: &str| words.chars().all(|c| c.is_ascii_digit());
    for figure in
        figures("trial").iter().filter(|f| f.name.starts_with("survival") && !f.name.ends_with("-arms"))
    {
        for width in Width::ALL {
            let all = centres(figure.at(width), number);
            let axis = all.iter().map(|a| a.1).fold(f64::INFINITY, f64::min);
            let ticks: Vec<f64> = all.iter().filter(|a| a.1 == axis).map(|a| a.0).collect();
            let below: Vec<_> = all.iter().filter(|a| a.1 > axis).collect();
            assert!(ticks.len() >= 3 && below.len() >= ticks.len(), "{}", figure.name);
            // Of each arm at risk, censored, events: they add up to all patients, and end where follow-up does.
            let rows: Vec<Vec<(f64, u32)>> = below
                .chunk_by(|a, b| a.1 == b.1)
                .map(|row| row.iter().map(|r| (r.0, r.2.parse().unwrap())).collect())
                .collect();
            assert!(rows.len() >= 3 && rows.len().is_multiple_of(3), "{}", figure.name);
            for arm in rows.chunks(3) {
                let all = arm[0][0].1;
                for row in arm {
                    let places: Vec<f64> = row.iter().map(|r| r.0).collect();
                    assert_eq!(places, ticks[..row.len()], "{} at {width:?}", figure.name);
                }
                assert!(arm[1].len() == arm[2].len() && arm[1].len() <= arm[0].len() + 1);
                assert!(arm[0].windows(2).all(|w| w[0].1 >= w[1].1), "{arm:?}");
                for (at, (censored, events)) in arm[1].iter().zip(&arm[2]).enumerate() {
                    let at_risk = arm[0].get(at).map_or(0, |r| r.1);
                    assert_eq!(at_risk + censored.1 + events.1, all, "{arm:?}");
                }
            }
        }
    }
}

/// The look of the patch before some words.
fn patch(figure: &Figure, words: &str) -> Option<Style> {
    figure.at(Width::Page).items.windows(2).find_map(|pair| match pair {
        [Item::Rect(_, style), Item::Text(text)] if text.words == words => Some(*style),
        _ => None,
    })
}

// In one plot blue was the placebo arm, in the next one it was everolimus: a drug's colour is no arm's.
#[test]
fn a_drug_has_the_colour_of_drugs_and_an_arm_that_of_arms() {
    let all = figures("published");
    let of = |plot: &str| patch(all.iter().find(|f| f.name == plot).unwrap(), "everolimus");
    assert_eq!(of("swimmer"), Some(Style::fill(colours::drug(0))));
    assert!(of("waterfall").is_some() && of("waterfall") != of("swimmer"));
}

// Own survival times are drawn over the curves, also by a later report; a file that is wrong stops the command before it computes.
#[test]
fn own_data_are_laid_over_the_curves() {
    let temp = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| fs::write(temp.path().join(name), text).unwrap();
    put("trial.toml", TRIAL);
    put("wrong.csv", "time,event,arm\n1,1,a\n");
    put("km.csv", "time_days,event,arm\n60,1,sequence\n90,0,sequence\n120,1,historical\n");
    let compare = |more: &[&str]| {
        let fixed = ["compare", "trial.toml", "--surrogate", "--patients", "3", "--quiet", "--out", "out"];
        evotor(&[&fixed[..], more].concat(), temp.path())
    };
    let refused = compare(&["--overlay", "wrong.csv"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(err(&refused).contains("`time` does not say its unit"), "{}", err(&refused));
    assert!(!temp.path().join("out").exists());
    assert_eq!(compare(&["--overlay", "km.csv"]).status.code(), Some(0));
    let plots = || fs::read_to_string(temp.path().join("out/plots/survival-pfs.svg")).unwrap();
    assert!(plots().contains("sequence, own data: 2.5") && plots().contains("historical, own data: 3.9"));
    assert_eq!(evotor(&["report", "out"], temp.path()).status.code(), Some(0));
    assert!(plots().contains("historical, own data"));
    // Other results in the folder have nothing laid over them.
    assert_eq!(compare(&["--force"]).status.code(), Some(0));
    assert!(!plots().contains("own data") && !temp.path().join("out/overlay.csv").exists());
}

// Text snapshots: a plot that changes is looked at before `UPDATE_GOLDEN=1 cargo test --test it report::` writes it anew.
#[test]
fn plots_are_as_they_were() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/plots");
    let chosen = [
        ("small", ["burden", "composition", "clones-population", "clones-frequency"].as_slice()),
        ("treated", &["exposure", "toxicity", "environment"]),
        (
            "trial",
            &["survival-tfs", "survival-pfs", "waterfall", "spider", "swimmer", "resistance", "incidence"],
        ),
        ("published", &["survival-pfs", "forest", "published", "convergence"]),
    ];
    for (name, wanted) in chosen {
        let figures = figures(name);
        for plot in wanted {
            let figure =
                figures.iter().find(|f| f.name == *plot).unwrap_or_else(|| panic!("{name} has no {plot}"));
            let text = svg(figure.at(Width::Column), SvgOptions::default());
            let path = golden.join(format!("{name}-{plot}.svg"));
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                fs::create_dir_all(&golden).unwrap();
                fs::write(&path, &text).unwrap();
            }
            let kept = fs::read_to_string(&path).unwrap_or_default();
            assert!(kept == text, "{} differs; look at it, then set UPDATE_GOLDEN=1", path.display());
        }
    }
}

// The first plot is of the measure that strategies are compared by: with one line in every arm that is the PFS, and is told to be.
#[test]
fn the_first_plot_is_of_what_is_compared() {
    for (name, first, below) in
        [("trial", "survival-tfs", Some("survival-pfs")), ("published", "survival-pfs", None)]
    {
        let names: Vec<String> = figures(name).into_iter().map(|f| f.name).collect();
        assert_eq!(names[..2], [first, "survival-time_to_growth"], "{name}");
        let tfs = names.iter().filter(|n| *n == "survival-tfs").count();
        assert_eq!(tfs, usize::from(below.is_some()), "{names:?}");
        assert!(below.is_none_or(|below| names[2] == below), "{names:?}");
        let page = fs::read_to_string(made(name).join("report.html")).unwrap();
        assert!(page.contains("is the time to failure of strategy (TFS)") == below.is_none(), "{name}");
    }
}

fn refusal(dir: &Path) -> ReportError {
    report::report(dir, None, report::PlotFormat::default()).unwrap_err()
}

fn copy(name: &str, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for (path, bytes) in files(&made(name)) {
        fs::write(to.join(path.file_name().unwrap()), bytes).unwrap();
    }
}

#[test]
fn folders_that_cannot_be_told_of_are_refused_with_a_way_out() {
    let temp = tempfile::tempdir().unwrap();
    let missing = refusal(&temp.path().join("nothing"));
    assert!(matches!(missing, ReportError::Missing(_)) && missing.is_input(), "{missing}");
    let foreign = refusal(temp.path()).to_string();
    assert!(foreign.contains("no effective.toml") && foreign.contains("evotor run"), "{foreign}");

    // It was told that there is no such folder.
    fs::write(temp.path().join("a.toml"), SMALL).unwrap();
    let file = refusal(&temp.path().join("a.toml")).to_string();
    assert!(file.contains("it is a file; name the folder"), "{file}");
    // It was told that no folder in it has an effective.toml.
    copy("small", &temp.path().join("several/one"));
    let several = refusal(&temp.path().join("several")).to_string();
    assert!(several.contains("name one of them, such as") && several.contains("several/one"), "{several}");

    let dir = temp.path().join("stopped");
    copy("small", &dir);
    fs::remove_file(dir.join("summary.json")).unwrap();
    let unfinished = refusal(&dir).to_string();
    assert!(unfinished.contains("evotor resume"), "{unfinished}");

    let dir = temp.path().join("busy");
    copy("small", &dir);
    let lock = fs::OpenOptions::new().append(true).open(dir.join("run.lock")).unwrap();
    lock.lock().unwrap();
    assert!(matches!(refusal(&dir), ReportError::Writing(_)));
    drop(lock);
    assert!(report::report(&dir, None, report::PlotFormat::default()).is_ok());

    let dir = temp.path().join("cut");
    copy("small", &dir);
    let series = fs::read_to_string(dir.join("series.csv")).unwrap();
    fs::write(dir.join("series.csv"), &series[..series.len() / 2]).unwrap();
    let cut = refusal(&dir).to_string();
    assert!(cut.contains("series.csv") && cut.contains("line "), "{cut}");

    let dir = temp.path().join("broken-off");
    copy("trial", &dir);
    fs::remove_file(dir.join("summary.json")).unwrap();
    assert!(refusal(&dir).to_string().contains("--force"), "{}", refusal(&dir));
}

#[test]
fn the_command_line_tells_faults_of_the_input_from_those_of_the_machine() {
    let temp = tempfile::tempdir().unwrap();
    let refused = evotor(&["report", "nothing"], temp.path());
    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(err(&refused), "error: failed to read `nothing`: there is no such folder\n");
    let refused =
        evotor(&["plots", made("small").to_str().unwrap(), "--out", "/proc/none/plots"], temp.path());
    assert_eq!(refused.status.code(), Some(1), "{}", err(&refused));
    let share = evotor(&["plots", "x", "--clone-share", "7"], temp.path());
    assert_eq!(share.status.code(), Some(2));
}

// A report that cannot be written is a warning: what was computed stands.
#[test]
fn a_failed_report_is_no_failed_run() {
    let temp = tempfile::tempdir().unwrap();
    fs::write(temp.path().join("small.toml"), SMALL).unwrap();
    fs::create_dir_all(temp.path().join("r")).unwrap();
    fs::write(temp.path().join("r/plots"), "a file in the way").unwrap();
    let run = evotor(&["run", "small.toml", "--backend", "cpu", "--quiet", "--out", "r"], temp.path());
    assert_eq!(run.status.code(), Some(0), "{}", err(&run));
    assert!(
        err(&run).contains("warning: failed to write") && err(&run).contains("results are not concerned"),
        "{}",
        err(&run)
    );
    assert_eq!(fs::read_to_string(temp.path().join("r/plots")).unwrap(), "a file in the way");
    assert!(String::from_utf8_lossy(&run.stdout).starts_with("digest: "));
}

#[test]
fn plots_are_drawn_in_other_forms() {
    let temp = tempfile::tempdir().unwrap();
    let small = made("small");
    let args = [
        "plots",
        small.to_str().unwrap(),
        "--out",
        "dark",
        "--theme",
        "dark",
        "--log",
        "--by-clone",
        "--svg-only",
    ];
    let drawn = evotor(&args, temp.path());
    assert_eq!(drawn.status.code(), Some(0), "{}", err(&drawn));
    let burden = fs::read_to_string(temp.path().join("dark/burden.svg")).unwrap();
    assert!(
        burden.contains("fill=\"#14161a\"") && burden.contains("font-family=\"'Evotor Sans'"),
        "{burden}"
    );
    assert!(!temp.path().join("dark/burden.png").exists());
}

// Plots of one trial took those of another one, or of a run, out of a folder that both were drawn to.
#[test]
fn plots_of_several_share_a_folder_but_a_run_s_own_has_none_of_another_time() {
    let temp = tempfile::tempdir().unwrap();
    let plots = |dir: &Path, out: &str| {
        let drawn = evotor(&["plots", dir.to_str().unwrap(), "--out", out, "--svg-only"], temp.path());
        assert_eq!(drawn.status.code(), Some(0), "{}", err(&drawn));
    };
    plots(&made("small"), "figs");
    plots(&made("trial"), "figs");
    let at = |name: &str| temp.path().join(name);
    assert!(at("figs/burden.svg").exists() && at("figs/survival-pfs.svg").exists());
    let own = at("own");
    copy("small", &own);
    fs::create_dir(own.join("plots")).unwrap();
    for name in ["forest.png", "mine.png"] {
        fs::write(own.join("plots").join(name), "").unwrap();
    }
    plots(&own, "own/plots");
    assert!(own.join("plots/burden.svg").exists() && own.join("plots/mine.png").exists());
    assert!(!own.join("plots/forest.png").exists());
}

#[test]
fn several_trials_are_told_together() {
    let temp = tempfile::tempdir().unwrap();
    let args = ["trial", "radiant-3", "--surrogate", "--patients", "6", "--quiet", "--out", "all/radiant-3"];
    assert_eq!(evotor(&args, temp.path()).status.code(), Some(0));
    fs::create_dir_all(temp.path().join("all/broken")).unwrap();
    fs::write(temp.path().join("all/broken/published.csv"), "").unwrap();
    let told = evotor(&["report", "all"], temp.path());
    assert_eq!(told.status.code(), Some(0), "{}", err(&told));
    let page = fs::read_to_string(temp.path().join("all/report.html")).unwrap();
    assert!(page.contains("href=\"radiant-3/report.html\"") && page.contains("is left out"));
    assert!(temp.path().join("all/plots/agreement.svg").exists());
}
