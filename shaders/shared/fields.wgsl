// Fields of the environment, and perfusion. Twin: src/engine/cpu/environment.rs.

fn field(plane: u32, voxel: u32) -> u32 {
    return fields[plane * config.voxels + voxel];
}

fn set_field(plane: u32, voxel: u32, value: u32) {
    fields[plane * config.voxels + voxel] = value;
}

// What a field holds in tissue without tumour cells.
fn free_of(plane: u32) -> u32 {
    if plane == FIELD_OXYGEN {
        return config.oxygen_free;
    }
    return select(ONE, ONE_VEGF, plane == FIELD_VEGF);
}

// Perfusion of a voxel relative to the patient's mean, 2.30 fixed point, at most just below 4.
fn perfusion(lesion: u32, voxel: u32) -> u32 {
    let density = mul_round(field(FIELD_BASE, voxel), field(FIELD_VESSELS, voxel));
    return mul_round(min(density, ONE - 1u) << 2u, lesions[lesion].inputs.flow);
}
