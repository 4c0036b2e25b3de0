//! The engine: advances lesions step by step, on the CPU or on a GPU, with the same bits.

pub mod backend;
pub mod bench;
pub mod cpu;
pub mod gpu;
pub mod model;
pub mod pool;
pub mod stage;
pub mod tables;
pub mod workload;

pub use backend::{Backend, BackendInfo, CpuBackend, EngineError};
pub use model::Model;
pub use pool::{Inputs, LogEntry, Pool, PoolOptions};
pub use stage::Stage;
pub use tables::RateTables;
pub use workload::Workload;
