//! The GPU backend: WGSL compute shaders through wgpu.

mod adapter;
mod backend;
pub mod bindings;
mod buffers;
mod choice;
mod compiled;
mod declared;
mod device;
mod granted;
pub mod kernels;
mod lockstep;
mod measure;
pub mod packing;
mod pci;
mod pipelines;
mod quiet;
pub mod source;
mod vulkan;

pub use adapter::{AdapterReport, GpuOptions, adapters};
pub use backend::GpuBackend;
pub use choice::{all_chosen, chosen};
pub use device::{close_devices, devices_opened, probe};
pub use lockstep::{LockstepReport, Mismatch, lockstep, lockstep_with_sabotage};
pub use measure::{DeviceRates, measure};
pub use vulkan::VulkanFiles;
