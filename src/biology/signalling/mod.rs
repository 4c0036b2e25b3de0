//! The signalling network: growth, death and secretion of a cell from its state, its drugs and its oxygen.
//!
//! A compact steady-state model of the PI3K–AKT–mTOR and RAS–RAF–MEK–ERK pathways. Kinases settle in
//! minutes, the slowest feedbacks (IRS-1, receptors) within a day or two, a step of the model is 6 h to a
//! day, and exposure changes from day to day: so a cell is always at the steady state of its surroundings.
//! There is exactly one, see [`feedback`].
//!
//! ```text
//! receptors  = 0.5 · ligand · (0.7 + 0.3·IGF-1 + 1.6·rtk) · (1 + 0.3·(1 − S6K/0.45)₊) · what inhibitors leave
//! IRS-1      = (1 − 0.80·S6K) · irs · (0.9 + 0.1·insulin)
//! PI3K       = h(receptors·IRS-1 + 0.25·kras; 0.35, 1.5) · pik3ca · (1 − I)
//! PIP3       = PI3K / (PI3K + 0.5·pten)                       T308 = h(PIP3; 0.4, 2)
//! mTORC2     = (0.1 + 0.9·PIP3) · (1 − I_kinase)(1 − I_bivalent)(1 − 0.05·I_rapalog)
//! S473       = h(mTORC2; 0.5·phlpp2, 2)                      AKT  = T308·(0.35 + 0.65·S473)
//! RAS        = h(receptors·(1 − 0.35·S6K) + 1.2·kras; 0.45, 1.5)
//! RAF        = RAS / (1 + 2·MEK)                           MEK = RAF·(1 − I_raf)(1 − I_mek)
//! ERK        = h(MEK·(1 − 0.30·SSTR); 0.29, 2)
//! TSC        = tsc / (1 + (AKT/0.30)² + (ERK/0.6)²)           Rheb = 1 − 0.85·TSC
//! mTORC1     = Rheb · gain · (1 − 0.5·hypoxia)
//! S6K        = h(mTORC1·(1 − I_rapalog·(1 − 0.05/gain))(1 − I_kinase)(1 − I_bivalent); 0.45, 2)         gain at least 1
//! p4E-BP1    = h(mTORC1·(1 − I_rapalog·(1 − 0.55/gain))(1 − I_kinase)(1 − I_bivalent); 0.40, 2)
//! eIF4E      = h(p4E-BP1·eif_ratio·(1 + aurka·(1 − I_aurora)); 0.5, 2.5)
//! growth     = (0.45·eIF4E + 0.30·S6K + 0.15·ERK + 0.10·AKT) / the same of the untreated sensitive cell
//! ```
//!
//! with `h(x; K, n) = xⁿ/(Kⁿ + xⁿ)`. Numbers are the standard values of [`Parameters`], where each has its
//! source; small words are the [inputs](crate::catalogue::NetworkInput) that loci set. Cells whose own RAS is higher than the
//! sensitive cell's weigh growth as 0.30, 0.10, 0.40, 0.20 the more the higher it is; cells whose own mTORC1 is higher
//! depend on its output beyond that weight, unless RAS drives them. Beside the loop, AKT restrains GSK3, FOXO and BAD; BAD is
//! silenced by AKT or ERK, and deaths rise only where both are lost.
//!
//! # What it does not show
//!
//! - **The first hours.** T308 falls at once under an ATP-site inhibitor and comes back within hours to days
//!   (Cancer Discov 2011;1:248). The steady state has it back. [`Network::first_hours`] gives the
//!   state before feedback, for comparison with a laboratory; the model's steps are too long to see it.
//! - **An inhibitor of receptors helped by a rapalog in cells with upregulated receptors.** There the rapalog relieves S6K's hold on
//!   receptors, IRS-1 and RAS, and with growth leaning on ERK and AKT the two together come out a little
//!   weaker than the receptor inhibitor alone. Whether cells do this is not known; a test holds the
//!   sizes, so that a change is seen.

pub mod feedback;
mod growth;
mod hill;
mod inhibition;
mod inputs;
mod parameters;
mod steady;

pub use growth::PreparedCell;
pub(crate) use hill::Hill;
pub use inhibition::{Inhibition, NODES};
pub use inputs::CellInputs;
pub use parameters::{Constant, ParameterError, Parameters};
pub use steady::{Network, SteadyState, meaning, solve};

#[cfg(test)]
mod tests;
