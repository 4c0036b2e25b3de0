//! Therapy of one patient: what is given, and what becomes of it in the body.

pub mod pk;
