//! Exit codes: the one table of them, for help and for the documentation.

/// It failed, and would again.
pub const FAILED: u8 = 1;
/// The user's input is at fault.
pub const INPUT: u8 = 2;
/// A merge lacks patients, or has some of them twice.
pub const INCOMPLETE: u8 = 3;
/// It failed, and may well succeed when it is tried again: `EX_TEMPFAIL` of `sysexits.h`.
pub const TRY_AGAIN: u8 = 75;
/// What Rust programs end with after a panic.
pub const PANICKED: u8 = 101;

/// The exit code of what a signal stopped.
pub const fn of_signal(signal: usize) -> u8 {
    128 + signal as u8
}

/// The last lines of the table, which all commands that take long have in common.
macro_rules! later_codes {
    () => {
        "75  it failed, but may succeed when tried again: disk or memory full, GPU lost, folder in use\n  \
        129, 130, 143  stopped by SIGHUP, Ctrl-C or SIGTERM, after a checkpoint where there is one\n  \
        138, 140, 152  likewise by SIGUSR1, SIGUSR2 or SIGXCPU, as batch systems send them (Linux)"
    };
}
pub(super) use later_codes;

/// The whole table: a line for each code or codes, and what they mean after two spaces.
macro_rules! all_codes {
    () => {
        concat!(
            "0  done\n  \
            1  it failed, and would again\n  \
            2  the input is at fault: a file, a folder, or an option\n  \
            3  a merge lacks patients or rows, or has some of them twice\n  ",
            $crate::cli::codes::later_codes!(),
            "\n  101  the program is at fault: it panicked"
        )
    };
}
pub(super) use all_codes;

/// The table as Markdown.
pub fn exit_codes_markdown() -> String {
    let rows = all_codes!().lines().filter_map(|line| line.trim().split_once("  "));
    let rows = rows.map(|(codes, meaning)| format!("| {codes} | {meaning} |\n"));
    "| exit code | meaning |\n|---|---|\n".to_owned() + &rows.collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_every_code() {
        let table = exit_codes_markdown();
        let codes = |line: &str| -> Vec<u8> {
            let cell = line.split('|').nth(1).unwrap_or_default();
            cell.split(',').filter_map(|code| code.trim().parse().ok()).collect()
        };
        let all: Vec<u8> = table.lines().flat_map(codes).collect();
        let signals = [1, 2, 15, 10, 12, 24].map(of_signal);
        assert_eq!(all, [&[0, FAILED, INPUT, INCOMPLETE, TRY_AGAIN][..], &signals, &[PANICKED]].concat());
    }
}
