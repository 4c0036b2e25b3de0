"""The package as it is installed: the program within it, small runs, and what is made of them."""

import importlib.metadata
import pathlib
import signal
import subprocess
import sys
import warnings

import evotor
import pandas
import pytest
import xarray

SCENARIO = """
name = "small"
seed = 3
replicates = 2
loci = []
[time]
step = "12 h"
end = "20 d"
every = "2 d"
[lattice]
size = [40, 30]
site = "20 um"
[start]
shape = "count"
cells = 30
[rates]
birth = "0.30 /d"
death = "0.10 /d"
clearance = "0.2 /d"
[output]
snapshots = ["0 d", "10 d", "20 d"]
"""

TRIAL = """
name = "two-arms"
phenotype = "signalling"
seed = 9
[time]
end = "420 d"
[lattice]
placement = "radius"
radius = 4
candidates = 16
[start]
[oxygen]
[vessels]
[cohort]
patients = 6
agents = 900
[assessment.visits]
every = "56 d"
[[arm]]
name = "1"
therapy.regimen = "everolimus 10 mg daily"
[[arm]]
name = "=supportive"
therapy.regimen = "best supportive care"
"""


@pytest.fixture(scope="module")
def run():
    return evotor.run(SCENARIO, backend="cpu", progress=False)


@pytest.fixture(scope="module")
def trial():
    return evotor.compare(TRIAL, surrogate=True, progress=False)


def test_the_program_is_that_of_the_package():
    assert evotor.version() == importlib.metadata.version("evotor")
    assert pathlib.Path(evotor.program()).is_file()


def test_tables_have_types_meanings_and_units(run):
    series = run.series
    assert isinstance(series, pandas.DataFrame)
    assert series.day.max() == 20 and str(series.live.dtype) == "Int64"
    assert series.attrs["units"]["day"] == "d"
    assert series.attrs["columns"]["live"] == "Live cells."
    assert series.attrs["rows"].startswith("One for each replicate")
    assert run.summary["live"] == run.replicates.live.sum()
    assert "series" in run.tables and "series" in dir(run)
    with pytest.raises(AttributeError, match="no `seires`"):
        run.seires
    with pytest.raises(KeyError, match="there are"):
        run.table("seires")


def test_lattices_are_arrays_over_micrometres(run):
    lattice = run.lattice(day=10)
    assert isinstance(lattice["site"], xarray.DataArray)
    assert lattice["site"].dims == ("z", "y", "x") and lattice["site"].shape == (1, 30, 40)
    assert float(lattice.x[0]) == 10 and lattice.x.attrs["units"] == "um"
    live = run.series.query("replicate == 0 and day == 10").live.item()
    assert int((lattice["site"] == 2).sum()) == live
    assert lattice.attrs["day"] == 10
    assert run.lattice().attrs["day"] == 20
    with pytest.raises(evotor.EvotorError):
        run.lattice(day=11)


def test_a_trial_is_data_frames_whatever_its_arms_are_called(trial):
    assert set(trial.survival.arm) == {"1", "=supportive"}
    assert trial.survival.attrs["units"]["time_months"] == "months"
    assert str(trial.patients.patient.dtype) == "Int64" and str(trial.patients.grade_3_or_4.dtype) in ("bool", "boolean")
    assert trial.visits.attrs["rows"] == "One for each scan."
    assert trial.summary["digest"] == trial.digest


def test_tables_in_the_shapes_of_adam(trial):
    adam = trial.adam()
    assert set(adam) == {"ADSL", "ADTTE", "ADRS", "ADAE", "ADEX"}
    assert set(adam["ADTTE"].TRTP) == {"1", "=supportive"} and list(adam["ADTTE"].TRTPN.unique()) == [1, 2]
    assert adam["ADSL"].USUBJID.is_unique and len(adam["ADSL"]) == len(trial.patients)
    deaths = (trial.patients.os_ended == "death").sum()
    assert (adam["ADTTE"].query("PARAMCD == 'OS'").CNSR == 0).sum() == deaths
    assert adam["ADTTE"].attrs["columns"]["AVAL"] == "Time, days."


