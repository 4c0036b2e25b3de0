//! What the CPU's stages hand on to each other within a step, beside the arrays that both backends have.

use std::ops::Range;

use crate::tissue::shape::{BRICK_SHIFT, LEAF_SHIFT};

/// No site: none was found, or the claim on it was lost.
pub const NO_SITE: u32 = u32::MAX;

/// A site where something happens in this step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SiteEvent {
    /// Its address.
    pub address: u32,
    /// Its word, with the intent.
    pub word: u32,
    /// Address of the site that a dividing or migrating cell wants; after *resolve* [`NO_SITE`] if it has lost.
    pub target: u32,
    /// What was read ahead, so that the waits for memory overlap: in *resolve* the claim at the target, in *write* the
    /// cell's clone.
    pub ahead: u32,
    /// Whether its birth founds a clone, known from *resolve* on.
    pub founds: bool,
}

impl SiteEvent {
    /// The leaf of its site.
    pub const fn leaf(&self) -> u32 {
        self.address >> LEAF_SHIFT
    }

    /// The brick of its site.
    pub const fn brick(&self) -> u32 {
        self.address >> BRICK_SHIFT
    }
}

/// A site whose random words are low enough for an event in some state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SiteHit {
    /// Its address.
    pub address: u32,
    /// Its fate word.
    pub fate: u32,
    /// Its switching word; of no meaning where nothing switches.
    pub switch: u32,
    /// Its word, once it was read.
    pub now: u32,
}

/// A run of active bricks, which one thread at a time takes through a stage.
///
/// While a stage runs, what lies in the bricks that a run owns is changed by that run alone, with plain loads and stores; what it
/// has for others waits in `beyond` until all runs are through.
#[derive(Debug, Default)]
pub struct BrickRun {
    /// Number of its bricks.
    pub size: usize,
    /// Bricks that are its own.
    pub own: Range<u32>,
    /// Whether intents, events and winners are written into the arrays, where shaders have them. Without it an event of a
    /// cell that stays as it is touches nothing.
    pub publishes: bool,
    /// What happens in its bricks, in site order.
    pub events: Vec<SiteEvent>,
    /// Address and claim of sites that are claimed; in *write* those of others where cells arrive.
    pub beyond: Vec<(u32, u32)>,
    /// Where something may happen.
    pub hits: Vec<SiteHit>,
    /// Changes of a census stripe.
    pub census: Vec<u32>,
}

impl BrickRun {
    /// Whether an address is in its own bricks.
    #[inline(always)]
    pub fn owns(&self, address: u32) -> bool {
        self.own.contains(&(address >> BRICK_SHIFT))
    }
}
