"""M4 Hourly: point and interval scores, and CPU beside AutoETS."""

import time
from pathlib import Path

import numpy as np
from datasets import Split, long_series
from numpy.typing import NDArray
from peer import autoets

from models.growth import forecast
from models.growth.baselines import seasonal_naive
from models.growth.scores import LEVELS, pinball

Array = NDArray[np.float64]

HOURS_AHEAD = 48
NAIVE2 = (18.383, 2.395)
"""sMAPE and MASE of Naive2 on M4 Hourly (Makridakis, Spiliotis, Assimakopoulos 2020)."""
PEER_EVERY = 14
"""AutoETS takes a second a series: it runs on every 14th."""
STATED = (0.005, 0.5, *LEVELS[1:], 0.995)


def hourly_table(folder: Path) -> str:
    """Return the scores on the test part."""
    train, test = long_series(folder / "hourly_train.csv.gz"), long_series(folder / "hourly_test.csv.gz")
    split = Split([train[key] for key in train], np.stack([test[key] for key in train]))
    scale = np.array([np.abs(past[24:] - past[:-24]).mean() for past in split.past])
    begin = time.process_time()
    found = forecast(split.past, horizon=HOURS_AHEAD, paths=500, seed=1).summary(STATED)
    spent = 1000 * (time.process_time() - begin) / len(split.past)
    naive = np.stack([seasonal_naive(past, HOURS_AHEAD, 168) for past in split.past])
    lines = [
        f"### M4 Hourly, {len(split.past)} series, 48 h ahead",
        "",
        "| method | sMAPE | MASE | OWA | CPU ms/series |",
        "|---|---|---|---|---|",
        point_row("forecast, median of paths", found.quantiles[1], split, scale, spent),
        point_row("seasonal naive with drift", naive, split, scale, None),
        "",
        *interval_rows(found.quantiles, split, scale),
        "",
        *beside_autoets(split, scale, found.quantiles, spent),
        "",
    ]
    return "\n".join(lines)


def point_row(name: str, point: Array, split: Split, scale: Array, spent: float | None) -> str:
    """Return a row of point scores."""
    smape = 200 * np.mean(np.abs(point - split.future) / (np.abs(point) + np.abs(split.future)))
    mase = float((np.abs(point - split.future).mean(axis=1) / scale).mean())
    cost = "" if spent is None else f"{spent:.1f}"
    return f"| {name} | {smape:.3f} | {mase:.3f} | {(smape / NAIVE2[0] + mase / NAIVE2[1]) / 2:.3f} | {cost} |"


def interval_rows(stated: Array, split: Split, scale: Array) -> list[str]:
    """Return scaled pinball losses and coverage; `stated` (STATED, series, hours)."""
    below = [float((split.future <= stated[1 + k]).mean()) for k in range(5)]
    inside = float(((split.future >= stated[0]) & (split.future <= stated[-1])).mean())
    return [
        "| | q50 | q80 | q90 | q95 | q99 |",
        "|---|---|---|---|---|---|",
        "| scaled pinball | " + " | ".join(f"{value:.4f}" for value in losses(stated[1:6], split, scale)) + " |",
        "| share at or below | " + " | ".join(f"{100 * value:.1f} %" for value in below) + " |",
        "",
        f"99 % two-sided coverage: {100 * inside:.2f} %",
    ]


def losses(stated: Array, split: Split, scale: Array) -> list[float]:
    """Return the scaled pinball loss at each level; `stated` (levels, series, hours)."""
    parts = [pinball(split.future, stated[k][..., None], LEVELS[k : k + 1])[..., 0].mean(axis=1) / scale for k in range(LEVELS.size)]
    return [float(part.mean()) for part in parts]


def beside_autoets(split: Split, scale: Array, ours: Array, spent: float) -> list[str]:
    """Return CPU and pinball on every 14th series beside AutoETS with its daily season."""
    rows = np.arange(0, len(split.past), PEER_EVERY)
    peer = autoets([split.past[row] for row in rows], HOURS_AHEAD, 24)
    if peer is None:
        return ["AutoETS: absent"]
    part = Split([split.past[row] for row in rows], split.future[rows])
    theirs = np.quantile(peer.paths, LEVELS, axis=1, method="inverted_cdf")
    lines = [f"Every {PEER_EVERY}th series ({rows.size})", "", "| method | scaled pinball q50 | q80 | q90 | q95 | q99 | CPU ms/series |"]
    lines.append("|---|---|---|---|---|---|---|")
    for name, stated, cost in (("forecast", ours[1:6][:, rows], spent), ("AutoETS, simulated paths", theirs, peer.ms_per_series)):
        lines.append(f"| {name} | " + " | ".join(f"{loss:.4f}" for loss in losses(stated, part, scale[rows])) + f" | {cost:.1f} |")
    return [*lines, "", f"CPU a series: {spent / peer.ms_per_series:.3f} of AutoETS"]