def test_the_same_options_give_the_same_bits(trial):
    again = evotor.compare(TRIAL, surrogate=True, patients=6, progress=False)
    assert again.digest == trial.digest
    other = evotor.compare(TRIAL, surrogate=True, arm=["1"], only=[0, 2], progress=False)
    assert list(other.patients.patient) == [0, 2]


def test_a_folder_is_loaded_again(tmp_path):
    made = evotor.run(SCENARIO, backend="cpu", out=tmp_path / "r", progress=False, no_report=True)
    assert made.folder == tmp_path / "r"
    found = evotor.load(tmp_path / "r")
    assert isinstance(found, evotor.Run) and found.digest == made.digest
    with pytest.raises(evotor.EvotorError, match="no folder"):
        evotor.load(tmp_path / "nowhere")
    with pytest.raises(evotor.EvotorError, match="summary.json"):
        evotor.load(tmp_path)


def test_a_temporary_folder_goes_with_its_results():
    made = evotor.run(SCENARIO, backend="cpu", progress=False)
    folder = made.folder
    assert folder.exists()
    del made
    assert not folder.exists()


def test_what_is_refused_is_an_exception_with_places(tmp_path):
    with pytest.raises(evotor.EvotorError, match="replicats") as refused:
        evotor.run(SCENARIO.replace("replicates", "replicats"), progress=False)
    assert refused.value.code == 2
    finding = refused.value.findings[0]
    assert finding["place"].endswith("scenario.toml:4:1") and "replicates" in finding["help"]
    with pytest.raises(evotor.EvotorError, match="nowhere.toml"):
        evotor.run(tmp_path / "nowhere.toml", progress=False)
    with pytest.raises(evotor.EvotorError, match="--no-such-option"):
        evotor.run(SCENARIO, no_such_option=True, progress=False)
    with pytest.raises(evotor.EvotorError, match="did you mean"):
        evotor.trial("radiant4", progress=False)


def test_files_are_checked_without_an_exception(tmp_path):
    (tmp_path / "good.toml").write_text(SCENARIO)
    (tmp_path / "bad.toml").write_text("name = 3")
    good, bad = evotor.validate(tmp_path / "good.toml", tmp_path / "bad.toml")
    assert good["ok"] and good["error"] is None
    assert not bad["ok"] and bad["error"]["findings"]


def test_notes_are_warnings():
    with pytest.warns(evotor.EvotorWarning, match="draws"):
        evotor.trial("radiant-4", surrogate=True, patients=2, predict=2, progress=False)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        evotor.run(SCENARIO, backend="cpu", progress=False)


def test_progress_is_told():
    told = []
    evotor.compare(TRIAL, surrogate=True, progress=lambda *how_far: told.append(how_far))
    done, of, seconds, what = told[-1]
    assert (done, of) == (6, 6) and seconds >= 0 and isinstance(what, str)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")
def test_an_interrupt_leaves_a_checkpoint(tmp_path):
    (tmp_path / "long.toml").write_text(SCENARIO.replace("20 d", "20000 d").replace("[40, 30]", "[400, 300]").replace('snapshots = ["0 d", "10 d", "20000 d"]', ""))
    ask = "import evotor, sys; evotor.run(sys.argv[1], out=sys.argv[2], backend='cpu', progress=lambda *_: print('on its way', flush=True))"
    line = [sys.executable, "-c", ask, tmp_path / "long.toml", tmp_path / "r"]
    # Whoever began these tests may have had SIGINT ignored, as nohup and a shell's `&` do, and Python takes that over.
    heeds = lambda: signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", preexec_fn=heeds) as asking:
        assert asking.stdout.readline() == "on its way\n"
        asking.send_signal(signal.SIGINT)
        _, said = asking.communicate()
    assert asking.returncode != 0 and "KeyboardInterrupt" in said
    assert (tmp_path / "r" / "checkpoint.evotor").exists()
    with pytest.raises(evotor.EvotorError, match="evotor resume"):
        evotor.load(tmp_path / "r")


def test_notebooks_show_results(run, trial):
    for results, plot in [(run, "burden"), (trial, "survival-pfs")]:
        assert plot in results.plots
        shown = results._repr_html_()
        assert "<svg" in shown and results.digest[:16] in shown
        assert "<script" not in shown
    assert "=supportive" in trial._repr_html_()
