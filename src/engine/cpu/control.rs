//! Control: closes the step of a lesion. At checks it counts, logs, and applies the integer rules: drug
//! schedules, adaptive therapy, progression, halting. Twin: `shaders/control.wgsl`.

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use crate::engine::model::{DrugRule, Model, NEVER, SHARE_PARTS, TargetRule};
use crate::engine::pool::{CENSUS_DEAD, CENSUS_HEAD, LOG_HEAD, LesionRecord, LogHead, Pool};
use crate::tissue::fixed::scale_count;
use crate::tissue::key;
use crate::tissue::lesion::{COUNTERS, Control, status};
use crate::tissue::random::{Draws, mul_wide};

/// The stage, for all lesions.
pub fn control(pool: &mut Pool) {
    let (census_stride, log_stride) = (pool.census_stride(), pool.log_stride());
    for record in &mut pool.lesions {
        if !record.runs() {
            continue;
        }
        close_step(&pool.model, record);
        if record.step.is_multiple_of(pool.model.stop.check) {
            check(&pool.model, record, &pool.census, &mut pool.log, census_stride, log_stride);
        } else {
            if record.step.is_multiple_of(record.fold) {
                collect(record, &pool.census, census_stride);
            }
            schedule(&pool.model, record);
        }
        if !record.runs() {
            pool.dirty.store(1, Relaxed);
        }
    }
}

fn close_step(model: &Model, record: &mut LesionRecord) {
    record.step += 1;
    record.salt = key::salt(&Draws::new(model.seed, record.id, record.step));
    record.clone_count += record.founders;
    record.founders = 0;
    record.redo = 0;
}

/// The census, the rules and the log entry of a check.
pub fn check(
    model: &Model,
    record: &mut LesionRecord,
    census: &[AtomicU32],
    log: &mut [u32],
    census_stride: u32,
    log_stride: u32,
) {
    let first = record.log_base + record.log_length * log_stride;
    let entry = &mut log[first as usize..][..log_stride as usize];
    let live = gather(record, census, &mut entry[LOG_HEAD as usize..], census_stride);
    let dead = sum(record, census, CENSUS_DEAD, census_stride);
    collect(record, census, census_stride);
    let drugs_on = record.control.drugs_on;
    let met = targets_met(model, &entry[LOG_HEAD as usize..], live);
    judge(model, record, live, met);
    schedule(model, record);
    let head = LogHead {
        step: record.step,
        drugs_on,
        table: record.control.table,
        status: record.control.status,
        progressed: record.control.progressed,
        live,
        dead,
        targets: met,
        counters: record.counters,
    };
    entry[..LOG_HEAD as usize].copy_from_slice(bytemuck::cast_slice(&[head]));
    record.log_length += 1;
}

/// Sums a census word over the stripes.
fn sum(record: &LesionRecord, census: &[AtomicU32], index: u32, stride: u32) -> u32 {
    (0..=record.stripe_mask).fold(0u32, |total, stripe| {
        let at = record.census_base + stripe * stride + index;
        total.wrapping_add(census[at as usize].load(Relaxed))
    })
}

/// Live cells per row into `by_row`; their total.
fn gather(record: &LesionRecord, census: &[AtomicU32], by_row: &mut [u32], stride: u32) -> u32 {
    let mut live = 0;
    for (row, cells) in by_row.iter_mut().enumerate() {
        *cells = sum(record, census, CENSUS_HEAD + row as u32, stride);
        live += *cells;
    }
    live
}

/// Moves the event counts of the stripes into the lesion's 64-bit counters, often enough for their sum to have 32 bits.
fn collect(record: &mut LesionRecord, census: &[AtomicU32], stride: u32) {
    for counter in 0..COUNTERS as u32 {
        let mut new = 0;
        for stripe in 0..=record.stripe_mask {
            let at = record.census_base + stripe * stride + counter;
            new += census[at as usize].swap(0, Relaxed);
        }
        let at = 2 * counter as usize;
        let low = record.counters[at].wrapping_add(new);
        record.counters[at + 1] += u32::from(low < new);
        record.counters[at] = low;
    }
}

/// Which targets are met, a bit each.
fn targets_met(model: &Model, by_row: &[u32], live: u32) -> u32 {
    let mut met = 0;
    for (target, rule) in model.targets.rules.iter().enumerate() {
        let counted = model.targets.of_row.iter().zip(by_row).filter(|(mask, _)| *mask & (1 << target) != 0);
        let cells = counted.map(|(_, cells)| cells).sum();
        met |= u32::from(is_met(rule, cells, live)) << target;
    }
    met
}

