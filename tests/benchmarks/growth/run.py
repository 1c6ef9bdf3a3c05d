"""Print the growth benchmarks as Markdown: `python tests/benchmarks/growth/run.py DATASETS` (folder with m4/*.csv.gz)."""

import csv
import gzip
import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.growth import forecast
from models.growth.baselines import path_bootstrap, recent_changes, seasonal_naive
from models.growth.scores import LEVELS, pinball

Array = NDArray[np.float64]

HOURS_AHEAD = 48
WEEKS_AHEAD = 13
NAIVE2 = (18.383, 2.395)
"""sMAPE and MASE of Naive2 on M4 Hourly (Makridakis, Spiliotis, Assimakopoulos 2020)."""
LINEAR_WEEKS = 26
"""Window of the straight line, as predict_linear would be asked."""
SIGMAS = (1, 2, 4)
WINDOW = 156


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """Training series and what came after them."""

    past: list[Array]
    future: Array


def main() -> int:
    """Print every table whose data are there; name what is absent."""
    if len(sys.argv) != 2:
        print("usage: run.py DATASETS", file=sys.stderr)
        return 2
    folder = Path(sys.argv[1]) / "m4"
    for name, table in (("hourly_train.csv.gz", hourly_table), ("weekly_train.csv.gz", weekly_tables)):
        if (folder / name).exists():
            print(table(folder), flush=True)
        else:
            print(f"absent: m4/{name}\n")
    return 0


def hourly_table(folder: Path) -> str:
    """Return point and interval scores on the test part of M4 Hourly."""
    train, test = read(folder / "hourly_train.csv.gz"), read(folder / "hourly_test.csv.gz")
    split = Split([train[key] for key in train], np.stack([test[key] for key in train]))
    scale = np.array([np.abs(past[24:] - past[:-24]).mean() for past in split.past])
    begin = time.process_time()
    levels = (0.005, 0.5, *LEVELS[1:], 0.995)
    found = forecast(split.past, horizon=HOURS_AHEAD, paths=500, seed=1).summary(levels)
    spent = 1000 * (time.process_time() - begin) / len(split.past)
    naive = np.stack([seasonal_naive(past, HOURS_AHEAD, 168) for past in split.past])
    lines = [
        f"### M4 Hourly, {len(split.past)} series, 48 h ahead",
        "",
        "| method | sMAPE | MASE | OWA | CPU ms/series |",
        "|---|---|---|---|---|",
    ]
    for name, point, cost in (("forecast, median of paths", found.quantiles[1], f"{spent:.1f}"), ("seasonal naive with drift", naive, "")):
        smape = 200 * np.mean(np.abs(point - split.future) / (np.abs(point) + np.abs(split.future)))
        mase = float((np.abs(point - split.future).mean(axis=1) / scale).mean())
        lines.append(f"| {name} | {smape:.3f} | {mase:.3f} | {(smape / NAIVE2[0] + mase / NAIVE2[1]) / 2:.3f} | {cost} |")
    loss = [
        float((pinball(split.future, found.quantiles[1 + k][..., None], LEVELS[k : k + 1])[..., 0].mean(axis=1) / scale).mean())
        for k in range(5)
    ]
    below = [float((split.future <= found.quantiles[1 + k]).mean()) for k in range(5)]
    inside = float(((split.future >= found.quantiles[0]) & (split.future <= found.quantiles[-1])).mean())
    lines += ["", "| | q50 | q80 | q90 | q95 | q99 |", "|---|---|---|---|---|---|"]
    lines.append("| scaled pinball | " + " | ".join(f"{value:.4f}" for value in loss) + " |")
    lines.append("| share at or below | " + " | ".join(f"{100 * value:.1f} %" for value in below) + " |")
    return "\n".join([*lines, "", f"99 % two-sided coverage: {100 * inside:.2f} %", ""])


def weekly_tables(folder: Path) -> str:
    """Return peak and exhaustion scores on M4 Weekly."""
    series = read(folder / "weekly_train.csv.gz")
    lines = ["### M4 Weekly, largest value of the next 13 weeks (origin 13 weeks before the end)", ""]
    brier: dict[str, list[Array]] = defaultdict(list)
    for back in (52, 39, 26, 13):
        long = [values for values in series.values() if values.size > back + 60]
        split = Split([values[:-back] for values in long], np.stack([values[values.size - back :][:WEEKS_AHEAD] for values in long]))
        begin = time.process_time()
        fleet = forecast(split.past, horizon=WEEKS_AHEAD, step="1w", paths=500, seed=1)
        peaks = np.stack([fleet.paths(row).max(axis=1) for row in range(len(long))]).astype(np.float64)
        spent = 1000 * (time.process_time() - begin) / len(long)
        simple = bootstrap_peaks(split.past)
        collect_brier(brier, split, peaks, simple)
    lines += [
        *peak_rows(split, peaks, simple, spent),
        "",
        f"### Exhaustion on M4 Weekly, {sum(part.shape[1] for part in brier['outcome'])} series-origins",
        "",
    ]
    return "\n".join([*lines, *brier_rows(brier), ""])


