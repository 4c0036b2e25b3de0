//! The cells of a lattice, brick by brick: memory and time follow the cells, not the lattice.

use super::shape::{BRICK, BRICK_SHIFT, BRICK_VOXELS, Shape};
use super::word;

/// Words of a brick's sites.
const SITES: usize = BRICK as usize;
/// Words of a brick's field.
const VOXELS: usize = BRICK_VOXELS as usize;

/// The bricks of a lattice in which cells were ever put, in ascending order. Everything else is empty tissue, and
/// wall beyond the lattice's edge.
#[derive(Debug, Clone)]
pub struct Bricks {
    /// One more than the place of a brick in the lists below, 0 for a brick that is not there.
    place_of: Vec<u32>,
    numbers: Vec<u32>,
    sites: Vec<u32>,
    clones: Vec<u32>,
    fields: Vec<u32>,
    /// What each field of the environment holds in tissue without cells.
    free: Vec<u32>,
}

/// A brick that holds cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Brick<'a> {
    /// Its number.
    pub number: u32,
    /// The words of its sites.
    pub sites: &'a [u32],
    /// The clones of its sites.
    pub clones: &'a [u32],
    /// Its fields, one after the other, a value per voxel.
    pub fields: &'a [u32],
}

impl Brick<'_> {
    /// Whether there is a live or dead cell.
    pub fn holds_cells(&self) -> bool {
        self.sites.iter().any(|w| word::is_cell(*w))
    }
}

impl Bricks {
    /// Those of an empty lattice of this many bricks.
    pub fn none(count: u32) -> Self {
        Self {
            place_of: vec![0; count as usize],
            numbers: Vec::new(),
            sites: Vec::new(),
            clones: Vec::new(),
            fields: Vec::new(),
            free: Vec::new(),
        }
    }

    /// What each field holds in tissue without cells; their number is that of the fields.
    pub fn free(&self) -> &[u32] {
        &self.free
    }

    /// Bricks that hold a live or dead cell, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = Brick<'_>> {
        (0..self.numbers.len()).map(|place| self.at(place)).filter(Brick::holds_cells)
    }

    fn at(&self, place: usize) -> Brick<'_> {
        let (sites, fields) = (place * SITES..(place + 1) * SITES, VOXELS * self.free.len());
        Brick {
            number: self.numbers[place],
            sites: &self.sites[sites.clone()],
            clones: &self.clones[sites],
            fields: &self.fields[place * fields..(place + 1) * fields],
        }
    }

    /// Site, word and clone of every site of these bricks, in ascending order, to be changed.
    pub fn sites_mut(&mut self) -> impl Iterator<Item = (u32, &mut u32, &mut u32)> {
        let sites = self.numbers.iter().flat_map(|brick| brick << BRICK_SHIFT..(brick + 1) << BRICK_SHIFT);
        sites.zip(&mut self.sites).zip(&mut self.clones).map(|((site, word), clone)| (site, word, clone))
    }

    /// The index of a site's word, if its brick is there.
    fn index(&self, site: u32) -> Option<usize> {
        let place = self.place_of[(site >> BRICK_SHIFT) as usize].checked_sub(1)?;
        Some(place as usize * SITES + (site % BRICK) as usize)
    }

    /// The word of a site.
    pub fn word(&self, shape: &Shape, site: u32) -> u32 {
        match self.index(site) {
            Some(index) => self.sites[index],
            None if shape.contains(shape.position(site)) => word::EMPTY,
            None => word::wall(),
        }
    }

    /// The clone of a site's cell; 0 where there is none.
    pub fn clone_of(&self, site: u32) -> u32 {
        self.index(site).map_or(0, |index| self.clones[index])
    }

    /// Puts a word and a clone at a site.
    pub fn put(&mut self, shape: &Shape, site: u32, word: u32, clone: u32) {
        let place = self.open(shape, site >> BRICK_SHIFT);
        let index = place * SITES + (site % BRICK) as usize;
        (self.sites[index], self.clones[index]) = (word, clone);
    }

    /// Puts a whole brick in place, in the layout of [`Brick`].
    pub fn put_brick(&mut self, shape: &Shape, brick: Brick<'_>) {
        let place = self.open(shape, brick.number);
        let fields = VOXELS * self.free.len();
        self.sites[place * SITES..][..SITES].copy_from_slice(brick.sites);
        self.clones[place * SITES..][..SITES].copy_from_slice(brick.clones);
        self.fields[place * fields..][..fields].copy_from_slice(brick.fields);
    }

    /// The place of a brick, which is made where it is not there yet. In ascending order that costs no moves.
    fn open(&mut self, shape: &Shape, number: u32) -> usize {
        let known = self.place_of[number as usize];
        if known > 0 {
            return known as usize - 1;
        }
        let place = self.numbers.partition_point(|n| *n < number);
        self.numbers.insert(place, number);
        for (later, number) in (place..).zip(&self.numbers[place..]) {
            self.place_of[*number as usize] = later as u32 + 1;
        }
        let at = place * SITES;
        self.sites.splice(at..at, blank(shape, number));
        self.clones.splice(at..at, std::iter::repeat_n(0, SITES));
        let at = place * VOXELS * self.free.len();
        self.fields.splice(at..at, self.free.iter().flat_map(|free| [*free; VOXELS]));
        place
    }

    /// The value of a field in a voxel.
    pub fn field(&self, field: usize, voxel: usize) -> u32 {
        self.field_index(field, voxel).map_or(self.free[field], |index| self.fields[index])
    }

    /// Sets the value of a field in a voxel of a brick that is there.
    pub fn set_field(&mut self, field: usize, voxel: usize, value: u32) {
        if let Some(index) = self.field_index(field, voxel) {
            self.fields[index] = value;
        }
    }

    fn field_index(&self, field: usize, voxel: usize) -> Option<usize> {
        let place = self.place_of[voxel / VOXELS].checked_sub(1)? as usize;
        Some((place * self.free.len() + field) * VOXELS + voxel % VOXELS)
    }

    /// Gives the bricks these fields: those that there are already stay as they are, further ones are those of free
    /// tissue, others go.
    pub fn set_free(&mut self, free: &[u32]) {
        let kept = self.free.len().min(free.len());
        let value = |place: usize, field: usize| {
            let old = (place * self.free.len() + field) * VOXELS;
            if field < kept { self.fields[old..old + VOXELS].to_vec() } else { vec![free[field]; VOXELS] }
        };
        let places = 0..self.numbers.len();
        self.fields =
            places.flat_map(|place| (0..free.len()).flat_map(move |field| value(place, field))).collect();
        self.free = free.to_vec();
    }
}

