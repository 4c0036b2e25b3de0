//! Which measurement tells rival models apart, and in how many patients.
