"""How fast a worker pool completes when so many requests are in service: the inner closed network.

Flow-equivalent aggregation (Lazowska, Zahorjan, Graham and Sevcik, Quantitative System Performance, 1984, chapter 9).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from models.odoo_workers.processors import Processors

_NOTHING_S = 1e-12
"""Demands below a picosecond are none: no measurement resolves them and their logarithms would run away."""


@dataclass(frozen=True, slots=True)
class Stations:
    """Demands of one request and the servers it shares with the others in service."""

    cpu_s: float
    """Seconds on the processors of the application (and of the database on the same host)."""
    processors: Processors
    """What it computes on."""
    database_s: float
    """Seconds on the processors of a database elsewhere."""
    database_cores: float
    """Processors of that database; infinite when its time is not contended."""
    delay_s: float
    """Seconds that nobody contends for."""
    others_in_database: float = 0.0
    """Mean number of requests of other replicas that use the database at the same time."""


@dataclass(frozen=True, slots=True, eq=False)
class FlowEquivalent:
    """The inner network seen from outside."""

    throughput: NDArray[np.float64]
    """Shape (workers + 1,): completions per second with n requests in service."""
    in_database: NDArray[np.float64]
    """Shape (workers + 1,): mean number of them in the database."""

    def residence_s(self, unloaded_s: float) -> NDArray[np.float64]:
        """Return the mean time in service at each level, shape (workers + 1,); at level 0 the unloaded time."""
        busy = np.arange(1, self.throughput.size)
        return np.concatenate(([unloaded_s], busy / self.throughput[1:]))


@lru_cache(maxsize=4096)
def flow_equivalent(stations: Stations, workers: int) -> FlowEquivalent:
    """Solve the inner network for 1 … workers requests.

    Convolution of the stations' load-dependent factors in logarithms (Buzen 1973): every term is positive, so nothing
    cancels, unlike in load-dependent mean value analysis.
    """
    jobs = np.arange(1, workers + 1, dtype=float)
    cpu = _log_factors(stations.cpu_s, stations.processors.used(jobs))
    delay = _log_factors(stations.delay_s, jobs)
    present = np.minimum(1.0, stations.database_cores / (jobs + stations.others_in_database))
    database = _log_factors(stations.database_s, jobs * present)
    elsewhere = _convolve(cpu, delay)
    total = _convolve(elsewhere, database)
    throughput = np.concatenate(([0.0], np.exp(total[:-1] - total[1:])))
    in_database = _mean_jobs(database, elsewhere, total)
    throughput.flags.writeable = False
    in_database.flags.writeable = False
    return FlowEquivalent(throughput, in_database)


def _log_factors(demand_s: float, servers: NDArray[np.float64]) -> NDArray[np.float64]:
    if demand_s <= _NOTHING_S:
        return np.concatenate(([0.0], np.full(servers.size, -np.inf)))
    return np.concatenate(([0.0], np.cumsum(np.log(demand_s / servers))))


def _products(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    size = left.size
    here = np.arange(size)
    other = here[:, None] - here[None, :]
    return np.where(other >= 0, left[None, :] + right[np.maximum(other, 0)], -np.inf)


def _convolve(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    terms = _products(left, right)
    top = terms.max(axis=1)
    return np.asarray(top + np.log(np.exp(terms - top[:, None]).sum(axis=1)))


def _mean_jobs(station: NDArray[np.float64], rest: NDArray[np.float64], total: NDArray[np.float64]) -> NDArray[np.float64]:
    probabilities = np.exp(_products(station, rest) - total[:, None])
    return np.asarray(probabilities @ np.arange(station.size, dtype=float))
