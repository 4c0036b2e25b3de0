//! Which backend a run gets.

use std::sync::Arc;

use crate::engine::gpu::{self, AdapterReport, GpuBackend, GpuOptions};
use crate::engine::{Backend, BackendInfo, CpuBackend, EngineError, LogEntry, Model, PoolOptions};
use crate::tissue::LesionState;

/// Where the user wants steps to be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Choice {
    /// On a hardware GPU if there is one, else on the CPU.
    #[default]
    Auto,
    /// On the CPU.
    Cpu,
    /// On a GPU; without one the run fails.
    Gpu,
}

/// Choices about the backend, none of which changes results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackendOptions {
    /// CPU or GPU.
    pub choice: Choice,
    /// Part of the adapter's name; naming one chooses the GPU, and allows software adapters.
    pub adapter: Option<String>,
    /// CPU threads; 0: as many as there are cores.
    pub threads: usize,
    /// GPU steps in a submission; `None`: as many as fit a fraction of a second.
    pub steps_per_submit: Option<u32>,
    /// Threads in a GPU workgroup.
    pub workgroup: u32,
    /// Most sites in a slab of the GPU's memory; `None`: as many as the device binds.
    pub slab_sites: Option<u32>,
    /// For tests of what happens then: the device counts as lost when it is to go beyond this step.
    pub lose_at: Option<u32>,
}

impl Default for BackendOptions {
    fn default() -> Self {
        Self {
            choice: Choice::Auto,
            adapter: None,
            threads: 0,
            steps_per_submit: None,
            workgroup: 64,
            slab_sites: None,
            lose_at: None,
        }
    }
}

impl BackendOptions {
    /// The CPU with a number of threads (0: all cores).
    pub fn cpu(threads: usize) -> Self {
        Self { choice: Choice::Cpu, threads, ..Self::default() }
    }

    /// The same for the CPU only, as after the loss of a device.
    pub fn on_cpu(&self) -> Self {
        Self { choice: Choice::Cpu, adapter: None, lose_at: None, ..self.clone() }
    }

    /// What the GPU backend is told.
    pub fn gpu(&self) -> GpuOptions {
        GpuOptions {
            adapter: self.adapter.clone(),
            workgroup: self.workgroup,
            steps_per_submit: self.steps_per_submit,
            slab_sites: self.slab_sites,
            allow_software: self.adapter.is_some(),
        }
    }
}

/// A backend, and what the user should know about its choice.
pub struct Opened {
    /// The backend.
    pub backend: Box<dyn Backend>,
    /// Why it is not the one that might be expected.
    pub note: Option<String>,
}

/// Opens the backend that the options ask for, with a batch of lesions.
///
/// # Errors
///
/// [`EngineError::NoAdapter`] with all adapters and why each is refused, if a GPU was asked for and there is
/// none; else as the backend says.
pub fn open(
    options: &BackendOptions,
    model: &Arc<Model>,
    states: &[LesionState],
    pool: PoolOptions,
) -> Result<Opened, EngineError> {
    let (backend, note) = match options.choice {
        Choice::Cpu => (cpu(options, model, states, pool)?, None),
        Choice::Gpu => (gpu(options, model, states, pool).map_err(explain)?, None),
        Choice::Auto if options.adapter.is_some() => (gpu(options, model, states, pool).map_err(explain)?, None),
        Choice::Auto if !has_hardware(&gpu::adapters()) => (cpu(options, model, states, pool)?, None),
        Choice::Auto => match gpu(options, model, states, pool) {
            Ok(backend) => (backend, None),
            Err(error) => {
                let note = format!("the CPU computes this run: failed to {error}");
                (cpu(options, model, states, pool)?, Some(note))
            }
        },
    };
    let backend: Box<dyn Backend> = match options.lose_at {
        Some(step) => Box::new(Failing { inner: backend, step }),
        None => backend,
    };
    Ok(Opened { backend, note })
}

/// The backend that [`open`] would take, in words, without opening it.
pub fn expected(options: &BackendOptions) -> String {
    let adapters = gpu::adapters();
    let fits = |a: &&AdapterReport| a.refused.is_none() && named(a, options.adapter.as_deref());
    let found = match options.choice {
        Choice::Cpu => None,
        _ if options.adapter.is_some() => adapters.iter().find(fits),
        _ => adapters.iter().filter(fits).find(|a| is_hardware(a)),
    };
    match (found, options.choice, options.adapter.is_some()) {
        (Some(adapter), ..) => format!("gpu, {} ({})", adapter.name, adapter.backend),
        (None, Choice::Gpu, _) | (None, Choice::Auto, true) => "none: no adapter fits the request".to_owned(),
        (None, ..) => "cpu".to_owned(),
    }
}

