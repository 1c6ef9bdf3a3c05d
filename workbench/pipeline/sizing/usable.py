"""How many busy workers a machine carries within the objective: tabulated once, interpolated for every group."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.odoo_workers import WorkerPool
from workbench.pipeline.service_classes import ServiceLaw

SERVICE_STEP = 1.15
"""Ratio between tabulated service times; between them usable load is all but linear in the logarithm."""
SCV_NODES = (0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 50.0)
SHARE_NODES = tuple(round(0.1 * i, 1) for i in range(11))
LEAST_CPU = 0.02
"""Smallest share of the service time on the worker's processors."""
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
class Laws:
    """Service laws and objectives of groups; every array has shape (rows,)."""

    service_s: NDArray[np.float64]
    """Mean seconds a worker is held by a request alone."""
    scv: NDArray[np.float64]
    elsewhere: NDArray[np.float64]
    """Share of the service time that is not on the worker machine's processors."""
    within_s: NDArray[np.float64]
    share: NDArray[np.float64]
    """Share of requests that must be answered within `within_s`."""
    overflow_per_hour: NDArray[np.float64]
    """Probability with which the accept queue may overflow in an hour."""

    def rows(self, chosen: NDArray[np.bool_]) -> "Laws":
        """Return some of the rows."""
        return Laws(
            *(values[chosen] for values in (self.service_s, self.scv, self.elsewhere, self.within_s, self.share, self.overflow_per_hour))
        )


Machine = tuple[float, int, float, float, float]
"""Cores, workers, seconds of the objective, its share, overflow probability."""


@dataclass(frozen=True, slots=True, eq=False)
class UsableTable:
    """Usable busy workers by machine and service law, computed where asked and kept."""

    _nodes: dict[tuple[Machine, int, int, int], float] = field(default_factory=dict)
    _tails: dict[tuple[Machine, ServiceLaw], float] = field(default_factory=dict)

    def busy_workers(self, cores: float, workers: int, laws: Laws, typical: ServiceLaw | None = None) -> NDArray[np.float64]:
        """Return the largest offered load (busy workers, before sharing slows them) that keeps the objective, shape (rows,).

        Trilinear between tabulated service times, coefficients of variation and shares off the processors, all by two moments; then
        times what the kinds of requests of the whole estate (`typical`) carry on this machine over what their two moments carry: the
        accept queue feels the tail of the law, which two moments do not fix.
        """
        found = np.zeros(len(laws.service_s))
        if workers < 1:
            return found
        objectives = np.stack([laws.within_s, laws.share, laws.overflow_per_hour], axis=1)
        for one in np.unique(objectives, axis=0):
            rows = (objectives == one).all(axis=1)
            machine: Machine = (cores, workers, float(one[0]), float(one[1]), float(one[2]))
            found[rows] = self._interpolated(machine, laws.rows(rows)) * self._tail(machine, typical)
        return found

    def _interpolated(self, machine: Machine, laws: Laws) -> NDArray[np.float64]:
        position = np.log(laws.service_s) / np.log(SERVICE_STEP)
        service = np.floor(position).astype(np.int64)
        scv, scv_weight = _bracket(laws.scv, SCV_NODES)
        share, share_weight = _bracket(laws.elsewhere, SHARE_NODES)
        total = np.zeros(len(position))
        for upper in range(8):
            steps = (upper & 1, upper >> 1 & 1, upper >> 2)
            parts = (position - service, scv_weight, share_weight)
            weight = np.prod([part if step else 1 - part for part, step in zip(parts, steps, strict=True)], axis=0)
            corners = np.stack([service + steps[0], scv + steps[1], share + steps[2]], axis=1)
            used = weight > 0
            if used.any():
                kept, which = np.unique(corners[used], axis=0, return_inverse=True)
                values = np.array([self._node(machine, *map(int, corner)) for corner in kept])
                total[used] += weight[used] * values[which.ravel()]
        return total

    def _node(self, machine: Machine, service: int, scv: int, share: int) -> float:
        key = (machine, service, scv, share)
        if key not in self._nodes:
            service_s = float(SERVICE_STEP**service)
            cpu_s = max(1 - SHARE_NODES[share], LEAST_CPU) * service_s
            cores, workers = machine[:2]
            pool = WorkerPool(workers=workers, cores=cores, cpu_s=cpu_s, delay_s=service_s - cpu_s, scv=SCV_NODES[scv])
            self._nodes[key] = _capacity(pool, machine) * service_s
        return self._nodes[key]

    def _tail(self, machine: Machine, typical: ServiceLaw | None) -> float:
        if typical is None or not typical.kinds:
            return 1.0
        key = (machine, typical)
        if key not in self._tails:
            cores, workers = machine[:2]
            by_kinds = typical.pool(workers, cores)
            moments = ServiceLaw(typical.cpu_s, typical.database_s, typical.delay_s, by_kinds.mixture.scv)
            two = _capacity(moments.pool(workers, cores), machine)
            self._tails[key] = _capacity(by_kinds, machine) / two if two > 0 else 1.0
        return self._tails[key]


def _capacity(pool: WorkerPool, machine: Machine) -> float:
    return pool.capacity(percentile=machine[3], response_s=machine[2], overflow_per_hour=machine[4])


def _bracket(values: NDArray[np.float64], nodes: tuple[float, ...]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the node below each value and the weight of the one above; beyond the ends, the end alone."""
    grid = np.array(nodes)
    inside = np.clip(values, grid[0], grid[-1])
    low = np.clip(np.searchsorted(grid, inside, side="right") - 1, 0, len(grid) - 2)
    return low, (inside - grid[low]) / (grid[low + 1] - grid[low])
