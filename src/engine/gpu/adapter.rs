//! Adapters: what there is, what it offers, and why one is refused.

use super::bindings;
use super::kernels::{MAX_GROUPS, Sizes};
use super::quiet::quietly;
use crate::engine::pool::LEAF_WORDS;
use crate::tissue::shape::{BRICK, LEAF, MAX_SITES};

/// How a GPU is chosen and used. None of it changes results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GpuOptions {
    /// Part of the adapter's name, its index, or its address as `pci:0000:41:00.0`; `None` takes the job's, or the first one of
    /// hardware.
    pub adapter: Option<String>,
    /// Invocations in a workgroup: a power of two from 32 to 256.
    pub workgroup: u32,
    /// Steps in a submission; `None` adapts them to about 50 ms.
    pub steps_per_submit: Option<u32>,
    /// Most sites in a storage slab (a power of two of at least 512); `None` takes what the device offers.
    pub slab_sites: Option<u32>,
    /// Most workgroups in a direction of a dispatch, at most what every device takes.
    pub max_groups: u32,
    /// Whether single steps are submitted kernel by kernel from the beginning, and not only once they take long.
    pub split_steps: bool,
    /// Whether a software adapter may be taken without being named.
    pub allow_software: bool,
}

impl Default for GpuOptions {
    fn default() -> Self {
        Self {
            adapter: None,
            workgroup: 64,
            steps_per_submit: None,
            slab_sites: None,
            max_groups: MAX_GROUPS,
            split_steps: false,
            allow_software: false,
        }
    }
}

impl AdapterReport {
    /// Bytes of the largest storage binding that a buffer can be.
    pub fn largest_binding(&self) -> u64 {
        self.binding_bytes.min(self.buffer_bytes)
    }

    /// `log2` of the sites of a slab, which may be asked to have fewer.
    pub(super) fn slab_shift(&self, most: Option<u32>) -> u32 {
        let offered = u32::try_from(self.largest_binding() / 4).unwrap_or(u32::MAX).min(1 << 30);
        most.unwrap_or(u32::MAX).min(offered).max(BRICK).ilog2()
    }

    /// Sites of the largest lattice for which it has room in its bindings, whatever fields and clones take.
    pub fn most_sites(&self) -> u64 {
        let slabs = u64::from(bindings::most_slabs(self.storage_buffers)) << self.slab_shift(None);
        let leaves = self.largest_binding() / (4 * u64::from(LEAF_WORDS)) * u64::from(LEAF);
        slabs.min(leaves).min(MAX_SITES)
    }
}

impl GpuOptions {
    pub(super) fn sizes(&self) -> Sizes {
        Sizes { workgroup: self.workgroup, max_groups: self.max_groups }
    }
}

/// What an adapter is and offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdapterReport {
    /// Position in the list of adapters.
    pub index: usize,
    /// Name.
    pub name: String,
    /// `discrete`, `integrated`, `virtual`, `cpu` or `other`.
    pub kind: &'static str,
    /// Graphics interface, as `vulkan`.
    pub backend: String,
    /// Address on the PCI bus, as `0000:41:00.0`; empty where it is not known.
    pub pci: String,
    /// Driver and its version.
    pub driver: String,
    /// Bytes of the largest storage binding.
    pub binding_bytes: u64,
    /// Bytes of the largest buffer.
    pub buffer_bytes: u64,
    /// Storage buffers that a shader may bind.
    pub storage_buffers: u32,
    /// Whether shaders have 64-bit integers (faster random numbers, the same bits).
    pub int64: bool,
    /// Why `auto` does not take it; `None` if it would.
    pub refused: Option<String>,
}

fn instance() -> wgpu::Instance {
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle_from_env();
    // Indirect dispatch sizes are computed by our own shader and never exceed the limits.
    descriptor.flags.remove(wgpu::InstanceFlags::VALIDATION_INDIRECT_CALL);
    wgpu::Instance::new(descriptor)
}

/// All adapters; none where the graphics library fails.
pub(super) fn enumerate() -> Vec<wgpu::Adapter> {
    quietly(|| pollster::block_on(instance().enumerate_adapters(wgpu::Backends::PRIMARY))).unwrap_or_default()
}

pub(super) fn report(index: usize, adapter: &wgpu::Adapter) -> AdapterReport {
    let (info, limits) = (adapter.get_info(), adapter.limits());
    let kind = match info.device_type {
        wgpu::DeviceType::DiscreteGpu => "discrete",
        wgpu::DeviceType::IntegratedGpu => "integrated",
        wgpu::DeviceType::VirtualGpu => "virtual",
        wgpu::DeviceType::Cpu => "cpu",
        wgpu::DeviceType::Other => "other",
    };
    let mut report = AdapterReport {
        index,
        name: info.name,
        kind,
        backend: info.backend.to_string(),
        pci: info.device_pci_bus_id,
        driver: format!("{} {}", info.driver, info.driver_info).trim().to_owned(),
        binding_bytes: limits.max_storage_buffer_binding_size,
        buffer_bytes: limits.max_buffer_size,
        storage_buffers: limits
            .max_storage_buffers_per_shader_stage
            .min(limits.max_buffers_and_acceleration_structures_per_shader_stage.saturating_sub(1)),
        int64: adapter.features().contains(wgpu::Features::SHADER_INT64),
        refused: None,
    };
    report.refused = lacking(&report, &limits).or_else(|| {
        (kind == "cpu").then(|| {
            "a software adapter: the CPU backend is faster and gives the same bits; name it to use it"
                .to_owned()
        })
    });
    report
}

/// What an adapter lacks that every run needs.
pub(super) fn lacking(report: &AdapterReport, limits: &wgpu::Limits) -> Option<String> {
    let least = bindings::storage_buffers(1);
    if report.storage_buffers < least {
        return Some(format!(
            "offers {} storage buffers a shader, {least} are needed",
            report.storage_buffers
        ));
    }
    if limits.max_compute_invocations_per_workgroup < 256 || limits.max_compute_workgroup_size_x < 256 {
        return Some("offers fewer than 256 invocations a workgroup".to_owned());
    }
    None
}

/// All adapters of this machine, in the order of their indices.
pub fn adapters() -> Vec<AdapterReport> {
    enumerate().iter().enumerate().map(|(i, a)| report(i, a)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_adapter_with_fewer_buffers_than_a_stage_needs_is_refused() {
        let report = |storage_buffers| AdapterReport {
            index: 0,
            name: "Old".to_owned(),
            kind: "discrete",
            backend: "Vulkan".to_owned(),
            pci: String::new(),
            driver: String::new(),
            binding_bytes: 1 << 30,
            buffer_bytes: 1 << 30,
            storage_buffers,
            int64: false,
            refused: None,
        };
        let limits = wgpu::Limits::default();
        assert_eq!(lacking(&report(8), &limits), None);
        let why = lacking(&report(7), &limits).unwrap();
        assert_eq!(why, "offers 7 storage buffers a shader, 8 are needed");
        let narrow = wgpu::Limits { max_compute_invocations_per_workgroup: 128, ..limits };
        assert!(lacking(&report(8), &narrow).unwrap().contains("256 invocations"));
    }
}
