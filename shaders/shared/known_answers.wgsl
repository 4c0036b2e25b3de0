// Reads known answers on the device, so that tests can hold it to the published vectors: of every six
// input words in `tables` (counter, key) the Philox block into `journal`, and of the first counter word the
// claim key and a rounded product.
@compute @workgroup_size(64)
fn known_answers(@builtin(global_invocation_id) id: vec3<u32>) {
    let at = id.x * 6u;
    if at + 6u > arrayLength(&tables) {
        return;
    }
    let counter = vec4<u32>(tables[at], tables[at + 1u], tables[at + 2u], tables[at + 3u]);
    let block = philox(counter, vec2<u32>(tables[at + 4u], tables[at + 5u]));
    let out = id.x * 6u;
    journal[out] = block.x;
    journal[out + 1u] = block.y;
    journal[out + 2u] = block.z;
    journal[out + 3u] = block.w;
    journal[out + 4u] = key_mix(counter.x & KEY_MASK, block);
    journal[out + 5u] = mul_round(counter.y, counter.z);
}
