"""Curves of a worker pool: response against rate with both bounds, cost and utilisation against workers."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from workbench.pipeline.show_sizing import Setup
from workbench.pipeline.sizes import MOST_REPLICAS, QUANTILES, Load, Option, replicas_needed, server

BEYOND = 1.15
"""The curve ends this far beyond the larger of the two bounds and of the load."""
CEILING = 4.0
"""Objectives up to which a response is drawn: what is beyond is too slow whatever it is."""
TIMES = 10
"""Times at which the law of the response is looked up for a drawn quantile; between them its logarithm is taken as straight."""


@dataclass(frozen=True, slots=True, eq=False)
class LoadCurve:
    """Response of one size over the rate, to be drawn; figures to be quoted come from `Option`."""

    rate: NDArray[np.float64]
    """Shape (points,): requests per second."""
    response_s: NDArray[np.float64]
    """Shape (3, points): p50, p95, p99; infinite beyond CEILING objectives."""
    within_s: float
    planned: float
    """Requests per second that are planned."""
    keeps_response: float
    """Largest rate that keeps the objective."""
    keeps_queue: float
    """Largest rate at which the accept queue holds."""

    def __post_init__(self) -> None:
        """Freeze the arrays."""
        self.rate.flags.writeable = False
        self.response_s.flags.writeable = False


@dataclass(frozen=True, slots=True)
class WorkersPoint:
    """A number of workers on each machine, with the fewest machines that carry the load."""

    workers: int
    replicas: int | None
    """None: no number of machines looked at carries it."""
    per_month: float | None
    """On demand in the study's currency, all alive; None: no price."""
    utilization: float | None
    """Mean share of busy workers on those machines."""


def load_curve(load: Load, own: Option, points: int = 9) -> LoadCurve:
    """Return the response over rates from next to nothing to beyond both bounds of a size."""
    pool = server(load, own.workers, own.cores, own.replicas)
    most = BEYOND * max(own.rate, own.keeps_response, own.keeps_queue)
    rates = np.linspace(most / points, most, points)
    times = np.geomspace(load.law.service_s / 20, CEILING * load.within_s, TIMES)
    late = np.array([[1 - at.answered_within(float(time)) for time in times] for at in (pool.at(float(rate)) for rate in rates)])
    response = np.array([[_time_of(row, times, level) for row in late] for level in QUANTILES])
    return LoadCurve(rates, response, load.within_s, own.rate, own.keeps_response, own.keeps_queue)


def _time_of(late: NDArray[np.float64], times: NDArray[np.float64], level: float) -> float:
    """Return when the late share falls to 1 - level, between looked-up times straight in the logarithms; infinite beyond the last."""
    below = np.flatnonzero(late <= 1 - level)
    if not below.size:
        return float("inf")
    after = int(below[0])
    if after == 0:
        return float(times[0])
    high, low = np.log(np.maximum(late[after - 1 : after + 1], 1e-12))
    part = (high - np.log(1 - level)) / (high - low) if high > low else 1.0
    return float(np.exp(np.log(times[after - 1]) + part * np.log(times[after] / times[after - 1])))


def by_workers(setup: Setup, counts: Sequence[int]) -> tuple[WorkersPoint, ...]:
    """Return machines, cost and utilisation for counts of workers on each machine of the pool's kind."""
    return tuple(_point(setup, workers) for workers in counts)


def _point(setup: Setup, workers: int) -> WorkersPoint:
    load = setup.load
    replicas = replicas_needed(load, workers, setup.cores, MOST_REPLICAS)
    if replicas is None:
        return WorkersPoint(workers, None, None, None)
    priced = setup.per_machine * replicas if isfinite(setup.per_machine) else None
    return WorkersPoint(workers, replicas, priced, load.at(server(load, workers, setup.cores, replicas)).utilization)
