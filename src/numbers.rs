//! What every room tells alike of numbers: how counts are written, how long a month and a year are.

/// Days in a mean year.
pub const DAYS_PER_YEAR: f64 = 365.25;
/// Days in a month: a twelfth of it.
pub const DAYS_PER_MONTH: f64 = DAYS_PER_YEAR / 12.0;

/// A count with thousands apart: `12,345`.
pub fn count_text(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
