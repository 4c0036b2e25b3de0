//! What *resolve* and *write* both need to know of a birth: whether it happens, where the daughter goes,
//! and how the daughters mutate. Twin: `shaders/shared/births.wgsl`.

use super::decide::row;
use super::placement;
use crate::engine::model::PlacementRule;
use crate::engine::pool::{LesionRecord, NO_SITE, Pool, SiteEvent, rank};
use crate::tissue::key;
use crate::tissue::matching::Matching;
use crate::tissue::random::{Draws, Purpose};
use crate::tissue::shape::BRICK_SHIFT;
use crate::tissue::word;

/// The sites of one lesion in *resolve* and *write*.
pub struct Births<'a> {
    /// The pool.
    pub pool: &'a Pool,
    /// The lesion.
    pub record: &'a LesionRecord,
    /// Its generator in this step.
    pub draws: Draws,
    /// Its rate table.
    pub table: u32,
    /// With mixed placement: which birth takes which empty site.
    matching: Option<Matching>,
}

/// State codes after a birth, where they changed by mutation.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mutated {
    /// At the mother's site.
    pub mother: Option<u32>,
    /// At the placed daughter's site.
    pub daughter: Option<u32>,
}

impl Mutated {
    /// Clones founded.
    pub fn founders(&self) -> u32 {
        u32::from(self.mother.is_some()) + u32::from(self.daughter.is_some())
    }
}

impl<'a> Births<'a> {
    /// What the sites of a brick's lesion share.
    pub fn new(pool: &'a Pool, brick: u32) -> Self {
        let record = pool.record_of(brick);
        let draws = Draws::new(pool.model.seed, record.id, record.step);
        let table = record.table();
        let matching = (pool.model.placement == PlacementRule::Mixed).then(|| Matching::new(&draws));
        Self { pool, record, draws, table, matching }
    }

    /// The site within the lesion of an address.
    pub fn site(&self, address: u32) -> u32 {
        address - (self.record.brick_base << BRICK_SHIFT)
    }

    /// The address that a dividing or migrating cell wants; [`NO_SITE`] if none of the empty ones is a mixed birth's.
    ///
    /// `births_before` is the number of mixed births before it within its leaf.
    #[inline(always)]
    fn wanted(&self, event: &SiteEvent, births_before: u32) -> u32 {
        let Some(matching) = &self.matching else {
            return event.target;
        };
        let birth =
            placement::rank_before(self.pool, self.record, rank::BIRTHS, event.leaf()) + births_before;
        let (births, empties) = (self.record.births, self.record.empties);
        let n = matching.permute(birth, births.max(empties));
        if n >= empties {
            return NO_SITE;
        }
        placement::nth_empty(self.pool, self.record, n) + (self.record.brick_base << BRICK_SHIFT)
    }

    /// The address that a dividing or migrating cell has won; [`NO_SITE`] if it has lost.
    #[inline(always)]
    pub fn won(&self, event: &SiteEvent, births_before: u32) -> u32 {
        let target = self.wanted(event, births_before);
        if self.matching.is_some() {
            return target;
        }
        let claim = key::claim(self.site(event.address), self.record.salt);
        if event.ahead == claim { target } else { NO_SITE }
    }

    /// The state code of a live cell after its switching move.
    #[inline(always)]
    pub fn switched(&self, address: u32, now: u32) -> u32 {
        let moved = word::moved(now);
        if moved == 0 {
            return word::code(now);
        }
        let (first, _) = row(self.pool, self.table, address, word::code(now)).switches;
        self.pool.tables.outcomes[(first + moved - 1) as usize].code
    }

    /// Mutation of the daughters of a mother with state `code`.
    pub fn mutate(&self, address: u32, code: u32, placed: bool) -> Mutated {
        let list = row(self.pool, self.table, address, code).mutations;
        if list.1 == 0 {
            return Mutated::default();
        }
        let tables = &self.pool.tables;
        let draw = self.draws.block(self.site(address), Purpose::Mutation, 0);
        let pick = |hi, lo| tables.pick(list, hi, lo).map(|i| tables.outcomes[(list.0 + i) as usize].code);
        let last = tables.outcomes[(list.0 + list.1 - 1) as usize].hi;
        Mutated {
            mother: if draw[0] <= last { pick(draw[0], draw[1]) } else { None },
            daughter: if placed && draw[2] <= last { pick(draw[2], draw[3]) } else { None },
        }
    }
}
