//! Resolve: who has won, and how many clones each leaf founds. *Write* overwrites claims, so this has to
//! be known before. Twin: `shaders/resolve.wgsl`.

use std::sync::atomic::Ordering::Relaxed;

use super::births::Births;
use super::decide::mark_event;
use super::rank::add;
use crate::engine::pool::{BrickRun, NO_SITE, Pool, SiteEvent, rank};
use crate::tissue::shape::{GROUP_SHIFT, LEAF};
use crate::tissue::word;

/// The stage, for a run of bricks. What a leaf without events holds is of an earlier step and is not touched.
pub fn resolve(pool: &Pool, run: &mut BrickRun) {
    let Some(first) = run.events.first().copied() else {
        return;
    };
    for event in run.events.iter_mut().filter(|event| event.target != NO_SITE) {
        event.ahead = pool.sites[event.target as usize].load(Relaxed);
    }
    let mut births = Births::new(pool, first.brick());
    let mut at = Resolved { leaf: first.leaf(), ..Resolved::default() };
    for event in &mut run.events {
        if event.leaf() != at.leaf {
            if !births.record.holds(event.brick()) {
                births = Births::new(pool, event.brick());
            }
            at = Resolved { leaf: event.leaf(), ..Resolved::default() };
        }
        let new = resolve_event(&births, event, &mut at);
        if run.publishes {
            pool.winners(at.leaf).store(at.winners, Relaxed);
        } else if new > 0 {
            mark_event(pool, event);
        }
        if run.publishes || new > 0 {
            let counts = pool.leaf_counts(at.leaf).load(Relaxed) & !0xff;
            pool.leaf_counts(at.leaf).store(counts | at.founders, Relaxed);
        }
        if new > 0 {
            let brick = event.brick();
            let group = births.record.group_base + ((brick - births.record.brick_base) >> GROUP_SHIFT);
            let counts = pool.brick_counts(brick);
            counts.store(counts.load(Relaxed) + new, Relaxed);
            add(pool, rank::FOUNDERS, group, new);
        }
    }
}

/// What is known so far of the leaf of an event.
#[derive(Default)]
struct Resolved {
    leaf: u32,
    /// Sites whose cells have won, as a mask.
    winners: u32,
    /// Clones that its births found.
    founders: u32,
    divisions: u32,
}

/// Whether an event's cell has won; the clones that its birth founds.
#[inline(always)]
fn resolve_event(births: &Births, event: &mut SiteEvent, at: &mut Resolved) -> u32 {
    let action = word::action(event.word);
    let wins = match action {
        word::REPLACE => true,
        word::DIVIDE | word::MIGRATE => {
            event.target = births.won(event, at.divisions);
            event.target != NO_SITE
        }
        _ => return 0,
    };
    at.divisions += u32::from(action == word::DIVIDE);
    at.winners |= u32::from(wins) << (event.address & (LEAF - 1));
    if !wins || action == word::MIGRATE {
        return 0;
    }
    let code = births.switched(event.address, event.word);
    let new = births.mutate(event.address, code, action == word::DIVIDE).founders();
    event.founds = new > 0;
    at.founders += new;
    new
}
