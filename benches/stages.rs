//! The CPU's stages one by one, on the standard workloads, with one thread.
//!
//! `cargo bench`, or `cargo bench -- decide` for one stage. Compare figures of one run, or a saved baseline of the
//! same machine (`-- --save-baseline NAME`, `-- --baseline NAME`).

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use evotor::engine::cpu::{self, Stages};
use evotor::engine::{Pool, PoolOptions, Stage, Workload};
use evotor::tissue::random::{Draws, Purpose, shared_words};

const EDGE: u32 = 96;

fn prepared(workload: Workload) -> Pool {
    let (model, state) = workload.build(EDGE).expect("the workload fits");
    let mut pool = Pool::new(model, &[state], PoolOptions::default());
    cpu::control::begin(&mut pool);
    pool.take_log();
    pool.set_until(u32::MAX);
    pool
}

fn stages(c: &mut Criterion) {
    let stages = Stages::new(1).expect("one thread");
    for workload in [Workload::Nests, Workload::Scattered, Workload::Sparse, Workload::Vessels] {
        let live = prepared(workload).state(0).burden().0;
        let mut group = c.benchmark_group(workload.name());
        group.throughput(Throughput::Elements(live));
        group.sample_size(20);
        let oxygen = workload == Workload::Vessels;
        let plain: Vec<Stage> = Stage::ALL.into_iter().filter(|s| s.applies(false, oxygen)).collect();
        for stage in &plain {
            group.bench_function(stage.name(), |b| {
                b.iter_batched_ref(
                    || {
                        let mut pool = prepared(workload);
                        plain.iter().take_while(|s| *s != stage).for_each(|s| stages.run(*s, &mut pool));
                        pool
                    },
                    |pool| stages.run(*stage, pool),
                    BatchSize::PerIteration,
                );
            });
        }
        group.finish();
    }
}

fn random(c: &mut Criterion) {
    let mut group = c.benchmark_group("random");
    group.throughput(Throughput::Elements(128));
    let draws = Draws::new(1, 2, 3);
    let mut words = [[0; 128]; 4];
    group.bench_function("128 blocks, baseline vectors", |b| {
        b.iter(|| {
            let [w, x, y, z] = &mut words;
            shared_words(&draws, std::hint::black_box(128), Purpose::Fate, [w, x, y, z]);
        });
    });
    group.finish();
}

criterion_group!(benches, stages, random);
criterion_main!(benches);