def bootstrap_peaks(past: list[Array]) -> Array:
    """Return the 13-week maximum (series, 500) of bootstrapped paths."""
    random = np.random.default_rng(1)
    starts = (len(past), 500, -(-WEEKS_AHEAD // 4))
    drawn = random.random(starts)
    rows = [
        values[-1] * np.exp(path_bootstrap(recent_changes(values), WEEKS_AHEAD, part)).max(axis=1)
        for values, part in zip(past, drawn, strict=True)
    ]
    return np.stack(rows)


def peak_rows(split: Split, ours: Array, simple: Array, spent: float) -> list[str]:
    """Return the table of summed pinball of the maximum, with a paired interval by series."""
    actual = split.future.max(axis=1)
    scale = np.array([np.abs(np.diff(values[-WINDOW - 1 :])).mean() for values in split.past])
    rows = ["| method | summed pinball | P(y ≤ q50/80/90/95/99) | CPU ms/series |", "|---|---|---|---|"]
    losses = []
    for name, peaks, cost in (("forecast", ours, f"{spent:.1f}"), ("bootstrap of log steps", simple, "")):
        found = np.quantile(peaks, LEVELS, axis=1, method="inverted_cdf").T
        losses.append(pinball(actual, found, LEVELS).sum(axis=1) / scale)
        share = "/".join(f"{100 * value:.0f}" for value in (actual[:, None] <= found).mean(axis=0))
        rows.append(f"| {name} | {losses[-1].mean():.3f} | {share} | {cost} |")
    gap = losses[0] - losses[1]
    drawn = np.random.default_rng(2).integers(0, gap.size, (2000, gap.size))
    low, high = np.quantile(gap[drawn].mean(axis=1), [0.025, 0.975])
    return [*rows, "", f"forecast - bootstrap: {gap.mean():.3f} (95 % by series {low:.3f} … {high:.3f})"]


def collect_brier(into: dict[str, list[Array]], split: Split, ours: Array, simple: Array) -> None:
    """Add crossing probabilities (levels, series) of one origin."""
    spread = [np.diff(np.log(values[-WINDOW - 1 :])).std() for values in split.past]
    last = np.array([values[-1] for values in split.past])
    limits = np.stack([last * np.exp(k * np.array(spread)) for k in SIGMAS])
    into["outcome"].append((split.future.max(axis=1) > limits).astype(np.float64))
    into["forecast"].append((ours > limits[..., None]).mean(axis=2))
    into["bootstrap"].append((simple > limits[..., None]).mean(axis=2))
    lines = [
        np.polyval(np.polyfit(np.arange(1 - LINEAR_WEEKS, 1), values[-LINEAR_WEEKS:], 1), np.arange(1, WEEKS_AHEAD + 1))
        for values in split.past
    ]
    into["predict_linear"].append((np.stack(lines).max(axis=1) > limits).astype(np.float64))


def brier_rows(collected: dict[str, list[Array]]) -> list[str]:
    """Return Brier scores by level and the mean calibration error in ten bins."""
    outcome = np.concatenate(collected["outcome"], axis=1)
    rows = ["| method | Brier 1σ | 2σ | 4σ | mean calibration error |", "|---|---|---|---|---|"]
    known = {name: np.concatenate(parts, axis=1) for name, parts in collected.items() if name != "outcome"}
    known["base rate"] = np.broadcast_to(outcome.mean(axis=1, keepdims=True), outcome.shape)
    for name, stated in known.items():
        scores = ((stated - outcome) ** 2).mean(axis=1)
        bins = np.minimum((stated * 10).astype(int), 9).ravel()
        error = sum(abs(float((stated.ravel() - outcome.ravel())[bins == k].sum())) for k in range(10)) / outcome.size
        rows.append(f"| {name} | " + " | ".join(f"{value:.4f}" for value in scores) + f" | {error:.3f} |")
    return rows


def read(path: Path) -> dict[str, Array]:
    """Return the series of a long CSV (unique_id, t, y)."""
    found: dict[str, list[float]] = defaultdict(list)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        for name, _, value in rows:
            found[name].append(float(value))
    return {name: np.array(values) for name, values in found.items()}


if __name__ == "__main__":
    raise SystemExit(main())
