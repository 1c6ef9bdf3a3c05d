"""Backtest a forecast on the user's own series: what it would have said at past origins, beside two baselines."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from models.growth.arguments import Limits, OneOffs
from models.growth.baselines import bootstrap_paths, naive_paths
from models.growth.bridging import bridged
from models.growth.fleet import CalendarLike, forecast
from models.growth.grid import frozen
from models.growth.judging import Judged, judged
from models.growth.quantiles import ordered_quantiles
from models.growth.randomness import Stream, generator
from models.growth.reliability import Reliability, reliability
from models.growth.scores import LEVELS

Matrix = NDArray[np.float64]
Item = TypeVar("Item")

METHODS = ("forecast", "seasonal naive with drift", "path bootstrap")
HEADROOMS = (1.0, 1.1, 1.25, 1.5, 2.0)
"""Limits whose crossing is judged, over the largest value before the origin (judgement, 2026-11)."""
LEAST_SEEN = 0.8
"""Share of the horizon that must have been measured for its maximum to count."""
LEAST_CYCLES = 3
"""Cycles (weeks; 12 samples for weekly data) that must lie before the first origin."""
_CYCLE = {"1h": 168, "1d": 7, "1w": 1}
_LEAST = {"1h": 168 * LEAST_CYCLES, "1d": 7 * LEAST_CYCLES, "1w": 12}


@dataclass(frozen=True, slots=True, eq=False)
class PastPeaks:
    """The largest value within the horizon of each origin: stated and come, for display."""

    stated: Matrix
    """(methods, levels, origins, series)"""
    actual: Matrix
    """(origins, series), NaN where too little was measured."""


@dataclass(frozen=True, slots=True, eq=False)
class Backtest:
    """How forecasts from past origins did; rows of arrays follow `methods`, `levels`, `steps_back` and the order of the history."""

    step: str
    horizon: int
    """Steps ahead that were judged."""
    steps_back: tuple[int, ...]
    """Steps between each origin and the end of the history, oldest origin first."""
    dates: NDArray[np.datetime64]
    """(origins,) UTC moments of the origins; NaT without `end`."""
    methods: tuple[str, ...]
    """The forecast, then its baselines."""
    levels: Matrix
    """(levels,) probabilities of the quantiles."""
    peaks: Judged
    """The largest value within the horizon."""
    values: Judged
    """The value at each step."""
    crossings: tuple[tuple[str, Reliability], ...]
    """By method: P(the horizon's maximum exceeds 1, 1.1, 1.25, 1.5, 2 times the largest value before the origin)."""
    past_peaks: PastPeaks

    @property
    def independent_origins(self) -> int:
        """Origins whose horizons do not overlap: what the figures really rest on."""
        count, last = 0, -1
        for back in self.steps_back:
            if last < 0 or last - back >= self.horizon:
                count, last = count + 1, back
        return count


@dataclass(frozen=True, slots=True, eq=False)
class _Origin:
    """What was said and what came at one origin."""

    peaks: Matrix
    """(methods, series, levels)"""
    values: Matrix
    """(methods, series, horizon, levels)"""
    chances: Matrix
    """(methods, series, limits)"""
    truth: Matrix
    """(series, horizon)"""
    limits: Matrix
    """(series, limits)"""
    scale: Matrix
    """(series,)"""


def backtest(
    history: Sequence[NDArray[np.floating] | Sequence[float]],
    horizon: int,
    step: str = "1h",
    *,
    origins: int = 6,
    apart: int | None = None,
    paths: int = 200,
    seed: int = 1,
    end: np.datetime64 | None = None,
    zones: Sequence[str] | None = None,
    calendar: CalendarLike | None = None,
    kind: str = "flow",
    group: Sequence[str] | None = None,
    one_off: OneOffs | None = None,
    ceiling: Limits | None = None,
    ordinary: OneOffs | None = None,
    executor: Executor | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> Backtest:
    """Return how `forecast` would have done at past origins of `history`, beside both baselines on the same cases.

    `origins` at most so many, `apart` steps from each other (None: the horizon, so that truths do not overlap); each sees only what lay
    before it. Series too short for an origin are left out there. Other arguments as in `forecast`. `on_progress(done, all)` after each
    origin; what it raises ends the backtest. A ValueError says how long a horizon the history can check.
    """
    series = [np.asarray(values, dtype=np.float64) for values in history]
    if origins < 1 or (apart is not None and apart < 1):
        raise ValueError(f"origins={origins}, apart={apart}: at least 1 is needed")
    backs = _backs(series, horizon, step, origins, apart or horizon)
    found: list[_Origin] = []
    for done, back in enumerate(backs, start=1):
        rows = [row for row, values in enumerate(series) if values.size - back >= _LEAST[step] and np.isfinite(values[:-back]).any()]
        cut = None if end is None else end - np.timedelta64(back * _hours(step), "h")
        plan = forecast(
            [series[row][:-back] for row in rows],
            horizon=horizon,
            step=step,
            paths=paths,
            seed=seed,
            end=cut,
            zones=_kept(zones, rows),
            calendar=_kept(calendar, rows),
            kind=kind,
            group=_kept(group, rows),
            one_off=None if one_off is None else [_cut(one_off[row], back) for row in rows],
            ordinary=None if ordinary is None else [_cut(ordinary[row], back) for row in rows],
            ceiling=_kept(ceiling, rows) if isinstance(ceiling, Sequence) else ceiling,
            executor=executor,
        )
        drawn = [plan.paths(place).astype(np.float64) for place in range(len(rows))]
        found.append(_judge(series, rows, drawn, back, horizon, step, seed))
        if on_progress is not None:
            on_progress(done, len(backs))
    return _result(found, backs, horizon, step, end)


def _backs(series: Sequence[Matrix], horizon: int, step: str, origins: int, apart: int) -> tuple[int, ...]:
    """Return the steps between each origin and the end, oldest first."""
    if step not in _LEAST:
        raise ValueError(f"step={step!r}: use one of {', '.join(_LEAST)}")
    longest = max((values.size for values in series), default=0)
    room = longest - _LEAST[step]
    if horizon < 1 or room < horizon:
        raise ValueError(
            f"horizon={horizon}: a history of {longest} steps can check at most {max(room, 0)} steps ahead; "
            f"an origin needs {_LEAST[step]} steps before it"
        )
    count = min(origins, (room - horizon) // apart + 1)
    return tuple(horizon + apart * place for place in range(count - 1, -1, -1))


def _judge(
    series: Sequence[Matrix], rows: Sequence[int], drawn: Sequence[Matrix], back: int, horizon: int, step: str, seed: int
) -> _Origin:
    """Return what was said at one origin and what came."""
    shape, sizes = (len(METHODS), len(series)), (LEVELS.size, len(HEADROOMS))
    found = _Origin(
        np.full((*shape, sizes[0]), np.nan),
        np.full((*shape, horizon, sizes[0]), np.nan),
        np.full((*shape, sizes[1]), np.nan),
        np.full((len(series), horizon), np.nan),
        np.full((len(series), sizes[1]), np.nan),
        np.ones(len(series)),
    )
    levels = tuple(float(level) for level in LEVELS)
    for row, ours in zip(rows, drawn, strict=True):
        values = series[row]
        past = values[:-back]
        found.truth[row] = values[values.size - back :][:horizon]
        found.limits[row] = np.nanmax(past) * np.array(HEADROOMS)
        found.scale[row] = _usual_change(past, _CYCLE[step])
        for method, stated in enumerate((ours, *_baselines(past, horizon, step, ours.shape[0], seed, row, back))):
            top = stated.max(axis=1)
            found.values[method, row] = ordered_quantiles(stated, levels, axis=0).T
            found.peaks[method, row] = ordered_quantiles(top, levels, axis=0)
            found.chances[method, row] = (top[:, None] > found.limits[row]).mean(axis=0)
    return found


def _baselines(past: Matrix, horizon: int, step: str, paths: int, seed: int, row: int, back: int) -> tuple[Matrix, Matrix]:
    period = _CYCLE[step]
    known = past[int(np.argmax(np.isfinite(past))) :]
    whole = bridged(known, period)
    random = generator(seed, Stream.FILL, row, -back)
    naive = naive_paths(whole, horizon, period, random.random(paths))
    return naive, bootstrap_paths(whole, horizon, period, random.random((2, paths, -(-horizon // period))))


def _usual_change(past: Matrix, period: int) -> float:
    """Return the mean change from cycle to cycle, by which losses are divided; the mean size where nothing changes."""
    change = np.abs(past[period:] - past[:-period])
    usual = float(np.nanmean(change)) if np.isfinite(change).any() else 0.0
    return usual or float(np.nanmean(past)) or 1.0


def _result(found: Sequence[_Origin], backs: tuple[int, ...], horizon: int, step: str, end: np.datetime64 | None) -> Backtest:
    truth = np.stack([origin.truth for origin in found])
    enough = np.isfinite(truth).mean(axis=2) >= LEAST_SEEN
    actual = np.where(enough, np.max(np.where(np.isfinite(truth), truth, -np.inf), axis=2), np.nan)
    peaks = np.stack([origin.peaks for origin in found], axis=1)
    values = np.stack([origin.values for origin in found], axis=1)
    chances = np.stack([origin.chances for origin in found], axis=1)
    limits, scale = np.stack([origin.limits for origin in found]), np.stack([origin.scale for origin in found])
    # A series that was too young at an origin has truth but no statement.
    stated = np.isfinite(peaks[0, :, :, 0])
    actual, truth = np.where(stated, actual, np.nan), np.where(stated[..., None], truth, np.nan)
    seen = np.isfinite(actual)
    if not seen.any():
        raise ValueError("history: after no origin were four fifths of the horizon measured; use a shorter horizon")
    over = (actual[..., None] > limits)[seen].astype(np.float64).ravel()
    moments = [np.datetime64("NaT", "s") if end is None else (end - np.timedelta64(back * _hours(step), "h")) for back in backs]
    return Backtest(
        step,
        horizon,
        backs,
        frozen(np.array(moments, dtype="datetime64[s]")),
        METHODS,
        frozen(LEVELS.copy()),
        judged({name: peaks[place][:, :, None] for place, name in enumerate(METHODS)}, actual[..., None], scale),
        judged({name: values[place] for place, name in enumerate(METHODS)}, truth, scale),
        tuple((name, reliability(chances[place][seen].ravel(), over)) for place, name in enumerate(METHODS)),
        PastPeaks(frozen(np.moveaxis(peaks, 3, 1).copy()), frozen(actual)),
    )


def _hours(step: str) -> int:
    return {"1h": 1, "1d": 24, "1w": 168}[step]


def _cut(marked: NDArray[np.bool_] | Sequence[bool] | None, back: int) -> NDArray[np.bool_] | None:
    return None if marked is None else np.asarray(marked, dtype=np.bool_)[:-back]


def _kept(given: Sequence[Item] | None, rows: Sequence[int]) -> list[Item] | None:
    return None if given is None else [given[row] for row in rows]
