//! Pictures, animations and exports of small runs: kept pictures of every kind in 2D and 3D, light and dark, where their text lies, what
//! the commands refuse, and the example in Python where Python and NumPy are there.
//!
//! `UPDATE_GOLDEN=1 cargo test --test needs pictures::` keeps what is drawn now: look at it first.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::AtomicUsize;

use evotor::plot::palette::Theme;
use evotor::plot::png_file::PngHead;
use evotor::render::animation::{Animation, Format};
use evotor::render::export::{ExportKind, ExportedLattice};
use evotor::render::gallery::Gallery;
use evotor::render::{Scope, Snapshot, SnapshotStyle, View, What};
use evotor::scenario;
use evotor::simulation::{BackendOptions, Hooks, Job, Settings, Unwatched, run};
use libtest_mimic::{Failed, Trial};

#[cfg(unix)]
use crate::support::signals;

const FLAT: &str = r#"
name = "flat"
phenotype = "signalling"
seed = 4
time = { step = "12 h", end = "56 d", every = "7 d" }
lattice = { size = [70, 50], placement = "radius" }
start = { composition = { "rtk=up" = 0.1, "gsk3=overactive" = 0.05 } }
oxygen = {}
vessels = {}
patient = {}
therapy = { regimen = "sunitinib 50 mg daily 4w on 2w off" }
output = { snapshots = ["0 d", "28 d", "49 d"] }
"#;

const DEEP: &str = r#"
name = "deep"
phenotype = "signalling"
seed = 5
time = { step = "12 h", end = "28 d", every = "7 d" }
lattice = { size = [26, 22, 18], placement = "radius" }
start = { composition = { "rtk=up" = 0.2, "gsk3=overactive" = 0.1 } }
oxygen = {}
vessels = {}
patient = {}
therapy = { regimen = "everolimus 10 mg daily" }
output = { snapshots = ["0 d", "28 d"] }
"#;

const RATES: &str = r#"
name = "rates"
loci = []
time = { end = "4 d", every = "1 d" }
lattice = { size = [40, 30], placement = "neighbour" }
start = { shape = "random", density = 0.4 }
rates = { birth = "0.1 /d", death = "0.1 /d" }
output = { snapshots = ["1 d", "3 d"] }
"#;

/// The folders of the runs, made once.
fn folders() -> &'static BTreeMap<&'static str, PathBuf> {
    static FOLDERS: OnceLock<BTreeMap<&'static str, PathBuf>> = OnceLock::new();
    FOLDERS.get_or_init(|| {
        let root = tempfile::tempdir().unwrap().keep();
        [("flat", FLAT), ("deep", DEEP), ("rates", RATES)]
            .map(|(name, text)| {
                let dir = root.join(name);
                let scenario = scenario::parse(text, name, Path::new("")).unwrap().scenario;
                let job = Job::new(&scenario, Path::new("")).unwrap();
                let settings = Settings { backend: BackendOptions::cpu(2), ..Settings::default() };
                let stop = AtomicUsize::new(0);
                run(
                    &job,
                    &settings,
                    &dir,
                    false,
                    Hooks { watch: &mut Unwatched, painter: None, stop: &stop },
                )
                .unwrap();
                (name, dir)
            })
            .into_iter()
            .collect()
    })
}

fn gallery(name: &str) -> Gallery {
    Gallery::open(&folders()[name], 0).unwrap()
}

/// Pictures that are kept: run, colouring, view, theme.
const KEPT: [(&str, What, View, Theme); 9] = [
    ("flat", What::State, View::Slice, Theme::Light),
    ("flat", What::Clone, View::Slice, Theme::Dark),
    ("flat", What::Oxygen, View::Slice, Theme::Light),
    ("flat", What::Vessels, View::Slice, Theme::Dark),
    ("flat", What::Division, View::Slice, Theme::Light),
    ("deep", What::Age, View::Slice, Theme::Light),
    ("deep", What::Drug, View::Projection, Theme::Light),
    ("deep", What::State, View::Cutaway, Theme::Dark),
    ("deep", What::Clone, View::Cutaway, Theme::Light),
];

fn snapshot(gallery: &Gallery, what: What, view: View, theme: Theme, size: u32) -> Snapshot {
    let frame = gallery.frame(*gallery.steps.last().unwrap()).unwrap();
    let picture = frame.picture(&gallery.job);
    let scope = Scope::of(what, 0, &picture);
    Snapshot::new(&picture, &scope, &SnapshotStyle { view, plane: None, size, theme }, None).unwrap()
}

