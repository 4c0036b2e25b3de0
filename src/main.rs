//! The program: see `evotor --help`, or [`evotor::cli`].

use std::process::ExitCode;

fn main() -> ExitCode {
    quiet_device_select();
    evotor::cli::main()
}

/// Without a desktop session, Mesa's device-select layer complains on standard error about a missing display each
/// time adapters are listed. The layer only reorders them, which makes no difference here, so it is left out.
#[expect(unsafe_code, reason = "the environment is changed before the first thread is started")]
fn quiet_device_select() {
    if std::env::var_os("XDG_RUNTIME_DIR").is_none() {
        // SAFETY: this is the first thing that the program does; no other thread exists.
        unsafe { std::env::set_var("NODEVICE_SELECT", "1") };
    }
}
