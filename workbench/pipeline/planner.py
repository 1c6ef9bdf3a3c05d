"""Make the plans of a study: current, multi-tenant, dedicated, hybrid and those by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from models.topology.resources import Layer, Resource
from models.topology.verdict import Reason, ReasonCode
from workbench.pipeline.current import STANDING_BY, current_pools
from workbench.pipeline.factory import PoolFactory
from workbench.pipeline.failures import DomainRate
from workbench.pipeline.held import HeldPartition
from workbench.pipeline.partition_edits import edited_groups
from workbench.pipeline.plan import Plan, Search, TopologyKind
from workbench.pipeline.pools import Pool
from workbench.pipeline.search import KnownPrices, Split, best_split
from workbench.pipeline.sharing import POOLED_LAYERS, Groups, alone, dedicated, forbidden, shared
from workbench.pipeline.sizer import Hand
from workbench.study.edits import Adjustments
from workbench.study.estate import Part, Study, Tenant, TopologySpec

PURE = ("current", "multi-tenant", "hybrid", "dedicated")
"""Topologies that every study has (current only if it says what runs today), in the order of the comparison."""
Partitioned = dict[Layer, Groups]


def topology_names(study: Study) -> tuple[str, ...]:
    """Return the topologies that a study can be compared on, in the order of the comparison."""
    given = [spec.name for spec in study.topologies]
    pure = [name for name in PURE if name != "current" or "current" in given]
    return (*pure, *(name for name in given if name != "current"))


def check_topology(study: Study, name: str) -> None:
    """Raise ValueError naming the known topologies unless `name` is one of them."""
    if name not in topology_names(study):
        raise ValueError(f"no topology {name!r}: choose from {', '.join(topology_names(study))}")


@dataclass(frozen=True, slots=True, eq=False)
class Planner:
    """Partitions and sizes the estate of one study."""

    factory: PoolFactory
    rates: dict[str, DomainRate]
    adjustments: Adjustments
    held: HeldPartition | None = None
    """The hybrid's pools, kept instead of searched."""
    _splits: dict[float | None, Split] = field(default_factory=dict)

    def names(self) -> tuple[str, ...]:
        """Return the topologies that can be planned, in the order of the comparison."""
        return topology_names(self.factory.sizer.study)

    def plan(self, name: str) -> Plan:
        """Return the plan of a topology, or raise ValueError naming the known ones."""
        check_topology(self.factory.sizer.study, name)
        spec = next((spec for spec in self.factory.sizer.study.topologies if spec.name == name), None)
        if name == "current" and spec is not None:
            return self._current(spec)
        if spec is not None:
            return self._by_hand(spec)
        groups, kind, search = self._partition(name)
        return self._sized(name, kind, groups, search)

    def _tenants(self) -> list[Tenant]:
        return list(self.factory.sizer.tenants)

    def _partition(self, name: str) -> tuple[Partitioned, TopologyKind, Search | None]:
        tenants = self._tenants()
        if name == "multi-tenant":
            return {layer: self._fitting(layer, shared(layer, tenants)) for layer in POOLED_LAYERS}, TopologyKind.MULTI_TENANT, None
        if name == "dedicated":
            return {layer: dedicated(layer, tenants) for layer in POOLED_LAYERS}, TopologyKind.DEDICATED, None
        if self.held is not None:
            return self.held.of(tenants), TopologyKind.HYBRID, Search(False, None, "held", 0, self.held.basis)
        split = self.split(self.factory.sizer.study.users_share_limit)
        return split.groups, TopologyKind.HYBRID, split.search

    def split(self, users_limit: float | None) -> Split:
        """Return the best split under a limit on the share of users of a pool; computed once."""
        if users_limit not in self._splits:
            self._splits[users_limit] = best_split(
                self.factory.sizer,
                self.rates,
                users_limit=users_limit,
                risk_weight=float(self.factory.sizer.study.money.risk_weight),
                prices=self.factory.once(("what groups cost",), KnownPrices),
            )
        return self._splits[users_limit]

    def searched(self, users_limit: float | None) -> bool:
        """Whether the best split under a limit is known."""
        return users_limit in self._splits

    def plan_of(self, name: str, split: Split) -> Plan:
        """Return the plan of a split, no edit applied."""
        pools = [pool for layer in POOLED_LAYERS for pool in self.factory.pools(layer, split.groups[layer], {}, {})]
        return Plan(name, TopologyKind.HYBRID, tuple(pools), (), split.search)

    def _fitting(self, layer: Layer, groups: Groups) -> Groups:
        """Return the groups with those that no offer carries halved by need until they fit or stand alone."""
        pools = self.factory.pools(layer, groups, {}, {})
        fits = [pool.tenants for pool in pools if pool.feasible or len(pool.tenants) == 1]
        large = [pool.tenants for pool in pools if not pool.feasible and len(pool.tenants) > 1]
        if not large:
            return tuple(sorted(fits))
        halves = [half for group in large for half in self._halves(layer, group)]
        return tuple(sorted([*fits, *self._fitting(layer, tuple(halves))]))

    def _halves(self, layer: Layer, group: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return a group in two parts of about equal demand for its layer's scarcest resource."""
        resource = {Layer.DATABASE: Resource.DATABASE_MEMORY, Layer.CACHE: Resource.REDIS_MEMORY}.get(layer, Resource.WORKER_TIME)
        need = self.factory.planned_each(resource, group)
        parts: tuple[list[int], list[int]] = ([], [])
        for tenant in sorted(group, key=lambda tenant: (-need[tenant], tenant)):
            lighter = min(parts, key=lambda part: sum(need[one] for one in part))
            lighter.append(tenant)
        return tuple(sorted(parts[0])), tuple(sorted(parts[1]))

    def _sized(self, name: str, kind: TopologyKind, groups: Partitioned, search: Search | None) -> Plan:
        pools: list[Pool] = []
        reasons: list[Reason] = []
        tenants = self._tenants()
        for layer in POOLED_LAYERS:
            plain = self.factory.pools(layer, groups[layer], {}, {})
            named = {pool.name: pool.tenants for pool in plain}
            changed = edited_groups(name, layer, named, self.factory.sizer.rows.names, self.adjustments.partition_edits)
            self._refuse_forbidden(layer, changed)
            hands = self._hands(name, changed)
            pools += self.factory.pools(layer, tuple(sorted(changed.values())), hands, {members: pool for pool, members in changed.items()})
            reasons += [Reason(ReasonCode.FORCED, tenants=(tenant,)) for tenant in alone(layer, tenants)]
        if kind == TopologyKind.HYBRID and self._is_pure(groups):
            reasons.append(Reason(ReasonCode.NOTHING_BETTER))
        return Plan(name, kind, tuple(pools), tuple(reasons), search)

    def _is_pure(self, groups: Partitioned) -> bool:
        tenants = self._tenants()
        pure = ({layer: rule(layer, tenants) for layer in POOLED_LAYERS} for rule in (shared, dedicated))
        return any(all(sorted(groups[layer]) == sorted(one[layer]) for layer in POOLED_LAYERS) for one in pure)

    def _hands(self, topology: str, named: Mapping[str, tuple[int, ...]]) -> dict[tuple[int, ...], Hand]:
        held = self.adjustments
        return {
            members: Hand(held.pinned.get((topology, pool)), held.workers.get(pool), held.replicas.get(pool))
            for pool, members in named.items()
            if (topology, pool) in held.pinned or pool in held.workers or pool in held.replicas
        }

    def _refuse_forbidden(self, layer: Layer, named: Mapping[str, tuple[int, ...]]) -> None:
        """Refuse a pool made by hand that a sharing rule forbids, naming the two tenants and the rule."""
        tenants = self._tenants()
        for pool, members in named.items():
            pair = forbidden(layer, tenants, members)
            if pair is not None:
                one, other = pair
                raise ValueError(
                    f"pool {pool!r}: {tenants[one].name} and {tenants[other].name} may not share the {layer.value} "
                    "(class, image, PostgreSQL version or isolation): leave one of them out"
                )

    def _current(self, spec: TopologySpec) -> Plan:
        pools, reasons = current_pools(self.factory, _as_set(spec, self.adjustments))
        return Plan("current", TopologyKind.CURRENT, pools, reasons)

    def _by_hand(self, spec: TopologySpec) -> Plan:
        """Return a partition given by hand, sized like any other; layers it does not name are shared."""
        names = self.factory.sizer.rows.names
        index = {name: i for i, name in enumerate(names)}
        groups: Partitioned = {}
        given_names: dict[Layer, dict[tuple[int, ...], str]] = {layer: {} for layer in POOLED_LAYERS}
        for layer in POOLED_LAYERS:
            own = {pool.name: tuple(sorted(index[t] for t in pool.tenants if t in index)) for pool in spec.pools if pool.layer == layer}
            held = {i for members in own.values() for i in members}
            rest = [i for i in range(len(names)) if i not in held]
            tenants = self._tenants()
            left = tuple(tuple(rest[i] for i in group) for group in shared(layer, [tenants[i] for i in rest]))
            groups[layer] = tuple(sorted([*(members for members in own.values() if members), *left]))
            given_names[layer] = {members: pool for pool, members in own.items()}
            self._refuse_forbidden(layer, {pool: members for pool, members in own.items() if members})
        pools = [
            pool
            for layer in POOLED_LAYERS
            for pool in self.factory.pools(layer, groups[layer], self._given_hands(spec, given_names[layer]), given_names[layer])
        ]
        return Plan(spec.name, TopologyKind.BY_HAND, tuple(pools))

    def _given_hands(self, spec: TopologySpec, named: Mapping[tuple[int, ...], str]) -> dict[tuple[int, ...], Hand]:
        """Return what a topology file pins: the machine of a pool's first part, and its workers."""
        hands = {}
        for members, name in named.items():
            pool = next(pool for pool in spec.pools if pool.name == name)
            machine = next((part.offer for part in pool.parts if part.size is None), None)
            workers = pool.settings.get("workers")
            if machine is not None or workers is not None:
                hands[members] = Hand(machine, None if workers is None else int(workers))
        return hands


def _as_set(spec: TopologySpec, held: Adjustments) -> TopologySpec:
    """Return what runs today with the workers of each replica and the memory of each cache that edits set."""
    pools = []
    for pool in spec.pools:
        wanted = {name: Decimal(values[pool.name]) for name, values in _settable(held).items() if pool.name in values}
        changed = replace(pool, settings={**pool.settings, **wanted}) if wanted else pool
        pools.append(changed if pool.name not in held.replicas else replace(changed, parts=_counted(pool.parts, held.replicas[pool.name])))
    return replace(spec, pools=tuple(pools))


def _counted(parts: tuple[Part, ...], replicas: int) -> tuple[Part, ...]:
    """Return parts with that many of the first machine that carries load, and no other such machine."""
    carrying = [i for i, part in enumerate(parts) if part.size is None and part.role not in {*STANDING_BY, "balancer"}]
    return tuple(replace(part, count=replicas) if i in carrying[:1] else part for i, part in enumerate(parts) if i not in carrying[1:])


def _settable(held: Adjustments) -> dict[str, Mapping[str, int]]:
    return {"workers": held.workers, "cache_bytes": held.cache_bytes}
