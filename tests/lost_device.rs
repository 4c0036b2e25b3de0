//! A device that fails: every kind of call to a graphics driver is made to fail, one after the other, at many positions, and
//! the run must go on on the CPU to the same results, or say what is wrong before it has begun. It must never panic or hang.
//!
//! A Vulkan layer of our own (`lost_device/failing.c`) makes the calls fail; it is compiled by the test. Reported as ignored where
//! there is no adapter or no C compiler, unless `EVOTOR_REQUIRE_GPU` is set. `EVOTOR_TEST_ADAPTER` names the adapter.
//! `EVOTOR_LOST_DEVICE=N` tries N positions of each call with each way to fail, in place of a few.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::support::runs::{job, run_until, settings};
use crate::support::{SMALL, assert_same_results};
use evotor::engine::gpu;
use evotor::simulation::Ending;
use libtest_mimic::{Failed, Trial};

/// Longest time that a run may take; one that hangs takes for ever.
const PATIENCE: Duration = Duration::from_secs(100);

/// What Vulkan calls the ways to fail.
const LOST: i32 = -4;
const NO_HOST_MEMORY: i32 = -1;
const NO_DEVICE_MEMORY: i32 = -2;
const NOT_INITIALIZED: i32 = -3;
const NOT_MAPPED: i32 = -5;
const UNKNOWN: i32 = -13;
const TIMEOUT: i32 = 2;

/// Calls that make a device and what belongs to it: where one fails, nothing has begun yet.
const OPENING: [&str; 9] = [
    "vkCreateInstance",
    "vkEnumeratePhysicalDevices",
    "vkEnumerateDeviceExtensionProperties",
    "vkCreateDevice",
    "vkCreateDescriptorSetLayout",
    "vkCreateDescriptorPool",
    "vkCreatePipelineLayout",
    "vkCreateShaderModule",
    "vkCreateComputePipelines",
];

/// Calls that are made on the way, too.
const ON_THE_WAY: [&str; 13] = [
    "vkCreateSemaphore",
    "vkCreateCommandPool",
    "vkAllocateCommandBuffers",
    "vkBeginCommandBuffer",
    "vkEndCommandBuffer",
    "vkResetCommandPool",
    "vkCreateBuffer",
    "vkAllocateMemory",
    "vkBindBufferMemory",
    "vkMapMemory",
    "vkAllocateDescriptorSets",
    "vkGetSemaphoreCounterValue",
    "vkQueueWaitIdle",
];

/// Where losses are noticed.
const LOSSES: [&str; 2] = ["vkQueueSubmit", "vkWaitSemaphores"];

/// Two patients, so that a device can be lost between them.
const TRIAL: &str = r#"
name = "two"
phenotype = "signalling"
seed = 9
[time]
end = "28 d"
[lattice]
placement = "radius"
radius = 4
candidates = 16
[start]
[oxygen]
[vessels]
[cohort]
patients = 2
agents = 100
[assessment]
jitter = "2 d"
[assessment.visits]
every = "14 d"
[[arm]]
name = "everolimus"
[arm.therapy]
regimen = "everolimus 10 mg daily"
[[arm]]
name = "supportive care"
[arm.therapy]
regimen = "best supportive care"
"#;

/// A call that is to fail.
#[derive(Debug, Clone)]
struct Fault {
    call: &'static str,
    at: u32,
    result: i32,
    /// Whether later calls work again.
    once: bool,
    /// Whether it is among the last calls of its kind, whose number is not always the same: all results may be there by
    /// then, so that nothing has to go on.
    last: bool,
}

/// The layer, compiled, and where to try it.
struct Bench {
    layer: PathBuf,
    adapter: String,
}

/// What is done while the device fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Story {
    /// A run on a device that is asked for.
    Run,
    /// The same, stopped by a signal before and gone on with.
    Resume,
    /// A trial.
    Compare,
    /// A run on whatever there is.
    Auto,
    /// The bisecting tool, which may end.
    Bisect,
}

