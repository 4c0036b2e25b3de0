//! Pipelines: one per stage, made from the stage table and the shader sources.

use super::buffers::Buffers;
use super::device::Gpu;
use super::source::{self, Slabs, Variant};
use crate::engine::backend::EngineError;
use crate::engine::pool::rank;
use crate::engine::stage::Stage;

/// Compiled stages with the bind groups of a batch.
pub(super) struct Pipelines {
    layout: wgpu::BindGroupLayout,
    dispatch_layout: wgpu::BindGroupLayout,
    main: wgpu::BindGroup,
    dispatch: wgpu::BindGroup,
    /// Pipelines of each stage; the environment has one for each direction of a sweep.
    stages: Vec<(Stage, Vec<wgpu::ComputePipeline>)>,
    /// Slabs that the shaders are made for.
    slabs: Slabs,
}

/// What a pipeline is made of beside the device.
pub(super) struct Recipe<'a> {
    pub stages: &'a [Stage],
    pub workgroup: u32,
    pub variant: Variant,
    /// Text that tests replace in a shader, to show that they notice.
    pub sabotage: Option<(&'a str, &'a str)>,
}

impl Pipelines {
    /// Compiles the stages and binds the buffers.
    pub fn new(gpu: &Gpu, buffers: &Buffers, recipe: &Recipe) -> Result<Self, EngineError> {
        let (made, error) = gpu.ask(|device, _| {
            let scope = device.push_error_scope(wgpu::ErrorFilter::Validation);
            let made = Self::make(device, buffers, recipe);
            (made, pollster::block_on(scope.pop()))
        })?;
        match error {
            Some(error) => {
                Err(EngineError::Gpu(format!("compile shaders on `{}`: {error}", gpu.report.name)))
            }
            None => Ok(made),
        }
    }

    fn make(device: &wgpu::Device, buffers: &Buffers, recipe: &Recipe) -> Self {
        let layout = main_layout(device, buffers);
        let dispatch_layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("dispatch"),
            entries: &[entry(0, wgpu::BufferBindingType::Storage { read_only: false })],
        });
        let compile = |stage: &Stage| (*stage, compile(device, &layout, &dispatch_layout, *stage, recipe));
        let stages = recipe.stages.iter().map(compile).collect();
        let (main, dispatch) = bind(device, &layout, &dispatch_layout, buffers);
        Self { layout, dispatch_layout, main, dispatch, stages, slabs: recipe.variant.slabs }
    }

    /// Slabs that the shaders are made for.
    pub fn slabs(&self) -> Slabs {
        self.slabs
    }

    /// Binds the buffers again after one was replaced.
    ///
    /// # Errors
    ///
    /// As [`Gpu::ask`].
    pub fn rebind(&mut self, gpu: &Gpu, buffers: &Buffers) -> Result<(), EngineError> {
        let bound = gpu.ask(|device, _| bind(device, &self.layout, &self.dispatch_layout, buffers))?;
        (self.main, self.dispatch) = bound;
        Ok(())
    }

    /// Records one stage.
    pub fn record(
        &self,
        pass: &mut wgpu::ComputePass,
        stage: Stage,
        buffers: &Buffers,
        lesions: u32,
        sweeps: u32,
    ) {
        let Some((_, pipelines)) = self.stages.iter().find(|(s, _)| *s == stage) else {
            return;
        };
        pass.set_bind_group(0, &self.main, &[]);
        match stage {
            Stage::List => {
                pass.set_pipeline(&pipelines[0]);
                pass.set_bind_group(1, &self.dispatch, &[]);
                pass.dispatch_workgroups(1, 1, 1);
            }
            Stage::Environment => {
                for sweep in 0..sweeps {
                    // The fields are read, their scratch, and their scratch with the step's last sweep.
                    let last = u32::from(sweep + 1 == sweeps);
                    pass.set_pipeline(&pipelines[((sweep & 1) + last) as usize]);
                    pass.dispatch_workgroups_indirect(&buffers.dispatch, 16);
                }
            }
            Stage::ScanBirths | Stage::ScanFounders | Stage::Control => {
                pass.set_pipeline(&pipelines[0]);
                let x = lesions.min(65_535);
                pass.dispatch_workgroups(x, lesions.div_ceil(x), 1);
            }
            Stage::Decide | Stage::Rank | Stage::Resolve | Stage::Write => {
                pass.set_pipeline(&pipelines[0]);
                pass.dispatch_workgroups_indirect(&buffers.dispatch, 0);
            }
        }
    }
}

