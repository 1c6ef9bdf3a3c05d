"""What a partition costs at least, as far as an oracle lets it be proven."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.topology.placement.prices import GroupPrices, tenants_of
from models.topology.placement.subsets import best_partition

_TENANTS_LOOKED_AT = 10
GENERATED = "column generation, assuming that no group costs less than its tenants' prices: none of {asked} asked about does"
MONOTONE = "exact for the dearest tenants, assuming that a larger group never costs less"
REFUTED = "none: some larger group costs less than a part of it, so nothing is proven"


@dataclass(frozen=True, slots=True)
class Floor:
    """A cost no partition of some tenants falls below."""

    cost: float | None
    """In the oracle's unit; None if nothing is proven."""
    exact: bool
    """Whether it is the optimum itself."""
    source: str = "exact"
    """How it was proven and what it assumes."""


def cost_floor(tenants: Sequence[int], mates: Sequence[int], prices: GroupPrices) -> Floor:
    """Return a cost that no partition of `tenants` falls below, if larger groups never cost less.

    Under that assumption leaving tenants out never makes a partition dearer, so the optimum for the tenants that cost most
    alone bounds the whole. Every group seen is held against the assumption; one contradiction and there is no bound.
    """
    prices.ask(1 << tenant for tenant in tenants)
    dearest = sorted(tenants, key=lambda tenant: (-prices[1 << tenant], tenant))[:_TENANTS_LOOKED_AT]
    groups = best_partition(sorted(dearest), mates, prices)
    if not groups or _refuted(sum(1 << tenant for tenant in tenants), dearest, prices):
        return Floor(None, exact=False, source=REFUTED)
    return Floor(prices.total(groups), exact=False, source=MONOTONE)


def _refuted(everyone: int, dearest: Sequence[int], prices: GroupPrices) -> bool:
    """Return whether a known group costs less than one of its tenants alone or than what is known of its dearest tenants."""
    among = sum(1 << tenant for tenant in dearest)
    for group, cost in prices.known():
        if not np.isfinite(cost) or group & ~everyone:
            continue
        parts = [1 << tenant for tenant in tenants_of(group)] + [part for part in [group & among] if part in prices]
        if cost < max(prices[part] for part in parts) - 1e-9 * abs(cost):
            return True
    return False
