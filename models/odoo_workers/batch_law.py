"""How long a batch job takes alone for so many units of work: duration = a · units^b."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.intervals import Interval, student_90
from models.topology.resources import Resource
from models.topology.verdict import Reason, ReasonCode

EXPONENT_BELIEF = (1.0, 0.3)
"""Exponent before any record and its standard deviation: twice the work takes about twice the time."""
SPREAD_BELIEF = (0.15, 2.0)
"""Spread of the logarithm of a duration before any record, and how many records that belief is worth."""
_FEWEST = 3
_NARROW = 0.2
"""Range of the logarithm of the units below which the records do not tell the exponent."""


@dataclass(frozen=True, slots=True, eq=False)
class BatchDraws:
    """Joint draws of a law, one a path."""

    log_scale: NDArray[np.float64]
    """Shape (paths,): logarithm of the seconds for one unit."""
    exponent: NDArray[np.float64]
    """Shape (paths,)."""
    spread: float
    """Standard deviation of the logarithm of one run around the law."""

    def work_s(self, units: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
        """Return seconds a run takes alone, spread of a single run included; `units` and result of shape (paths, dates)."""
        noise = np.stack([_stream(seed, path, 1).standard_normal(units.shape[1]) for path in range(units.shape[0])])
        with np.errstate(divide="ignore"):
            logs = self.log_scale[:, None] + self.exponent[:, None] * np.log(units) + self.spread * noise
        return np.asarray(np.where(units > 0, np.exp(logs), 0.0))


@dataclass(frozen=True, slots=True)
class BatchLaw:
    """Duration = a · units^b, fitted in logarithms."""

    log_scale: float
    """Logarithm of the seconds for one unit, a."""
    exponent: Interval
    """b, 90 %."""
    covariance: tuple[tuple[float, float], tuple[float, float]]
    """Joint error of log a and b."""
    spread: float
    """Standard deviation of the logarithm of one run around the law."""
    records: int
    """Runs behind it."""
    largest_units: float
    """Largest run seen; beyond it the law extrapolates."""
    reasons: tuple[Reason, ...]
    """What the records do not tell."""

    def duration_s(self, units: float) -> float:
        """Return the median seconds alone for so many units."""
        return math.exp(self.log_scale + self.exponent.mid * math.log(units)) if units > 0 else 0.0

    def draws(self, paths: int, seed: int) -> BatchDraws:
        """Return joint draws of a and b; draw k depends on seed and k alone."""
        if paths < 1:
            raise ValueError(f"paths is {paths}: draw at least one")
        values, vectors = np.linalg.eigh(np.array(self.covariance))
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        normal = np.stack([_stream(seed, path, 0).standard_normal(2) for path in range(paths)])
        moved = normal @ root.T
        return BatchDraws(self.log_scale + moved[:, 0], np.maximum(self.exponent.mid + moved[:, 1], 0.0), self.spread)


def fit_batch_law(units: NDArray[np.float64], duration_s: NDArray[np.float64], stretch: NDArray[np.float64] | None = None) -> BatchLaw:
    """Fit a law to finished runs of one job, as cron logs or the queue-job table hold them.

    Parameters
    ----------
    units, duration_s
        Shape (runs,): units of work and wall-clock seconds of each.
    stretch
        Shape (runs,): by how much contention had stretched each (1: alone); None: all ran alone.

    Raises
    ------
    ValueError
        If there is no run, or one has units, duration or stretch that is not above 0 or missing.

    """
    columns = [np.asarray(column, float) for column in (units, duration_s, np.ones(np.shape(units)) if stretch is None else stretch)]
    if len({column.shape for column in columns}) != 1 or columns[0].ndim != 1 or not columns[0].size:
        raise ValueError(f"units, duration_s and stretch have shapes {[column.shape for column in columns]}: give one value a run in each")
    if not all((np.isfinite(column) & (column > 0)).all() for column in columns):
        raise ValueError("a run has units, duration or stretch that is missing or not above 0: leave unfinished and empty runs out")
    logs, alone = np.log(columns[0]), np.log(columns[1] / columns[2])
    count, centre = logs.size, float(logs.mean())
    belief, sd = EXPONENT_BELIEF
    varied = float(((logs - centre) ** 2).sum())
    free = float((logs - centre) @ alone) / varied if varied > 0 else belief
    rest = alone - alone.mean() - free * (logs - centre)
    usual, worth = SPREAD_BELIEF
    spread = math.sqrt((worth * usual**2 + float(rest @ rest)) / (worth + max(count - 2, 0)))
    precision = varied / spread**2 + 1 / sd**2
    exponent = (varied / spread**2 * free + belief / sd**2) / precision
    level_error, slope_error = spread**2 / count, 1 / precision
    covariance = ((level_error + centre**2 * slope_error, -centre * slope_error), (-centre * slope_error, slope_error))
    wide = student_90(int(count + worth)) * math.sqrt(slope_error)
    return BatchLaw(
        log_scale=float(alone.mean()) - exponent * centre,
        exponent=Interval(max(exponent - wide, 0.0), max(exponent, 0.0), max(exponent + wide, 0.0)),
        covariance=covariance,
        spread=spread,
        records=count,
        largest_units=float(columns[0].max()),
        reasons=_reasons(logs),
    )


def _reasons(logs: NDArray[np.float64]) -> tuple[Reason, ...]:
    if logs.size >= _FEWEST and float(np.ptp(logs)) >= _NARROW:
        return ()
    figures = {
        "exponent_believed": EXPONENT_BELIEF[0],
        "runs": float(logs.size),
        "largest_over_smallest_units": float(np.exp(np.ptp(logs))),
    }
    return (Reason(ReasonCode.NOT_IDENTIFIED, Resource.WORKER_TIME, figures=figures),)


def _stream(seed: int, path: int, purpose: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(key=seed, counter=[0, 0, purpose, path]))
