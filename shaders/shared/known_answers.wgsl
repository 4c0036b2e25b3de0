// Reads known answers on the device, so that tests can hold it to the published vectors and to the Rust twins: of
// every six input words in `tables` (counter, key), fourteen words into `journal`.
const ANSWER_WORDS: u32 = 14u;

@compute @workgroup_size(64)
fn known_answers(@builtin(global_invocation_id) id: vec3<u32>) {
    let at = id.x * 6u;
    if at + 6u > arrayLength(&tables) {
        return;
    }
    let counter = vec4<u32>(tables[at], tables[at + 1u], tables[at + 2u], tables[at + 3u]);
    let key = vec2<u32>(tables[at + 4u], tables[at + 5u]);
    let block = philox(counter, key);
    let product = mul_wide(counter.y, counter.z);
    let out = id.x * ANSWER_WORDS;
    journal[out] = block.x;
    journal[out + 1u] = block.y;
    journal[out + 2u] = block.z;
    journal[out + 3u] = block.w;
    journal[out + 4u] = key_mix(counter.x & KEY_MASK, block);
    journal[out + 5u] = key_claim(counter.x & KEY_MASK, block);
    journal[out + 6u] = product.x;
    journal[out + 7u] = product.y;
    journal[out + 8u] = mul_round(counter.y, counter.z);
    journal[out + 9u] = scale_count(counter.x, at + 1u);
    journal[out + 10u] = select(0u, 1u, is_below(counter.xy, key.x, key.y));
    journal[out + 11u] = nth_bit(counter.x | 1u, choose(counter.w, countOneBits(counter.x | 1u)));
    let matching = Matching(block, counter, block, ~block);
    let many = (counter.y >> 1u) + 1u;
    let few = counter.z % 300u + 1u;
    journal[out + 12u] = permute(matching, counter.x % many, many);
    journal[out + 13u] = permute(matching, counter.x % few, few);
}