impl Story {
    fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Resume => "resume",
            Self::Compare => "compare",
            Self::Auto => "auto",
            Self::Bisect => "bisect",
        }
    }

    fn arguments(self, adapter: &str) -> Vec<&str> {
        let way: &[&str] = match self {
            Self::Run | Self::Auto => {
                &["run", "small.toml", "--out", "out", "--steps-per-submit", "9", "--checkpoint-every", "0"]
            }
            Self::Resume => &["resume", "out", "--steps-per-submit", "9", "--checkpoint-every", "0"],
            // How many steps go together follows from time, and with it how many calls there are.
            Self::Compare => &["compare", "two.toml", "--out", "out", "--steps-per-submit", "9"],
            Self::Bisect => &["run", "small.toml", "--gpu-from", "decide"],
        };
        let mut all = way.to_vec();
        if self != Self::Bisect {
            all.extend(["--no-report", "--quiet"]);
        }
        if self != Self::Auto {
            all.extend(["--adapter", adapter]);
        }
        all
    }
}

fn program(dir: &Path) -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("evotor"));
    command.current_dir(dir).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// What the program said, unless it hangs.
fn output(mut command: Command) -> Result<Output, Failed> {
    let mut child = command.spawn()?;
    let begun = Instant::now();
    while child.try_wait()?.is_none() {
        if begun.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            return Err("it hangs".into());
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(child.wait_with_output()?)
}

impl Bench {
    fn new(adapter: &str) -> Result<Self, Failed> {
        let layer = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("failing-layer");
        fs::create_dir_all(&layer)?;
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lost_device/failing.c");
        let library = layer.join("libfailing.so");
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Wno-cast-function-type", "-Werror", "-o"])
            .args([library.as_os_str(), source.as_ref()])
            .output()?;
        if !compiled.status.success() {
            return Err(String::from_utf8_lossy(&compiled.stderr).into_owned().into());
        }
        fs::write(
            layer.join("failing.json"),
            r#"{"file_format_version": "1.0.0", "layer": {"name": "VK_LAYER_EVOTOR_failing", "type": "GLOBAL",
                "library_path": "./libfailing.so", "api_version": "1.3.0", "implementation_version": "1",
                "description": "makes calls fail on purpose"}}"#,
        )?;
        Ok(Self { layer, adapter: adapter.to_owned() })
    }

    /// The program under the layer.
    fn program(&self, dir: &Path, story: Story) -> Command {
        let mut command = program(dir);
        command.args(story.arguments(&self.adapter));
        command.env("VK_LAYER_PATH", &self.layer).env("VK_INSTANCE_LAYERS", "VK_LAYER_EVOTOR_failing");
        if story == Story::Auto {
            command.env("EVOTOR_FAIL_HARDWARE", "1");
        }
        command
    }

    /// A folder in which a story can begin.
    fn folder(&self, story: Story) -> Result<tempfile::TempDir, Failed> {
        let temp = tempfile::tempdir()?;
        fs::write(temp.path().join("small.toml"), SMALL)?;
        fs::write(temp.path().join("two.toml"), TRIAL)?;
        if story == Story::Resume {
            let stopped = run_until(&job(SMALL), &settings(), &temp.path().join("out"), 17).0?;
            assert!(matches!(stopped, Ending::Stopped { .. }));
        }
        Ok(temp)
    }

    /// How often each call is made when nothing fails.
    fn counts(&self, story: Story) -> Result<BTreeMap<String, u32>, Failed> {
        let temp = self.folder(story)?;
        let file = temp.path().join("counts");
        let mut command = self.program(temp.path(), story);
        command.env("EVOTOR_FAIL_COUNT", &file);
        let done = output(command)?;
        if !done.status.success() {
            return Err(format!("{done:?}").into());
        }
        let mut counts = BTreeMap::new();
        for line in fs::read_to_string(&file)?.lines() {
            let (name, number) = line.split_once(' ').ok_or("a count")?;
            // Each device that is opened counts anew, and fails at the same call.
            let known = counts.entry(name.to_owned()).or_insert(0);
            *known = number.parse::<u32>()?.max(*known);
        }
        Ok(counts)
    }

    /// Tries a fault; what is wrong with how it ended.
    fn attempt(&self, story: Story, fault: &Fault, expected: &Path) -> Result<(), Failed> {
        let temp = self.folder(story)?;
        let mut command = self.program(temp.path(), story);
        command.env("EVOTOR_FAIL_CALL", fault.call).env("EVOTOR_FAIL_AT", fault.at.to_string());
        command.env("EVOTOR_FAIL_RESULT", fault.result.to_string());
        if fault.once {
            command.env("EVOTOR_FAIL_ONCE", "1");
        }
        let out = temp.path().join("out");
        // The file says what has computed the run: as it was, nothing has begun.
        let effective = || fs::read(out.join("effective.toml")).ok();
        let before = effective();
        let ended = output(command)?;
        let has_begun = effective() != before;
        judge(story, fault, &ended, has_begun, (&out, expected))
            .map_err(|why| format!("{fault:?}: {why}").into())
    }
}

