//! How many patients a worker takes at a time: as many as memory has room for, and no more than keep all workers busy.

use std::collections::VecDeque;

use crate::scenario::Scenario;
use crate::simulation::{BackendOptions, Choice, RunError, memory};

use super::patient::wholly_simulated;
use super::plan::Plan;

/// Stack of a worker, whatever the shell's limit is.
pub const STACK: usize = 4 << 20;
/// Most lesions in a batch of a device: enough to fill it, and not so many that a stop costs hours.
const DEVICE_LESIONS: usize = 512;
/// The same for a thread of the CPU, which is no faster with many: whoever is through when it is stopped is through.
const THREAD_LESIONS: usize = 32;
/// Bytes of a worker's batch, at most.
const BATCH_BYTES: u64 = 1 << 30;
/// What is kept of a patient in an arm beside its lesions: the tables of its cells.
const TABLE_BYTES: u64 = 8 << 20;

/// Patients that a worker takes at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkerShare {
    /// Most patients.
    patients: usize,
    /// Most arms of each at once.
    arms: usize,
    /// Most lesions, in all arms; the last patient may bring more.
    lesions: usize,
    workers: usize,
}

impl WorkerShare {
    /// Most arms of a patient at once.
    pub fn arms(&self) -> usize {
        self.arms
    }

    /// Whether there is one worker only.
    pub fn is_alone(&self) -> bool {
        self.workers == 1
    }

    /// Takes from those who are left.
    pub fn take(&self, plan: &Plan, left: &mut VecDeque<u32>) -> Vec<u32> {
        // Some are left for those who are done first.
        let parts = if self.is_alone() { 1 } else { 2 * self.workers };
        let most = self.patients.min(left.len().div_ceil(parts));
        let (mut ids, mut lesions) = (Vec::new(), 0);
        while ids.len() < most && lesions < self.lesions {
            let Some(id) = left.pop_front() else { break };
            lesions += plan.cohort.patient(id).lesions.len() * self.arms;
            ids.push(id);
        }
        ids
    }

    /// Half as much from now on, of so many patients; whether that is possible.
    pub fn halve(&mut self, patients: usize) -> bool {
        if patients > 1 {
            self.patients = patients / 2;
        } else if self.arms > 1 {
            self.arms /= 2;
        } else {
            return false;
        }
        true
    }
}

/// What the workers of a trial take at a time.
///
/// # Errors
///
/// [`RunError::Memory`] where not even one arm of a patient for each fits the memory that a job may take.
pub fn fits(
    plan: &Plan,
    (patients, arms): (&[u32], &[usize]),
    workers: &[BackendOptions],
    surrogate: bool,
) -> Result<WorkerShare, RunError> {
    let arms = wholly_simulated(plan, arms).len().max(1);
    let is_on_cpu = workers.iter().all(|worker| worker.choice == Choice::Cpu);
    let most = if is_on_cpu { THREAD_LESIONS } else { DEVICE_LESIONS };
    let one = WorkerShare { patients: 1, arms, lesions: most, workers: workers.len() };
    let Some(first) = patients.first() else { return Ok(one) };
    let patient = plan.cohort.patient(*first);
    let lesions = patient.lesions.len().max(1) as u32;
    let own = Scenario { replicates: lesions, ..plan.scenario_of(&patient) };
    let own = Some(&own).filter(|_| !surrogate);
    let (available, count) = (memory::available(), workers.len() as u32);
    let estimate = |workers| memory::estimate_workers(own, workers, STACK);
    estimate(count).check(available).map_err(|error| match error {
        RunError::Memory { needed, available, may_pass, .. } => {
            let way_out = match surrogate {
                true => "give fewer --threads, or more memory",
                false => {
                    "lower `agents` of [cohort] or give smaller lattices, fewer --threads, or more memory"
                }
            };
            RunError::Memory { needed, available, may_pass, way_out: way_out.to_owned() }
        }
        other => other,
    })?;
    if surrogate {
        return Ok(one);
    }
    let room = BATCH_BYTES.min(available.free / 2 / u64::from(count.max(1)));
    let each = estimate(2).host - estimate(1).host + TABLE_BYTES;
    let fit = (room / each).max(1) as usize;
    Ok(WorkerShare { patients: (fit / arms).max(1), arms: arms.min(fit), ..one })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::run::tests::{EVEROLIMUS, SUPPORT, plan};

    fn share(patients: usize, workers: usize) -> WorkerShare {
        WorkerShare { patients, arms: 2, lesions: 30, workers }
    }

    #[test]
    fn a_worker_takes_what_there_is_room_for_and_leaves_some_to_others() {
        let plan = plan(400, 100, &[("everolimus", EVEROLIMUS), ("support", SUPPORT)]);
        let lesions =
            |ids: &[u32]| ids.iter().map(|id| plan.cohort.patient(*id).lesions.len()).sum::<usize>();
        let mut left: VecDeque<u32> = (0..400).collect();
        assert_eq!(share(2, 1).take(&plan, &mut left), [0, 1]);
        let by_lesions = share(100, 1).take(&plan, &mut left);
        let before = &by_lesions[..by_lesions.len() - 1];
        assert!(2 * lesions(&by_lesions) >= 30 && 2 * lesions(before) < 30, "{by_lesions:?}");
        left.truncate(8);
        let first = left[0];
        assert_eq!(share(100, 2).take(&plan, &mut left), [first, first + 1]);
        left.truncate(1);
        assert_eq!(share(100, 2).take(&plan, &mut left).len(), 1);
        assert!(share(100, 2).take(&plan, &mut left).is_empty());
    }

    #[test]
    fn what_has_no_room_is_tried_by_halves_down_to_an_arm_of_a_patient() {
        let mut share = share(40, 1);
        let mut tried = Vec::new();
        let mut last = 9;
        while share.halve(last) {
            tried.push((share.patients, share.arms));
            last = share.patients;
        }
        assert_eq!(tried, [(4, 2), (2, 2), (1, 2), (1, 1)]);
    }

    #[test]
    fn memory_bounds_a_batch() {
        let plan = plan(400, 100, &[("everolimus", EVEROLIMUS), ("support", SUPPORT)]);
        let patients: Vec<u32> = (0..400).collect();
        let by = |workers: &[BackendOptions]| fits(&plan, (&patients, &[0, 1]), workers, false).unwrap();
        let gpu = BackendOptions { choice: Choice::Gpu, ..BackendOptions::default() };
        let [thread, device] = [BackendOptions::cpu(1), gpu].map(|worker| by(&[worker]));
        assert_eq!((thread.lesions, device.lesions), (THREAD_LESIONS, DEVICE_LESIONS));
        assert!(
            device.patients as u64 * 2 * TABLE_BYTES <= BATCH_BYTES && device.patients > 20,
            "{device:?}"
        );
        assert_eq!(fits(&plan, (&patients, &[0, 1]), &[BackendOptions::cpu(1)], true).unwrap().patients, 1);
    }
}
