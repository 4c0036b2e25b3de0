// How many random blocks the device makes: every invocation makes 64 and keeps their sum.
#import shared/mul_wide
#import shared/random
#import shared/shape
#import shared/declared
#import shared/pool

@compute @workgroup_size(WORKGROUP)
fn measure(@builtin(global_invocation_id) id: vec3<u32>, @builtin(num_workgroups) counts: vec3<u32>) {
    let index = folded(id, counts);
    var sum = vec4<u32>(0u, 0u, 0u, 0u);
    for (var i = 0u; i < 64u; i += 1u) {
        sum ^= draw_block(Draws(1u, 2u), index * 64u + i, FATE, 0u);
    }
    if index < arrayLength(&journal) {
        journal[index] = sum.x ^ sum.y ^ sum.z ^ sum.w;
    }
}
