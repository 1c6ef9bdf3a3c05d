"""Make pools: size a group once, keep it, share it between topologies, edits and undo."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from models.topology.pool_demand import over_paths
from models.topology.resources import Layer, Resource
from models.topology.verdict import Reason, ReasonCode
from workbench.pipeline.calendar_months import Window
from workbench.pipeline.exhaustion import Exhaustion, LazyExhaustion, exhaustion_of, first_days
from workbench.pipeline.kept_groups import MOST_KEPT, Group, KeptGroups, Planned
from workbench.pipeline.parts import parts_of
from workbench.pipeline.pools import Pool, unknown_limits
from workbench.pipeline.sharing import Groups, members_of
from workbench.pipeline.sizer import RESOURCES, SIZED_BY, Hand, Sizer
from workbench.pipeline.sizing.needs import step_peaks
from workbench.pipeline.sizing.sized import SizedRows

SHORT: Mapping[Layer, str] = {
    Layer.INGRESS: "ingress",
    Layer.WORKERS: "workers",
    Layer.DATABASE: "db",
    Layer.CACHE: "cache",
    Layer.FILESTORE: "files",
    Layer.BACKUP: "backup",
}


AT_ONCE = 64
"""Tenants that stand alone and are planned together."""
OF_PRICES = frozenset({"price", "rents", "committed", "labour"})
"""What is computed once and follows from prices and rules alone."""
OF_LIVES = frozenset({"environments"})
"""What follows from when tenants come and go besides."""
MOST_GROUPS = 256
"""Groups sized together, so that memory stays small."""
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True, eq=False)
class PoolFactory:
    """Sizes groups of tenants and remembers them."""

    sizer: Sizer
    window: Window
    _kept: KeptGroups = field(default_factory=KeptGroups)
    _once: dict[tuple[object, ...], object] = field(default_factory=dict)

    def scaled(self, sizer: Sizer, changed: NDArray[np.int64]) -> "PoolFactory":
        """Return the factory of a demand that differs for some tenants, under the same rules: pools without them are sized already."""
        same_lives = np.array_equal(sizer.demand.factors > 0, self.sizer.demand.factors > 0)
        once = {key: found for key, found in self._once.items() if key[0] in OF_PRICES or (key[0] in OF_LIVES and same_lives)}
        return PoolFactory(sizer, self.window, self._kept.without(frozenset(changed.tolist())), once)

    def replanned(self, sizer: Sizer, changed: NDArray[np.int64]) -> "PoolFactory":
        """Return the factory under other rules or prices, as far as what is planned at is the same: planned demand is known already."""
        return PoolFactory(sizer, self.window, self._kept.plans_without(frozenset(changed.tolist())))

    def pools(self, layer: Layer, groups: Groups, hands: Mapping[Group, Hand], names: Mapping[Group, str]) -> tuple[Pool, ...]:
        """Return the pools of a layer, each sized for the horizon; `hands` and `names` by members."""
        by_hand: dict[Hand, list[Group]] = {}
        for group in groups:
            hand = hands.get(group, Hand())
            if (layer, hand) not in self._kept.of(group).made:
                by_hand.setdefault(hand, []).append(group)
        for hand, fresh in by_hand.items():
            for first in range(0, len(fresh), MOST_GROUPS):
                self._make(layer, fresh[first : first + MOST_GROUPS], hand)
        named = _names(layer, groups, self.sizer, names)
        return tuple(_named(self._kept.of(group).made[layer, hands.get(group, Hand())], named[group]) for group in groups)

    def _make(self, layer: Layer, groups: list[Group], hand: Hand) -> None:
        members = members_of(groups, self.sizer.demand.tenants)
        known = [resource for resource in SIZED_BY[layer] if self._known(resource)]
        self._plan({*known, *self._identified(layer)}, groups)
        plans = [self._kept.of(group).plans for group in groups]
        amounts = {r: np.stack([plan[r].steps for plan in plans]) + self._base(r, layer) for r in known}
        sized = self.sizer.size_planned(layer, members, amounts, hand)
        step_of = np.repeat(np.arange(sized.steps.count), [len(sized.steps.months_of(step)) for step in range(sized.steps.count)])
        for row, group in enumerate(groups):
            self._kept.of(group).made[layer, hand] = self._pool(sized, row, group, members[row], step_of)

    def _pool(self, sized: SizedRows, row: int, group: Group, members: NDArray[np.bool_], step_of: NDArray[np.int64]) -> Pool:
        planned = self.planned(sized.layer, group)
        usable = {r: values[row][step_of] for r, values in sized.usable.items() if r in planned}
        after = {r: values[row][step_of] for r, values in sized.usable_after_loss.items() if r in planned}
        reasons = list(unknown_limits(planned, usable))
        if not sized.feasible[row]:
            reasons.append(self._too_small(sized, row, planned))
        return Pool(
            name="",
            layer=sized.layer,
            tenants=group,
            production=bool(self.sizer.rows.production[list(group)].any()),
            parts=parts_of(self.sizer, sized, row, members),
            workers=int(sized.workers[row]),
            replicas=tuple(sized.count[row][step_of].tolist()),
            planned=planned,
            usable=usable,
            usable_after_loss=after,
            exhaustion=self.exhaustions(group, {r: float(values[0]) for r, values in usable.items()}),
            feasible=bool(sized.feasible[row]),
            reasons=tuple(reasons),
        )

    def of_pool(self, what: str, pool: Pool, compute: Callable[[], Found], beside: tuple[Pool, ...] = ()) -> Found:
        """Return what follows from a pool (its lines of the bill, how fast it answers) and those beside it, computed once."""
        pools = (pool, *beside)
        # The pools kept with the answer keep their parts, so that no other parts can have the same identity.
        key = (what, *((one.name, one.layer, one.tenants, id(one.parts)) for one in pools))
        kept = self._kept.of(pool.tenants).of_pool
        found = kept.get(key)
        if found is None:
            found = (pools, compute())
            if len(kept) >= MOST_KEPT:
                kept.clear()
            kept[key] = found
        return cast("Found", found[1])

    def path_ratio(self, layer: Layer, group: Group) -> NDArray[np.float64]:
        """Return what a group would buy on each path over what the plan buys, both over the horizon, shape (paths,)."""
        return self._path_costs(layer, group)[0]

    def path_shift(self, layer: Layer, group: Group) -> NDArray[np.float64]:
        """Return what a group would spend in each month on each path beyond the plan, shape (paths, months of the horizon).

        In units of what the plan spends on it over the whole horizon: the months of a path add up to `path_ratio` less one.
        """
        spans = [len(self.sizer.steps.months_of(step)) for step in range(self.sizer.steps.count)]
        return np.repeat(self._path_costs(layer, group)[1], spans, axis=1)

    def path_machines(self, layer: Layer, group: Group, offer: str) -> NDArray[np.int64]:
        """Return how many machines of an offer a group would need on each path, standbys included, shape (paths, months)."""
        sized = self._sized_paths(layer, group, Hand(offer))
        spans = [len(sized.steps.months_of(step)) for step in range(sized.steps.count)]
        return np.repeat(sized.count + sized.standby, spans, axis=1)

    def _path_costs(self, layer: Layer, group: Group) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        kept = self._kept.of(group)
        if layer not in kept.costs:
            members = members_of([group], self.sizer.demand.tenants)
            known = [resource for resource in SIZED_BY[layer] if self._known(resource)]
            self._plan(known, [group])
            amounts = {r: kept.plans[r].steps[None] + self._base(r, layer) for r in known}
            plan, sized = self.sizer.size_planned(layer, members, amounts), self._sized_paths(layer, group, Hand())
            planned, paths = plan.total()[0], sized.total()
            usual = np.isfinite(paths) & (planned > 0)
            whole = planned if planned > 0 else 1.0
            shift = np.where(usual[:, None], (sized.monthly - plan.monthly) / whole, 0.0)
            kept.costs[layer] = np.where(usual, paths / whole, 1.0), shift
        return kept.costs[layer]

    def _sized_paths(self, layer: Layer, group: Group, hand: Hand) -> SizedRows:
        members = members_of([group], self.sizer.demand.tenants)
        known = [resource for resource in SIZED_BY[layer] if self._known(resource)]
        monthly = {r: self.sizer.pools.monthly(r, group).astype(float) + self._base(r, layer) for r in known}
        return self.sizer.size_paths(layer, members[0], monthly, hand)

    def _too_small(self, sized: SizedRows, row: int, planned: Mapping[Resource, NDArray[np.float64]]) -> Reason:
        """Say which resource of the group no allowed machine carries."""
        largest = {Resource.DATABASE_MEMORY: "memory_bytes", Resource.REDIS_MEMORY: "memory_bytes", Resource.DATABASE_CPU: "cores"}
        horizon = self.window.horizon_months
        for resource, attribute in largest.items():
            if resource in planned and len(self.sizer.machines.offers):
                limits: NDArray[np.float64] = getattr(self.sizer.machines, attribute)
                demand, most = float(planned[resource][:horizon].max()), float(np.nanmax(limits))
                if demand > most * (1 - float(self.sizer.rows.headroom.max())):
                    best = int(np.nanargmax(limits))
                    return Reason(ReasonCode.TOO_SMALL, resource, offers=(best,), figures={"demand": demand, "largest": most})
        return Reason(ReasonCode.TOO_SMALL, next(iter(planned), None), figures={"step": float(sized.steps.count), "row": float(row)})

    def planned(self, layer: Layer, group: Group) -> dict[Resource, NDArray[np.float64]]:
        """Return the planned demand of a group by month of the horizon, for every resource of the layer that data identify."""
        known = self._identified(layer)
        self._plan(known, [group])
        plans = self._kept.of(group).plans
        return {resource: plans[resource].months + self._base(resource, resource.layer) for resource in known}

    def planned_each(self, resource: Resource, tenants: Sequence[int]) -> dict[int, float]:
        """Return the largest planned demand of each tenant by itself within the horizon."""
        self._plan([resource], [(tenant,) for tenant in tenants])
        return {tenant: float(self._kept.of((tenant,)).plans[resource].months.max()) for tenant in tenants}

    def once(self, key: tuple[object, ...], compute: Callable[[], Found]) -> Found:
        """Return what is the same for all plans of these edits, computed once."""
        if key not in self._once:
            self._once[key] = compute()
        return cast("Found", self._once[key])

    def _identified(self, layer: Layer) -> list[Resource]:
        return [resource for resource in RESOURCES[layer] if self._known(resource)]

    def _known(self, resource: Resource) -> bool:
        return any(link.resource == resource for link in self.sizer.demand.links)

    def _base(self, resource: Resource, layer: Layer) -> float:
        return self.sizer.base.get(resource, 0.0) if layer == Layer.DATABASE else 0.0

    def _plan(self, resources: Iterable[Resource], groups: Sequence[Group]) -> None:
        """Take the planned quantile of every group that has none yet: path by path sums, then maxima, then the quantile."""
        for resource in resources:
            fresh = [group for group in groups if resource not in self._kept.of(group).plans]
            for group in fresh:
                if len(group) > 1:
                    self._kept.of(group).plans[resource] = self._quantiles(self.sizer.pools.monthly(resource, group)[None], [group])[0]
            alone = [group for group in fresh if len(group) == 1]
            for first in range(0, len(alone), AT_ONCE):
                part = alone[first : first + AT_ONCE]
                monthly = self.sizer.pools.monthly_each(resource, np.array(part)[:, 0])
                for group, plan in zip(part, self._quantiles(monthly, part), strict=True):
                    self._kept.of(group).plans[resource] = plan

    def _quantiles(self, monthly: NDArray[np.float32], groups: Sequence[Group]) -> list[Planned]:
        horizon = self.window.horizon_months
        levels = np.array([float(self.sizer.rows.plan_at[list(group)].max()) for group in groups])
        values = np.concatenate([monthly[:, :, :horizon], step_peaks(monthly, self.sizer.steps)], axis=2)
        found = np.empty((len(groups), values.shape[2]))
        for level in np.unique(levels):
            found[levels == level] = over_paths(values[levels == level], float(level))
        return [Planned(row[:horizon].copy(), row[horizon:].copy()) for row in found]

    def total(self, resource: Resource, group: Group) -> NDArray[np.float32]:
        """Return a group's demand path by path at the shared moments, shape (paths, moments) or (paths, months)."""
        return self.sizer.pools.joint(resource, group)

    def exhaustions(self, group: Group, usable: Mapping[Resource, float]) -> LazyExhaustion:
        """Return when a group is full, for every resource whose limit at the start is known."""
        return LazyExhaustion({r: limit for r, limit in usable.items() if np.isfinite(limit)}, partial(self.exhaustion, group))

    def exhaustion(self, group: Group, resource: Resource, usable: float) -> Exhaustion:
        """Return when a group would need more of a resource than is usable today."""
        return exhaustion_of(self.full_days(group, resource, usable), self.window, self.sizer.study.purchase.lead_time_days)

    def full_days(self, group: Group, resource: Resource, usable: float) -> NDArray[np.int64]:
        """Return the day on which a group is full on each path if nothing more is bought, shape (paths,)."""
        key, days = (resource, usable), self._kept.of(group).days
        if key not in days:
            pools = self.sizer.pools
            limit = usable - self._base(resource, resource.layer)
            monthly = not pools.demand.flowing(resource)
            days[key] = first_days(pools.levels(resource, group), limit, hard=resource.hard, window=self.window, monthly=monthly)
        return days[key]


def _named(pool: Pool, name: str) -> Pool:
    return pool if pool.name == name else pool.renamed(name)


def _names(layer: Layer, groups: Groups, sizer: Sizer, given: Mapping[tuple[int, ...], str]) -> dict[tuple[int, ...], str]:
    """Return a name for each group: the given one, its only tenant, or a number within its class."""
    named: dict[tuple[int, ...], str] = {}
    numbers = {True: 0, False: 0}
    for group in sorted(groups):
        production = bool(sizer.rows.production[list(group)].any())
        if group in given:
            named[group] = given[group]
        elif len(group) == 1:
            named[group] = f"{SHORT[layer]}-{sizer.rows.names[group[0]]}"
        else:
            numbers[production] += 1
            named[group] = f"{SHORT[layer]}-{'production' if production else 'nonproduction'}-{numbers[production]}"
    return named
