// Counter-based random numbers: Philox4x32-10. Twin: src/tissue/random.rs.

struct Draws {
    lesion: u32,
    step: u32,
}

fn philox_round(c: vec4<u32>, key: vec2<u32>) -> vec4<u32> {
    let p0 = mul_wide(0xd2511f53u, c.x);
    let p1 = mul_wide(0xcd9e8d57u, c.z);
    return vec4<u32>(p1.x ^ c.y ^ key.x, p1.y, p0.x ^ c.w ^ key.y, p0.y);
}

fn philox(counter: vec4<u32>, key: vec2<u32>) -> vec4<u32> {
    let weyl = vec2<u32>(0x9e3779b9u, 0xbb67ae85u);
    var c = philox_round(counter, key);
    c = philox_round(c, key + weyl);
    c = philox_round(c, key + 2u * weyl);
    c = philox_round(c, key + 3u * weyl);
    c = philox_round(c, key + 4u * weyl);
    c = philox_round(c, key + 5u * weyl);
    c = philox_round(c, key + 6u * weyl);
    c = philox_round(c, key + 7u * weyl);
    c = philox_round(c, key + 8u * weyl);
    return philox_round(c, key + 9u * weyl);
}

fn draw_block(draws: Draws, site: u32, purpose: u32, draw: u32) -> vec4<u32> {
    let counter = vec4<u32>(site, draws.step, (purpose << 16u) | draw, draws.lesion);
    return philox(counter, vec2<u32>(config.seed_low, config.seed_high));
}

// A uniform choice among 0..n from one word.
fn choose(word: u32, n: u32) -> u32 {
    return mul_wide(word, n).x;
}
