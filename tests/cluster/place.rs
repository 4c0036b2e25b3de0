//! A folder with a trial and the workflow, and a Slurm beside it.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use libtest_mimic::Failed;

use crate::support::folders::assert_same;

/// Everything takes seconds; what takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(240);

/// Shards of the trial.
const SHARDS: u32 = 4;

/// Whether a Slurm can be started.
pub fn can_start() -> bool {
    let asked = "[ $(id -u) = 0 ] && hash munged slurmctld slurmd srun setpriv jq python3";
    let found = Command::new("bash").args(["-c", asked]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    found.is_ok_and(|status| status.success())
}

/// Waits until something is there.
fn wait<T>(what: &str, mut look: impl FnMut() -> Result<Option<T>, Failed>) -> Result<T, Failed> {
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE {
        if let Some(found) = look()? {
            return Ok(found);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Err(format!("waited for {what}, in vain").into())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What a command that must end well said.
fn done(command: &str, out: &Output) -> Result<String, Failed> {
    match out.status.success() {
        true => Ok(text(&out.stdout)),
        false => Err(format!("{command}: {}\n{}{}", out.status, text(&out.stdout), text(&out.stderr)).into()),
    }
}

/// Where the tests work: `trial.toml`, `workflow` and, in `one`, the trial by one process.
pub struct Place {
    dir: tempfile::TempDir,
    digest: String,
}

impl Place {
    pub fn new() -> Result<Self, Failed> {
        let dir = tempfile::tempdir()?;
        let trial = include_str!("../data/small-trial.toml").replace("patients = 3", "patients = 48");
        fs::write(dir.path().join("trial.toml"), trial)?;
        let source = Path::new(env!("CARGO_MANIFEST_DIR"));
        for name in ["Snakefile", "slurm/array.sbatch", "profile/config.yaml", "profile/laptop/config.yaml"] {
            let to = dir.path().join("workflow").join(name);
            fs::create_dir_all(to.parent().ok_or("no folder")?)?;
            fs::copy(source.join("workflow").join(name), to)?;
        }
        let place = Self { dir, digest: String::new() };
        let whole = place.run("evotor compare trial.toml --out one --quiet")?;
        Ok(Self { digest: last_line(&whole)?, ..place })
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The virtual environment of Snakemake, which is kept for the next time.
    fn environment() -> PathBuf {
        Path::new(env!("CARGO_TARGET_TMPDIR")).join("snakemake")
    }

    /// Installs Snakemake by the command that users have, in the versions that are known to work.
    pub fn install(&self, command: &str) -> Result<(), Failed> {
        let environment = Self::environment();
        let constraints = include_str!("constraints.txt");
        let installed = environment.join("constraints.txt");
        if fs::read_to_string(&installed).is_ok_and(|found| found == constraints) {
            return Ok(());
        }
        self.run(&format!("python3 -m venv --clear '{}'", environment.display()))?;
        let wanted = self.path("constraints.txt");
        fs::write(&wanted, constraints)?;
        let out = self.command(command).env("PIP_CONSTRAINT", &wanted).output()?;
        done(command, &out)?;
        Ok(fs::copy(wanted, installed).map(drop)?)
    }

    /// A command of the page, which finds evotor and Snakemake.
    fn command(&self, command: &str) -> Command {
        let evotor = Path::new(assert_cmd::cargo::cargo_bin!("evotor"));
        let mut shell = Command::new("bash");
        let own = std::env::var_os("PATH").unwrap_or_default();
        let first = evotor.parent().map(Path::to_owned).into_iter().chain([Self::environment().join("bin")]);
        let path = std::env::join_paths(first.chain(std::env::split_paths(&own)));
        shell.args(["-euo", "pipefail", "-c", command]).env("PATH", path.unwrap_or(own));
        shell.current_dir(self.dir.path()).stdin(Stdio::null());
        shell
    }

    pub fn run(&self, command: &str) -> Result<String, Failed> {
        done(command, &self.command(command).output()?)
    }

    /// Whether a shard is in mid-run: a patient of it is through.
    fn has_a_patient(&self, shard: u32) -> bool {
        let outcomes = self.path(&format!("parts/{shard}/outcomes.jsonl"));
        fs::read_to_string(outcomes).is_ok_and(|text| text.ends_with('\n'))
    }

    pub fn wait_for_a_patient(&self, shard: u32) -> Result<(), Failed> {
        wait(&format!("shard {shard}"), || Ok(self.has_a_patient(shard).then_some(())))?;
        let done = self.path(&format!("parts/{shard}/shard.json")).exists();
        if done { Err(format!("shard {shard} was done too soon").into()) } else { Ok(()) }
    }

    /// The first shard in mid-run.
    pub fn wait_for_some_patient(&self) -> Result<u32, Failed> {
        wait("a shard", || Ok((0..SHARDS).find(|shard| self.has_a_patient(*shard))))
    }

    /// Whether `whole` is what one process wrote, and its digest was the last word but those of others.
    pub fn is_as_one_process(&self, said: &str) -> Result<(), Failed> {
        assert!(said.contains(&self.digest), "{} is not in {said}", self.digest);
        assert_same(&self.path("whole"), &self.path("one"));
        Ok(())
    }
}

fn last_line(said: &str) -> Result<String, Failed> {
    let last = said.trim_end().lines().last().filter(|line| line.starts_with("digest: "));
    Ok(last.ok_or_else(|| format!("no digest: {said}"))?.to_owned())
}

/// A Slurm of one node, which ends when this is dropped, and also when this process is killed.
pub struct Slurm<'a> {
    place: &'a Place,
    /// Runs until its standard input ends.
    keeper: Child,
    /// Its folder, by which it knows what belongs to it.
    dir: String,
}

impl<'a> Slurm<'a> {
    pub fn start(place: &'a Place) -> Result<Self, Failed> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cluster/slurm.sh");
        let mut keeper = place.command("exec bash \"$0\" sh -c 'echo \"$EVOTOR_TEST_SLURM\"; exec cat'");
        let mut keeper = keeper.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut dir = String::new();
        BufReader::new(keeper.stdout.take().ok_or("no output")?).read_line(&mut dir)?;
        let slurm = Self { place, keeper, dir: dir.trim().to_owned() };
        if slurm.dir.is_empty() {
            Err("Slurm does not start; its words stand above".into())
        } else {
            Ok(slurm)
        }
    }

    fn command(&self, command: &str) -> Command {
        let mut shell = self.place.command(&format!("PATH=$EVOTOR_TEST_SLURM/bin:$PATH\n{command}"));
        shell.env("EVOTOR_TEST_SLURM", &self.dir);
        shell
    }

    pub fn output(&self, command: &str) -> Result<Output, Failed> {
        Ok(self.command(command).output()?)
    }

    pub fn run(&self, command: &str) -> Result<String, Failed> {
        done(command, &self.output(command)?)
    }

    /// Starts a command whose words go into `snakemake.log`.
    pub fn spawn(&self, command: &str) -> Result<Child, Failed> {
        let log = File::create(self.place.path("snakemake.log"))?;
        Ok(self.command(command).stdout(log.try_clone()?).stderr(log).spawn()?)
    }

    pub fn wait_until_idle(&self) -> Result<(), Failed> {
        wait("an empty queue", || Ok(self.run("squeue --noheader")?.is_empty().then_some(())))
    }

    /// How often a task was put back into the queue.
    pub fn restarts(&self, task: &str) -> Result<u32, Failed> {
        let told = self.run(&format!("scontrol show job {task}"))?;
        let count = told.split_whitespace().find_map(|word| word.strip_prefix("Restarts="));
        Ok(count.ok_or_else(|| format!("no restarts: {told}"))?.parse()?)
    }
}

impl Drop for Slurm<'_> {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        drop(self.keeper.wait());
    }
}