fn judge(
    story: Story,
    fault: &Fault,
    ended: &Output,
    has_begun: bool,
    (found, expected): (&Path, &Path),
) -> Result<(), String> {
    let (code, text) = (ended.status.code(), String::from_utf8_lossy(&ended.stderr));
    if text.contains("panicked") || text.contains("stack backtrace") {
        return Err(format!("it shows a panic: {text}"));
    }
    let is_message = text.starts_with("error: ") && text.trim_end().lines().count() <= 4;
    let may_refuse = story == Story::Bisect || (story != Story::Auto && !has_begun);
    match code {
        Some(1 | 75) if may_refuse && is_message => Ok(()),
        Some(0) if story == Story::Bisect => Ok(()),
        Some(0) => {
            let said = text.contains("on the CPU") || text.contains("the CPU computes this run");
            if !said && !fault.last && LOSSES.contains(&fault.call) && fault.result == LOST {
                return Err(format!("it does not say that the device is lost: {text}"));
            }
            assert_same_results(found, expected, &format!("{fault:?}"));
            Ok(())
        }
        _ => Err(format!("it ends with {code:?}: {text}")),
    }
}

/// Faults of a kind of call: at some positions out of so many, in some ways.
fn faults(call: &'static str, count: u32, thorough: u32) -> Vec<Fault> {
    let ways: &[i32] = match call {
        "vkWaitSemaphores" => &[LOST, NO_DEVICE_MEMORY, TIMEOUT, NO_HOST_MEMORY, UNKNOWN],
        "vkMapMemory" => &[NOT_MAPPED, LOST, NO_HOST_MEMORY, UNKNOWN],
        "vkCreateDevice" | "vkCreateInstance" => &[NOT_INITIALIZED, LOST, NO_HOST_MEMORY, UNKNOWN],
        _ => &[LOST, NO_DEVICE_MEMORY, NO_HOST_MEMORY, UNKNOWN],
    };
    let positions = thorough.max(if LOSSES.contains(&call) { 6 } else { 2 });
    let mut at: Vec<u32> = (0..positions).map(|i| 1 + (count - 1) * i / (positions - 1).max(1)).collect();
    at.dedup();
    let make = |at, result, once| Fault { call, at, result, once, last: at + at / 16 >= count };
    let fault = |at: u32, way: usize| make(at, ways[way % ways.len()], way % 3 == 2);
    if thorough > 0 {
        let both = |at: u32| {
            let each = move |once| ways.iter().map(move |result| make(at, *result, once));
            [false, true].into_iter().flat_map(each)
        };
        return at.into_iter().flat_map(both).collect();
    }
    at.into_iter().enumerate().map(|(way, at)| fault(at, way)).collect()
}

