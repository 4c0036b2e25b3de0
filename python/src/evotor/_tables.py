"""Tables of results as data frames, with the meaning and the unit of every column."""

import functools
import json

import pandas

from . import _program

# Columns of words, whatever they look like: an arm may be called "1".
WORDS = ["arm", "against", "drug", "drugs", "state", "event", "reason", "of", "population", "digest"]
WORDS += ["STUDYID", "ARM", "TRT01P", "TRT01A", "TRTP", "TRTA", "EXTRT", "AETERM", "AETOXGR", "AEDRUG"]


@functools.cache
def meanings():
    """What `evotor schema tables` says, by part: `run`, `trial`, `others`."""
    return json.loads(_program.plain("schema", "tables"))


def read(path, part):
    """A table of a run or a trial (`part`). Names that were made safe for spreadsheets are themselves again; what is empty is missing."""
    with open(path, encoding="utf-8") as file:
        first = file.readline()
    table = pandas.read_csv(
        path,
        skiprows=1 if first.startswith("#") else 0,
        dtype=dict.fromkeys(WORDS, "str"),
        keep_default_na=False,
        na_values=[""],
        true_values=["true"],
        false_values=["false"],
        # Whole numbers and truth values with gaps stay what they are.
        dtype_backend="numpy_nullable",
    )
    table = table.rename(columns=_plain)
    for name in table.columns[table.map(_is_safe).any()]:
        table[name] = table[name].map(_plain, na_action="ignore")
    numbers = [name for name in table.columns if str(table[name].dtype) == "Float64"]
    table = table.astype(dict.fromkeys(numbers, "float64"))
    describe(table, meanings()[part].get(_title(path.name, part)))
    if first.startswith("#"):
        table.attrs["remark"] = first.lstrip("# ").rstrip()
    return table


def describe(table, meaning):
    """Hangs on a table what its rows, its columns and their units are (`attrs`); the unit of fractions is `1`."""
    if meaning is None:
        return
    columns = {column["name"]: column for column in meaning["columns"]}
    table.attrs["rows"] = meaning["row"]
    table.attrs["columns"] = {name: columns[name]["meaning"] for name in table.columns if name in columns}
    table.attrs["units"] = {name: columns[name]["unit"] for name in table.columns if name in columns and columns[name]["unit"]}
    if "remark" in meaning:
        table.attrs["remark"] = meaning["remark"]


def _title(name, part):
    return f"{name} of a trial" if (part, name) == ("trial", "visits.csv") else name


def _is_safe(cell):
    return isinstance(cell, str) and len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@\t\r\n'"


def _plain(cell):
    return cell[1:] if _is_safe(cell) else cell
