"""The comparison: every topology under one basis."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Resource
from workbench.pipeline.basis import Basis
from workbench.pipeline.factory import PoolFactory
from workbench.pipeline.figures import Result, Spread, spread
from workbench.pipeline.origin import Origin


@dataclass(frozen=True, slots=True)
class Difference:
    """How much more one topology costs than another, path by path."""

    one: str
    other: str
    total_cost: Spread
    """Of one minus other, cash over the horizon."""

    @property
    def clear(self) -> bool:
        """Whether the 90 % range of the paired difference leaves out zero."""
        return self.total_cost.p05 > 0 or self.total_cost.p95 < 0


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Topologies side by side; only the partition differs, and what follows from it."""

    study: str
    demo: bool
    scenario: str | None
    as_of: date
    horizon_months: int
    currency: str
    seed: int
    basis: Basis
    results: tuple[Result, ...]
    tenants: tuple[str, ...]
    versions: Mapping[str, str]
    warnings: tuple[str, ...]
    invoice: Decimal | None
    """Last invoice of what runs today, study currency."""
    origins: Mapping[str, Origin]
    """Figure to where it comes from."""
    factory: PoolFactory
    """What made the pools; front ends ask it for paths."""

    def result(self, name: str) -> Result:
        """Return one topology's result, or raise ValueError naming the known ones."""
        for result in self.results:
            if result.name == name:
                return result
        raise ValueError(f"no topology {name!r} in the comparison: it holds {', '.join(result.name for result in self.results)}")

    def differences(self) -> tuple[Difference, ...]:
        """Return the paired cost difference of every two topologies that both have a total."""
        priced = [result for result in self.results if result.total_range is not None]
        return tuple(
            Difference(one.name, other.name, spread(one.total_paths - other.total_paths))
            for i, one in enumerate(priced)
            for other in priced[i + 1 :]
        )

    @property
    def held_from(self) -> str | None:
        """Basis on which a partition shown here was found, if one is held for another; None: every figure is settled."""
        return next((one.plan.search.held_from for one in self.results if one.plan.search and one.plan.search.held_from), None)

    def cheapest(self) -> str | None:
        """Return the topology with the least total, if it is clearly cheaper than every other; else None: no clear difference.

        None too while a partition is held: a better one could be cheaper.
        """
        if self.held_from is not None:
            return None
        priced = [result for result in self.results if result.total_range is not None]
        if len(priced) < 2:
            return None
        best = min(priced, key=lambda result: (result.total_cost or Decimal(0), result.name))
        pairs = [difference for difference in self.differences() if best.name in {difference.one, difference.other}]
        return best.name if all(difference.clear for difference in pairs) else None

    def paths(self, pool: str, resource: Resource) -> NDArray[np.float32]:
        """Return a pool's demand of a resource, shape (paths, moments or months)."""
        for result in self.results:
            for one in result.plan.pools:
                if one.name == pool and resource in one.planned:
                    return self.factory.total(resource, one.tenants)
        raise ValueError(f"no pool {pool!r} with {resource} in the comparison")

    @property
    def price_dates(self) -> tuple[date, date] | None:
        """The oldest and newest day of the prices used."""
        spans = [dates for result in self.results if (dates := result.bill.price_dates) is not None]
        return (min(low for low, _ in spans), max(high for _, high in spans)) if spans else None

    @property
    def assumed_share(self) -> Decimal | None:
        """Largest share of a topology's monthly cost that rests on assumed prices."""
        shares = [result.bill.assumed_share for result in self.results]
        known = [share for share in shares if share is not None]
        return max(known) if known else None