/// The words of a brick without cells.
fn blank(shape: &Shape, number: u32) -> impl Iterator<Item = u32> {
    let is_cut = shape.is_cut(number);
    (number << BRICK_SHIFT..(number + 1) << BRICK_SHIFT).map(move |site| {
        if is_cut && !shape.contains(shape.position(site)) { word::wall() } else { word::EMPTY }
    })
}

/// Equal where the same cells are in the same environment: bricks that were emptied do not count.
impl PartialEq for Bricks {
    fn eq(&self, other: &Self) -> bool {
        self.free == other.free && self.iter().eq(other.iter())
    }
}

impl Eq for Bricks {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bricks_are_in_ascending_order_whoever_came_first() {
        let shape = Shape::new(3, [20, 20, 20], false);
        let mut bricks = Bricks::none(shape.brick_count());
        bricks.set_free(&[7, 9]);
        for (i, site) in [9000, 3, 5000, 13_000, 4].into_iter().enumerate() {
            bricks.put(&shape, site, word::live(i as u32), i as u32);
            bricks.set_field(1, site as usize / 64, 100 + i as u32);
        }
        let cells: Vec<_> = bricks
            .sites_mut()
            .filter(|(_, w, _)| word::is_cell(**w))
            .map(|(s, _, clone)| (s, *clone))
            .collect();
        assert_eq!(cells, [(3, 1), (4, 4), (5000, 2), (9000, 0), (13_000, 3)]);
        assert!(bricks.iter().map(|b| b.number).eq([0, 9, 17, 25]));
        assert_eq!([9000 / 64, 5000 / 64, 0, 1].map(|voxel| bricks.field(1, voxel)), [100, 102, 104, 9]);
        assert_eq!([0, 1, 200].map(|voxel| bricks.field(0, voxel)), [7; 3]);
    }

    #[test]
    fn what_is_not_there_is_empty_tissue_or_wall() {
        let shape = Shape::new(3, [20, 9, 8], false);
        let mut bricks = Bricks::none(shape.brick_count());
        for filled in [false, true] {
            for site in 0..shape.padded_sites() as u32 {
                let expected = if shape.contains(shape.position(site)) { word::EMPTY } else { word::wall() };
                assert_eq!(bricks.word(&shape, site), expected, "{site}");
            }
            if !filled {
                for brick in 0..shape.brick_count() {
                    bricks.put(&shape, brick << BRICK_SHIFT, word::EMPTY, 0);
                }
            }
        }
        assert_eq!(bricks, Bricks::none(shape.brick_count()));
    }

    #[test]
    fn further_fields_are_free_and_others_go() {
        let shape = Shape::new(2, [64, 32, 1], false);
        let mut bricks = Bricks::none(shape.brick_count());
        bricks.put(&shape, 600, word::live(0), 0);
        bricks.set_free(&[5]);
        bricks.set_field(0, 9, 6);
        bricks.set_free(&[5, 8]);
        assert_eq!((bricks.field(0, 9), bricks.field(0, 10), bricks.field(1, 9)), (6, 5, 8));
        bricks.set_free(&[]);
        assert!(bricks.free().is_empty() && bricks.iter().all(|b| b.fields.is_empty()));
    }
}
