"""M4 Weekly: the largest value of the next 13 weeks, and whether a limit is exceeded within them."""

import time
from collections import defaultdict
from pathlib import Path

import numpy as np
from datasets import Split, long_series
from numpy.typing import NDArray
from peer import autoets
from scoring import paired, peak_quantiles, resampled, summed

from models.growth import forecast
from models.growth.baselines import path_bootstrap, recent_changes
from models.growth.reliability import reliability

Array = NDArray[np.float64]

WEEKS_AHEAD = 13
ORIGINS = (52, 39, 26, 13)
"""Weeks before the end of the training file."""
LINEAR_WEEKS = 26
"""Window of the straight line, as predict_linear would be asked."""
SIGMAS = (1, 2, 4)
"""Limits: the last value times exp(k s), s the spread of the log steps of the last 156 weeks."""
WINDOW = 156


def weekly_tables(folder: Path) -> str:
    """Return peak and exhaustion scores."""
    series = long_series(folder / "weekly_train.csv.gz")
    stated: dict[str, list[Array]] = defaultdict(list)
    names: list[Array] = []
    for back in ORIGINS:
        long = [(row, values) for row, values in enumerate(series.values()) if values.size > back + 60]
        past = [values[:-back] for _, values in long]
        split = Split(past, np.stack([values[values.size - back :][:WEEKS_AHEAD] for _, values in long]))
        begin = time.process_time()
        fleet = forecast(split.past, horizon=WEEKS_AHEAD, step="1w", paths=500, seed=1)
        ours = np.stack([fleet.paths(row) for row in range(len(long))]).astype(np.float64)
        spent = 1000 * (time.process_time() - begin) / len(long)
        simple = bootstrap(split.past)
        collect(stated, split, ours, simple)
        names.append(np.array([row for row, _ in long]))
    lines = ["### M4 Weekly, largest value of the next 13 weeks (origin 13 weeks before the end)", ""]
    lines += peak_rows(split, ours, simple, spent)
    cases = sum(part.shape[1] for part in stated["outcome"])
    lines += ["", f"### Exhaustion on M4 Weekly, {cases} series-origins × {len(SIGMAS)} limits", ""]
    return "\n".join([*lines, *brier_rows(stated, np.concatenate(names)), ""])


def bootstrap(past: list[Array]) -> Array:
    """Return bootstrapped paths (series, 500, weeks)."""
    drawn = np.random.default_rng(1).random((len(past), 500, -(-WEEKS_AHEAD // 4)))
    rows = [
        values[-1] * np.exp(path_bootstrap(recent_changes(values), WEEKS_AHEAD, part)) for values, part in zip(past, drawn, strict=True)
    ]
    return np.stack(rows)


def peak_rows(split: Split, ours: Array, simple: Array, spent: float) -> list[str]:
    """Return summed pinball of the maximum, with paired intervals by series."""
    actual = split.future.max(axis=1)
    scale = np.array([np.abs(np.diff(values[-WINDOW - 1 :])).mean() for values in split.past])
    peer = autoets(split.past, WEEKS_AHEAD, 1)
    methods = [("forecast", ours, f"{spent:.1f}"), ("bootstrap of log steps", simple, "")]
    methods += [("AutoETS, simulated paths", peer.paths, f"{peer.ms_per_series:.1f}")] if peer is not None else []
    rows = ["| method | summed pinball | P(y ≤ q50/80/90/95/99) | CPU ms/series |", "|---|---|---|---|"]
    losses: dict[str, Array] = {}
    for name, paths, cost in methods:
        found = peak_quantiles(paths)
        losses[name] = summed(actual, found) / scale
        share = "/".join(f"{100 * value:.0f}" for value in (actual[:, None] <= found).mean(axis=0))
        rows.append(f"| {name} | {losses[name].mean():.3f} | {share} | {cost} |")
    if peer is None:
        rows.append("| AutoETS, simulated paths | absent | | |")
    others = [paired(name, losses["forecast"] - loss, float(loss.mean())) for name, loss in losses.items() if name != "forecast"]
    return [*rows, "", *[f"- {line}" for line in others]]


def collect(into: dict[str, list[Array]], split: Split, ours: Array, simple: Array) -> None:
    """Add outcomes and stated probabilities (limits, series) of one origin."""
    spread = [np.diff(np.log(values[-WINDOW - 1 :])).std() for values in split.past]
    last = np.array([values[-1] for values in split.past])
    limits = np.stack([last * np.exp(k * np.array(spread)) for k in SIGMAS])
    into["outcome"].append((split.future.max(axis=1) > limits).astype(np.float64))
    into["forecast"].append((ours.max(axis=2) > limits[..., None]).mean(axis=2))
    into["bootstrap"].append((simple.max(axis=2) > limits[..., None]).mean(axis=2))
    weeks = np.arange(1, WEEKS_AHEAD + 1)
    lines = [np.polyval(np.polyfit(np.arange(1 - LINEAR_WEEKS, 1), values[-LINEAR_WEEKS:], 1), weeks) for values in split.past]
    into["predict_linear"].append((np.stack(lines).max(axis=1) > limits).astype(np.float64))


def brier_rows(collected: dict[str, list[Array]], series: NDArray[np.int64]) -> list[str]:
    """Return Brier scores with intervals, Murphy's parts and the mean calibration error in ten bins."""
    outcome = np.concatenate(collected["outcome"], axis=1)
    known = {name: np.concatenate(parts, axis=1) for name, parts in collected.items() if name != "outcome"}
    known["base rate"] = np.broadcast_to(outcome.mean(axis=1, keepdims=True), outcome.shape).copy()
    rows = ["| method | Brier 1σ | 2σ | 4σ | all | uncertainty - resolution + miscalibration | mean calibration error | in band |"]
    rows.append("|---|---|---|---|---|---|---|---|")
    for name, stated in known.items():
        scores = ((stated - outcome) ** 2).mean(axis=1)
        parts = reliability(stated.ravel(), outcome.ravel())
        murphy = f"{parts.uncertainty:.4f} - {parts.resolution:.4f} + {parts.miscalibration:.4f}"
        cells = " | ".join(f"{value:.4f}" for value in scores)
        band = f"{parts.inside.sum()} of {parts.inside.size} bins"
        rows.append(f"| {name} | {cells} | {parts.brier:.4f} | {murphy} | {parts.mean_calibration_error:.3f} | {band} |")
    rows.append("")
    ours = (known["forecast"] - outcome) ** 2
    for name in ("bootstrap", "predict_linear"):
        theirs = (known[name] - outcome) ** 2
        for place, label in ((slice(0, 1), "1σ"), (slice(1, 2), "2σ"), (slice(2, 3), "4σ"), (slice(0, 3), "all limits")):
            gap = (ours - theirs)[place].mean(axis=0)
            blocks = by_series(gap, series)
            low, high = resampled(blocks)
            relative = 100 * gap.mean() / theirs[place].mean()
            rows.append(f"- forecast - {name}, {label}: {gap.mean():+.4f} ({relative:+.1f} %; 95 % by series {low:+.4f} … {high:+.4f})")
    return rows


def by_series(gap: Array, series: NDArray[np.int64]) -> Array:
    """Return the mean gap of each series over its origins, weighted so that their mean is that of all cases."""
    count = np.bincount(series)
    seen = count > 0
    return np.bincount(series, weights=gap)[seen] * seen.sum() / gap.size