fn animation(gallery: &Gallery, format: Format) -> Vec<u8> {
    let mut scope = Scope::new(What::State, 0);
    for step in &gallery.steps {
        scope.see(&gallery.frame(*step).unwrap().picture(&gallery.job));
    }
    let style = SnapshotStyle { view: View::Slice, plane: None, size: 300, theme: Theme::Light };
    let stop = AtomicUsize::new(0);
    let burden = gallery.burden().unwrap();
    let animation = Animation::new(gallery, scope, style, 12, burden, &stop).unwrap();
    let mut bytes = Vec::new();
    animation.write(&mut bytes, Path::new("animation"), format).unwrap();
    bytes
}

/// Where a picture differs from the one that is kept; both it and the difference are left beside the program for a reader to see.
fn differs(name: &str, bytes: &[u8]) -> Option<String> {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/pictures").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&kept, bytes).unwrap();
    }
    let expected = fs::read(&kept).unwrap_or_default();
    if expected == bytes {
        return None;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures");
    fs::create_dir_all(&folder).unwrap();
    let (actual, difference) = (folder.join(name), folder.join(format!("{name}.difference.png")));
    fs::write(&actual, bytes).unwrap();
    let drawn = image::load_from_memory(bytes).unwrap().into_rgb8();
    let old = image::load_from_memory(&expected).map(|i| i.into_rgb8()).unwrap_or_default();
    let beyond = image::Rgb([0; 3]);
    let size = [drawn.width().max(old.width()), drawn.height().max(old.height())];
    let far = image::RgbImage::from_fn(size[0], size[1], |x, y| {
        let at = |image: &image::RgbImage| *image.get_pixel_checked(x, y).unwrap_or(&beyond);
        let (a, b) = (at(&drawn), at(&old));
        // Small differences are to be seen too.
        image::Rgb([0, 1, 2].map(|c| 255 - a[c].abs_diff(b[c]).saturating_mul(8)))
    });
    far.save(&difference).unwrap();
    let pixels = far.pixels().filter(|p| p.0 != [255; 3]).count();
    Some(format!(
        "{name}: {pixels} pixels of the first frame differ from {}\n  now: {}\n  difference: {}",
        kept.display(),
        actual.display(),
        difference.display()
    ))
}

fn pictures_are_those_that_are_kept() {
    let mut wrong = Vec::new();
    for (run, what, view, theme) in KEPT {
        let name = format!("{run}-{}-{}-{theme:?}.png", what.name(), view.name()).to_lowercase();
        let bytes = snapshot(&gallery(run), what, view, theme, 300).png().unwrap();
        wrong.extend(differs(&name, &bytes));
    }
    for format in [Format::Png, Format::Gif] {
        let bytes = animation(&gallery("flat"), format);
        wrong.extend(differs(&format!("flat-animation.{}", format.ending()), &bytes));
    }
    assert!(wrong.is_empty(), "look at them, then set UPDATE_GOLDEN=1\n{}", wrong.join("\n"));
}

// A figure editor's rules: nothing is cut off, nothing lies over something else.
fn text_of_snapshots_is_whole_and_apart() {
    for (run, views) in [
        ("flat", &[View::Slice][..]),
        ("deep", &[View::Slice, View::Projection, View::Cutaway]),
        ("rates", &[]),
    ] {
        for (what, view, size) in What::ALL
            .iter()
            .flat_map(|w| views.iter().map(move |v| (*w, *v)))
            .flat_map(|(w, v)| [(w, v, 200), (w, v, 900)])
        {
            let scene = snapshot(&gallery(run), what, view, Theme::Light, size).scene;
            let place = format!("{run} {} {} at {size}", what.name(), view.name());
            assert!(scene.cut_off().is_empty(), "{place}: {:?}", scene.cut_off());
            assert!(scene.overlaps().is_empty(), "{place}: {:?}", scene.overlaps());
        }
    }
}

