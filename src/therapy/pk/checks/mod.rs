//! Checks of pharmacokinetics against closed forms and published figures.

pub mod support;
