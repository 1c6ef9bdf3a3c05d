"""How many busy workers a machine carries within the objective: tabulated once, interpolated for every group."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.odoo_workers import WorkerPool

SERVICE_STEP = 1.15
"""Ratio between tabulated service times; between them usable load is all but linear in the logarithm."""
SCV_NODES = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 50.0)
SHARE_NODES = tuple(round(0.1 * i, 1) for i in range(11))
WORKERS_PER_CORE = 2
"""The documentation's ceiling is 2 × cores + 1 workers (Odoo 18.0, deploy)."""


def workers_of(cores: float, memory_bytes: float, worker_bytes: float) -> int:
    """Return the workers that a machine runs: the documentation's ceiling, or what its memory holds; 0 if none fits."""
    by_memory = (memory_bytes - MEMORY_RESERVE_BYTES) / worker_bytes
    return max(min(int(WORKERS_PER_CORE * cores + 1), int(by_memory)), 0)


MEMORY_RESERVE_BYTES = 1.5e9
"""Memory of a worker machine that the system, the cron and the gevent process keep: four processes of about 100 MB proportional set
size each (measured on an Odoo 18.0-derived build, 2026-11-23) and 1 GB for the system, a belief."""
CPU_RESERVE = 0.05
"""Share of a machine's processors that the system keeps; a belief."""


@dataclass(frozen=True, slots=True, eq=False)
class UsableTable:
    """Usable busy workers by machine and service law, computed where asked and kept."""

    _nodes: dict[tuple[float, int, float, float, float, float, float], float] = field(default_factory=dict)

    def busy_workers(
        self,
        cores: float,
        workers: int,
        service_s: NDArray[np.float64],
        scv: NDArray[np.float64],
        database_share: NDArray[np.float64],
        within_s: NDArray[np.float64],
        share: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Return the largest offered load (busy workers, before sharing slows them) that keeps the objective, shape (rows,).

        Trilinear between tabulated service times, coefficients of variation and database shares.
        """
        if workers < 1:
            return np.zeros(len(service_s))
        laws, which = np.unique(np.stack([service_s, scv, database_share, within_s, share], axis=1), axis=0, return_inverse=True)
        found = np.array([self._interpolate(cores, workers, (law[0], law[1], law[2]), law[3], law[4]) for law in laws.tolist()])
        return np.asarray(found[which.ravel()], float)

    def _interpolate(self, cores: float, workers: int, law: tuple[float, float, float], within_s: float, share: float) -> float:
        position = np.log(law[0]) / np.log(SERVICE_STEP)
        total = 0.0
        for node, weight in _between(position):
            service_s = float(SERVICE_STEP**node)
            for scv, scv_weight in _bracket(law[1], SCV_NODES):
                for part, part_weight in _bracket(law[2], SHARE_NODES):
                    weights = weight * scv_weight * part_weight
                    if weights > 0:
                        total += weights * self._node(cores, workers, service_s, scv, part, within_s, share)
        return total

    def _node(
        self, cores: float, workers: int, service_s: float, scv: float, database_share: float, within_s: float, share: float
    ) -> float:
        key = (cores, workers, service_s, scv, database_share, within_s, share)
        if key not in self._nodes:
            cpu_s = max(1 - database_share, 0.02) * service_s
            pool = WorkerPool(workers=workers, cores=cores, cpu_s=cpu_s, database_s=service_s - cpu_s, scv=scv)
            self._nodes[key] = pool.capacity(percentile=share, response_s=within_s) * service_s
        return self._nodes[key]


def _between(position: float) -> tuple[tuple[int, float], tuple[int, float]]:
    low = int(np.floor(position))
    return (low, 1 - (position - low)), (low + 1, position - low)


def _bracket(value: float, nodes: tuple[float, ...]) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the two nodes around a value with their weights; beyond the last node, the last one alone."""
    high = int(np.searchsorted(nodes, value, side="left"))
    if high == 0:
        return (nodes[0], 1.0), (nodes[0], 0.0)
    if high == len(nodes):
        return (nodes[-1], 1.0), (nodes[-1], 0.0)
    weight = (value - nodes[high - 1]) / (nodes[high] - nodes[high - 1])
    return (nodes[high - 1], 1 - weight), (nodes[high], weight)
