"""evotor: evolution of neuroendocrine tumours under therapy.

    import evotor

    trial = evotor.compare("scenarios/06-everolimus-sunitinib.toml", patients=20, surrogate=True)
    trial.survival                      # a pandas.DataFrame; trial.survival.attrs["units"]
    run = evotor.run("scenarios/01-first-run.toml")
    run.lattice(day=300)["oxygen"]      # an xarray.DataArray

Everything is computed by the program `evotor`, which is part of the package: the same files and the same bytes as from its command line.
"""

from ._commands import compare, load, run, trial, validate
from ._program import EvotorError, EvotorWarning, program, version
from ._results import Run, Trial

__all__ = [
    "EvotorError",
    "EvotorWarning",
    "Run",
    "Trial",
    "compare",
    "load",
    "program",
    "run",
    "trial",
    "validate",
    "version",
]
