//! An opened device: the one place that calls it. Any call may find that the device is gone, so every call can fail.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use super::adapter::{AdapterReport, GpuOptions};
use super::choice::choose_adapter;
use super::compiled::CompiledStages;
use super::quiet::{one_line, quietly};
use crate::engine::backend::{BackendInfo, EngineError};

/// Longest wait for the device before it counts as lost.
const PATIENCE: Duration = Duration::from_secs(120);

/// Devices that nobody uses just now. Opening one takes longer than many a small run: who is next to ask for the same one has it.
static WARM: Mutex<Vec<Gpu>> = Mutex::new(Vec::new());

/// Devices that were opened.
static OPENED: AtomicUsize = AtomicUsize::new(0);

/// Closes the devices that nobody uses, before the process ends: drivers need not be able to after that.
pub fn close_devices() {
    let all = std::mem::take(&mut *WARM.lock().unwrap_or_else(PoisonError::into_inner));
    all.into_iter().for_each(Gpu::close);
}

/// How many devices this process has opened so far. For tests of how many it needs.
pub fn devices_opened() -> usize {
    OPENED.load(Ordering::Relaxed)
}

/// An opened device with what the backend needs to know of it.
pub(super) struct Gpu {
    /// By what it was asked for.
    asked: DeviceChoice,
    device: wgpu::Device,
    /// `None` only while it is closed.
    queue: Option<wgpu::Queue>,
    /// The adapter.
    pub report: AdapterReport,
    /// Why the device was lost, once it was.
    lost: Arc<OnceLock<String>>,
    /// Stages that it has compiled.
    pub compiled: Arc<Mutex<CompiledStages>>,
}

/// What of the options decides which device it is.
type DeviceChoice = (Option<String>, bool);

/// Makes sure that a device can be opened.
///
/// # Errors
///
/// [`EngineError::NoAdapter`] and [`EngineError::Gpu`].
pub fn probe(options: &GpuOptions) -> Result<(), EngineError> {
    Gpu::open(options).map(drop)
}

impl Gpu {
    /// Opens the adapter that the options ask for, with the limits it offers.
    pub fn open(options: &GpuOptions) -> Result<Self, EngineError> {
        let asked = (options.adapter.clone(), options.allow_software);
        while let Some(gpu) = Self::warm(&asked) {
            // It may have been lost since, and holds what was given back with the last commands.
            if gpu.flush().and_then(|()| gpu.wait()).is_ok() {
                return Ok(gpu);
            }
        }
        let (adapter, report) = choose_adapter(options)?;
        let failed = |why: String| EngineError::Gpu(format!("open `{}`: {why}", report.name));
        let descriptor = descriptor(&report, &adapter.limits());
        let opened = quietly(|| pollster::block_on(adapter.request_device(&descriptor))).map_err(failed)?;
        let (device, queue) = opened.map_err(|e| failed(e.to_string()))?;
        let lost = watch(&device);
        OPENED.fetch_add(1, Ordering::Relaxed);
        Ok(Self { asked, device, queue: Some(queue), report, lost, compiled: Arc::default() })
    }

    /// A device that nobody uses just now.
    fn warm(asked: &DeviceChoice) -> Option<Self> {
        let mut all = WARM.lock().unwrap_or_else(PoisonError::into_inner);
        let at = all.iter().position(|gpu| gpu.asked == *asked)?;
        Some(all.swap_remove(at))
    }

    /// Closes it: closing a queue waits for it, which a lost one may never answer.
    fn close(mut self) {
        let queue = self.queue.take();
        if self.lost.get().is_some() {
            std::mem::forget(queue);
        } else {
            let _ = quietly(|| drop(queue));
        }
    }

    /// Where steps are computed.
    pub fn info(&self) -> BackendInfo {
        BackendInfo {
            kind: "gpu",
            device: format!("{} ({}, {})", self.report.name, self.report.kind, self.report.backend),
            driver: self.report.driver.clone(),
        }
    }

    /// Calls the device. Objects that the call needs should outlive it: what is dropped while a panic unwinds cannot fail well.
    ///
    /// # Errors
    ///
    /// [`EngineError::DeviceLost`] if it was lost before or by this call.
    pub fn ask<T>(&self, call: impl FnOnce(&wgpu::Device, &wgpu::Queue) -> T) -> Result<T, EngineError> {
        self.check_alive()?;
        let Some(queue) = &self.queue else {
            return Err(self.was_lost("it was closed"));
        };
        let answer = quietly(|| call(&self.device, queue));
        if let Err(why) = &answer {
            // The first reason is kept: what follows is mostly its consequence.
            let _ = self.lost.set(why.clone());
        }
        self.check_alive()?;
        answer.map_err(|why| self.was_lost(&why))
    }

