#!/usr/bin/env bash
# What a GPU must show: that its bits are the CPU's, in every scenario; then how fast it is, at sizes up to a billion sites. Builds
# nothing; takes less than eight minutes: what does not fit in them is left out, and that is said.
#
#   bash benches/gpu.sh                     # the first hardware GPU, with target/release/evotor
#   bash benches/gpu.sh llvmpipe            # another adapter, by name or by an address as pci:0000:41:00.0
#
# EVOTOR: the program. OUT: the folder for the raw results (benches/runs/<date>-<adapter>). EDGES: edges of the lattices (128 256 512 1000).
# STEPS: steps of a scenario that are compared (all).
set -euo pipefail
cd "$(dirname "$0")/.."
evotor=${EVOTOR:-target/release/evotor}
limit=480

[ -x "$evotor" ] || { echo "there is no $evotor: cargo build --release, or name the program by EVOTOR" >&2; exit 2; }
# The one that a run would take.
adapter=${1:-$("$evotor" adapters --json | python3 -c '
import json, sys
all = json.load(sys.stdin)
print(next((a["name"] for a in all["adapters"] if a["number"] == all["taken"]), ""))')}
[ -n "$adapter" ] || { echo "there is no hardware GPU that can be used; evotor adapters says why, and an argument names another adapter" >&2; exit 2; }
slug=$(printf %s "$adapter" | tr 'A-Z' 'a-z' | tr -cs 'a-z0-9' '-' | sed 's/^-//; s/-$//')
out=${OUT:-benches/runs/$(date +%F)-$slug}
mkdir -p "$out"
status=0

say() { printf '%4d s  %s\n' "$SECONDS" "$*" | tee -a "$out/log.txt"; }
# measure FILE COMMAND...: keeps what a command prints, for as long as there is time.
measure() {
    local file=$1 left=$((limit - SECONDS)) code=0
    shift
    if [ "$left" -lt 10 ]; then
        say "left out, no time: $*"
        return
    fi
    say "$*"
    timeout --signal=INT "$left" "$@" >"$out/$file" 2>"$out/$file.err" || code=$?
    [ -s "$out/$file.err" ] || rm -f "$out/$file.err"
    if [ "$code" -ne 0 ]; then
        say "  exit code $code, see $out/$file"
        status=1
    fi
}

: >"$out/log.txt"
{
    "$evotor" --version
    git describe --always --dirty --abbrev=40 --exclude='*' 2>/dev/null || true
    uname -a
} >"$out/program.txt"
"$evotor" adapters >"$out/adapters.txt"
lscpu >"$out/lscpu.txt" 2>/dev/null || true
if command -v nvidia-smi >/dev/null; then nvidia-smi -q >"$out/nvidia-smi.txt" || true; fi

# First what matters most. Trials are left out: the self-test takes scenarios of runs.
scenarios=$(grep -L '^\[cohort\]' scenarios/[0-9]*.toml)
measure selftest.txt "$evotor" selftest --adapter "$adapter"
# shellcheck disable=SC2086 # a list of files
measure scenarios.txt "$evotor" selftest $scenarios --adapter "$adapter" ${STEPS:+--steps "$STEPS"}

read -ra edges <<<"${EDGES:-128 256 512 1000}"
for edge in "${edges[@]}"; do
    # Large lattices in fewer steps: a step of a billion sites takes as long as many of a million.
    steps=$((edge < 500 ? 100 : 30))
    measure "bench-$edge.csv" "$evotor" bench --adapter "$adapter" --edge "$edge" --steps "$steps" --csv
done
for workgroup in 32 128 256; do
    measure "bench-workgroup-$workgroup.csv" "$evotor" bench --adapter "$adapter" --edge "${edges[1]:-${edges[0]}}" --workload nests --workgroup "$workgroup" --csv
done
measure bench-cpu.csv "$evotor" bench --backend cpu --edge 128 --csv

say "done: $out"
exit "$status"
