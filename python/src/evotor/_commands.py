"""The commands that people ask for."""

import contextlib
import pathlib
import tempfile

from . import _program
from ._progress import Bar
from ._results import Run, Trial, open_folder


def run(scenario, *, out=None, progress=True, **options):
    """Runs a scenario to its end; a `Run`.

    `scenario` is the path of its file, or the text of one: a string with line breaks. Without `out` the results are in a temporary folder that lives as long as what is returned. Further
    `options` are those of `evotor run`, with `_` for `-`: `seed=7`, `backend="cpu"`, `threads=4`, `force=True`. `progress` is True for a bar, False for none, or is called with done, of, seconds, what.

    Raises `EvotorError` with the program's message. Ctrl-C writes a checkpoint in `out` first, from which `evotor resume` goes on.
    """
    return _ask(Run, "run", scenario, out, progress, options)


def compare(trial, *, out=None, progress=True, **options):
    """Takes the patients of a trial's file through all of its arms; a `Trial`.

    As `run`; options are those of `evotor compare`: `patients=20`, `surrogate=True`, `arm=["everolimus", "sunitinib"]`, `seed=7`.
    """
    return _ask(Trial, "compare", trial, out, progress, options)


def trial(trial, *, out=None, progress=True, **options):
    """Simulates a published trial, by its name (`"radiant-4"`) or the path of its file; a `Trial` with the published figures
    (`.published`).

    As `compare`; options are those of `evotor trial`, such as `predict=40`.
    """
    return _ask(Trial, "trial", trial, out, progress, options)


def validate(*files):
    """What is wrong with files of scenarios, trials, drugs or calibrations: for each a dict with `file`, `ok`, `about`, `warnings`, `notes`
    and `error`. Nothing is raised for a file that cannot be used."""
    return _program.ask("validate", *files, fails=False)["files"]


def load(folder):
    """The results in a folder that `evotor run`, `compare` or `trial` wrote; a `Run` or a `Trial`."""
    return open_folder(pathlib.Path(folder))


def _ask(kind, command, what, out, progress, options):
    with contextlib.ExitStack() as stack:
        if "\n" in str(what):
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="evotor-"))
            path = pathlib.Path(folder) / "scenario.toml"
            path.write_text(what, encoding="utf-8")
            what = path
        own = None
        if out is None:
            own = tempfile.TemporaryDirectory(prefix="evotor-")
            out = pathlib.Path(own.name) / "results"
            # Who keeps no folder opens no page in it.
            options = {"no_report": True, **options}
        bar = Bar() if progress is True else None
        if bar is not None:
            stack.callback(bar.close)
        document = _program.ask(command, what, "--out", out, *_program.flags(options), progress=bar or progress or None)
    return kind(pathlib.Path(document["folder"]), document=document, own=own)
