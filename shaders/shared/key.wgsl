// Claim keys. Twin: src/tissue/key.rs.

fn key_salt(draws: Draws) -> vec4<u32> {
    return draw_block(draws, 0u, KEY, 0u);
}

fn key_mix(site: u32, salt: vec4<u32>) -> u32 {
    var x = (site ^ salt.x) & KEY_MASK;
    x = ((x ^ (x >> 16u)) * 0x7feb352du) & KEY_MASK;
    x = (x ^ (x >> 14u) ^ salt.y) & KEY_MASK;
    x = (x * 0x046ca68bu) & KEY_MASK;
    x = (x ^ (x >> 15u) ^ salt.z) & KEY_MASK;
    x = (x * 0x5f356495u) & KEY_MASK;
    return (x ^ (x >> 16u) ^ salt.w) & KEY_MASK;
}

fn key_claim(site: u32, salt: vec4<u32>) -> u32 {
    return ~key_mix(site, salt) & KEY_MASK;
}
