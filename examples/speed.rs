use std::sync::Arc; use std::time::Instant;
use evotor::engine::{*, model::*, tables::*, cpu::*};
use evotor::tissue::{*, start::*, fixed::Threshold};
fn main() {
    let edge: u32 = std::env::args().nth(1).map_or(128, |s| s.parse().unwrap());
    let form = std::env::args().nth(2).unwrap_or("nests".into());
    let rates = evotor::scenario::CellRates{birth:0.008, death:0.0075, migration:0.0045, kill_at_division:0.0};
    let mut row = evotor::biology::rates::row(&rates, 0.5);
    row.switches=(0,0); row.mutations=(0,1);
    let t = Threshold::from_probability(1e-5);
    let mut tables = RateTables{codes:vec![0,1], row_of: vec![0,1], block_of: vec![0], blocks:1, bin_shift:10, heads: vec![TableHead{clear:Threshold::from_probability(0.05), ..Default::default()}],
      rows: vec![row,RateRow{mutations:(0,0),..row}], outcomes: vec![Outcome{hi:t.hi,lo:t.lo,code:1}], immediate_clearance:false, table_of_drugs: vec![0]};
    tables.seal();
    let model = Model{seed:1,dimension:3,periodic:false,offsets:Model::neighbourhood(3,true),placement:PlacementRule::Neighbour,tables,drugs:vec![],
      stop:StopRule{check:10,end:1000000,extinction:true,burden:NEVER,factor:0,checks:0,halt:false},oxygen:None};
    let shape = Shape::new(3,[edge;3],false);
    let form = if form=="nests" {Form::Nests{cells:(0.3*shape.sites() as f64) as u64, radius:12.0, packing:1.0}} else {Form::Random{density:0.3}};
    let s = start(1,LesionId(0),shape,form,&[]).unwrap();
    let mut pool = Pool::new(Arc::new(model), &[s], PoolOptions::default());
    for threads in [1,2] {
    let stages = Stages::new(threads).unwrap();
    pool.lesions[0].until += 1000;
    pool.dirty.store(1, std::sync::atomic::Ordering::Relaxed);
    for _ in 0..3 {stages.step(&mut pool);}
    let live = pool.state(0).burden();
    let steps=20;
    let mut per=[0f64;9];
    let t0=Instant::now();
    for _ in 0..steps { for (i,st) in Stage::ALL.into_iter().enumerate() { if st.applies(false,false) {let t=Instant::now(); stages.run(st,&mut pool); per[i]+=t.elapsed().as_secs_f64();} } pool.take_log(); }
    let dt=t0.elapsed().as_secs_f64();
    let l2=pool.state(0);
    println!("threads {threads} live {live:?} active {} updates/s {:.3e} sites/s {:.3e} {:?} counters {:?}", pool.active.len(), live.0 as f64*steps as f64/dt, shape.sites() as f64*steps as f64/dt, per.map(|p| (p/dt*1000.0).round()), l2.counters);
    l2.check().unwrap();
    }
}
