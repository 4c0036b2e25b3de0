"""Which growth and death rates leave as many cells as were counted? Approximate Bayesian computation by pyABC.

    pip install pyabc
    python fit_abc.py

What was counted is simulated here with known rates and another seed, so that one sees whether they are found again. Each draw is a row
of a design; pyABC asks for one at a time, `evotor batch` takes as many as it is given. The program is taken from the environment
variable EVOTOR, or else from the path.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pyabc

HERE = Path(__file__).parent
EVOTOR = os.environ.get("EVOTOR", "evotor")
TRUTH = {"birth": 0.055, "death": 0.03}


def simulate(draws: list[dict], seed: int = 1) -> list[dict]:
    """Figures of the tumour at each draw of its rates."""
    with tempfile.TemporaryDirectory() as folder:
        design = Path(folder) / "design.jsonl"
        lines = [{f"rates.{name} [/d]": float(rate) for name, rate in draw.items()} for draw in draws]
        design.write_text("".join(json.dumps(line) + "\n" for line in lines))
        sweep = Path(folder) / "sweep"
        command = [EVOTOR, "batch", design, "--scenario", HERE / "tumour.toml", "--set", f"seed={seed}"]
        subprocess.run(
            command + ["--out", sweep, "--backend", "cpu", "--quiet"], check=True, stdout=subprocess.DEVNULL
        )
        with open(sweep / "results.csv", newline="") as file:
            rows = list(csv.DictReader(file))
    return [{name: float(row[name]) for name in ("relative_live", "births", "deaths")} for row in rows]


def model(draw: dict) -> dict:
    return simulate([draw])[0]


def distance(one: dict, other: dict) -> float:
    """Root of the sum of squared relative differences."""
    return sum(((one[name] - other[name]) / other[name]) ** 2 for name in other) ** 0.5


def main(folder: Path) -> None:
    np.random.seed(1)
    counted = simulate([TRUTH], seed=2)[0]
    prior = pyabc.Distribution(birth=pyabc.RV("uniform", 0.03, 0.05), death=pyabc.RV("uniform", 0.02, 0.03))
    abc = pyabc.ABCSMC(model, prior, distance, population_size=20, sampler=pyabc.SingleCoreSampler())
    abc.new(f"sqlite:///{folder / 'abc.db'}", counted)
    history = abc.run(max_nr_populations=3)
    particles, weights = history.get_distribution()
    print(f"{history.total_nr_simulations} draws in {history.max_t + 1} generations")
    for name, truth in TRUTH.items():
        mean = float((particles[name] * weights).sum())
        print(f"{name}: posterior mean {mean:.3f} /d, truth {truth} /d")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
