//! Falsifiers of the implementation: the length of a step, and the backend.

use super::names::{E10, RADIANT_3};
use super::{Bound, FigurePart, FigureParts, Lab};
use crate::engine::gpu;
use crate::simulation::{BackendOptions, Choice};
use crate::trial::falsify::figures::{exact, mean_ratio};
use crate::trial::falsify::files::STEP;
use crate::trial::falsify::lab::{both, pairs};
use crate::trial::results::Endpoint;
use crate::trial::stats::{KaplanMeier, Undefined};

/// Steps of 6, 12 and 24 h tell the same.
pub fn f17(lab: &mut Lab<'_>) -> FigureParts {
    let usual = lab.trial(RADIANT_3)?;
    let mut parts = Vec::new();
    for step in [6, 24] {
        let other = lab.trial_at(RADIANT_3, step)?;
        let times = pairs(other.arm(E10)?, usual.arm(E10)?, Endpoint::Pfs);
        let what = format!("mean PFS, steps of {step} h over steps of {STEP} h");
        let part = FigurePart::judged(what, "", Bound::between(0.95, 1.05), mean_ratio(&times, lab.seed()));
        parts.push(match other.failed {
            0 => part,
            refused => part.with_note(format!("{refused} patients turn over too fast for such steps")),
        });
    }
    Ok(parts)
}

/// One in so many patients is computed twice.
const TWICE: u32 = 10;

/// CPU and GPU tell the same.
pub fn f19(lab: &mut Lab<'_>) -> FigureParts {
    let ratio = ("median PFS, GPU over CPU", "", Bound::between(0.98, 1.02));
    let same = ("patients with the same tumour on both", "%", Bound::at_least(100.0));
    let options = match some_gpu(&lab.setup().backend) {
        Ok(options) => options,
        Err(why) => {
            return Ok([ratio, same]
                .map(|(what, unit, bound)| FigurePart::not_tested(what, unit, bound, why))
                .into());
        }
    };
    let patients = lab.setup().patients.div_ceil(TWICE).max(2);
    let threads = options.threads;
    let on_gpu = lab.run(RADIANT_3, STEP, &[E10], patients, options)?;
    let on_cpu = lab.run(RADIANT_3, STEP, &[E10], patients, BackendOptions::cpu(threads))?;
    let median =
        |times: &[_]| Ok::<_, Undefined>(KaplanMeier::new(times)?.median().estimate.unwrap_or(f64::INFINITY));
    let of = |(gpu, cpu): (f64, f64)| exact(if gpu == cpu { 1.0 } else { gpu / cpu }, patients as usize);
    let [gpu, cpu] =
        [on_gpu.times(E10, Endpoint::Pfs)?, on_cpu.times(E10, Endpoint::Pfs)?].map(|times| median(&times));
    let medians = gpu.and_then(|gpu| Ok(of((gpu, cpu?))));
    let alike = both(on_gpu.arm(E10)?, on_cpu.arm(E10)?).iter().filter(|(a, b)| a == b).count();
    let all = exact(100.0 * alike as f64 / f64::from(patients), patients as usize);
    Ok(vec![
        FigurePart::judged(ratio.0, ratio.1, ratio.2, medians),
        FigurePart::judged(same.0, same.1, same.2, Ok(all)),
    ])
}

/// The GPU that there is, or why there is none.
fn some_gpu(chosen: &BackendOptions) -> Result<BackendOptions, &'static str> {
    if chosen.choice == Choice::Cpu {
        return Err("--backend cpu asks for none");
    }
    if gpu::chosen(&chosen.gpu()).is_err() {
        return Err("no GPU that it would take here; a software adapter counts if --adapter names it");
    }
    Ok(BackendOptions { choice: Choice::Gpu, ..chosen.clone() })
}
