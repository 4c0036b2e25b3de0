//! The engine held to theory: in phenotype mode `rates`, what is simulated is a process whose laws are known.
//!
//! Every check states its formula and source, and a bound that a correct engine breaks with a probability
//! below [`bounds::ALARM`] (over the choice of the seed; at the seeds written here the outcome is fixed).
//! Formulas are those of the discrete-time process at the scenario's step: at most one event a step, decided
//! on the state at its start, each with its expected number in continuous time as its probability. Each check is a function that returns what is wrong,
//! and is shown to fail when the thing that it checks is broken on purpose.

mod bounds;
mod branching;
mod claims;
mod ensemble;
mod events;
mod fixation;
mod fronts;
mod matching;
mod oxygen;
mod passages;
mod resistance;
mod vessels;
