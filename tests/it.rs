//! All tests that need only the program, in one binary: it is linked once, and its tests share the cores.
//!
//! `cargo test --test it cli::` runs those of `tests/cli.rs`. What needs a GPU, Python, a browser or Slurm is in `tests/needs.rs`.

mod adding_a_drug;
mod architecture;
mod batch;
mod bench_versus;
mod checkpoint_fuzz;
mod cli;
mod effective;
mod end_points;
mod falsify;
mod faults;
mod golden;
mod injection;
mod lineage;
mod process;
mod reference;
mod report;
mod resume;
mod rules;
mod run_shards;
mod saved;
mod scenario;
mod scenario_errors;
mod scenario_fuzz;
mod scenario_roundtrip;
mod scenario_schema;
mod shader_validation;
mod shards;
mod signalling;
mod support;
mod theory;
mod therapy_roundtrip;
mod treated;
mod trial_cli;
mod trials;
mod twins;
