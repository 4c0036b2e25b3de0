//! The mean-field surrogate: a patient's tumour as numbers of cells by state, well mixed, for searches that would take too long on
//! lattices. Courses, charts and end points are those of the lattice.

mod walk;

pub use walk::{Tumour, walk};
