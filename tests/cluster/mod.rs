//! A trial in shards on a real Slurm of one node, requeued, signalled and cancelled in mid-run, merged: every file of one process.
//!
//! The commands are those of `docs/cluster.md`, word for word. Reported as ignored where Slurm cannot be started (it needs root, and packages
//! that `.ci/test` installs), unless `EVOTOR_REQUIRE_CLUSTER` is set. Snakemake comes into a virtual environment below `target`.

mod page;
mod place;

use std::fs;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use libtest_mimic::{Failed, Trial};
use page::commands;
use place::{Place, Slurm, can_start};

/// What all tests have in common: where they work, and the trial by one process.
type Shared = Arc<Mutex<Option<Place>>>;

/// The place, made by the first who asks; one test at a time has it, without shards.
struct Lent<'a>(MutexGuard<'a, Option<Place>>);

impl<'a> Lent<'a> {
    fn take(shared: &'a Shared) -> Result<Self, Failed> {
        let mut place = shared.lock().unwrap_or_else(PoisonError::into_inner);
        if place.is_none() {
            *place = Some(Place::new()?);
        }
        for name in ["parts", "whole"] {
            let dir = place.as_ref().ok_or("no place")?.path(name);
            if dir.exists() {
                fs::remove_dir_all(dir)?;
            }
        }
        Ok(Self(place))
    }

    fn place(&self) -> &Place {
        self.0.as_ref().expect("it was made")
    }
}

fn array_of_slurm(shared: &Shared) -> Result<(), Failed> {
    let lent = Lent::take(shared)?;
    let place = lent.place();
    let slurm = Slurm::start(place)?;
    let [start, merge, missing] = &commands("## On Slurm")[..] else { panic!("three commands") };

    let job = slurm.run(start)?.trim().rsplit(' ').next().ok_or("no job")?.to_owned();
    // One is put back into the queue as for a better job, one is told that its time is nearly over, one is cancelled.
    place.wait_for_a_patient(1)?;
    slurm.run(&format!("scontrol requeue {job}_1"))?;
    place.wait_for_a_patient(2)?;
    slurm.run(&format!("scancel --signal=USR1 {job}_2"))?;
    place.wait_for_a_patient(3)?;
    slurm.run(&format!("scancel {job}_3"))?;
    slurm.wait_until_idle()?;
    let restarts = [0, 1, 1, 0];
    for (task, expected) in restarts.into_iter().enumerate() {
        assert_eq!(slurm.restarts(&format!("{job}_{task}"))?, expected, "task {task}");
    }
    let said = fs::read_to_string(place.path(&format!("slurm-{job}_2.out")))?;
    assert!(said.contains("stopped by SIGUSR1") && said.contains("shard 2/4: patients"), "{said}");

    let refused = slurm.output(merge)?;
    assert_eq!(refused.status.code(), Some(3), "a merge without shard 3");
    let gaps: serde_json::Value = serde_json::from_slice(&refused.stdout)?;
    assert_eq!(gaps["missing_shards"], serde_json::json!([3]));
    assert_eq!(gaps["unfinished"], serde_json::json!(["parts/3"]));
    slurm.run(missing)?;
    slurm.wait_until_idle()?;
    place.is_as_one_process(&slurm.run(merge)?)
}

fn snakemake_on_slurm(shared: &Shared) -> Result<(), Failed> {
    let lent = Lent::take(shared)?;
    let place = lent.place();
    let slurm = Slurm::start(place)?;
    let [install, on_slurm, _] = &commands("## With Snakemake")[..] else { panic!("three commands") };
    place.install(install)?;
    let mut snakemake = slurm.spawn(on_slurm)?;
    // Which task has which shard is Snakemake's to know: all that are there go back into the queue.
    let shard = place.wait_for_some_patient()?;
    for task in slurm.run("squeue --noheader --states=RUNNING --format=%i")?.lines() {
        slurm.run(&format!("scontrol requeue {task}"))?;
    }
    assert!(!place.path(&format!("parts/{shard}/shard.json")).exists(), "shard {shard} was done too soon");
    let end = snakemake.wait()?;
    assert!(end.success(), "{}", fs::read_to_string(place.path("snakemake.log"))?);
    let said = fs::read_to_string(place.path("snakemake.log"))?;
    place.is_as_one_process(&said)
}

fn snakemake_on_a_laptop(shared: &Shared) -> Result<(), Failed> {
    let lent = Lent::take(shared)?;
    let place = lent.place();
    let [install, _, on_a_laptop] = &commands("## With Snakemake")[..] else { panic!("three commands") };
    place.install(install)?;
    place.is_as_one_process(&place.run(on_a_laptop)?)
}

/// All of them. What they share goes with the last of them.
pub fn trials() -> Vec<Trial> {
    let ignored = !can_start() && std::env::var_os("EVOTOR_REQUIRE_CLUSTER").is_none();
    let shared = Shared::default();
    let trial = |name: &str, test: fn(&Shared) -> Result<(), Failed>| {
        let shared = Arc::clone(&shared);
        Trial::test(format!("cluster::{name}"), move || test(&shared)).with_ignored_flag(ignored)
    };
    vec![
        trial("array_of_slurm", array_of_slurm),
        trial("snakemake_on_slurm", snakemake_on_slurm),
        trial("snakemake_on_a_laptop", snakemake_on_a_laptop),
    ]
}
