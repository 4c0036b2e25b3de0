//! How long one solution takes: `cargo test --release --test it signalling:: -- --ignored --nocapture`.

use std::hint::black_box;
use std::time::Instant;

use evotor::biology::signalling::{CellInputs, Inhibition, NODES, Network};
use evotor::catalogue::{NetworkInput, Node};

/// Most nanoseconds for one steady state, on one core of a common machine.
const MAX: f64 = 2000.0;

#[test]
#[ignore = "a measurement, not a check; run by hand on a quiet machine"]
fn a_steady_state_takes_less_than_two_microseconds() {
    let network = Network::default();
    let mut cells = vec![CellInputs::sensitive(); 4];
    cells[1].join(NetworkInput::Rtk, 1.3);
    cells[2].join(NetworkInput::Tsc, 0.0);
    cells[3].join(NetworkInput::Coupling, 0.08);
    let cells: Vec<_> = cells.into_iter().map(|inputs| network.cell(inputs)).collect();
    let drugs: Vec<Inhibition> = (0..1000)
        .map(|i| {
            let node = NODES[i % NODES.len()];
            Inhibition::only(Node::MtorAllosteric, i as f64 / 1000.0)
                .with(node, (i * 7 % 1000) as f64 / 1000.0)
        })
        .collect();
    for hypoxia in [0.0, 1.0] {
        let (rounds, start) = (50, Instant::now());
        for _ in 0..rounds {
            for drugs in &drugs {
                for cell in &cells {
                    black_box(network.solve(black_box(cell), black_box(drugs), hypoxia));
                }
            }
        }
        let each = start.elapsed().as_nanos() as f64 / f64::from(rounds * 4000);
        println!("hypoxia {hypoxia}: {each:.0} ns for one steady state");
        assert!(each < MAX);
    }
}
