# %% [markdown]
# # evotor in a notebook
#
# Cells as editors know them (`# %%`); it also runs as a plain program: `python docs/examples/notebook.py`. It needs the wheel of
# [python/](../../python/README.md), with xarray.

# %%
import evotor

print("evotor", evotor.version())

# %% [markdown]
# ## Two arms, the same virtual patients
#
# A trial is a file, or its text. The surrogate is an approximation, and quick; without it every cell is an agent.

# %%
TRIAL = """
name = "everolimus-or-none"
phenotype = "signalling"
seed = 7
[time]
end = "720 d"
[lattice]
placement = "radius"
radius = 4
candidates = 16
[start]
[oxygen]
[vessels]
[cohort]
patients = 30
agents = 2000
[assessment.visits]
every = "84 d"
[[arm]]
name = "everolimus"
therapy.regimen = "everolimus 10 mg daily"
[[arm]]
name = "supportive care"
therapy.regimen = "best supportive care"
"""
trial = evotor.compare(TRIAL, surrogate=True)
trial

# %% [markdown]
# Tables are data frames; what columns mean and what they are in goes with them.

# %%
survival = trial.survival
print(survival.query("endpoint == 'tfs'").groupby("arm").tail(1)[["arm", "time_months", "survival"]].to_string(index=False))
print("units:", survival.attrs["units"])
print("survival:", survival.attrs["columns"]["survival"])

# %%
trial.plot("survival-tfs" if "survival-tfs" in trial.plots else "survival-pfs")

# %% [markdown]
# ## The same in the shapes of ADaM
#
# Shaped, not conformant: names and meanings of columns are those of the standard, so that programs for survival take them.

# %%
adtte = trial.adam()["ADTTE"]
overall = adtte[adtte.PARAMCD == "OS"].groupby("TRTP").agg(subjects=("USUBJID", "size"), deaths=("CNSR", lambda cnsr: int((cnsr == 0).sum())))
print(overall.to_string())

# %% [markdown]
# ## One tumour, cell by cell

# %%
RUN = """
name = "nests"
seed = 2
loci = []
[time]
step = "12 h"
end = "60 d"
every = "5 d"
[lattice]
size = [128, 128]
site = "20 um"
[start]
shape = "nests"
fraction = 0.12
radius = "80 um"
packing = 0.6
[rates]
birth = "0.10 /d"
death = "0.06 /d"
clearance = "0.1 /d"
[oxygen]
vessels = "300 /mm2"
[output]
snapshots = ["0 d", "30 d", "60 d"]
"""
run = evotor.run(RUN, backend="cpu")
run

# %%
lattice = run.lattice(day=30)
oxygen = lattice["oxygen"]
print("sites:", dict(lattice.sizes), "oxygen:", oxygen.attrs["units"])
print("mean oxygen of live cells:", round(float(oxygen.where(lattice["site"] == 2).mean()), 2), oxygen.attrs["units"])
oxygen.isel(z=0)

# %% [markdown]
# ## What is wrong with a file

# %%
try:
    evotor.run(RUN.replace("birth", "brith"))
except evotor.EvotorError as error:
    print(error.findings[0]["place"].rsplit("/", 1)[-1], error.findings[0]["message"], "-", error.findings[0]["help"])
