// 64-bit thresholds, fixed-point products, multiples of counts. Twin: src/tissue/fixed.rs.

// Whether the draw (hi, lo) is below a threshold; all ones stands for certainty.
fn is_below(threshold: vec2<u32>, hi: u32, lo: u32) -> bool {
    let certain = threshold.x == 0xffffffffu && threshold.y == 0xffffffffu;
    return hi < threshold.x || (hi == threshold.x && (lo < threshold.y || certain));
}

// round_half_up(a * b / 2^32)
fn mul_round(a: u32, b: u32) -> u32 {
    let product = mul_wide(a, b);
    return product.x + (product.y >> 31u);
}

// The least count that is at least `count` times the decimal number at a place of the tables (32.128 fixed point, the lowest word
// first), saturating.
fn scale_count(count: u32, number: u32) -> u32 {
    var carry = 0u;
    var below = 0u;
    for (var at = 0u; at < DECIMAL_WORDS - 1u; at += 1u) {
        let product = mul_wide(count, tables[number + at]);
        let sum = product.y + carry;
        below |= sum;
        carry = product.x + select(0u, 1u, sum < carry);
    }
    let product = mul_wide(count, tables[number + DECIMAL_WORDS - 1u]);
    let whole = product.y + carry;
    let least = whole + select(0u, 1u, below != 0u);
    return select(least, 0xffffffffu, product.x != 0u || whole < carry || least < whole);
}

// Position of the n-th set bit of a mask, counted from 0 (at most 31).
fn nth_bit(mask: u32, n: u32) -> u32 {
    var left = mask;
    for (var i = 0u; i < min(n, 31u); i += 1u) {
        left &= left - 1u;
    }
    return firstTrailingBit(left);
}
