// High and low halves of the 64-bit product, for devices with 64-bit integers.
// Twin: mul_wide in src/tissue/random.rs.
fn mul_wide(a: u32, b: u32) -> vec2<u32> {
    let product = u64(a) * u64(b);
    return vec2<u32>(u32(product >> 32u), u32(product & 0xfffffffflu));
}
