//! evotor: evolution of neuroendocrine tumours under mTOR inhibition.

pub mod scenario;
