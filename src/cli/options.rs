//! Options that several commands share.

use clap::Args;

use super::range;
use crate::engine::cpu;
use crate::scenario::{Overlay, Setting};
use crate::simulation::{BackendOptions, Choice};

/// Keys of the file that have another value.
#[derive(Debug, Clone, Default, Args)]
pub struct SetArgs {
    /// Give a key of the file another value: `seed=7`, `patient.growth="0.006 /d"`; may be repeated
    ///
    /// KEY is the key with its sections, separated by dots. A section of a list is meant by its name or by its number from 0:
    /// `arm.everolimus.therapy.regimen`, `arm.0.name`; the number after the last one adds one, and so does
    /// `cohort.change.growth.fixed` where growth is not changed. VALUE is TOML; what is not TOML is a text, so that quotes may be
    /// left out. It is checked like the file, and written to effective.toml. Of one key given twice the last value holds.
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<Setting>,
}

impl SetArgs {
    /// What is to be read in place of the file's.
    pub fn overlay(&self) -> Overlay {
        Overlay::of_command_line(&self.set)
    }
}

/// Options about the backend. None of them changes results.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Where to compute (never changes results)")]
pub struct BackendArgs {
    /// CPU, GPU, or whichever there is
    #[arg(long, value_enum, default_value = "auto", value_name = "WHERE")]
    pub backend: Choice,

    /// Take the GPU adapter whose name holds NAME, or the one at a PCI address: pci:0000:41:00.0
    ///
    /// Any part of the name as `evotor adapters` shows it, in any case, or its number or its PCI address there. Naming one
    /// chooses the GPU. A software adapter such as llvmpipe is only taken when it is named. Without --adapter, the GPU that
    /// a batch system gave the job is taken (CUDA_VISIBLE_DEVICES, ROCR_VISIBLE_DEVICES, SLURM_JOB_GPUS).
    #[arg(long, value_name = "NAME")]
    pub adapter: Option<String>,

    /// Number of CPU threads [default: as many as the process was given; at most four per core are started]
    ///
    /// What it was given is the least of its CPU affinity, its control group, and what Slurm says (SLURM_CPUS_PER_TASK,
    /// SLURM_CPUS_ON_NODE).
    #[arg(long, value_name = "N", value_parser = range::count::<u16>(1..=1024))]
    pub threads: Option<u16>,

    /// Steps that the GPU is given at once [default: as many as take a fraction of a second]
    #[arg(long, value_name = "N", value_parser = range::count::<u32>(1..=100_000))]
    pub steps_per_submit: Option<u32>,

    /// Threads in a GPU workgroup
    #[arg(long, value_name = "N", default_value_t = 64, hide = true, value_parser = range::count::<u32>(1..=1024))]
    pub workgroup: u32,

    /// Most sites in a slab of GPU memory
    #[arg(long, value_name = "N", hide = true)]
    pub slab_sites: Option<u32>,

    /// Treat the device as lost when it is to go beyond STEP, to see what happens then
    #[arg(long, value_name = "STEP", hide = true)]
    pub lose_device_at: Option<u32>,
}

/// Makes the pool that pictures and plots share no larger than what is asked for, or else than what the process was given. What
/// computes has a pool of its own.
pub fn hold(asked: Option<u16>) {
    let threads = asked.map_or_else(cpu::granted, usize::from).min(cpu::cores());
    if asked.is_some() || threads < cpu::cores() {
        // It fails where there is one already, which then has its size.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(threads).build_global();
    }
}

impl BackendArgs {
    /// The options as a run takes them.
    pub fn options(&self) -> BackendOptions {
        BackendOptions {
            choice: self.backend,
            adapter: self.adapter.clone(),
            threads: self.threads.map_or(0, usize::from),
            steps_per_submit: self.steps_per_submit,
            workgroup: self.workgroup,
            slab_sites: self.slab_sites,
            lose_at: self.lose_device_at,
        }
    }

    /// Refuses a combination that cannot be meant, and holds what draws to the number of threads as well.
    pub fn check(&self) -> Result<(), String> {
        hold(self.threads);
        match (&self.adapter, self.backend) {
            (Some(_), Choice::Cpu) => {
                Err("--adapter names a GPU, --backend cpu wants none; leave one of them out".into())
            }
            _ => Ok(()),
        }
    }
}
