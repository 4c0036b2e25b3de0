"""Which rate decides how the tumour of tumour.toml ends? Sobol indices by SALib.

    pip install SALib
    python sobol.py

A design of 64 * (2 + 2) = 256 rows is written, run by `evotor batch` in one process, and analysed. The program is taken from the
environment variable EVOTOR, or else from the path.
"""

import csv
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
from SALib.analyze import sobol as analysis
from SALib.sample import sobol as sampling

HERE = Path(__file__).parent
EVOTOR = os.environ.get("EVOTOR", "evotor")

# A head names a key of the file; its unit stands behind it, so that the numbers of SALib need none.
problem = {
    "num_vars": 2,
    "names": ["rates.birth [/d]", "rates.death [/d]"],
    "bounds": [[0.03, 0.07], [0.02, 0.04]],
}


def main(folder: Path) -> None:
    rows = sampling.sample(problem, 64, calc_second_order=False, seed=1)
    design = folder / "design.csv"
    with open(design, "w", newline="") as file:
        table = csv.writer(file)
        table.writerow(problem["names"])
        table.writerows(rows.tolist())

    sweep = folder / "sweep"
    command = [EVOTOR, "batch", design, "--scenario", HERE / "tumour.toml", "--out", sweep]
    subprocess.run(command + ["--backend", "cpu", "--quiet", "--force"], check=True)

    with open(sweep / "results.csv", newline="") as file:
        results = list(csv.DictReader(file))
    assert len(results) == len(rows) and all(row["status"] == "done" for row in results)
    live = np.array([float(row["relative_live"]) for row in results])
    indices = analysis.analyze(problem, live, calc_second_order=False, seed=1)
    print(f"{len(rows)} rows; live cells at the end from {live.min():.2f} to {live.max():.2f} times those of the start")
    for name, first, total in zip(problem["names"], indices["S1"], indices["ST"]):
        print(f"{name}: S1 {first:.2f}, ST {total:.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
