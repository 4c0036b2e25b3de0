"""Reads lattices that `evotor export` wrote, and says what is in them. It needs numpy.

    evotor run scenarios/03-everolimus.toml
    evotor export results/everolimus --format npz
    evotor export results/everolimus --format vti
    python docs/examples/load_lattice.py results/everolimus/lattices/0-day1092.npz
    python docs/examples/load_lattice.py results/everolimus/lattices/0-day1092.vti

In a notebook, `arrays, about = load("….npz")` is all; `arrays["oxygen"][z, y, x]` is the oxygen at a site. With PyVista,
`pyvista.read("….vti").plot(scalars="state")` shows the tumour in 3D.
"""

import json
import pathlib
import sys
import xml.etree.ElementTree

import numpy


def load(path):
    """All arrays of a lattice by name, each indexed [z, y, x], and what the file beside it says."""
    path = pathlib.Path(path)
    about = json.loads(path.with_suffix(".json").read_text())
    if path.suffix == ".npz":
        with numpy.load(path) as archive:
            return {name: archive[name] for name in archive}, about
    return load_vti(path), about


def load_vti(path):
    """The arrays of a .vti file with raw appended data."""
    content = pathlib.Path(path).read_bytes()
    head, _, rest = content.partition(b'<AppendedData encoding="raw">')
    data = rest[rest.index(b"_") + 1 :]
    image = xml.etree.ElementTree.fromstring(head + b"</VTKFile>").find("ImageData")
    low_x, high_x, low_y, high_y, low_z, high_z = map(int, image.get("WholeExtent").split())
    shape = (high_z - low_z, high_y - low_y, high_x - low_x)
    kinds = {"UInt8": "u1", "Int32": "<i4", "Float32": "<f4"}
    arrays = {}
    for array in image.iter("DataArray"):
        offset = int(array.get("offset"))
        size = int.from_bytes(data[offset : offset + 8], "little")
        values = numpy.frombuffer(data[offset + 8 : offset + 8 + size], kinds[array.get("type")])
        arrays[array.get("Name")] = values.reshape(shape)
    return arrays


def main(path):
    arrays, about = load(path)
    print(f"{about['scenario']}, seed {about['seed']}, day {about['day']}: {about['size']} sites of {about['site_um']} µm")
    live = arrays["site"] == 2
    print(f"live cells: {live.sum()}")
    codes, counts = numpy.unique(arrays["state"][live], return_counts=True)
    for code, count in zip(codes, counts):
        print(f"  {about['states'][str(code)]}: {count}")
    for name, values in arrays.items():
        if values.dtype.kind == "f" and live.any():
            print(f"{name}: {numpy.nanmean(values[live]):.4g} on average over live cells ({about['arrays'][name]})")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python load_lattice.py FILE.npz or FILE.vti, as `evotor export` writes them")
    main(sys.argv[1])
