"""How many of each offer are needed at least: a covering program, bound and target of every packing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.placement.integer_program import minimise
from models.topology.placement.packing import FITS, Packing

_THRESHOLDS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """Rows that the number of offers bought must cover: supply @ numbers >= need."""

    supply: NDArray[np.float64]
    """Shape (rows, offers)."""
    need: NDArray[np.float64]
    """Shape (rows,)."""
    stretches: NDArray[np.bool_]
    """Shape (rows,): amounts, which may be asked for with slack; the others are counts."""


def covering_rows(problem: Packing) -> Cover:
    """Return what every feasible packing must cover.

    For each set of tenants that only certain offers hold: their summed need, and one such offer at least. For tenants above a
    size: an offer holds only so many of them (the counting form of Martello and Toth's 1990 L2 bound). For tenants in mutual
    conflict: one pool each.
    """
    fits = np.asarray((problem.demand[:, None, :] <= problem.capacity[None] * FITS).all(axis=2))
    rows = [*_amount_rows(problem, fits), *_count_rows(problem, fits), *_clique_rows(problem)]
    supply = np.stack([row for row, _, _ in rows])
    return Cover(supply, np.asarray([need for _, need, _ in rows]), np.asarray([stretch for _, _, stretch in rows]))


def cheapest_cover(problem: Packing, cover: Cover, slack: float, nodes: int) -> tuple[NDArray[np.int64], float]:
    """Return how many of each offer cover the needs with relative `slack`, and what no cover costs less than.

    Empty numbers if the solver found none within `nodes` of branch and bound.
    """
    need = np.where(cover.stretches, cover.need * (1 + slack), cover.need)
    size = np.maximum(np.abs(cover.supply).max(axis=1), 1e-300)
    low = need / size * (2 - FITS)
    numbers, bound = minimise(problem.cost, cover.supply / size[:, None], low, np.full(len(low), np.inf), problem.tenants, nodes)
    return np.zeros(0, dtype=np.int64) if numbers is None else numbers, max(0.0, bound)


Row = tuple[NDArray[np.float64], float, bool]


def _amount_rows(problem: Packing, fits: NDArray[np.bool_]) -> list[Row]:
    rows: list[Row] = []
    for allowed in np.unique(np.vstack([fits, np.ones_like(fits[:1])]), axis=0):
        confined = ~(fits & ~allowed).any(axis=1)
        if confined.any():
            rows.append((allowed.astype(np.float64), 1.0, False))
            total = problem.demand[confined].sum(axis=0)
            rows += [(np.where(allowed, problem.capacity[:, r], 0.0), float(total[r]), True) for r in np.flatnonzero(total > 0)]
    return rows


def _count_rows(problem: Packing, fits: NDArray[np.bool_]) -> list[Row]:
    rows: list[Row] = []
    for resource in range(problem.demand.shape[1]):
        sizes = np.sort(problem.demand[:, resource])
        for threshold in np.unique(np.quantile(sizes, np.linspace(0, 0.95, _THRESHOLDS), method="lower")):
            large = sizes[sizes >= threshold]
            if large[0] <= 0:
                continue
            held = np.searchsorted(np.cumsum(large), problem.capacity[:, resource] * FITS, side="right")
            usable = fits[problem.demand[:, resource] >= threshold].any(axis=0)
            rows.append((np.where(usable, held, 0).astype(np.float64), float(len(large)), False))
    return rows


def _clique_rows(problem: Packing) -> list[Row]:
    clique: list[int] = []
    for tenant in np.argsort(-problem.conflict.sum(axis=1), kind="stable"):
        if problem.conflict[tenant, clique].all():
            clique.append(int(tenant))
    return [(np.ones(len(problem.cost)), float(len(clique)), False)]
