//! The engine: advances lesions step by step, on the CPU or on a GPU, with the same bits.
//!
//! # Why it is so
//!
//! - **Empty is zero, claims are complements.** A claim is the complement of the claimant's 31-bit key, made with
//!   `atomicMax` in the empty site's own word, so the smallest key wins and memory that was never touched *is* empty tissue:
//!   a large empty lattice costs hardly any resident memory on the CPU, and is not sent to the GPU. The occupied bit is the
//!   top one, which no claim has. The winner overwrites the claim, so that none is left after a step.
//! - **Occupancy as bit masks.** *Decide* learns from two words whether a leaf of 32 sites holds anything, and looks for
//!   empty neighbours in bits, not in words that others are claiming. The masks change in *write* only: within a step
//!   they show its start.
//! - **One random block for four sites.** Fates of sites that share `site >> 2` are words of one block. A word above the
//!   largest threshold of the table (`fate_reject`) is not an event in any state, so most sites cost a quarter of a
//!   block and one comparison, and their words are not read at all. A second word is drawn only where the first equals
//!   a threshold: probabilities are exact to 64 bits at no usual cost.
//! - **Winners per leaf.** *Write* overwrites claims while others still have to know whether they have won. So *resolve*
//!   asks first, and keeps the answer as one bit a site.
//! - **Founders counted before they are written.** A clone's id is its rank among the step's founders in site order. The
//!   rank is a sum over groups, bricks and leaves. Nothing depends on who arrives first.
//! - **A full clone table repeats the step.** Its size is known after *scan-founders*, before anything is written. On the
//!   CPU the table grows there and then. On the GPU the lesion stops (`overflow`), the steps that were already submitted
//!   pass it by, the host grows the table, and the step is repeated from *decide*; `redo` keeps oxygen from relaxing
//!   twice.
//! - **Cost follows cells.** Only bricks that hold a cell are visited; empty space is free. (With `mixed` all bricks are,
//!   since a daughter may go anywhere.) The list is made anew only when a brick was filled or emptied or a lesion
//!   stopped (`dirty`), on the GPU by as many invocations as there are bricks, in two dispatches.
//! - **Emptied bricks forget.** A brick without cells holds the oxygen, VEGF and vessels of free tissue. The list stage sets it so once the
//!   last cell is gone. Otherwise the field of a brick that nobody visits would be part of the state, and would have to be
//!   stored, digested and relaxed.
//! - **Stamps instead of clearing.** A brick's counts carry their step. Those of another step count as zero, so nobody has
//!   to clear bricks that were not visited.
//! - **A striped census.** Live cells by state are kept up to date by additions, not counted. Each lesion has up to 256
//!   stripes, by brick, so that threads seldom meet; *control* sums them at checks.
//! - **Every lesion has its own step.** A lesion that has halted is skipped from there on, whatever the batch does. Lesions
//!   of different sizes, and lesions that stand at different steps after a repetition, share a dispatch.
//! - **Perfusion is derived.** It is base density × vessels × flow, two products where it is needed. Base density is drawn
//!   by voxel under its own purpose, so that it is neither stored nor digested; flow is an input of the lesion. So a drug
//!   acts on flow from day to day, without waiting for vessels to wither.
//! - **Tables share blocks.** A table maps each environment (oxygen class × perfusion bin) to a block of rows. Most
//!   environments make no difference to most tables, so blocks are few, and a table for another dose is a short map.
//! - **Patients share a batch.** What follows from the patient alone is in tables: rates, of which those that are added are sent and no
//!   others, and the supply of oxygen, of which each lesion knows its own (`OxygenRule::patients`). A lesion that is thinned gives way to its
//!   new state where it lies, and one whose patient has left halts, so that a batch is put together once.
//! - **Inputs come between submissions.** What the host alone can compute (exposure, and so which table, flow, loss of
//!   vessels, free VEGF, secretion) is in a lesion's record as `Inputs`, set between two calls of *advance*. It is not a part of
//!   the state: who resumes a run sets it again.
//! - **What cells do to their place is a mean.** Where states differ in what they do to vessels or secrete of VEGF, a table by row says so, and the
//!   environment sums it over the live cells of each voxel from their words, in integers, once a step (on the GPU in each sweep that asks). Nothing of
//!   it is stored or digested, and an empty table costs nothing and changes no bit. A mean, not a sum, so that growth and thinning change nothing.
//! - **A control stage.** Rules on exact counts (schedules, adaptive therapy, progression, stopping, targets of states) run on the device, so
//!   many steps fit one submission. Which targets are met goes into the log, from which the host has their first-passage times. Tables for all sets of drugs are uploaded before. Stops are judged at the scenario's
//!   checks, never at the end of a submission.
//! - **Every call of a device can fail.** `src/engine/gpu/device.rs` alone calls one: what it answers is checked after each call, a
//!   panic of the graphics library becomes an error, a lost queue is never closed. So all that a backend does returns a `Result`. What
//!   goes on after it is decided in one place, `BackendOptions::after`: a run goes back to its checkpoint, a trial to the patient
//!   on the way, both on the CPU. Only a device that was asked for and cannot be opened ends a run, before anything is written.
//! - **Eight storage buffers.** That is what every device of WebGPU offers a stage. So each stage binds what it uses alone, and the arrays that
//!   several invocations change (the list of bricks, bricks, occupancy, groups, census) lie in one buffer, `atomics`: *write* needs eight. The
//!   table is `src/engine/gpu/bindings.rs`; structs, constants and bindings are written into the shaders from Rust (`declared.rs`).
//! - **Checked shaders.** Indices beyond a buffer and loops without end are caught by what wgpu writes into the shaders. To leave that out is
//!   `unsafe`, which this crate denies; what it costs on hardware has not been measured.
//! - **Slabs.** A storage binding has a limit (128 MiB on some adapters). Sites and clones are cut into as many bindings as
//!   it takes, behind accessors (`site_load`, `site_store`, `site_claim`, …) that `src/engine/gpu/source.rs` writes, since
//!   WGSL cannot index bindings. Tests make slabs tiny to exercise this. Other arrays must fit one binding.
//! - **The CPU is a full backend.** It is the reference and what a laptop runs. *Decide* and the sweeps of the environment are compiled
//!   for each width of vectors and chosen at run time (`pulp`).
//! - **Runs of bricks on the CPU.** The list of bricks is cut into runs, and a run is a thread's: what lies in its bricks it changes
//!   with plain loads and stores, and claims on and arrivals in other bricks wait until all runs are through. A locked addition would not
//!   only cost twenty cycles, it would keep the reads after it waiting. Two threads take the CPU time of one.
//! - **Events are handed on.** On the CPU *decide* leaves a list of events to *resolve* and *write*, so that neither looks through the
//!   leaves for them; what each needs from far away is read in a sweep of its own before, since most of an event's time is waiting for memory.
//!   A division without room is counted and goes no further. Where arrays are compared stage by stage, and with `mixed` placement, intents
//!   are written into them as shaders do (`Stages::publishing`).
//! - **Blocks.** Replicates run in blocks that take a gibibyte at most. This number is fixed, since the rows of tables are
//!   ordered by block. Within a block the host takes chunks of steps short enough for a signal to act within a second.
//!
//! # Known awkwardness
//!
//! - Shader imports are expanded by some thirty lines of our own (`source.rs`), without namespaces: a name must be unique over
//!   all of `shaders/shared/`. Line numbers in driver messages are those of the expanded text.
//! - The voxel is fixed at 64 sites, the brick at 512. Both are part of the numbering, and so of every digest.
//! - Making the list of bricks goes over all bricks, and so does `forget`: linear in the lattice and not in its cells.
//! - Tables are made for every set of drugs: 2^drugs of them. Eight drugs with many states take memory, which is counted.
//! - On the GPU, arrays other than sites and clones must fit one binding; this bounds a lesion before slabs do on
//!   adapters with small bindings.
//! - The environment of the CPU goes brick by brick, its shader voxel by voxel; *decide* has its sites from a filter with vectors
//!   (`filter.rs`) where its shader goes leaf by leaf; *resolve* and *write* go through events where their shaders go through leaves. Tests
//!   hold the filter, the CPU's two forms of neighbourhood and its two ways to look around a site against plain ones.
//! - Twins are kept alike by eye and by parity tests; structs, constants and bindings are generated.
//! - A patient's tables are made on the host between submissions. Doses that are never twice the same (drawn
//!   bioavailability, cycles) make a table nearly every day until steady state.
//! - With vessels the secretion of VEGF follows the census, so that nearly every check sets an input.
//! - One patient: `TissueTables` and `assemble` know several tissues, `Clinic` has one.
//! - The software adapter is slow: it is there to show equality, on small lattices. Its timings mean nothing.
//! - The pool keeps counts packed into fields of 8 to 11 bits, which fit a leaf and a brick of today's sizes exactly.

pub mod backend;
pub mod bench;
pub mod cpu;
pub mod gpu;
pub mod model;
pub mod pool;
pub mod stage;
pub mod tables;
pub mod workload;

pub use backend::{Backend, BackendInfo, CpuBackend, EngineError};
pub use model::Model;
pub use pool::{Inputs, LogEntry, Pool, PoolOptions};
pub use stage::Stage;
pub use tables::RateTables;
pub use workload::Workload;
