"""Make pools: size a group once, keep it, share it between topologies, edits and undo."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.topology.resources import Layer, Resource
from models.topology.verdict import Reason, ReasonCode
from workbench.pipeline.calendar_months import Window
from workbench.pipeline.parts import parts_of
from workbench.pipeline.pools import Exhaustion, Pool, exhaust, unknown_limits
from workbench.pipeline.sharing import Groups, members_of
from workbench.pipeline.sizer import RESOURCES, Hand, Sizer
from workbench.pipeline.sizing.sized import SizedRows

SHORT: Mapping[Layer, str] = {
    Layer.INGRESS: "ingress",
    Layer.WORKERS: "workers",
    Layer.DATABASE: "db",
    Layer.CACHE: "cache",
    Layer.FILESTORE: "files",
    Layer.BACKUP: "backup",
}


@dataclass(frozen=True, slots=True, eq=False)
class PoolFactory:
    """Sizes groups of tenants and remembers them."""

    sizer: Sizer
    window: Window
    _made: dict[tuple[Layer, tuple[int, ...], Hand], Pool] = field(default_factory=dict)
    _ratios: dict[tuple[Layer, tuple[int, ...]], NDArray[np.float64]] = field(default_factory=dict)
    _demanded: dict[tuple[Resource, tuple[int, ...]], NDArray[np.float32]] = field(default_factory=dict)

    def pools(
        self, layer: Layer, groups: Groups, hands: Mapping[tuple[int, ...], Hand], names: Mapping[tuple[int, ...], str]
    ) -> tuple[Pool, ...]:
        """Return the pools of a layer, each sized for the horizon; `hands` and `names` by members."""
        by_hand: dict[Hand, list[tuple[int, ...]]] = {}
        for group in groups:
            hand = hands.get(group, Hand())
            if (layer, group, hand) not in self._made:
                by_hand.setdefault(hand, []).append(group)
        for hand, fresh in by_hand.items():
            members = members_of(fresh, self.sizer.demand.tenants)
            sized = self.sizer.size(layer, members, hand)
            for row, group in enumerate(fresh):
                self._made[layer, group, hand] = self._pool(sized, row, group, members[row])
        named = _names(layer, groups, self.sizer, names)
        return tuple(_named(self._made[layer, group, hands.get(group, Hand())], named[group]) for group in groups)

    def _pool(self, sized: SizedRows, row: int, group: tuple[int, ...], members: NDArray[np.bool_]) -> Pool:
        horizon = range(self.window.horizon_months)
        step_of = np.array([next(s for s in range(sized.steps.count) if m in sized.steps.months_of(s)) for m in horizon])
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
            replicas=tuple(int(n) for n in sized.count[row][step_of]),
            planned=planned,
            usable=usable,
            usable_after_loss=after,
            exhaustion={r: self.exhaustion(r, group, float(values[0])) for r, values in usable.items() if np.isfinite(values[0])},
            feasible=bool(sized.feasible[row]),
            reasons=tuple(reasons),
        )

    def path_ratio(self, layer: Layer, group: tuple[int, ...]) -> NDArray[np.float64]:
        """Return what a group would buy on each path over what the plan buys, both over the horizon, shape (paths,)."""
        key = (layer, group)
        if key not in self._ratios:
            members = members_of([group], self.sizer.demand.tenants)
            planned = self.sizer.size(layer, members).total()[0]
            paths = self.sizer.size_paths(layer, members[0]).total()
            self._ratios[key] = np.where(np.isfinite(paths) & (planned > 0), paths / planned if planned > 0 else 1.0, 1.0)
        return self._ratios[key]

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

    def planned(self, layer: Layer, group: tuple[int, ...]) -> dict[Resource, NDArray[np.float64]]:
        """Return the planned demand of a group by month of the window, for every resource of the layer that data identify."""
        plan_at = float(self.sizer.rows.plan_at[list(group)].max())
        return {
            resource: np.quantile(self._monthly(resource, group), plan_at, axis=0).astype(float) + self._base(resource)
            for resource in RESOURCES[layer]
            if any(link.resource == resource for link in self.sizer.demand.links)
        }

    def _base(self, resource: Resource) -> float:
        return self.sizer.base.get(resource, 0.0)

    def total(self, resource: Resource, group: tuple[int, ...]) -> NDArray[np.float32]:
        """Return a group's demand path by path, shape (paths, moments) or (paths, months)."""
        key = (resource, group)
        if key not in self._demanded:
            self._demanded[key] = self.sizer.demand.of_tenants(resource, np.array(group)).sum(axis=0)
        return self._demanded[key]

    def _monthly(self, resource: Resource, group: tuple[int, ...]) -> NDArray[np.float32]:
        demand = self.sizer.demand
        total = self.total(resource, group)
        if not demand.flowing(resource):
            return total
        starts = np.flatnonzero(np.diff(demand.month_of, prepend=-1))
        peaks: NDArray[np.float32] = np.maximum.reduceat(total, starts, axis=1)
        return peaks

    def exhaustion(self, resource: Resource, group: tuple[int, ...], usable: float) -> Exhaustion:
        """Return when a group would need more of a resource than is usable today."""
        demand = self.sizer.demand
        flowing = demand.flowing(resource)
        return exhaust(
            self.total(resource, group) + np.float32(self._base(resource)),
            usable,
            soften=None if resource.hard else demand.third_day,
            day_of=demand.day_of if flowing else None,
            window=self.window,
            month_of=demand.month_of if flowing else np.arange(demand.months),
        )


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
