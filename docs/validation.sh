#!/usr/bin/env bash
# Everything that docs/validation.md shows, in results/validation: the calibration, the convergence study, the trials of the review,
# the comparison of schedules, and the falsifiers. About three hours on two cores. The tables of the page are then written anew.
#
#   bash docs/validation.sh
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build --release --locked
evotor=${CARGO_TARGET_DIR:-target}/release/evotor
out=results/validation
mkdir -p "$out"

"$evotor" calibrate scenarios/calibration.toml --out "$out/calibration" --quiet | tee "$out/calibration.txt"
for trial in radiant-3 sun-1111; do
    "$evotor" trial "$trial" --patients 300 --agents 3000 --backend cpu --out "$out/agents-$trial" --force --quiet |
        tee "$out/agents-$trial.txt"
done
"$evotor" trial --all --surrogate --patients 300 --predict 60 --needed-growth --out "$out/trials" --force --quiet |
    tee "$out/trials.txt"
schedules=(compare scenarios/06-everolimus-sunitinib.toml --patients 400 --force --quiet)
"$evotor" "${schedules[@]}" --agents 3000 --backend cpu --out "$out/schedules" | tee "$out/schedules.txt"
"$evotor" "${schedules[@]}" --surrogate --out "$out/schedules-surrogate" | tee "$out/schedules-surrogate.txt"
for agents in 2000 8000 32000; do
    "$evotor" trial radiant-3 --patients 40 --agents "$agents" --backend cpu --out "$out/agents-$agents" --force --quiet |
        tee "$out/agents-$agents.txt"
done
"$evotor" falsify --out "$out/falsifiers" --force --quiet | tee "$out/falsifiers.txt"
python3 docs/validation.py
