//! The signalling network against experiments.
//!
//! `checks` are the qualitative checks Q1 to Q16 that any such network must pass, `facts` the preclinical
//! facts P01 to P12 of the founding review (Front Endocrinol 2020;11:562505); each says what was seen and
//! where. `cells` is the table of states against drugs, cell by cell, with every mechanism R01 to R20 of that review; `blood` what a patient
//! adds to a dish. `shifts` compares how resistant each state comes out with what experiments suggest. Checks that
//! do not hold are *known defects*: they alarm when they start to hold.

mod bench;
mod blood;
mod cells;
mod checks;
mod facts;
mod monotone;
mod shifts;
mod speed;
