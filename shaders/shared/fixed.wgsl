// 64-bit thresholds and fixed-point products. Twin: src/tissue/fixed.rs.

// Whether the draw (hi, lo) is below a threshold; all ones stands for certainty.
fn exceeds(threshold: vec2<u32>, hi: u32, lo: u32) -> bool {
    let certain = threshold.x == 0xffffffffu && threshold.y == 0xffffffffu;
    return hi < threshold.x || (hi == threshold.x && (lo < threshold.y || certain));
}

// round_half_up(a * b / 2^32)
fn mul_round(a: u32, b: u32) -> u32 {
    let product = mul_wide(a, b);
    return product.x + (product.y >> 31u);
}

// floor(count * fraction / 2^16) for a 16.16 fraction, saturating.
fn scale_count(count: u32, fraction: u32) -> u32 {
    let product = mul_wide(count, fraction);
    if (product.x >> 16u) != 0u {
        return 0xffffffffu;
    }
    return (product.x << 16u) | (product.y >> 16u);
}

// Position of the n-th set bit of a mask, counted from 0.
fn nth_bit(mask: u32, n: u32) -> u32 {
    var left = mask;
    for (var i = 0u; i < n; i += 1u) {
        left &= left - 1u;
    }
    return firstTrailingBit(left);
}
