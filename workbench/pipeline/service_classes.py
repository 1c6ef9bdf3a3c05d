"""Kinds of requests by how long they hold a worker: from each tenant's histogram to those of any group."""

from dataclasses import dataclass
from itertools import pairwise
from math import log

import numpy as np
from numpy.typing import NDArray

from models.odoo_workers import RequestClass, WorkerPool, classes_of_histogram
from models.odoo_workers.pool import Database
from workbench.pipeline.observed import Observed

MOST_KINDS = 6
"""Kinds of a pool: more change its capacity by less than half a per cent and cost time."""


@dataclass(frozen=True, slots=True, eq=False)
class ServiceClasses:
    """Kinds of requests of tenants, a row a tenant, a column a bucket; times are multiples of the tenant's mean service time."""

    share: NDArray[np.float64]
    """Shape (tenants, buckets): share of the tenant's requests; rows sum to 1."""
    mean: NDArray[np.float64]
    """Shape (tenants, buckets): mean of the bucket."""
    second: NDArray[np.float64]
    """Shape (tenants, buckets): mean square of the bucket."""
    own: NDArray[np.bool_]
    """Shape (tenants,): whether the tenant's own histogram says it; else the sum of all tenants' histograms."""

    def of(self, source: NDArray[np.int64]) -> "ServiceClasses":
        """Return the rows of tenants that take the workload of `source`."""
        return ServiceClasses(self.share[source], self.mean[source], self.second[source], self.own[source])

    def mixed(self, weight: NDArray[np.float64], service_s: NDArray[np.float64]) -> tuple[RequestClass, ...]:
        """Return at most MOST_KINDS kinds of a group with a mean of one; `weight` and `service_s` have shape (tenants,)."""
        scaled = weight[:, None] * self.share
        share = scaled.sum(axis=0)
        used = share > 0
        mean = (scaled * self.mean * service_s[:, None]).sum(axis=0)[used] / share[used]
        second = (scaled * self.second * service_s[:, None] ** 2).sum(axis=0)[used] / share[used]
        return _merged(share[used] / share.sum(), mean, second)

    def pooled(self) -> tuple[RequestClass, ...]:
        """Return the kinds of all tenants together, each counted once, with a mean of one."""
        return self.mixed(np.ones(len(self.share)), np.ones(len(self.share)))


def classes_of(observed: Observed) -> ServiceClasses | None:
    """Return the kinds of all tenants from their histograms of service times; None if no histogram can be used.

    A histogram of responses (measured at a proxy) holds the waiting too: it is not used.
    """
    if observed.measures != "service":
        return None
    found: dict[int, tuple[RequestClass, ...]] = {}
    for row, name in enumerate(observed.tenants):
        histogram = observed.histograms.get(name)
        if histogram is not None and histogram.cumulative[-1] > 0:
            try:
                found[row] = classes_of_histogram(histogram.upper_bounds, histogram.cumulative.tolist(), histogram.total_seconds)
            except ValueError:  # sum and buckets contradict each other: `fit` names the tenant, its kinds are those of the others
                continue
    if not found:
        return None
    names = list(dict.fromkeys(kind.name for kinds in found.values() for kind in kinds))
    shape = (len(observed.tenants), len(names))
    share, mean, second = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for row, kinds in found.items():
        total = sum(kind.share * kind.cpu_s for kind in kinds)
        for kind in kinds:
            place, relative = names.index(kind.name), kind.cpu_s / total
            share[row, place], mean[row, place], second[row, place] = kind.share, relative, relative**2 * (1 + kind.scv)
    own = np.array([row in found for row in range(shape[0])])
    others = share[own].mean(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        typical = np.nan_to_num((share * mean)[own].mean(axis=0) / others), np.nan_to_num((share * second)[own].mean(axis=0) / others)
    share[~own], mean[~own], second[~own] = others, typical[0], typical[1]
    return ServiceClasses(share, mean, second, own)


def _merged(share: NDArray[np.float64], mean: NDArray[np.float64], second: NDArray[np.float64]) -> tuple[RequestClass, ...]:
    """Return kinds with a mean of one over all, neighbours merged where that moves least (Ward 1963, on the logarithm of the mean).

    Merging keeps shares, mean and mean square exactly.
    """
    order = np.argsort(mean)
    kinds = [(float(share[i]), float(mean[i]), float(second[i])) for i in order]
    while len(kinds) > MOST_KINDS:
        moved = [_distance(one, other) for one, other in pairwise(kinds)]
        place = moved.index(min(moved))
        kinds[place : place + 2] = [_together(kinds[place], kinds[place + 1])]
    total = sum(part * middle for part, middle, _ in kinds)
    return tuple(
        RequestClass(f"kind {number + 1}", part, middle / total, scv=max(square / middle**2 - 1, 0.0))
        for number, (part, middle, square) in enumerate(kinds)
    )


Kind = tuple[float, float, float]
"""Share, mean, mean square."""


def _distance(one: Kind, other: Kind) -> float:
    return one[0] * other[0] / (one[0] + other[0]) * log(one[1] / other[1]) ** 2


def _together(one: Kind, other: Kind) -> Kind:
    share = one[0] + other[0]
    return share, (one[0] * one[1] + other[0] * other[1]) / share, (one[0] * one[2] + other[0] * other[2]) / share


@dataclass(frozen=True, slots=True)
class ServiceLaw:
    """What a request of a group asks of the worker that holds it, alone on the machine."""

    cpu_s: float
    """Application CPU seconds."""
    database_s: float
    """Database CPU seconds."""
    delay_s: float
    """Seconds of neither: disks, locks, other services."""
    scv: float
    """Squared coefficient of variation of the service time."""
    kinds: tuple[RequestClass, ...] = ()
    """Kinds with a mean of one, from histograms; none: the two moments alone."""

    @property
    def service_s(self) -> float:
        """Mean seconds a worker is held by a request alone."""
        return self.cpu_s + self.database_s + self.delay_s

    def pool(
        self, workers: int, cores: float, replicas: int = 1, *, database_cores: float | None = None, same_host: bool = False
    ) -> WorkerPool:
        """Return a worker pool under this law; one database serves all replicas, or stands on the host of its workers."""
        database: Database = "same_host" if same_host else "shared"
        if not self.kinds:
            return WorkerPool(
                workers=workers,
                cores=cores,
                cpu_s=self.cpu_s,
                database_s=self.database_s,
                delay_s=self.delay_s,
                scv=self.scv,
                replicas=replicas,
                database=database,
                database_cores=database_cores,
            )
        return WorkerPool(
            workers=workers, cores=cores, classes=self.classes(), replicas=replicas, database=database, database_cores=database_cores
        )

    def classes(self) -> tuple[RequestClass, ...]:
        """Return the kinds with their demands in seconds; all have the group's proportions of CPU, database and delay."""
        return tuple(
            RequestClass(
                kind.name, kind.share, self.cpu_s * kind.cpu_s, self.database_s * kind.cpu_s, 0.0, self.delay_s * kind.cpu_s, kind.scv
            )
            for kind in self.kinds
        )
