"""Find the best split of the estate, layer by layer: what hybrid means."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from models.topology.blast_radius import event_loss
from models.topology.placement import Partition, partition
from models.topology.resources import Layer, Resource
from workbench.pipeline.coupled_search import Costs, Price, Whole, improved
from workbench.pipeline.failures import DomainRate
from workbench.pipeline.labour import environment_free_hours
from workbench.pipeline.plan import Search
from workbench.pipeline.release_coupling import CodeBase, code_bases
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
COUPLED_UP_TO = 64
"""Tenants up to which pools of workers are searched with what releases cost; larger estates compare two partitions."""
MOST_ROUNDS = 60
"""Steps from each start; a step changes one or two pools."""
TIGHTER = (0.75, 0.5, 0.35, 0.25, 0.15)
"""Shares of the limit under which starts are found."""
PROVEN = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Split:
    """The best partition found, and how well it is proven."""

    groups: dict[Layer, Groups]
    search: Search


@dataclass(frozen=True, slots=True, eq=False)
class KnownPrices:
    """What groups cost whatever the limits are, kept for searches under other limits."""

    of_layer: dict[Layer, dict[bytes, float]] = field(default_factory=dict)

    def of(self, layer: Layer, members: NDArray[np.bool_], price: Price) -> NDArray[np.float64]:
        """Return the cost of each group, shape (groups,); those not known yet are priced together."""
        known = self.of_layer.setdefault(layer, {})
        keys = [row.tobytes() for row in np.packbits(members, axis=1)]
        fresh = [row for row, key in enumerate(keys) if key not in known]
        if fresh:
            known.update(zip((keys[row] for row in fresh), price(members[fresh]).tolist(), strict=True))
        return np.array([known[key] for key in keys])


def best_split(
    sizer: Sizer, rates: dict[str, DomainRate], *, users_limit: float | None, risk_weight: float, prices: KnownPrices | None = None
) -> Split:
    """Return the partition with the least sum of monthly cost and weighted expected loss.

    Cost, labour and expected loss of a pool depend on its own members alone, so the layers are separate problems; only bad releases
    tie the pools of workers of a code base together.
    `prices` carries what groups cost from one search to the next, of the same sizer, rates and weight.
    """
    prices = prices or KnownPrices()
    found = {layer: _partition(_Oracle(sizer, layer, rates, users_limit, risk_weight, prices)) for layer in SEARCHED}
    groups = {layer: found[layer].groups if layer in found else shared(layer, sizer.tenants) for layer in POOLED_LAYERS}
    bases = code_bases(sizer.tenants, sizer.rows, rates, sizer.study.recovery)
    search = _proof(list(found.values()))
    if not bases or risk_weight <= 0:
        return Split(groups, search)
    workers = _Oracle(sizer, Layer.WORKERS, rates, users_limit, risk_weight, prices)
    groups[Layer.WORKERS], cost = _ringed(workers, found[Layer.WORKERS].groups, bases)
    return Split(groups, _coupled_proof(list(found.values()), cost - found[Layer.WORKERS].cost, bases, risk_weight))


def _partition(oracle: "_Oracle") -> Partition:
    tenants, layer = oracle.sizer.tenants, oracle.layer
    return partition(
        len(tenants),
        oracle,
        compatible=compatible(layer, tenants),
        alone=alone(layer, tenants),
        exact_up_to=EXACT_UP_TO,
        seed=oracle.sizer.study.seed,
        start=(shared(layer, tenants), dedicated(layer, tenants)),
    )


def _ringed(oracle: "_Oracle", found: Groups, bases: Sequence[CodeBase]) -> tuple[Groups, float]:
    """Return pools of workers with the least cost, releases included, and that cost.

    Releases go to the smallest pools first, so that what they cost belongs to no pool alone. Splits under tighter limits are the starts,
    because small pools to begin with are what rings need.
    """
    tenants = oracle.sizer.tenants

    def released(whole: Whole) -> float:
        mine = sorted(whole)
        return (
            oracle.risk_weight * sum(base.loss([group for group in mine if group[0] in base.tenants]) for base in bases) / MONTHS_PER_YEAR
        )

    starts = [frozenset(found), frozenset(dedicated(Layer.WORKERS, tenants))]
    costs = Costs(len(tenants), oracle)
    if len(tenants) > COUPLED_UP_TO:
        best, cost = improved(starts, compatible(Layer.WORKERS, tenants), costs, released, 0)
        return tuple(sorted(best)), cost
    widest = 1.0 if oracle.users_limit is None else oracle.users_limit
    starts += [frozenset(_partition(replace(oracle, users_limit=widest * share)).groups) for share in TIGHTER]
    best, cost = improved(starts, compatible(Layer.WORKERS, tenants), costs, released, MOST_ROUNDS)
    return tuple(sorted(best)), cost


def _coupled_proof(parts: list[Partition], beyond: float, bases: Sequence[CodeBase], risk_weight: float) -> Search:
    """Return how well a split is proven whose cost is that of its parts and something beyond: releases, and what they are traded for."""
    alone = _proof(parts)
    bounds = [part.lower_bound for part in parts if part.lower_bound is not None]
    cost = sum(part.cost for part in parts) + beyond
    floor = risk_weight * sum(base.floor() for base in bases) / MONTHS_PER_YEAR
    gap = (cost - sum(bounds) - floor) / cost if len(bounds) == len(parts) and cost > 0 else None
    if gap is not None and gap <= PROVEN:
        return alone
    source = f"{'exact layers' if alone.exact else alone.bound_from} and the least that releases can cost"
    return Search(False, gap, source, alone.evaluated)


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
    prices: KnownPrices

    def __call__(self, members: NDArray[np.bool_]) -> NDArray[np.float64]:
        allowed = ~self._too_many_users(members)
        cost = np.full(len(members), np.inf)
        if allowed.any():
            cost[allowed] = self.prices.of(self.layer, members[allowed], self._cost)
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
        own = pool_loss_per_year(
            self.layer, members, survives, self._restore_h(members), self.rates, recovery, np.nan_to_num(hourly), ramps
        )
        overload = self.rates.get("overload")
        if self.layer != Layer.WORKERS or overload is None:
            return own
        lost = np.nan_to_num(event_loss(np.array([overload.failure.outage_h]), np.nan_to_num(hourly), ramps))[0]
        return own + overload.rate.mean_per_year * np.where(members.sum(axis=1) > 1, members @ lost, 0.0)

    def _restore_h(self, members: NDArray[np.bool_]) -> NDArray[np.float64]:
        demand = self.sizer.demand
        if self.layer != Layer.DATABASE or not any(link.resource == Resource.STORAGE for link in demand.links):
            return np.zeros(len(members))
        last = np.quantile(demand.of_tenants(Resource.STORAGE)[:, :, demand.horizon_months - 1], 0.95, axis=1)
        return np.array([restore_hours(float(stored), self.sizer.study.recovery) for stored in members @ last])
