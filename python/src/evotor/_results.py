"""What a run or a trial came to: a folder, read when it is asked for."""

import functools
import html
import json
import pathlib

from . import _lattice, _program, _tables


class Results:
    """Results in a folder. Tables are attributes, each a `pandas.DataFrame` whose `attrs` hold what `rows` and `columns` are and the
    `units` of columns; `tables` lists them, `summary` is `summary.json`."""

    _part = ""

    def __init__(self, folder, document=None, own=None):
        self.folder = folder
        # A temporary folder is there as long as this is.
        self._own = own
        self._document = document

    @functools.cached_property
    def summary(self):
        """The content of `summary.json`."""
        path = self.folder / "summary.json"
        if not path.exists():
            raise _program.EvotorError(f"`{self.folder}` holds no finished run or trial: it has no summary.json; go on with: evotor resume {self.folder}", 2)
        return json.loads(path.read_text(encoding="utf-8"))

    @property
    def tables(self):
        """Names of the tables that are there."""
        return sorted(path.stem for path in self.folder.glob("*.csv"))

    @property
    def digest(self):
        """The digest: equal for equal results."""
        return self.summary["digest"]

    @property
    def said(self):
        """What the command said on standard output, if it was run from here."""
        return "\n".join(self._document["said"]) if self._document else ""

    def table(self, name):
        """A table by its name, with or without `.csv`."""
        name = name.removesuffix(".csv")
        if name not in self._read:
            path = self.folder / f"{name}.csv"
            if not path.exists():
                raise KeyError(f"no table `{name}` in {self.folder}; there are {', '.join(self.tables)}")
            self._read[name] = _tables.read(path, self._part)
        return self._read[name]

    @functools.cached_property
    def _read(self):
        return {}

    def __getattr__(self, name):
        if name.startswith("_") or name == "folder" or not (self.folder / f"{name}.csv").exists():
            raise AttributeError(f"{type(self).__name__} has no `{name}`; `tables` lists its tables")
        return self.table(name)

    def __dir__(self):
        return [*super().__dir__(), *(name for name in self.tables if name.isidentifier())]

    def plot(self, name):
        """A plot by its name, such as `burden` or `survival-tfs`, as an SVG that notebooks show; all are drawn by the program, and
        `plots` lists them."""
        if name not in self.plots:
            raise KeyError(f"no plot `{name}`; there are {', '.join(self.plots)}")
        return Svg((self.folder / "plots" / f"{name}.svg").read_text(encoding="utf-8"))

    @property
    def plots(self):
        """Names of the plots."""
        folder = self.folder / "plots"
        if not folder.exists():
            _program.plain("plots", self.folder, "--svg-only")
        return sorted(path.stem for path in folder.glob("*.svg") if not path.stem.endswith("-column"))

    def report(self):
        """Writes the report, unless it is there; its path."""
        path = self.folder / "report.html"
        if not path.exists():
            _program.plain("report", self.folder)
        return path

    def _repr_html_(self):
        rows = "".join(f"<tr><th style='text-align:left'>{html.escape(name)}</th><td>{html.escape(str(value))}</td></tr>" for name, value in self._facts())
        first = next((name for name in self._shown if name in self.plots), None)
        picture = self.plot(first)._repr_svg_() if first else ""
        tables = ", ".join(f"<code>{html.escape(name)}</code>" for name in self.tables)
        return f"<div><table>{rows}</table>{picture}<p>tables: {tables}</p></div>"

    def __repr__(self):
        facts = "; ".join(f"{name}: {value}" for name, value in self._facts() if name != "headline")
        return f"<evotor {type(self).__name__.lower()} {facts}; {self.folder}>"


class Run(Results):
    """What a run came to."""

    _part = "run"
    _shown = ("burden",)

    def lattice(self, day=None, replicate=0):
        """The lattice of a replicate on a recorded day (`snapshots` of `[output]`), by default the last one, as an `xarray.Dataset` of one
        array for each quantity over z, y and x in micrometres."""
        return _lattice.read(self.folder, day, replicate)

    def _facts(self):
        summary = self.summary
        yield "scenario", summary["scenario"]
        yield "seed", summary["seed"]
        yield "replicates", ", ".join(f"{count} {outcome}" for outcome, count in summary["outcomes"].items())
        yield "live cells at the end", summary["live"]
        yield "progression, days", ", ".join(f"{day:g}" for day in summary["progression_days"][:8]) or "none"
        yield "digest", summary["digest"][:16] + "…"


class Trial(Results):
    """What a trial came to."""

    _part = "trial"
    _shown = ("survival-tfs", "survival-pfs")

    def adam(self):
        """The data sets that `evotor tables --format adam` makes, by their names: ADaM-shaped, not conformant."""
        folder = self.folder / "adam"
        if not folder.exists():
            _program.plain("tables", self.folder, "--format", "adam")
        return {path.stem.upper(): _tables.read(path, "adam") for path in sorted(folder.glob("*.csv"))}

    def _facts(self):
        summary = self.summary
        yield "trial", summary["name"]
        yield "seed", summary["seed"]
        yield "patients", summary["cohort"]["patients"]
        yield "arms", ", ".join(dict.fromkeys(row["arm"] for row in summary["arms"]))
        for line in summary["headline"]:
            yield "headline", line
        yield "computed", "by the mean-field surrogate" if summary["course"]["surrogate"] else "cell by cell"
        yield "digest", summary["digest"][:16] + "…"


class Svg(str):
    """A picture that notebooks show; its text is SVG."""

    def _repr_svg_(self):
        return str(self)

    def save(self, path):
        """Writes it to a file."""
        pathlib.Path(path).write_text(self, encoding="utf-8")


def open_folder(folder):
    """The results in a folder."""
    if not folder.is_dir():
        raise _program.EvotorError(f"there is no folder `{folder}`", 2)
    kind = Trial if (folder / "patients.csv").exists() else Run
    found = kind(folder)
    # Refuses what is no result.
    found.summary  # noqa: B018
    return found