fn exports_have_their_golden_hashes() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/exports.txt");
    let mut text = String::new();
    for (name, kind) in
        ["deep", "flat"].into_iter().flat_map(|n| [ExportKind::Npz, ExportKind::Vti].map(|k| (n, k)))
    {
        let gallery = gallery(name);
        let frame = gallery.frame(*gallery.steps.last().unwrap()).unwrap();
        let mut bytes = std::io::Cursor::new(Vec::new());
        ExportedLattice::new(&frame, &gallery.job).write(&mut bytes, kind).unwrap();
        let hash = blake3::hash(&bytes.into_inner()).to_hex();
        text += &format!("{}  {name} export {}\n", &hash[..16], kind.ending());
    }
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&file, &text).unwrap();
    }
    assert_eq!(fs::read_to_string(&file).unwrap_or_default(), text);
}

fn evotor(args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_evotor")).args(args).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

/// Names and bytes of all files of a folder.
fn contents(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()) {
        if entry.is_dir() {
            found.extend(contents(&entry));
        } else {
            found.insert(entry.clone(), fs::read(&entry).unwrap());
        }
    }
    found
}

fn drawing_leaves_the_run_as_it_is() {
    let dir = folders()["deep"].to_str().unwrap();
    let before = contents(Path::new(dir));
    let (code, out, err) = evotor(&["render", dir, "--at", "0d, 28", "--view", "cutaway", "--size", "240"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out.lines().count(), 2);
    let picture = fs::read(format!("{dir}/pictures/0-day28-state-cutaway.png")).unwrap();
    let head = PngHead::read(std::io::Cursor::new(&picture)).unwrap();
    let note = |keyword: &str| head.note(keyword).unwrap();
    assert_eq!((note("scenario"), note("seed"), note("day"), note("step")), ("deep", "5", "28", "56"));
    assert_eq!(note("digest").len(), 64);
    assert_eq!(evotor(&["animate", dir, "--every", "3d", "--size", "240", "--backend", "cpu"]).0, 0);
    assert_eq!(evotor(&["export", dir, "--format", "vti"]).0, 0);
    let temp = tempfile::tempdir().unwrap();
    let figure = temp.path().join("figure.svg");
    assert_eq!(evotor(&["render", dir, "--out", figure.to_str().unwrap()]).0, 0);
    let figure = fs::read_to_string(figure).unwrap();
    assert!(figure.contains("data:image/png;base64,") && figure.contains(">Time (days)</text>"), "{figure}");
    let after = contents(Path::new(dir));
    assert!(before.iter().all(|(path, bytes)| after[path] == *bytes), "a file of the run was changed");
    let new: Vec<&PathBuf> = after.keys().filter(|path| !before.contains_key(*path)).collect();
    assert!(
        new.iter()
            .all(|p| p.starts_with(format!("{dir}/pictures")) || p.starts_with(format!("{dir}/lattices")))
    );
    assert_eq!(new.len(), 5, "{new:?}");
}

/// Every refusal: arguments after the folder of a run, and what is said.
const REFUSED: [(&str, &[&str], &str); 18] = [
    (
        "flat",
        &["render", "--at", "30d"],
        "draw day 30: it was not recorded; the nearest times are 28d and 49d",
    ),
    ("flat", &["render", "--at", "90d"], "the nearest time is 49d"),
    ("flat", &["render", "--at", "soon"], "read `--at soon`: it is not a time in days; expected days as in"),
    ("flat", &["render", "--view", "cutaway"], "draw a cutaway: the lattice is 2D and has no inside"),
    (
        "flat",
        &["render", "--drug", "aspirin", "--what", "drug"],
        "colour by the drug `aspirin`: the plan has sunitinib",
    ),
    ("deep", &["render", "--plane", "x=26"], "there is no layer x = 26; expected 0 to 25"),
    ("deep", &["render", "--size", "20"], "expected 200 to 8000"),
    ("deep", &["render", "--replicate", "1"], "there is no replicate 1; the run has 1"),
    ("deep", &["animate", "--every", "0d"], "`--every 0d` is not a time"),
    // It was rounded to half a day without a word.
    ("deep", &["animate", "--every", "0.3d"], "steps of 12 h; write `--every 0.5d`"),
    ("rates", &["render", "--what", "drug"], "this run can show state, clone, age, division"),
    ("rates", &["render", "--what", "oxygen"], "the scenario has no [oxygen]"),
    ("rates", &["animate", "--what", "vessels"], "the scenario has no [vessels]"),
    // Each of these made a folder of that name.
    ("rates", &["animate", "--out", "none/a.mp4"], "name a file that ends in .png, or a folder"),
    ("rates", &["animate", "--out", "none/a.gif", "--format", "png"], "`--format png` makes no .gif"),
    ("rates", &["render", "--out", "none/fig.jpg"], "ends in .jpg"),
    ("rates", &["export", "--format", "npy", "--out", "none/x.npy"], "name a file that ends in .npz"),
    ("rates", &["plots", "--out", "none/x.svg"], "name a folder"),
];

fn what_cannot_be_drawn_is_told() {
    for (name, args, expected) in REFUSED {
        let mut all = vec![args[0], folders()[name].to_str().unwrap()];
        all.extend(&args[1..]);
        let (code, out, err) = evotor(&all);
        assert_eq!((code, out.as_str()), (2, ""), "{args:?}: {err}");
        assert!(err.starts_with("error: ") && err.contains(expected), "{args:?}: {err}");
    }
    assert!(!Path::new("none").exists());
}

fn folders_that_cannot_be_drawn_are_told() {
    let temp = tempfile::tempdir().unwrap();
    let at = |name: &str| temp.path().join(name).to_str().unwrap().to_owned();
    let refused = |args: &[&str], code: i32, expected: &str| {
        let (found, _, err) = evotor(args);
        assert!(found == code && err.contains(expected), "{args:?}: {found} {err}");
    };
    refused(&["render", &at("none")], 2, "there is no such folder");
    fs::create_dir(at("empty")).unwrap();
    refused(&["animate", &at("empty")], 2, "it has no `effective.toml`; name the folder of a run");
    fs::write(at("file"), "").unwrap();
    refused(&["render", &at("file")], 2, "it is a file");

    // A copy of a run: damaged, without frames, of another scenario, being written.
    let copy = |name: &str| {
        fs::create_dir_all(temp.path().join(name).join("frames")).unwrap();
        for (path, bytes) in contents(&folders()["rates"]) {
            fs::write(temp.path().join(name).join(path.strip_prefix(&folders()["rates"]).unwrap()), bytes)
                .unwrap();
        }
    };
    copy("damaged");
    let frame = temp.path().join("damaged/frames/0-day3.frame");
    let mut bytes = fs::read(&frame).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&frame, bytes).unwrap();
    refused(&["render", &at("damaged")], 2, "it is damaged (its checksum does not match)");
    fs::remove_file(&frame).unwrap();
    refused(&["render", &at("damaged"), "--at", "3d"], 2, "the nearest time is 1d");
    refused(&["animate", &at("damaged")], 2, "one time alone makes no animation");
    fs::remove_file(temp.path().join("damaged/frames/0-day1.frame")).unwrap();
    refused(&["export", &at("damaged"), "--format", "npy"], 2, "its frames are missing");
    copy("other");
    let text = fs::read_to_string(temp.path().join("other/effective.toml")).unwrap();
    fs::write(temp.path().join("other/effective.toml"), text.replace("0.1 /d", "0.2 /d")).unwrap();
    refused(&["render", &at("other")], 2, "it belongs to another scenario than `effective.toml`");
    copy("stopped");
    fs::remove_file(temp.path().join("stopped/digest.txt")).unwrap();
    refused(&["render", &at("stopped")], 0, "note: the run was stopped before its end");
    copy("busy");
    let lock = fs::File::create(temp.path().join("busy/run.lock")).unwrap();
    lock.lock().unwrap();
    refused(&["render", &at("busy")], 75, "another evotor is writing there");
    drop(lock);
    refused(&["render", &at("busy"), "--out", &at("file/pictures")], 1, "failed to write");
    refused(
        &["render", &at("busy"), "--at", "all", "--out", &at("one.png")],
        2,
        "is one file, and there are 2 times",
    );
}

