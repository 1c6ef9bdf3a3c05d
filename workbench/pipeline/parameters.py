"""A fitted number with its uncertainty and its origin, and the draws that carry it into the paths."""

import hashlib
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from workbench.pipeline.origin import Origin, OriginKind, assumed, computed

ASSUMED_LOG_SD = 0.5
"""Spread of a belief nobody measured: 90 % of it lies within a factor of 2.3."""
NORMAL_95 = 1.6448536269514722
"""95 % quantile of the standard normal distribution."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One number of a workload."""

    name: str
    """What it is, with the unit: service_s, reads_per_request, …"""
    value: float
    log_sd: float
    """Standard deviation of its logarithm, of its own."""
    origin: Origin
    shared: tuple[tuple[str, float], ...] = ()
    """Errors that other parameters have too: name of the error, and what one standard deviation of it adds to the logarithm."""

    @property
    def spread(self) -> float:
        """Standard deviation of its logarithm, shared errors included."""
        return float(np.sqrt(self.log_sd**2 + sum(loading**2 for _, loading in self.shared)))

    @property
    def low(self) -> float:
        """5 % quantile."""
        return self.value * float(np.exp(-NORMAL_95 * self.spread))

    @property
    def high(self) -> float:
        """95 % quantile."""
        return self.value * float(np.exp(NORMAL_95 * self.spread))

    def draws(self, owner: str, paths: int, seed: int) -> NDArray[np.float64]:
        """Return one value a path, shape (paths,); the same whatever else is drawn, in whatever order.

        A shared error is the same on a path for all parameters that have it: they are drawn jointly.
        """
        moved = self.log_sd * standard_normals(f"{owner}/{self.name}", paths, seed)
        for error, loading in self.shared:
            moved = moved + loading * standard_normals(error, paths, seed)
        return np.asarray(self.value * np.exp(moved), float)

    def times(self, other: "Parameter", name: str) -> "Parameter":
        """Return the product, with both uncertainties."""
        sd = float(np.hypot(self.log_sd, other.log_sd))
        errors = dict.fromkeys((*dict(self.shared), *dict(other.shared)))
        shared = tuple((error, dict(self.shared).get(error, 0.0) + dict(other.shared).get(error, 0.0)) for error in errors)
        return Parameter(name, self.value * other.value, sd, computed(f"{self.name} × {other.name}", self.origin, other.origin), shared)

    def bounded(self) -> "Parameter":
        """Return it with its 90 % range written into the origin."""
        return replace(self, origin=replace(self.origin, low=self.low, high=self.high))


def standard_normals(key: str, count: int, seed: int) -> NDArray[np.float64]:
    """Return standard normal numbers that depend on the key and the seed alone, shape (count,)."""
    digest = hashlib.sha256(f"{seed}/{key}".encode()).digest()
    return np.random.Generator(np.random.Philox(int.from_bytes(digest[:16], "little"))).standard_normal(count)


def fitted(name: str, value: float, relative_se: float, origin: Origin) -> Parameter:
    """Return a parameter estimated from data."""
    return Parameter(name, value, float(np.sqrt(np.log1p(relative_se**2))), origin).bounded()


def believed(name: str, value: float, why: str) -> Parameter:
    """Return a parameter nobody measured, with the width that deserves."""
    return Parameter(name, value, ASSUMED_LOG_SD, assumed(why)).bounded()


def from_peers(name: str, peers: list[Parameter]) -> Parameter:
    """Return the median of other tenants' values, marked as an assumption, at least as wide as they differ."""
    values = np.array([peer.value for peer in peers])
    spread = float(np.std(np.log(np.maximum(values, 1e-300)))) if np.all(values > 0) else 0.0
    origin = Origin(OriginKind.ASSUMED, f"median of {len(peers)} other tenants; not measured here")
    return Parameter(name, float(np.median(values)), max(spread, ASSUMED_LOG_SD), origin).bounded()
