//! Reports in a real browser: no error on its console, and nothing cut off at the widths of a laptop and of a phone.
//!
//! Reported as ignored where there is no Chromium, unless `EVOTOR_REQUIRE_BROWSER` is set. `EVOTOR_TEST_BROWSER` names another one.
//! Set `EVOTOR_KEEP_SCREENSHOTS` to a folder to look at what it saw.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::chromium;
use crate::support::SMALL;
use crate::support::treated::TREATED;
use libtest_mimic::{Failed, Trial};

const TRIAL: &str = include_str!("data/small-trial.toml");

/// Widths of a phone and of a laptop, CSS pixels.
const WIDTHS: [u32; 2] = [390, 1366];

/// A script that takes errors down, before any other.
const LISTEN: &str = "<script>window.faults=[];window.addEventListener('error',e=>faults.push(String(e.message)));\
    const told=console.error;console.error=(...a)=>{faults.push(a.join(' '));told(...a)};</script>";

/// A script of the page around a report: when it is there, it uses what can be used, and measures.
const MEASURE: &str = r#"
<script>
const frame = document.querySelector("iframe");
frame.addEventListener("load", () => {
  const inner = frame.contentWindow, page = frame.contentDocument, found = [];
  const shown = (e) => e.getClientRects().length > 0;
  const wide = inner.innerWidth;
  if (page.documentElement.scrollWidth > wide) found.push("the page is " + page.documentElement.scrollWidth + " wide");
  page.querySelectorAll("h1,h2,h3,p,li,dt,dd,figcaption,img,.plot,summary,button").forEach((e) => {
    if (!shown(e) || e.closest(".scroll")) return;
    const box = e.getBoundingClientRect();
    if (box.right > wide + 1 || box.left < -1) found.push(e.tagName + " beyond the edge: " + e.textContent.slice(0, 40));
  });
  // Tables may be moved aside on a phone; a laptop shows them whole.
  if (wide > 1000) page.querySelectorAll(".scroll").forEach((e) => {
    if (shown(e) && e.scrollWidth > e.clientWidth + 1)
      found.push("a table of " + e.scrollWidth + " in " + e.clientWidth + ": " + e.textContent.trim().slice(0, 40));
  });
  page.querySelectorAll(".plot svg").forEach((svg) => {
    if (!shown(svg)) return;
    const edge = svg.getBoundingClientRect();
    svg.querySelectorAll("text").forEach((t) => {
      const box = t.getBoundingClientRect();
      if (box.left < edge.left - 2 || box.right > edge.right + 2 || box.bottom > edge.bottom + 2)
        found.push("cut off in a plot: " + t.textContent);
      if (inner.getComputedStyle(t).fontFamily.indexOf("Evotor Sans") < 0) found.push("another typeface: " + t.textContent);
    });
  });
  const plots = [...page.querySelectorAll(".plot svg")].filter(shown);
  if (!plots.length) found.push("no plot is shown");
  plots.forEach((svg) => svg.querySelectorAll("g.panel").forEach((panel) => {
    const [from, to] = panel.dataset.x.split(" ").map(Number), [low, high] = panel.dataset.y.split(" ").map(Number);
    const at = new DOMPoint((from + to) / 2, (low + high) / 2).matrixTransform(svg.getScreenCTM());
    svg.dispatchEvent(new inner.PointerEvent("pointermove", { clientX: at.x, clientY: at.y, bubbles: true }));
  }));
  page.querySelectorAll("thead button").forEach((b) => { b.click(); b.click(); });
  page.querySelectorAll(".toggles button").forEach((b) => { b.click(); b.click(); });
  page.querySelectorAll("input[type=range]").forEach((i) => { i.value = 0; i.dispatchEvent(new inner.Event("input")); });
  page.querySelectorAll("details").forEach((d) => { d.open = true; });
  if (page.documentElement.scrollWidth > wide) found.push("the page is too wide with everything unfolded");
  if (!page.fonts.check("16px 'Evotor Sans'")) found.push("the typeface is not there");
  const said = inner.faults.concat(found);
  document.title = "measured";
  document.querySelector("pre").textContent = "FOUND" + JSON.stringify(said) + "END";
});
</script>"#;

/// Makes a report by a command, in a folder of a name.
fn made(name: &str, args: &[&str], dir: &Path) -> Result<PathBuf, Failed> {
    let mut evotor = Command::new(assert_cmd::cargo::cargo_bin!("evotor"));
    let args = [args, &["--backend", "cpu", "--quiet", "--out", name]].concat();
    let done = evotor.args(args).current_dir(dir).stdin(Stdio::null()).output()?;
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    Ok(dir.join(name).join("report.html"))
}

