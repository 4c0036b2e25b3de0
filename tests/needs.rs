//! All tests that need something of the machine beside the program: a GPU, a C compiler, Python, R, a browser, Slurm.
//!
//! Where it is missing they are reported as ignored, or as failed where a variable says that it must be there. `cargo test --test needs
//! parity::` runs those of `tests/parity.rs`.

#[path = "support/alone.rs"]
mod alone;
mod browser;
#[path = "support/chromium.rs"]
mod chromium;
mod cluster;
mod common;
mod examples;
mod known_answers;
mod lost_device;
mod parity;
mod pictures;
mod python_examples;
mod run_backends;
mod support;
mod warm_device;
#[path = "webgpu/main.rs"]
mod webgpu;

use libtest_mimic::{Arguments, Trial};

fn main() {
    let arguments = Arguments::from_args();
    // They are begun in this order: what takes long comes first, so that no core waits at the end.
    let trials: Vec<Trial> = [
        cluster::trials(),
        parity::trials(),
        lost_device::trials(),
        python_examples::trials(),
        examples::trials(),
        webgpu::trials(),
        browser::trials(),
        run_backends::trials(),
        warm_device::trials(),
        pictures::trials(),
        known_answers::trials(),
    ]
    .into_iter()
    .flatten()
    .collect();
    libtest_mimic::run(&arguments, trials).exit();
}