fn cpu(
    options: &BackendOptions,
    model: &Arc<Model>,
    states: &[LesionState],
    pool: PoolOptions,
) -> Result<Box<dyn Backend>, EngineError> {
    Ok(Box::new(CpuBackend::new(Arc::clone(model), states, pool, options.threads)?))
}

fn gpu(
    options: &BackendOptions,
    model: &Arc<Model>,
    states: &[LesionState],
    pool: PoolOptions,
) -> Result<Box<dyn Backend>, EngineError> {
    Ok(Box::new(GpuBackend::new(Arc::clone(model), states, pool, &options.gpu())?))
}

/// Whether an adapter's name holds the text that was asked for, in any case.
pub fn named(adapter: &AdapterReport, asked: Option<&str>) -> bool {
    asked.is_none_or(|part| adapter.name.to_lowercase().contains(&part.to_lowercase()))
}

/// Whether an adapter is a device rather than a program.
pub fn is_hardware(adapter: &AdapterReport) -> bool {
    adapter.kind != "cpu"
}

fn has_hardware(adapters: &[AdapterReport]) -> bool {
    adapters.iter().any(|a| a.refused.is_none() && is_hardware(a))
}

/// Adds the adapters of this machine to the message that none fits.
fn explain(error: EngineError) -> EngineError {
    match error {
        EngineError::NoAdapter(reason) => EngineError::NoAdapter(explanation(&reason, &gpu::adapters())),
        other => other,
    }
}

fn explanation(reason: &str, adapters: &[AdapterReport]) -> String {
    let mut text = reason.to_owned();
    for adapter in adapters {
        let why = match &adapter.refused {
            Some(why) => why.as_str(),
            None if is_hardware(adapter) => "usable",
            None => "a software adapter, taken only when named with --adapter",
        };
        text.push_str(&format!("\n  {} ({}): {why}", adapter.name, adapter.backend));
    }
    if adapters.is_empty() {
        text.push_str("\n  this machine shows no adapter at all; `evotor adapters` says what to install");
    }
    text.push_str("\n  without a GPU use --backend cpu: the results are the same");
    text
}

/// A backend whose device is lost at a step: how the loss of a real one is tested.
struct Failing {
    inner: Box<dyn Backend>,
    step: u32,
}

impl Backend for Failing {
    fn info(&self) -> &BackendInfo {
        self.inner.info()
    }

    fn lesions(&self) -> usize {
        self.inner.lesions()
    }

    fn is_running(&self) -> bool {
        self.inner.is_running()
    }

    fn advance(&mut self, until: u32) -> Result<Vec<LogEntry>, EngineError> {
        if until > self.step {
            return Err(EngineError::DeviceLost(format!("lost on purpose beyond step {}", self.step)));
        }
        self.inner.advance(until)
    }

    fn state(&mut self, lesion: usize) -> Result<LesionState, EngineError> {
        self.inner.state(lesion)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adapter(name: &str, kind: &str, refused: Option<&str>) -> AdapterReport {
        AdapterReport {
            index: 0,
            name: name.into(),
            kind: kind.into(),
            backend: "Vulkan".into(),
            driver: String::new(),
            binding_bytes: 0,
            buffer_bytes: 0,
            storage_buffers: 0,
            int64: false,
            refused: refused.map(Into::into),
        }
    }

    #[test]
    fn software_and_refused_adapters_are_no_hardware() {
        assert!(!has_hardware(&[adapter("llvmpipe", "cpu", None), adapter("Old", "discrete", Some("no"))]));
        assert!(has_hardware(&[adapter("New", "integrated", None)]));
    }

    #[test]
    fn adapters_are_named_in_any_case_by_a_part() {
        let pipe = adapter("llvmpipe (LLVM 15)", "cpu", None);
        assert!(named(&pipe, Some("LLVMpipe")) && named(&pipe, None) && !named(&pipe, Some("nvidia")));
    }

    #[test]
    fn the_explanation_names_every_adapter_and_a_way_out() {
        let text = explanation("none fits", &[adapter("A", "cpu", None), adapter("B", "discrete", Some("too small"))]);
        assert!(text.contains("A (Vulkan): a software adapter"), "{text}");
        assert!(text.contains("B (Vulkan): too small"), "{text}");
        assert!(text.contains("--backend cpu"), "{text}");
    }
}
