//! `evotor selftest`: parity of this machine's GPUs with its CPU.

use std::process::ExitCode;

use crate::engine::gpu::Mismatch;

use super::outcome::Failure;

/// Compare this machine's GPUs with its CPU
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Runs the command.
pub fn selftest(_args: &Args) -> Result<ExitCode, Failure> {
    Ok(ExitCode::SUCCESS)
}

/// A difference between CPU and GPU in words.
pub fn mismatch_text(m: &Mismatch) -> String {
    let site = m.site.map_or(String::new(), |s| format!(", site {s}"));
    format!(
        "CPU and GPU differ: step {}, stage `{}`, lesion {}{site}, {}[{}]: CPU {:#010x}, GPU {:#010x}",
        m.step,
        m.stage.name(),
        m.lesion,
        m.buffer,
        m.index,
        m.cpu,
        m.gpu
    )
}
