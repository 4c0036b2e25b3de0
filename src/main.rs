//! The program: see `evotor --help`, or [`evotor::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    evotor::cli::main()
}
