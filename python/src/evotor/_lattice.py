"""Lattices as xarray."""

import json
import pathlib
import tempfile

from . import _program

# What an array is in; the others are numbers, codes and chances.
UNITS = {"clone_age": "d", "oxygen": "mmHg", "site": "", "state": "", "clone": ""}


def read(folder, day, replicate):
    """The recorded lattice of a replicate on a day (None: the last one) as a Dataset over z, y and x in micrometres."""
    try:
        import numpy
        import xarray
    except ImportError as missing:
        raise ImportError("lattices need numpy and xarray: pip install 'evotor[lattice]'") from missing
    with tempfile.TemporaryDirectory(prefix="evotor-") as made:
        path = pathlib.Path(made) / "lattice.npz"
        at = [] if day is None else ["--at", f"{day}d"]
        _program.plain("export", folder, "--format", "npz", "--replicate", replicate, "--out", path, *at)
        about = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        with numpy.load(path) as archive:
            arrays = {name: archive[name] for name in archive}
    step = about["site_um"]
    size = dict(zip("xyz", about["size"]))
    coordinates = {
        axis: (axis, (numpy.arange(size[axis]) + 0.5) * step, {"units": "um", "long_name": f"{axis} of the middle of the site"})
        for axis in "zyx"
    }
    variables = {
        name: (("z", "y", "x"), values, {"long_name": about["arrays"].get(name, name), "units": UNITS.get(name, "1")})
        for name, values in arrays.items()
    }
    attributes = {key: about[key] for key in ("program", "scenario", "seed", "replicate", "step", "digest")}
    attributes["day"] = float(about["day"])
    # As netCDF knows codes: a list of numbers and one of words.
    codes = {int(code): name for code, name in about["states"].items()}
    variables["state"][2].update(flag_values=list(codes), flag_meanings=" ".join(codes.values()))
    return xarray.Dataset(variables, coordinates, attributes)
