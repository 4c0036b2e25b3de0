//! What a device can do at most: bytes copied and random blocks made per second. Benchmarks are held against it.

use std::time::Instant;

use super::adapter::GpuOptions;
use super::bindings::{DeviceBuffer, Slabs};
use super::device::Gpu;
use super::source::{self, Variant};
use crate::engine::backend::EngineError;

/// Limits of a device, measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DeviceRates {
    /// Bytes read plus bytes written per second by buffer copies.
    pub copy_bytes: f64,
    /// Philox4x32-10 blocks per second.
    pub blocks: f64,
}

/// Words of each of the two buffers that are copied.
const MAX_BYTES: u64 = 1 << 30;
/// Invocations of the random kernel; each makes 64 blocks.
const INVOCATIONS: u32 = 1 << 18;

/// Measures a device.
///
/// # Errors
///
/// As for [`GpuBackend::new`](super::GpuBackend::new).
pub fn measure(options: &GpuOptions) -> Result<DeviceRates, EngineError> {
    let gpu = Gpu::open(options)?;
    Ok(DeviceRates { copy_bytes: copy_rate(&gpu)?, blocks: block_rate(&gpu, options)? })
}

/// The best of some trials: what the device can do, not what it does while others use it.
fn best(gpu: &Gpu, mut trial: impl FnMut() -> Result<f64, EngineError>) -> Result<f64, EngineError> {
    let mut best = 0.0f64;
    for _ in 0..4 {
        let started = Instant::now();
        let amount = trial()?;
        gpu.wait()?;
        best = best.max(amount / started.elapsed().as_secs_f64());
    }
    Ok(best)
}

fn copy_rate(gpu: &Gpu) -> Result<f64, EngineError> {
    let size = MAX_BYTES.min(gpu.report.buffer_bytes / 4).min(if gpu.report.kind == "cpu" {
        1 << 26
    } else {
        MAX_BYTES
    });
    let usage = wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST;
    let (a, b) = (gpu.buffer("copy from", size, usage)?, gpu.buffer("copy to", size, usage)?);
    best(gpu, || {
        gpu.submit(|encoder| (0..8).for_each(|_| encoder.copy_buffer_to_buffer(&a, 0, &b, 0, size)))?;
        Ok(16.0 * size as f64)
    })
}

fn block_rate(gpu: &Gpu, options: &GpuOptions) -> Result<f64, EngineError> {
    let pipeline = pipeline(gpu, options.workgroup)?;
    let config =
        gpu.buffer("config", size_of::<super::packing::Config>() as u64, wgpu::BufferUsages::UNIFORM)?;
    let sums = gpu.buffer("sums", 4 * u64::from(INVOCATIONS), wgpu::BufferUsages::STORAGE)?;
    let entry = |binding, buffer: &'_ wgpu::Buffer| (binding, buffer.clone());
    let bound = [entry(DeviceBuffer::Config as u32, &config), entry(DeviceBuffer::Journal as u32, &sums)];
    let entries: Vec<_> = bound
        .iter()
        .map(|(binding, buffer)| wgpu::BindGroupEntry {
            binding: *binding,
            resource: buffer.as_entire_binding(),
        })
        .collect();
    let group = gpu.ask(|device, _| {
        device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("measure"),
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries,
        })
    })?;
    best(gpu, || {
        gpu.submit(|encoder| {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
            pass.set_pipeline(&pipeline);
            pass.set_bind_group(0, &group, &[]);
            pass.dispatch_workgroups(INVOCATIONS / options.workgroup, 1, 1);
        })?;
        Ok(64.0 * f64::from(INVOCATIONS))
    })
}

fn pipeline(gpu: &Gpu, workgroup: u32) -> Result<wgpu::ComputePipeline, EngineError> {
    let variant = Variant { int64: gpu.report.int64, slabs: Slabs { count: 1, shift: 28 } };
    let (pipeline, error) = gpu.ask(|device, _| {
        let scope = device.push_error_scope(wgpu::ErrorFilter::Validation);
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("measure"),
            source: wgpu::ShaderSource::Wgsl(source::measure(variant).into()),
        });
        let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some("measure"),
            layout: None,
            module: &module,
            entry_point: Some("measure"),
            compilation_options: wgpu::PipelineCompilationOptions {
                constants: &[("WORKGROUP", f64::from(workgroup))],
                ..wgpu::PipelineCompilationOptions::default()
            },
            cache: None,
        });
        (pipeline, pollster::block_on(scope.pop()))
    })?;
    match error {
        Some(error) => Err(EngineError::Gpu(format!("compile the measuring shader: {error}"))),
        None => Ok(pipeline),
    }
}
