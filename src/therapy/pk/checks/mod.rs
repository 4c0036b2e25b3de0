//! Checks of pharmacokinetics against closed forms and published figures.

mod catalogued;
mod closed_forms;
mod course_rules;
mod depots;
mod everolimus;
mod infused;
mod population;
mod sorafenib;
mod sunitinib;
pub mod support;
mod timing;
mod ways;
