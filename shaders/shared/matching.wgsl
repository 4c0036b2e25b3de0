// Which birth takes which empty site where space does not matter. Twin: src/tissue/matching.rs.

struct Matching {
    a: vec4<u32>,
    b: vec4<u32>,
    c: vec4<u32>,
    d: vec4<u32>,
}

fn matching_of(draws: Draws) -> Matching {
    return Matching(
        draw_block(draws, 0u, MATCHING, 0u),
        draw_block(draws, 0u, MATCHING, 1u),
        draw_block(draws, 0u, MATCHING, 2u),
        draw_block(draws, 0u, MATCHING, 3u),
    );
}

// What a number below `size` (1 to 2^31) becomes under the bijection of the numbers below `size`.
fn permute(matching: Matching, number: u32, size: u32) -> u32 {
    // Of size 1 the position of the highest bit is -1, so that there are 0 bits.
    let bits = max(firstLeadingBit(size - 1u) + 1u, MIN_BITS);
    let mask = (1u << (bits & 31u)) - 1u;
    let shift = (bits + 1u) / 2u;
    var x = number;
    for (var i = size; i <= mask + 1u; i += 1u) {
        x = shuffle(matching, x, mask, shift);
        if x < size {
            break;
        }
    }
    return x;
}

fn shuffle(matching: Matching, number: u32, mask: u32, shift: u32) -> u32 {
    let x = shuffle_twice(number, matching.a, mask, shift);
    let y = shuffle_twice(x, matching.b, mask, shift);
    let z = shuffle_twice(y, matching.c, mask, shift);
    return shuffle_twice(z, matching.d, mask, shift);
}

fn shuffle_twice(x: u32, key: vec4<u32>, mask: u32, shift: u32) -> u32 {
    return shuffle_round(shuffle_round(x, key.xy, mask, shift), key.zw, mask, shift);
}

fn shuffle_round(number: u32, key: vec2<u32>, mask: u32, shift: u32) -> u32 {
    let x = ((number ^ key.x) * (key.y | 1u)) & mask;
    return x ^ (x >> (shift & 31u));
}
