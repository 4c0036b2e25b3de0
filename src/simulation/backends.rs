//! Which backend a run gets.

use std::sync::{Arc, OnceLock};

use crate::engine::gpu::{self, AdapterReport, GpuBackend, GpuOptions};
use crate::engine::pool::Inputs;
use crate::engine::{
    Backend, BackendInfo, CpuBackend, EngineError, LogEntry, Model, PoolOptions, RateTables,
};
use crate::tissue::LesionState;

use super::error::RunError;
use super::naming::plural;

/// Where the user wants steps to be computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Choice {
    /// A hardware GPU if there is one, else the CPU
    #[default]
    Auto,
    /// The CPU
    Cpu,
    /// A GPU; an error if there is none that fits
    Gpu,
}

/// Choices about the backend, none of which changes results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackendOptions {
    /// CPU or GPU.
    pub choice: Choice,
    /// Part of the adapter's name, or its address; naming one chooses the GPU, and allows software adapters.
    pub adapter: Option<String>,
    /// CPU threads; 0: as many as the process was given.
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
    /// The CPU with a number of threads (0: as many as the process was given).
    pub fn cpu(threads: usize) -> Self {
        Self { choice: Choice::Cpu, threads, ..Self::default() }
    }

    /// Number of CPU threads.
    pub fn cpu_threads(&self) -> usize {
        crate::engine::cpu::threads(self.threads)
    }

    /// The same for the CPU only, as after the loss of a device.
    pub fn on_cpu(&self) -> Self {
        Self { choice: Choice::Cpu, adapter: None, lose_at: None, ..self.clone() }
    }

    /// Where to go on after an error: on the CPU, where the device that was taken in its place is at fault.
    pub fn after(&self, error: &RunError) -> Option<Self> {
        let of_device = matches!(error, RunError::Engine(error) if error.is_of_device());
        let cpu = self.on_cpu();
        (of_device && *self != cpu).then_some(cpu)
    }

    /// Makes sure that a device that is asked for can be opened.
    ///
    /// # Errors
    ///
    /// As [`open`].
    pub fn check(&self) -> Result<(), EngineError> {
        if !self.is_gpu_asked_for() {
            return Ok(());
        }
        self.devices()?.iter().try_for_each(|device| gpu::probe(&device.gpu()).map_err(explain))
    }

    /// The same for each device that a trial on a GPU may take: one that is named, or else all of a kind that the job was given.
    ///
    /// # Errors
    ///
    /// As [`open`].
    pub fn devices(&self) -> Result<Vec<Self>, EngineError> {
        let chosen = gpu::all_chosen(&self.gpu()).map_err(explain)?;
        if chosen.len() < 2 {
            return Ok(vec![self.clone()]);
        }
        let named =
            |adapter: AdapterReport| Self { adapter: Some(adapter.index.to_string()), ..self.clone() };
        Ok(chosen.into_iter().map(named).collect())
    }

    /// Whether nothing but a GPU will do to begin with.
    pub fn is_gpu_asked_for(&self) -> bool {
        self.choice == Choice::Gpu || (self.choice == Choice::Auto && self.adapter.is_some())
    }

    /// Whether the CPU will compute what is begun, as far as can be told before that.
    pub fn is_on_cpu(&self) -> bool {
        let has_gpu = || gpu::chosen(&self.gpu()).is_ok();
        self.choice == Choice::Cpu || !(self.is_gpu_asked_for() || has_gpu())
    }

    /// What the GPU backend is told.
    pub fn gpu(&self) -> GpuOptions {
        GpuOptions {
            adapter: self.adapter.clone(),
            workgroup: self.workgroup,
            steps_per_submit: self.steps_per_submit,
            slab_sites: self.slab_sites,
            allow_software: self.adapter.is_some(),
            ..GpuOptions::default()
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
/// [`EngineError::NoAdapter`] if a GPU was asked for and there is none that fits, [`EngineError::Ambiguous`] where the job has one of
/// several and does not say which; else as the backend says.
pub fn open(
    options: &BackendOptions,
    model: &Arc<Model>,
    states: &[LesionState],
    pool: PoolOptions,
) -> Result<Opened, EngineError> {
    let (backend, note) = match options.choice {
        Choice::Cpu => (cpu(options, model, states, pool)?, None),
        _ if options.is_gpu_asked_for() => (gpu(options, model, states, pool).map_err(explain)?, None),
        _ if !has_usable_gpu() => (cpu(options, model, states, pool)?, None),
        _ => match gpu(options, model, states, pool) {
            Ok(backend) => (backend, None),
            Err(error @ EngineError::Ambiguous(_)) => return Err(error),
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

/// A place where lesions are computed, batch after batch: its device is opened once, its shaders are compiled once.
pub struct Seat {
    options: BackendOptions,
    backend: Option<Box<dyn Backend>>,
}

impl Seat {
    /// One that is opened for the first batch.
    pub fn new(options: BackendOptions) -> Self {
        Self { options, backend: None }
    }

    /// What the batches are computed on.
    pub fn options(&self) -> &BackendOptions {
        &self.options
    }

    /// Takes a batch of lesions, in place of the one before.
    ///
    /// # Errors
    ///
    /// As [`open`].
    pub fn take(
        &mut self,
        model: &Arc<Model>,
        states: &[LesionState],
        pool: PoolOptions,
    ) -> Result<&mut dyn Backend, EngineError> {
        // One that fails is of no further use.
        let backend = match self.backend.take() {
            Some(mut backend) => {
                backend.load(model, states, pool)?;
                backend
            }
            None => open(&self.options, model, states, pool)?.backend,
        };
        Ok(self.backend.insert(backend).as_mut())
    }

    /// Gives back what it holds: after an error it is of no further use.
    pub fn leave(&mut self) {
        self.backend = None;
    }
}

/// Whether there is a device that is taken without being named. Listing adapters takes longer than many a small run: it is done once.
fn has_usable_gpu() -> bool {
    static FOUND: OnceLock<bool> = OnceLock::new();
    *FOUND.get_or_init(|| gpu::adapters().iter().any(is_usable))
}

/// The backend that [`open`] would take, in words, without opening it.
pub fn expected(options: &BackendOptions) -> String {
    let threads = options.cpu_threads();
    let cpu = format!("cpu, {threads} {}", plural("thread", threads == 1));
    if options.choice == Choice::Cpu {
        return cpu;
    }
    match gpu::chosen(&options.gpu()) {
        Ok(adapter) => format!("gpu, {} ({})", adapter.name, adapter.backend),
        Err(error @ EngineError::Ambiguous(_)) => format!("none: failed to {error}"),
        Err(_) if options.is_gpu_asked_for() => "none: no adapter fits the request".to_owned(),
        Err(_) => cpu,
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

/// Whether an adapter is a device rather than a program.
pub fn is_hardware(adapter: &AdapterReport) -> bool {
    adapter.kind != "cpu"
}

/// Whether an adapter is taken without being named.
pub fn is_usable(adapter: &AdapterReport) -> bool {
    adapter.refused.is_none() && is_hardware(adapter)
}

/// Adds a way out to the message that no adapter fits, and where to look.
fn explain(error: EngineError) -> EngineError {
    match error {
        EngineError::NoAdapter(reason) => EngineError::NoAdapter(format!(
            "{reason}\n  `evotor adapters` shows all of them and why one is refused\n  without a GPU use --backend cpu: the \
             results are the same"
        )),
        other => other,
    }
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

    fn change_tables(&mut self, change: &mut dyn FnMut(&mut RateTables)) -> Result<(), EngineError> {
        self.inner.change_tables(change)
    }

    fn set_inputs(&mut self, lesion: usize, inputs: Inputs) {
        self.inner.set_inputs(lesion, inputs);
    }

    fn state(&mut self, lesion: usize) -> Result<LesionState, EngineError> {
        self.inner.state(lesion)
    }

    fn add_tables(&mut self, add: &mut dyn FnMut(&mut RateTables)) -> Result<(), EngineError> {
        self.inner.add_tables(add)
    }

    fn replace(&mut self, lesion: usize, state: &LesionState) -> Result<(), EngineError> {
        self.inner.replace(lesion, state)
    }

    fn halt(&mut self, lesion: usize) {
        self.inner.halt(lesion);
    }

    fn load(
        &mut self,
        model: &Arc<Model>,
        states: &[LesionState],
        options: PoolOptions,
    ) -> Result<(), EngineError> {
        self.inner.load(model, states, options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn adapter(name: &str, kind: &'static str, refused: Option<&str>) -> AdapterReport {
        AdapterReport {
            index: 0,
            name: name.into(),
            kind,
            backend: "Vulkan".into(),
            pci: String::new(),
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
        assert!(
            !is_usable(&adapter("llvmpipe", "cpu", None))
                && !is_usable(&adapter("Old", "discrete", Some("no")))
        );
        assert!(is_usable(&adapter("New", "integrated", None)));
    }

    #[test]
    fn a_missing_adapter_comes_with_a_way_out() {
        let text = explain(EngineError::NoAdapter("none fits".into())).to_string();
        assert!(text.starts_with("find a GPU: none fits") && text.contains("--backend cpu"), "{text}");
        assert_eq!(explain(EngineError::Gpu("x".into())), EngineError::Gpu("x".into()));
    }
}