fn entry(binding: u32, kind: wgpu::BufferBindingType) -> wgpu::BindGroupLayoutEntry {
    wgpu::BindGroupLayoutEntry {
        binding,
        visibility: wgpu::ShaderStages::COMPUTE,
        ty: wgpu::BindingType::Buffer { ty: kind, has_dynamic_offset: false, min_binding_size: None },
        count: None,
    }
}

fn main_layout(device: &wgpu::Device, buffers: &Buffers) -> wgpu::BindGroupLayout {
    let kind = |binding| match binding {
        0 => wgpu::BufferBindingType::Uniform,
        1 => wgpu::BufferBindingType::Storage { read_only: true },
        _ => wgpu::BufferBindingType::Storage { read_only: false },
    };
    let entries: Vec<_> = buffers.bindings().iter().map(|(b, _)| entry(*b, kind(*b))).collect();
    device
        .create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: Some("pool"), entries: &entries })
}

fn bind(
    device: &wgpu::Device,
    layout: &wgpu::BindGroupLayout,
    dispatch_layout: &wgpu::BindGroupLayout,
    buffers: &Buffers,
) -> (wgpu::BindGroup, wgpu::BindGroup) {
    let make = |label, layout, bound: &[(u32, &wgpu::Buffer)]| {
        let entries: Vec<_> = bound
            .iter()
            .map(|(binding, buffer)| wgpu::BindGroupEntry {
                binding: *binding,
                resource: buffer.as_entire_binding(),
            })
            .collect();
        device.create_bind_group(&wgpu::BindGroupDescriptor { label: Some(label), layout, entries: &entries })
    };
    (make("pool", layout, &buffers.bindings()), make("dispatch", dispatch_layout, &[(0, &buffers.dispatch)]))
}

fn compile(
    device: &wgpu::Device,
    layout: &wgpu::BindGroupLayout,
    dispatch_layout: &wgpu::BindGroupLayout,
    stage: Stage,
    recipe: &Recipe,
) -> Vec<wgpu::ComputePipeline> {
    let mut text = source::stage(stage, recipe.variant);
    if let Some((original, broken)) = recipe.sabotage {
        text = text.replace(original, broken);
    }
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some(stage.name()),
        source: wgpu::ShaderSource::Wgsl(text.into()),
    });
    let groups = [Some(layout), Some(dispatch_layout)];
    let bound = if stage == Stage::List { &groups[..] } else { &groups[..1] };
    let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some(stage.name()),
        bind_group_layouts: bound,
        immediate_size: 0,
    });
    let workgroup = f64::from(recipe.workgroup);
    let channel = f64::from;
    let constants: Vec<Vec<(&str, f64)>> = match stage {
        Stage::List => vec![vec![("LEAF_WORKGROUP", workgroup)]],
        Stage::Environment => {
            let sweep =
                |(from, last)| vec![("WORKGROUP", workgroup), ("SWEEP_FROM", from), ("SWEEP_LAST", last)];
            [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0)].map(sweep).to_vec()
        }
        Stage::ScanBirths => {
            vec![vec![("CHANNEL_FIRST", channel(rank::BIRTHS)), ("CHANNEL_LAST", channel(rank::EMPTIES))]]
        }
        Stage::ScanFounders => {
            vec![vec![("CHANNEL_FIRST", channel(rank::FOUNDERS)), ("CHANNEL_LAST", channel(rank::FOUNDERS))]]
        }
        Stage::Control => vec![vec![]],
        Stage::Decide | Stage::Rank | Stage::Resolve | Stage::Write => vec![vec![("WORKGROUP", workgroup)]],
    };
    constants
        .iter()
        .map(|constants| {
            device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(stage.name()),
                layout: Some(&pipeline_layout),
                module: &module,
                entry_point: Some(source::file(stage).0),
                compilation_options: wgpu::PipelineCompilationOptions {
                    constants,
                    ..wgpu::PipelineCompilationOptions::default()
                },
                cache: None,
            })
        })
        .collect()
}
