"""100 Azure machines with 10 to 18 days of history: the largest hour of the next nine days."""

from collections.abc import Callable
from math import gamma
from pathlib import Path

import numpy as np
from datasets import wide_series
from numpy.typing import NDArray
from scoring import paired, resampled, summed

from models.growth import forecast
from models.growth.scores import LEVELS

Array = NDArray[np.float64]

ORIGIN_DAYS = (10, 12, 14, 16, 18)
DAYS_AHEAD = 9
CEILING = 100.0
"""CPU in per cent: what every method says is cut here."""
LEAST = 1e-3


def azure_tables(folder: Path) -> str:
    """Return scores for hourly means of the average, and for the hour's p95 of the five-minute maxima."""
    average = hours(wide_series(folder / "azure_v1_vm_avg_100.csv.gz"), lambda cut: cut.mean(axis=1))
    maxima = hours(wide_series(folder / "azure_v1_vm_max_100.csv.gz"), lambda cut: np.quantile(cut, 0.95, axis=1))
    lines: list[str] = []
    for title, series in (("hourly mean of average CPU", average), ("hourly p95 of five-minute maximum CPU", maxima)):
        lines += [
            f"### 100 Azure machines, peak of the next 9 days, {title}; origins after days 10, 12, 14, 16, 18",
            "",
            *table(series),
            "",
        ]
    return "\n".join(lines)


def hours(samples: Array, reduce: Callable[[Array], Array]) -> Array:
    """Return whole days of hours (hours, machines) of five-minute samples."""
    days = samples.shape[0] // 288
    return reduce(samples[: days * 288].reshape(days * 24, 12, -1))


def table(series: Array) -> list[str]:
    """Return the scores of all methods on all origins."""
    methods: dict[str, Callable[[Array], Array]] = {
        "forecast": ours,
        "fleet conformal, past window": conformal,
        "fleet conformal, two equal windows": equal_windows,
        "GEV, shape shrunk to the fleet": shrunk_gev,
    }
    actual = np.stack([series[day * 24 : (day + DAYS_AHEAD) * 24].max(axis=0) for day in ORIGIN_DAYS], axis=1)
    rows = ["| method | summed pinball, CPU points | P(y ≤ q50/80/90/95/99), % | 95: 95 % by series | 99: 95 % by series |"]
    rows.append("|---|---|---|---|---|")
    losses: dict[str, Array] = {}
    for name, method in methods.items():
        stated = np.stack([np.minimum(method(series[: day * 24]), CEILING) for day in ORIGIN_DAYS], axis=1)
        losses[name] = summed(actual, stated)
        below = (actual[..., None] <= stated + 1e-9).astype(np.float64)
        share = "/".join(f"{100 * value:.0f}" for value in below.mean(axis=(0, 1)))
        bounds = [" … ".join(f"{100 * bound:.1f}" for bound in resampled(below[..., level])) for level in (3, 4)]
        rows.append(f"| {name} | {losses[name].mean():.2f} | {share} | {bounds[0]} | {bounds[1]} |")
    others = [paired(name, losses["forecast"] - loss, float(loss.mean())) for name, loss in losses.items() if name != "forecast"]
    return [*rows, "", *[f"- {line}" for line in others]]


def ours(past: Array) -> Array:
    fleet = forecast([past[:, row] for row in range(past.shape[1])], horizon=DAYS_AHEAD * 24, paths=500, seed=1)
    return np.stack([fleet.maximum_quantile(float(level)) for level in LEVELS], axis=1)


def conformal(past: Array) -> Array:
    """Return conformal quantiles on the logit scale: how maxima moved into the last nine days from the days before them."""
    daily = maxima_by_day(past)
    before = daily.shape[0] - DAYS_AHEAD
    return moved(daily, before, DAYS_AHEAD)


def equal_windows(past: Array) -> Array:
    """Return the same with the history's two halves, at most nine days each."""
    daily = maxima_by_day(past)
    half = min(daily.shape[0] // 2, DAYS_AHEAD)
    return moved(daily, half, half)


def moved(daily: Array, before: int, after: int) -> Array:
    count = daily.shape[0]
    score = np.sort(logit(daily[count - after :].max(axis=0)) - logit(daily[count - after - before : count - after].max(axis=0)))
    rank = np.minimum(np.ceil((score.size + 1) * LEVELS).astype(int), score.size) - 1
    return np.asarray(CEILING / (1 + np.exp(-(logit(daily[-before:].max(axis=0))[:, None] + score[rank]))))


def shrunk_gev(past: Array) -> Array:
    """Return the generalised extreme value fit by L-moments (Hosking 1990), shapes shrunk to the fleet's mean."""
    daily = np.sort(maxima_by_day(past), axis=0)
    count = daily.shape[0]
    place = np.arange(count)[:, None]
    first = daily.mean(axis=0)
    second = (place / (count - 1) * daily).mean(axis=0)
    third = (place * (place - 1) / ((count - 1) * (count - 2)) * daily).mean(axis=0)
    scale = np.maximum(2 * second - first, 1e-6)
    skew = np.clip((6 * third - 6 * second + first) / scale, -0.9, 0.9)
    c = 2 / (3 + skew) - np.log(2) / np.log(3)
    shape = np.clip(7.859 * c + 2.9554 * c**2, -0.9, 2)
    error = 0.5 / count
    between = max(float(shape.var()) - error, 0.0)
    shape = shape.mean() + between / (between + error) * (shape - shape.mean())
    shape = np.where(np.abs(shape) < 1e-4, 1e-4, shape)
    around = np.array([gamma(1 + k) for k in shape])
    spread = scale * shape / ((1 - 2.0**-shape) * around)
    middle = first - spread * (1 - around) / shape
    level = -np.log(LEVELS ** (1 / DAYS_AHEAD))
    return np.asarray(middle[:, None] + (spread / shape)[:, None] * (1 - level ** shape[:, None]))


def maxima_by_day(past: Array) -> Array:
    return past.reshape(-1, 24, past.shape[1]).max(axis=1)


def logit(values: Array) -> Array:
    share = np.clip(values / CEILING, LEAST, 1 - LEAST)
    return np.asarray(np.log(share / (1 - share)))