    /// A new buffer, all zero.
    ///
    /// # Errors
    ///
    /// [`EngineError::DeviceMemory`] where there is no room for it; else as [`Gpu::ask`].
    pub fn buffer(
        &self,
        label: &str,
        bytes: u64,
        usage: wgpu::BufferUsages,
    ) -> Result<wgpu::Buffer, EngineError> {
        let descriptor =
            wgpu::BufferDescriptor { label: Some(label), size: bytes, usage, mapped_at_creation: false };
        let (buffer, error) = self.ask(|device, _| {
            let scope = device.push_error_scope(wgpu::ErrorFilter::OutOfMemory);
            let buffer = device.create_buffer(&descriptor);
            (buffer, pollster::block_on(scope.pop()))
        })?;
        match error {
            None => Ok(buffer),
            Some(error) => Err(EngineError::DeviceMemory {
                adapter: self.report.name.clone(),
                what: label.to_owned(),
                needed: bytes,
                why: one_line(&error.to_string()),
            }),
        }
    }

    /// Writes bytes into a buffer, before whatever is submitted next.
    ///
    /// # Errors
    ///
    /// As [`Gpu::ask`].
    pub fn write(&self, buffer: &wgpu::Buffer, offset: u64, bytes: &[u8]) -> Result<(), EngineError> {
        self.ask(|_, queue| queue.write_buffer(buffer, offset, bytes))
    }

    /// Records commands and submits them.
    ///
    /// # Errors
    ///
    /// As [`Gpu::ask`].
    pub fn submit(&self, record: impl FnOnce(&mut wgpu::CommandEncoder)) -> Result<(), EngineError> {
        self.ask(|device, queue| {
            let mut encoder = device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
            record(&mut encoder);
            queue.submit([encoder.finish()]);
        })
    }

    /// Submits what was written so far.
    ///
    /// # Errors
    ///
    /// As [`Gpu::ask`].
    pub fn flush(&self) -> Result<(), EngineError> {
        self.ask(|_, queue| {
            queue.submit([]);
        })
    }

    /// Waits until everything that was submitted is done.
    ///
    /// # Errors
    ///
    /// As [`Gpu::ask`]; a device that does not answer counts as lost.
    pub fn wait(&self) -> Result<(), EngineError> {
        let all = wgpu::PollType::Wait { submission_index: None, timeout: Some(PATIENCE) };
        match self.ask(|device, _| device.poll(all))? {
            Ok(_) => Ok(()),
            Err(error) => Err(self.lose(&format!("it does not answer: {error}"))),
        }
    }

    /// Destroys the device, as a driver reset would. For tests of what follows.
    pub fn destroy(&self) {
        self.device.destroy();
    }

    /// Notes that the device is of no further use.
    pub fn lose(&self, why: &str) -> EngineError {
        let _ = self.lost.set(one_line(why));
        self.was_lost(why)
    }

    fn check_alive(&self) -> Result<(), EngineError> {
        self.lost.get().map_or(Ok(()), |why| Err(self.was_lost(why)))
    }

    fn was_lost(&self, why: &str) -> EngineError {
        EngineError::DeviceLost(format!("`{}` was lost: {}", self.report.name, one_line(why)))
    }
}

impl Drop for Gpu {
    /// Keeps the device for who is next. The queue of one that is lost, and so of no use, is left to the end of the process.
    fn drop(&mut self) {
        let Some(queue) = self.queue.take() else { return };
        if self.lost.get().is_some() || std::thread::panicking() {
            std::mem::forget(queue);
            return;
        }
        let warm = Self {
            asked: self.asked.clone(),
            device: self.device.clone(),
            queue: Some(queue),
            report: self.report.clone(),
            lost: Arc::clone(&self.lost),
            compiled: Arc::clone(&self.compiled),
        };
        WARM.lock().unwrap_or_else(PoisonError::into_inner).push(warm);
    }
}

fn descriptor(report: &AdapterReport, offered: &wgpu::Limits) -> wgpu::DeviceDescriptor<'static> {
    let mut features = wgpu::Features::empty();
    features.set(wgpu::Features::SHADER_INT64, report.int64);
    wgpu::DeviceDescriptor {
        label: Some("evotor"),
        required_features: features,
        required_limits: wgpu::Limits {
            max_storage_buffer_binding_size: offered.max_storage_buffer_binding_size,
            max_buffer_size: offered.max_buffer_size,
            max_storage_buffers_per_shader_stage: offered.max_storage_buffers_per_shader_stage,
            max_bindings_per_bind_group: offered.max_bindings_per_bind_group,
            max_buffers_and_acceleration_structures_per_shader_stage: offered
                .max_buffers_and_acceleration_structures_per_shader_stage,
            max_compute_invocations_per_workgroup: 256,
            max_compute_workgroup_size_x: 256,
            ..wgpu::Limits::downlevel_defaults()
        },
        experimental_features: wgpu::ExperimentalFeatures::disabled(),
        memory_hints: wgpu::MemoryHints::Performance,
        trace: wgpu::Trace::Off,
    }
}

/// Notes the loss of a device and its reason; any other error that it reports by itself counts as a loss too.
fn watch(device: &wgpu::Device) -> Arc<OnceLock<String>> {
    let lost = Arc::new(OnceLock::new());
    let seen = Arc::clone(&lost);
    device.set_device_lost_callback(move |_, why| {
        let _ = seen.set(why);
    });
    let seen = Arc::clone(&lost);
    device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
        let _ = seen.set(error.to_string());
    }));
    lost
}
