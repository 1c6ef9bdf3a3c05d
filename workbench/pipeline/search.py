"""Find the best split of the estate, layer by layer: what hybrid means."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.topology.placement import Partition, partition
from models.topology.resources import Layer, Resource
from workbench.pipeline.failures import DomainRate
from workbench.pipeline.labour import environment_free_hours
from workbench.pipeline.plan import Search
from workbench.pipeline.risk import hourly_losses, pool_loss_per_year
from workbench.pipeline.routes import restore_hours
from workbench.pipeline.sharing import POOLED_LAYERS, Groups, alone, compatible, dedicated, shared
from workbench.pipeline.sizer import Sizer

EXACT_UP_TO = 14
"""Tenants that can reach each other and are still split exactly: 16,383 groups, some seconds."""
MONTHS_PER_YEAR = 12.0
NOT_BUILDABLE = 1e9
"""Added to the cost of a tenant that no offer carries even alone: the plan stays, is called infeasible and says why."""
SEARCHED = tuple(layer for layer in POOLED_LAYERS if layer != Layer.BACKUP)
"""Backups cost by the byte and take nobody down, so any split of them is as good: they stay together."""


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """The best partition found, and how well it is proven."""

    groups: dict[Layer, Groups]
    search: Search


def best_split(sizer: Sizer, rates: dict[str, DomainRate], *, users_limit: float | None, risk_weight: float) -> Split:
    """Return the partition with the least sum of monthly cost and weighted expected loss.

    Cost, labour and expected loss of a pool depend on its own members alone, so the layers are separate problems.
    """
    tenants = sizer.tenants
    found: dict[Layer, Partition] = {}
    for layer in SEARCHED:
        found[layer] = partition(
            len(tenants),
            _Oracle(sizer, layer, rates, users_limit, risk_weight),
            compatible=compatible(layer, tenants),
            alone=alone(layer, tenants),
            exact_up_to=EXACT_UP_TO,
            seed=sizer.study.seed,
            start=(shared(layer, tenants), dedicated(layer, tenants)),
        )
    groups = {layer: found[layer].groups if layer in found else shared(layer, tenants) for layer in POOLED_LAYERS}
    return Split(groups, _proof(list(found.values())))


def _proof(parts: list[Partition]) -> Search:
    bounds = [part.lower_bound for part in parts]
    cost = sum(part.cost for part in parts)
    known = [bound for bound in bounds if bound is not None]
    gap = (cost - sum(known)) / cost if len(known) == len(bounds) and cost > 0 else None
    source = "exact" if all(part.exact for part in parts) else next(part.bound_from for part in parts if not part.exact)
    return Search(all(part.exact for part in parts), None if gap is None else max(gap, 0.0), source, sum(part.evaluated for part in parts))


@dataclass(frozen=True, slots=True, eq=False)
class _Oracle:
    """The monthly sum of any group of tenants in one layer; infinite where rules or offers forbid it."""

    sizer: Sizer
    layer: Layer
    rates: dict[str, DomainRate]
    users_limit: float | None
    risk_weight: float

    def __call__(self, members: NDArray[np.bool_]) -> NDArray[np.float64]:
        allowed = ~self._too_many_users(members)
        cost = np.full(len(members), np.inf)
        if allowed.any():
            cost[allowed] = self._cost(members[allowed])
        return cost

    def _cost(self, members: NDArray[np.bool_]) -> NDArray[np.float64]:
        sized = self.sizer.size(self.layer, members)
        cost = np.nan_to_num(sized.monthly[:, -1])
        labour = float(self.sizer.study.labour.per_hour) * environment_free_hours(self.sizer.study, self.layer)
        cost = cost + labour + self.risk_weight * self._loss(members) / MONTHS_PER_YEAR
        alone = members.sum(axis=1) == 1
        return np.where(sized.feasible, cost, np.where(alone, cost + NOT_BUILDABLE, np.inf))

    def _too_many_users(self, members: NDArray[np.bool_]) -> NDArray[np.bool_]:
        total = float(self.sizer.rows.users.sum())
        if self.users_limit is None or total <= 0:
            return np.zeros(len(members), bool)
        share = members @ self.sizer.rows.users / total
        return np.asarray((share > self.users_limit + 1e-12) & (members.sum(axis=1) > 1))

    def _loss(self, members: NDArray[np.bool_]) -> NDArray[np.float64]:
        rows = self.sizer.rows
        survives = rows.largest(rows.survives.astype(float), members).astype(np.int64)
        hourly, ramps = hourly_losses(self.sizer.tenants)
        recovery = self.sizer.study.recovery
        return pool_loss_per_year(
            self.layer, members, survives, self._restore_h(members), self.rates, recovery, np.nan_to_num(hourly), ramps
        )

    def _restore_h(self, members: NDArray[np.bool_]) -> NDArray[np.float64]:
        demand = self.sizer.demand
        if self.layer != Layer.DATABASE or not any(link.resource == Resource.STORAGE for link in demand.links):
            return np.zeros(len(members))
        last = np.quantile(demand.of_tenants(Resource.STORAGE)[:, :, demand.horizon_months - 1], 0.95, axis=1)
        return np.array([restore_hours(float(stored), self.sizer.study.recovery) for stored in members @ last])
