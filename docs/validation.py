"""Writes the tables of docs/validation.md from results/validation, between `<!-- NAME -->` and `<!-- end -->`.

Called by docs/validation.sh. A table whose results are missing is left as it was, and named.
"""

import csv
import math
import re
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
OUT = HERE.parent / "results" / "validation"
PAGE = HERE / "validation.md"


def rows(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def number(text):
    return None if text in ("", "NaN") else float(text)


def short(x, unit=""):
    """A number of a table; fractions in percent."""
    if x is None:
        return "–"
    if x == float("inf"):
        return "NR"
    if unit == "fraction":
        x *= 100
    if unit == "ratio":
        return f"{x:.2f}"
    return f"{x:.1f}" if abs(x) >= 0.95 or x == 0 else f"{x:.2g}"


def spread(low, high, unit=""):
    ends = [short(x, unit) if x is not None else "NR" for x in (low, high)]
    return f"({ends[0]}–{ends[1]})"


def table(heads, body):
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join(lines + ["| " + " | ".join(cells) + " |" for cells in body])


def words(row):
    name = row["endpoint"].replace("_", " ").replace("grade3 or4", "grade 3 or 4").replace("pfs", "PFS").replace("os ", "OS ")
    at = number(row.get("at_months", ""))
    return name + (f" at {at:g} mo" if at is not None else "")


def parameters():
    asked = tomllib.loads((HERE.parent / "scenarios" / "calibration.toml").read_text())["parameter"]
    posterior = rows(OUT / "calibration" / "posterior.csv")
    weights = [float(row["weight"]) for row in posterior]
    fitted = tomllib.loads((OUT / "calibration" / "fitted.toml").read_text())["fitted"]
    body = []
    for prior, value in zip(asked, fitted):
        draws = sorted((float(row[prior["name"]]), w) for row, w in zip(posterior, weights))
        mean = sum(x * w for x, w in draws)
        log = prior["scale"] == "log"
        width = lambda a, b: (b / a, prior["high"] / prior["low"]) if log else (b - a, prior["high"] - prior["low"])
        narrow = width(value["low"], value["high"])
        share = math.log(narrow[0]) / math.log(narrow[1]) if log else narrow[0] / narrow[1]
        body.append([
            prior["name"],
            f"{prior['low']:g} to {prior['high']:g}",
            f"{mean:.3g} ({value['low']:.3g} to {value['high']:.3g})",
            f"{100 * share:.0f}",
            f"{value['value']:.3g}",
        ])
    return table(["parameter", "prior", "posterior, mean (95 %)", "width, % of the prior's", "fitted"], body)


def agents():
    """What agents come to with 300 patients, beside what was published, of the two trials that were fitted to."""
    body = []
    for trial in ("radiant-3", "sun-1111"):
        for row in rows(OUT / f"agents-{trial}" / "published.csv"):
            unit = row["unit"]
            value = lambda key: number(row[key])
            within = {"true": "", "false": "**outside**", "": ""}[row["within_published"]]
            body.append([
                trial, row["arm"], words(row), row["reader"] or "–",
                short(value("published"), unit)
                + (f" {spread(value('published_low'), value('published_high'), unit)}" if row["published_low"] else ""),
                f"{short(value('simulated'), unit)} {spread(value('simulated_low'), value('simulated_high'), unit)}"
                if row["simulated_low"] else short(value("simulated"), unit),
                row["role"], within,
            ])
    return table(["trial", "arm", "end point", "reader", "published", "agents", "role", ""], body)


def trials():
    folders = sorted(p.parent for p in (OUT / "trials").glob("*/published.csv"))
    return [folder for folder in folders if (folder / "predictions.csv").exists()]


def predictions():
    body = []
    for folder in trials():
        figures = rows(folder / "published.csv")
        for row, figure in zip(rows(folder / "predictions.csv"), figures):
            unit = row["unit"]
            value = lambda key: number(row[key])
            body.append([
                folder.name, row["arm"], words(row), figure["reader"] or "–", short(number(figure["cutoff_months"] or "")),
                short(value("published"), unit), short(number(figure["simulated"]), unit),
                f"{short(value('predicted_median'), unit)} {spread(value('predicted_low'), value('predicted_high'), unit)}",
                row["role"], {"true": "", "false": "**outside**", "": "?"}[row["inside"]],
            ])
    heads = ["trial", "arm", "end point", "reader", "cut-off, mo", "published", "simulated", "95 % of trials", "role", ""]
    return table(heads, body)


def by_trial():
    """Held-out figures by trial: inside and outside of what trials of the published size come to."""
    body, total = [], [0, 0]
    for folder in trials():
        held = [row for row in rows(folder / "predictions.csv") if row["role"] == "predicted" and row["inside"]]
        inside = [words(row) + " " + row["arm"] for row in held if row["inside"] == "true"]
        outside = [f"{words(row)}, {row['arm']}" for row in held if row["inside"] == "false"]
        if held and folder.name != "record-3":
            total = [total[0] + len(inside), total[1] + len(held)]
            body.append([folder.name, str(len(held)), str(len(inside)), "; ".join(outside) or "–"])
    if body:
        body.append(["**all but RECORD-3**", str(total[1]), str(total[0]), ""])
    return table(["trial", "held-out figures", "inside", "outside"], body)


def growth():
    body = []
    for folder in trials():
        path = folder / "needed_growth.csv"
        for row in rows(path) if path.exists() else []:
            value = lambda key: number(row[key])
            needed = value("needed_growth_per_day")
            body.append([
                folder.name, row["arm"], short(value("published_months")), short(value("simulated_months")),
                f"{value('growth_per_day'):.4f}", "none" if needed is None else f"{needed:.4f}",
            ])
    return table(["trial", "arm", "published PFS, months", "simulated", "growth, /d", "needed, /d"], body)


def signed(x):
    return "–" if x is None else f"{x:+.1f}".replace("-", "−")


def schedules():
    """Differences of strategies by agents and by the mean field, with the growth of RADIANT-3."""
    by = {}
    for name in ("schedules", "schedules-surrogate"):
        for row in rows(OUT / name / "contrasts.csv"):
            if row["endpoint"] in ("tfs", "time_to_growth"):
                low, value, high = (number(row[f"paired_{key}_months"]) for key in ("low", "difference", "high"))
                text = f"{signed(value)} ({signed(low)} to {signed(high)})"
                by.setdefault((row["arm"], row["against"]), {})[name, row["endpoint"]] = text
    price = {}
    for row in rows(OUT / "schedules" / "prices.csv"):
        if row["measure"] == "severe_days":
            price[row["arm"], row["against"]] = f"{signed(number(row['estimate']))} ({signed(number(row['low']))} to {signed(number(row['high']))})"
    body = [
        [arm] + [found.get((name, end), "–") for end in ("tfs", "time_to_growth") for name in ("schedules", "schedules-surrogate")]
        + [price.get((arm, against), "–"), OLD.get(arm, "–")]
        for (arm, against), found in by.items()
    ]
    heads = ["arm, against everolimus then sunitinib", "TFS: agents", "TFS: mean field", "1.2 × first sum: agents",
             "1.2 × first sum: mean field", "days of grade 3–4, agents", "old: total PFS, agents"]
    return table(heads, body)


# What this page told before: differences of total progression-free survival by agents, 400 patients, months.
OLD = {
    "sunitinib then everolimus": "+0.6 (−0.3 to +1.5)",
    "concurrent, full doses": "+3.2 (+1.8 to +4.8)",
    "concurrent, tolerated doses": "+0.0 (−1.3 to +1.3)",
    "alternating every 12 weeks": "−5.8 (−6.9 to −4.7)",
    "everolimus alone": "−8.8 (−9.9 to −7.7)",
    "sunitinib alone": "−9.8 (−11.1 to −8.4)",
    "best supportive care": "−14.9 (−15.9 to −13.9)",
}


def arms():
    measures = {}
    for row in rows(OUT / "schedules" / "arms.csv"):
        measures.setdefault(row["arm"], {}).setdefault(row["measure"], row)
    def median(row):
        return f"{short(number(row['value']))} {spread(number(row['low']), number(row['high']))}" if row else "–"
    def percent(row):
        return short(number(row["value"]), "fraction") if row and row["value"] else "–"
    body = []
    for arm, of in measures.items():
        mean = lambda key: short(number(of[key]["value"])) if key in of else "–"
        body.append([
            arm, median(of.get("tfs")), mean("tfs_restricted_mean"), mean("time_to_growth_restricted_mean"),
            f"{number(of['burden']['value']):.2f}" if "burden" in of else "–", mean("severe_days"), median(of.get("pfs")),
            percent(of.get("response_rate")), percent(of.get("discontinuation")), percent(of.get("second_drug")),
        ])
    heads = ["arm", "TFS, median", "TFS, mean", "1.2 × first sum, mean", "burden", "days of grade 3–4", "PFS, median",
             "responses, %", "stopped a drug, %", "two drugs, %"]
    return table(heads, body)


def bounds(low, high, unit):
    mark = {"fraction": " %", "months": " months", "ratio": ""}[unit]
    if low is None or high is None:
        return (f"at most {short(high, unit)}" if low is None else f"at least {short(low, unit)}") + mark
    return f"{short(low, unit)} to {short(high, unit)}{mark}"


def falsifiers():
    body, last = [], None
    for row in rows(OUT / "falsifiers" / "falsify.csv"):
        first = row["id"] != last
        last = row["id"]
        unit = row["unit"]
        value, low, high = (number(row[key]) for key in ("figure", "figure_low", "figure_high"))
        found = short(value, unit) + (f" {spread(low, high, unit)}" if low is not None or high is not None else "")
        body.append([
            f"**{row['id']}**" if first else "", row["falsifier_verdict"].replace("_", " ") if first else "",
            row["part"], bounds(number(row["bound_low"]), number(row["bound_high"]), unit), found, row["verdict"].replace("_", " "),
        ])
    return table(["", "verdict", "figure", "must be", "is (95 %)", "part"], body)


def main():
    text = PAGE.read_text()
    missing = []
    for make in (parameters, agents, predictions, by_trial, growth, schedules, arms, falsifiers):
        name = make.__name__
        mark = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.S)
        if not mark.search(text):
            sys.exit(f"docs/validation.md has no table `{name}`")
        try:
            made = make()
        except FileNotFoundError as error:
            missing.append(f"{name}: {error.filename}")
            continue
        if made.count("\n") < 2:
            missing.append(f"{name}: no results")
            continue
        text = mark.sub(lambda found: found[1] + made + "\n" + found[2], text)
    PAGE.write_text(text)
    for line in missing:
        print(f"not made anew, {line}")


main()
