//! `evotor adapters`: what there is to compute on.

use std::process::ExitCode;

use crate::engine::cpu;
use crate::engine::gpu::{self, AdapterReport, GpuOptions, VulkanFiles};
use crate::simulation::backends::{is_hardware, is_usable};
use crate::simulation::naming::{bytes_text, plural};

use super::json::{self, AdaptersResult};
use super::outcome::{Failure, say};

/// List the GPUs of this machine
///
/// Shows every adapter that the graphics drivers offer, with the limits that matter here, and why one cannot be used.
/// `evotor run` takes the GPU that a batch system gave the job, or else the first hardware adapter that can; `--adapter NAME` chooses
/// another. Where there is no adapter, it says whether the Vulkan loader or a driver file is missing.
#[derive(Debug, clap::Args)]
#[command(after_long_help = "Examples:\n  \
    evotor adapters\n\n\
    Exit codes:\n  0  always: a machine without a GPU runs everything on its CPU")]
pub struct Args {}

/// Runs the command.
pub fn adapters(_args: &Args) -> Result<ExitCode, Failure> {
    let adapters = gpu::adapters();
    for adapter in &adapters {
        describe(adapter);
    }
    let chosen = gpu::chosen(&GpuOptions::default());
    let threads = cpu::granted();
    json::add(|| AdaptersResult {
        adapters: adapters.iter().map(Into::into).collect(),
        taken: chosen.as_ref().ok().map(|taken| taken.index),
        threads,
    });
    match chosen {
        Ok(taken) => say(format_args!("`evotor run` takes {}: {}", taken.index, taken.name)),
        Err(error) if adapters.iter().any(is_usable) => say(format_args!("failed to {error}")),
        Err(_) => say(format_args!("{}", without_gpu(&adapters))),
    }
    say(format_args!("CPU: {threads} {}", plural("thread", threads == 1)));
    Ok(ExitCode::SUCCESS)
}

/// What an adapter is and offers.
pub(super) fn describe(a: &AdapterReport) {
    say(format_args!("{}: {} ({}, {})", a.index, a.name, a.kind, a.backend));
    if !a.driver.is_empty() {
        say(format_args!("   driver            {}", a.driver));
    }
    if !a.pci.is_empty() {
        say(format_args!("   PCI address       {}", a.pci));
    }
    say(format_args!("   storage binding   {}", bytes_text(a.binding_bytes)));
    say(format_args!("   buffer            {}", bytes_text(a.buffer_bytes)));
    let enough = gpu::bindings::storage_buffers(1);
    say(format_args!("   storage buffers   {} ({enough} are enough)", a.storage_buffers));
    say(format_args!("   largest lattice   {:.3e} sites", a.most_sites() as f64));
    say(format_args!("   64-bit integers   {}", if a.int64 { "yes" } else { "no (emulated)" }));
    let verdict = match (&a.refused, is_hardware(a)) {
        (Some(why), true) => format!("no: {why}"),
        (Some(why), false) => format!("with --adapter only: {why}"),
        (None, _) => "yes".to_owned(),
    };
    say(format_args!("   usable            {verdict}"));
}

fn without_gpu(adapters: &[AdapterReport]) -> String {
    let mut text =
        String::from("no hardware GPU can be used: `evotor run` computes on the CPU, with the same results");
    if cfg!(target_os = "linux") && adapters.is_empty() {
        text.push_str(&format!(
            "\nIf there is a GPU: {}.\nTo try the GPU code without a GPU, mesa-vulkan-drivers also brings the software adapter llvmpipe.",
            VulkanFiles::find().advice()
        ));
    }
    text
}