/// Runs the browser without a window. It gets a profile of its own, and a clock that does not wait.
fn run(browser: &str, dir: &Path, args: &[String]) -> Result<String, Failed> {
    let profile = format!("--user-data-dir={}", dir.join("profile").display());
    let flags = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--allow-file-access-from-files",
    ];
    let mut command = Command::new(browser);
    command.args(flags).arg("--virtual-time-budget=20000").arg(profile).args(args).stdin(Stdio::null());
    let out = command.output()?;
    Ok(String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr))
}

/// Looks at a report at a width; the faults that were found.
fn look(browser: &str, report: &Path, width: u32, dir: &Path) -> Result<(), Failed> {
    let page = fs::read_to_string(report)?;
    let copy = dir.join(format!("copy-{width}.html"));
    fs::write(&copy, page.replacen("<head>", &format!("<head>{LISTEN}"), 1))?;
    let around = dir.join(format!("around-{width}.html"));
    let frame = format!(
        "<!doctype html><body style='margin:0'><iframe src='copy-{width}.html' style='width:{width}px;height:5000px;border:0'></iframe><pre></pre>{MEASURE}"
    );
    fs::write(&around, frame)?;
    let url = format!("file://{}", around.display());
    let said =
        run(browser, dir, &["--dump-dom".to_owned(), "--window-size=1500,5000".to_owned(), url.clone()])?;
    let found = said.split_once("FOUND").and_then(|(_, rest)| rest.split_once("END"));
    let (found, _) =
        found.ok_or_else(|| Failed::from(format!("the browser did not come to an end: {said:.2000}")))?;
    if let Some(kept) = std::env::var_os("EVOTOR_KEEP_SCREENSHOTS") {
        fs::create_dir_all(&kept)?;
        let name = report.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        let shot = format!("--screenshot={}", Path::new(&kept).join(format!("{name}-{width}.png")).display());
        run(browser, dir, &[shot, "--window-size=1500,5000".to_owned(), url])?;
    }
    if found == "[]" { Ok(()) } else { Err(format!("at {width} pixels: {found}").into()) }
}

/// Prints a report: a PDF of some pages.
fn print(browser: &str, report: &Path, dir: &Path) -> Result<(), Failed> {
    let pdf = dir.join("print.pdf");
    let args = [
        format!("--print-to-pdf={}", pdf.display()),
        "--no-pdf-header-footer".to_owned(),
        format!("file://{}", report.display()),
    ];
    run(browser, dir, &args)?;
    let bytes = fs::read(&pdf)?;
    assert!(bytes.starts_with(b"%PDF") && bytes.len() > 30_000, "{} bytes", bytes.len());
    if let Some(kept) = std::env::var_os("EVOTOR_KEEP_SCREENSHOTS") {
        let name = report.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        fs::write(Path::new(&kept).join(format!("{name}.pdf")), bytes)?;
    }
    Ok(())
}

fn whole(name: &str, text: &str, command: &str) -> Result<(), Failed> {
    let temp = tempfile::tempdir()?;
    fs::write(temp.path().join("scenario.toml"), text)?;
    good(&made(name, &[command, "scenario.toml"], temp.path())?, &temp)
}

// Names of many arms once pushed all figures of the table of trials beyond the edge.
fn review() -> Result<(), Failed> {
    let temp = tempfile::tempdir()?;
    good(&made("all", &["trial", "--all", "--surrogate", "--patients", "6"], temp.path())?, &temp)
}

/// Looks at a report at all widths, and at its print.
fn good(report: &Path, temp: &tempfile::TempDir) -> Result<(), Failed> {
    let browser = chromium::browser().ok_or("no browser")?;
    for width in WIDTHS {
        look(&browser, report, width, temp.path())?;
    }
    print(&browser, report, temp.path())
}

// A page that is too wide, with an error in its script, must be noticed.
fn is_not_blind() -> Result<(), Failed> {
    let browser = chromium::browser().ok_or("no browser")?;
    let temp = tempfile::tempdir()?;
    let bad = temp.path().join("bad.html");
    fs::write(
        &bad,
        "<html><head></head><body><p style='width:3000px'>wide</p><script>nothing.here()</script></body></html>",
    )?;
    let found = look(&browser, &bad, 390, temp.path()).expect_err("a broken page passed");
    let message = found.message().unwrap_or_default().to_owned();
    assert!(message.contains("the page is 30") && message.contains("nothing is not defined"), "{message}");
    Ok(())
}

/// All of them.
pub fn trials() -> Vec<Trial> {
    let ignored = chromium::browser().is_none() && std::env::var_os("EVOTOR_REQUIRE_BROWSER").is_none();
    let trial = |name: &str, run: fn() -> Result<(), Failed>| {
        Trial::test(format!("browser::{name}"), run).with_ignored_flag(ignored)
    };
    vec![
        trial("the_check_is_not_blind", is_not_blind),
        trial("a_run", || whole("small", SMALL, "run")),
        trial("a_run_with_a_therapy", || whole("treated", TREATED, "run")),
        trial("trials_of_the_review", review),
        trial("a_trial", || whole("trial", TRIAL, "compare")),
    ]
}