// `a.gif` was made a folder with an animated PNG in it.
fn an_animation_is_of_the_kind_that_its_name_says() {
    let dir = tempfile::tempdir().unwrap();
    for (name, begins) in [("a.GIF", &b"GIF89a"[..]), ("a.png", b"\x89PNG")] {
        let (run, path) = (folders()["rates"].to_str().unwrap(), dir.path().join(name));
        let (code, _, err) = evotor(&["animate", run, "--size", "200", "--out", path.to_str().unwrap()]);
        assert_eq!(code, 0, "{err}");
        assert!(fs::read(&path).unwrap().starts_with(begins), "{name}");
        // One was written over another without a word.
        let again = ["animate", run, "--size", "210", "--out", path.to_str().unwrap()];
        let (code, _, err) = evotor(&again);
        assert!(code == 2 && err.contains("is there already") && err.contains("--force"), "{err}");
        assert_eq!(evotor(&[&again[..], &["--force"]].concat()).0, 0);
    }
}

/// Waits until a folder has a file that ends so.
#[cfg(unix)]
fn wait_for(dir: &Path, ending: &str) {
    let begun = std::time::Instant::now();
    while !(dir.exists() && contents(dir).keys().any(|path| path.to_string_lossy().ends_with(ending))) {
        assert!(begun.elapsed().as_secs() < 120, "{} has no file that ends in {ending}", dir.display());
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

// While the run was computed again a signal was taken for a fault of the input, and while frames were drawn it was not heeded.
#[cfg(unix)]
fn an_animation_that_is_stopped_leaves_nothing_behind() {
    let temp = tempfile::tempdir().unwrap();
    let at = |name: &str| temp.path().join(name);
    for (name, expected, of, ending) in
        [("INT", 130, "scratch", "series.csv"), ("TERM", 143, "out", ".png.part")]
    {
        for folder in ["scratch", "out"] {
            fs::create_dir_all(at(folder)).unwrap();
        }
        let mut command = Command::new(env!("CARGO_BIN_EXE_evotor"));
        command.arg("animate").arg(&folders()["deep"]).args(["--every", "0.5d", "--size", "3000", "--out"]);
        command.arg(at("out")).args(["--backend", "cpu"]).env("TMPDIR", at("scratch"));
        signals::hear();
        let running = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
        wait_for(&at(of), ending);
        let kill = Command::new("kill").args([&format!("-{name}"), &running.id().to_string()]).status();
        assert!(kill.unwrap().success());
        let ended = running.wait_with_output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(ended.status.code(), Some(expected), "{name}: {said}");
        assert!(said.contains("stopped by ") && said.contains("nothing was written"), "{said}");
        assert!(contents(&at("out")).is_empty() && contents(&at("scratch")).is_empty(), "{name}");
    }
}

/// Python with NumPy, if it is there.
fn has_numpy() -> bool {
    let found = Command::new("python3").args(["-c", "import numpy"]).output();
    found.is_ok_and(|output| output.status.success())
}

fn the_example_in_python_reads_what_is_exported() {
    let dir = tempfile::tempdir().unwrap();
    let (run, out) = (folders()["deep"].to_str().unwrap(), dir.path().to_str().unwrap());
    let gallery = gallery("deep");
    let live = gallery.frame(56).unwrap().state.burden().0;
    let mut said = Vec::new();
    for (format, ending) in [("npz", "npz"), ("npy", "npz"), ("vti", "vti")] {
        assert_eq!(evotor(&["export", run, "--format", format, "--out", out]).0, 0);
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/examples/load_lattice.py");
        let file = format!("{out}/0-day28.{ending}");
        let output = Command::new("python3").arg(example).arg(file).env("PYTHONIOENCODING", "utf-8").output();
        let output = output.unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains(&format!("live cells: {live}\n")) && text.contains("oxygen: "), "{text}");
        said.push(text);
    }
    assert_eq!(said[0], said[1]);
}

/// All of them.
pub fn trials() -> Vec<Trial> {
    let test = |name: &str, run: fn()| {
        Trial::test(format!("pictures::{name}"), move || {
            std::panic::catch_unwind(run).map_err(|_| Failed::without_message())
        })
    };
    let mut tests = vec![
        test("pictures_are_those_that_are_kept", pictures_are_those_that_are_kept),
        test("text_of_snapshots_is_whole_and_apart", text_of_snapshots_is_whole_and_apart),
        test("exports_have_their_golden_hashes", exports_have_their_golden_hashes),
        test("drawing_leaves_the_run_as_it_is", drawing_leaves_the_run_as_it_is),
        test("what_cannot_be_drawn_is_told", what_cannot_be_drawn_is_told),
        test(
            "an_animation_is_of_the_kind_that_its_name_says",
            an_animation_is_of_the_kind_that_its_name_says,
        ),
        test("folders_that_cannot_be_drawn_are_told", folders_that_cannot_be_drawn_are_told),
        test("the_example_in_python_reads_what_is_exported", the_example_in_python_reads_what_is_exported)
            .with_ignored_flag(!has_numpy()),
    ];
    #[cfg(unix)]
    tests.push(test(
        "an_animation_that_is_stopped_leaves_nothing_behind",
        an_animation_that_is_stopped_leaves_nothing_behind,
    ));
    tests
}