/// What a story comes to on the CPU.
fn expected(bench: &Bench, story: Story) -> Result<tempfile::TempDir, Failed> {
    let temp = bench.folder(if story == Story::Resume { Story::Run } else { story })?;
    let mut command = program(temp.path());
    match story {
        Story::Compare => command.args(["compare", "two.toml", "--out", "out"]),
        _ => command.args(["run", "small.toml", "--out", "out"]),
    };
    command.args(["--backend", "cpu", "--no-report", "--quiet"]);
    let done = output(command)?;
    if done.status.success() { Ok(temp) } else { Err(format!("{done:?}").into()) }
}

/// Makes the calls of some kinds fail; all that is wrong.
fn sweep(bench: &Bench, story: Story, calls: &[&'static str]) -> Result<(), Failed> {
    let thorough = std::env::var("EVOTOR_LOST_DEVICE").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    let (counts, whole) = (bench.counts(story)?, expected(bench, story)?);
    let whole = whole.path().join("out");
    let of = |call: &&'static str| faults(call, counts.get(*call).copied().unwrap_or(0), thorough);
    let all: Vec<Fault> = calls.iter().filter(|c| counts.contains_key(**c)).flat_map(of).collect();
    let wrong: Vec<String> = all
        .iter()
        .filter_map(|fault| bench.attempt(story, fault, &whole).err())
        .map(|failed| failed.message().unwrap_or_default().to_owned())
        .collect();
    println!("{}: {} of {} faults end well", story.name(), all.len() - wrong.len(), all.len());
    assert!(!all.is_empty(), "no call of {calls:?} was made");
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

fn has_compiler() -> bool {
    Command::new("cc").arg("--version").output().is_ok_and(|out| out.status.success())
}

/// All of them.
pub fn trials() -> Vec<Trial> {
    let named = std::env::var("EVOTOR_TEST_ADAPTER").ok();
    let adapter = named.or_else(|| gpu::adapters().first().map(|a| a.name.clone()));
    let can = adapter.is_some() && has_compiler() && cfg!(target_os = "linux");
    let ignored = !can && std::env::var_os("EVOTOR_REQUIRE_GPU").is_none();
    let bench = Arc::new(std::sync::OnceLock::new());
    let trial = |name: &str, story: Story, calls: Vec<&'static str>| {
        let (bench, adapter) = (Arc::clone(&bench), adapter.clone());
        Trial::test(format!("lost_device::{name}"), move || {
            let make = || {
                Bench::new(adapter.as_deref().unwrap_or("none"))
                    .map_err(|e| e.message().unwrap_or_default().to_owned())
            };
            match bench.get_or_init(make) {
                Ok(bench) => sweep(bench, story, &calls),
                Err(why) => Err(why.clone().into()),
            }
        })
        .with_ignored_flag(ignored)
    };
    let every: Vec<&'static str> = OPENING.into_iter().chain(ON_THE_WAY).chain(LOSSES).collect();
    let busy = vec!["vkQueueSubmit", "vkWaitSemaphores", "vkCreateBuffer", "vkGetSemaphoreCounterValue"];
    vec![
        trial("a_run_whose_device_cannot_be_opened_says_so", Story::Run, OPENING.to_vec()),
        trial("a_run_whose_device_fails_on_the_way_goes_on", Story::Run, ON_THE_WAY.to_vec()),
        trial("a_run_whose_device_is_lost_goes_on", Story::Run, LOSSES.to_vec()),
        trial("a_resumed_run_whose_device_is_lost_goes_on", Story::Resume, busy.clone()),
        trial("a_trial_whose_device_is_lost_goes_on", Story::Compare, busy),
        trial("a_run_on_whatever_there_is_goes_on_on_the_cpu", Story::Auto, every),
        trial("the_bisecting_tool_ends_with_a_message", Story::Bisect, LOSSES.to_vec()),
    ]
}