/// Whether live cells of a target's states are enough, and enough of all. Exact: products have 64 bits.
fn is_met(rule: &TargetRule, cells: u32, live: u32) -> bool {
    cells >= rule.cells && mul_wide(cells, SHARE_PARTS) >= mul_wide(live, rule.share)
}

/// Begins schedules, applies adaptive rules, progression and stop rules on the live burden and on the targets met.
fn judge(model: &Model, record: &mut LesionRecord, live: u32, met: u32) {
    let (step, stop) = (record.step, &model.stop);
    let control = &mut record.control;
    for (drug, rule) in model.drugs.iter().enumerate() {
        judge_drug(control, rule, drug, step, live);
    }
    if let Some(factor) = &stop.factor {
        let above = live != 0 && live >= scale_count(control.start_burden, factor);
        control.streak = if above { control.streak + 1 } else { 0 };
        if control.streak >= stop.checks && control.progressed == 0 {
            control.progressed = step + 1;
            if stop.halt {
                control.status |= status::PROGRESSED;
            }
        }
    }
    if stop.extinction && live == 0 {
        control.status |= status::EXTINCT;
    }
    if live >= stop.burden {
        control.status |= status::BURDEN;
    }
    for (target, rule) in model.targets.rules.iter().enumerate() {
        if rule.halt && met & (1 << target) != 0 {
            control.status |= status::TARGET << target;
        }
    }
    if step >= stop.end {
        control.status |= status::ENDED;
    }
}

fn judge_drug(control: &mut Control, rule: &DrugRule, drug: usize, step: u32, live: u32) {
    let bit = 1 << drug;
    if control.drugs_begun & bit == 0 {
        let begins = match rule.begin_burden {
            Some(cells) => live >= cells,
            None => rule.adaptive.is_some() && step >= rule.begin_step,
        };
        if begins {
            control.drugs_begun |= bit;
            control.begun_at[drug] = step;
            control.reference[drug] = live;
        }
        return;
    }
    let Some(adaptive) = &rule.adaptive else {
        return;
    };
    if !(step - control.begun_at[drug]).is_multiple_of(adaptive.every) {
        return;
    }
    let reference = control.reference[drug];
    if live < scale_count(reference, &adaptive.off_below) {
        control.drugs_held |= bit;
    } else if live >= scale_count(reference, &adaptive.on_above) {
        control.drugs_held &= !bit;
    }
}

/// Which drugs are on in the next step, and so which table is in force.
fn schedule(model: &Model, record: &mut LesionRecord) {
    let step = record.step;
    let control = &mut record.control;
    let mut on = 0;
    for (drug, rule) in model.drugs.iter().enumerate() {
        let bit = 1 << drug;
        let by_step = rule.begin_burden.is_none() && rule.adaptive.is_none();
        if by_step && control.drugs_begun & bit == 0 && step >= rule.begin_step {
            control.drugs_begun |= bit;
            control.begun_at[drug] = step;
        }
        if control.drugs_begun & bit != 0
            && control.drugs_held & bit == 0
            && is_on(rule, step - control.begun_at[drug])
        {
            on |= bit;
        }
    }
    control.drugs_on = on;
    control.table = model.tables.table_of_drugs[on as usize];
}

/// Whether a schedule that began this many steps ago is in an on phase.
fn is_on(rule: &DrugRule, since: u32) -> bool {
    let (on, off) = rule.cycle;
    let in_window = rule.windows.is_empty() || rule.windows.iter().any(|w| w.0 <= since && since < w.1);
    let in_cycle = on == 0 || since % (on + off) < on;
    (rule.duration == NEVER || since < rule.duration) && in_window && in_cycle
}

/// Judges the state at step 0, as a check does, so that what begins there is on in the first step. The
/// log gets its first entry.
pub fn begin(pool: &mut Pool) {
    let (census_stride, log_stride) = (pool.census_stride(), pool.log_stride());
    for record in &mut pool.lesions {
        if record.control.started != 0 {
            continue;
        }
        record.control.started = 1;
        record.control.start_burden = (0..pool.tables.states()).fold(0u32, |live, row| {
            live.wrapping_add(sum(record, &pool.census, CENSUS_HEAD + row, census_stride))
        });
        check(&pool.model, record, &pool.census, &mut pool.log, census_stride, log_stride);
    }
}
