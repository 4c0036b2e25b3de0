//! Pipelines: one per stage, made from the stage table and the shader sources.

use std::sync::PoisonError;

use super::bindings::{self, Access, Slabs, StageBinding};
use super::buffers::Buffers;
use super::compiled::{CompiledStage, StageRecipe};
use super::device::Gpu;
use super::kernels::{self, Extent, Kernel, LIST_BLOCK, Sizes};
use super::source::{self, Variant};
use crate::engine::backend::EngineError;
use crate::engine::stage::Stage;

/// Compiled stages with the bind groups of a batch.
pub(super) struct Pipelines {
    stages: Vec<StagePipelines>,
    /// Most workgroups in a direction of a dispatch.
    max_groups: u32,
}

/// A stage: its kernels, and what they bind.
struct StagePipelines {
    stage: Stage,
    compiled: CompiledStage,
    bound: wgpu::BindGroup,
}

/// What a pipeline is made of beside the device.
pub(super) struct Recipe<'a> {
    pub stages: &'a [Stage],
    pub sizes: Sizes,
    pub variant: Variant,
    /// Text that tests replace in a shader, to show that they notice.
    pub sabotage: Option<(&'a str, &'a str)>,
}

impl Pipelines {
    /// Compiles the stages and binds the buffers.
    pub fn new(gpu: &Gpu, buffers: &Buffers, recipe: &Recipe) -> Result<Self, EngineError> {
        let (made, error) = gpu.ask(|device, _| {
            let scope = device.push_error_scope(wgpu::ErrorFilter::Validation);
            let made = Self::make(gpu, device, buffers, recipe);
            (made, pollster::block_on(scope.pop()))
        })?;
        match error {
            Some(error) => {
                // What failed is not to be found again.
                gpu.compiled.lock().unwrap_or_else(PoisonError::into_inner).clear();
                Err(EngineError::Gpu(format!("compile shaders on `{}`: {error}", gpu.report.name)))
            }
            None => Ok(made),
        }
    }

    fn make(gpu: &Gpu, device: &wgpu::Device, buffers: &Buffers, recipe: &Recipe) -> Self {
        let make = |stage: &Stage| {
            let compiled = compiled(gpu, device, *stage, recipe);
            let bound = bind(device, &compiled.layout, *stage, buffers);
            StagePipelines { stage: *stage, compiled, bound }
        };
        Self { stages: recipe.stages.iter().map(make).collect(), max_groups: recipe.sizes.max_groups }
    }

    /// Binds the buffers again after one was replaced.
    ///
    /// # Errors
    ///
    /// As [`Gpu::ask`].
    pub fn rebind(&mut self, gpu: &Gpu, buffers: &Buffers) -> Result<(), EngineError> {
        gpu.ask(|device, _| {
            for stage in &mut self.stages {
                stage.bound = bind(device, &stage.compiled.layout, stage.stage, buffers);
            }
        })
    }

    /// Records one stage: all kernels that a step dispatches, or only that at a position of their sequence.
    pub fn record(
        &self,
        pass: &mut wgpu::ComputePass,
        stage: Stage,
        only: Option<usize>,
        buffers: &Buffers,
        (lesions, sweeps): (u32, u32),
    ) {
        let Some(StagePipelines { compiled, bound, .. }) = self.stages.iter().find(|s| s.stage == stage)
        else {
            return;
        };
        pass.set_bind_group(0, bound, &[]);
        let wanted = |position: &usize| only.is_none_or(|only| only == *position);
        for (_, kernel) in
            (0..).zip(kernels::sequence(stage, sweeps)).filter(|(position, _)| wanted(position))
        {
            let (pipeline, extent) = &compiled.kernels[kernel];
            pass.set_pipeline(pipeline);
            let groups = match extent {
                Extent::Blocks => buffers.bricks().div_ceil(LIST_BLOCK),
                Extent::Lesions => lesions,
                Extent::Listed(word) => {
                    pass.dispatch_workgroups_indirect(&buffers.dispatch, 4 * u64::from(*word));
                    continue;
                }
            };
            let [x, y] = kernels::folded(groups, self.max_groups);
            pass.dispatch_workgroups(x, y, 1);
        }
    }
}

/// The layout of what a stage binds.
fn layout(device: &wgpu::Device, stage: Stage, slabs: Slabs) -> wgpu::BindGroupLayout {
    let entries: Vec<_> = bindings::of_stage(stage, slabs).iter().map(entry).collect();
    device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
        label: Some(stage.name()),
        entries: &entries,
    })
}

fn entry(binding: &StageBinding) -> wgpu::BindGroupLayoutEntry {
    let ty = match binding.access {
        Access::Uniform => wgpu::BufferBindingType::Uniform,
        Access::Read => wgpu::BufferBindingType::Storage { read_only: true },
        Access::ReadWrite => wgpu::BufferBindingType::Storage { read_only: false },
    };
    wgpu::BindGroupLayoutEntry {
        binding: binding.number,
        visibility: wgpu::ShaderStages::COMPUTE,
        ty: wgpu::BindingType::Buffer { ty, has_dynamic_offset: false, min_binding_size: None },
        count: None,
    }
}

fn bind(
    device: &wgpu::Device,
    layout: &wgpu::BindGroupLayout,
    stage: Stage,
    buffers: &Buffers,
) -> wgpu::BindGroup {
    let entry = |binding: &StageBinding| wgpu::BindGroupEntry {
        binding: binding.number,
        resource: buffers.of(binding.bound)[binding.slab as usize].as_entire_binding(),
    };
    let entries: Vec<_> = bindings::of_stage(stage, buffers.slabs).iter().map(entry).collect();
    device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some(stage.name()),
        layout,
        entries: &entries,
    })
}

/// A stage as the device has it, or compiled now.
fn compiled(gpu: &Gpu, device: &wgpu::Device, stage: Stage, recipe: &Recipe) -> CompiledStage {
    let mut text = source::stage(stage, recipe.variant);
    if let Some((original, broken)) = recipe.sabotage {
        text = text.replace(original, broken);
    }
    let wanted = StageRecipe { stage, sizes: recipe.sizes, text };
    let mut all = gpu.compiled.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, kept)) = all.iter().find(|(of, _)| *of == wanted) {
        return kept.clone();
    }
    let layout = layout(device, stage, recipe.variant.slabs);
    let made = CompiledStage { kernels: compile(device, &layout, &wanted), layout };
    all.push((wanted, made.clone()));
    made
}

fn compile(
    device: &wgpu::Device,
    layout: &wgpu::BindGroupLayout,
    StageRecipe { stage, sizes, text }: &StageRecipe,
) -> Vec<(wgpu::ComputePipeline, Extent)> {
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some(stage.name()),
        source: wgpu::ShaderSource::Wgsl(text.as_str().into()),
    });
    let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some(stage.name()),
        bind_group_layouts: &[Some(layout)],
        immediate_size: 0,
    });
    let make = |kernel: &Kernel| {
        let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(stage.name()),
            layout: Some(&pipeline_layout),
            module: &module,
            entry_point: Some(kernel.entry),
            compilation_options: wgpu::PipelineCompilationOptions {
                constants: &kernel.constants,
                ..wgpu::PipelineCompilationOptions::default()
            },
            cache: None,
        });
        (pipeline, kernel.extent)
    };
    kernels::of_stage(*stage, *sizes).iter().map(make).collect()
}
